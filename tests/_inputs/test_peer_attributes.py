"""Methods and attributes of other libraries, of objects and of classes: what to write instead."""

from __future__ import annotations

import inspect
import re

import pytest

import textvec
from textvec import (
    Doc2Vec,
    RNNClassifier,
    RNNLanguageModel,
    SequenceVectorizer,
    Vocabulary,
    Word2Vec,
    WordTokenizer,
    WordVectors,
)
from textvec._inputs._peer_attributes import _PEERS, _declares

VECTORS = WordVectors(["a", "b"], [[1.0], [2.0]])
OBJECTS = [
    (VECTORS, "most_similar", "here it is nearest(word)."),
    (VECTORS, "load_word2vec_format", "here it is load(path)."),
    (VECTORS, "save_word2vec_format", 'here it is save(path, format="word2vec").'),
    (
        VECTORS,
        "get_keras_embedding",
        "use EmbeddingVectorizer(vectors), the step before a network.",
    ),
    (VECTORS, "wv", "use the vectors as they are."),
    (VECTORS, "itos", "here it is vocabulary."),
    (VECTORS.vocabulary, "itos", "here it is tokens."),
    (VECTORS.vocabulary, "get_stoi", "here it is token_to_id(token)."),
    (VECTORS.vocabulary, "lookup_token", "here it is id_to_token(id)."),
    (SequenceVectorizer(), "texts_to_sequences", "here it is transform(X)."),
    (SequenceVectorizer(), "fit_on_texts", "here it is fit(X)."),
    (SequenceVectorizer(), "word_index", "here it is vocabulary_."),
    (SequenceVectorizer(), "stoi", "here it is vocabulary_."),
    (SequenceVectorizer(), "vocab_size", "here it is n_tokens_."),
    (WordTokenizer(), "word_index", "use SequenceVectorizer(tokenizer=...), "),
    (Word2Vec(), "most_similar", "here it is vectors_.nearest(word)."),
    (Word2Vec(), "load", "use textvec.load(path)."),
    (Word2Vec(), "load_word2vec_format", "use WordVectors.load(path)."),
    (Doc2Vec(), "dv", "here it is document_vectors_."),
    (RNNClassifier(), "train_on_batch", "here it is partial_fit(X, y)."),
    (RNNClassifier(), "from_pretrained", "use textvec.load(path)."),
    (RNNClassifier(), "to", 'use the parameter device="cuda".'),
    (RNNLanguageModel(), "generate", "here it is sample()."),
]


@pytest.mark.parametrize(("owner", "name", "way_out"), OBJECTS)
def test_the_error_says_what_it_is_here(owner, name, way_out):
    cls = type(owner)
    for asked, kind in [
        (owner, f"{cls.__name__!r} object"),
        (cls, f"type object {cls.__name__!r}"),
    ]:
        message = f"{kind} has no attribute {name!r}: {way_out}"
        with pytest.raises(AttributeError, match=re.escape(message)) as raised:
            getattr(asked, name)
        assert (raised.value.name, raised.value.obj) == (name, asked)
        assert not hasattr(asked, name)


@pytest.mark.parametrize("cls", [WordVectors, Vocabulary, RNNClassifier])
@pytest.mark.parametrize("name", ["xyzzy", "_private", "__wrapped__"])
def test_what_nobody_has_is_missing_without_advice(cls, name):
    with pytest.raises(AttributeError, match=f"^type object {cls.__name__!r} has no .* {name!r}$"):
        getattr(cls, name)


@pytest.mark.parametrize("here", sorted(_PEERS))
def test_what_the_errors_name_is_there(here):
    first, _, second = here.partition("(")[0].partition(".")
    public = filter(inspect.isclass, (getattr(textvec, name) for name in textvec.__all__))
    owners = [c for c in public if any(_declares(base, first) for base in c.__mro__)]
    assert owners
    if first == "vectors_":
        assert not second or hasattr(VECTORS, second)

"""Pipelines from texts to a network's predictions."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline, make_pipeline

from textvec import (
    CharTokenizer,
    EmbeddingVectorizer,
    OneHotVectorizer,
    Ragged,
    RNNClassifier,
    RNNRegressor,
    RNNTagger,
    SequencePadder,
    SequenceTruncator,
    SequenceVectorizer,
    SubwordVectors,
    WordTokenizer,
    WordVectors,
)

from .runtime import TOLERANCE, assert_same_classes, exported, outputs

TEXTS = [
    *("the frog sees the toad", "A toad! And a FROG...", "", "the café's Été, d'Été", "???"),
    *("newts and newts and newts and newts", "the", "Россия и РОССИЯ", "unknown words only"),
]
Y = np.arange(len(TEXTS)) % 3
FIT = TEXTS[:8]
NETWORK = RNNClassifier(hidden_size=4, pooling="concat", max_iter=1, random_state=0)

CUTS = [
    SequencePadder(3),
    SequencePadder(3, truncating="post"),
    SequenceTruncator(4, keep_first=1, keep_last=1),
    SequenceTruncator(4, truncating="post", keep_first=1, keep_last=2),
]


def check(model, tmp_path):
    session = exported(model.fit(FIT, Y[:8]), tmp_path)
    for texts in (TEXTS, [], TEXTS[2:3], TEXTS[:1], [TEXTS[2]] * 2):
        assert_same_classes(model, session, texts)


@pytest.mark.parametrize(
    "vectorizer",
    [
        SequenceVectorizer(),
        SequenceVectorizer(max_tokens=6),
        SequenceVectorizer(oov="drop", max_tokens=6),
        SequenceVectorizer(tokenizer=WordTokenizer("sklearn", stop_words="english")),
        SequenceVectorizer(tokenizer=WordTokenizer(stop_words="english")),
        SequenceVectorizer(tokenizer=WordTokenizer(stop_words=["été", "the"]), oov="drop"),
        SequenceVectorizer(tokenizer=WordTokenizer("keras", lowercase=False)),
        SequenceVectorizer(tokenizer=CharTokenizer()),
        SequenceVectorizer(bos_token="<s>"),
        SequenceVectorizer(bos_token="<s>", eos_token="</s>", max_tokens=8),
    ],
    ids=str,
)
@pytest.mark.parametrize("cut", [None, *CUTS], ids=str)
def test_ids(vectorizer, cut, tmp_path):
    check(Pipeline([("ids", vectorizer), ("cut", cut), ("net", NETWORK)]), tmp_path)


@pytest.mark.parametrize("oov", ["zero", "mean", "random", "token"])
@pytest.mark.parametrize("fine_tune", [False, True])
def test_pretrained_vectors(oov, fine_tune, tmp_path):
    words = ["the", "frog", "toad", "été", "and", "newts", "d'été"]
    vectors = WordVectors(words, np.random.default_rng(0).normal(size=(7, 3)))
    vectorizer = EmbeddingVectorizer(vectors, oov=oov, oov_token="toad", random_state=0)
    network = RNNClassifier(hidden_size=4, fine_tune=fine_tune, max_iter=1, random_state=0)
    check(make_pipeline(vectorizer, network), tmp_path)
    check(make_pipeline(vectorizer, SequencePadder(2), network), tmp_path)


def test_steps_in_other_ways(tmp_path):
    inner = make_pipeline(WordTokenizer(), SequenceVectorizer())
    check(Pipeline([("ids", inner), ("nothing", "passthrough"), ("net", NETWORK)]), tmp_path)
    fitted = make_pipeline(SequenceVectorizer(), NETWORK).fit(FIT, Y[:8])
    session = exported(FrozenEstimator(fitted), tmp_path)
    assert_same_classes(fitted, session, TEXTS)


@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_a_cut_before_a_network(cut, tmp_path):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 9, size=(30, 7))
    model = make_pipeline(cut, NETWORK)
    session = exported(model.fit(X, np.arange(30) % 2), tmp_path)
    for rows in (X, X[:1], X[:, :2]):
        assert_same_classes(model, session, rows)
    vectors = rng.normal(size=(30, 7, 2)).astype(np.float32)
    vectors[:5, 5:] = 0
    for floats in (vectors, vectors[:, :, 0]):
        session = exported(model.fit(floats, np.arange(30) % 2), tmp_path)
        for rows in (floats, floats[:, :2]):
            steps = rows if isinstance(cut, SequencePadder) else rows.reshape(*rows.shape[:2], -1)
            assert_same_classes(model, session, steps)


def test_numbers_and_labels_of_words(tmp_path):
    model = make_pipeline(SequenceVectorizer(), RNNRegressor(max_iter=1, random_state=0))
    session = exported(model.fit(FIT, Y[:8] * 1.5), tmp_path)
    found = outputs(session, TEXTS)["variable"][:, 0]
    np.testing.assert_allclose(found, model.predict(TEXTS), rtol=0, atol=TOLERANCE)
    words = WordTokenizer().transform(FIT)
    y = Ragged(np.array(["word", "name"])[words.values % 2], words.offsets)
    tagger = make_pipeline(SequenceVectorizer(), RNNTagger(crf=True, max_iter=1, random_state=0))
    session = exported(tagger.fit(FIT, y), tmp_path)
    found, labels = outputs(session, TEXTS), tagger.predict(TEXTS)
    assert [row[:n] for row, n in zip(found["label"].tolist(), found["lengths"], strict=True)] == (
        labels.to_list()
    )


SUBWORDS = SubwordVectors(np.ones((5, 2)), min_n=2, max_n=3)
WITH_SUBWORDS = WordVectors(["the", "frog"], np.ones((2, 2)), subwords=SUBWORDS)


@pytest.mark.parametrize(
    ("steps", "part"),
    [
        ([SequenceVectorizer(oov="error")], "SequenceVectorizer .* oov='error'"),
        ([SequenceVectorizer(ngram_range=(1, 2))], r"ngram_range=\(1, 2\)"),
        ([SequenceVectorizer(), SequencePadder(3, value=2)], "SequencePadder .* value=2"),
        ([SequenceVectorizer(tokenizer=WordTokenizer("keras_v3"))], "rule='keras_v3'"),
        ([SequenceVectorizer(tokenizer=WordTokenizer(fold_apostrophes=True))], "fold_apostrophes"),
        ([EmbeddingVectorizer(WITH_SUBWORDS)], "a vector composed of subwords"),
        ([OneHotVectorizer(output="sequence")], "OneHotVectorizer before a network"),
    ],
    ids=str,
)
def test_steps_that_are_refused(steps, part, tmp_path):
    model = make_pipeline(*steps, NETWORK).fit(FIT, Y[:8])
    with pytest.raises(TypeError, match=f"{part}.* Export the last step by itself"):
        exported(model, tmp_path)


# A new parameter changes what comes out: it is exported, refused, or listed here after thought.
KNOWN = {
    SequenceVectorizer: "tokenizer max_tokens min_count min_df max_df vocabulary oov ngram_range "
    "prune_at "
    "bos_token eos_token",
    EmbeddingVectorizer: "vectors tokenizer oov oov_token pooling sif_a random_state",
    SequenceTruncator: "length truncating keep_first keep_last",
    SequencePadder: "length padding truncating value keep_first keep_last",
    WordTokenizer: "rule pattern lowercase strip_accents normalize "
    "fold_apostrophes stop_words spans missing input n_jobs",
    CharTokenizer: "lowercase normalize spans missing input n_jobs",
}


@pytest.mark.parametrize("cls", KNOWN, ids=lambda cls: cls.__name__)
def test_every_parameter_is_known_to_the_export(cls):
    assert set(cls._get_param_names()) <= set(KNOWN[cls].split())

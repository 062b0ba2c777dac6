"""SequenceVectorizer against plain counting."""

from __future__ import annotations

import io
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer

from textvec import (
    FunctionTokenizer,
    OneHotVectorizer,
    SequenceVectorizer,
    SubwordTokenizer,
    Tokens,
    Vocabulary,
    WordTokenizer,
)
from textvec.vectorizers.ids import _token_ngrams

words = st.sampled_from(["a", "b", "c", "é", "z", "🐸", "ab"])
corpora = st.lists(st.lists(words, max_size=6), min_size=1, max_size=6).filter(any)
by_space = FunctionTokenizer(str.split)


def expected_ids(corpus, max_tokens, min_count, min_df):
    counts = Counter(w for row in corpus for w in row)
    documents = Counter(w for row in corpus for w in set(row))
    kept = [w for w in counts if counts[w] >= min_count and documents[w] >= min_df]
    kept.sort(key=lambda w: (-counts[w], w))
    kept = kept[: None if max_tokens is None else max_tokens - 2]
    return {w: i + 2 for i, w in enumerate(kept)}


@given(corpora, st.none() | st.integers(3, 6), st.integers(1, 3), st.integers(1, 3))
def test_ids_are_those_of_plain_counting(corpus, max_tokens, min_count, min_df):
    expected = expected_ids(corpus, max_tokens, min_count, min_df)
    vectorizer = SequenceVectorizer(
        tokenizer=by_space, max_tokens=max_tokens, min_count=min_count, min_df=min_df
    )
    documents = [" ".join(row) for row in corpus]
    if not expected:
        with pytest.raises(ValueError, match="within the limits|fewer documents"):
            vectorizer.fit(documents)
        return
    ids = vectorizer.fit_transform(documents)
    assert dict(vectorizer.vocabulary_) == expected
    assert vectorizer.n_tokens_ == len(expected) + 2
    assert ids.n_ids == vectorizer.n_tokens_
    assert ids.to_list() == [[expected.get(w, 1) for w in row] for row in corpus]
    known = [[w if w in expected else "[UNK]" for w in row] for row in corpus]
    assert vectorizer.inverse_transform(ids) == known
    assert vectorizer.inverse_transform(ids.to_padded(8, padding="pre")) == known
    vectorizer.set_params(oov="drop")
    assert vectorizer.transform(documents).to_list() == [
        [expected[w] for w in row if w in expected] for row in corpus
    ]


@given(corpora, st.integers(0, 6))
def test_learned_in_parts_is_learned_at_once(corpus, cut):
    documents = [" ".join(row) for row in corpus]
    parts = [p for p in (documents[:cut], documents[cut:]) if any(p)]
    vectorizer = SequenceVectorizer(tokenizer=by_space)
    for part in parts:
        vectorizer.partial_fit(part)
    assert (
        vectorizer.vocabulary_ == SequenceVectorizer(tokenizer=by_space).fit(documents).vocabulary_
    )


def test_a_part_that_fails_changes_nothing():
    vectorizer = SequenceVectorizer().partial_fit(["the frog"])
    with pytest.raises(TypeError, match="row 1"):
        vectorizer.partial_fit(["a toad", None])
    assert vectorizer.partial_fit(["the newt"]).vocabulary_.tokens == ["the", "frog", "newt"]
    fresh = vectorizer.fit(["a toad"])
    assert fresh.vocabulary_.tokens == ["a", "toad"]
    assert not hasattr(fresh, "_counts")


def test_limits_of_documents_are_scikit_learns(imdb_train):
    documents = imdb_train[::50]
    limits = {"min_df": 0.01, "max_df": 0.5}
    ours = SequenceVectorizer(tokenizer=WordTokenizer("sklearn"), **limits).fit(documents)
    theirs = CountVectorizer(**limits).fit(documents)
    assert set(ours.vocabulary_) == set(theirs.vocabulary_)


def test_given_vocabulary():
    documents = ["the newt and the frog"]
    expected = [[2, 1, 1, 2, 3]]
    for vocabulary in (
        ["the", "frog"],
        {"frog": 3, "the": 2},
        Vocabulary(["the", "frog"], first_id=2),
        ["", "[UNK]", "the", "frog"],  # of Keras' TextVectorization
        ["<pad>", "<unk>", "the", "frog"],  # of torchtext
        {"<pad>": 0, "<unk>": 1, "the": 2, "frog": 3},
        {"<OOV>": 1, "the": 2, "frog": 3},  # word_index of Keras' Tokenizer
    ):
        vectorizer = SequenceVectorizer(vocabulary=vocabulary)
        assert vectorizer.fit(documents).transform(documents).to_list() == expected
    sklearns = CountVectorizer().fit(["the frog"]).vocabulary_
    with pytest.raises(
        ValueError, match="ids 2 to 3 .* sorted\\(vocabulary, key=vocabulary.get\\)"
    ):
        SequenceVectorizer(vocabulary=sklearns).fit(documents)
    with pytest.raises(ValueError, match="tokens must be distinct, got 'a'"):
        SequenceVectorizer(vocabulary=["a", "a"]).fit(documents)
    with pytest.raises(ValueError, match="vocabulary is empty"):
        SequenceVectorizer(vocabulary=[]).fit(documents)
    with pytest.raises(ValueError, match="got one str"):
        SequenceVectorizer(vocabulary="frog").fit(documents)


def test_mistakes_are_named():
    vectorizer = SequenceVectorizer(oov="error").fit(["the frog", "a toad"])
    with pytest.raises(ValueError, match="row 1 holds the token 'newt', which is not in"):
        vectorizer.transform(["the toad", "the newt"])
    with pytest.raises(ValueError, match="ids run from 2 to 6, expected 0 to 5"):
        vectorizer.inverse_transform([[2, 6]])
    with pytest.raises(ValueError, match="no documents"):
        SequenceVectorizer().fit([])
    with pytest.raises(ValueError, match="empty vocabulary"):
        SequenceVectorizer().fit(["", "!"])
    with pytest.raises(ValueError, match="max_df=1 means fewer documents"):
        SequenceVectorizer(min_df=2, max_df=1).fit(["a", "a"])
    with pytest.raises(ValueError, match="'max_tokens' parameter of SequenceVectorizer"):
        SequenceVectorizer(max_tokens=2).fit(["a"])
    with pytest.raises(TypeError, match="wrap a function in FunctionTokenizer"):
        SequenceVectorizer(tokenizer=CountVectorizer().fit(["aa"])).fit(["aa"])


def test_empty_and_unknown_documents():
    ids = SequenceVectorizer(oov="drop").fit(["the frog"]).transform(["", "zzz", "frog"])
    assert ids.to_list() == [[], [], [2]]
    assert ids.dtype == np.int32


def test_a_generator_loses_no_rows():
    documents = ["the frog", "the toad"]
    expected = SequenceVectorizer().fit(documents).transform(documents)
    assert SequenceVectorizer().fit_transform(map(str, documents)) == expected
    assert SequenceVectorizer().fit_transform(io.StringIO("the frog\nthe toad")) == expected


def test_ids_of_a_set_are_in_sorted_order():
    given = {"the", "frog", "toad", "log"}
    for vocabulary in (given, frozenset(given)):
        vectorizer = SequenceVectorizer(vocabulary=vocabulary).fit(None)
        assert list(vectorizer.vocabulary_) == ["frog", "log", "the", "toad"]


def test_an_iterator_as_vocabulary_is_refused():
    for make in (lambda: iter(["a"]), lambda: (w for w in "a"), lambda: map(str, "a")):
        with pytest.raises(TypeError, match=r"vocabulary is an iterator .* list\(vocabulary\)"):
            SequenceVectorizer(vocabulary=make()).fit(None)
        with pytest.raises(TypeError, match=r"clone can't copy: pass a list"):
            clone(OneHotVectorizer(vocabulary=make()))


@pytest.mark.parametrize(
    "vocabulary",
    [
        ["<unk>", "<pad>", "the"],  # the other order
        ["[UNK]", "the"],  # of StringLookup without a mask
        ["[PAD]", "[unused0]", "[UNK]"],  # of BERT
        ["", "the"],
    ],
)
def test_special_tokens_in_other_places_are_refused(vocabulary):
    with pytest.raises(ValueError, match=r"vocabulary begins with .* but id 0 is padding"):
        SequenceVectorizer(vocabulary=vocabulary).fit(None)


def test_the_name_of_unknown_tokens_is_no_token():
    split = {"tokenizer": str.split}
    vectorizer = SequenceVectorizer(**split).fit(["[UNK] a [UNK]", "[UNK] b"])
    assert list(vectorizer.vocabulary_) == ["a", "b"]
    ids = vectorizer.transform(["a [UNK] zzz"])
    assert ids.to_list() == [[2, 1, 1]]
    assert vectorizer.transform([" ".join(t) for t in vectorizer.inverse_transform(ids)]) == ids
    for vocabulary in (["a", "b", "[UNK]"], {"[UNK]": 2}, Vocabulary(["[UNK]"], first_id=2)):
        with pytest.raises(ValueError, match=r"'\[UNK\]', which stands for any unknown token"):
            SequenceVectorizer(vocabulary=vocabulary).fit(None)
    with pytest.raises(ValueError, match="must not be"):
        SequenceVectorizer(bos_token="[UNK]").fit(["a"])
    with pytest.raises(ValueError, match="empty vocabulary"):
        SequenceVectorizer(**split).fit(["[UNK]"])


def test_a_given_vocabulary_needs_no_fit():
    vectorizer = SequenceVectorizer(vocabulary=["the", "frog"])
    assert vectorizer.transform(["the frog newt"]).to_list() == [[2, 3, 1]]
    assert SequenceVectorizer(vocabulary=["a"]).inverse_transform([[2, 1]]) == [["a", "[UNK]"]]
    assert vectorizer.n_tokens_ == 4
    assert not hasattr(vectorizer, "token_counts_")


def test_counts_are_those_of_keras(keras_text):
    documents = ["the frog the", "a frog", ""]
    theirs = keras_text.Tokenizer()
    theirs.fit_on_texts(documents)
    ours = SequenceVectorizer(tokenizer=WordTokenizer("keras")).fit(documents)
    assert dict(zip(ours.vocabulary_, ours.token_counts_, strict=True)) == theirs.word_counts
    assert dict(zip(ours.vocabulary_, ours.document_counts_, strict=True)) == theirs.word_docs
    assert ours.n_documents_ == theirs.document_count
    parts = SequenceVectorizer().partial_fit(documents[:1]).partial_fit(documents[1:])
    for name in ("token_counts_", "document_counts_", "n_documents_"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(ours, name))
    ours.set_params(vocabulary=["a"]).fit(documents)
    assert not hasattr(ours, "token_counts_")


def test_rows_begin_and_end_with_bos_and_eos_tokens():
    both = {"bos_token": "<s>", "eos_token": "</s>"}
    vectorizer = SequenceVectorizer(max_tokens=6, **both).fit(["the frog", "the toad", "the"])
    assert dict(vectorizer.vocabulary_) == {"<s>": 2, "</s>": 3, "the": 4, "frog": 5}
    assert vectorizer.token_counts_.tolist() == [0, 0, 3, 1]
    rows = vectorizer.transform(["the toad", ""])
    assert rows.to_list() == [[2, 4, 1, 3], [2, 3]]
    assert rows.n_ids == vectorizer.n_tokens_ == 6
    assert vectorizer.inverse_transform(rows)[1] == ["<s>", "</s>"]
    only_end = SequenceVectorizer(eos_token="</s>").fit(["the"])
    assert only_end.transform(["the", ""]).to_list() == [[3, 2], [2]]
    same = SequenceVectorizer(bos_token="|", eos_token="|").fit(["the"])
    assert same.transform(["the"]).to_list() == [[2, 3, 2]]
    dropping = SequenceVectorizer(oov="drop", **both).fit(["the"])
    assert dropping.transform(["a the"]).to_list() == [[2, 4, 3]]
    parts = SequenceVectorizer(min_count=2, **both).partial_fit(["the"])
    with pytest.raises(ValueError, match="within the limits"):
        parts.transform(["the"])
    assert parts.partial_fit(["the"]).transform(["the"]).to_list() == [[2, 4, 3]]


def test_bos_and_eos_tokens_have_their_ids():
    with pytest.raises(ValueError, match=r"max_tokens=3 leaves no id .* take 4"):
        SequenceVectorizer(max_tokens=3, bos_token="<s>", eos_token="</s>").fit(["a"])
    with pytest.raises(ValueError, match="must hold the token '<s>' of bos_token"):
        SequenceVectorizer(vocabulary=["a"], bos_token="<s>").fit(None)
    given = SequenceVectorizer(vocabulary=["a", "<s>"], bos_token="<s>")
    assert given.transform(["a"]).to_list() == [[3, 2]]
    late = SequenceVectorizer().fit(["a"]).set_params(bos_token="<s>")
    with pytest.raises(ValueError, match="bos_token='<s>' is not in the vocabulary: fit again"):
        late.transform(["a"])
    text = SequenceVectorizer(tokenizer=str.split, eos_token="</s>").fit(["a </s>"])
    assert text.transform(["a </s>"]).to_list() == [[3, 2, 2]]
    assert text.token_counts_.tolist() == [1, 1]


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c d", "c", "d"]), max_size=5), min_size=1))
def test_ngrams_are_those_of_count_vectorizer_in_order(documents):
    tokens = Tokens.from_lists(documents)
    for least, most in ((1, 1), (1, 2), (2, 3)):
        names = [
            [
                " ".join(row[i : i + n])
                for n in range(least, most + 1)
                for i in range(len(row) - n + 1)
            ]
            for row in documents
        ]
        if not any(names):
            continue
        vectorizer = SequenceVectorizer(ngram_range=(least, most)).fit(tokens)
        assert vectorizer.inverse_transform(vectorizer.transform(tokens)) == names


def test_ngrams_in_keras_order():
    # adapt(["foo bar baz"]) of TextVectorization(ngrams=2) makes foo, bar, baz, foo bar, bar baz.
    vectorizer = SequenceVectorizer(ngram_range=(1, 2)).fit(["foo bar baz"])
    rows = vectorizer.transform(["foo bar baz"])
    assert vectorizer.inverse_transform(rows) == [["foo", "bar", "baz", "foo bar", "bar baz"]]
    one_hot = OneHotVectorizer(ngram_range=(2, 2), oov="drop").fit(["foo bar baz"])
    assert one_hot.get_feature_names_out().tolist() == ["bar baz", "foo bar"]
    for wrong in ((2, 1), (0, 1), (1,), (1.5, 2), (True, 2)):
        with pytest.raises(ValueError, match=r"ngram_range must be two integers from 1 on"):
            SequenceVectorizer(ngram_range=wrong).fit(["a"])
    vectorizer.set_params(ngram_range=np.array([1, 2]))
    assert len(vectorizer.transform(["foo bar"])[0]) == 3


@pytest.mark.parametrize(
    ("limits", "parts"),
    [
        ({"min_count": 2}, [["a b"], ["a c"], ["a b"]]),
        ({"max_df": 0.5}, [["a b", "a b"], ["c d", "e f"]]),
        ({"min_df": 2}, [["a"], [""], [], ["a b"]]),
        ({}, [[""], ["a b"]]),
    ],
)
def test_limits_apply_to_all_parts_together(limits, parts):
    vectorizer = SequenceVectorizer(**limits)
    for part in parts:
        vectorizer.partial_fit(part)
    whole = [document for part in parts for document in part]
    assert vectorizer.vocabulary_ == SequenceVectorizer(**limits).fit(whole).vocabulary_
    assert vectorizer.n_tokens_ == 2 + len(vectorizer.vocabulary_)


def test_transform_says_that_no_token_is_within_the_limits_yet():
    vectorizer = SequenceVectorizer(min_count=2).partial_fit(["a b"])
    with pytest.raises(ValueError, match="none of 2 distinct tokens is within the limits"):
        vectorizer.transform(["a"])


def test_partial_fit_does_not_forget_a_fit():
    vectorizer = SequenceVectorizer().fit(["the frog"])
    with pytest.raises(ValueError, match="would forget what fit learned"):
        vectorizer.partial_fit(["newt"])


@pytest.mark.parametrize("cls", [SequenceVectorizer, OneHotVectorizer])
def test_ngrams_are_made_once_by_fit_transform(cls, monkeypatch):
    calls = []
    made = _token_ngrams._interleaved
    monkeypatch.setattr(_token_ngrams, "_interleaved", lambda parts: calls.append(1) or made(parts))
    documents = ["the frog", "the toad and the frog"]
    vectorizer = cls(ngram_range=(1, 2))
    together = vectorizer.fit_transform(documents)
    assert len(calls) == 1
    apart = vectorizer.fit(documents).transform(documents)
    assert (together != apart).sum() == 0 if cls is OneHotVectorizer else together == apart


def test_oov_changed_after_fit_is_checked():
    vectorizer = SequenceVectorizer().fit(["the frog"])
    for documents in (["a frog"], ["a frog", "the frog"]):
        with pytest.raises(ValueError, match="oov must be"):
            vectorizer.set_params(oov=np.array(["index", "drop"])).transform(documents)
    vectorizer.set_params(oov="Index")
    with pytest.raises(ValueError, match="oov must be .*, got 'Index'"):
        vectorizer.transform(["the newt"])


def test_what_is_no_row_of_ids_is_named():
    vectorizer = SequenceVectorizer().fit(["a b"])
    with pytest.raises(TypeError, match="put a SequenceVectorizer in between"):
        vectorizer.inverse_transform(WordTokenizer().transform(["a b"]))
    with pytest.raises(TypeError, match="row 0 is int"):
        vectorizer.inverse_transform([2, 3])
    for rows in ([[2.0, 3.0]], [["2"]], [[[2]]]):
        with pytest.raises(ValueError, match="ids must be rows of integers"):
            vectorizer.inverse_transform(rows)


def test_tokenizer_may_be_a_function():
    assert SequenceVectorizer(tokenizer=str.split).fit_transform(["a b a"]).to_list() == [[2, 3, 2]]
    with pytest.raises(TypeError, match=r"write WordTokenizer\(\)"):
        SequenceVectorizer(tokenizer=WordTokenizer).fit(["a"])


def test_a_tokenizer_that_is_not_fitted_is_named():
    with pytest.raises(NotFittedError, match="fit it before, or make it a step of its own"):
        SequenceVectorizer(tokenizer=SubwordTokenizer()).fit(["a"])


def test_rows_of_nothing_have_no_tokens():
    vectorizer = SequenceVectorizer(vocabulary=["a"])
    assert vectorizer.inverse_transform([[], []]) == [[], []]
    assert vectorizer.inverse_transform(np.empty((2, 0, 3), complex)) == [[], []]


def test_documents_too_short_for_any_ngram_are_named():
    with pytest.raises(ValueError, match=r"no document holds 3 tokens.*ngram_range=\(3, 4\)"):
        SequenceVectorizer(ngram_range=(3, 4)).fit(["a frog", "a toad"])

"""Tokens against lists of lists of str."""

from __future__ import annotations

import pickle

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline

from textvec import OneHotVectorizer, Ragged, Tokens, Vocabulary, WordTokenizer

documents = st.lists(st.lists(st.text(max_size=3), max_size=5), max_size=6)


@given(documents, st.data())
def test_selections_and_copies_are_those_of_lists(rows, data):
    tokens = Tokens.from_lists(rows)
    assert tokens.to_list() == rows
    assert pickle.loads(pickle.dumps(tokens)) == tokens
    assert joblib.hash(tokens) == joblib.hash(Tokens.from_lists(rows))
    part = data.draw(st.slices(len(rows)))
    assert tokens[part].to_list() == rows[part]
    assert tokens[part].vocabulary is tokens.vocabulary


@given(documents, documents, documents)
def test_concat_is_addition_and_associative(a, b, c):
    first, second, third = map(Tokens.from_lists, (a, b, c))
    joined = first.concat(second, third)
    assert joined == Tokens.from_lists(a + b + c)
    assert first.concat(second).concat(third) == joined == first.concat(second.concat(third))


def test_spans_follow_their_tokens():
    text = ["Not good.", "Just expensive!", ""]
    tokens = WordTokenizer(spans=True).transform(text)
    assert tokens[[1]].spans.tolist() == [[0, 4], [5, 14]]
    assert tokens[[1]].reversed().spans.tolist() == [[5, 14], [0, 4]]
    assert tokens[:1].concat(tokens[1:]) == tokens
    assert tokens[:1].concat(WordTokenizer().transform(["no spans"])).spans is None
    assert tokens != WordTokenizer().transform(text)
    assert tokens != Ragged(tokens.values, tokens.offsets)


def test_a_pipeline_tokenizes_once(tmp_path):
    texts = [f"{'good' if i % 2 else 'bad'} film number {i}" for i in range(40)]
    y = np.arange(40) % 2
    tokens = WordTokenizer().transform(texts)
    train, test, y_train, y_test = train_test_split(tokens, y, random_state=0)
    model = make_pipeline(OneHotVectorizer(), LogisticRegression(), memory=str(tmp_path))
    assert model.fit(train, y_train).score(test, y_test) == 1
    assert cross_val_score(model, tokens, y, n_jobs=2, error_score="raise").mean() == 1


@pytest.mark.parametrize(
    ("values", "spans", "vocabulary", "message"),
    [
        ([0, 2], None, ["a", "b"], "ids run from 0 to 2, outside the vocabulary of 2 tokens"),
        ([-1, 0], None, ["a", "b"], "ids run from -1"),
        ([[0], [1]], None, ["a", "b"], "values must be 1-d"),
        ([0, 1], [[0, 1]], ["a", "b"], "spans must be of shape \\(2, 2\\)"),
    ],
)
def test_what_does_not_fit_together_is_named(values, spans, vocabulary, message):
    with pytest.raises(ValueError, match=message):
        Tokens(values, [0, 2], Vocabulary(vocabulary), spans)


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="counts from 0, got first_id=2"):
        Tokens([2], [0, 1], Vocabulary(["a"], first_id=2))
    with pytest.raises(TypeError, match="got str for row 1"):
        Tokens.from_lists([["a"], "b"])
    with pytest.raises(TypeError, match="got int among the tokens of row 0"):
        Tokens.from_lists([["a", 3]])


def test_nothing_can_change_the_tokens():
    values, spans = np.array([0, 1], dtype=np.int32), np.array([[0, 1], [2, 3]], dtype=np.int32)
    given = Tokens(values, [0, 2], Vocabulary(["a", "b"]), spans)
    values[0] = spans[0, 0] = 10**9
    assert given.to_list() == [["a", "b"]]
    assert given.spans[0, 0] == 0
    read = WordTokenizer(spans=True).transform(["a b", "c"])
    for tokens in (given, read, read[:1], read[[1, 0]], pickle.loads(pickle.dumps(read))):
        for array in (tokens.values, tokens.offsets, tokens.spans):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 2**30
        for name in ("values", "offsets", "spans", "vocabulary", "n_ids"):
            with pytest.raises(AttributeError):
                setattr(tokens, name, None)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array([2**32, 2**32 + 1]), "ids run from 4294967296 to 4294967297, outside"),
        ([0.9, 1.9], "values must be integers, got items of dtype float64"),
        (["1", "0"], "values must be integers, got items of dtype <U1"),
        ([None, 1], "values must be integers, got items of dtype object"),
    ],
)
def test_ids_are_checked_before_they_are_cast(values, message):
    with pytest.raises(ValueError, match=message):
        Tokens(values, [0, 2], Vocabulary(["a", "b"]))


def test_spans_are_checked_before_they_are_cast():
    spans = np.array([[2**32, 2**32 + 1]])
    with pytest.raises(ValueError, match="spans run from 4294967296"):
        Tokens([0], [0, 1], Vocabulary(["a"]), spans)


def test_ids_of_a_strided_column_go_through():
    tokens = Tokens(np.array([[0, 9], [1, 9]], np.int32)[:, 0], [0, 2], Vocabulary(["a", "b"]))
    assert OneHotVectorizer().fit_transform(tokens).toarray().tolist() == [[0, 1, 1]]


def test_nullable_ids_of_pandas_are_ids():
    pandas = pytest.importorskip("pandas")
    ids = pandas.Series([1, 0], dtype="Int64")
    assert Tokens(ids, [0, 2], Vocabulary(["a", "b"])).to_list() == [["b", "a"]]


def test_a_set_has_no_order_of_tokens():
    with pytest.raises(TypeError, match="tokens have an order, got a set for row 1"):
        Tokens.from_lists([["a"], {"a", "b"}])


def test_vocabulary_must_be_one():
    with pytest.raises(TypeError, match="vocabulary must be a Vocabulary, got list"):
        Tokens([0], [0, 1], ["a"])


def test_an_array_of_them_is_refused_with_the_vectorizer_that_makes_one():
    with pytest.raises(TypeError, match=r"TfidfVectorizer\(\) or .* after the tokenizer"):
        np.asarray(Tokens.from_lists([["a", "b"], ["c"]]))

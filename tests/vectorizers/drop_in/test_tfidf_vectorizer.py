"""TfidfVectorizer, held against scikit-learn's."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.feature_extraction.text import TfidfVectorizer as Reference
from sklearn.pipeline import make_pipeline

from textvec import CountVectorizer, TfidfVectorizer, WordTokenizer

from .parity import (
    READING,
    SELECTING,
    assert_same_fit,
    assert_same_matrix,
    corpora,
    parameters,
    sentences,
)

X = ["The frog sat on the log.", "", "the toad, the toad and the frog", "Not a frog", "x"]

WEIGHING = {
    "norm": st.sampled_from(["l1", "l2", None]),
    "use_idf": st.booleans(),
    "smooth_idf": st.booleans(),
    "sublinear_tf": st.booleans(),
    "dtype": st.sampled_from([np.float32, np.float64]),
}


@settings(max_examples=200)
@given(X=corpora.filter(bool), params=parameters(READING, SELECTING, WEIGHING))
def test_any_corpus_gives_scikit_learns_matrix(X, params):
    ours, theirs = TfidfVectorizer(**params), Reference(**params)
    if assert_same_fit(ours, theirs, X) and ours.use_idf:
        np.testing.assert_array_equal(ours.idf_, theirs.idf_)
        assert ours.idf_.dtype == theirs.idf_.dtype


def test_some_of_imdb(imdb_train):
    params = {"ngram_range": (1, 2), "min_df": 5, "sublinear_tf": True}
    assert assert_same_fit(TfidfVectorizer(**params), Reference(**params), imdb_train[:1000])


def test_it_is_counts_and_weights():
    expected = make_pipeline(CountVectorizer(), TfidfTransformer()).fit_transform(X)
    weighted = TfidfVectorizer().fit_transform(X)
    np.testing.assert_allclose(weighted.toarray(), expected.toarray(), rtol=1e-15)
    tokens = WordTokenizer("sklearn").transform(X)
    assert_same_matrix(TfidfVectorizer().fit_transform(tokens), weighted)


@given(
    X=st.lists(sentences, min_size=1),
    cut=st.integers(0, 6),
    params=parameters(SELECTING, WEIGHING),
)
def test_parts_give_what_the_whole_gives(X, cut, params):
    X = ["the frog", *X]
    whole = TfidfVectorizer(**params)
    try:
        whole.fit(X)
    except ValueError:
        return
    # The first part need not hold a term within the limits.
    parts = TfidfVectorizer().partial_fit(X[: cut + 1]).set_params(**params)
    parts.partial_fit(X[cut + 1 :])
    assert parts.vocabulary_ == whole.vocabulary_
    if whole.use_idf:
        assert parts.idf_.dtype == whole.idf_.dtype
        np.testing.assert_array_equal(parts.idf_, whole.idf_)
    assert_same_matrix(parts.transform(X), whole.transform(X))


def test_parts_with_a_given_vocabulary():
    terms = ["toad", "newt", "frog"]
    parts = TfidfVectorizer(vocabulary=terms)
    for x in X:
        parts.partial_fit([x])
    whole = Reference(vocabulary=terms).fit(X)
    np.testing.assert_array_equal(parts.idf_, whole.idf_)
    assert_same_matrix(parts.transform(X), whole.transform(X))


def test_idf_may_be_set():
    ours, theirs = (c(vocabulary=["frog", "toad"]) for c in (TfidfVectorizer, Reference))
    for vectorizer in (ours, theirs):
        vectorizer.idf_ = np.array([1.0, 2.0])
    assert_same_matrix(ours.transform(X), theirs.transform(X))


def test_a_failed_fit_leaves_the_estimator_as_it_was():
    vectorizer = TfidfVectorizer().fit(X)
    before = pickle.dumps(vectorizer)
    with pytest.raises(TypeError, match="row 1 is missing"):
        vectorizer.fit(["newt", None])
    assert pickle.dumps(vectorizer) == before
    with pytest.raises(NotFittedError):
        TfidfVectorizer().transform(X)


def test_no_documents_give_no_rows():
    nothing = TfidfVectorizer(dtype=np.float32).fit(X).transform([])
    assert nothing.shape == (0, 8)
    assert nothing.dtype == np.float32


def test_it_is_a_count_vectorizer_whose_transform_counts():
    """As a public recipe of BM25 takes for granted."""
    documents = ["the frog sat on the log", "the toad", "the frog and the toad"]
    vectorizer = TfidfVectorizer(norm=None, smooth_idf=False).fit(documents)
    assert isinstance(vectorizer, CountVectorizer)
    counts = super(TfidfVectorizer, vectorizer).transform(documents)
    assert (counts != CountVectorizer().fit_transform(documents)).nnz == 0


def test_limits_apply_to_all_parts_together():
    documents = ["a frog", "a frog", "a toad"]
    vectorizer = TfidfVectorizer(min_df=2)
    for document in documents:
        vectorizer.partial_fit([document])
    whole = TfidfVectorizer(min_df=2).fit(documents)
    assert vectorizer.vocabulary_ == whole.vocabulary_
    assert vectorizer.idf_.tolist() == whole.idf_.tolist()

"""OneHotVectorizer against scikit-learn's binary counts and an identity matrix."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import issparse
from sklearn import config_context
from sklearn.feature_extraction.text import CountVectorizer

from textvec import (
    CharTokenizer,
    EmbeddedSequences,
    OneHotVectorizer,
    SequenceVectorizer,
    WordTokenizer,
)

DOCUMENTS = ["the frog sat on the log", "", "the toad", "a newt"]


def test_multi_hot_is_the_binary_count(imdb_train):
    documents = imdb_train[::100]
    ours = OneHotVectorizer(tokenizer=WordTokenizer("sklearn"), oov="drop")
    theirs = CountVectorizer(binary=True, dtype=np.float32)
    matrix, expected = ours.fit_transform(documents), theirs.fit_transform(documents)
    order = np.argsort(ours.get_feature_names_out())
    assert matrix.has_canonical_format
    assert (matrix[:, order] != expected).nnz == 0
    assert ours.get_feature_names_out()[order].tolist() == sorted(theirs.vocabulary_)


def test_unknown_tokens_have_the_first_column():
    vectorizer = OneHotVectorizer(max_tokens=4).fit(["the frog", "the toad"])
    assert vectorizer.get_feature_names_out().tolist() == ["[UNK]", "the", "frog"]
    matrix = vectorizer.transform(["the newt and the toad", "frog", ""])
    assert matrix.toarray().tolist() == [[1, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert matrix.dtype == np.float32
    assert vectorizer.set_params(dtype=bool).transform(["the"]).dtype == bool


@pytest.mark.parametrize("form", [lambda table: table, lambda table: table.toarray()])
def test_the_tokens_of_each_row_come_back(form):
    vectorizer = OneHotVectorizer().fit(DOCUMENTS[:3])
    table = vectorizer.transform(DOCUMENTS)
    table.data[0] = 0  # a column that is written, and not set
    names = vectorizer.get_feature_names_out()
    expected = [names[row > 0].tolist() for row in table.toarray()]
    assert vectorizer.inverse_transform(form(table)) == expected
    assert expected[1:] == [[], ["the", "toad"], ["[UNK]"]]
    assert vectorizer.inverse_transform(table[:0]) == []
    with pytest.raises(ValueError, match="X has 2 columns, but OneHotVectorizer has 7"):
        vectorizer.inverse_transform([[1, 0]])
    assert not hasattr(vectorizer.set_params(output="sequence"), "inverse_transform")


@pytest.mark.parametrize("oov", ["index", "drop"])
def test_a_sequence_of_one_hot_rows_is_an_identity_looked_up(oov):
    vectorizer = OneHotVectorizer(output="sequence", oov=oov).fit(DOCUMENTS[:3])
    ids = SequenceVectorizer(oov=oov).fit(DOCUMENTS[:3]).transform(DOCUMENTS)
    sequences = vectorizer.transform(DOCUMENTS)
    assert issparse(sequences.table)
    names = OneHotVectorizer(oov=oov).fit(DOCUMENTS[:3]).get_feature_names_out()
    array = np.asarray(sequences)
    assert array.shape == (4, 6, len(names))
    first = 1 if oov == "index" else 2
    identity = np.eye(len(names), dtype=np.float32)
    for row, expected in zip(array, ids, strict=True):
        np.testing.assert_array_equal(row[: len(expected)], identity[expected - first])
        assert not row[len(expected) :].any()
    # A document's rows added up are its counts: no token is lost between the two outputs.
    multi_hot = vectorizer.set_params(output="multi_hot").transform(DOCUMENTS).toarray()
    np.testing.assert_array_equal(array.max(axis=1), multi_hot)


def test_a_pandas_result_is_refused():
    vectorizer = OneHotVectorizer(tokenizer=CharTokenizer())
    with pytest.raises(ValueError, match="returns a sparse matrix, which no pandas frame holds"):
        vectorizer.set_output(transform="pandas")


def test_unknown_tokens_may_be_an_error():
    vectorizer = OneHotVectorizer(oov="error").fit(["the frog"])
    with pytest.raises(ValueError, match="row 0 holds the token 'newt'"):
        vectorizer.transform(["the newt"])


@pytest.mark.parametrize("output", ["multi_hot", "sequence"])
def test_a_generator_loses_no_rows(output):
    documents = ["the frog", "the toad"]
    vectorizer = OneHotVectorizer(output=output)
    got = vectorizer.fit_transform(d for d in documents)
    assert got.shape[0] == 2
    expected = vectorizer.transform(documents)
    assert (got != expected).nnz == 0 if output == "multi_hot" else got == expected


@pytest.mark.parametrize("dtype", [np.float16, object, "U1"])
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_a_dtype_that_no_sparse_matrix_has_is_refused(method, dtype):
    vectorizer = OneHotVectorizer(dtype=dtype)
    with pytest.raises(ValueError, match="is none of SciPy's sparse matrices"):
        getattr(vectorizer, method)(["a b a"])


def test_output_changed_after_fit_is_checked():
    vectorizer = OneHotVectorizer().fit(["a"]).set_params(output="Sequence")
    with pytest.raises(ValueError, match="output must be .*, got 'Sequence'"):
        vectorizer.transform(["a"])


@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_sequences_of_rows_are_no_frame(output):
    vectorizer = OneHotVectorizer(output="sequence")
    with config_context(transform_output=output):
        assert isinstance(vectorizer.fit_transform(["a b", "b"]), EmbeddedSequences)
    assert not hasattr(vectorizer, "get_feature_names_out")

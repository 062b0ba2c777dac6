"""BM25Transformer against the formula written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import coo_array, csc_array, csr_array, csr_matrix, issparse
from sklearn.pipeline import make_pipeline

from textvec import BM25Transformer, CountVectorizer

COUNTS = np.array([[2, 0, 1, 0], [0, 0, 0, 0], [1, 1, 0, 0], [5, 0, 9, 0]])


def by_hand(learned, counts, k1=1.5, b=0.75):
    """The weights, one at a time."""
    n_documents = len(learned)
    average = learned.sum() / n_documents
    weights = np.zeros(counts.shape)
    for d, t in zip(*np.nonzero(counts)):
        holding = (learned[:, t] > 0).sum()
        idf = np.log(1 + (n_documents - holding + 0.5) / (holding + 0.5))
        share = counts[d].sum() / average if average else 1
        f = counts[d, t]
        weights[d, t] = idf * f * (k1 + 1) / (f + k1 * (1 - b + b * share))
    return weights


@given(
    arrays(np.int64, (5, 4), elements=st.integers(0, 30)),
    arrays(np.int64, (3, 4), elements=st.integers(0, 30)),
    st.floats(0, 10),
    st.floats(0, 1),
)
def test_the_formula(learned, counts, k1, b):
    transformer = BM25Transformer(k1, b).fit(learned)
    result = transformer.transform(counts)
    assert np.isfinite(result.data).all()
    np.testing.assert_allclose(result.toarray(), by_hand(learned, counts, k1, b), rtol=1e-12)


def test_weights_are_not_negative_even_of_terms_that_all_documents_hold():
    assert (BM25Transformer().fit(np.ones((9, 1))).idf_ > 0).all()


@pytest.mark.parametrize("kind", [np.asarray, csr_array, csr_matrix, csc_array, coo_array])
def test_any_matrix_gives_canonical_csr(kind):
    result = BM25Transformer().fit_transform(kind(COUNTS))
    assert issparse(result)
    assert result.format == "csr"
    assert result.has_canonical_format
    assert result.dtype == np.float64
    np.testing.assert_allclose(result.toarray(), by_hand(COUNTS, COUNTS))


def test_stored_zeros_duplicates_and_order_are_put_right_and_the_input_is_untouched():
    messy = csr_array(
        (np.array([1.0, 0, 1, 1, 1, 1, 5, 9]), [2, 1, 0, 0, 1, 0, 0, 2], [0, 4, 4, 6, 8]), (4, 4)
    )
    kept = messy.data.copy(), messy.indices.copy()
    result = BM25Transformer().fit(messy).transform(messy)
    assert result.has_canonical_format
    np.testing.assert_allclose(result.toarray(), by_hand(COUNTS, COUNTS))
    assert np.array_equal(messy.data, kept[0])
    assert np.array_equal(messy.indices, kept[1])


def test_the_result_shares_no_memory_with_the_input():
    X = csr_array(COUNTS.astype(np.float64))
    result = BM25Transformer().fit_transform(X)
    assert not np.shares_memory(result.indices, X.indices)
    assert not np.shares_memory(result.indptr, X.indptr)


def test_empty_documents_and_a_term_that_fit_did_not_see():
    transformer = BM25Transformer().fit(np.zeros((2, 2)))
    assert transformer.average_length_ == 0
    assert np.isfinite(transformer.transform(np.eye(2)).data).all()
    assert BM25Transformer().fit(COUNTS).transform(np.zeros((1, 4))).nnz == 0


def test_bad_counts():
    with pytest.raises(ValueError, match="Negative values in data passed to BM25Transformer"):
        BM25Transformer().fit([[1, -1]])
    with pytest.raises(ValueError, match="has 3 features, but BM25Transformer is expecting 4"):
        BM25Transformer().fit(COUNTS).transform(np.ones((1, 3)))


def test_weights_are_finite_or_refused():
    assert np.isfinite(BM25Transformer(k1=1e100).fit_transform(COUNTS).toarray()).all()
    with pytest.raises(ValueError, match="'k1' parameter of BM25Transformer must be a float in"):
        BM25Transformer(k1=1e308).fit(COUNTS)


def test_names_and_float32_pass_through():
    pipeline = make_pipeline(CountVectorizer(dtype=np.float32), BM25Transformer())
    assert pipeline.fit_transform(["the frog", "the toad"]).dtype == np.float32
    assert pipeline.get_feature_names_out().tolist() == ["frog", "the", "toad"]


def test_a_query_finds_the_document_that_says_more_of_it_in_fewer_words():
    documents = ["frog", "frog and a very long story of other animals", "frog frog", "toad toad"]
    counts = CountVectorizer()
    weighted = BM25Transformer().fit_transform(counts.fit_transform(documents))
    scores = (weighted @ counts.transform(["frog"]).T).toarray().ravel()
    assert scores.argsort()[::-1].tolist() == [2, 0, 1, 3]


def test_parameters_set_after_fit_are_checked():
    with pytest.raises(ValueError, match="'k1' parameter of BM25Transformer"):
        BM25Transformer().fit(np.eye(3)).set_params(k1=-1).transform(np.eye(3))

"""Vectors of fewer dimensions, against scikit-learn's PCA."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from textvec import WordVectors
from textvec.vectors import SubwordVectors


@pytest.fixture
def vectors():
    matrix = np.random.default_rng(0).standard_normal((60, 8)) * np.arange(1, 9) + 3
    return WordVectors([f"w{i}" for i in range(60)], matrix)


def test_reduce_is_scikit_learns_pca(vectors):
    expected = PCA(5, svd_solver="full").fit_transform(vectors.matrix.astype(np.float64))
    reduced = vectors.reduce(5)
    assert reduced.vocabulary == vectors.vocabulary
    assert reduced.matrix.dtype == np.float32
    np.testing.assert_allclose(reduced.matrix, expected, rtol=1e-4, atol=1e-4)


def test_all_but_the_top(vectors):
    """Mu and Viswanath: subtract the mean and the projections on the first components."""
    matrix = vectors.matrix.astype(np.float64)
    centred = matrix - matrix.mean(axis=0)
    top = PCA(2, svd_solver="full").fit(matrix).components_
    processed = centred - centred @ top.T @ top
    reduced = vectors.reduce(6, remove=2).matrix
    # In other axes, but of the same inner products.
    np.testing.assert_allclose(reduced @ reduced.T, processed @ processed.T, atol=1e-3)


def test_reduce_keeps_half_precision_and_gives_equal_results(vectors):
    half = WordVectors(vectors.vocabulary, vectors.matrix.astype(np.float16)).reduce(2)
    assert half.matrix.dtype == np.float16
    assert vectors.reduce(2) == vectors.reduce(2)


def test_reduce_takes_subwords_along(vectors):
    table = np.random.default_rng(1).standard_normal((50, 8))
    subwords = SubwordVectors(table, min_n=3, max_n=4)
    reduced = WordVectors(vectors.vocabulary, vectors.matrix, subwords=subwords).reduce(3)
    made = subwords.vectors(["newt"]) - vectors.matrix.mean(axis=0)
    components = PCA(3, svd_solver="full").fit(vectors.matrix.astype(np.float64)).components_
    np.testing.assert_allclose(reduced.vectors(["newt"]), made @ components.T, atol=1e-4)
    assert reduced.nearest("newt", 2).scores.shape == (2,)
    with pytest.raises(KeyError, match="newt"):
        WordVectors(vectors.vocabulary, vectors.matrix).reduce(3).nearest("newt")


@pytest.mark.parametrize(
    ("dim", "remove", "message"),
    [
        (0, 0, "embedding_dim must be at least 1 and remove at least 0, got 0 and 0"),
        (2, -1, "remove at least 0, got 2 and -1"),
        (7, 2, "must be at most 8 for 60 vectors of 8 dimensions, got 7 \\+ 2"),
        (2.5, 0, "embedding_dim must be an integer"),
        (True, 0, "embedding_dim must be an integer"),
        (2, "1", "remove must be an integer, got '1'"),
    ],
)
def test_reduce_checks(vectors, dim, remove, message):
    with pytest.raises((TypeError, ValueError), match=message):
        vectors.reduce(dim, remove=remove)

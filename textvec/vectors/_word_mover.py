"""Distances between bags of words whose words have vectors: arithmetic on plain arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial.distance import cdist

from .._ragged import offsets_from_lengths
from .._tokens import Tokens
from ._document_pooling import compacted
from ._word_vectors import WordVectors

# POT's solver of optimal transport: masses of either side, costs -> least total cost.
Solver = Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]], float]

_BLOCK = 1 << 22  # distances that are held at once
_ROUNDING = 1e-9  # relative: by so much a bound may come out too high


class Bags(NamedTuple):
    """Documents as shares of words, and the words' vectors.

    A document without words counts as one word whose vector is zero: all distances are then
    defined, and remain distances.

    Parameters
    ----------
    shares : csr_array of shape (n_documents, n_words), float64
        How often each word occurs in a document, as a share of it: rows sum to 1.
    words : ndarray of shape (n_words,), int64
        Which word each column is, rising: its row in the vectors, or the number of rows for the
        word that stands for none.
    points : ndarray of shape (n_words, embedding_dim), float64
        The vector of each column.
    """

    shares: Any
    words: NDArray[np.int64]
    points: NDArray[np.float64]

    def __len__(self) -> int:
        return int(self.shares.shape[0])

    def document(self, row: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Give the columns of the words of a document, rising, and their shares."""
        part = slice(self.shares.indptr[row], self.shares.indptr[row + 1])
        return self.shares.indices[part], self.shares.data[part]


def bags_of(tokens: Tokens, vectors: WordVectors, *, normalize: bool) -> Bags:
    """Make bags of documents; tokens without a vector are left out.

    Parameters
    ----------
    tokens : Tokens
    vectors : WordVectors
    normalize : bool
        Whether vectors are scaled to length 1; zeros stay.

    Returns
    -------
    Bags
    """
    n_words = len(vectors)
    word_of = vectors.vocabulary.lookup(tokens.vocabulary)[tokens.values]
    is_known = word_of >= 0
    offsets = offsets_from_lengths(is_known)[tokens.offsets]
    empty = np.flatnonzero(np.diff(offsets) == 0)
    # The word that stands for none is put in front of the next document's.
    words, columns = compacted(np.insert(word_of[is_known], offsets[empty], n_words), n_words + 1)
    offsets = offsets + np.searchsorted(empty, np.arange(len(offsets)))
    lengths = np.diff(offsets)
    shape = (len(tokens), len(words))
    shares = csr_array((np.ones(len(columns)), columns, offsets), shape=shape)
    shares.sum_duplicates()  # in place, offsets too
    shares.data /= np.repeat(lengths, np.diff(shares.indptr))
    points = np.zeros((len(words), vectors.embedding_dim))
    n_known = len(words) - bool(len(empty))
    points[:n_known] = vectors.matrix[words[:n_known]]
    if normalize:
        norms = np.linalg.norm(points, axis=1, keepdims=True)
        np.divide(points, norms, out=points, where=norms > 0)
    return Bags(shares, words, points)


def centroids(bags: Bags) -> NDArray[np.float64]:
    """Give the mean vector of each document."""
    means: NDArray[np.float64] = bags.shares @ bags.points
    return means


def cosine_distances(X: Bags, Y: Bags) -> NDArray[np.float64]:
    """Give one minus the cosine of mean vectors; a vector of zeros is at 1, from another at 0."""
    sides = []
    for means in (centroids(X), centroids(Y)):
        norms = np.linalg.norm(means, axis=1, keepdims=True)
        sides.append(np.divide(means, norms, out=np.zeros_like(means), where=norms > 0))
    distances: NDArray[np.float64] = np.clip(1 - sides[0] @ sides[1].T, 0, 2)
    zero_x, zero_y = (~side.any(axis=1) for side in sides)
    distances[np.ix_(zero_x, zero_y)] = 0
    return distances


def relaxed_distances(X: Bags, Y: Bags) -> NDArray[np.float64]:
    """Give the relaxed Word Mover's Distance: the greater of its two one-sided bounds."""
    there = one_sided_distances(X, Y)
    back = there if Y is X else one_sided_distances(Y, X)
    distances: NDArray[np.float64] = np.maximum(there, back.T)
    return distances


def one_sided_distances(X: Bags, Y: Bags) -> NDArray[np.float64]:
    """Give what it costs to move every word of X to the nearest word of Y, whatever its share.

    All documents of X share the search for nearest words, as Atasu et al. (2017) do it.
    """
    distances = np.empty((len(X), len(Y)))
    squares = np.einsum("wd,wd->w", X.points, X.points)  # (V,)
    n_at_once = max(1, _BLOCK // max(1, len(X.words)))
    for row in range(len(Y)):
        columns, _ = Y.document(row)
        nearest = np.full(len(X.words), np.inf)  # squared
        for start in range(0, len(columns), n_at_once):
            points = Y.points[columns[start : start + n_at_once]]
            between = X.points @ (-2 * points.T)  # (V, words of the document)
            between += np.einsum("wd,wd->w", points, points)
            np.minimum(nearest, between.min(axis=1), out=nearest)
        nearest = np.sqrt(np.maximum(nearest + squares, 0))
        # A word is at zero from itself, but for rounding, which the square root makes large.
        nearest[np.isin(X.words, Y.words[columns], assume_unique=True)] = 0
        distances[:, row] = X.shares @ nearest
    return distances


class Move(NamedTuple):
    """What is left to be moved from one document to another.

    Parameters
    ----------
    supplies : ndarray of shape (n,), float64
        Shares that leave words of the one document, all greater than 0.
    demands : ndarray of shape (m,), float64
        Shares that come to words of the other; of the same sum.
    costs : ndarray of shape (n, m), float64
        Distances between the words.
    """

    supplies: NDArray[np.float64]
    demands: NDArray[np.float64]
    costs: NDArray[np.float64]

    @classmethod
    def between(cls, X: Bags, x: int, Y: Bags, y: int) -> Move:
        """Compare a document of X with one of Y."""
        (columns_x, supplies), (columns_y, demands) = X.document(x), Y.document(y)
        _, in_x, in_y = np.intersect1d(
            X.words[columns_x], Y.words[columns_y], assume_unique=True, return_indices=True
        )
        # What both have of a word stays: by the triangle inequality, no detour over it pays.
        staying = np.minimum(supplies[in_x], demands[in_y])
        supplies, demands = supplies.copy(), demands.copy()
        supplies[in_x] -= staying
        demands[in_y] -= staying
        leaves, comes = supplies > 0, demands > 0
        costs = cdist(X.points[columns_x[leaves]], Y.points[columns_y[comes]])
        return cls(supplies[leaves], demands[comes], costs)

    def bound(self) -> float:
        """Give the least cost were every word free to go to, or come from, the nearest."""
        if not self.costs.size:
            return 0.0
        there = self.supplies @ self.costs.min(axis=1)
        return max(float(there), float(self.demands @ self.costs.min(axis=0)))

    def cost(self, solve: Solver) -> float:
        """Give the least cost."""
        if not self.costs.size:
            return 0.0
        total = self.supplies.sum()
        if 1 in self.costs.shape:  # one word goes to all, or all to one: there is no choice
            return float(self.supplies @ self.costs @ self.demands / total)
        return float(
            solve(self.supplies / total, self.demands / self.demands.sum(), self.costs) * total
        )


def mover_distance(X: Bags, x: int, Y: Bags, y: int, solve: Solver) -> float:
    """Give the exact Word Mover's Distance between a document of X and one of Y."""
    return Move.between(X, x, Y, y).cost(solve)


def nearest_by_mover_distance(
    X: Bags, x: int, Y: Bags, k: int, solve: Solver
) -> list[tuple[float, int]]:
    """Give the `k` documents of Y nearest to a document of X, with their distances.

    Lower bounds that are cheap for all of Y at once say in which order to look and when to stop;
    a closer one, taken where it is needed, says what to skip (Kusner et al. 2015, section 4).
    """
    one = Bags(X.shares[[x]], X.words, X.points)
    bounds = np.maximum(
        one_sided_distances(Y, one)[:, 0], cdist(centroids(Y), centroids(one))[:, 0]
    )
    best: list[tuple[float, int]] = []
    limit = np.inf
    for y in np.argsort(bounds, kind="stable").tolist():
        if bounds[y] > limit:
            break
        move = Move.between(X, x, Y, y)
        if move.bound() <= limit:
            best = sorted([*best, (move.cost(solve), y)])[:k]
            limit = best[-1][0] * (1 + _ROUNDING) if len(best) == k else np.inf
    return best


def pairs(n_rows: int, n_columns: int, *, symmetric: bool) -> Iterator[tuple[int, range]]:
    """Give the columns to be computed of each row: of a symmetric matrix those above it."""
    for row in range(n_rows):
        yield row, range(row + 1 if symmetric else 0, n_columns)

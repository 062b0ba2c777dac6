"""Word Mover's Distance and cosine distance between bags of words that have vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial.distance import cdist

from .._containers._ragged import offsets_of_kept
from .._containers._tokens import Tokens
from .._containers._vocabulary import Vocabulary
from ._composed_words import compose_missing
from ._document_pooling import compacted
from ._word_vectors import WordVectors
from .queries._unit_vectors import unit

# POT's solver of optimal transport: weights of either side, costs -> minimum total cost.
Solver = Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]], float]

_BLOCK = 1 << 22  # distances held in memory at once
_ROUNDING = 1e-9  # relative error by which a bound may be too high


class Bags(NamedTuple):
    """Documents as shares of words, and the words' vectors.

    A document without words counts as one word whose vector is zero, so that all distances are
    defined and satisfy the axioms.

    Parameters
    ----------
    shares : csr_array of shape (n_documents, n_words), float64
        The share of each word in a document: rows sum to 1.
    words : ndarray of shape (n_words,), int64
        The word of each column, rising: its row in the vectors, the number of rows for the
        word that stands for none, and from there on words of `composed`.
    points : ndarray of shape (n_words, embedding_dim), float64
        The vector of each column.
    composed : Vocabulary
        Words whose vectors are composed of those of their subwords.
    """

    shares: Any
    words: NDArray[np.int64]
    points: NDArray[np.float64]
    composed: Vocabulary

    def __len__(self) -> int:
        return int(self.shares.shape[0])

    def document(self, row: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the columns of the words of a document, rising, and their shares."""
        part = slice(self.shares.indptr[row], self.shares.indptr[row + 1])
        return self.shares.indices[part], self.shares.data[part]


def bags_of(
    tokens: Tokens, vectors: WordVectors, *, normalize: bool, others: Bags | None = None
) -> Bags:
    """Make bags of documents; tokens without a vector, or subwords with one, are ignored.

    Parameters
    ----------
    tokens : Tokens
        The documents.
    vectors : WordVectors
        The vectors of their words.
    normalize : bool
        Whether vectors are scaled to norm 1; zeros stay.
    others : Bags or None, default=None
        What the bags will be compared with: words that both compose get the same numbers.

    Returns
    -------
    Bags
    """
    n_words = len(vectors)
    word_of_type = vectors.vocabulary.lookup(tokens.vocabulary)
    occurs = np.bincount(tokens.values, minlength=len(word_of_type)) > 0
    new = compose_missing(vectors, tokens.vocabulary, occurs & (word_of_type < 0))
    before = Vocabulary([]) if others is None else others.composed
    composed, (_, places) = before.merge(tokens.vocabulary.take(new.positions))
    word_of_type[new.positions] = n_words + 1 + places
    word_of = word_of_type[tokens.values]
    is_known = word_of >= 0
    offsets = offsets_of_kept(is_known, tokens.offsets)
    empty = np.flatnonzero(np.diff(offsets) == 0)
    # The word that stands for none is inserted before the first word of the next document.
    words, columns = compacted(
        np.insert(word_of[is_known], offsets[empty], n_words), n_words + 1 + len(composed)
    )
    offsets = offsets + np.searchsorted(empty, np.arange(len(offsets)))
    lengths = np.diff(offsets)
    shape = (len(tokens), len(words))
    shares = csr_array((np.ones(len(columns)), columns, offsets), shape=shape)
    shares.sum_duplicates()  # in place, offsets too
    shares.data /= np.repeat(lengths, np.diff(shares.indptr))
    of_composed = new.rows[np.argsort(places)]  # in the order of their numbers
    points = _points_of(words, vectors, of_composed)
    return Bags(shares, words, unit(points) if normalize else points, composed)


def _points_of(
    words: NDArray[np.int64], vectors: WordVectors, of_composed: NDArray[Any]
) -> NDArray[np.float64]:
    """Return the vector of each word: known ones, zeros for the one that stands for none, more."""
    n_words = len(vectors)
    points = np.zeros((len(words), vectors.embedding_dim))
    n_known = int(np.searchsorted(words, n_words))
    points[:n_known] = vectors.matrix[words[:n_known]]
    points[words > n_words] = of_composed
    return points


def centroids(bags: Bags) -> NDArray[np.float64]:
    """Compute the mean vector of each document."""
    means: NDArray[np.float64] = bags.shares @ bags.points
    return means


def cosine_distances(X: Bags, Y: Bags) -> NDArray[np.float64]:
    """Compute one minus the cosine of mean vectors: 1 for a vector of zeros, 0 for two such."""
    sides = unit(centroids(X)), unit(centroids(Y))
    distances: NDArray[np.float64] = np.clip(1 - sides[0] @ sides[1].T, 0, 2)
    zero_x, zero_y = (~side.any(axis=1) for side in sides)
    distances[np.ix_(zero_x, zero_y)] = 0
    return distances


def relaxed_distances(X: Bags, Y: Bags) -> NDArray[np.float64]:
    """Compute the relaxed Word Mover's Distance: the maximum of its two one-sided bounds."""
    forward = one_sided_distances(X, Y)
    backward = forward if Y is X else one_sided_distances(Y, X)
    distances: NDArray[np.float64] = np.maximum(forward, backward.T)
    return distances


def one_sided_distances(X: Bags, Y: Bags) -> NDArray[np.float64]:
    """Compute the cost of moving every word of X to the nearest word of Y, whatever its share.

    All documents of X share the search for nearest words, as in Atasu et al. (2017).
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
        # The distance of a word from itself is 0; the square root would enlarge rounding errors.
        nearest[np.isin(X.words, Y.words[columns], assume_unique=True)] = 0
        distances[:, row] = X.shares @ nearest
    return distances


class Move(NamedTuple):
    """The transport problem between two documents, without what they have in common.

    Parameters
    ----------
    supplies : ndarray of shape (n,), float64
        Shares to be moved from words of the one document, all greater than 0.
    demands : ndarray of shape (m,), float64
        Shares to be moved to words of the other; of the same sum.
    costs : ndarray of shape (n, m), float64
        Distances between the words.
    """

    supplies: NDArray[np.float64]
    demands: NDArray[np.float64]
    costs: NDArray[np.float64]

    @classmethod
    def between(cls, X: Bags, x: int, Y: Bags, y: int) -> Move:
        """Return the problem between a document of X and one of Y."""
        (columns_x, supplies), (columns_y, demands) = X.document(x), Y.document(y)
        _, in_x, in_y = np.intersect1d(
            X.words[columns_x], Y.words[columns_y], assume_unique=True, return_indices=True
        )
        # The share of a word that both have stays: by the triangle inequality, no detour pays.
        staying = np.minimum(supplies[in_x], demands[in_y])
        supplies, demands = supplies.copy(), demands.copy()
        supplies[in_x] -= staying
        demands[in_y] -= staying
        is_source, is_sink = supplies > 0, demands > 0
        costs = cdist(X.points[columns_x[is_source]], Y.points[columns_y[is_sink]])
        return cls(supplies[is_source], demands[is_sink], costs)

    def bound(self) -> float:
        """Compute a lower bound of the cost: every word moves to, or from, the nearest."""
        if not self.costs.size:
            return 0.0
        forward = self.supplies @ self.costs.min(axis=1)
        return max(float(forward), float(self.demands @ self.costs.min(axis=0)))

    def cost(self, solve: Solver) -> float:
        """Compute the minimum cost."""
        if not self.costs.size:
            return 0.0
        total = self.supplies.sum()
        if 1 in self.costs.shape:  # one word moves to all, or all to one: there is no choice
            return float(self.supplies @ self.costs @ self.demands / total)
        return float(
            solve(self.supplies / total, self.demands / self.demands.sum(), self.costs) * total
        )


def mover_distance(X: Bags, x: int, Y: Bags, y: int, solve: Solver) -> float:
    """Compute the exact Word Mover's Distance between a document of X and one of Y."""
    return Move.between(X, x, Y, y).cost(solve)


def nearest_by_mover_distance(
    X: Bags, x: int, Y: Bags, k: int, solve: Solver
) -> list[tuple[float, int]]:
    """Find the `k` documents of Y nearest to a document of X, with their distances.

    Lower bounds that are cheap for all of Y at once decide on the order and when to stop; a
    tighter one, computed where needed, decides what to skip (Kusner et al. 2015, section 4).
    """
    one = Bags(X.shares[[x]], X.words, X.points, X.composed)
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


class MoverTask(NamedTuple):
    """A part of a matrix of distances: some columns of one row."""

    row: int
    columns: range


def mover_tasks(n_rows: int, n_columns: int, *, symmetric: bool) -> Iterator[MoverTask]:
    """Yield the columns to compute of each row: of a symmetric matrix, those beyond it."""
    for row in range(n_rows):
        yield MoverTask(row, range(row + 1 if symmetric else 0, n_columns))

"""Which words score highest: arithmetic on plain arrays, in bounded memory.

A search goes over the table in blocks. Scores of a block come from one matrix product in float32,
and are compared, while the cache still holds them, with the k-th highest so far; those that may
be among the best, within the error of that product, are computed again in float64, pair by pair.
So the answer does not depend on how many queries are asked at once, and equal vectors come in the
order of their rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..._kernels._best_scores import take_candidates

_N_SCORES = 1 << 19  # scores held at once: 2 MB in float32, which a core's cache holds
_N_UNSETTLED = 1 << 18  # candidates that wait for their exact score
_MOST_QUERIES = 1024  # at once; more would not make the product faster
_TAME = 1e-15, 1e15  # lengths between which a product in float32 neither overflows nor vanishes
_EPSILON = 1e-6  # of Levy & Goldberg: keeps a product of similarities from being divided by zero


@dataclass(frozen=True)
class Table:
    """Vectors and their lengths, those of zeros taken as 1, so that zeros divided stay zeros."""

    matrix: NDArray[Any]  # (n, D) float32 or float16
    lengths: NDArray[np.float64]  # (n,)

    def head(self, n_rows: int | None) -> Table:
        return Table(self.matrix[:n_rows], self.lengths[:n_rows])

    def unit(self, rows: Any) -> NDArray[np.float64]:
        vectors: NDArray[np.float64] = self.matrix[rows] / self.lengths[rows, None]  # (r, D)
        return vectors


class Scorer(Protocol):
    """Scores of queries, blocks of them fast and chosen pairs exactly.

    A block may be overwritten, and stands in memory that the next one may take.
    """

    n_queries: int
    n_rows: int
    width: int  # numbers that a row of a block takes beside its scores
    dtype: np.dtype[Any]  # of fast scores
    error: NDArray[np.float64]  # (q,) how far one may lie from the exact score

    def block(self, queries: slice, rows: slice) -> NDArray[Any]: ...  # (q, r)

    def exact(self, queries: NDArray[Any], rows: NDArray[Any]) -> NDArray[np.float64]: ...  # (p,)


@dataclass(frozen=True)
class Best:
    """The best rows of each query: flat arrays, by query and then from the best down."""

    queries: NDArray[np.int64]
    rows: NDArray[np.int64]
    scores: NDArray[np.float64]


@dataclass(frozen=True)
class Excluded:
    """Pairs of query and row that are no answers, by query."""

    queries: NDArray[np.int64]
    rows: NDArray[np.int64]

    @classmethod
    def of(cls, rows: NDArray[Any]) -> Excluded:
        """Make it of the rows of each query (q, m), -1 for none."""
        queries, place = np.nonzero(rows >= 0)
        return cls(queries, rows[queries, place].astype(np.int64))

    def of_queries(self, queries: slice) -> Excluded:
        """Give the pairs of some queries, which are counted from the first of them."""
        inside = slice(*np.searchsorted(self.queries, (queries.start, queries.stop)))
        return Excluded(self.queries[inside] - queries.start, self.rows[inside])

    def in_rows(self, rows: slice) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give the pairs of a block, whose rows are counted from its first."""
        inside = (self.rows >= rows.start) & (self.rows < rows.stop)
        return self.queries[inside], self.rows[inside] - rows.start


class CosineScorer:
    """Cosines between targets and the rows of a table."""

    dtype: np.dtype[Any] = np.dtype(np.float32)

    def __init__(self, table: Table, targets: NDArray[Any]):
        self.table = table
        self.targets = unit(targets)  # (q, D)
        self.n_queries, self.n_rows = len(targets), len(table.matrix)
        self.width = targets.shape[1]
        self._targets32 = self.targets.astype(np.float32)
        self._scores = np.empty(0, np.float32)  # fresh memory for each block would cost as much
        # The error of a dot product of D terms, and of rounding what goes into it (Higham 2002,
        # section 3.1); the cosines of zeros are exact.
        bound = (targets.shape[1] + 8) * 2.0**-23
        self.error = np.where(self.targets.any(axis=1), bound, 0.0)

    def block(self, queries: slice, rows: slice) -> NDArray[np.float32]:
        targets = self._targets32[queries]  # (q, D)
        lengths, vectors = self.table.lengths[rows], self.table.matrix[rows]  # (r,), (r, D)
        if vectors.dtype != np.float32 or not _is_tame(lengths):
            return self._product(targets, self.table.unit(rows).astype(np.float32))
        divisors = lengths.astype(np.float32)
        if len(targets) >= targets.shape[1]:
            return self._product(targets, np.divide(vectors, divisors[:, None], dtype=np.float32))
        scores = self._product(targets, vectors)  # (q, r), which it is less work to divide
        scores /= divisors
        return scores

    def _product(self, a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
        """Multiply (q, D) by (r, D) into memory that the next block takes again."""
        size = len(a) * len(b)
        if self._scores.size < size:
            self._scores = np.empty(size, np.float32)
        return np.matmul(a, b.T, out=self._scores[:size].reshape(len(a), len(b)))

    def exact(self, queries: NDArray[Any], rows: NDArray[Any]) -> NDArray[np.float64]:
        scores: NDArray[np.float64] = np.einsum(
            "pd,pd->p", self.targets[queries], self.table.unit(rows)
        )
        return scores


class ProductScorer:
    """Products of similarities to some words over those to others: 3CosMul.

    All in float64, as a quotient of small numbers has few digits that are right in float32.
    """

    dtype: np.dtype[Any] = np.dtype(np.float64)

    def __init__(self, table: Table, terms: NDArray[Any], parts: NDArray[Any], n_positive: int):
        self.table = table
        self.terms = unit(terms)  # (w, D)
        self.parts = parts  # (q, m) positions in `terms`, first those to multiply by
        self.n_positive = n_positive
        self.n_queries, self.n_rows = len(parts), len(table.matrix)
        self.width = 8 * max(terms.shape)  # small blocks: several of them at a time, in float64
        # Divided by nothing but _EPSILON, a rounding error of 1e-16 becomes one of 1e-4.
        self.error = np.full(self.n_queries, 1e-3)

    def block(self, queries: slice, rows: slice) -> NDArray[np.float64]:
        used, parts = np.unique(self.parts[queries], return_inverse=True)
        shifted = _shifted(self.terms[used] @ self.table.unit(rows).T)  # (w, r)
        columns = parts.reshape(-1, self.parts.shape[1]).T  # (m, q)
        return self._quotient(shifted[column] for column in columns)  # (q, r)

    def exact(self, queries: NDArray[Any], rows: NDArray[Any]) -> NDArray[np.float64]:
        vectors = self.table.unit(rows)  # (p, D)
        columns = self.parts[queries].T  # (m, p)
        return self._quotient(
            _shifted(np.einsum("pd,pd->p", self.terms[column], vectors)) for column in columns
        )

    def _quotient(self, factors: Iterator[NDArray[np.float64]]) -> NDArray[np.float64]:
        above = next(factors)
        for factor in islice(factors, self.n_positive - 1):
            above *= factor
        below = next(factors, np.float64(1))
        for factor in factors:
            below = below * factor
        return above / (below + _EPSILON)


def _shifted(cosines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring cosines to the range from 0 to 1, where products of them keep their order."""
    return (1 + cosines) / 2


def unit(vectors: NDArray[Any]) -> NDArray[np.float64]:
    """Give vectors of length 1; zeros stay zeros."""
    wide = vectors.astype(np.float64)
    return wide / lengths_of(wide)[..., None]


def lengths_of(vectors: NDArray[Any]) -> NDArray[np.float64]:
    """Give the length of each vector (..., D), 1 for zeros, a block at a time."""
    flat = vectors.reshape(-1, vectors.shape[-1])
    lengths = np.empty(len(flat))
    for rows in blocks(len(flat), flat.shape[1]):
        wide = flat[rows].astype(np.float64)
        lengths[rows] = np.sqrt(np.einsum("nd,nd->n", wide, wide))
    lengths[lengths == 0] = 1
    return lengths.reshape(vectors.shape[:-1])


def blocks(n_rows: int, width: int) -> Iterator[slice]:
    """Cut rows into parts of so many that scores, or numbers of vectors, fit the memory meant."""
    step = max(1, _N_SCORES // max(1, width))
    for first in range(0, n_rows, step):
        yield slice(first, min(n_rows, first + step))


def best_rows(scorer: Scorer, k: int, excluded: Excluded) -> Best:
    """Find the `k` rows of highest score for each query, fewer where there are fewer.

    Equal scores come in the order of rows.
    """
    k = max(1, min(k, scorer.n_rows))
    step = max(1, min(_MOST_QUERIES, _N_SCORES // k))
    parts = [
        _best_of_some(scorer, slice(a, min(a + step, scorer.n_queries)), k, excluded)
        for a in range(0, scorer.n_queries, step)
    ]
    if not parts:
        return Best(*_nothing())
    return Best(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


_Flat = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def _nothing() -> _Flat:
    return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)


def _best_of_some(scorer: Scorer, queries: slice, k: int, excluded: Excluded) -> _Flat:
    candidates, excluded = _Candidates(scorer, queries, k), excluded.of_queries(queries)
    for rows in blocks(scorer.n_rows, max(queries.stop - queries.start, scorer.width)):
        scores = scorer.block(queries, rows)  # (q, r)
        scores[excluded.in_rows(rows)] = -np.inf
        candidates.take(scores, rows.start)
    return candidates.best()


class _Candidates:
    """Rows that may be among the `k` best of some queries, by scores that are nearly right.

    Parameters
    ----------
    scorer : Scorer
    queries : slice
        Of the scorer's.
    k : int
        Number of rows wanted.
    """

    def __init__(self, scorer: Scorer, queries: slice, k: int):
        self.scorer, self.k = scorer, k
        self.queries = np.arange(queries.start, queries.stop)
        self.error = scorer.error[queries]
        # Two scores may both be wrong, and equal ones are wanted too.
        self.margins = (2 * self.error + _EPSILON).astype(scorer.dtype)
        self.floors = np.full(len(self.queries), -np.inf, scorer.dtype)
        self.highest = np.full((len(self.queries), k), -np.inf, scorer.dtype)
        self.found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]] = []
        self.n_found = 0
        self.settled = _nothing()

    def take(self, scores: NDArray[Any], first_row: int) -> None:
        """Look through a block (q, r)."""
        query, row, score = take_candidates(scores, self.highest, self.margins, self.floors)
        self.found.append((query, row + first_row, score))
        self.n_found += len(query)
        if self.n_found > max(_N_UNSETTLED, 4 * self.highest.size):
            self._settle()  # equal scores by the thousand would fill the memory

    def best(self) -> _Flat:
        self._settle()
        return self.settled

    def _settle(self) -> None:
        """Score what was found exactly, and keep the best."""
        if not self.found:
            return
        query, row, score = (np.concatenate(part) for part in zip(*self.found, strict=True))
        hopeful = score > (self.highest[:, 0] - self.margins)[query]  # the least is the first
        query, row = query[hopeful], row[hopeful]
        scored = _scored(self.scorer, self.queries[query], row)
        self.settled = _merged([self.settled, scored], self.k)
        self.found, self.n_found = [], 0
        # Rows that come later are not wanted if they are no better than these.
        bound = _kth_found(self.settled, self.queries, self.k) - self.error
        self.floors = bound.astype(self.scorer.dtype)


def _scored(scorer: Scorer, queries: NDArray[np.int64], rows: NDArray[np.int64]) -> _Flat:
    """Score pairs exactly, so many at a time that their vectors fit the memory meant."""
    scores = np.empty(len(queries))
    for part in blocks(len(queries), 4 * scorer.width):
        scores[part] = scorer.exact(queries[part], rows[part])
    return queries, rows, scores


def _merged(found: list[_Flat], k: int) -> _Flat:
    """Join what was found, and keep the `k` best of each query."""
    queries, rows, scores = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    # Stable, and what was found later has later rows: equal scores stay in the order of rows.
    order = np.lexsort((-scores, queries))
    queries = queries[order]
    rank = np.arange(len(queries)) - np.searchsorted(queries, queries)
    kept = rank < k
    order = order[kept]
    return queries[kept], rows[order], scores[order]


def _kth_found(best: _Flat, queries: NDArray[np.int64], k: int) -> NDArray[np.float64]:
    """Give the score that a row must pass to be among the `k` best of each query."""
    found, _, scores = best
    ends = np.searchsorted(found, np.append(queries, queries[-1] + 1))
    is_full = np.diff(ends) == k
    bound = np.full(len(is_full), -np.inf)
    bound[is_full] = scores[ends[1:][is_full] - 1]
    return bound


def _is_tame(lengths: NDArray[np.float64]) -> bool:
    least, most = _TAME
    return bool(lengths.size and lengths.min() > least and lengths.max() < most)


def odd_one_out(vectors: NDArray[Any]) -> int:
    """Give the position of the vector least similar to the mean of all, the first of equals."""
    units = unit(vectors)
    return int(np.argmin(units @ units.mean(axis=0)))


def cosines(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.float64]:
    """Give the cosine of each vector of `a` with the one of `b` at its place (..., D)."""
    found: NDArray[np.float64] = np.einsum("...d,...d->...", unit(a), unit(b))
    return found.clip(-1, 1)


def offsets(vectors: NDArray[Any], signs: Sequence[int]) -> NDArray[np.float64]:
    """Add vectors of length 1 (..., m, D), each with its sign: 3CosAdd's target (..., D)."""
    added: NDArray[np.float64] = np.einsum("...md,m->...d", unit(vectors), np.array(signs, float))
    return added

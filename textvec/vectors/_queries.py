"""Which words score highest: arithmetic on plain arrays, in bounded memory.

A search goes over the table in blocks. Scores of a block come from one matrix product in float32;
those that may be among the best, within the error of that product, are computed again in float64,
pair by pair. So the answer does not depend on how many queries are asked at once, and equal
vectors come in the order of their rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

_N_SCORES = 1 << 21  # scores held at once: 8 MB in float32
_N_FIRST = 1024  # rows of the first block, which finds out what is worth looking at
_N_UNSORTED = 1 << 12  # rows found that are not worth a sorting out
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
    error: NDArray[np.float64]  # (q,) how far a fast score may lie from the exact one

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
        few = len(targets) < targets.shape[1]  # then it is less work to divide the scores
        if few and vectors.dtype == np.float32 and _is_tame(lengths):
            scores = self._product(targets, vectors)  # (q, r)
            scores /= lengths.astype(np.float32)
            return scores
        return self._product(targets, self.table.unit(rows).astype(np.float32))

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


def blocks(n_rows: int, width: int, start: int = 0) -> Iterator[slice]:
    """Cut rows into parts of so many that scores, or numbers of vectors, fit the memory meant."""
    step = max(1, _N_SCORES // max(1, width))
    for first in range(start, n_rows, step):
        yield slice(first, min(n_rows, first + step))


def best_rows(scorer: Scorer, k: int, excluded: Excluded) -> Best:
    """Find the `k` rows of highest score for each query, fewer where there are fewer.

    Equal scores come in the order of rows.
    """
    first = max(_N_FIRST, 4 * k)
    step = max(1, min(_MOST_QUERIES, _N_SCORES // min(first, max(1, scorer.n_rows))))
    parts = [
        _best_of_some(scorer, slice(a, min(a + step, scorer.n_queries)), first, k, excluded)
        for a in range(0, scorer.n_queries, step)
    ]
    if not parts:
        return Best(*_nothing())
    return Best(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


_Flat = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def _nothing() -> _Flat:
    return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)


def _best_of_some(scorer: Scorer, queries: slice, first: int, k: int, excluded: Excluded) -> _Flat:
    excluded, error = excluded.of_queries(queries), scorer.error[queries]
    n_queries = queries.stop - queries.start
    found, bound = [_nothing()], None
    for rows in (
        slice(0, min(first, scorer.n_rows)),
        *blocks(scorer.n_rows, max(n_queries, scorer.width), start=first),
    ):
        scores = scorer.block(queries, rows)  # (q, r)
        scores[excluded.in_rows(rows)] = -np.inf
        if bound is None:
            bound = _kth_highest(scores, k) - 2 * error - _EPSILON  # equal ones are wanted too
        least = bound.astype(scores.dtype)
        # Most queries find nothing in most blocks, which their highest score tells.
        hopeful = np.flatnonzero(scores.max(axis=1, initial=-np.inf) > least)
        query, row = np.nonzero(scores[hopeful] > least[hopeful, None])
        found.append(_scored(scorer, hopeful[query] + queries.start, row + rows.start))
        # Not after each block: what is found beside the best costs less than sorting it out.
        if sum(len(part[0]) for part in found[1:]) >= max(_N_UNSORTED, k * n_queries):
            found = [_merged(found, k)]
            bound = _kth_found(found[0], queries, k) - error  # equal ones come later: not wanted
    return _merged(found, k)


def _kth_highest(scores: NDArray[Any], k: int) -> NDArray[np.float64]:
    """Give the k-th highest score of each query, -inf where there are no more than k."""
    n_rows = scores.shape[1]
    if n_rows <= k:
        return np.full(len(scores), -np.inf)
    return np.partition(scores, n_rows - k, axis=1)[:, n_rows - k].astype(np.float64)


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


def _kth_found(best: _Flat, queries: slice, k: int) -> NDArray[np.float64]:
    """Give the score that a row must pass to be among the `k` best of each query."""
    found, _, scores = best
    ends = np.searchsorted(found, np.arange(queries.start, queries.stop + 1))
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

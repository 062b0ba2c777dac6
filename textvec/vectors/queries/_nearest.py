"""Top-k search: which rows of a table score highest, in bounded memory.

The table is searched in blocks. Scores of a block come from one matrix product in float32 and are
compared, while the cache still holds them, with the k-th highest so far. Rows that may be among
the best, within the error of that product, are scored again in float64, pair by pair. So the
result does not depend on how many queries are searched at once, and ties come in the order of
rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._kernels._best_scores import take_candidates
from ..._reporting._progress_bars import tracked
from ._scorers import EPSILON, Scorer
from ._unit_vectors import blocks, rows_at_once

_N_UNSETTLED = 1 << 18  # candidates that wait for their exact score
_MOST_QUERIES = 1024  # at once; more would not make the product faster


class Hits(NamedTuple):
    """Pairs of a query and a row of the table, with their scores: flat arrays, by query.

    The result of a search: the rows of each query from the best down.
    """

    queries: NDArray[np.int64]
    rows: NDArray[np.int64]
    scores: NDArray[np.float64]


@dataclass(frozen=True)
class Excluded:
    """Pairs of a query and a row that must not be returned, by query."""

    queries: NDArray[np.int64]
    rows: NDArray[np.int64]

    @classmethod
    def of(cls, rows: NDArray[Any]) -> Excluded:
        """Exclude for each query some rows (q, m); -1 stands for none."""
        queries, column = np.nonzero(rows >= 0)
        return cls(queries, rows[queries, column].astype(np.int64))

    def of_queries(self, queries: slice) -> Excluded:
        """Return the pairs of a slice of queries, numbered from the first of them."""
        inside = slice(*np.searchsorted(self.queries, (queries.start, queries.stop)))
        return Excluded(self.queries[inside] - queries.start, self.rows[inside])

    def in_rows(self, rows: slice) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the pairs in a block of rows, numbered from the first of the block."""
        inside = (self.rows >= rows.start) & (self.rows < rows.stop)
        return self.queries[inside], self.rows[inside] - rows.start


def best_rows(scorer: Scorer, k: int, excluded: Excluded) -> Hits:
    """Find the `k` rows of highest score for each query, fewer where there are fewer.

    Ties come in the order of rows.
    """
    k = max(1, min(k, scorer.n_rows))
    step = min(_MOST_QUERIES, rows_at_once(k))
    firsts = tracked(range(0, scorer.n_queries, step), "searching", "blocks of queries")
    parts = [
        _best_of_slice(scorer, slice(a, min(a + step, scorer.n_queries)), k, excluded)
        for a in firsts
    ]
    return _joined(parts) if parts else _no_hits()


def scores_of_all(scorer: Scorer) -> NDArray[np.float64]:
    """Return the exact score of each row for a scorer's only query."""
    rows = np.arange(scorer.n_rows)
    return _scored(scorer, np.zeros(scorer.n_rows, np.int64), rows).scores


def _no_hits() -> Hits:
    return Hits(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


def _joined(parts: Sequence[Hits]) -> Hits:
    return Hits(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _best_of_slice(scorer: Scorer, queries: slice, k: int, excluded: Excluded) -> Hits:
    candidates, excluded = _Candidates(scorer, queries, k), excluded.of_queries(queries)
    for rows in blocks(scorer.n_rows, max(queries.stop - queries.start, scorer.width)):
        scores = scorer.block(queries, rows)  # (q, r)
        scores[excluded.in_rows(rows)] = -np.inf
        candidates.take(scores, rows.start)
    return candidates.best()


class _Candidates:
    """Rows that may be among the `k` best of some queries, by approximate scores.

    Parameters
    ----------
    scorer : Scorer
    queries : slice
        Which of the scorer's queries.
    k : int
        Number of rows to find for each.
    """

    def __init__(self, scorer: Scorer, queries: slice, k: int):
        self.scorer, self.k = scorer, k
        self.queries = np.arange(queries.start, queries.stop)
        self.error = scorer.error[queries]
        # Two scores may both be off, and ties are kept.
        self.margins = (2 * self.error + EPSILON).astype(scorer.dtype)
        self.floors = np.full(len(self.queries), -np.inf, scorer.dtype)
        self.highest = np.full((len(self.queries), k), -np.inf, scorer.dtype)
        self.unsettled: list[Hits] = []  # queries numbered from the first of the slice
        self.n_unsettled = 0
        self.settled = _no_hits()

    def take(self, scores: NDArray[Any], first_row: int) -> None:
        """Add the candidates of a block (q, r)."""
        query, row, score = take_candidates(scores, self.highest, self.margins, self.floors)
        self.unsettled.append(Hits(query, row + first_row, score))
        self.n_unsettled += len(query)
        if self.n_unsettled > max(_N_UNSETTLED, 4 * self.highest.size):
            self._settle()  # ties by the thousand would fill the memory

    def best(self) -> Hits:
        self._settle()
        return self.settled

    def _settle(self) -> None:
        """Score the candidates exactly, and keep the best."""
        if not self.unsettled:
            return
        query, row, score = _joined(self.unsettled)
        is_close = score > (self.highest[:, 0] - self.margins)[query]  # the lowest is the first
        query, row = query[is_close], row[is_close]
        scored = _scored(self.scorer, self.queries[query], row)
        self.settled = _best_of_each(_joined([self.settled, scored]), self.k)
        self.unsettled, self.n_unsettled = [], 0
        # Rows that come later must score higher than these.
        bound = _kth_scores(self.settled, self.queries, self.k) - self.error
        self.floors = bound.astype(self.scorer.dtype)


def _scored(scorer: Scorer, queries: NDArray[np.int64], rows: NDArray[np.int64]) -> Hits:
    """Score pairs exactly, block by block."""
    scores = np.empty(len(queries))
    for part in blocks(len(queries), 4 * scorer.width):
        scores[part] = scorer.exact(queries[part], rows[part])
    return Hits(queries, rows, scores)


def _best_of_each(hits: Hits, k: int) -> Hits:
    """Return the `k` best of each query."""
    # A stable sort, and later hits have later rows: ties stay in the order of rows.
    order = np.lexsort((-hits.scores, hits.queries))
    queries = hits.queries[order]
    rank = np.arange(len(queries)) - np.searchsorted(queries, queries)
    is_kept = rank < k
    order = order[is_kept]
    return Hits(queries[is_kept], hits.rows[order], hits.scores[order])


def _kth_scores(hits: Hits, queries: NDArray[np.int64], k: int) -> NDArray[np.float64]:
    """Return the `k`-th best score of each query, -inf if it has fewer."""
    ends = np.searchsorted(hits.queries, np.append(queries, queries[-1] + 1))
    is_full = np.diff(ends) == k
    scores = np.full(len(is_full), -np.inf)
    scores[is_full] = hits.scores[ends[1:][is_full] - 1]
    return scores

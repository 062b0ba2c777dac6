"""Scores between queries and the rows of a table: cosines, and products of cosines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ._unit_vectors import NormedTable, unit

EPSILON = 1e-6  # of Levy & Goldberg (2014): keeps the quotient of similarities finite
_SAFE_NORMS = 1e-15, 1e15  # between these, a product in float32 neither overflows nor vanishes


class Scorer(Protocol):
    """Scores of queries: whole blocks approximately and fast, chosen pairs exactly.

    A block may be overwritten by the caller; the next block may reuse its memory.
    """

    n_queries: int
    n_rows: int
    width: int  # numbers of working memory that a row of a block takes, besides its scores
    dtype: np.dtype[Any]  # of approximate scores
    error: NDArray[np.float64]  # (q,) bound on the difference from the exact score

    def block(self, queries: slice, rows: slice) -> NDArray[Any]: ...  # (q, r)

    def exact(self, queries: NDArray[Any], rows: NDArray[Any]) -> NDArray[np.float64]: ...  # (p,)


class CosineScorer:
    """Cosines between targets and the rows of a table."""

    dtype: np.dtype[Any] = np.dtype(np.float32)

    def __init__(self, table: NormedTable, targets: NDArray[Any]):
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
        norms, vectors = self.table.norms[rows], self.table.matrix[rows]  # (r,), (r, D)
        if vectors.dtype != np.float32 or not _are_safe(norms):
            return self._product(targets, self.table.unit(rows).astype(np.float32))
        divisors = norms.astype(np.float32)
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


class CosMulScorer:
    """3CosMul: products of similarities to some words, divided by those to others.

    Everything is in float64: a quotient of small numbers has few correct digits in float32.

    References
    ----------
    O. Levy and Y. Goldberg, "Linguistic Regularities in Sparse and Explicit Word
    Representations", CoNLL 2014, equation 4.
    """

    dtype: np.dtype[Any] = np.dtype(np.float64)

    def __init__(
        self, table: NormedTable, terms: NDArray[Any], parts: NDArray[Any], n_positive: int
    ):
        self.table = table
        self.terms = unit(terms)  # (w, D)
        self.parts = parts  # (q, m) positions in `terms`, first those to multiply by
        self.n_positive = n_positive
        self.n_queries, self.n_rows = len(parts), len(table.matrix)
        self.width = 8 * max(terms.shape)  # small blocks: several of them at a time, in float64
        # Divided by nothing but EPSILON, a rounding error of 1e-16 becomes one of 1e-4.
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
        return above / (below + EPSILON)


def _shifted(cosines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shift cosines to the range from 0 to 1, where products of them keep their order."""
    return (1 + cosines) / 2


def _are_safe(norms: NDArray[np.float64]) -> bool:
    least, most = _SAFE_NORMS
    return bool(norms.size and norms.min() > least and norms.max() < most)

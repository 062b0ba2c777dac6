"""Vectors of unit norm: cosines and signed sums of them, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

N_NUMBERS = 1 << 19  # held at once: 2 MB in float32, which fits the cache of a core


@dataclass(frozen=True)
class NormedTable:
    """Vectors and their Euclidean norms; a norm of 0 is stored as 1, so that zeros stay zeros."""

    matrix: NDArray[Any]  # (n, D) float32 or float16
    norms: NDArray[np.float64]  # (n,)

    def head(self, n_rows: int | None) -> NormedTable:
        return NormedTable(self.matrix[:n_rows], self.norms[:n_rows])

    def unit(self, rows: Any) -> NDArray[np.float64]:
        vectors: NDArray[np.float64] = self.matrix[rows] / self.norms[rows, None]  # (r, D)
        return vectors


def unit(vectors: NDArray[Any]) -> NDArray[np.float64]:
    """Return vectors scaled to norm 1; zeros stay zeros."""
    wide = vectors.astype(np.float64)
    return wide / norms_of(wide)[..., None]


def norms_of(vectors: NDArray[Any]) -> NDArray[np.float64]:
    """Return the norm of each vector (..., D), 1 for zeros, computed block by block."""
    flat = vectors.reshape(-1, vectors.shape[-1])
    norms = np.empty(len(flat))
    for rows in blocks(len(flat), flat.shape[1]):
        wide = flat[rows].astype(np.float64)
        norms[rows] = np.sqrt(np.einsum("nd,nd->n", wide, wide))
    norms[norms == 0] = 1
    return norms.reshape(vectors.shape[:-1])


def cosines(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.float64]:
    """Return the cosine of each vector of `a` with the corresponding one of `b` (..., D)."""
    found: NDArray[np.float64] = np.einsum("...d,...d->...", unit(a), unit(b))
    return found.clip(-1, 1)


def signed_sums(vectors: NDArray[Any], weights: Sequence[float]) -> NDArray[np.float64]:
    """Add unit vectors (..., m, D), each with its weight: the target of 3CosAdd (..., D)."""
    added: NDArray[np.float64] = np.einsum("...md,m->...d", unit(vectors), np.array(weights, float))
    return added


def odd_one_out(vectors: NDArray[Any]) -> int:
    """Return the position of the vector least similar to the mean of all, the first of ties."""
    units = unit(vectors)
    return int(np.argmin(units @ units.mean(axis=0)))


def blocks(n_rows: int, width: int) -> Iterator[slice]:
    """Cut rows into slices of at most `N_NUMBERS` numbers, at `width` numbers a row."""
    step = rows_at_once(width)
    for first in range(0, n_rows, step):
        yield slice(first, min(n_rows, first + step))


def rows_at_once(width: int) -> int:
    """Return how many rows of `width` numbers are worked on at once."""
    return max(1, N_NUMBERS // max(1, width))

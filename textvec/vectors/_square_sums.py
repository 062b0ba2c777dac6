"""Sums of squares of rows, to the last bit the same in any order: parts of documents add up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._counting._count_settings import Settings

# Rows are rounded to whole numbers of 22 bits, whose products float64 adds up exactly for as many
# rows, and int64 for as many of these sums before the upper bits are put aside.
_BITS = 22
_ROWS = 1 << (53 - 2 * _BITS)
_LOW_BITS = 32
_STEP = 4  # rows of like size, up to this power of two, are added up together


class SquareSums(NamedTuple):
    """The sum of the outer products of rows with themselves, as whole numbers.

    Parameters
    ----------
    scales : tuple of int
        Rising: the numbers of a row are below 2 to the power of its scale.
    high, low : ndarray of shape (n_scales, embedding_dim, embedding_dim), int64
        The sums, ``high * 2**32 + low``, in units of ``2**(2 * scale - 44)``.
    settings : tuple of (name, description)
        Not used: all parts are pooled by one vectorizer.
    """

    scales: tuple[int, ...]
    high: NDArray[np.int64]
    low: NDArray[np.int64]
    settings: Settings = ()

    @classmethod
    def of(cls, rows: NDArray[np.float32]) -> SquareSums:
        """Add up the outer products of rows of shape (n_rows, embedding_dim)."""
        exponents = np.frexp(np.abs(rows).max(axis=1, initial=0))[1]  # (n,)
        scale_of = -(-exponents // _STEP) * _STEP
        scale_of[~rows.any(axis=1)] = _NONE
        scales = tuple(int(scale) for scale in np.unique(scale_of) if scale != _NONE)
        total = cls._zeros(scales, rows.shape[1])
        for scale, high, low in zip(*total[:3], strict=True):
            of_scale = np.flatnonzero(scale_of == scale)
            for start in range(0, len(of_scale), _ROWS):
                part = rows[of_scale[start : start + _ROWS]].astype(np.float64)
                whole = np.rint(np.ldexp(part, _BITS - scale))  # (n, D)
                low += (whole.T @ whole).astype(np.int64)
                _carry(high, low)
        return total

    @classmethod
    def _zeros(cls, scales: tuple[int, ...], embedding_dim: int) -> SquareSums:
        high, low = np.zeros((2, len(scales), embedding_dim, embedding_dim), dtype=np.int64)
        return cls(scales, high, low)

    def merge(self, *others: SquareSums) -> SquareSums:
        """Return the sum of these rows and of others, whatever their order."""
        parts = (self, *others)
        scales = tuple(sorted({scale for part in parts for scale in part.scales}))
        total = self._zeros(scales, self.low.shape[-1])
        for part in parts:
            places = [scales.index(scale) for scale in part.scales]
            total.high[places] += part.high
            total.low[places] += part.low
            _carry(total.high, total.low)
        return total

    def first_direction(self) -> NDArray[np.float32]:
        """Compute the first right singular vector of the rows, which are not centred.

        Returns
        -------
        ndarray of shape (embedding_dim,), float32
            Of norm 1; zeros if all rows are.
        """
        squares = np.zeros(self.low.shape[1:])  # (D, D)
        for scale, high, low in zip(*self[:3], strict=True):
            whole = np.ldexp(high.astype(np.float64), _LOW_BITS) + low
            squares += np.ldexp(whole, 2 * (scale - _BITS))
        values, directions = np.linalg.eigh(squares)
        first: NDArray[np.float64] = directions[:, -1] if values[-1] > 0 else np.zeros(len(values))
        return first.astype(np.float32)


_NONE = np.iinfo(np.int32).max  # the scale of rows of zeros, which add nothing


def _carry(high: NDArray[np.int64], low: NDArray[np.int64]) -> None:
    """Put the upper bits of sums aside, of which the lower ones are then positive."""
    high += low >> _LOW_BITS
    low &= (1 << _LOW_BITS) - 1

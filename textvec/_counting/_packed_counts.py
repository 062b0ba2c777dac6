"""Counts as few bytes: most of what is counted is rare."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST = np.iinfo(np.uint8).max

#: A byte for each count, the counts that no byte holds in their order, and the shape of all.
Packed = tuple[NDArray[np.uint8], NDArray[Any], tuple[int, ...]]


def packed(counts: NDArray[Any]) -> Packed:
    """Return counts as a byte each where they are whole, and as they are elsewhere."""
    flat = counts.ravel()
    small = np.full(len(flat), _MOST, dtype=np.uint8)
    is_small = (flat >= 0) & (flat < _MOST)
    if flat.dtype.kind == "f":
        is_small &= (flat == np.trunc(flat)) & ~np.signbit(flat)
    small[is_small] = flat[is_small].astype(np.uint8)
    return small, flat[~is_small], counts.shape


def unpacked(counts: Packed) -> NDArray[Any]:
    """Return the counts that were packed, to the last bit."""
    small, large, shape = counts
    flat = small.astype(large.dtype)
    flat[small == _MOST] = large
    return flat.reshape(shape)

"""Arrays that cannot change: what the containers hold, and the kernels trust.

The kernels index memory with ids and offsets that a container has checked once, so nobody may
change them afterwards: not through the container, and not through an array of the caller's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .._inputs._plain_array import plain_array


def owned(values: ArrayLike, dtype: DTypeLike | None = None) -> NDArray[Any]:
    """Return values as a read-only array that shares no memory anybody can write to.

    Parameters
    ----------
    values : array-like
        Copied, unless it is an array that is read-only already, such as a memory map or the
        array of another container: that is shared.
    dtype : dtype, default=None
        Of the result; None keeps the values'.

    Returns
    -------
    ndarray
        C-contiguous and read-only.
    """
    array = np.asarray(plain_array(values, "values", dtype), order="C")
    if _is_constant(array):
        return array
    return read_only(array if _is_new(array, values) else array.copy())


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array, which must be ours alone, after making its memory read-only."""
    array.setflags(write=False)
    part = array.base
    while isinstance(part, np.ndarray):
        part.setflags(write=False)
        part = part.base
    return array


def _is_new(array: NDArray[Any], values: ArrayLike) -> bool:
    """Return whether NumPy had to make the array, so that nobody else has its memory."""
    if isinstance(values, np.ndarray):
        return array is not values and array.base is None
    return isinstance(values, (list, tuple))


def _is_constant(array: NDArray[Any]) -> bool:
    """Return whether neither the array nor one whose memory it shares can be written to."""
    part: Any = array
    while isinstance(part, np.ndarray):
        if part.flags.writeable:
            return False
        part = part.base
    return True

"""Arrays that callers pass for arrays: values, offsets, tables, positions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ._opened import opened


def plain_array(X: Any, name: str, dtype: DTypeLike | None = None) -> NDArray[Any]:
    """Return an array of any library, or a list, as an array of NumPy.

    Raises
    ------
    TypeError, ValueError
        If it is none, or not of `dtype`; the message names it.
    """
    if isinstance(X, np.ndarray) and dtype is None and not isinstance(X, np.ma.MaskedArray):
        return X
    is_value = not hasattr(X, "__iter__") or (isinstance(X, np.ndarray) and not X.ndim)
    items = X if is_value or isinstance(X, (list, tuple, str)) else opened(X, name)
    try:
        return np.asarray(items, dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} must be an array of numbers: {error}") from error


def integer(value: Any, name: str) -> int:
    """Return an integer of any type as an int; raise a TypeError for anything else."""
    try:
        return int(value.__index__())
    except (AttributeError, TypeError):
        raise TypeError(f"{name} must be an integer, got {value!r:.50}.") from None

"""Arrays that callers pass for arrays: values, offsets, tables, positions."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ._items import items_of
from ._missing import is_missing

# Times, those of NumPy being numbers to it, and complex numbers, of which it drops a part.
_TIMES = (np.datetime64, np.timedelta64, datetime.date, datetime.timedelta)
_NO_NUMBERS = (*_TIMES, complex, np.complexfloating)


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
    items = X if is_value or isinstance(X, (list, tuple, str)) else items_of(X, name)
    if dtype is np.float64:
        return _numbers(items, name)
    try:
        return np.asarray(items, dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} must be an array of numbers: {error}") from error


def _numbers(items: Any, name: str) -> NDArray[np.float64]:
    """Return numbers as floats, missing ones as NaN; raise an error that names what is none."""
    try:
        array = np.asarray(items)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} must be an array of numbers: {error}") from error
    if array.dtype.kind in "biuf":
        return array.astype(np.float64, copy=False)
    # An array of str may be of numbers in words, and one of objects hold missing ones.
    floats = np.empty(array.shape)
    for position in np.ndindex(array.shape):
        value = array[position]
        floats[position] = np.nan if is_missing(value) else _number(value, name, position)
    return floats


def _number(value: Any, name: str, position: tuple[int, ...]) -> float:
    try:
        if isinstance(value, _NO_NUMBERS):
            raise ValueError
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise _no_number(value, name, position, error) from None


def _no_number(value: Any, name: str, position: tuple[int, ...], error: Exception) -> Exception:
    """Return the error of a value, as scikit-learn's checks expect it of their kinds."""
    at = position[0] if len(position) == 1 else position
    message = f"{name} must be numbers, got {type(value).__name__} at position {at}: {value!s:.50}."
    if isinstance(value, (complex, np.complexfloating)):
        return ValueError(f"Complex data not supported: {message}")
    return TypeError(f"{message} {error}") if isinstance(error, TypeError) else ValueError(message)


def integer(value: Any, name: str) -> int:
    """Return an integer of any type as an int; raise a TypeError for anything else, and a bool."""
    try:
        if type(value) is not bool:  # which costs no call
            return int(value.__index__())
    except (AttributeError, TypeError):
        pass
    raise TypeError(f"{name} must be an integer, got {value!r:.50}.")

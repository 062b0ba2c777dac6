"""Rows of ids, numbers or vectors as NumPy arrays."""

from __future__ import annotations

from array import array as packed
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ._opened import opened

# Codes of the array module, of the same size everywhere.
_TYPECODES = {int: "q", float: "d"}


class JoinedRows(NamedTuple):
    """Items of rows, end to end, and the number of items of each row."""

    values: NDArray[Any]
    lengths: list[int]


def numbers_of_lists(rows: Iterable[Any]) -> JoinedRows | None:
    """Return a list of lists of Python's int or float as arrays; None for anything else.

    They are what `arrays_of_rows` makes, several times as fast.
    """
    if type(rows) is not list or set(map(type, rows)) != {list}:
        return None
    kind = type(next((row[0] for row in rows if row), None))
    if kind not in _TYPECODES:
        return None
    items = packed(_TYPECODES[kind])
    try:
        for row in rows:
            items.fromlist(row)
    except (TypeError, OverflowError):  # integers among which is a float, a row, a large one
        return None
    dtype = np.int64 if kind is int else np.float64
    return JoinedRows(np.frombuffer(items, dtype=dtype), [len(row) for row in rows])


def arrays_of_rows(rows: Any, dtype: DTypeLike | None = None) -> list[NDArray[Any]]:
    """Return every row as an array.

    Parameters
    ----------
    rows : iterable of array-like, array, tensor or frame
        A frame is read row by row.
    dtype : dtype, default=None
        Of the arrays; None keeps each row's own.

    Raises
    ------
    TypeError
        If a row is no sequence; the message names it.
    ValueError
        If the items of a row, or of two rows, differ in shape.
    """
    if _is_scalar(rows):
        raise TypeError(
            f"rows must come as a list or array of sequences, got {type(rows).__name__}: put a "
            "single sequence into a list."
        )
    rows = opened(rows, "X")
    if dtype is None and _are_plain(rows):
        arrays: list[NDArray[Any]] = list(rows)
    else:
        arrays = [_row(row, number, dtype) for number, row in enumerate(rows)]
    shapes = {a.shape[1:] for a in arrays if len(a)}
    if len(shapes) > 1:
        first = next(a.shape[1:] for a in arrays if len(a))
        row = next(i for i, a in enumerate(arrays) if len(a) and a.shape[1:] != first)
        raise ValueError(
            f"row {row} holds items of shape {arrays[row].shape[1:]}, rows before it of shape "
            f"{first}: all items must be of one shape."
        )
    return arrays


def stacked_rows(rows: list[Any] | NDArray[Any]) -> NDArray[Any] | list[NDArray[Any]]:
    """Return rows, opened, as one array of the dtype of their values; as many if lengths differ.

    Integers that come as objects are integers, not floats: what rows mean hangs on it.
    """
    if isinstance(rows, np.ndarray):
        if rows.dtype != object:
            return rows
        rows = rows.tolist()
    plain = [_plain(row, number) for number, row in enumerate(rows)]
    try:
        return _of_numbers(np.asarray(plain))
    except ValueError:  # an inhomogeneous shape
        return [_of_numbers(_array_of(row, number)) for number, row in enumerate(plain)]


def _array_of(row: Any, number: int) -> NDArray[Any]:
    try:
        return np.asarray(row)
    except ValueError as error:
        raise ValueError(f"row {number} is no row of numbers or vectors: {error}") from error


def _are_plain(rows: Any) -> bool:
    """Return whether rows are arrays of numbers or str already, each with items."""
    return (
        set(map(type, rows)) == {np.ndarray}
        and not any(row.dtype.hasobject for row in rows)
        and all(row.ndim for row in rows)
    )


def _row(row: Any, number: int, dtype: DTypeLike | None) -> NDArray[Any]:
    if np.ndim(row) == 0 if isinstance(row, (np.ndarray, np.generic)) else _is_scalar(row):
        raise TypeError(f"row {number} is {_described(row)}, expected a sequence.")
    try:
        array = np.asarray(_plain(row, number), dtype=dtype)
    except (TypeError, ValueError) as error:
        raise type(error)(f"row {number} is no row of numbers or vectors: {error}") from error
    return _of_numbers(array) if dtype is None else array


def _plain(row: Any, number: int) -> Any:
    """Return a row of any container as a list or an array; a single value as it is."""
    if type(row) is list or _is_scalar(row):
        return row
    items = opened(row, f"row {number}")
    return items if isinstance(items, np.ndarray) else [_plain(item, number) for item in items]


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (str, bytes)) or not (
        hasattr(value, "__iter__") or hasattr(value, "__array__")
    )


def _of_numbers(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array of objects, such as pandas', as one of numbers if they are."""
    if array.dtype != object:
        return array
    try:
        plain = np.array(array.tolist())
    except ValueError:
        return array
    return plain if plain.dtype.kind in "biuf" else array


def _described(row: Any) -> str:
    return "None" if row is None else f"{type(row).__name__} ({row!r:.50})"

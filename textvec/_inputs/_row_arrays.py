"""Rows of ids, numbers or vectors as NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .._kernels._row_lists import NumberRows, number_rows
from ._items import items_of

_FOR_TEXTS = " of ids, numbers or vectors: texts need SequenceVectorizer(), a step before"


def rows_of(rows: Any) -> list[Any] | NDArray[Any]:
    """Return rows of any container, read once, as a list or an array of them.

    Raises
    ------
    TypeError
        If they are no container of rows.
    """
    if _is_scalar(rows):
        raise TypeError(
            f"rows must come as a list or array of sequences, got {type(rows).__name__}: put a "
            "single sequence into a list."
        )
    return items_of(rows, "X")


def numbers_of_rows(rows: list[Any] | NDArray[Any]) -> NumberRows | None:
    """Return rows of `rows_of` that a kernel can read where they are; None for any others.

    It reads as numbers what `arrays_of_rows` does, many times as fast.
    """
    return number_rows(rows if isinstance(rows, list) else list(rows))


def arrays_of_rows(
    rows: list[Any] | NDArray[Any], dtype: DTypeLike | None = None
) -> list[NDArray[Any]]:
    """Return every row of `rows_of` as an array.

    Parameters
    ----------
    rows : list or array of array-like
    dtype : dtype, default=None
        Of the arrays; None keeps each row's own.

    Raises
    ------
    TypeError
        If a row is no sequence; the message names it.
    ValueError
        If the items of a row, or of two rows, differ in shape.
    """
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
    """Return rows as one array of the dtype of their values; as many if lengths differ.

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
        way_out = _FOR_TEXTS if isinstance(row, str) else ""
        raise TypeError(f"row {number} is {_described(row)}, expected a sequence{way_out}.")
    plain = _plain(row, number)
    try:
        array = np.asarray(plain, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise type(error)(f"row {number} is no row of numbers or vectors: {error}") from error
    if array.dtype.kind == "U" and array.ndim == 1 and dtype is None:
        _check_all_str(plain, number)
    return _of_numbers(array) if dtype is None else array


def _check_all_str(row: Any, number: int) -> None:
    """Raise a TypeError if NumPy has made str of what is none, as of [1, "a"]."""
    if not isinstance(row, np.ndarray) and not all(isinstance(item, str) for item in row):
        other = next(item for item in row if not isinstance(item, str))
        raise TypeError(f"row {number} holds str and {_described(other)}: items are of one kind.")


def _plain(row: Any, number: int) -> Any:
    """Return a row of any container as a list or an array; a single value as it is."""
    if type(row) is list or _is_scalar(row):
        return row
    items = items_of(row, f"row {number}")
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

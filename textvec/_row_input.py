"""What users pass as rows of ids, numbers or vectors, and as the options of padding them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

Side = Literal["pre", "post"]

_OTHER_WORDS = {"left": "pre", "right": "post"}


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
    arrays = [_row(row, number, dtype) for number, row in enumerate(_iterable(rows))]
    shapes = {a.shape[1:] for a in arrays if len(a)}
    if len(shapes) > 1:
        first = next(a.shape[1:] for a in arrays if len(a))
        row = next(i for i, a in enumerate(arrays) if len(a) and a.shape[1:] != first)
        raise ValueError(
            f"row {row} holds items of shape {arrays[row].shape[1:]}, rows before it of shape "
            f"{first}: all items must be of one shape."
        )
    return arrays


def check_side(name: str, side: Any) -> None:
    """Raise a ValueError if an option is no side of a sequence."""
    if isinstance(side, str) and side in ("pre", "post"):
        return
    hint = f" (for {side!r} write {_OTHER_WORDS[side]!r})" if side in ("left", "right") else ""
    raise ValueError(f'{name} must be "pre" or "post", got {side!r}{hint}.')


def filling(value: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return what fills short rows as an array of no dimensions.

    Raises
    ------
    ValueError
        If the dtype can't hold the value. A float may be rounded, an integer may not.
    """
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            fill = np.asarray(value).astype(dtype)
            held = fill.item()
    except (TypeError, ValueError, OverflowError):
        raise _not_held(value, dtype) from None
    if isinstance(value, (float, np.floating)) and dtype.kind == "f":
        is_held = np.isfinite(fill) or not np.isfinite(value)
    else:
        is_held = held == value or (held != held and value != value)
    if not is_held:
        raise _not_held(value, dtype)
    return fill


def _not_held(value: Any, dtype: np.dtype[Any]) -> ValueError:
    return ValueError(f"value={value!r} can't be held by items of dtype {dtype}.")


def _iterable(rows: Any) -> Any:
    if isinstance(rows, (str, bytes, Mapping, Set)) or not isinstance(rows, Iterable):
        raise TypeError(
            f"rows must come as a list or array of sequences, got {type(rows).__name__}: put a "
            "single sequence into a list."
        )
    if isinstance(rows, np.ndarray):
        _check_not_masked(rows, "the array")
        return rows
    if hasattr(rows, "to_pylist"):  # of pyarrow
        return rows.to_pylist()
    # Iterating over a frame passes its columns, or their names.
    return rows.to_numpy() if getattr(rows, "ndim", 1) == 2 and hasattr(rows, "to_numpy") else rows


def _row(row: Any, number: int, dtype: DTypeLike | None) -> NDArray[Any]:
    try:
        array = np.asarray(row, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise type(error)(f"row {number} is no row of numbers or vectors: {error}") from error
    if array.dtype == object and dtype is None:  # of pandas, where numbers may be missing
        plain = np.array(array.tolist())
        array = plain if plain.dtype.kind in "biuf" else array
    if array.ndim == 0:
        raise TypeError(f"row {number} is {_described(row)}, expected a sequence.")
    if isinstance(row, np.ma.MaskedArray):
        _check_not_masked(row, f"row {number}")
    return array


def _described(row: Any) -> str:
    return "None" if row is None else f"{type(row).__name__} ({row!r:.50})"


def _check_not_masked(array: NDArray[Any], what: str) -> None:
    if np.ma.is_masked(array):
        raise ValueError(
            f"{what} has masked items: fill them, as in X.filled(0), or leave them out, as in "
            "row.compressed()."
        )

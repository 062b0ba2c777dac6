"""Containers of rows, of whatever library, as lists and NumPy arrays of the same values."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..._documents import is_missing


def opened(X: Any, name: str) -> list[Any] | NDArray[Any]:
    """Return the rows of a container as a list or an array, without changing a value.

    Parameters
    ----------
    X : container of rows
        A list, tuple or iterator (read once), an array of NumPy or torch, a Series, frame or arrow
        array or table. A frame of one column of lists holds a row in each.
    name : str
        Of the argument, for messages.

    Raises
    ------
    ValueError
        If it is a masked array in which something is masked.
    TypeError
        If it has no rows in order, as a dict, or is lazy.
    """
    if isinstance(X, np.ma.MaskedArray):
        return _unmasked(X, name)
    if isinstance(X, (dict, set, frozenset)) or hasattr(X, "collect"):
        way_out = f"pass {name}.collect()" if hasattr(X, "collect") else "pass a list or an array"
        raise TypeError(f"{name} is a {type(X).__name__}, not rows in order: {way_out}.")
    if isinstance(X, (list, np.ndarray)):
        return X
    if isinstance(X, torch.Tensor):
        return _from_tensor(X)
    if len(getattr(X, "shape", ())) == 2 and hasattr(X, "columns"):
        return _from_table(X)
    for method in ("to_pylist", "to_list"):  # arrow, Series
        if hasattr(X, method):
            return list(getattr(X, method)())
    if isinstance(X, (tuple, Iterator)):
        return list(X)
    return np.asarray(X)


def as_numbers(X: list[Any] | NDArray[Any]) -> NDArray[Any] | list[NDArray[Any]]:
    """Return rows as one array of the dtype of their values; a list of arrays if lengths differ.

    Integers that come as objects are integers, not floats: what rows mean hangs on it.
    """
    if isinstance(X, np.ndarray):
        if X.dtype != object:
            return X
        X = X.tolist()
    rows = [opened(row, "X") if isinstance(row, torch.Tensor) else row for row in X]
    try:
        return np.asarray(rows)
    except ValueError:  # an inhomogeneous shape
        return [np.asarray(row) for row in rows]


def is_row(value: Any) -> bool:
    """Return whether a value is itself a row of others."""
    return isinstance(value, Sized) and not isinstance(value, (str, bytes, dict))


def first_missing(array: NDArray[Any]) -> tuple[int, ...] | None:
    """Return where the first None or NA of an array of objects stands; None if there is none."""
    for position in np.ndindex(array.shape):
        if is_missing(array[position]):
            return position
    return None


def _unmasked(X: np.ma.MaskedArray[Any, Any], name: str) -> NDArray[Any]:
    masked = np.ma.getmaskarray(X)
    if masked.any():
        row = int(np.argmax(masked.reshape(len(X), -1).any(axis=1)))
        raise ValueError(
            f"{name} has masked values in row {row}: fill them first, as {name}.filled(0) does "
            "with padding."
        )
    return X.data


def _from_tensor(X: torch.Tensor) -> list[Any] | NDArray[Any]:
    if X.is_nested:
        return [_from_tensor(row) for row in X.unbind()]
    X = X.detach().cpu().resolve_conj()
    return X.float().numpy() if X.dtype == torch.bfloat16 else X.numpy()


def _from_table(X: Any) -> list[Any] | NDArray[Any]:
    if not hasattr(X, "to_numpy"):  # arrow
        columns = [column.to_pylist() for column in X.columns]
        rows = list(zip(*columns, strict=True))
        return columns[0] if len(columns) == 1 and rows and is_row(rows[0][0]) else rows
    array: NDArray[Any] = X.to_numpy()
    if array.dtype == object and array.ndim == 2 and array.shape[1] == 1 and len(array):
        return list(array[:, 0]) if is_row(array[0, 0]) else array
    return array[:, 0] if array.ndim == 3 and X.shape[1] == 1 else array

"""Series of numbers, one or several, and the columns that go along with them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_array

from .._ragged import Ragged


class Series(NamedTuple):
    """Series and the exogenous columns beside them.

    Parameters
    ----------
    rows : Ragged of float64
        A row for each series.
    columns : ndarray of shape (n_items, n_features), float64
        Of the steps of all rows, in order; there may be none.
    alone : bool
        Whether it came as one series, not as a collection.
    """

    rows: Ragged
    columns: NDArray[np.float64]
    alone: bool


def read_series(X: Any, y: Any, reader: str) -> Series:
    """Read series and their exogenous columns.

    Parameters
    ----------
    X : array-like of shape (n_steps, n_features), Ragged, list of such or None
        Columns that go along with `y`; None: there are none.
    y : array-like of shape (n_steps,) or (n_steps, 1), Ragged, list of such
        One series, or several.
    reader : str
        Named in error messages.

    Returns
    -------
    Series

    Raises
    ------
    ValueError
        If `y` has no steps or several columns, `X` has other lengths than `y`, or either holds
        NaN or infinity.
    """
    rows, alone = read_rows(y, reader)
    if X is None:
        return Series(rows, np.zeros((len(rows.values), 0)), alone)
    columns = _read_columns(X, alone)
    _check_lengths(rows.lengths, columns.lengths, alone)
    return Series(rows, columns.values, alone)


def read_rows(y: Any, reader: str) -> tuple[Ragged, bool]:
    """Read series alone; also say whether it is one that came by itself."""
    if y is None:
        raise ValueError(f"{reader} requires y to be passed, but the target y is None.")
    if isinstance(y, Ragged) or _is_collection(y):
        rows, alone = _joined(y), False
        if not len(rows):
            raise ValueError("y holds no series.")
    else:
        series = _array(y, "y")
        rows, alone = Ragged(series, [0, len(series)]), True
    if rows.values.shape[1:] not in ((), (1,)):
        raise ValueError(
            f"y has items of shape {rows.values.shape[1:]}: one series has shape (n_steps,), and "
            "several come as Ragged or as a list of arrays."
        )
    rows = Ragged(rows.values.reshape(-1), rows.offsets)
    check_finite(rows, "y", alone)
    return rows, alone


def read_future(X: Any, *, alone: bool) -> NDArray[np.float64]:
    """Read the columns of steps to come, (n_series, horizon, n_features).

    Raises
    ------
    ValueError
        If the series do not all have the same number of steps, or hold NaN or infinity.
    """
    if not alone and isinstance(X, np.ndarray) and X.ndim == 3:
        X = list(X)
    columns = _read_columns(X, alone)
    lengths = columns.lengths
    if (lengths != lengths[0]).any():
        row = int(np.argmax(lengths != lengths[0]))
        raise ValueError(
            f"series 0 has {lengths[0]} rows of X, but series {row} has {lengths[row]}: all must "
            "be forecast by the same number of steps."
        )
    return columns.values.reshape(len(columns), int(lengths[0]), -1 if columns.values.size else 0)


def check_steps(series: Series, least: int, reason: str) -> None:
    """Name the first series of fewer than `least` steps; `reason` says what needs them.

    Raises
    ------
    ValueError
        If there is one.
    """
    short = series.rows.lengths < least
    if short.any():
        row = int(np.argmax(short))
        which = "y" if series.alone else f"series {row}"
        raise ValueError(
            f"{which} has {series.rows.lengths[row]} steps, but {reason} at least {least}."
        )


def last_items(
    values: NDArray[np.float64], offsets: NDArray[np.int64], n: int
) -> NDArray[np.float64]:
    """Give the last n items of each row, (n_rows, n, ...)."""
    ends: NDArray[np.float64] = values[offsets[1:, None] + np.arange(-n, 0)]
    return ends


def check_finite(rows: Ragged, name: str, alone: bool) -> None:
    """Name the first step that is not a number.

    Raises
    ------
    ValueError
        If there is one.
    """
    items = rows.values.reshape(len(rows.values), -1)
    bad = np.flatnonzero(~np.isfinite(items).all(axis=1))
    if len(bad):
        item = int(bad[0])
        row = int(np.searchsorted(rows.offsets, item, side="right")) - 1
        kind = "NaN" if np.isnan(items[item]).any() else "infinity (inf)"
        place = f"step {item - rows.offsets[row]}" + f" of series {row}" * (not alone)
        raise ValueError(
            f"{name} contains {kind} at {place}: fill gaps first, for instance by interpolation."
        )


def _is_collection(y: Any) -> bool:
    return isinstance(y, (list, tuple)) and len(y) > 0 and np.ndim(y[0]) > 0


def _joined(rows: Any) -> Ragged:
    if not isinstance(rows, Ragged):
        rows = Ragged.from_rows([np.asarray(row) for row in rows])
    return Ragged(np.asarray(rows.values, dtype=np.float64), rows.offsets)


def _array(array: Any, name: str) -> NDArray[np.float64]:
    shape: tuple[int, ...] = getattr(array, "shape", ())
    if name == "X" and len(shape) == 2 and shape[1] == 0:
        return np.zeros(shape)  # scikit-learn reads no frame without columns
    checked: NDArray[np.float64] = check_array(
        array,
        dtype=np.float64,
        ensure_2d=name == "X",
        ensure_all_finite=False,
        input_name=name,
    )
    return checked


def _read_columns(X: Any, alone: bool) -> Ragged:
    """Read exogenous columns: a row of steps for each series."""
    if alone:
        array = _array(X, "X")
        columns = Ragged(array, [0, len(array)])
    else:
        columns = _joined(X)
    if columns.values.ndim != 2:
        raise ValueError(
            "X must have a row of columns for each step: an array of shape (n_steps, n_features), "
            "and for several series Ragged or a list of such."
        )
    check_finite(columns, "X", alone)
    return columns


def _check_lengths(steps: NDArray[np.int64], given: NDArray[np.int64], alone: bool) -> None:
    if alone and steps[0] != given[0]:
        raise ValueError(
            "X and y must have a row for each step, but have inconsistent numbers of samples: "
            f"{given[0]} and {steps[0]}."
        )
    if len(steps) != len(given):
        raise ValueError(f"y holds {len(steps)} series, but X {len(given)}.")
    if (steps != given).any():
        row = int(np.argmax(steps != given))
        raise ValueError(f"series {row} has {steps[row]} steps, but {given[row]} rows of X.")

"""Time series, one or several, and the exogenous columns that go with them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_array

from .._inputs._opened import held, opened
from .._inputs._plain_array import plain_array
from .._ragged import Ragged


class Series(NamedTuple):
    """Series and their exogenous columns.

    Attributes
    ----------
    rows : Ragged of float64
        A row for each series.
    columns : ndarray of shape (n_items, n_features), float64
        The exogenous columns at each step of all rows, in order; `n_features` may be 0.
    single : bool
        Whether `y` was one series, not a collection of series.
    """

    rows: Ragged
    columns: NDArray[np.float64]
    single: bool


def read_series(X: Any, y: Any, name: str, *, y_name: str = "y", X_name: str = "X") -> Series:
    """Read series and their exogenous columns.

    Parameters
    ----------
    X : array-like of shape (n_steps, n_features), Ragged, list of such or None
        Exogenous columns, a row for each step of `y`; None: there are none.
    y : array-like of shape (n_steps,) or (n_steps, 1), Ragged, list of such
        One series, or several.
    name : str
        Name of the estimator, for error messages.
    y_name, X_name : str
        Names of the parameters, for error messages.

    Returns
    -------
    Series

    Raises
    ------
    ValueError
        If `y` has no steps or several columns, `X` has other lengths than `y`, or either holds
        NaN or infinity or dates that are not in order.
    """
    if y is None:
        raise ValueError(
            f"{name} requires y to be passed, but the target y is None: the series is y, as in "
            "fit(y=series); X has exogenous columns."
        )
    X, y = held(X), held(y)
    _check_dates(y, y_name)
    _check_dates(X, X_name)
    single = not (isinstance(y, Ragged) or _is_collection(y))
    rows = _read_rows(y, y_name, single=single)
    if X is None:
        return Series(rows, np.zeros((len(rows.values), 0)), single)
    columns = _read_columns(X, X_name, single=single)
    _check_lengths(rows.lengths, columns.lengths, (y_name, X_name), single=single)
    return Series(rows, columns.values, single)


def read_future(X: Any, *, single: bool) -> NDArray[np.float64]:
    """Return the exogenous columns of the steps to forecast, (n_series, horizon, n_features).

    Raises
    ------
    ValueError
        If the series do not all have the same number of steps, or hold NaN or infinity.
    """
    if not single and isinstance(X, np.ndarray) and X.ndim == 3:
        X = list(X)
    columns = _read_columns(X, "X", single=single)
    lengths = columns.lengths
    if (lengths != lengths[0]).any():
        row = int(np.argmax(lengths != lengths[0]))
        raise ValueError(
            f"series 0 has {lengths[0]} rows of X, but series {row} has {lengths[row]}: all must "
            "be forecast by the same number of steps."
        )
    return columns.values.reshape(len(columns), int(lengths[0]), -1 if columns.values.size else 0)


def check_steps(series: Series, least: int, reason: str, *, name: str = "y") -> None:
    """Raise an error that names the first series of fewer than `least` steps.

    Parameters
    ----------
    series : Series
        The series.
    least : int
        Number of steps that each must have.
    reason : str
        Subject and verb of the message: what needs so many steps.
    name : str
        Name of the parameter, for the message.

    Raises
    ------
    ValueError
        If a series is shorter.
    """
    short = series.rows.lengths < least
    if short.any():
        row = int(np.argmax(short))
        which = name if series.single else f"series {row}{'' if name == 'y' else f' of {name}'}"
        raise ValueError(
            f"{which} has {series.rows.lengths[row]} steps, but {reason} at least {least}."
        )


def last_items(
    values: NDArray[np.float64], offsets: NDArray[np.int64], n: int
) -> NDArray[np.float64]:
    """Return the last n items of each row, (n_rows, n, ...)."""
    items: NDArray[np.float64] = values[offsets[1:, None] + np.arange(-n, 0)]
    return items


def _read_rows(y: Any, name: str, *, single: bool) -> Ragged:
    """Read series of numbers, a row for each."""
    if single:
        array = _as_array(y, name, ensure_2d=False)
        rows = Ragged(array, [0, len(array)])
    else:
        rows = _join(y)
        if not len(rows):
            raise ValueError(f"{name} holds no series.")
    if rows.values.shape[1:] not in ((), (1,)):
        raise ValueError(
            f"{name} has items of shape {rows.values.shape[1:]}: one series has shape (n_steps,), "
            "and several come as Ragged or as a list of arrays."
        )
    rows = Ragged(rows.values.reshape(-1), rows.offsets)
    _check_finite(rows, name, single=single)
    return rows


def _read_columns(X: Any, name: str, *, single: bool) -> Ragged:
    """Read exogenous columns: a row of steps for each series."""
    if single:
        array = _as_array(X, name, ensure_2d=True)
        columns = Ragged(array, [0, len(array)])
    else:
        columns = _join(X)
    if columns.values.ndim != 2:
        raise ValueError(
            f"{name} must have a row of columns for each step: an array of shape (n_steps, "
            "n_features), and for several series Ragged or a list of such."
        )
    _check_finite(columns, name, single=single)
    return columns


def _is_collection(y: Any) -> bool:
    """Return whether `y` is a list of series, not the steps of one, which may have shape (n, 1)."""
    if isinstance(y, np.ndarray) and y.dtype == object and y.ndim == 1:
        y = y.tolist()
    if not isinstance(y, (list, tuple)) or len(y) == 0 or _n_dimensions(y[0]) == 0:
        return False
    return any(_n_dimensions(row) != 1 or len(row) != 1 for row in y)


def _n_dimensions(row: Any) -> int:
    """Return 0 for a single value, 1 or more for a series, whose steps may be rows."""
    if isinstance(row, (str, bytes)) or not (hasattr(row, "__len__") or hasattr(row, "ndim")):
        return 0
    return (
        int(getattr(row, "ndim", 1))
        if not isinstance(row, (list, tuple))
        else 1 + any(isinstance(item, (list, tuple)) for item in row)
    )


def _join(rows: Any) -> Ragged:
    if not isinstance(rows, Ragged):
        rows = Ragged.from_rows(rows)
    return Ragged(plain_array(rows.values, "the series", np.float64), rows.offsets)


def _as_array(array: Any, name: str, *, ensure_2d: bool) -> NDArray[np.float64]:
    shape: tuple[int, ...] = getattr(array, "shape", ())
    if ensure_2d and len(shape) == 2 and shape[1] == 0:
        return np.zeros(shape)  # scikit-learn reads no frame without columns
    checked: NDArray[np.float64] = check_array(
        opened(array, name),
        dtype=np.float64,
        ensure_2d=ensure_2d,
        ensure_all_finite=False,
        input_name=name,
    )
    return checked


def _check_dates(steps: Any, name: str) -> None:
    """Raise an error that names the first step of a Series or frame that is not later than before.

    Only an index of dates, times or periods says when a step was.
    """
    index: Any = getattr(steps, "index", None)
    if not hasattr(index, "is_monotonic_increasing") or not hasattr(index, "asi8"):
        return
    late = np.flatnonzero(np.diff(index.asi8) <= 0)
    if len(late):
        row = int(late[0]) + 1
        raise ValueError(
            f"the steps of {name} must be in order of time, each once, but row {row} is of "
            f"{index[row]}, after {index[row - 1]}: sort them, as {name}.sort_index() does."
        )


def _check_finite(rows: Ragged, name: str, *, single: bool) -> None:
    """Raise an error that names the first step that is NaN or infinite."""
    items = rows.values.reshape(len(rows.values), math.prod(rows.values.shape[1:]))
    bad = np.flatnonzero(~np.isfinite(items).all(axis=1))
    if not len(bad):
        return
    item = int(bad[0])
    row = int(np.searchsorted(rows.offsets, item, side="right")) - 1
    kind = "NaN" if np.isnan(items[item]).any() else "infinity (inf)"
    step = f"step {item - rows.offsets[row]}"
    position = step if single else f"{step} of series {row}"
    raise ValueError(
        f"{name} contains {kind} at {position}: fill gaps first, for instance by interpolation."
    )


def _check_lengths(
    n_steps: NDArray[np.int64], n_rows: NDArray[np.int64], names: tuple[str, str], *, single: bool
) -> None:
    """Check that `X` has a row for each step of each series."""
    y, X = names
    if single and n_steps[0] != n_rows[0]:
        raise ValueError(
            f"{X} and {y} must have a row for each step, but have inconsistent numbers of samples: "
            f"{n_rows[0]} and {n_steps[0]}."
        )
    if len(n_steps) != len(n_rows):
        raise ValueError(f"{y} holds {len(n_steps)} series, but {X} {len(n_rows)}.")
    if (n_steps != n_rows).any():
        row = int(np.argmax(n_steps != n_rows))
        raise ValueError(f"series {row} has {n_steps[row]} steps, but {n_rows[row]} rows of {X}.")

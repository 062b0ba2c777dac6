"""Time series, one or several, and the exogenous columns that go with them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_array

from .._containers._ragged import Ragged, gather_items, offsets_from_lengths
from .._inputs._items import items_of, materialized
from .._inputs._plain_array import plain_array
from ._series_form import Forms, check_columns, check_continue, form_of, pandas_index, without_time
from ._step_index import check_dates, check_same_labels


class Series(NamedTuple):
    """Series and their exogenous columns.

    Attributes
    ----------
    rows : Ragged of float64
        A row for each series; an item has a number for each target.
    columns : ndarray of shape (n_items, n_features), float64
        The exogenous columns at each step of all rows, in order; `n_features` may be 0.
    single : bool
        Whether `y` was one series, not a collection of series.
    forms : SeriesForm, tuple of SeriesForm or None
        The Series or frame that `y` was, or those of a collection; None where it, or one of
        them, was an array or a list.
    """

    rows: Ragged
    columns: NDArray[np.float64]
    single: bool
    forms: Forms = None

    @property
    def n_series(self) -> int | None:
        """Number of series; None for one that was not in a collection."""
        return None if self.single else len(self.rows)

    @property
    def n_targets(self) -> int:
        """Number of columns of each series."""
        return int(self.rows.values.shape[1])

    def no_columns(self) -> Any:
        """Return exogenous columns that are none, of all steps."""
        columns = [np.empty((length, 0)) for length in self.rows.lengths.tolist()]
        return columns[0] if self.single else columns

    def last(self, n_steps: int) -> NDArray[np.float64]:
        """Return the last steps, (n_series * n_targets, n_steps): a row for each column."""
        ends = last_items(self.rows.values, self.rows.offsets, n_steps)
        return ends.transpose(0, 2, 1).reshape(-1, n_steps)

    def followed_by(self, later: Series, n_steps: int) -> Series:
        """Return the last steps of each series, with the steps that follow after them."""
        starts = [self.rows.offsets[1:] - n_steps, later.rows.offsets[:-1] + len(self.columns)]
        lengths = np.stack([np.full(len(self.rows), n_steps), later.rows.lengths], axis=1)
        items = gather_items(np.stack(starts, axis=1).ravel(), lengths.ravel())
        rows = Ragged(
            np.concatenate([self.rows.values, later.rows.values])[items],
            offsets_from_lengths(lengths.sum(axis=1)),
        )
        columns = np.concatenate([self.columns, later.columns])[items]
        return Series(rows, columns, self.single)


def read_series(
    X: Any, y: Any, name: str, *, y_name: str = "y", X_name: str = "X", goes_on: bool = True
) -> Series:
    """Read series and their exogenous columns.

    Parameters
    ----------
    X : array-like of shape (n_steps, n_features), Ragged, list of such or None
        Exogenous columns, a row for each step of `y`; None: there are none.
    y : array-like of shape (n_steps,) or (n_steps, n_targets), Ragged, list of such
        One series, or several.
    name : str
        Name of the estimator, for error messages.
    y_name, X_name : str
        Names of the parameters, for error messages.
    goes_on : bool
        Whether the index must be one that can be continued.

    Returns
    -------
    Series

    Raises
    ------
    ValueError
        If `y` has no steps, series of different numbers of columns, or an index that cannot be
        continued; `X` has other lengths or dates than `y`, or either holds NaN or infinity.
    """
    if y is None:
        raise ValueError(
            f"{name} requires y to be passed, but the target y is None: the series is y, as in "
            "fit(y=series); X is for exogenous columns."
        )
    X, y = materialized(X), materialized(y)
    single = not (isinstance(y, Ragged) or _is_collection(y))
    forms = _read_forms(y, y_name, single=single, goes_on=goes_on)
    check_columns(forms, forms, y_name)
    _check_dates(X, y, X_name, y_name)
    rows = _read_rows(y, y_name, single=single)
    if X is None:
        return Series(rows, np.zeros((len(rows.values), 0)), single, forms)
    columns = _read_columns(X, X_name, single=single)
    _check_lengths(rows.lengths, columns.lengths, (y_name, X_name), single=single)
    return Series(rows, columns.values, single, forms)


def read_following(X: Any, y: Any, name: str, before: Series) -> Series:
    """Read the steps that follow those of series: `y_val` and `X_val`, to validate on.

    Parameters
    ----------
    X, y : object
        As for :func:`read_series`.
    name : str
        Name of the estimator, for error messages.
    before : Series
        What they follow.

    Returns
    -------
    Series

    Raises
    ------
    ValueError
        As :func:`read_series`; or if `y` has other series or columns than those before, or other
        dates than those that follow.
    """
    check_continue(before.forms, y, "y_val")
    check_continue(before.forms, X, "X_val")
    later = read_series(X, y, name, y_name="y_val", X_name="X_val", goes_on=False)
    check_columns(later.forms, before.forms, "y_val")
    found, expected = (_description(series) for series in (later, before))
    if found != expected:
        raise ValueError(
            f"y_val and X_val must be the steps that follow those of {expected}, in the same "
            f"order, got {found}."
        )
    return later


def read_truth(y: Any, *, single: bool) -> NDArray[np.float64]:
    """Return the true values of forecasts, (n_series, horizon, n_targets).

    Raises
    ------
    ValueError
        If the series do not all have the same number of steps, or hold NaN or infinity.
    """
    y = materialized(y)
    if not single and isinstance(y, np.ndarray):
        y = list(y)  # as predict returns it
    single = not (isinstance(y, Ragged) or _is_collection(y))
    rows = _read_rows(y, "y", single=single)
    shortest, longest = rows.lengths.min(), rows.lengths.max()
    if shortest != longest:
        raise ValueError(
            f"y must hold series of one length, got {len(rows)} series of {shortest} to "
            f"{longest} steps."
        )
    return rows.values.reshape(len(rows), int(longest), -1)


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


def _description(series: Series) -> str:
    what = "one series" if series.single else f"a list of {len(series.rows)} series"
    return f"{what} of {series.n_targets} columns and {series.columns.shape[1]} exogenous columns"


def _read_rows(y: Any, name: str, *, single: bool) -> Ragged:
    """Read series of numbers, a row for each."""
    if single:
        array = _as_array(without_time(y, name), name, ensure_2d=False)
        rows = Ragged(array, [0, len(array)])
    else:
        is_ragged = isinstance(y, Ragged)
        rows = _join(y if is_ragged else [without_time(series, name) for series in y])
        if not len(rows):
            raise ValueError(f"{name} holds no series.")
    if rows.values.ndim > 2 or rows.values.shape[1:] == (0,):
        raise ValueError(
            f"{name} has steps of shape {rows.values.shape[1:]}: one series has shape (n_steps,), "
            "or (n_steps, n_targets) with a column for each target, and several series come as "
            "Ragged or as a list of arrays."
        )
    if rows.values.ndim == 1:
        rows = Ragged(rows.values[:, None], rows.offsets)
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
    if pandas_index(y[0]) is not None:
        return True
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
        plain_array(items_of(array, name), name, np.float64),
        dtype=np.float64,
        ensure_2d=ensure_2d,
        ensure_all_finite=False,
        input_name=name,
    )
    return checked


def _read_forms(y: Any, name: str, *, single: bool, goes_on: bool) -> Forms:
    if single:
        return form_of(y, name, goes_on=goes_on)
    if isinstance(y, Ragged):
        return None
    forms = [form_of(series, f"{name}[{i}]", goes_on=goes_on) for i, series in enumerate(y)]
    known = tuple(form for form in forms if form is not None)
    return known if len(known) == len(forms) > 0 else None


def _check_dates(X: Any, y: Any, X_name: str, y_name: str) -> None:
    """Check that the rows of `X` are in order of time, and of the steps of `y`."""
    if isinstance(X, (list, tuple)) and isinstance(y, (list, tuple)):
        for i, (columns, series) in enumerate(zip(X, y, strict=False)):
            _check_dates(columns, series, f"{X_name}[{i}]", f"{y_name}[{i}]")
        return
    index, steps = pandas_index(X), pandas_index(y)
    if index is not None:
        check_dates(index, X_name)
        if steps is not None:
            check_same_labels(index, steps, X_name, f"that of {y_name} of")


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

"""What a series came in, Series or frame, and forecasts in the same form."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._compat import import_optional
from ._step_index import StepIndex, check_same_labels, end_of


class SeriesForm(NamedTuple):
    """A Series or frame of pandas or polars that a forecast continues, as plain values.

    Attributes
    ----------
    library : {"pandas", "polars"}
        Whose it is.
    columns : tuple or None
        Names of the columns of a frame, that of dates included; None: it is a Series.
    name : object
        Of the Series, or of the columns of a frame.
    steps : StepIndex or None
        The end of the index, or of a polars frame's column of dates; None: it has none.
    time : str or None
        Name of the column of dates of a polars frame.
    """

    library: str
    columns: tuple[Any, ...] | None
    name: Any
    steps: StepIndex | None
    time: str | None = None

    def filled(self, values: NDArray[np.float64]) -> Any:
        """Return forecasts, (horizon,) or (horizon, n_outputs), in this form."""
        return (self._pandas if self.library == "pandas" else self._polars)(values)

    def _pandas(self, values: NDArray[np.float64]) -> Any:
        pandas = import_optional("pandas", needed_for="a forecast of a Series or frame")
        assert self.steps is not None
        index = self.steps.after(len(values))
        if self.columns is None:
            return pandas.Series(values, index, name=self.name)
        if isinstance(self.name, tuple) and all(type(c) is tuple for c in self.columns):
            columns = pandas.MultiIndex.from_tuples(self.columns, names=self.name)
        else:
            columns = pandas.Index(list(self.columns), name=self.name)
        return pandas.DataFrame(values.reshape(len(values), -1), index, columns)

    def _polars(self, values: NDArray[np.float64]) -> Any:
        polars = import_optional("polars", needed_for="a forecast of a Series or frame")
        if self.columns is None:
            return polars.Series(self.name, values)
        names = [column for column in self.columns if column != self.time]
        frame = polars.DataFrame(values.reshape(len(values), -1), schema=names)
        if self.steps is None or self.time is None:
            return frame
        dates = self.steps.after(len(values))
        zone = self.steps.time_zone
        times = polars.Series(self.time, dates.tz_convert(None) if zone else dates)
        if zone:
            times = times.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
        if self.steps.unit == "s":  # which polars has for dates without a time alone
            times = times.cast(polars.Date)
        return frame.insert_column(self.columns.index(self.time), times)


# Of one series or of each in a list; None where one at least is an array or a list.
Forms = SeriesForm | tuple[SeriesForm, ...] | None


def form_of(series: Any, name: str, *, goes_on: bool = True) -> SeriesForm | None:
    """Return the form of one series; None for lists, arrays and what else has no index.

    Of one that need not go on, the index is not read.

    Raises
    ------
    ValueError
        If it has an index that cannot be continued.
    """
    index = pandas_index(series)
    if index is not None:
        steps = end_of(index, name) if goes_on else None
        if series.ndim == 1:
            return SeriesForm("pandas", None, series.name, steps)
        _check_no_dates(series, name)
        names = series.columns
        label = tuple(names.names) if names.nlevels > 1 else names.name
        return SeriesForm("pandas", tuple(names.tolist()), label, steps)
    if not _is_polars(series):
        return None
    if not hasattr(series, "columns"):
        return SeriesForm("polars", None, series.name, None)
    time = _time_column(series, name)
    dates = None
    if time is not None and goes_on:
        dates = end_of(_dates(series[time]), f"{name}[{time!r}]")
    return SeriesForm("polars", tuple(series.columns), None, dates, time)


def without_time(series: Any, name: str) -> Any:
    """Return a series without its column of dates, which a polars frame may have."""
    time = _time_column(series, name)
    return series if time is None else series.drop(time)


def pandas_index(data: Any) -> Any:
    """Return the index of a Series or frame of pandas; None for anything else."""
    pandas = sys.modules.get("pandas")
    is_one = pandas is not None and isinstance(data, (pandas.Series, pandas.DataFrame))
    return data.index if is_one else None


def check_continue(forms: Forms, data: Any, name: str) -> None:
    """Check that the dates of Series or frames are those of the steps to forecast.

    Raises
    ------
    ValueError
        If they are not; the message names the row.
    """
    if forms is None:
        return
    if not isinstance(forms, SeriesForm):
        if isinstance(data, (list, tuple)):
            for i, (form, part) in enumerate(zip(forms, data, strict=False)):
                check_continue(form, part, f"{name}[{i}]")
        return
    index = pandas_index(data)
    if forms.steps is not None and index is not None and len(index):
        check_same_labels(index, forms.steps.after(len(index)), name, "the forecast's is of")


def check_columns(forms: Forms, expected: Forms, name: str) -> None:
    """Check that frames of several targets have the columns of a first one, in its order.

    Raises
    ------
    ValueError
        If one has not.
    """
    if forms is None or expected is None:
        return
    if not isinstance(forms, SeriesForm):
        for i, form in enumerate(forms):
            check_columns(form, expected, f"{name}[{i}]")
        return
    first = expected if isinstance(expected, SeriesForm) else expected[0]
    _check_names(forms.columns, first.columns, name)


def in_forms(forecasts: NDArray[np.float64], forms: Forms) -> Any:
    """Return forecasts of one series or several in the form of the series."""
    if forms is None:
        return forecasts
    if isinstance(forms, SeriesForm):
        return forms.filled(forecasts)
    return [form.filled(values) for form, values in zip(forms, forecasts, strict=True)]


def _check_names(
    columns: tuple[Any, ...] | None, expected: tuple[Any, ...] | None, name: str
) -> None:
    if columns and expected and len(expected) > 1 and columns != expected:
        raise ValueError(
            f"{name} has the columns {list(columns)}, but those of the series are "
            f"{list(expected)}: they must be the same, in the same order."
        )


def _is_polars(series: Any) -> bool:
    polars = sys.modules.get("polars")
    return polars is not None and isinstance(series, (polars.Series, polars.DataFrame))


def _time_column(series: Any, name: str) -> str | None:
    if not _is_polars(series) or not hasattr(series, "columns"):
        return None
    polars = sys.modules["polars"]
    kinds = (polars.Date, polars.Datetime)
    times = [column for column, dtype in series.schema.items() if dtype in kinds]
    if len(times) > 1:
        raise ValueError(
            f"{name} has {len(times)} columns of dates or times, {times}: leave all but one out."
        )
    return times[0] if times else None


def _dates(column: Any) -> Any:
    pandas = import_optional("pandas", needed_for="a series with dates")
    zone = getattr(column.dtype, "time_zone", None)
    dates = pandas.DatetimeIndex(column.to_numpy())
    return dates.tz_localize("UTC").tz_convert(zone) if zone else dates


def _check_no_dates(frame: Any, name: str) -> None:
    for column, dtype in frame.dtypes.items():
        if getattr(dtype, "kind", "") == "M":
            raise ValueError(
                f"column {column!r} of {name} holds dates: make them its index, as "
                f"{name}.set_index({column!r}) does."
            )

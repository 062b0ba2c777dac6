"""The index of a series of pandas: in order, without gaps, and continued."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np

from .._compat import import_optional
from ._frequency import frequency_of, offset_of, plain_frequency


class StepIndex(NamedTuple):
    """The end of an index, as plain values, from which that of a forecast continues.

    Attributes
    ----------
    kind : {"dates", "periods", "durations", "numbers"}
        Of the labels.
    last : int or float
        The last label; of dates and durations their number of `unit` since the epoch or zero, of
        periods their ordinal.
    step : str, CalendarFrequency, int or float
        From one label to the next: a frequency, or a difference.
    unit : str or None
        Resolution of dates and durations.
    time_zone : str or None
        Of dates.
    name : object
        Of the index.
    """

    kind: str
    last: int | float
    step: Any
    unit: str | None = None
    time_zone: str | None = None
    name: Any = None

    def after(self, n_steps: int) -> Any:
        """Return the labels of the next steps, an index of pandas."""
        pandas = import_optional("pandas", needed_for="the index of a forecast")
        if self.kind == "dates":
            return self._dates_after(n_steps)
        if self.kind == "periods":
            last = pandas.PeriodIndex.from_ordinals([self.last], freq=self.step)[0]
            periods = n_steps + 1
            return pandas.period_range(last, periods=periods, freq=self.step, name=self.name)[1:]
        if self.kind == "numbers" and isinstance(self.step, int):
            start = int(self.last) + self.step
            return pandas.RangeIndex(start, start + n_steps * self.step, self.step, name=self.name)
        labels = self.last + self.step * np.arange(1, n_steps + 1)
        if self.kind == "durations":
            return pandas.TimedeltaIndex(labels.astype(f"m8[{self.unit}]"), name=self.name)
        return pandas.Index(labels, name=self.name)

    def _dates_after(self, n_steps: int) -> Any:
        pandas = import_optional("pandas", needed_for="the index of a forecast")
        start = pandas.DatetimeIndex(np.array([self.last], f"M8[{self.unit}]"))
        if self.time_zone is not None:
            start = start.tz_localize("UTC").tz_convert(self.time_zone)
        how = {"periods": n_steps + 1, "freq": offset_of(self.step), "name": self.name}
        try:
            dates = pandas.date_range(start[0], **how)
        except ValueError:  # a time of the day that a change of the clock skips or repeats
            dates = pandas.date_range(start[0].tz_localize(None), **how).tz_localize(
                self.time_zone,
                ambiguous=np.ones(n_steps + 1, dtype=bool),
                nonexistent="shift_forward",
            )
        return dates.as_unit(self.unit)[1:]


def end_of(index: Any, name: str) -> StepIndex:
    """Return the end of the index of a series.

    Of names, and of numbers that do not rise, which say nothing of time, that of the rows' numbers.

    Raises
    ------
    ValueError
        If dates or rising numbers are not at even distances, or dates not in order; the message
        names the row.
    """
    kind = _kind(index)
    if kind is None:
        _check_no_time(index, name)
        return StepIndex("numbers", len(index) - 1, 1)
    labels = index.to_numpy() if kind == "numbers" else index.asi8
    if kind == "numbers" and not (labels[1:] > labels[:-1]).all():
        return StepIndex("numbers", len(index) - 1, 1, name=index.name)
    _check_order(index, labels, name)
    if kind == "dates":
        zone = None if index.tz is None else str(index.tz)
        step = plain_frequency(frequency_of(index, name))
        return StepIndex(kind, int(labels[-1]), step, index.unit, zone, index.name)
    if kind == "periods":
        _check_even(index, labels, index.freq.n, name)
        return StepIndex(kind, int(labels[-1]), index.freqstr, name=index.name)
    step = _commonest_step(labels)
    _check_even(index, labels, step, name)
    unit = index.unit if kind == "durations" else None
    return StepIndex(kind, labels[-1].item(), step, unit, name=index.name)


def check_dates(index: Any, name: str) -> None:
    """Raise an error that names the first date that is missing or not later than that before.

    Numbers may be those of rows, which say nothing of time: they are not looked at.

    Raises
    ------
    ValueError
        If there is one.
    """
    if _kind(index) not in (None, "numbers"):
        _check_order(index, index.asi8, name)


def check_same_labels(index: Any, expected: Any, name: str, others: str) -> None:
    """Check that the dates of two containers are the same; only dates and periods are compared.

    Raises
    ------
    ValueError
        If they differ; the message names the row.
    """
    kinds = {_kind(index), _kind(expected)}
    if kinds not in ({"dates"}, {"periods"}) or len(index) != len(expected):
        return
    try:
        differ = np.flatnonzero(index != expected)
    except TypeError:  # with a time zone and without
        differ = np.arange(1)
    if len(differ):
        row = int(differ[0])
        raise ValueError(
            f"row {row} of {name} is of {index[row]}, but {others} {expected[row]}: the rows of "
            f"{name} must be of the same steps, in their order."
        )


def _kind(index: Any) -> str | None:
    """Return what the labels of an index of pandas are; None if they are no steps."""
    pandas = import_optional("pandas", needed_for="the index of a series")
    kinds = {
        "dates": pandas.DatetimeIndex,
        "periods": pandas.PeriodIndex,
        "durations": pandas.TimedeltaIndex,
    }
    for kind, cls in kinds.items():
        if isinstance(index, cls):
            return kind
    return "numbers" if getattr(index.dtype, "kind", "") in "iuf" else None


def _commonest_step(labels: Any) -> int | float:
    if len(labels) < 2:
        return 1
    steps, counts = np.unique(np.diff(labels), return_counts=True)
    if labels.dtype.kind == "f" and np.allclose(steps, steps[0]):
        return float((labels[-1] - labels[0]) / (len(labels) - 1))
    return steps[counts.argmax()].item()  # type: ignore[no-any-return]


def _check_order(index: Any, labels: Any, name: str) -> None:
    missing = np.flatnonzero(index.isna())
    if len(missing):
        raise ValueError(
            f"the index of {name} has no value in row {missing[0]}: leave the row out, as "
            f"{name}[{name}.index.notna()] does."
        )
    late = np.flatnonzero(labels[1:] <= labels[:-1])
    if not len(late):
        return
    row = int(late[0]) + 1
    way_out = f"sort them, as {name}.sort_index() does"
    if labels[row] == labels[row - 1]:
        way_out = f"keep one row of each, as {name}.groupby(level=0).mean() does"
    raise ValueError(
        f"the steps of {name} must be in order of time, each once, but row {row} is of "
        f"{index[row]}, after {index[row - 1]}: {way_out}."
    )


def _check_even(index: Any, labels: Any, step: int | float, name: str) -> None:
    steps = np.diff(labels)
    uneven = np.flatnonzero(
        steps != step if labels.dtype.kind in "iu" else ~np.isclose(steps, step)
    )
    if not len(uneven):
        return
    row = int(uneven[0]) + 1
    ends = f"{name}.index[0], {name}.index[-1]"
    whole = {
        "periods": f"pandas.period_range({ends})",
        "durations": f"pandas.timedelta_range({ends}, periods=...)",
    }.get(_kind(index) or "", f"range({index[0]}, {index[-1]} + 1, {step})")
    of_rows = (
        f" If these are numbers of rows, pass {name}.reset_index(drop=True)."
        if _kind(index) == "numbers"
        else ""
    )
    raise ValueError(
        f"the steps of {name} must be at even distances, but row {row} is of {index[row]}, after "
        f"{index[row - 1]}: {name}.reindex({whole}) adds what is missing as NaN, for interpolate() "
        f"to fill.{of_rows}"
    )


def _check_no_time(index: Any, name: str) -> None:
    """Check that an index of neither dates nor numbers holds no dates after all."""
    pandas = import_optional("pandas", needed_for="the index of a series")
    if index.nlevels > 1:
        raise ValueError(
            f"{name} has an index of {index.nlevels} levels, but the index of a series says when "
            "its steps are: for several series pass a list, as "
            f"[part.droplevel(0) for _, part in {name}.groupby(level=0)]."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a format that pandas does not know
            pandas.to_datetime(index[:1])
    except (TypeError, ValueError):
        return
    raise ValueError(
        f"the index of {name} holds {index[0]!r:.40} in row 0, a date that is no Timestamp: "
        f"convert it, as {name}.set_axis(pandas.to_datetime({name}.index)) does, or leave it out, "
        f"as {name}.reset_index(drop=True) does."
    )

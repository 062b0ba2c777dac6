"""The frequency of dates: declared or inferred, and as plain values that a file can hold."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import time
from typing import Any, NamedTuple

import numpy as np

from .._compat import import_optional

_MONTHS = (1, 2, 3, 4, 6, 12)  # of dates at one day of the month that is not its first or last
_WINDOWS = (12, 6, 3)  # dates from which a frequency is guessed where those of all have none
_N_GUESSES = 200
_ALIASES = ("YE", "YS", "QE", "QS", "ME", "MS", "B", "D")  # the rarest first


class CalendarFrequency(NamedTuple):
    """An offset of pandas whose alias does not tell all, such as one with holidays.

    Attributes
    ----------
    name : str
        Of its class in ``pandas.offsets``.
    n : int
        How many of it are between two dates.
    normalize : bool
        Whether dates are moved to midnight.
    options : dict of str to plain values
        The other arguments of the class.
    """

    name: str
    n: int
    normalize: bool
    options: dict[str, Any]


def plain_frequency(offset: Any) -> Any:
    """Return an offset as its alias, or with its options; as it is if neither makes it again."""
    options = {
        name: _plain_option(value)
        for name, value in offset.kwds.items()
        if name not in ("calendar", "offset")  # of which the first repeats the holidays
    }
    calendar = CalendarFrequency(type(offset).__name__, offset.n, offset.normalize, options)
    for candidate in (offset.freqstr, calendar):
        try:
            if offset_of(candidate) == offset:
                return candidate
        except (TypeError, ValueError, AttributeError):
            continue
    return offset


def offset_of(frequency: Any) -> Any:
    """Return the offset of pandas that :func:`plain_frequency` has made plain."""
    pandas = import_optional("pandas", needed_for="the dates of a forecast")
    if not isinstance(frequency, CalendarFrequency):
        return pandas.tseries.frequencies.to_offset(frequency)
    cls = getattr(pandas.offsets, frequency.name)
    return cls(frequency.n, normalize=frequency.normalize, **frequency.options)


def frequency_of(dates: Any, name: str) -> Any:
    """Return the offset between dates that are in order: that of the index, or the inferred one.

    Parameters
    ----------
    dates : pandas.DatetimeIndex
        The dates.
    name : str
        Of the parameter that has them, for messages.

    Raises
    ------
    ValueError
        If there is none; the message names the row.
    """
    offset = dates.freq if dates.freq is not None else _inferred(dates)
    if offset is not None:
        return offset
    if len(dates) < 3:
        raise ValueError(
            f"{name} has {len(dates)} {'date' if len(dates) == 1 else 'dates'}, from which no "
            f"frequency can be inferred: set it, as {name}.asfreq('MS') does, or pass "
            f"{name}.to_numpy() for forecasts without dates."
        )
    raise ValueError(_uneven_message(dates, name))


def _plain_option(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_plain_option(item) for item in value)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value) if isinstance(value, np.datetime64) else value


def _inferred(dates: Any) -> Any:
    pandas = import_optional("pandas", needed_for="the dates of a forecast")
    if len(dates) < 3:
        return None
    with warnings.catch_warnings():  # of pandas 3.1: it will be an offset, not its alias
        warnings.simplefilter("ignore")
        inferred = pandas.infer_freq(dates)
    if inferred is not None:
        return pandas.tseries.frequencies.to_offset(inferred)
    for months in _MONTHS:
        offset = pandas.DateOffset(months=months)
        if (dates[:-1] + offset == dates[1:]).all():
            return offset
    return None


def _uneven_message(dates: Any, name: str) -> str:
    pandas = import_optional("pandas", needed_for="the dates of a forecast")
    offset = _commonest(dates)
    if offset is None:
        first, second, third = dates[:3]
        return (
            f"the dates of {name} have no frequency: row 1 is {_text(second - first)} after row 0, "
            f"row 2 {_text(third - second)} after row 1. Bring them to even steps, as "
            f"{name}.resample('D').mean() does, or pass {name}.to_numpy() for forecasts "
            "without dates."
        )
    expected = pandas.date_range(dates[0], periods=len(dates), freq=offset)
    row = int(np.argmax(expected != dates))
    alias = offset.freqstr
    holidays = (
        " If the markets were closed, pass the calendar: pandas.offsets."
        "CustomBusinessDay(holidays=[...]) to asfreq."
        if alias == "B"
        else ""
    )
    return (
        f"row {row} of {name} is of {_text(dates[row])}, but {_text(expected[row])} follows row "
        f"{row - 1} at the frequency {alias!r}: {name}.asfreq({alias!r}) adds what is missing as "
        f"NaN, for interpolate() to fill.{holidays} For forecasts without dates, pass "
        f"{name}.to_numpy()."
    )


def _text(date: Any) -> str:
    return str(date).removesuffix(" 00:00:00")


def _commonest(dates: Any) -> Any:
    """Return the frequency that most parts of the dates have, or the rarest that fits each date.

    None if the dates are of different times of the day.
    """
    pandas = import_optional("pandas", needed_for="the dates of a forecast")
    for length in _WINDOWS:
        found = [offset for part in _parts(dates, length) if (offset := _inferred(part))]
        if found:
            return Counter(found).most_common(1)[0][0]
    offsets = [pandas.tseries.frequencies.to_offset(alias) for alias in _ALIASES]
    some = dates[:_N_GUESSES]
    fit = [offset for offset in offsets if all(offset.is_on_offset(date) for date in some)]
    return fit[0] if fit and len(set(dates.time)) == 1 else None


def _parts(dates: Any, length: int) -> Iterator[Any]:
    n_parts = len(dates) - length + 1
    for start in range(0, n_parts, max(1, n_parts // _N_GUESSES)):
        yield dates[start : start + length]

"""Values of Python's library and of pandas, made of plainer ones: dates, ranges, counters."""

from __future__ import annotations

import datetime
import operator
import re
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class PlainValue:
    """How the values of a class are written and made.

    Parameters
    ----------
    cls : type
    parts : callable
        Returns the list of what a value is made of.
    make : callable
        Makes it of these, which a file may have made up: nothing larger than they are.
    """

    cls: type
    parts: Callable[[Any], list[Any]]
    make: Callable[..., Any]


_OF_PYTHON = {
    "complex": PlainValue(complex, lambda v: [v.real, v.imag], complex),
    "range": PlainValue(range, lambda v: [v.start, v.stop, v.step], range),
    "bytearray": PlainValue(
        bytearray, lambda v: [bytes(v)], lambda content: bytearray(memoryview(content))
    ),
    "deque": PlainValue(deque, lambda v: [list(v), v.maxlen], deque),
    "Counter": PlainValue(Counter, lambda v: [dict(v)], Counter),
    "defaultdict": PlainValue(defaultdict, lambda v: [v.default_factory, dict(v)], defaultdict),
    "Decimal": PlainValue(Decimal, lambda v: [str(v)], Decimal),
    "Fraction": PlainValue(
        Fraction,
        lambda v: [v.numerator, v.denominator],
        lambda above, below: Fraction(operator.index(above), operator.index(below)),
    ),
    "Pattern": PlainValue(re.Pattern, lambda v: [v.pattern, v.flags], re.compile),
    "date": PlainValue(datetime.date, lambda v: [v.year, v.month, v.day], datetime.date),
    "time": PlainValue(
        datetime.time,
        lambda v: [v.hour, v.minute, v.second, v.microsecond, v.tzinfo, v.fold],
        lambda *parts: datetime.time(*parts[:-1], fold=parts[-1]),
    ),
    "datetime": PlainValue(
        datetime.datetime,
        lambda v: [*v.timetuple()[:6], v.microsecond, v.tzinfo, v.fold],
        lambda *parts: datetime.datetime(*parts[:-1], fold=parts[-1]),
    ),
    "timedelta": PlainValue(
        datetime.timedelta, lambda v: [v.days, v.seconds, v.microseconds], datetime.timedelta
    ),
    "timezone": PlainValue(
        datetime.timezone, lambda v: list(v.__getinitargs__()), datetime.timezone
    ),
    "ZoneInfo": PlainValue(ZoneInfo, lambda v: [v.key], ZoneInfo),
}


def plain_value_name(cls: type) -> str | None:
    """Return the name of a class in files; None if its values are not made of plainer ones."""
    return _names(has_pandas="pandas" in sys.modules).get(cls)


def plain_value(name: str) -> PlainValue:
    """Return how the values of a name in a file are made.

    Raises
    ------
    KeyError
        If there is none of this name.
    """
    return (_of_pandas() if name.startswith("pandas.") else _OF_PYTHON)[name]


@cache
def _names(*, has_pandas: bool) -> dict[type, str]:
    table = _OF_PYTHON | (_of_pandas() if has_pandas else {})
    return {described.cls: name for name, described in table.items()}


@cache
def _of_pandas() -> dict[str, PlainValue]:
    import pandas as pd

    def timestamp(time: Any, zone: Any) -> Any:
        made = pd.Timestamp(time)
        return made if zone is None else made.tz_localize("UTC").tz_convert(zone)

    return {
        "pandas.Timestamp": PlainValue(pd.Timestamp, lambda v: [v.asm8, v.tzinfo], timestamp),
        "pandas.Timedelta": PlainValue(pd.Timedelta, lambda v: [v.asm8], pd.Timedelta),
        "pandas.NaT": PlainValue(type(pd.NaT), lambda v: [], lambda: pd.NaT),
        "pandas.NA": PlainValue(type(pd.NA), lambda v: [], lambda: pd.NA),
    }

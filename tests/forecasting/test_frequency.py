"""Offsets of pandas as plain values, and back."""

from __future__ import annotations

import pandas as pd
import pytest
from dateutil.relativedelta import MO
from pandas.tseries.holiday import USFederalHolidayCalendar

from textvec.forecasting._frequency import CalendarFrequency, offset_of, plain_frequency

OFFSETS = [
    *(pd.offsets.Day(3), pd.offsets.Hour(2), pd.offsets.Week(weekday=2), pd.offsets.BDay(2)),
    *(pd.offsets.QuarterEnd(startingMonth=2), pd.offsets.SemiMonthEnd(), pd.offsets.Easter()),
    pd.offsets.CustomBusinessDay(2, holidays=["2024-01-01"], weekmask="Mon Tue"),
    pd.offsets.CustomBusinessDay(calendar=USFederalHolidayCalendar()),
    pd.offsets.CustomBusinessMonthEnd(holidays=["2024-01-31"]),
    pd.offsets.BusinessHour(start="10:00", end="12:00"),
    pd.offsets.MonthBegin(normalize=True),
    pd.DateOffset(months=2, days=1),
]


def is_plain(value):
    if isinstance(value, (tuple, dict)):
        return all(map(is_plain, value.values() if isinstance(value, dict) else value))
    return type(value) in (str, int, bool)


@pytest.mark.parametrize("offset", OFFSETS, ids=repr)
def test_offsets_are_plain_values_that_make_them_again(offset):
    frequency = plain_frequency(offset)
    assert is_plain(frequency)
    assert offset_of(frequency) == offset


def test_an_offset_with_no_plain_form_stays():
    offset = pd.DateOffset(weekday=MO(1))
    frequency = plain_frequency(offset)
    assert offset_of(frequency) == offset


def test_an_alias_is_preferred():
    assert plain_frequency(pd.offsets.MonthBegin()) == "MS"
    assert isinstance(
        plain_frequency(pd.offsets.CBMonthEnd(holidays=["2024-01-31"])), CalendarFrequency
    )

"""The index of a forecast, against longer indexes of pandas."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest

from textvec.forecasting._step_index import check_same_labels, end_of

BERLIN = {"tz": "Europe/Berlin"}
HOLIDAYS = pd.offsets.CustomBusinessDay(holidays=["2024-01-18"], weekmask="Mon Tue Wed Thu")
LUNCH = pd.offsets.BusinessHour(start="11:00", end="14:00")
INDEXES = {
    "months": pd.date_range("1949-01", periods=20, freq="MS"),
    "days at a change of the clock": pd.date_range("2024-03-25", periods=20, freq="D", **BERLIN),
    "hours at a change of the clock": pd.date_range("2024-10-27", periods=20, freq="h", **BERLIN),
    "business days": pd.date_range("2024-01-01", periods=20, freq="B"),
    "holidays": pd.date_range("2024-01-01", periods=20, freq=HOLIDAYS),
    "business hours": pd.date_range("2024-01-01", periods=20, freq=LUNCH),
    "every 15th": pd.date_range("2024-01-15", periods=20, freq=pd.DateOffset(months=1)),
    "every second week": pd.date_range("2024-01-01", periods=20, freq="2W-MON", name="week"),
    "nanoseconds": pd.date_range("2024-01-01", periods=20, freq="5ns", unit="ns"),
    "an offset": pd.date_range("2024-01-01", periods=20, freq="D", tz="+02:00"),
    "periods": pd.period_range("2024-01", periods=20, freq="M", name="month"),
    "quarters of periods": pd.period_range("2024-01", periods=20, freq="2Q-FEB"),
    "durations": pd.timedelta_range("1h", periods=20, freq="90min"),
    "rows": pd.RangeIndex(20),
    "years": pd.Index(range(1990, 2030, 2), name="year"),
    "nullable": pd.Index(range(20), dtype="Int64"),
    "seconds": pd.Index(np.arange(20) / 10),
}


@pytest.mark.parametrize("name", INDEXES)
def test_an_index_goes_on_as_pandas_makes_it(name):
    index = INDEXES[name]
    found = end_of(index[:12], "y").after(8)
    assert found.name == index.name
    if index.dtype == float:
        np.testing.assert_allclose(found, index[12:])
        return
    assert found.equals(index[12:].astype(found.dtype))
    if isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex)):
        assert found.dtype == index.dtype
        assert found.freq == index.freq


INFERRED = [
    name
    for name, index in INDEXES.items()
    if isinstance(index, pd.DatetimeIndex) and name not in ("holidays", "business hours")
]


@pytest.mark.parametrize("name", INFERRED)
def test_a_frequency_is_inferred(name):
    index = INDEXES[name]
    found = end_of(pd.DatetimeIndex(list(index[:12]), name=index.name), "y").after(8)
    assert (found == index[12:]).all()


def test_times_that_a_change_of_the_clock_skips_or_repeats():
    spring = pd.date_range("2024-03-20 02:30", periods=9, freq="D", **BERLIN)
    found = end_of(spring, "y").after(4)
    assert found.strftime("%d %H:%M").tolist() == ["29 02:30", "30 02:30", "31 03:00", "01 02:30"]
    autumn = pd.date_range("2024-10-20 02:30", periods=6, freq="D", **BERLIN)
    assert end_of(autumn, "y").after(2).strftime("%d %H:%M %z").tolist() == [
        "26 02:30 +0200",
        "27 02:30 +0200",
    ]


MONTHS, DAYS = INDEXES["months"], pd.DatetimeIndex(list(INDEXES["business days"]))
REFUSED = {
    "a missing month": (
        MONTHS.delete(4),
        r"row 4 of y is of 1949-06-01, but 1949-05-01 follows row 3 .*y\.asfreq\('MS'\)",
    ),
    "a missing month of few": (MONTHS[:5].delete(2), "row 2 of y is of 1949-04-01, but 1949-03-01"),
    "a holiday": (DAYS.delete(7), r"row 7 of y is of 2024-01-11, .* 'B'.*CustomBusinessDay\(holid"),
    "a day too much": (
        DAYS.append(pd.DatetimeIndex(["2024-01-06"])).sort_values(),
        "row 5 of y is of 2024-01-06, but 2024-01-08",
    ),
    "a quarter of an hour": (
        pd.date_range("2024-01-01", periods=99, freq="15min").delete(50),
        "row 50 of y is of 2024-01-01 12:45:00, but 2024-01-01 12:30:00",
    ),
    "uneven days": (
        pd.DatetimeIndex(["2024-01-01", "2024-01-05", "2024-01-06"]),
        "row 1 of y is of 2024-01-05, but 2024-01-02",
    ),
    "uneven times": (
        pd.DatetimeIndex(["2024-01-01 12:00", "2024-01-01 12:07", "2024-01-02"]),
        r"no frequency: row 1 is 0 days 00:07:00 after row 0, .*resample\('D'\)",
    ),
    "one date": (MONTHS[:1].take([0])._with_freq(None), r"y has 1 date, .*y\.asfreq\('MS'\)"),
    "no date": (
        pd.DatetimeIndex(["2024-01-01", None, "2024-01-02"]),
        r"no value in row 1: .*y\[y\.index\.notna\(\)\]",
    ),
    "repeated": (MONTHS.take([0, 1, 1, 2]), "row 2 is of 1949-02-01.*, after 1949-02-01.*keep one"),
    "unsorted": (MONTHS.take([0, 2, 1]), r"row 2 is of 1949-02-01.*, after 1949-03.*sort_index\("),
    "a missing period": (
        INDEXES["periods"].delete(2),
        r"row 2 is of 2024-04, after 2024-02: y\.reindex\(pandas\.period_range\(",
    ),
    "unsorted periods": (INDEXES["periods"].take([1, 0]), "row 1 is of 2024-01, after 2024-02"),
    "a missing duration": (INDEXES["durations"].delete(3), "row 3 is of .*07:00:00"),
    "a missing year": (
        INDEXES["years"].delete(3),
        r"row 3 is of 1998, after 1994: y\.reindex\(range\(1990, 2028 \+ 1, 2\)\).*reset_index",
    ),
    "texts": (pd.Index(["1949-01", "1949-02"]), r"'1949-01' in row 0, .*pandas\.to_datetime\(y"),
    "objects": (pd.Index([datetime.date(2024, 1, 1)]), r"row 0, .*pandas\.to_datetime\(y\.index"),
    "levels": (pd.MultiIndex.from_tuples([("a", 1), ("a", 2)]), r"2 levels, .*y\.groupby\(level=0"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_continued_is_named(name):
    index, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        end_of(index, "y")


@pytest.mark.parametrize("labels", [[2, 0, 1], [5, 4, 3], [1, 1, 2], ["a", "b", "c"], [0.5, 0, 1]])
def test_what_says_nothing_of_time_goes_on_by_numbers_of_rows(labels):
    assert end_of(pd.Index(labels), "y").after(2).tolist() == [3, 4]


def test_dates_that_must_be_the_same():
    check_same_labels(MONTHS, MONTHS.as_unit("s"), "X", "that of y of")
    check_same_labels(pd.RangeIndex(3), MONTHS[:3], "X", "that of y of")  # numbers of rows
    with pytest.raises(ValueError, match="row 0 of X is of 1949-02-01.*, but that of y of 1949-01"):
        check_same_labels(MONTHS[1:], MONTHS[:-1], "X", "that of y of")
    with pytest.raises(ValueError, match="row 0 of X is of"):
        check_same_labels(MONTHS, MONTHS.tz_localize("UTC"), "X", "that of y of")

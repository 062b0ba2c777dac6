"""Numbers in any container: as floats, or an error that says which is none."""

from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest

from textvec._inputs._plain_array import plain_array

NAN = float("nan")


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([1, None, 2.5], [1, NAN, 2.5]),
        (pd.Series([1, None, 3], dtype="Int64"), [1, NAN, 3]),
        (pl.Series([1, None, 3]), [1, NAN, 3]),
        ([Decimal(2), np.float32(0.5), True], [2, 0.5, 1]),
        (["1", "2e3"], [1, 2000]),
        (np.array([1, 2], ">i2"), [1, 2]),
        ([2**70, 1], [2.0**70, 1]),
        (3, 3),
    ],
    ids=lambda value: str(type(value).__name__),
)
def test_numbers_are_floats_and_missing_ones_nan(items, expected):
    found = plain_array(items, "y", np.float64)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, np.asarray(expected, dtype=float))


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([1.0, "a"], "y must be numbers, got str_ at position 0: 1.0|at position 1: a"),
        ([[1], ["a"]], r"at position \(1, 0\): a"),
        ([1, datetime.date(2020, 1, 2)], "got date at position 1: 2020-01-02"),
        (np.array(["2020-01-02"], "M8[D]"), "got datetime64 at position 0: 2020-01-02"),
        (pd.Series(pd.to_datetime(["2020-01-02"])), "got Timestamp at position 0"),
        (np.array([1j]), "got complex128 at position 0"),
        ([10**400], "got int at position 0"),
        ([[1], [2, 3]], "y must be an array of numbers: .* inhomogeneous"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_is_no_number_is_named(items, message):
    with pytest.raises(ValueError, match=message):
        plain_array(items, "y", np.float64)


def test_what_is_no_number_in_kind_is_a_type_error():
    with pytest.raises(TypeError, match=r"got dict at position 0: \{'a': 1\}.* string or a real"):
        plain_array([{"a": 1}], "y", np.float64)

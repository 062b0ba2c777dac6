"""Series in every form a user holds them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from textvec import Ragged
from textvec.forecasting._series import check_steps, last_items, read_future, read_series


@pytest.mark.parametrize(
    "y",
    [[1, 2, 3], (1, 2, 3), np.array([1, 2, 3]), np.array([[1], [2], [3]]), pd.Series([1, 2, 3])],
    ids=["list", "tuple", "array", "column", "Series"],
)
def test_one_series(y):
    rows, columns, single, _ = read_series(None, y, "it")
    assert rows == Ragged(np.array([[1.0], [2.0], [3.0]]), [0, 3])
    assert columns.shape == (3, 0)
    assert single


@pytest.mark.parametrize(
    "y",
    [
        [[1, 2], [3.0]],
        ([1, 2], [3]),
        [np.array([1, 2]), pd.Series([3])],
        [[[1], [2]], [[3]]],
        Ragged.from_rows([[1, 2], [3]]),
    ],
    ids=["lists", "tuple", "arrays", "columns", "Ragged"],
)
def test_several_series(y):
    rows, columns, single, _ = read_series(None, y, "it")
    assert rows == Ragged(np.array([[1.0], [2.0], [3.0]]), [0, 2, 3])
    assert columns.shape == (3, 0)
    assert not single


def test_a_collection_of_one_series_is_no_single_series():
    assert not read_series(None, [[1, 2]], "it").single


def test_exogenous_columns_have_a_row_for_each_step():
    X = np.arange(6.0).reshape(3, 2)
    np.testing.assert_array_equal(read_series(X, [1, 2, 3], "it").columns, X)
    np.testing.assert_array_equal(read_series([X[:2], X[2:]], [[1, 2], [3]], "it").columns, X)
    assert read_series(pd.DataFrame(index=range(3)), [1, 2, 3], "it").columns.shape == (3, 0)


def test_futures_have_one_length():
    one, several = np.arange(6.0).reshape(3, 2), np.arange(12.0).reshape(2, 3, 2)
    np.testing.assert_array_equal(read_future(one, single=True), one[None])
    for X in (several, list(several), Ragged.from_rows(several)):
        np.testing.assert_array_equal(read_future(X, single=False), several)
    assert read_future(np.empty((4, 0)), single=True).shape == (1, 4, 0)
    with pytest.raises(ValueError, match="series 0 has 3 rows of X, but series 1 has 2: all must"):
        read_future([several[0], several[1][:2]], single=False)


def test_the_first_short_series_is_named():
    check_steps(read_series(None, [[1, 2], [3, 4]], "it"), 2, "it needs")
    with pytest.raises(ValueError, match="series 1 has 1 steps, but it needs at least 2"):
        check_steps(read_series(None, [[1, 2], [3], []], "it"), 2, "it needs")
    with pytest.raises(ValueError, match="y has 2 steps, but it needs at least 3"):
        check_steps(read_series(None, [1, 2], "it"), 3, "it needs")


def test_the_last_items_of_each_row():
    values, offsets = np.arange(5.0), np.array([0, 2, 5])
    np.testing.assert_array_equal(last_items(values, offsets, 2), [[0, 1], [3, 4]])
    assert last_items(values, offsets, 0).shape == (2, 0)
    pairs = np.column_stack([values, -values])
    np.testing.assert_array_equal(last_items(pairs, offsets, 1), [[[1, -1]], [[4, -4]]])


@pytest.mark.parametrize("name", ["y", "X"])
@pytest.mark.parametrize("order", [[0, 2, 1, 3], [0, 1, 1, 2]])
@pytest.mark.parametrize("kind", [pd.date_range, pd.period_range])
def test_dates_out_of_order_are_named(name, order, kind):
    index = kind("2024-01-01", periods=4, freq="D")
    y = pd.Series([1.0, 2, 3, 4], index)
    assert read_series(y.to_frame(), y, "F").rows.values.ravel().tolist() == [1, 2, 3, 4]
    given = {"y": y, "X": y.to_frame()}
    given[name] = given[name].iloc[order]
    with pytest.raises(ValueError, match=rf"steps of {name} must be in order .* row 2 is of 2024"):
        read_series(given["X"], given["y"], "F")
    shuffled = pd.DataFrame({"a": [1.0, 2, 3]}, [2, 0, 1])  # numbers of rows say nothing of time
    assert read_series(shuffled, [1, 2, 3], "F").columns.ravel().tolist() == [1, 2, 3]

"""Lag windows, differences and their inverse, against loops over each series."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from textvec.forecasting._lag_windows import lag_windows, make_windows, with_exogenous
from textvec.forecasting._series import read_series

RNG = np.random.default_rng(0)
SERIES = RNG.normal(size=40).cumsum() + 50


def test_windows_are_those_cut_by_hand_and_share_one_array():
    data, _ = make_windows(read_series(None, SERIES, "it"), (), 5, 2)
    z = (SERIES - SERIES.mean()) / SERIES.std()
    rows = data.sequences
    assert len(rows) == 40 - 5 - 2 + 1
    assert rows.values.shape == (40, 1)  # not copied
    for i, (start, length) in enumerate(zip(rows.starts, rows.lengths, strict=True)):
        np.testing.assert_allclose(rows.values[start : start + length, 0], z[i : i + 5], rtol=1e-5)
    np.testing.assert_allclose(data.targets, sliding_window_view(z, 2)[5:], rtol=1e-5)


def test_windows_of_differences_of_several_series_with_columns():
    lengths = [14, 12, 17]
    series = [RNG.normal(size=n).cumsum() for n in lengths]
    columns = [RNG.normal(size=(n, 2)) for n in lengths]
    data, origin = make_windows(read_series(columns, series, "it"), (3, 1), 4, 2)
    rows, at = data.sequences, 0
    for number, (y, x) in enumerate(zip(series, columns, strict=True)):
        changes = np.diff(y[3:] - y[:-3])
        z = (changes - changes.mean()) / changes.std()
        for first in range(len(z) - 4 - 2 + 1):
            window = rows.values[rows.starts[at] : rows.starts[at] + 4]
            now = first + 4 + np.arange(4)  # the step of y that each step of the window ends at
            expected = np.column_stack([z[first : first + 4], x[now + 1], x[now + 2]])
            np.testing.assert_allclose(window, expected, rtol=1e-4, atol=1e-6)
            np.testing.assert_allclose(
                data.targets[at], z[first + 4 : first + 6], rtol=1e-4, atol=1e-6
            )
            assert data.series[at] == number
            at += 1
        np.testing.assert_array_equal(origin.values[number], y[-8:])
        np.testing.assert_array_equal(origin.columns[number], x[-3:])
    assert at == len(rows)


@pytest.mark.parametrize("differences", [(), (1,), (5,), (5, 1), (1, 1, 3)])
def test_differences_are_undone(differences):
    _, origin = make_windows(
        read_series(None, [SERIES[:30], SERIES[5:35]], "it"), differences, 3, 1
    )
    came = np.stack([SERIES[30:], np.append(SERIES[35:], SERIES[:5])])
    whole = np.concatenate([np.stack([SERIES[:30], SERIES[5:35]]), came], axis=1)
    for lag in differences:
        whole = whole[:, lag:] - whole[:, :-lag]
    np.testing.assert_allclose(origin.scaled(), (whole[:, -13:-10] - origin.mean) / origin.scale)
    np.testing.assert_allclose(origin.original((whole[:, -10:] - origin.mean) / origin.scale), came)


def test_a_constant_series_has_scale_one_and_keeps_its_lengths():
    data, origin = make_windows(read_series(None, [[3.0] * 6, [1, 2, 3, 4.0]], "it"), (), 2, 1)
    assert data.series.tolist() == [0, 0, 0, 0, 1, 1]
    assert origin.n_lags == 2
    np.testing.assert_allclose(origin.mean, [[3], [2.5]])
    np.testing.assert_allclose(origin.scale, [[1], [np.std([1, 2, 3, 4])]])
    np.testing.assert_array_equal(origin.values, [[3, 3], [3, 4]])


def test_windows_share_a_flat_array_and_exogenous_columns_stand_behind_the_values():
    first, second = np.full((3, 2), 5.0), np.full((3, 2), 6.0)
    values = with_exogenous(np.arange(3.0)[:, None], [first, second])
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values[1], [1, 5, 5, 6, 6])
    np.testing.assert_array_equal(with_exogenous(np.arange(3.0)[:, None], []), [[0], [1], [2]])
    windows = lag_windows(values, np.array([0, 1]), 2)
    assert windows.values is values
    assert windows.lengths.tolist() == [2, 2]

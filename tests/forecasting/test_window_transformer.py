"""WindowTransformer against slices and NumPy's sliding windows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.pipeline import make_pipeline

from textvec import RNNRegressor, SequencePadder, WindowTransformer

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("length", [1, 3, 20])
@pytest.mark.parametrize("rate", [1, 2, 5])
@pytest.mark.parametrize("shape", [(12,), (12, 1), (12, 3)])
def test_windows_are_slices(length, rate, shape):
    series = RNG.normal(size=shape)
    rows = WindowTransformer(length, sampling_rate=rate).fit_transform(series)
    assert len(rows) == len(series)
    for step, row in enumerate(rows):
        np.testing.assert_array_equal(row, series[: step + 1][::-1][::rate][:length][::-1])


def test_whole_windows_are_those_of_numpy():
    series = RNG.normal(size=30)
    rows = WindowTransformer(7).transform(series)
    np.testing.assert_array_equal(rows[6:].to_padded(), sliding_window_view(series, 7))


def test_whole_windows_are_those_of_keras(keras):
    sequence = pytest.importorskip("keras.src.legacy.preprocessing.sequence")
    data, targets = RNG.normal(size=(20, 2)), RNG.normal(size=20)
    theirs = sequence.TimeseriesGenerator(data, targets, length=6, sampling_rate=2, batch_size=99)
    windows, after = theirs[0]
    # It takes the steps 0, 2, 4 of 6, and the target of the step after these 6.
    rows = WindowTransformer(3, sampling_rate=2).transform(data)
    np.testing.assert_array_equal(rows[4:-2].to_padded(), windows)
    np.testing.assert_array_equal(targets[6:], after)


def test_integers_are_numbers_not_ids():
    assert WindowTransformer(2).transform([1, 2, 3]).dtype == np.float64
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]}, index=[7, 9])
    assert WindowTransformer(2).transform(frame).to_list() == [[[1, 3]], [[1, 3], [2, 4]]]
    single = WindowTransformer(2).transform(np.zeros(3, np.float32))
    assert single.dtype == np.float32


def test_a_network_learns_from_windows():
    series = np.sin(np.arange(80))
    model = make_pipeline(
        WindowTransformer(4),
        RNNRegressor(hidden_size=8, learning_rate_init=0.03, max_iter=30, random_state=0),
    ).fit(series[:-1], series[1:])
    assert model.score(series[:-1], series[1:]) > 0.9
    assert SequencePadder(4).fit_transform(WindowTransformer(4).transform(series)).shape == (80, 4)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([1.0, np.nan], "X contains NaN"),
        ([], "Found array with 0 sample"),
        (np.zeros((2, 2, 2)), "dim 3"),
    ],
)
def test_what_is_no_series_is_named(X, message):
    with pytest.raises(ValueError, match=message):
        WindowTransformer(2).transform(X)
    with pytest.raises(ValueError, match="'length' parameter of WindowTransformer"):
        WindowTransformer(0).fit(X)


def test_parameters_set_after_fit_are_checked():
    with pytest.raises(ValueError, match="'length' parameter of WindowTransformer"):
        WindowTransformer(2).fit(np.arange(9.0)).set_params(length=0).transform(np.arange(9.0))


def test_several_series_name_the_way_out():
    rows = [np.arange(3.0), np.arange(5.0)]
    for several in (rows, [row.tolist() for row in rows]):
        with pytest.raises(ValueError, match=r"one series, got a list of series.*transform each"):
            WindowTransformer(length=2).fit_transform(several)

"""Naive forecasts by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score
from sklearn.model_selection import TimeSeriesSplit, cross_val_score

from textvec import NaiveForecaster

SERIES = np.random.default_rng(0).normal(size=40).cumsum() + 50


def test_naive_forecasts_by_hand():
    np.testing.assert_array_equal(NaiveForecaster().fit(y=[3, 1, 2]).predict(horizon=3), [2, 2, 2])
    seasonal = NaiveForecaster(season_length=3).fit(y=[9, 1, 2, 3])
    np.testing.assert_array_equal(seasonal.predict(), [1, 2, 3])
    np.testing.assert_array_equal(seasonal.predict(np.empty((5, 0))), [1, 2, 3, 1, 2])
    several = NaiveForecaster(season_length=2).fit(y=[[1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(several.predict(horizon=3), [[1, 2, 1], [4, 5, 4]])
    assert several.score(None, [[1, 2, 1], [4, 5, 4]]) == 1


def test_the_baseline_takes_the_same_columns():
    frame = pd.DataFrame({"holiday": np.arange(40) % 7})
    naive = NaiveForecaster(season_length=7)
    scores = cross_val_score(naive, frame, SERIES, cv=TimeSeriesSplit(2, test_size=7))
    assert scores[1] == r2_score(SERIES[33:], SERIES[26:33])
    assert naive.fit(frame, SERIES).feature_names_in_.tolist() == ["holiday"]
    assert not hasattr(naive.fit(y=SERIES), "feature_names_in_")


def test_the_constructor_takes_its_parameter_by_name():
    assert repr(NaiveForecaster(season_length=7)) == "NaiveForecaster(season_length=7)"
    assert NaiveForecaster().get_params() == {"season_length": 1}
    with pytest.raises(TypeError, match="positional"):
        NaiveForecaster(7)
    with pytest.raises(ValueError, match="'season_length' parameter of NaiveForecaster must be an"):
        NaiveForecaster(season_length=0).fit(y=SERIES)


def test_a_series_shorter_than_a_season_is_named():
    with pytest.raises(
        ValueError, match="series 1 has 2 steps, but season_length=3 needs at least 3"
    ):
        NaiveForecaster(season_length=3).fit(y=[SERIES, SERIES[:2]])


def test_several_targets_and_new_series():
    pair = np.array([[1, 10], [2, 20], [3, 30]])
    naive = NaiveForecaster(season_length=2).fit(y=pair)
    np.testing.assert_array_equal(naive.predict(horizon=3), [[2, 20], [3, 30], [2, 20]])
    several = naive.predict(horizon=1, past=[pair[:2], -pair, pair], new_series=True)
    np.testing.assert_array_equal(several, [[[1, 10]], [[-2, -20]], [[2, 20]]])
    panel = NaiveForecaster().fit(y=[pair, pair[:2]])
    np.testing.assert_array_equal(panel.predict(horizon=1), [[[3, 30]], [[2, 20]]])
    assert panel.past_.tolist() == [[3], [30], [2], [20]]
    with pytest.raises(ValueError, match="on series of 2 columns, but past has 1"):
        naive.predict(past=[1, 2])

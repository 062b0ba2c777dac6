"""Intervals of forecasts against quantiles by hand, and the share of values that they hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import TimeSeriesSplit, cross_val_score

from textvec import ConformalForecaster, NaiveForecaster, RNNForecaster

RNG = np.random.default_rng(0)
SERIES = RNG.normal(size=60).cumsum() + 50
NETWORK = RNNForecaster(cell="gru", hidden_size=4, n_lags=4, max_iter=2, random_state=0)
MONTHS = pd.date_range("2020", periods=70, freq="MS")


def test_intervals_are_quantiles_of_past_errors():
    model = ConformalForecaster(NaiveForecaster(), horizon=3, n_windows=19).fit(y=SERIES)
    lower, upper = model.predict_interval(coverage=0.9)
    for ahead in (1, 2, 3):
        stops = np.arange(60 - 3 - 18, 58)
        errors = np.sort(np.abs(SERIES[stops - 1 + ahead] - SERIES[stops - 1]))
        np.testing.assert_allclose(upper[ahead - 1], SERIES[-1] + errors[17])  # the 18th of 19
        np.testing.assert_allclose(lower[ahead - 1], SERIES[-1] - errors[17])
    np.testing.assert_array_equal(model.predict(), [SERIES[-1]] * 3)
    assert model.predict_interval(horizon=2, coverage=0.95).lower.shape == (2,)


@pytest.mark.parametrize("refit", [False, True])
def test_errors_are_of_steps_that_were_not_learned_from(refit):
    model = ConformalForecaster(NETWORK, horizon=2, n_windows=3, refit=refit).fit(y=SERIES)
    rows = []
    for stop in (56, 57, 58):
        known = clone(NETWORK).fit(y=SERIES[: stop if refit else 56])
        rows.append(np.abs(known.predict(horizon=2, past=SERIES[:stop]) - SERIES[stop : stop + 2]))
    np.testing.assert_allclose(model.errors_[:, 0], np.sort(rows, axis=0))
    whole = clone(NETWORK).fit(y=SERIES).predict(horizon=2)
    np.testing.assert_array_equal(model.predict(), whole)


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.95])
def test_intervals_hold_the_share_that_was_wanted(coverage):
    y = np.random.default_rng(1).normal(size=3000)
    model = ConformalForecaster(NaiveForecaster(), horizon=2, n_windows=900).fit(y=y[:1000])
    held = []
    for stop in range(1000, 2998):
        lower, upper = model.predict_interval(coverage=coverage, past=y[:stop])
        held.append((lower <= y[stop : stop + 2]) & (y[stop : stop + 2] <= upper))
    assert np.abs(np.mean(held, axis=0) - coverage).max() < 0.03


def test_forms_of_intervals():
    series = pd.Series(SERIES, MONTHS[:60], name="sales")
    model = ConformalForecaster(NaiveForecaster(), horizon=2, n_windows=9)
    lower, upper = model.fit(y=series).predict_interval()
    assert lower.index.equals(MONTHS[60:62])
    assert upper.name == "sales"
    assert (lower < model.predict()).all()
    frame = pd.DataFrame({"a": SERIES, "b": 100 * SERIES}, MONTHS[:60])
    lower, upper = model.fit(y=frame).predict_interval()
    np.testing.assert_allclose((upper - lower)["b"], 100 * (upper - lower)["a"])
    panel = model.fit(y=[series, 2 * series[:40]]).predict_interval()
    assert panel.upper[1].index.equals(MONTHS[40:42])
    polars = model.fit(y=pl.DataFrame({"a": SERIES, "b": SERIES})).predict_interval()
    assert polars.lower.columns == ["a", "b"]
    later = model.fit(y=series[:50]).predict_interval(past=series)
    assert later.lower.index.equals(MONTHS[60:62])


def test_a_transformed_target_gets_intervals_and_keeps_the_index():
    logs = TransformedTargetRegressor(NaiveForecaster(), func=np.log, inverse_func=np.exp)
    series = pd.Series(SERIES, MONTHS[:60])
    model = ConformalForecaster(logs, horizon=2, n_windows=9, refit=True).fit(y=series)
    assert model.predict_interval().upper.index.equals(MONTHS[60:62])
    np.testing.assert_allclose(model.predict(), [SERIES[-1]] * 2)
    with pytest.raises(TypeError, match="past is continued by forecasters of textvec alone, not"):
        model.predict(past=series)
    with pytest.raises(TypeError, match="refit=False needs a forecaster of textvec"):
        model.set_params(refit=False).fit(y=series)


def test_exogenous_columns_and_scores():
    columns = pd.DataFrame({"price": RNG.normal(size=63)}, MONTHS[:63])
    model = ConformalForecaster(NETWORK, horizon=3, n_windows=9).fit(columns[:60], SERIES)
    expected = clone(NETWORK).fit(columns[:60], SERIES).predict(columns[60:])
    np.testing.assert_array_equal(model.predict(columns[60:]), expected)
    lower, upper = model.predict_interval(columns[60:], past=SERIES, past_X=columns[:60])
    np.testing.assert_allclose((lower + upper) / 2, expected)
    assert model.score(columns[60:], expected + 0.1) == r2_score(expected + 0.1, expected)
    assert model.feature_names_in_.tolist() == ["price"]
    with pytest.raises(ValueError, match="fitted with 1 exogenous columns"):
        model.predict()
    with pytest.raises(ValueError, match="past_X has the exogenous columns of past: pass past"):
        model.predict(columns[60:], past_X=columns[:60])
    plain = ConformalForecaster(NaiveForecaster(), n_windows=2)
    scores = cross_val_score(plain, np.empty((60, 0)), SERIES, cv=TimeSeriesSplit(2, test_size=5))
    assert scores[1] == r2_score(SERIES[55:], np.full(5, SERIES[54]))


def test_what_cannot_be_had_is_named():
    model = ConformalForecaster(NaiveForecaster(), horizon=2, n_windows=9)
    with pytest.raises(ValueError, match="has 10 steps, but horizon=2 and n_windows=9 need .* 11"):
        model.fit(y=SERIES[:10])
    model.fit(y=SERIES[:11])
    with pytest.raises(ValueError, match="coverage=0.95 needs at least 19 errors, but there are 9"):
        model.predict_interval(coverage=0.95)
    for coverage in (0, 1, 90, -0.1, np.nan, True, "0.9", None):
        with pytest.raises(ValueError, match="coverage must be a number between 0 and 1, got"):
            model.predict_interval(coverage=coverage)
    with pytest.raises(ValueError, match="are 3 steps to forecast, but the errors of 2 ahead"):
        model.predict_interval(horizon=3)
    assert model.predict(horizon=3).shape == (3,)
    with pytest.raises(ValueError, match="horizon must be at least 1, and below .* got 0"):
        model.predict(horizon=0)
    with pytest.raises(TypeError, match="pass the number of steps as horizon=12"):
        model.predict(12)


def test_a_failed_fit_changes_nothing():
    model = ConformalForecaster(NaiveForecaster(), n_windows=3).fit(y=SERIES)
    with pytest.raises(ValueError, match="NaN"):
        model.fit(y=[1.0, np.nan, 2])
    assert model.predict().tolist() == [SERIES[-1]]

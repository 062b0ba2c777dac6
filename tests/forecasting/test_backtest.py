"""Backtests against loops over splits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.metrics import mean_squared_error, root_mean_squared_error
from sklearn.model_selection import GridSearchCV, KFold, TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from textvec import NaiveForecaster, Ragged, RNNForecaster, backtest

RNG = np.random.default_rng(0)
SERIES = RNG.normal(size=40).cumsum() + 50
COLUMNS = RNG.normal(size=(40, 2))
NETWORK = RNNForecaster(cell="gru", hidden_size=4, n_lags=4, max_iter=2, random_state=0)
SPLIT = TimeSeriesSplit(3, test_size=4)
PAIR = np.column_stack([SERIES, -SERIES])


def test_a_backtest_is_a_loop_over_splits():
    result = backtest(NETWORK, SERIES, COLUMNS, cv=SPLIT)
    expected = []
    for train, test in SPLIT.split(SERIES):
        model = clone(NETWORK).fit(COLUMNS[train], SERIES[train])
        expected.append(model.predict(COLUMNS[test]))
    np.testing.assert_array_equal(result.y_pred, np.concatenate(expected))
    np.testing.assert_array_equal(result.y_true, SERIES[28:])
    assert result.split.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert result.step.tolist() == [1, 2, 3, 4] * 3
    assert result.position.tolist() == list(range(28, 40))
    assert not result.series.any()
    errors = np.abs(SERIES[28:].reshape(3, 4) - np.stack(expected))
    np.testing.assert_allclose(result.scores(), errors.mean(axis=1))
    squares = result.scores(mean_squared_error)
    np.testing.assert_allclose(squares, (errors**2).mean(axis=1))
    np.testing.assert_allclose(result.scores(root_mean_squared_error), np.sqrt(squares))


def test_a_model_that_is_not_refitted_continues_the_past():
    result = backtest(NETWORK, SERIES, COLUMNS, cv=SPLIT, refit=False)
    model = clone(NETWORK).fit(COLUMNS[:28], SERIES[:28])
    for number, stop in enumerate((28, 32, 36)):
        after = model.predict(COLUMNS[stop : stop + 4], past=SERIES[:stop], past_X=COLUMNS[:stop])
        np.testing.assert_array_equal(result.y_pred[result.split == number], after)


@pytest.mark.parametrize("refit", [True, False])
def test_several_series_are_split_each_for_itself(refit):
    panel = [PAIR, PAIR[:25], PAIR[5:]]
    result = backtest(NETWORK, panel, cv=SPLIT, refit=refit)
    assert result.y_pred.shape == (36, 2)
    assert result.series.tolist() == ([0] * 4 + [1] * 4 + [2] * 4) * 3
    first = clone(NETWORK).fit(y=[PAIR[:28], PAIR[:13], PAIR[5:28]]).predict(horizon=4)
    np.testing.assert_array_equal(result.y_pred[:12].reshape(3, 4, 2), first)
    np.testing.assert_array_equal(result.y_true[4:8], PAIR[13:17])
    as_ragged = backtest(NETWORK, Ragged.from_rows(panel), cv=SPLIT, refit=refit)
    np.testing.assert_array_equal(as_ragged.y_pred, result.y_pred)
    with pytest.raises(ValueError, match="the tests of several series must be of one length"):
        backtest(NaiveForecaster(), panel, cv=3)


def test_gaps_and_limits_of_a_splitter():
    gap = TimeSeriesSplit(2, test_size=3, gap=2, max_train_size=5)
    result = backtest(NaiveForecaster(season_length=5), SERIES, COLUMNS, cv=gap)
    assert result.step.tolist() == [3, 4, 5] * 2
    np.testing.assert_array_equal(result.y_pred[3:], SERIES[30:35][[2, 3, 4]][:3])
    pairs = backtest(NaiveForecaster(), SERIES, cv=[([3, 4], [5]), (range(9), [9, 12])])
    assert pairs.position.tolist() == [5, 9, 12]
    np.testing.assert_array_equal(pairs.y_pred, SERIES[[4, 8, 8]])
    assert len(backtest(NaiveForecaster(), SERIES).scores()) == 5
    assert len(backtest(NaiveForecaster(), iter(SERIES), cv=np.int64(2)).scores()) == 2


def test_pipelines_searches_and_transformed_targets():
    pipeline = make_pipeline(StandardScaler(), NETWORK)
    scaled = backtest(pipeline, SERIES, pd.DataFrame(COLUMNS, columns=["a", "b"]), cv=SPLIT)
    assert np.isfinite(scaled.y_pred).all()
    logs = TransformedTargetRegressor(NaiveForecaster(), func=np.log, inverse_func=np.exp)
    np.testing.assert_allclose(
        backtest(logs, SERIES, cv=SPLIT).y_pred, SERIES[[27, 31, 35]].repeat(4)
    )
    search = GridSearchCV(NaiveForecaster(), {"season_length": [1, 2]}, cv=TimeSeriesSplit(2))
    assert backtest(search, SERIES, cv=2).y_pred.shape == (26,)
    with pytest.raises(TypeError, match="refit=False needs .* got TransformedTargetRegressor"):
        backtest(logs, SERIES, cv=SPLIT, refit=False)


def test_scaled_errors():
    result = backtest(NaiveForecaster(), [PAIR, 10 * PAIR], cv=SPLIT)
    alone = backtest(NaiveForecaster(), SERIES, cv=SPLIT)
    np.testing.assert_allclose(result.scaled_errors(), alone.scaled_errors())
    past = SERIES[:32]
    expected = np.abs(SERIES[32:36] - past[-1]).mean() / np.abs(past[3:] - past[:-3]).mean()
    np.testing.assert_allclose(alone.scaled_errors(3)[1], expected)
    with pytest.raises(ValueError, match="season_length=30: the 28 steps .* no two seasons"):
        alone.scaled_errors(30)
    with pytest.raises(ValueError, match="season_length must be at least 1, got 0"):
        alone.scaled_errors(0)
    with pytest.raises(TypeError, match="season_length must be an integer"):
        alone.scaled_errors(1.5)


def test_it_is_printed_as_a_table_of_its_splits():
    result = backtest(NaiveForecaster(), np.array([1.0, 2.0, 4.0, 7.0, 11.0]), cv=2)
    title, header, *rows = repr(result).splitlines()
    assert title == "2 forecasts, mean absolute error 3.5"
    assert header.split() == ["split", "forecasts", "mean", "absolute", "error"]
    assert [row.split() for row in rows] == [["0", "1", "3"], ["1", "1", "4"]]
    page = result._repr_html_()
    assert "Backtest: 2 forecasts, mean absolute error 3.5" in page
    assert page.count("<tr>") == 3
    many = backtest(NaiveForecaster(), PAIR, cv=20)
    assert repr(many).splitlines()[-1] == "and 8 more"
    assert "8 more splits" in many._repr_html_()
    assert f"error {many.scores().mean():.4g}\n" in repr(many)


def test_frames():
    months = pd.date_range("2020", periods=40, freq="MS")
    frame = backtest(NaiveForecaster(), pd.Series(SERIES, months), cv=SPLIT).to_frame()
    assert frame.columns.tolist() == ["split", "series", "position", "step", "y_true", "y_pred"]
    assert frame.index.equals(months[28:])
    np.testing.assert_array_equal(frame["y_true"], SERIES[28:])
    several = backtest(NaiveForecaster(), pd.DataFrame(PAIR, months), cv=SPLIT).to_frame()
    assert several.columns[4:].tolist() == ["y_true_0", "y_true_1", "y_pred_0", "y_pred_1"]
    assert backtest(NaiveForecaster(), SERIES, cv=SPLIT).to_frame().index.tolist() == [*range(12)]
    polars = backtest(NaiveForecaster(), pl.Series(SERIES), pl.DataFrame(COLUMNS), cv=SPLIT)
    np.testing.assert_array_equal(polars.y_pred, frame["y_pred"])


@pytest.mark.parametrize(
    "cv", [KFold(2, shuffle=True, random_state=0), [([0, 2], [3])], [([0, 1], [1, 2])], [([], [1])]]
)
def test_splits_that_are_none_of_time_are_refused(cv):
    with pytest.raises(ValueError, match="split 0 of cv does not test on steps after consecutive"):
        backtest(NaiveForecaster(), SERIES, cv=cv)

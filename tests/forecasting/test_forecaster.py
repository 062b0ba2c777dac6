"""What holds for every forecaster: which series and futures are refused, and how."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from textvec import NaiveForecaster, Ragged, RNNForecaster

SERIES = np.random.default_rng(0).normal(size=40).cumsum() + 50
SMALL = {"cell": "gru", "hidden_size": 4, "max_iter": 2, "random_state": 0}
BOTH = pytest.mark.parametrize("model", [NaiveForecaster(), RNNForecaster(**SMALL)], ids=repr)


@BOTH
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_gaps_are_named(model, bad):
    y = SERIES.copy()
    y[17] = bad
    kind = "NaN" if np.isnan(bad) else "infinity"
    with pytest.raises(ValueError, match=f"y contains {kind}.* at step 17: fill gaps"):
        model.fit(y=y)
    with pytest.raises(ValueError, match=f"y contains {kind}.* at step 17 of series 1: fill"):
        model.fit(y=[SERIES, y])
    columns = np.zeros((40, 2))
    columns[3, 1] = bad
    with pytest.raises(ValueError, match=f"X contains {kind}.* at step 3: fill gaps"):
        model.fit(columns, SERIES)
    model.fit(np.zeros((40, 2)), SERIES)
    with pytest.raises(ValueError, match=f"X contains {kind}.* at step 3: fill gaps"):
        model.predict(columns)


@BOTH
def test_forms_that_are_no_series_are_refused(model):
    with pytest.raises(ValueError, match="requires y to be passed"):
        model.fit(np.zeros((40, 1)))
    with pytest.raises(ValueError, match=r"steps of shape \(2, 1\): one series has shape"):
        model.fit(y=[np.zeros((40, 2, 1))])
    with pytest.raises(ValueError, match="minimum of 1 is required"):
        model.fit(y=[])
    with pytest.raises(ValueError, match="holds no series"):
        model.fit(y=Ragged.from_rows([]))
    with pytest.raises(ValueError, match="inconsistent numbers of samples: 39 and 40"):
        model.fit(np.zeros((39, 1)), SERIES)
    with pytest.raises(ValueError, match="series 1 has 40 steps, but 39 rows of X"):
        model.fit([np.zeros((40, 1)), np.zeros((39, 1))], [SERIES, SERIES])
    with pytest.raises(ValueError, match="y holds 2 series, but X 1"):
        model.fit([np.zeros((40, 1))], [SERIES, SERIES])
    with pytest.raises(ValueError, match="X must have a row of columns for each step"):
        model.fit([np.zeros(40), np.zeros(40)], [SERIES, SERIES])


@BOTH
def test_futures_that_do_not_fit_are_refused(model):
    alone = clone(model).fit(y=SERIES)
    with pytest.raises(ValueError, match="horizon must be at least 1, and below .* got 0"):
        alone.predict(horizon=0)
    with pytest.raises(ValueError, match="X has 2 features, but .* is expecting 0 features"):
        alone.predict(np.zeros((5, 2)))
    with pytest.raises(ValueError, match="X has 5 rows, but horizon is 6"):
        alone.predict(np.zeros((5, 0)), horizon=6)
    with pytest.raises(
        ValueError, match="y must hold series of one length, got 2 series of 3 to 4"
    ):
        alone.score(None, [[1, 2, 3], [1, 2, 3, 4]])
    with_columns = clone(model).fit(np.zeros((40, 2)), SERIES)
    with pytest.raises(ValueError, match="fitted with 2 exogenous columns: it needs those"):
        with_columns.predict(horizon=3)


@pytest.mark.parametrize("horizon", [[1, 2, 3], "3", 2.0, True, np.array([1, 2])])
def test_a_horizon_that_is_no_number_of_steps(horizon):
    model = NaiveForecaster().fit(y=np.arange(9.0))
    with pytest.raises(TypeError, match="horizon must be an int, the number of steps"):
        model.predict(horizon=horizon)


def test_horizons_of_numpy_and_in_the_place_of_columns():
    model = NaiveForecaster().fit(y=np.arange(9.0))
    assert model.predict(horizon=np.int64(3)).tolist() == [8, 8, 8]
    with pytest.raises(TypeError, match="pass the number of steps as horizon=12"):
        model.predict(12)
    with pytest.raises(ValueError, match="X has no rows"):
        model.predict(np.empty((0, 0)))
    with pytest.raises(ValueError, match=r"the series is y, as in fit\(y=series\)"):
        NaiveForecaster().fit(np.arange(9.0))


def test_steps_of_one_column_are_one_series():
    assert NaiveForecaster().fit(y=[[1.0], [2.0], [3.0]]).n_series_ is None
    arrays = np.empty(2, dtype=object)
    arrays[:] = [np.arange(3.0), np.arange(2.0)]
    assert NaiveForecaster().fit(y=arrays).predict(horizon=1).tolist() == [[2], [1]]


# --- past -------------------------------------------------------------------------------------

SEVERAL = [SERIES, 50 * SERIES[:30], SERIES[5:] - 90]


@BOTH
def test_the_past_of_fit_changes_nothing(model):
    model = clone(model).fit(y=SERIES)
    for past in (SERIES, SERIES.tolist(), iter(SERIES), SERIES[:, None], SERIES[-13:]):
        np.testing.assert_array_equal(model.predict(horizon=5, past=past), model.predict(horizon=5))
    model.fit(y=SEVERAL)
    for past in (SEVERAL, Ragged.from_rows(SEVERAL), [row[-13:] for row in SEVERAL]):
        np.testing.assert_array_equal(model.predict(horizon=5, past=past), model.predict(horizon=5))
    columns, future = np.random.default_rng(1).normal(size=(2, 40, 2))
    model.fit(columns, SERIES)
    again = model.predict(future[:5], past=SERIES, past_X=columns)
    np.testing.assert_array_equal(again, model.predict(future[:5]))


@BOTH
def test_a_past_is_not_kept(model):
    model = clone(model).fit(y=SERIES)
    before = model.predict(horizon=5)
    assert (model.predict(horizon=5, past=SERIES[:30]) != before).all()
    np.testing.assert_array_equal(model.predict(horizon=5), before)


@BOTH
def test_pasts_that_do_not_fit_are_refused(model):
    alone = clone(model).fit(y=SERIES)
    with pytest.raises(
        ValueError,
        match="on one series, but past is a list of 2 series: it must hold .* new_series",
    ):
        alone.predict(past=[SERIES, SERIES])
    with pytest.raises(ValueError, match="past_X has 2 features, but .* is expecting 0 features"):
        alone.predict(past=SERIES, past_X=np.zeros((40, 2)))
    with pytest.raises(ValueError, match="past_X has the exogenous columns of past: pass past"):
        alone.predict(past_X=np.zeros((40, 2)))
    with pytest.raises(ValueError, match="past contains NaN at step 1: fill gaps"):
        alone.predict(past=[1.0, np.nan])
    several = clone(model).fit(y=SEVERAL)
    with pytest.raises(ValueError, match="list of 3 series, but past is one series"):
        several.predict(past=SERIES)
    with_columns = clone(model).fit(np.zeros((40, 2)), SERIES)
    with pytest.raises(ValueError, match="fitted with 2 exogenous columns: .* as past_X"):
        with_columns.predict(np.zeros((3, 2)), past=SERIES)
    with pytest.raises(
        ValueError, match="past_X and past must have a row for each step, .* 39 and"
    ):
        with_columns.predict(np.zeros((3, 2)), past=SERIES, past_X=np.zeros((39, 2)))
    with pytest.raises(
        ValueError, match="past_X must have a row of columns for each step|2D array"
    ):
        with_columns.predict(np.zeros((3, 2)), past=SERIES, past_X=np.zeros(40))


def test_columns_of_a_past_are_those_of_fit():
    frame = pd.DataFrame({"price": SERIES, "holiday": np.arange(40) % 7})
    model = NaiveForecaster().fit(frame, SERIES)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame[:3], past=SERIES, past_X=frame[["holiday", "price"]])


def test_a_past_that_is_too_short_is_named():
    naive = NaiveForecaster(season_length=3).fit(y=SERIES)
    with pytest.raises(ValueError, match="past has 2 steps, but season_length=3 needs at least 3"):
        naive.predict(past=[1, 2])
    network = RNNForecaster(n_lags=4, differences=(2, 1), **SMALL).fit(y=[SERIES, SERIES])
    need = r"series 1 of past has 6 steps, but n_lags=4 and differences=\(2, 1\) need at least 7"
    with pytest.raises(ValueError, match=need):
        network.predict(past=[SERIES, SERIES[:6]])
    assert network.predict(past=[SERIES, SERIES[:7]]).shape == (2, 1)

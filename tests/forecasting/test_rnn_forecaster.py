"""RNNForecaster against loops over plain torch."""

from __future__ import annotations

import pickle
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from textvec import Ragged, RNNForecaster
from textvec.nn import SequenceNet

RNG = np.random.default_rng(0)
SERIES = RNG.normal(size=40).cumsum() + 50
SMALL = {"cell": "gru", "hidden_size": 4, "max_iter": 2, "random_state": 0}


def units(values):
    return values.mean(), values.std()


def run(model, windows):
    """Return what the network says of windows (n, n_lags[, width]), by plain torch."""
    module = deepcopy(model.net_.module_).cpu()
    x = torch.tensor(np.asarray(windows, dtype=np.float32))
    x = (x[:, :, None] if x.ndim == 2 else x).transpose(0, 1)
    with torch.no_grad():
        states, _ = module.body.forward_layers[0](x)
        return module.head(states[-1]).double().numpy()


# --- forecasts --------------------------------------------------------------------------------


def test_a_recursive_forecast_is_a_loop_of_one_step_forecasts():
    model = RNNForecaster(n_lags=6, differences=(), **SMALL).fit(y=SERIES)
    mean, scale = units(SERIES)
    known = list((SERIES - mean) / scale)
    for _ in range(9):
        known.append(run(model, [known[-6:]])[0, 0])
    expected = np.array(known[-9:]) * scale + mean
    np.testing.assert_allclose(model.predict(horizon=9), expected, rtol=1e-5)
    np.testing.assert_allclose(model.predict(), expected[:1], rtol=1e-5)


def test_a_recursive_forecast_of_changes_with_columns():
    columns = RNG.normal(size=(49, 2))
    model = RNNForecaster(n_lags=6, differences=1, **SMALL).fit(columns[:40], SERIES)
    mean, scale = units(np.diff(SERIES))
    known = list((np.diff(SERIES) - mean) / scale)
    for step in range(40, 49):
        window = np.column_stack([known[-6:], columns[step - 5 : step + 1]])
        known.append(run(model, [window])[0, 0])
    expected = SERIES[-1] + np.cumsum(np.array(known[-9:]) * scale + mean)
    np.testing.assert_allclose(model.predict(columns[40:]), expected, rtol=1e-5)


def test_a_direct_forecast_is_the_heads_outputs_and_goes_on_in_blocks():
    model = RNNForecaster(n_lags=6, horizon=4, differences=(), **SMALL).fit(y=SERIES)
    mean, scale = units(SERIES)
    known = (SERIES - mean) / scale
    first = run(model, [known[-6:]])[0]
    np.testing.assert_allclose(model.predict(), first * scale + mean, rtol=1e-5)
    second = run(model, [np.append(known[-2:], first)])[0]
    expected = np.append(first, second)[:7] * scale + mean
    np.testing.assert_allclose(model.predict(horizon=7), expected, rtol=1e-5)


def test_a_past_is_read_in_the_units_of_fit():
    columns = RNG.normal(size=(41, 1))
    model = RNNForecaster(n_lags=6, differences=1, **SMALL).fit(columns[:30], SERIES[:30])
    mean, scale = units(np.diff(SERIES[:30]))
    window = np.column_stack([(np.diff(SERIES)[-6:] - mean) / scale, columns[35:]])
    expected = SERIES[-1] + run(model, [window])[0] * scale + mean
    forecast = model.predict(columns[40:], past=SERIES, past_X=columns[:40])
    np.testing.assert_allclose(forecast, expected, rtol=1e-5)
    model.set_params(n_lags=2, differences=())  # the network stays the fitted one
    again = model.predict(columns[40:], past=SERIES[-7:], past_X=columns[33:40])
    np.testing.assert_array_equal(again, forecast)


def test_a_last_block_reads_no_columns_beyond_those_given():
    columns = RNG.normal(size=(46, 1))
    model = RNNForecaster(n_lags=5, horizon=4, differences=(), **SMALL).fit(columns[:40], SERIES)
    mean, scale = units(SERIES)
    known = (SERIES - mean) / scale

    def block(known, step):
        ahead = [columns[step - 4 + j : step + 1 + j] for j in range(4)]
        return run(model, [np.column_stack([known[-5:], *ahead])])[0]

    first = block(known, 40)
    second = block(np.append(known, first[:2]), 42)  # forecasts steps 42 to 45
    expected = np.append(first, second[2:]) * scale + mean
    np.testing.assert_allclose(model.predict(columns[40:]), expected, rtol=1e-5)
    with pytest.raises(ValueError, match="X has 3 rows, but a network of horizon=4 reads"):
        model.predict(columns[40:43])


def test_several_series_are_forecast_each_from_its_own_end_in_its_own_units():
    series = [SERIES, 1000 * SERIES[:25] + 7, np.full(20, 3.0)]
    model = RNNForecaster(n_lags=6, **SMALL).fit(y=series)
    forecasts = model.predict(horizon=5)
    assert forecasts.shape == (3, 5)
    assert model.n_series_ == 3
    for y, forecast in zip(series[:2], forecasts, strict=False):
        mean, scale = units(np.diff(y))
        known = list((np.diff(y) - mean) / scale)
        for _ in range(5):
            known.append(run(model, [known[-6:]])[0, 0])
        expected = y[-1] + np.cumsum(np.array(known[-5:]) * scale + mean)
        np.testing.assert_allclose(forecast, expected, rtol=1e-5)
    as_ragged = clone(model).fit(y=Ragged.from_rows(series))
    np.testing.assert_array_equal(as_ragged.predict(horizon=5), forecasts)


def test_columns_of_several_series():
    series = [SERIES, SERIES[:25]]
    columns = [RNG.normal(size=(40, 2)), RNG.normal(size=(25, 2))]
    future = RNG.normal(size=(2, 6, 2))
    model = RNNForecaster(n_lags=4, **SMALL).fit(columns, series)
    expected = model.predict(future)
    assert expected.shape == (2, 6)
    np.testing.assert_array_equal(model.predict(list(future)), expected)
    np.testing.assert_array_equal(model.predict(Ragged.from_rows(future)), expected)
    came = expected + np.array([[0.1], [-0.2]])
    assert model.score(future, came) == r2_score(came.ravel(), expected.ravel())
    with pytest.raises(ValueError, match="series 0 has 6 rows of X, but series 1 has 5"):
        model.predict([future[0], future[1][:5]])
    with pytest.raises(ValueError, match="X has 3 series, but 2 are to be forecast"):
        model.predict(np.zeros((3, 6, 2)))


@pytest.mark.parametrize(
    "y",
    [
        SERIES.tolist(),
        SERIES[:, None],
        pd.Series(SERIES, index=pd.date_range("2020-01-01", periods=40, freq="MS")),
        pd.DataFrame({"sales": SERIES}),
    ],
    ids=["list", "column", "Series", "frame"],
)
def test_forms_of_one_series(y):
    expected = RNNForecaster(**SMALL).fit(y=SERIES).predict(horizon=3)
    forecasts = RNNForecaster(**SMALL).fit(None, y).predict(horizon=3)
    np.testing.assert_array_equal(np.ravel(forecasts), expected)


def test_it_learns_a_wave():
    steps = np.arange(150)
    wave = 100 + 20 * np.sin(steps * 2 * np.pi / 12)
    options = {"hidden_size": 16, "learning_rate_init": 0.01, "max_iter": 40, "random_state": 0}
    for horizon in (1, 12):
        model = RNNForecaster(horizon=horizon, differences=(), **options)
        assert model.fit(y=wave[:100]).score(None, wave[100:]) > 0.98


def test_it_learns_what_columns_tell():
    event = RNG.integers(0, 2, size=(300, 1)).astype(float)
    y = 5 + 3 * event[:, 0] + 0.1 * RNG.normal(size=300)
    model = RNNForecaster(
        n_lags=3,
        differences=(),
        hidden_size=8,
        learning_rate_init=0.02,
        max_iter=15,
        random_state=0,
    )
    assert model.fit(event[:250], y[:250]).score(event[250:], y[250:]) > 0.95


# --- in scikit-learn --------------------------------------------------------------------------


def test_time_series_split_forecasts_the_steps_after_each_part():
    nothing = np.empty((40, 0))
    model = RNNForecaster(n_lags=4, **SMALL)
    splitter = TimeSeriesSplit(3, test_size=5)
    scores = cross_val_score(model, nothing, SERIES, cv=splitter)
    for score, (train, test) in zip(scores, splitter.split(nothing), strict=True):
        forecasts = clone(model).fit(y=SERIES[train]).predict(horizon=5)
        assert score == r2_score(SERIES[test], forecasts)


def test_grid_search_over_a_logarithm_and_a_frame_without_columns():
    y = pd.Series(np.exp(SERIES / 50))
    dates = pd.DataFrame(index=pd.date_range("2020-01-01", periods=40))
    model = TransformedTargetRegressor(
        RNNForecaster(**SMALL), func=np.log, inverse_func=np.exp, check_inverse=False
    )
    search = GridSearchCV(
        model, {"regressor__n_lags": [3, 4]}, cv=TimeSeriesSplit(2, test_size=6)
    ).fit(dates, y)
    assert search.predict(dates[:7]).shape == (7,)
    best = clone(search.best_estimator_.regressor).fit(y=np.log(y))
    np.testing.assert_allclose(search.predict(dates[:7]), np.exp(best.predict(horizon=7)))


def test_scaled_columns_of_a_frame_in_a_pipeline():
    frame = pd.DataFrame({"price": RNG.normal(1000, 50, size=45), "holiday": np.arange(45) % 7})
    model = make_pipeline(StandardScaler(), RNNForecaster(**SMALL)).fit(frame[:40], SERIES)
    assert model.predict(frame[40:]).shape == (5,)
    plain = RNNForecaster(**SMALL).fit(frame[:40], SERIES)
    assert plain.feature_names_in_.tolist() == ["price", "holiday"]
    with pytest.raises(ValueError, match="feature names"):
        plain.predict(frame[["holiday", "price"]][40:])
    assert not hasattr(plain.fit(y=SERIES), "feature_names_in_")


def test_seeds_refits_pickles_and_warm_starts():
    model = RNNForecaster(**SMALL).fit(y=SERIES)
    expected = model.predict(horizon=5)
    again = RNNForecaster(**SMALL).fit(y=SERIES[:30]).fit(y=SERIES)
    np.testing.assert_array_equal(again.predict(horizon=5), expected)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict(horizon=5), expected)
    model.set_params(warm_start=True).fit(y=np.append(SERIES, 50.0))
    assert model.n_iter_ == 4
    assert model.past_.values[0, -1] == 50
    with pytest.raises(ValueError, match="horizon=3 needs one trained afresh"):
        model.set_params(horizon=3).fit(y=SERIES)
    with pytest.raises(ValueError, match="X has 1 features, but RNNForecaster is expecting 0"):
        model.set_params(horizon=1).fit(np.ones((40, 1)), SERIES)
    assert model.predict(horizon=5).shape == (5,)


def test_a_failed_fit_changes_nothing():
    model = RNNForecaster(**SMALL).fit(y=SERIES)
    before = model.predict(horizon=2)
    with pytest.raises(ValueError, match="train loss"):
        model.set_params(learning_rate_init=1e30, clip_norm=None, optimizer="sgd").fit(
            y=[SERIES, SERIES]
        )
    np.testing.assert_array_equal(model.predict(horizon=2), before)


def test_early_stopping_holds_out_the_last_windows_of_each_series(monkeypatch):
    seen, run = {}, SequenceNet.run

    def watched(net, train, valid, **options):
        seen.update(train=train, valid=valid)
        run(net, train, valid, **options)

    monkeypatch.setattr(SequenceNet, "run", watched)
    series = [SERIES, SERIES[:30]]
    options = {**SMALL, "n_lags": 5, "horizon": 2, "differences": (), "early_stopping": True}
    model = RNNForecaster(validation_fraction=0.25, **options).fit(y=series)
    # 34 and 24 windows, of which 9 and 6 are held out, and the one before them is left.
    np.testing.assert_array_equal(seen["valid"].rows.starts_cpu, [*range(25, 34), *range(58, 64)])
    np.testing.assert_array_equal(seen["train"].rows.starts_cpu, [*range(24), *range(40, 57)])
    assert len(model.validation_scores_) == 2
    with pytest.raises(ValueError, match="no window is left to train on"):
        RNNForecaster(validation_fraction=0.99, **options).fit(y=series)


def test_short_series_are_named():
    with pytest.raises(ValueError, match="y has 5 steps, but n_lags=12, horizon=1 and .* least 14"):
        RNNForecaster().fit(y=SERIES[:5])
    with pytest.raises(ValueError, match="series 1 has 7 steps.* differences=.12, 1. need .* 16"):
        RNNForecaster(n_lags=2, differences=(12, 1)).fit(y=[SERIES, SERIES[:7]])
    RNNForecaster(n_lags=2, differences=(12, 1), **SMALL).fit(y=SERIES[:16]).predict(horizon=20)
    with pytest.raises(ValueError, match="'differences' parameter .* must list positive integers"):
        RNNForecaster(differences=(1, 0)).fit(y=SERIES)


# --- several target columns, and series that are new --------------------------------------------

PAIR = np.column_stack([SERIES, 3 * SERIES[::-1] + 1])


def test_several_targets_are_read_and_forecast_together():
    columns = RNG.normal(size=(44, 2))
    model = RNNForecaster(n_lags=6, horizon=2, **SMALL).fit(columns[:40], PAIR)
    changes = np.diff(PAIR, axis=0)
    mean, scale = changes.mean(axis=0), changes.std(axis=0)
    known = (changes - mean) / scale
    for step in (40, 42):
        ahead = np.concatenate([columns[step - 5 : step + 1], columns[step - 4 : step + 2]], axis=1)
        outputs = run(model, [np.concatenate([known[-6:], ahead], axis=1)])
        known = np.concatenate([known, outputs.reshape(2, 2)])
    expected = PAIR[-1] + np.cumsum(known[-4:] * scale + mean, axis=0)
    np.testing.assert_allclose(model.predict(columns[40:]), expected, rtol=1e-5)
    assert model.n_outputs_ == 2
    assert model.n_series_ is None
    assert model.score(columns[40:], expected) > 0.999


def test_several_series_of_several_targets():
    series = [PAIR, PAIR[:25] * [1, 100]]
    model = RNNForecaster(n_lags=6, differences=(2, 1), **SMALL).fit(y=series)
    forecasts = model.predict(horizon=5)
    assert forecasts.shape == (2, 5, 2)
    again = model.predict(horizon=5, past=Ragged.from_rows(series))
    np.testing.assert_array_equal(again, forecasts)
    assert model.score(None, forecasts) == 1
    assert model.score(None, list(forecasts)) == 1
    alone = RNNForecaster(n_lags=6, differences=(2, 1), **SMALL).fit(y=[PAIR])
    np.testing.assert_array_equal(
        clone(alone).fit(y=PAIR).predict(horizon=3), alone.predict(horizon=3)[0]
    )


def test_a_warm_start_keeps_the_targets():
    model = RNNForecaster(warm_start=True, horizon=2, **SMALL).fit(y=PAIR)
    assert model.fit(y=PAIR + 1).predict().shape == (2, 2)
    with pytest.raises(ValueError, match="y has 1 columns, but RNNForecaster was fitted on 2"):
        model.fit(y=SERIES)
    with pytest.raises(ValueError, match="on series of 2 columns, but past has 1"):
        model.predict(past=SERIES)
    with pytest.raises(ValueError, match="1 series of 2 columns, got 1 series of 1"):
        model.score(None, SERIES)


@pytest.mark.parametrize("together", [[SERIES], [SERIES, 2 * SERIES]], ids=["one", "two"])
def test_new_series_are_read_in_their_own_units(together):
    model = RNNForecaster(n_lags=6, **SMALL).fit(y=together)
    others = [SERIES[::-1] * 40, SERIES[5:30] - 7, SERIES[:20]]
    forecasts = model.predict(horizon=3, past=others, new_series=True)
    for y, forecast in zip(others, forecasts, strict=True):
        mean, scale = units(np.diff(y))
        known = list((np.diff(y) - mean) / scale)
        for _ in range(3):
            known.append(run(model, [known[-6:]])[0, 0])
        expected = y[-1] + np.cumsum(np.array(known[-3:]) * scale + mean)
        np.testing.assert_allclose(forecast, expected, rtol=1e-5)
        alone = model.predict(horizon=3, past=y, new_series=True)
        np.testing.assert_allclose(alone, forecast, rtol=1e-6)
    with pytest.raises(ValueError, match="but past is a list of 3 series: .*new_series=True"):
        model.predict(past=others)
    with pytest.raises(ValueError, match="new_series=True is of the series in past: pass past"):
        model.predict(new_series=True)


def test_new_series_with_columns():
    X, future = RNG.normal(size=(40, 1)), RNG.normal(size=(2, 3, 1))
    model = RNNForecaster(n_lags=6, **SMALL).fit(X, SERIES)
    forecasts = model.predict(future, past=[SERIES, 2 * SERIES], past_X=[X, X], new_series=True)
    known = model.predict(future[0], past=SERIES, past_X=X)
    np.testing.assert_allclose(forecasts[0], known, rtol=1e-6)
    assert forecasts.shape == (2, 3)

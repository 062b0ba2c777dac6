"""Forecasts in the form of the series: Series and frames of pandas and polars, lists of them."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.model_selection import TimeSeriesSplit, cross_val_score

from textvec import NaiveForecaster, RNNForecaster, load, save

MONTHS = pd.date_range("2020-01", periods=40, freq="MS", name="month")
SERIES = np.random.default_rng(0).normal(size=40).cumsum() + 50
SALES = pd.Series(SERIES[:30], MONTHS[:30], name="sales")
FRAME = pd.DataFrame({"north": SERIES[:30], "south": 2 * SERIES[:30]}, MONTHS[:30])
SMALL = {"cell": "gru", "hidden_size": 4, "n_lags": 4, "max_iter": 2, "random_state": 0}
BOTH = pytest.mark.parametrize("model", [NaiveForecaster(), RNNForecaster(**SMALL)], ids=repr)


@BOTH
def test_a_series_goes_on(model):
    plain = clone(model).fit(y=SALES.to_numpy()).predict(horizon=5)
    assert type(plain) is np.ndarray
    forecast = clone(model).fit(y=SALES).predict(horizon=5)
    pd.testing.assert_series_equal(forecast, pd.Series(plain, MONTHS[30:35], name="sales"))
    frame = clone(model).fit(y=SALES.to_frame()).predict(horizon=5)
    pd.testing.assert_frame_equal(frame, forecast.to_frame())
    assert type(clone(model).fit(y=SALES.tolist()).predict(horizon=5)) is np.ndarray


@BOTH
def test_a_frame_of_several_targets_goes_on(model):
    FRAME.columns.name = "region"
    model = clone(model).fit(y=FRAME)
    forecast = model.predict(horizon=5)
    assert forecast.index.equals(MONTHS[30:35])
    assert forecast.columns.equals(FRAME.columns)
    assert forecast.columns.name == "region"
    with pytest.raises(ValueError, match=r"past has the columns \['south', 'north'\], but"):
        model.predict(past=FRAME[["south", "north"]])
    levels = FRAME.set_axis(pd.MultiIndex.from_product([["shop"], ["a", "b"]]), axis=1)
    assert clone(model).fit(y=levels).predict(horizon=1).columns.equals(levels.columns)


@BOTH
def test_a_list_of_series_is_a_list_of_forecasts(model):
    panel = [SALES, SALES[:20].rename("other")]
    forecasts = clone(model).fit(y=panel).predict(horizon=3)
    plain = clone(model).fit(y=[s.to_numpy() for s in panel]).predict(horizon=3)
    for series, forecast, values in zip(panel, forecasts, plain, strict=True):
        index = MONTHS[len(series) : len(series) + 3]
        pd.testing.assert_series_equal(forecast, pd.Series(values, index, name=series.name))
    mixed = clone(model).fit(y=[SALES, SALES.tolist()]).predict(horizon=3)
    assert type(mixed) is np.ndarray
    with pytest.raises(ValueError, match=r"row 3 of y\[1\] is of 2020-05-01, but 2020-04-01"):
        model.fit(y=[SALES, SALES.drop(MONTHS[3])])
    with pytest.raises(ValueError, match=r"y\[1\] has the columns \['south', 'north'\]"):
        model.fit(y=[FRAME, FRAME[["south", "north"]]])


@BOTH
def test_a_past_has_its_own_form(model):
    model = clone(model).fit(y=SALES[:25])
    past = pd.Series(SERIES[:30], pd.date_range("2000", periods=30, freq="D"), name="later")
    forecast = model.predict(horizon=2, past=past)
    assert forecast.index.equals(pd.date_range("2000-01-31", periods=2, freq="D"))
    assert forecast.name == "later"
    assert type(model.predict(horizon=2, past=SERIES)) is np.ndarray
    arrays = model.fit(y=SERIES).predict(horizon=2, past=past)
    assert arrays.index.equals(forecast.index)


@BOTH
def test_forecasts_of_polars(model):
    plain = clone(model).fit(y=FRAME.to_numpy()).predict(horizon=2)
    series = clone(model).fit(y=pl.Series("sales", FRAME["north"])).predict(horizon=2)
    assert series.name == "sales"
    assert len(series) == 2
    frame = pl.DataFrame({"north": FRAME["north"].to_numpy(), "south": FRAME["south"].to_numpy()})
    assert (
        clone(model)
        .fit(y=frame)
        .predict(horizon=2)
        .equals(pl.DataFrame(plain, schema=["north", "south"]))
    )
    dated = frame.insert_column(1, pl.Series("month", MONTHS[:30]).cast(pl.Date))
    forecast = clone(model).fit(y=dated).predict(horizon=2)
    assert forecast.columns == ["north", "month", "south"]
    assert forecast["month"].to_list() == [datetime.date(2022, 7, 1), datetime.date(2022, 8, 1)]
    np.testing.assert_array_equal(forecast[["north", "south"]].to_numpy(), plain)
    zoned = dated.with_columns(pl.col("month").cast(pl.Datetime("us", "Asia/Tokyo")))
    times = clone(model).fit(y=zoned).predict(horizon=2)["month"]
    assert times.dtype == pl.Datetime("us", "Asia/Tokyo")
    assert times.dt.hour().to_list() == [9, 9]
    with pytest.raises(ValueError, match=r"row 2 of y\['month'\] is of 2020-04-01, but 2020-03"):
        model.fit(y=dated[[0, 1, *range(3, 30)]])
    with pytest.raises(ValueError, match="y has 2 columns of dates or times"):
        model.fit(y=dated.with_columns(copy=pl.col("month")))


@BOTH
@pytest.mark.parametrize("form", ["series", "frame", "panel", "holidays"])
def test_saved_models_go_on(model, form, tmp_path):
    holidays = pd.offsets.CustomBusinessDay(holidays=["2020-02-12"])
    index = pd.date_range("2020-01-01", periods=30, freq=holidays, tz="Europe/Berlin")
    y = {
        "series": SALES,
        "frame": FRAME,
        "panel": [SALES, SALES[:20]],
        "holidays": pd.Series(SERIES[:30], index),
    }[form]
    model = clone(model).fit(y=y)
    save(model, tmp_path / "model.textvec")
    expected, found = model.predict(horizon=3), load(tmp_path / "model.textvec").predict(horizon=3)
    pairs = zip(expected, found, strict=True) if form == "panel" else [(expected, found)]
    for one, other in pairs:
        assert other.equals(one)
        assert other.index.equals(one.index)
        if form == "holidays":
            assert one.index[0] == pd.Timestamp("2020-02-13", tz="Europe/Berlin")


@BOTH
def test_dates_of_columns_are_those_of_the_series(model):
    columns = pd.DataFrame({"price": SERIES}, MONTHS)
    model = clone(model).fit(columns[:30], SALES)
    assert model.predict(columns[30:33]).index.equals(MONTHS[30:33])
    assert model.predict(columns[30:33].reset_index(drop=True)).index.equals(MONTHS[30:33])
    with pytest.raises(ValueError, match="row 0 of X is of 2022-08-01.* forecast's is of 2022-07"):
        model.predict(columns[31:34])
    with pytest.raises(ValueError, match="row 0 of X is of 2020-02-01.*, but that of y of 2020-01"):
        model.fit(columns[1:31], SALES)
    with pytest.raises(ValueError, match=r"row 0 of X\[1\] is of 2020-02-01.*that of y\[1\] of"):
        model.fit([columns[:30], columns[1:31]], [SALES, SALES])


@BOTH
def test_scores_and_searches_read_series(model):
    model = clone(model).fit(y=SALES[:24])
    assert model.score(None, SALES[24:]) == model.score(None, SALES[24:].to_numpy())
    with pytest.raises(ValueError, match="row 0 of y is of 2022-02-01.* forecast's is of 2022-01"):
        model.score(None, SALES[25:])
    nothing = pd.DataFrame(index=SALES.index)
    split = TimeSeriesSplit(2, test_size=5)
    found = cross_val_score(model, nothing, SALES, cv=split, error_score="raise")
    plain = cross_val_score(model, np.empty((30, 0)), SALES.to_numpy(), cv=split)
    np.testing.assert_array_equal(found, plain)
    frame_scores = cross_val_score(model, nothing, FRAME, cv=split, error_score="raise")
    assert frame_scores.shape == (2,)


def test_a_transformed_target_stays_numpy():
    model = TransformedTargetRegressor(NaiveForecaster(), func=np.log, inverse_func=np.exp)
    forecast = model.fit(None, SALES).predict(None, horizon=3)
    assert type(forecast) is np.ndarray
    np.testing.assert_allclose(forecast, SALES.iloc[-1])


def test_a_column_of_dates_is_no_series():
    frame = SALES.reset_index()
    with pytest.raises(ValueError, match=r"column 'month' of y holds dates: .*set_index\('month'"):
        NaiveForecaster().fit(y=frame)
    assert NaiveForecaster().fit(y=frame.set_index("month")).predict().index[0] == MONTHS[30]

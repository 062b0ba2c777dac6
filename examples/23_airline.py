"""Can a network forecast airline passengers two years ahead?
==========================================================

Forecasts against naive baselines: the monthly passengers of Box and Jenkins if TEXTVEC_DATA names
a folder that contains them, else a synthetic series with a trend and a seasonality that grows with
it, hence the logarithm. The settings were chosen on the training years with TimeSeriesSplit, as at
the end of this script.
"""

from __future__ import annotations

import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from _data import show
from sklearn.compose import TransformedTargetRegressor
from sklearn.model_selection import TimeSeriesSplit, cross_val_score

from textvec import NaiveForecaster, RNNForecaster

N_TEST, SEASON, SEEDS = 24, 12, (0, 1, 2)


def passengers() -> pd.Series:
    """Return the monthly series."""
    if os.environ.get("TEXTVEC_DATA"):
        path = Path(os.environ["TEXTVEC_DATA"]) / "airline_passengers.csv.gz"
        return pd.read_csv(path, index_col="Date", parse_dates=True)["Passengers"]
    months = np.arange(144)
    noise = np.random.default_rng(0).normal(scale=0.03, size=144)
    season = 0.15 * np.sin(2 * np.pi * months / 12) + 0.08 * np.cos(4 * np.pi * months / 12)
    dates = pd.date_range("1949-01", periods=144, freq="MS")
    return pd.Series(np.exp(4.8 + 0.01 * months + season + noise), index=dates)


def scaled_error(y, forecast):
    """Return the mean absolute scaled error (Hyndman and Koehler, 2006)."""
    past = y_train.to_numpy()
    return np.abs(y - forecast).mean() / np.abs(past[SEASON:] - past[:-SEASON]).mean()


def network(horizon, seed):
    """Return a network of this horizon on seasonal differences of the logarithm."""
    forecaster = RNNForecaster(
        cell="gru",
        hidden_size=16,
        n_lags=12,
        horizon=horizon,
        differences=SEASON,
        max_iter=40,
        learning_rate_init=5e-3,
        batch_size=16,
        random_state=seed,
    )
    return TransformedTargetRegressor(forecaster, func=np.log, inverse_func=np.exp)


# %%
# Forecasts of two years
# ----------------------
# One step at a time, each fed with the forecast before it (recursive); a year at a time; or all
# steps at once (direct). A scaled error below 1 is better than repeating the year before, on the
# training months.
y = passengers()
y_train, y_test = y[:-N_TEST], y[-N_TEST:]
MODELS = {
    "last value": [NaiveForecaster()],
    "last season": [NaiveForecaster(season_length=SEASON)],
    "network, recursive": [network(1, seed) for seed in SEEDS],
    "network, a year at once": [network(SEASON, seed) for seed in SEEDS],
    "network, direct": [network(N_TEST, seed) for seed in SEEDS],
}
print(f"{len(y_train)} months for training, {N_TEST} to forecast\n{'':24} scaled error")
figure, axes = plt.subplots(figsize=(9, 4))
axes.plot(y, color="black", label="passengers")
for name, models in MODELS.items():
    forecasts = [m.fit(None, y_train).predict(None, horizon=N_TEST) for m in models]
    errors = [scaled_error(y_test, forecast) for forecast in forecasts]
    print(f"{name:24} {np.mean(errors):.3f}", end="")
    print(f"  {min(errors):.3f} to {max(errors):.3f}, {len(errors)} seeds" if errors[1:] else "")
    axes.plot(y_test.index, forecasts[0], label=name)
axes.axvline(y_test.index[0], color="grey", linewidth=0.5)
axes.legend()
show(figure, "airline")

# %%
# How the settings were chosen
# ----------------------------
# Each fold forecasts one year from all years before it; a frame without columns gives the number
# of steps.
print("\nmean absolute error of the last three training years")
years = TimeSeriesSplit(3, test_size=SEASON)
nothing = pd.DataFrame(index=y_train.index)
for name, model in [
    ("last season", NaiveForecaster(season_length=SEASON)),
    ("network, recursive", network(1, 0)),
    ("network, a year at once", network(SEASON, 0)),
]:
    scores = cross_val_score(
        model, nothing, y_train, cv=years, scoring="neg_mean_absolute_error", error_score="raise"
    )
    print(f"{name:24} {-scores.round(1)}")

# %%
# What to try next
# ----------------
# - ``ConformalForecaster``: intervals around the forecasts.
# - ``differences=1``: differences of neighbouring months; what becomes of the season?
# - Exogenous columns: a frame of known values as ``X``.

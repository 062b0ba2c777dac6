"""Forecasts of time series."""

from ._naive_forecaster import NaiveForecaster
from ._rnn_forecaster import RNNForecaster

__all__ = ["NaiveForecaster", "RNNForecaster"]

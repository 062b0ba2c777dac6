"""Forecasts of time series."""

from ._naive_forecaster import NaiveForecaster
from ._rnn_forecaster import RNNForecaster
from ._window_transformer import WindowTransformer

__all__ = ["NaiveForecaster", "RNNForecaster", "WindowTransformer"]

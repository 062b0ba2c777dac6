"""Forecasts of time series, and transformers of series."""

from ._backtest import backtest
from ._backtest_result import Backtest
from ._conformal_forecaster import ConformalForecaster, ForecastInterval
from ._naive_forecaster import NaiveForecaster
from ._rnn_forecaster import RNNForecaster
from ._stepwise_transformer import StepwiseTransformer
from ._window_transformer import WindowTransformer

__all__ = [
    "Backtest",
    "ConformalForecaster",
    "ForecastInterval",
    "NaiveForecaster",
    "RNNForecaster",
    "StepwiseTransformer",
    "WindowTransformer",
    "backtest",
]

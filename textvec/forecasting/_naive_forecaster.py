"""Naive and seasonal naive forecasts."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from .._compat import _fit_context
from .._estimators._constraints import POSITIVE_INT
from .._estimators._fitted_state import replace_fitted
from .._estimators._reported_fit import ReportedFit
from ._forecaster import Forecaster
from ._series import Series, check_steps, read_series
from ._series_regressor import series_attributes


class NaiveForecaster(ReportedFit, Forecaster):
    """Forecast that repeats the last season of a series, or its last value.

    The baseline that any other forecaster must beat, with the inputs of
    :class:`RNNForecaster`. Exogenous columns are checked and not used.

    Parameters
    ----------
    season_length : int, default=1
        Number of last steps to repeat, at least 1: 1 repeats the last value; for monthly
        values with a yearly season, begin with 12.

    Attributes
    ----------
    past_ : ndarray of shape (n_series * n_outputs_, season_length)
        The last season of each series; of several target columns, a row for each.
    n_series_ : int or None
        Number of series; None if `fit` saw one series, not a collection.
    n_outputs_ : int
        Number of target columns of each series.
    form_ : tuple or None
        The Series or frame that `fit` saw, whose index `predict` continues; None for arrays.
    n_features_in_ : int
        Number of exogenous columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, if `fit` saw a data frame.

    See Also
    --------
    RNNForecaster : Learns from the last steps, and from exogenous columns.

    Examples
    --------
    >>> from textvec import NaiveForecaster
    >>> quarters = [5, 8, 9, 3, 6, 9, 9, 4]
    >>> NaiveForecaster(season_length=4).fit(y=quarters).predict(horizon=6)
    array([6., 9., 9., 4., 6., 9.])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {"season_length": [POSITIVE_INT]}

    past_: NDArray[np.float64]

    def __init__(self, *, season_length: int = 1):
        self.season_length = season_length

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Remember the last season.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features), Ragged, list of such or None, default=None
            Exogenous columns: checked, not used.
        y : array-like of shape (n_steps,) or (n_steps, n_outputs), Ragged or list of such
            One series, or several, as :class:`RNNForecaster` takes them.

        Returns
        -------
        NaiveForecaster
            Self.

        Raises
        ------
        ValueError
            If a series is shorter than a season, holds NaN or infinity, or has an index that
            cannot be continued.
        """
        series = read_series(X, y, type(self).__name__)
        check_steps(series, self.season_length, f"season_length={self.season_length} needs")
        past = series.last(int(self.season_length))
        replace_fitted(self, {"past_": past, **series_attributes(X, series)})
        return self

    def _default_horizon(self) -> int:
        return int(self.past_.shape[1])

    def _origin(self, past: Series, *, new_series: bool) -> NDArray[np.float64]:
        season_length = self.past_.shape[1]
        check_steps(past, season_length, f"season_length={season_length} needs", name="past")
        return past.last(season_length)

    def _forecast(
        self, past: NDArray[np.float64], future: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        horizon = future.shape[1]
        return past[:, np.arange(horizon) % past.shape[1]]

"""The forecast that any other must beat."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from .._compat import _fit_context
from .._constraints import POSITIVE_INT
from ..networks._parameters import declares_parameters
from ._forecaster import Forecaster, series_attributes
from ._series import check_steps, last_items, read_series


@declares_parameters
class NaiveForecaster(Forecaster, BaseEstimator):  # type: ignore[misc]
    """Forecast that repeats the last season of a series, or its last value.

    The baseline for :class:`RNNForecaster`, with the same inputs. Exogenous columns are checked
    and not used.

    Parameters
    ----------
    season_length : int, default=1
        Steps of a season, which are repeated; 1 repeats the last value.

    Attributes
    ----------
    past_ : ndarray of shape (n_series, season_length)
        What is repeated.

    Examples
    --------
    >>> from textvec import NaiveForecaster
    >>> quarters = [5, 8, 9, 3, 6, 9, 9, 4]
    >>> NaiveForecaster(season_length=4).fit(y=quarters).predict(horizon=6)
    array([6., 9., 9., 4., 6., 9.])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {"season_length": [POSITIVE_INT]}

    season_length: int = 1

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Remember the last season.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features), Ragged, list of such or None, default=None
            Not used.
        y : array-like of shape (n_steps,), Ragged or list of such
            One series, or several.

        Returns
        -------
        NaiveForecaster
            Self.

        Raises
        ------
        ValueError
            If a series is shorter than a season, or holds NaN or infinity.
        """
        series = read_series(X, y, type(self).__name__)
        check_steps(series, self.season_length, f"season_length={self.season_length} needs")
        self.past_ = last_items(series.rows.values, series.rows.offsets, self.season_length)
        self.__dict__.pop("feature_names_in_", None)
        self.__dict__.update(series_attributes(X, series))
        return self

    def _steps_at_once(self) -> int:
        return int(self.past_.shape[1])

    def _forecast(self, future: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.resize(self.past_.T, future.shape[1::-1]).T

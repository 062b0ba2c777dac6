"""Base class of the forecasters, which continue the series that `fit` saw."""

from __future__ import annotations

from abc import abstractmethod
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from .._compat import _check_feature_names
from .._versioned_state import VersionedState
from ..networks.inputs._sequences import shape_attributes
from ._series import Series, read_future, read_series


class Forecaster(VersionedState, RegressorMixin, BaseEstimator):
    """Base class for forecasts of one series or several.

    A subclass sets `past_` and the attributes of :func:`series_attributes` in ``fit``, and
    implements :meth:`_default_horizon`, :meth:`_origin` and :meth:`_forecast`.

    Attributes
    ----------
    n_series_ : int or None
        Number of series; None if `fit` saw one series, not a collection.
    n_features_in_ : int
        Number of exogenous columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, if `fit` saw a data frame.
    """

    past_: Any
    n_series_: int | None
    n_features_in_: int

    def predict(
        self, X: Any = None, *, horizon: int | None = None, past: Any = None, past_X: Any = None
    ) -> NDArray[np.float64]:
        """Forecast the steps after the last one of `fit`, or of `past`.

        Parameters
        ----------
        X : array-like of shape (horizon, n_features), default=None
            Exogenous columns of the steps to forecast; for several series, as in `fit`, or an
            array of shape (n_series, horizon, n_features). If `fit` saw no such columns, an
            array or frame of no columns is taken for its number of rows.
        horizon : int, default=None
            Number of steps to forecast, at least 1. None takes the length of `X`; without `X`,
            the forecaster's own horizon.
        past : array-like of shape (n_steps,) or (n_steps, 1), Ragged, list of such, default=None
            The series to continue in place of that of `fit`, such as the same one some steps
            later: in the form of `fit`, as many series, in their order. Nothing is trained: a
            network reads the last steps, in the mean and scale of the series of `fit`. None
            continues the series of `fit`.
        past_X : array-like of shape (n_steps, n_features), Ragged, list of such, default=None
            Exogenous columns of the steps of `past`, needed if `fit` saw such columns.

        Returns
        -------
        ndarray of shape (horizon,) or (n_series, horizon), float64
            Forecasts, in the units of `y`; for several series, a row for each.

        Raises
        ------
        TypeError
            If `horizon` is no integer.
        ValueError
            If `X` does not have the columns that `fit` saw, or its length is not `horizon`; if
            `past` is too short or has another number of series, or `past_X` other columns.
        """
        check_is_fitted(self)
        _check_steps(X, horizon)
        _check_feature_names(self, X, reset=False)
        if past is None and past_X is not None:
            raise ValueError("past_X has the exogenous columns of past: pass past, too.")
        origin = self.past_ if past is None else self._origin(self._read_past(past, past_X))
        forecasts = self._forecast(origin, self._future(X, horizon))
        return forecasts[0] if self.n_series_ is None else forecasts

    # Forecasts have no weights: a step counts as any other.
    def score(self, X: Any, y: Any) -> float:  # type: ignore[override]
        """Return R2 of the forecasts of the steps after the last one of `fit`.

        Parameters
        ----------
        X : array-like of shape (horizon, n_features) or None
            As in `predict`.
        y : array-like of shape (horizon,) or (n_series, horizon), Ragged
            The true values; for several series, a row for each.

        Returns
        -------
        float
            R2, over the steps of all series together.
        """
        if self.n_series_ is not None and isinstance(y, np.ndarray):
            y = list(y)  # an array as predict returns it
        rows = read_series(None, y, type(self).__name__).rows
        n_series = 1 if self.n_series_ is None else self.n_series_
        horizon = int(rows.lengths[0])
        if len(rows) != n_series or (rows.lengths != horizon).any():
            raise ValueError(
                f"y must hold {n_series} series of one length, got {len(rows)} series of "
                f"{rows.lengths.min()} to {rows.lengths.max()} steps."
            )
        return float(r2_score(rows.values, self.predict(X, horizon=horizon).ravel()))

    @abstractmethod
    def _default_horizon(self) -> int:
        """Return the number of steps to forecast where the user sets none."""

    @abstractmethod
    def _origin(self, past: Series) -> Any:
        """Return the end of the steps of `past`, in the form of `past_`."""

    @abstractmethod
    def _forecast(self, origin: Any, future: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return forecasts (n_series, horizon) from columns (n_series, horizon, n_features)."""

    def _read_past(self, past: Any, past_X: Any) -> Series:
        """Return the series to continue, of the form and the columns of `fit`."""
        name = type(self).__name__
        if past_X is not None:
            _check_feature_names(self, past_X, reset=False)
        series = read_series(past_X, past, name, y_name="past", X_name="past_X")
        n_series = None if series.single else len(series.rows)
        if n_series != self.n_series_:
            raise ValueError(
                f"{name} was fitted on {_count(self.n_series_)}, but past is {_count(n_series)}: "
                "it must hold the same series in the same order."
            )
        n_features = series.columns.shape[1]
        if n_features != self.n_features_in_:
            raise ValueError(
                f"past_X has {n_features} features, but {name} is expecting "
                f"{self.n_features_in_} features as input."
                if past_X is not None
                else f"{name} was fitted with {self.n_features_in_} exogenous columns: it needs "
                "those of the steps of past, as past_X."
            )
        return series

    def _future(self, X: Any, horizon: int | None) -> NDArray[np.float64]:
        """Return the columns of the steps to forecast, (n_series, horizon, n_features)."""
        n_series = 1 if self.n_series_ is None else self.n_series_
        if X is None and self.n_features_in_ == 0:
            n_steps = self._default_horizon() if horizon is None else horizon
            if n_steps < 1:
                raise ValueError(f"horizon must be at least 1, got {horizon}.")
            return np.zeros((n_series, n_steps, 0))
        name = type(self).__name__
        if X is None:
            raise ValueError(
                f"{name} was fitted with {self.n_features_in_} exogenous columns: it needs those "
                "of the steps to forecast, as X."
            )
        future = read_future(X, single=self.n_series_ is None)
        if future.shape[1] == 0:
            raise ValueError("X has no rows: there is no step to forecast.")
        if future.shape[2] != self.n_features_in_:
            raise ValueError(
                f"X has {future.shape[2]} features, but {name} is expecting "
                f"{self.n_features_in_} features as input."
            )
        if len(future) != n_series:
            raise ValueError(f"{name} was fitted on {n_series} series, but X has {len(future)}.")
        if horizon not in (None, future.shape[1]):
            raise ValueError(f"X has {future.shape[1]} rows, but horizon is {horizon}.")
        return future

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


def _count(n_series: int | None) -> str:
    return "one series" if n_series is None else f"a list of {n_series} series"


def _check_steps(X: Any, horizon: Any) -> None:
    """Check that the number of steps is an integer, and was passed as `horizon`."""
    if isinstance(X, Integral):
        raise TypeError(f"X has exogenous columns: pass the number of steps as horizon={X}.")
    if horizon is not None and (isinstance(horizon, bool) or not isinstance(horizon, Integral)):
        raise TypeError(
            f"horizon must be an int, the number of steps to forecast, got {horizon!r}."
        )


def series_attributes(X: Any, series: Series) -> dict[str, Any]:
    """Return the fitted attributes that :class:`Forecaster` reads."""
    n_series = None if series.single else len(series.rows)
    return {"n_series_": n_series} | shape_attributes(X, series.columns.shape[1])

"""Base class of the forecasters, which continue the series that `fit` saw."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from .._compat import _check_feature_names, _check_n_features
from ._series import Series, read_future, read_series
from ._series_form import check_columns, check_continue, in_forms
from ._series_regressor import SeriesRegressor, as_steps, check_horizon, count_of


class Forecaster(SeriesRegressor):
    """Base class for forecasts of one series or several.

    A subclass sets `past_` and the attributes of :func:`series_attributes` in ``fit``, and
    implements :meth:`_default_horizon`, :meth:`_origin` and :meth:`_forecast`.
    """

    past_: Any

    def predict(
        self,
        X: Any = None,
        *,
        horizon: int | None = None,
        past: Any = None,
        past_X: Any = None,
        new_series: bool = False,
    ) -> Any:
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
        past : array-like of shape (n_steps,) or (n_steps, n_outputs), Ragged, list, default=None
            The series to continue in place of that of `fit`, such as the same one some steps
            later: in the form of `fit`, as many series, in their order. Nothing is trained: a
            network reads the last steps, in the mean and scale of the series of `fit`. None
            continues the series of `fit`.
        past_X : array-like of shape (n_steps, n_features), Ragged, list of such, default=None
            Exogenous columns of the steps of `past`, needed if `fit` saw such columns.
        new_series : bool, default=False
            Whether `past` holds other series than those of `fit`, one or a list of any number: a
            network then reads each in its own mean and scale, which are better the longer it is.

        Returns
        -------
        ndarray, Series, frame or list
            Forecasts, in the units and the form of `y`, or of `past`. Of arrays and lists, an
            array of shape (horizon,), for several series (n_series, horizon), and with another
            axis of length `n_outputs_` in the end for several target columns. Of a Series or
            frame, one of the same names, whose index goes on; of a list of such, a list.

        Raises
        ------
        TypeError
            If `horizon` is no integer.
        ValueError
            If `X` does not have the columns that `fit` saw, its length is not `horizon` or its
            dates are not those that follow; if `past` is too short or has another number of
            series, or `past_X` other columns.
        """
        check_is_fitted(self)
        check_horizon(X, horizon)
        if X is not None:
            _check_feature_names(self, X, reset=False)
        forms, n_series = getattr(self, "form_", None), self.n_series_
        origin = self.past_
        if past is not None:
            series = self._read_past(past, past_X, new_series=new_series)
            origin = self._origin(series, new_series=new_series)
            forms, n_series = series.forms, series.n_series
        elif past_X is not None or new_series:
            raise ValueError(
                "past_X has the exogenous columns of past: pass past, too."
                if past_X is not None
                else "new_series=True is of the series in past: pass past, too."
            )
        check_continue(forms, X, "X")
        values = self._forecast(origin, self._future(X, horizon, n_series))
        return in_forms(as_steps(values, n_series, self._n_outputs), forms)

    def _values(self, X: Any, horizon: int | None) -> NDArray[np.float64]:
        return self._forecast(self.past_, self._future(X, horizon, self.n_series_))

    @abstractmethod
    def _default_horizon(self) -> int:
        """Return the number of steps to forecast where the user sets none."""

    @abstractmethod
    def _origin(self, past: Series, *, new_series: bool) -> Any:
        """Return the end of the steps of `past`, in the form of `past_`."""

    @abstractmethod
    def _forecast(self, origin: Any, future: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return forecasts from columns (n_series, horizon, n_features).

        They are (n_series * n_outputs, horizon): a row for each target column.
        """

    def _read_past(self, past: Any, past_X: Any, *, new_series: bool) -> Series:
        """Return the series to continue, of the form and the columns of `fit`."""
        name = type(self).__name__
        if past_X is not None:
            _check_feature_names(self, past_X, reset=False)
        series = read_series(past_X, past, name, y_name="past", X_name="past_X")
        if series.n_series != self.n_series_ and not new_series:
            raise ValueError(
                f"{name} was fitted on {_number(self.n_series_)}, but past is "
                f"{_number(series.n_series)}: it must hold the same series in the same order; "
                "others are forecast with new_series=True."
            )
        if series.n_targets != self._n_outputs:
            raise ValueError(
                f"{name} was fitted on series of {self._n_outputs} columns, but past has "
                f"{series.n_targets}."
            )
        check_columns(series.forms, getattr(self, "form_", None), "past")
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

    def _future(self, X: Any, horizon: int | None, n_series: int | None) -> NDArray[np.float64]:
        """Return the columns of the steps to forecast, (n_series, horizon, n_features)."""
        single, n_series = n_series is None, count_of(n_series)
        if X is None and self.n_features_in_ == 0:
            n_steps = self._default_horizon() if horizon is None else horizon
            return np.zeros((n_series, n_steps, 0))
        if X is None:
            raise ValueError(
                f"{type(self).__name__} was fitted with {self.n_features_in_} exogenous columns: "
                "it needs those of the steps to forecast, as X."
            )
        future = read_future(X, single=single)
        if future.shape[1] == 0:
            raise ValueError("X has no rows: there is no step to forecast.")
        _check_n_features(self, future[0], reset=False)
        if len(future) != n_series:
            raise ValueError(f"X has {len(future)} series, but {n_series} are to be forecast.")
        if horizon not in (None, future.shape[1]):
            raise ValueError(f"X has {future.shape[1]} rows, but horizon is {horizon}.")
        return future


def _number(n_series: int | None) -> str:
    return "one series" if n_series is None else f"a list of {n_series} series"

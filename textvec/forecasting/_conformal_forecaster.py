"""Intervals of forecasts, by conformal prediction."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import MetaEstimatorMixin, clone
from sklearn.utils.validation import check_is_fitted

from .._compat import _fit_context
from .._estimators._constraints import POSITIVE_INT, HasMethods
from .._estimators._fitted_state import atomic_fit, replace_fitted
from .._estimators._reported_fit import ReportedFit
from .._inputs._items import materialized
from ._backtest import backtest
from ._forecaster import Forecaster
from ._series import read_series
from ._series_form import Forms, in_forms
from ._series_regressor import (
    SeriesRegressor,
    as_steps,
    check_horizon,
    count_of,
    series_attributes,
)


class ForecastInterval(NamedTuple):
    """The ends of an interval for each step of a forecast, each in the form of the forecast.

    Attributes
    ----------
    lower, upper : ndarray, Series, frame or list
        What ``predict`` would return, lowered and raised.

    See Also
    --------
    ConformalForecaster.predict_interval : Returns it.

    Examples
    --------
    >>> import numpy as np
    >>> from textvec import ConformalForecaster, NaiveForecaster
    >>> model = ConformalForecaster(NaiveForecaster(), n_windows=9).fit(y=np.arange(20.0) % 3)
    >>> model.predict_interval()
    ForecastInterval(lower=array([-1.]), upper=array([3.]))
    """

    lower: Any
    upper: Any


class ConformalForecaster(ReportedFit, MetaEstimatorMixin, SeriesRegressor):
    """Forecasts with intervals: a forecaster, and its errors in a backtest as their width.

    Any forecaster is given intervals that hold a wanted share of what comes, whatever the errors'
    distribution: those of each step ahead are a quantile of the errors that the forecaster made
    that many steps ahead, on steps that it had not learned from (split conformal prediction).

    Parameters
    ----------
    forecaster : estimator
        Such as :class:`RNNForecaster`, or a Pipeline or ``TransformedTargetRegressor`` of one.
    horizon : int, default=1
        Number of steps ahead that intervals are computed for, at least 1; `predict` forecasts as
        many by default.
    n_windows : int, default=40
        Number of forecasts to learn the errors from, at least 1, each one step later than that
        before, up to the last steps of the series. A coverage of 0.9 needs 9, one of 0.95 needs
        19; begin with 40, or with a quarter of a short series.
    refit : bool, default=False
        Whether the forecaster is fitted anew for each of these forecasts. If not, once on the
        steps before them all, and once on all steps. Needed for what is no forecaster of textvec.

    Attributes
    ----------
    forecaster_ : estimator
        The forecaster, fitted to all steps.
    errors_ : ndarray of shape (n_windows, n_series * n_outputs, horizon), float64
        The absolute errors, sorted for each step ahead.
    n_series_ : int or None
        Number of series; None if `fit` saw one series, not a collection.
    n_outputs_ : int
        Number of target columns of each series.
    form_ : tuple or None
        The Series or frame that `fit` saw, whose index forecasts continue; None for arrays.
    n_features_in_ : int
        Number of exogenous columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, if `fit` saw a data frame.

    See Also
    --------
    backtest : Computes the errors.

    Notes
    -----
    If n forecasts were made, the interval of coverage c reaches as far as the error that is the
    ``ceil((n + 1) * c)``-th in size. It holds the share c of future values if future errors are as
    past ones [1]_; forecasts from neighbouring steps are much alike, so that on a short series it
    is held on average only. Where the swings of a series grow with its level, forecast its
    logarithm, and take the exponential of both ends.

    References
    ----------
    .. [1] A. Angelopoulos and S. Bates (2023). Conformal prediction: a gentle introduction.
       Foundations and Trends in Machine Learning 16(4).

    Examples
    --------
    >>> import numpy as np
    >>> from textvec import ConformalForecaster, NaiveForecaster
    >>> y = np.random.default_rng(0).normal(size=300)
    >>> model = ConformalForecaster(NaiveForecaster(), horizon=2).fit(y=y)
    >>> lower, upper = model.predict_interval(coverage=0.9)
    >>> lower.round(2), upper.round(2)
    (array([-2.22, -1.88]), array([3.88, 3.55]))
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "forecaster": [HasMethods(["fit", "predict"])],
        "horizon": [POSITIVE_INT],
        "n_windows": [POSITIVE_INT],
        "refit": ["boolean"],
    }

    forecaster_: Any
    errors_: NDArray[np.float64]

    def __init__(
        self, forecaster: Any, *, horizon: int = 1, n_windows: int = 40, refit: bool = False
    ):
        self.forecaster = forecaster
        self.horizon = horizon
        self.n_windows = n_windows
        self.refit = refit

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Fit the forecaster, and learn its errors.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features), Ragged, list of such or None, default=None
            Exogenous columns.
        y : array-like of shape (n_steps,) or (n_steps, n_outputs), Ragged, list of such
            One series, or several, as the forecaster takes them.

        Returns
        -------
        ConformalForecaster
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            If a series is too short for the forecaster and `n_windows` forecasts, or cannot be
            read.
        """
        X, y = materialized(X), materialized(y)
        series = read_series(X, y, type(self).__name__)
        n_series, n_targets = len(series.rows), series.n_targets
        n_windows, horizon = int(self.n_windows), int(self.horizon)
        windows = _LastWindows(horizon, n_windows)
        result = backtest(self.forecaster, y, X, cv=windows, refit=self.refit)
        errors = np.abs(result.y_true - result.y_pred)
        errors = errors.reshape(n_windows, n_series, horizon, n_targets)
        rows = errors.transpose(0, 1, 3, 2).reshape(n_windows, -1, horizon)
        forecaster = clone(self.forecaster).fit(series.no_columns() if X is None else X, y)
        learned = {"forecaster_": forecaster, "errors_": np.sort(rows, axis=0)}
        replace_fitted(self, {**learned, **series_attributes(X, series)})
        return self

    def predict(
        self, X: Any = None, *, horizon: int | None = None, past: Any = None, past_X: Any = None
    ) -> Any:
        """Forecast the steps after the last one of `fit`, or of `past`, by the forecaster.

        Parameters
        ----------
        X : array-like of shape (horizon, n_features), default=None
            Exogenous columns of the steps to forecast, as in `fit`.
        horizon : int, default=None
            Number of steps to forecast, at least 1. None takes the length of `X`; without `X`,
            the parameter `horizon`.
        past : array-like of shape (n_steps,) or (n_steps, n_outputs), Ragged, list, default=None
            The series to continue in place of that of `fit`, such as the same one some steps
            later; for forecasters of textvec alone.
        past_X : array-like of shape (n_steps, n_features), Ragged, list of such, default=None
            Exogenous columns of the steps of `past`.

        Returns
        -------
        ndarray, Series, frame or list
            Forecasts in the form of `y`, or of `past`, as those of :class:`RNNForecaster`.

        Raises
        ------
        TypeError
            If `horizon` is no integer, or `past` is given to another forecaster than textvec's.
        ValueError
            If the forecaster refuses what it is given.
        """
        check_is_fitted(self)
        continued = self._continued(past, past_X)
        return continued.formed(self._forecasts(X, horizon, continued))

    def predict_interval(
        self,
        X: Any = None,
        *,
        horizon: int | None = None,
        coverage: float = 0.9,
        past: Any = None,
        past_X: Any = None,
    ) -> ForecastInterval:
        """Return an interval for each step to forecast, which holds a share of what comes.

        Parameters
        ----------
        X, horizon : object
            As in `predict`; there may be at most as many steps as the parameter `horizon`.
        coverage : float, default=0.9
            The share of values that the intervals are to hold, in (0, 1).
        past, past_X : object
            As in `predict`.

        Returns
        -------
        ForecastInterval
            The ends ``lower`` and ``upper``, each in the form of a forecast.

        Raises
        ------
        ValueError
            If `coverage` is out of range or needs more than `n_windows` errors, or there are more
            steps than the parameter `horizon`.
        """
        check_is_fitted(self)
        rank = self._rank(coverage)
        continued = self._continued(past, past_X)
        values = self._forecasts(X, horizon, continued)
        n_steps, n_known = values.shape[1], self.errors_.shape[2]
        if n_steps > n_known:
            raise ValueError(
                f"there are {n_steps} steps to forecast, but the errors of {n_known} ahead are "
                f"known: fit with horizon={n_steps}."
            )
        width = self.errors_[rank - 1, :, :n_steps]
        return ForecastInterval(continued.formed(values - width), continued.formed(values + width))

    def _rank(self, coverage: Any) -> int:
        """Return which of the sorted errors, counted from 1, an interval reaches to."""
        is_number = isinstance(coverage, Real) and not isinstance(coverage, bool)
        if not is_number or not 0 < coverage < 1:
            raise ValueError(f"coverage must be a number between 0 and 1, got {coverage!r:.50}.")
        n_errors = len(self.errors_)
        rank = math.ceil((n_errors + 1) * float(coverage) - 1e-9)
        if rank > n_errors:
            least = math.ceil(coverage / (1 - coverage) - 1e-9)
            raise ValueError(
                f"coverage={coverage} needs at least {least} errors, but there are {n_errors}: fit "
                f"with n_windows={least} or more."
            )
        return rank

    def _continued(self, past: Any, past_X: Any) -> _Continued:
        if past is None and past_X is None:
            return _Continued(self.form_, self.n_series_, self.n_outputs_, {})
        if not isinstance(self.forecaster_, Forecaster):
            raise TypeError(
                f"past is continued by forecasters of textvec alone, not by "
                f"{type(self.forecaster_).__name__}: fit again on the longer series."
            )
        if past is None:
            raise ValueError("past_X has the exogenous columns of past: pass past, too.")
        past, past_X = materialized(past), materialized(past_X)
        name = type(self).__name__
        series = read_series(past_X, past, name, y_name="past", X_name="past_X")
        given = {"past": past, "past_X": past_X}
        return _Continued(series.forms, series.n_series, series.n_targets, given)

    def _values(self, X: Any, horizon: int | None) -> NDArray[np.float64]:
        return self._forecasts(X, horizon, self._continued(None, None))

    def _forecasts(self, X: Any, horizon: int | None, continued: _Continued) -> NDArray[np.float64]:
        """Return forecasts, (n_series * n_outputs, horizon)."""
        check_horizon(X, horizon)
        n_steps = self.errors_.shape[2] if horizon is None else int(horizon)
        given = dict(continued.past)
        if X is None and not self.n_features_in_:
            columns = [np.empty((n_steps, 0))] * count_of(continued.n_series)
            X = columns[0] if continued.n_series is None else columns
        elif X is None or horizon is not None:
            given["horizon"] = n_steps
        found = self.forecaster_.predict(X, **given)
        parts = [found] if continued.n_series is None else found
        rows = [np.asarray(part, np.float64).reshape(len(part), -1).T for part in parts]
        return np.concatenate(rows)


@dataclass(frozen=True)
class _Continued:
    """What a forecast continues: its form, number of series and targets, and `past` for predict."""

    forms: Forms
    n_series: int | None
    n_outputs: int
    past: dict[str, Any]

    def formed(self, values: NDArray[np.float64]) -> Any:
        """Return rows of target columns in the form of the series."""
        return in_forms(as_steps(values, self.n_series, self.n_outputs), self.forms)


@dataclass(frozen=True)
class _LastWindows:
    """Splits a series at each of the last steps that have `horizon` steps after them."""

    horizon: int
    n_windows: int

    def split(self, X: NDArray[Any]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Return the rows to learn from and those to forecast, from the earliest on."""
        first = len(X) - self.horizon - self.n_windows + 1
        if first < 1:
            raise ValueError(
                f"a series has {len(X)} steps, but horizon={self.horizon} and n_windows="
                f"{self.n_windows} need at least {self.horizon + self.n_windows}."
            )
        for stop in range(first, first + self.n_windows):
            yield np.arange(stop), np.arange(stop, stop + self.horizon)

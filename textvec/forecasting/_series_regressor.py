"""What forecasters and those that hold one have in common: the series, and the score."""

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

from ..networks.inputs._sequences import shape_attributes
from ._series import Series, read_truth
from ._series_form import Forms, check_continue


class SeriesRegressor(RegressorMixin, BaseEstimator):
    """Base class of what forecasts the steps after those of `fit`.

    Attributes
    ----------
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
    """

    n_series_: int | None
    n_outputs_: int
    form_: Forms
    n_features_in_: int

    # Forecasts have no weights: a step counts as any other.
    def score(self, X: Any, y: Any) -> float:  # type: ignore[override]
        """Return R2 of the forecasts of the steps after the last one of `fit`.

        Parameters
        ----------
        X : array-like of shape (horizon, n_features) or None
            As in `predict`.
        y : array-like of shape (horizon,) or (horizon, n_outputs), Ragged, list of such
            The true values, in the form of `fit`; for several series also as an array with a row
            for each.

        Returns
        -------
        float
            R2, over the steps of all series together; of several target columns, the mean of
            theirs.

        Raises
        ------
        ValueError
            If `y` does not hold as many series, of as many columns, as that of `fit`.
        """
        check_is_fitted(self)
        check_continue(getattr(self, "form_", None), y, "y")
        truth = read_truth(y, single=self.n_series_ is None)
        n_series, n_outputs = count_of(self.n_series_), self._n_outputs
        if (len(truth), truth.shape[2]) != (n_series, n_outputs):
            raise ValueError(
                f"y must hold {n_series} series of {n_outputs} columns, got {len(truth)} series of "
                f"{truth.shape[2]}."
            )
        values = self._values(X, truth.shape[1])
        forecasts = values.reshape(n_series, n_outputs, -1).transpose(0, 2, 1)
        return float(r2_score(truth.reshape(-1, n_outputs), forecasts.reshape(-1, n_outputs)))

    @property
    def _n_outputs(self) -> int:
        return getattr(self, "n_outputs_", 1)  # earlier versions saved none

    @abstractmethod
    def _values(self, X: Any, horizon: int | None) -> NDArray[np.float64]:
        """Return forecasts, (n_series * n_outputs, horizon): a row for each target column."""

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        return tags


def check_horizon(X: Any, horizon: Any) -> None:
    """Check that the number of steps is an integer, and was passed as `horizon`."""
    if isinstance(X, Integral):
        raise TypeError(f"X is for exogenous columns: pass the number of steps as horizon={X}.")
    if horizon is not None and (isinstance(horizon, bool) or not isinstance(horizon, Integral)):
        raise TypeError(
            f"horizon must be an int, the number of steps to forecast, got {horizon!r}."
        )
    if horizon is not None and not 1 <= int(horizon) < 2**31:
        raise ValueError(f"horizon must be at least 1, and below 2**31, got {horizon!r:.40}.")


def series_attributes(X: Any, series: Series) -> dict[str, Any]:
    """Return the fitted attributes that :class:`Forecaster` reads."""
    attributes = {
        "n_series_": series.n_series,
        "n_outputs_": series.n_targets,
        "form_": series.forms,
    }
    return attributes | shape_attributes(X, series.columns.shape[1])


def as_steps(
    values: NDArray[np.float64], n_series: int | None, n_outputs: int
) -> NDArray[np.float64]:
    """Return rows of target columns as forecasts of shape ([n_series,] horizon [, n_outputs])."""
    if n_outputs > 1:
        values = values.reshape(-1, n_outputs, values.shape[1]).transpose(0, 2, 1)
    return values[0] if n_series is None else values


def count_of(n_series: int | None) -> int:
    """Return a number of series, of which None is one that was in no collection."""
    return 1 if n_series is None else n_series

"""The forecasts of a backtest, and the values that were observed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import mean_absolute_error

from .._compat import import_optional
from .._containers._ragged import Ragged
from .._inputs._plain_array import integer
from .._reporting._html_tables import html_table

_HEADER = ("split", "forecasts", "mean absolute error")
_MOST = 12  # splits that are shown of many


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecasts of past steps of series, made from the steps before them, and the true values.

    What :func:`backtest` returns: a row for each step that was forecast, in the order of splits.
    Printed, and in notebooks, a table of the errors of the splits.

    Attributes
    ----------
    split : ndarray of shape (n_rows,), int64
        Number of the split.
    series : ndarray of shape (n_rows,), int64
        Number of the series; 0 where there is but one.
    position : ndarray of shape (n_rows,), int64
        Of the step in its series.
    step : ndarray of shape (n_rows,), int64
        How many steps it is after the last one of training, from 1 on.
    y_true, y_pred : ndarray of shape (n_rows,) or (n_rows, n_outputs), float64
        The true value and the forecast; a column for each target, if there are several.

    See Also
    --------
    backtest : Makes it.

    Examples
    --------
    >>> import numpy as np
    >>> from textvec import NaiveForecaster, backtest
    >>> result = backtest(NaiveForecaster(), np.array([1.0, 2.0, 4.0, 7.0, 11.0]), cv=2)
    >>> result.y_pred
    array([4., 7.])
    >>> result.scores()
    array([3., 4.])
    >>> result
    2 forecasts, mean absolute error 3.5
           split   forecasts  mean absolute error
               0           1                    3
               1           1                    4
    """

    split: NDArray[np.int64]
    series: NDArray[np.int64]
    position: NDArray[np.int64]
    step: NDArray[np.int64]
    y_true: NDArray[np.float64]
    y_pred: NDArray[np.float64]
    _rows: Ragged = field(repr=False)
    _n_known: NDArray[np.int64] = field(repr=False)  # steps before the test, (n_splits, n_series)
    _labels: list[Any] | None = field(repr=False)

    def scores(
        self, metric: Callable[..., float] = mean_absolute_error, **options: Any
    ) -> NDArray[np.float64]:
        """Return the score of each split.

        Parameters
        ----------
        metric : callable, default=sklearn.metrics.mean_absolute_error
            Called with the true values and the forecasts of a split, as those of
            ``sklearn.metrics`` are.
        **options : dict
            Further arguments of `metric`.

        Returns
        -------
        ndarray of shape (n_splits,), float64
            The score of each split.
        """
        of_split = [self.split == i for i in range(len(self._n_known))]
        found = [metric(self.y_true[rows], self.y_pred[rows], **options) for rows in of_split]
        return np.array(found, dtype=np.float64)

    def scaled_errors(self, season_length: int = 1) -> NDArray[np.float64]:
        """Return the mean absolute scaled error of each split (Hyndman and Koehler, 2006).

        The error is divided by that of the seasonal naive forecast within the steps before the
        test: below 1 is better than that, on a scale that all series have in common.

        Parameters
        ----------
        season_length : int, default=1
            Number of steps of a season, at least 1; 12 for monthly values.

        Returns
        -------
        ndarray of shape (n_splits,), float64
            The scaled error of each split.

        Raises
        ------
        ValueError
            If the steps before a test are not more than a season, or the seasons all the same.
        """
        season_length = integer(season_length, "season_length")
        if season_length < 1:
            raise ValueError(f"season_length must be at least 1, got {season_length}.")
        errors = np.abs(self.y_true - self.y_pred).reshape(len(self.split), -1)
        scales = np.stack([self._naive_errors(known, season_length) for known in self._n_known])
        relative = errors / scales[self.split, self.series]
        means = [relative[self.split == i].mean() for i in range(len(self._n_known))]
        return np.array(means)

    def to_frame(self) -> Any:
        """Return a pandas DataFrame with a row for each forecast, and the columns by name.

        Returns
        -------
        pandas.DataFrame
            With the index of the series, if it was a Series or frame of pandas.

        Raises
        ------
        ImportError
            If pandas is missing.
        """
        pandas = import_optional("pandas", needed_for="Backtest.to_frame")
        columns = {n: getattr(self, n) for n in ("split", "series", "position", "step")}
        for name in ("y_true", "y_pred"):
            values = getattr(self, name)
            if values.ndim == 1:
                columns[name] = values
            else:
                columns |= {f"{name}_{j}": column for j, column in enumerate(values.T)}
        index = None
        if self._labels is not None:
            at = zip(self.series, self.position, strict=True)
            index = pandas.Index([self._labels[series][position] for series, position in at])
        return pandas.DataFrame(columns, index)

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        rows = self._errors_of_splits()
        lines = [f"{i:12,}{n:12,}{error:21.4g}" for i, n, error in rows[:_MOST]]
        more = [f"and {len(rows) - _MOST:,} more"] if len(rows) > _MOST else []
        return "\n".join([self._title, "{:>12}{:>12}{:>21}".format(*_HEADER), *lines, *more])

    def _repr_html_(self) -> str:
        rows = self._errors_of_splits()
        caption = f"{type(self).__name__}: {self._title}"
        return html_table(caption, _HEADER, rows[:_MOST], n_rows=len(rows), what="splits")

    @property
    def _title(self) -> str:
        error = np.abs(self.y_true - self.y_pred).mean() if len(self.split) else np.nan
        return f"{len(self.split):,} forecasts, mean absolute error {error:.4g}"

    def _errors_of_splits(self) -> list[tuple[int, int, float]]:
        """Return number, number of forecasts and mean absolute error of each split."""
        errors = np.abs(self.y_true - self.y_pred)
        of_split = [errors[self.split == i] for i in range(len(self._n_known))]
        return [(i, len(part), float(part.mean())) for i, part in enumerate(of_split)]

    def _naive_errors(self, n_known: NDArray[np.int64], season: int) -> NDArray[np.float64]:
        """Return the mean error of the seasonal naive forecast, (n_series, n_outputs)."""
        found = []
        for row, known in zip(self._rows, n_known, strict=True):
            error = np.abs(row[season:known] - row[: max(0, known - season)])
            if not len(error) or not error.any(axis=0).all():
                raise ValueError(
                    f"season_length={season}: the {known} steps before a test have no two seasons "
                    "that differ, so that there is no naive error to divide by."
                )
            found.append(error.mean(axis=0))
        return np.stack(found)

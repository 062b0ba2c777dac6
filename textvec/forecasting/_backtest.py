"""Backtests: forecasts of steps that are known already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import TimeSeriesSplit

from .._containers._ragged import Ragged
from .._inputs._items import materialized
from .._inputs._named_arguments import naming_arguments
from .._reporting._progress_bars import tracked
from ._backtest_result import Backtest
from ._forecaster import Forecaster
from ._series import Series, read_series
from ._series_form import pandas_index


@naming_arguments()
def backtest(
    forecaster: Any, y: Any, X: Any = None, *, cv: Any = None, refit: bool = True
) -> Backtest:
    """Forecast the last parts of series, each from the steps before it.

    Parameters
    ----------
    forecaster : estimator
        Such as :class:`RNNForecaster`, or a Pipeline or ``TransformedTargetRegressor`` of one. It
        is cloned.
    y : array-like of shape (n_steps,) or (n_steps, n_outputs), Ragged, list of such
        One series, or several, as the forecaster takes them.
    X : array-like of shape (n_steps, n_features), Ragged, list of such or None, default=None
        Exogenous columns.
    cv : int, splitter, iterable or None, default=None
        How to split: a number of splits for ``TimeSeriesSplit``, of which None takes 5, or a
        splitter whose test rows come after those of training, with or without a gap. Several
        series are split each for itself: their tests must be of one length, as
        ``TimeSeriesSplit(5, test_size=12)`` makes them.
    refit : bool, default=True
        Whether the forecaster is fitted for every split. If not, it is fitted for the first alone,
        and then continues the steps before each test, as ``predict(past=...)`` does: much faster,
        and for forecasters of textvec alone.

    Returns
    -------
    Backtest
        Forecasts and true values, with ``scores(metric)`` and ``to_frame()``.

    Raises
    ------
    ValueError
        If a split is none of time, or tests differ in length between series.
    TypeError
        If `refit` is False and the forecaster's `predict` takes no `past`.

    See Also
    --------
    Backtest : Its result.
    NaiveForecaster : The baseline to compare with.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.model_selection import TimeSeriesSplit
    >>> from textvec import NaiveForecaster, backtest
    >>> months = np.arange(48)
    >>> sales = 100 + months + 10 * np.sin(2 * np.pi * months / 12)
    >>> years = TimeSeriesSplit(3, test_size=12)
    >>> backtest(NaiveForecaster(season_length=12), sales, cv=years).scores()
    array([12., 12., 12.])
    """
    if not refit and not isinstance(forecaster, Forecaster):
        raise TypeError(
            f"refit=False needs a forecaster of textvec, whose predict takes past, got "
            f"{type(forecaster).__name__}: pass refit=True."
        )
    X, y = materialized(X), materialized(y)
    series = read_series(X, y, type(forecaster).__name__)
    parts = _Parts.of(series, series.no_columns() if X is None else X, y)
    splits = [list(_splits(cv, int(n_steps))) for n_steps in series.rows.lengths]
    if len({len(of_series) for of_series in splits}) > 1:
        raise ValueError("cv makes other numbers of splits of some series than of others.")
    forecasts, model = [], None
    for windows in tracked(list(zip(*splits, strict=True)), "backtest", "splits"):
        known_X, known_y = parts.known_X(windows), parts.known_y(windows)
        past: dict[str, Any] = {}
        if model is None or refit:
            model = clone(forecaster).fit(known_X, known_y)
        else:
            past = {"past": known_y, "past_X": known_X}
        forecasts.append(_forecast(model, parts, windows, past))
    return _result(series, y, splits, forecasts)


@dataclass(frozen=True)
class _Window:
    """The steps of one split of a series: those to learn from, and those to forecast."""

    start: int
    stop: int
    test: NDArray[np.int64]

    @property
    def horizon(self) -> int:
        """Number of steps from the last one of training to the last one of the test."""
        return int(self.test[-1]) - self.stop + 1


Windows = Sequence[_Window]  # one of each series


@dataclass(frozen=True)
class _Parts:
    """Series of whatever container, and their exogenous columns, a part for each."""

    y: list[Any]
    X: list[Any]
    single: bool

    @classmethod
    def of(cls, series: Series, X: Any, y: Any) -> Self:
        """Return the containers of each series."""
        return cls([y], [X], True) if series.single else cls(list(y), list(X), False)

    def known_y(self, windows: Windows) -> Any:
        """Return the steps to learn from."""
        return self._joined(_cut(y, w.start, w.stop) for y, w in zip(self.y, windows, strict=True))

    def known_X(self, windows: Windows) -> Any:
        """Return the columns of the steps to learn from."""
        return self._joined(_cut(x, w.start, w.stop) for x, w in zip(self.X, windows, strict=True))

    def future_X(self, windows: Windows) -> Any:
        """Return the columns of the steps to forecast, those of a gap before them included."""
        pairs = zip(self.X, windows, strict=True)
        return self._joined(_cut(x, w.stop, w.stop + w.horizon) for x, w in pairs)

    def _joined(self, parts: Iterable[Any]) -> Any:
        parts = list(parts)
        return parts[0] if self.single else parts


def _cut(steps: Any, start: int, stop: int) -> Any:
    """Return consecutive steps of a series, in its own container."""
    if hasattr(steps, "iloc"):
        return steps.iloc[start:stop]
    if hasattr(steps, "slice"):  # of polars and arrow
        return steps.slice(start, stop - start)
    return (steps if hasattr(steps, "__getitem__") else np.asarray(steps))[start:stop]


def _splits(cv: Any, n_steps: int) -> Iterator[_Window]:
    if cv is None or isinstance(cv, Integral):
        cv = TimeSeriesSplit(5 if cv is None else int(cv))
    if isinstance(cv, str) or not (hasattr(cv, "split") or isinstance(cv, Iterable)):
        raise TypeError(f"cv must be an int, a splitter or an iterable of splits, got {cv!r:.50}.")
    pairs = cv.split(np.empty((n_steps, 0))) if hasattr(cv, "split") else cv
    for number, (train, test) in enumerate(pairs):
        train, test = np.asarray(train), np.asarray(test)
        rises = len(train) and len(test) and (np.diff(test) > 0).all() and train[-1] < test[0]
        if not rises or (np.diff(train) != 1).any():
            raise ValueError(
                f"split {number} of cv does not test on steps after consecutive ones of training, "
                "as sklearn.model_selection.TimeSeriesSplit does."
            )
        yield _Window(int(train[0]), int(train[-1]) + 1, test)


def _forecast(
    model: Any, parts: _Parts, windows: Windows, past: dict[str, Any]
) -> NDArray[np.float64]:
    """Return the forecasts of a split, (n_series, n_test, n_outputs)."""
    horizons, tests = {w.horizon for w in windows}, {len(w.test) for w in windows}
    if len(horizons) > 1 or len(tests) > 1:
        raise ValueError(
            "the tests of several series must be of one length: pass cv with a test_size, as "
            "TimeSeriesSplit(5, test_size=12)."
        )
    found = model.predict(parts.future_X(windows), **past)
    values = [found] if parts.single else found
    return np.stack(
        [
            np.asarray(part, dtype=np.float64).reshape(window.horizon, -1)[
                window.test - window.stop
            ]
            for part, window in zip(values, windows, strict=True)
        ]
    )


def _result(
    series: Series, y: Any, splits: list[list[_Window]], forecasts: list[NDArray[np.float64]]
) -> Backtest:
    rows, found = [], []
    for split, windows in enumerate(zip(*splits, strict=True)):
        for number, window in enumerate(windows):
            steps = window.test - window.stop + 1
            alike = np.ones_like(steps)
            truth = series.rows[number][window.test]
            rows.append([split * alike, number * alike, window.test, steps])
            found.append((truth, forecasts[split][number]))
    table = np.concatenate(rows, axis=1)
    y_true, y_pred = (np.concatenate(part) for part in zip(*found, strict=True))
    if series.n_targets == 1:
        y_true, y_pred = y_true[:, 0], y_pred[:, 0]
    n_known = np.array([[w.stop for w in windows] for windows in zip(*splits, strict=True)])
    labels = _labels(y, single=series.single)
    split, of_series, position, step = table
    return Backtest(split, of_series, position, step, y_true, y_pred, series.rows, n_known, labels)


def _labels(y: Any, *, single: bool) -> list[Any] | None:
    if isinstance(y, Ragged):
        return None
    labels = [pandas_index(part) for part in ([y] if single else y)]
    return None if any(index is None for index in labels) else labels

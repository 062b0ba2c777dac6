"""Lag windows of series as a network's input, and its outputs as values of the series."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .._containers._ragged import Ragged, gather_items, offsets_from_lengths, row_of_item
from ..networks.inputs._sequences import Sequences
from ..nn import scale_of
from ._series import Series, last_items

Floats = NDArray[np.float64]


class ForecastOrigin(NamedTuple):
    """The end of each series, from which its forecast continues.

    Of several targets, the rows of one series follow one another.

    Attributes
    ----------
    values : ndarray of shape (n_series * n_targets, n_lags + sum(differences))
        The last values of each target.
    columns : ndarray of shape (n_series, n_lags - 1, n_features)
        The exogenous columns of the last steps.
    mean, scale : ndarray of shape (n_series * n_targets, 1)
        Of the differences: the network reads and predicts ``(difference - mean) / scale``.
    differences : tuple of int
        Lags at which the series are differenced, one after the other.
    """

    values: Floats
    columns: Floats
    mean: Floats
    scale: Floats
    differences: tuple[int, ...]

    @property
    def n_lags(self) -> int:
        """Number of steps of a window."""
        return int(self.columns.shape[1]) + 1

    def moved_to(self, series: Series) -> ForecastOrigin:
        """Return the end of other steps of the same series, in the same units."""
        return self._replace(
            values=series.last(self.values.shape[1]),
            columns=last_items(series.columns, series.rows.offsets, self.n_lags - 1),
        )

    def of_others(self, series: Series) -> ForecastOrigin:
        """Return the end of other series, each in its own units."""
        mean, scale = _mean_and_scale(_differenced(series.rows, self.differences))
        return self.moved_to(series)._replace(mean=mean.reshape(-1, 1), scale=scale.reshape(-1, 1))

    def scaled(self) -> Floats:
        """Return the last scaled differences, (n_series * n_targets, n_lags): the first input."""
        return (self._levels()[-1] - self.mean) / self.scale

    def original(self, forecasts: Floats) -> Floats:
        """Return forecasts of scaled differences, a row each target, as values of the series."""
        values = forecasts * self.scale + self.mean
        levels = self._levels()[:-1]
        for lag, level in zip(reversed(self.differences), reversed(levels), strict=True):
            values = _integrate(level[:, -lag:], values)
        return values

    def _levels(self) -> list[Floats]:
        """Return the values, these differenced once, and so on."""
        levels = [self.values]
        for lag in self.differences:
            levels.append(levels[-1][:, lag:] - levels[-1][:, :-lag])
        return levels


class Windows(NamedTuple):
    """The training data of a forecaster.

    Attributes
    ----------
    sequences : Sequences
        Windows of `n_lags` steps, which overlap in one flat array. A step has the scaled
        difference of each target, then the exogenous columns of each of the next `horizon` steps.
    targets : ndarray of shape (n_windows, horizon * n_targets), float32
        The scaled differences that follow each window, step by step.
    series : ndarray of shape (n_windows,), int64
        The series that each window is from; those of one series are in order.
    """

    sequences: Sequences
    targets: NDArray[np.float32]
    series: NDArray[np.int64]


def make_windows(
    series: Series, differences: tuple[int, ...], n_lags: int, horizon: int
) -> tuple[Windows, ForecastOrigin]:
    """Return the lag windows of series, and the origin of their forecast.

    Parameters
    ----------
    series : Series
        Each of at least ``sum(differences) + n_lags + horizon`` steps.
    differences : tuple of int
        Lags at which the series are differenced, one after the other; may be empty.
    n_lags : int
        Number of steps of a window.
    horizon : int
        Number of steps to predict from a window.

    Returns
    -------
    windows : Windows
    origin : ForecastOrigin
    """
    mean, scale = _mean_and_scale(_differenced(series.rows, differences))
    origin = ForecastOrigin(
        values=series.last(n_lags + sum(differences)),
        columns=last_items(series.columns, series.rows.offsets, n_lags - 1),
        mean=mean.reshape(-1, 1),
        scale=scale.reshape(-1, 1),
        differences=differences,
    )
    return windows_of(series, origin, horizon), origin


def windows_of(series: Series, units: ForecastOrigin, horizon: int) -> Windows:
    """Return the lag windows of series.

    Parameters
    ----------
    series : Series
        As for :func:`make_windows`.
    units : ForecastOrigin
        Of the same series: how they are differenced and scaled, and the steps of a window.
    horizon : int
        Number of steps to predict from a window.

    Returns
    -------
    Windows
        All whose targets are within the series.
    """
    rows, n_lags = _differenced(series.rows, units.differences), units.n_lags
    n_lost = sum(units.differences)
    mean, scale = (part.reshape(-1, series.n_targets) for part in (units.mean, units.scale))
    row = row_of_item(rows.lengths)
    scaled = ((rows.values - mean[row]) / scale[row]).astype(np.float32)
    steps = gather_items(series.rows.offsets[:-1] + n_lost, rows.lengths)  # of the series
    # Behind the end of a series, columns of the next one are read, but in no window.
    last = len(series.columns) - 1
    ahead = [series.columns[np.minimum(steps + j, last)] for j in range(1, horizon + 1)]
    n_windows = rows.lengths - n_lags - horizon + 1
    starts = gather_items(rows.offsets[:-1], n_windows)
    following = sliding_window_view(scaled, horizon, axis=0)[starts + n_lags]
    return Windows(
        lag_windows(with_exogenous(scaled, ahead), starts, n_lags),
        targets=following.transpose(0, 2, 1).reshape(len(starts), -1),  # (windows, steps, targets)
        series=row_of_item(n_windows),
    )


def lag_windows(values: NDArray[np.float32], starts: NDArray[np.int64], n_lags: int) -> Sequences:
    """Return windows of `n_lags` items of a flat array, which they share."""
    return Sequences(values, starts, np.full(len(starts), n_lags))


def with_exogenous(values: NDArray[np.floating], ahead: list[Floats]) -> NDArray[np.float32]:
    """Return values (n_items, n_targets) and exogenous columns as one array, (n_items, width).

    `ahead` has the columns of the first, second, ... step after each item, (n_items,
    n_features) each.
    """
    return np.concatenate([values, *ahead], axis=1, dtype=np.float32)


def _differenced(rows: Ragged, differences: tuple[int, ...]) -> Ragged:
    """Return ``y[t] - y[t - lag]`` of each row, `lag` items shorter, for one lag after another."""
    for lag in differences:
        lengths = rows.lengths - lag
        items = gather_items(rows.offsets[:-1] + lag, lengths)
        changes = rows.values[items] - rows.values[items - lag]
        rows = Ragged(changes, offsets_from_lengths(lengths))
    return rows


def _integrate(last: Floats, changes: Floats) -> Floats:
    """Undo a difference: return the values that follow `last`, (n_rows, lag), by `changes`."""
    lag, n = last.shape[1], changes.shape[1]
    fill = np.zeros((len(last), -n % lag))
    blocks = np.concatenate([last, changes, fill], axis=1).reshape(len(last), -1, lag)
    return blocks.cumsum(axis=1).reshape(len(last), -1)[:, lag : lag + n]


def _mean_and_scale(rows: Ragged) -> tuple[Floats, Floats]:
    """Return the mean of each row, and its standard deviation (1 where it is constant).

    Both are (n_rows, n_targets). Each target is summed for itself, in the order of its own array.
    """
    starts, lengths = rows.offsets[:-1], rows.lengths
    row = row_of_item(lengths)
    moments = []
    for values in np.ascontiguousarray(rows.values.T):
        mean = np.add.reduceat(values, starts) / lengths
        deviation = np.sqrt(np.add.reduceat((values - mean[row]) ** 2, starts) / lengths)
        moments.append((mean, scale_of(mean, deviation)))
    means, scales = zip(*moments, strict=True)
    return np.stack(means, axis=1), np.stack(scales, axis=1)

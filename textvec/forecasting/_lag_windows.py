"""From series to windows that a network reads, and from its outputs back to series."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .._ragged import Ragged, offsets_from_lengths
from ..nn import Sequences, scale_of
from ._series import Series, last_items

Floats = NDArray[np.float64]


class Past(NamedTuple):
    """The end of each series: what its forecast goes on from.

    Parameters
    ----------
    values : ndarray of shape (n_series, n_lags + sum(differences))
        The last values.
    columns : ndarray of shape (n_series, n_lags - 1, n_features)
        The exogenous columns of the last steps.
    mean, scale : ndarray of shape (n_series, 1)
        A difference is learned as ``(difference - mean) / scale``.
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
        """Steps of a window."""
        return int(self.columns.shape[1]) + 1

    def scaled(self) -> Floats:
        """Give the last differences, as the network reads them, (n_series, n_lags)."""
        return (self._levels()[-1] - self.mean) / self.scale

    def original(self, forecasts: Floats) -> Floats:
        """Give forecasts (n_series, horizon) of scaled differences as values of the series."""
        values = forecasts * self.scale + self.mean
        levels = self._levels()[:-1]
        for lag, level in zip(reversed(self.differences), reversed(levels), strict=True):
            values = _summed(level[:, -lag:], values)
        return values

    def _levels(self) -> list[Floats]:
        """Give the values, these differenced once, and so on."""
        levels = [self.values]
        for lag in self.differences:
            levels.append(levels[-1][:, lag:] - levels[-1][:, :-lag])
        return levels


class Windows(NamedTuple):
    """What a network learns from.

    Parameters
    ----------
    sequences : Sequences
        Windows of `n_lags` steps, which overlap in one flat array. A step has the scaled
        difference, then the columns of each of the next `horizon` steps.
    targets : ndarray of shape (n_windows, horizon), float32
        The scaled differences that follow each window.
    series : ndarray of shape (n_windows,), int64
        The series that each window is from; those of one series are in order.
    """

    sequences: Sequences
    targets: NDArray[np.float32]
    series: NDArray[np.int64]


def cut(
    series: Series, differences: tuple[int, ...], n_lags: int, horizon: int
) -> tuple[Windows, Past]:
    """Cut series into windows; also give what their forecast goes on from."""
    rows = series.rows
    for lag in differences:
        rows = _differenced(rows, lag)
    mean, scale = _units(rows)
    lost = sum(differences)
    past = Past(
        values=last_items(series.rows.values, series.rows.offsets, n_lags + lost),
        columns=last_items(series.columns, series.rows.offsets, n_lags - 1),
        mean=mean[:, None],
        scale=scale[:, None],
        differences=differences,
    )
    each = rows.lengths
    scaled = ((rows.values - np.repeat(mean, each)) / np.repeat(scale, each)).astype(np.float32)
    # Those of a series' last windows reach into the next series, but no window goes there.
    steps = np.arange(len(scaled)) + np.repeat(np.arange(1, len(rows) + 1) * lost, each)
    ahead = [np.minimum(steps + j, len(series.columns) - 1) for j in range(1, horizon + 1)]
    values = beside(scaled, [series.columns[places] for places in ahead])
    counts = each - n_lags - horizon + 1
    number = np.repeat(np.arange(len(rows)), counts)
    starts = np.arange(len(number)) + np.repeat(rows.offsets[:-1] - _begins(counts), counts)
    targets = sliding_window_view(scaled, horizon)[starts + n_lags]
    return Windows(windows(values, starts, n_lags), targets, number), past


def windows(values: NDArray[np.float32], starts: NDArray[np.int64], n_lags: int) -> Sequences:
    """Give windows of a flat array; where they overlap, they share it."""
    return Sequences(values, starts, np.full(len(starts), n_lags))


def beside(values: NDArray[np.floating], ahead: list[Floats]) -> NDArray[np.float32]:
    """Put the columns of the steps ahead, (n_items, n_features) each, beside the values."""
    return np.concatenate([values.reshape(-1, 1), *ahead], axis=1, dtype=np.float32)


def _differenced(rows: Ragged, lag: int) -> Ragged:
    kept = np.ones(len(rows.values), dtype=bool)
    kept[rows.offsets[:-1, None] + np.arange(lag)] = False
    items = np.flatnonzero(kept)
    return Ragged(
        rows.values[items] - rows.values[items - lag], offsets_from_lengths(rows.lengths - lag)
    )


def _units(rows: Ragged) -> tuple[Floats, Floats]:
    """Give mean and unit of each row."""
    begins, lengths = rows.offsets[:-1], rows.lengths
    mean = np.add.reduceat(rows.values, begins) / lengths
    squares = (rows.values - np.repeat(mean, lengths)) ** 2
    deviation = np.sqrt(np.add.reduceat(squares, begins) / lengths)
    return mean, scale_of(mean, deviation)


def _begins(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return offsets_from_lengths(counts)[:-1]


def _summed(last: Floats, changes: Floats) -> Floats:
    """Undo a difference: to the last values, (n_rows, lag), add the changes that follow them."""
    lag, n = last.shape[1], changes.shape[1]
    beyond = np.zeros((len(last), -n % lag))
    blocks = np.concatenate([last, changes, beyond], axis=1).reshape(len(last), -1, lag)
    return blocks.cumsum(axis=1).reshape(len(last), -1)[:, lag : lag + n]

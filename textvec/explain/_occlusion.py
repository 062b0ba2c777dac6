"""Occlusion: a prediction, less that of the row without one of its steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from .._containers._ragged import gather_items, offsets_from_lengths, positions_in_rows, row_of_item
from .._reporting._progress_bars import tracked
from ..nn import DeviceRows, SequenceData, SequenceNet
from ._explained_outputs import explained_values

# Steps of the rows without a step that are on the device at a time.
_MAX_STEPS = 2**18


def occlusion(
    net: SequenceNet,
    data: SequenceData,
    columns: NDArray[np.int64],
    values: NDArray[np.floating],
) -> NDArray[np.float32]:
    """Return the occlusion score of each step of all rows, (n_items,).

    Parameters
    ----------
    net : SequenceNet
        The network.
    data : SequenceData
        The rows.
    columns : ndarray of shape (n_rows,)
        Number of the class, or of the column, whose probability or prediction is explained.
    values : ndarray of shape (n_rows,)
        That probability or prediction, of the whole rows.
    """
    lengths = data.lengths_cpu
    rows, steps = row_of_item(lengths), positions_in_rows(lengths)  # of each item
    scores = np.empty(len(rows), np.float32)
    for part in tracked(list(_parts(lengths[rows])), "occlusion", "parts"):
        row = rows[part]
        outputs = net.outputs(without_steps(data, row, steps[part]))
        scores[part] = values[row] - explained_values(net.criterion_, outputs, columns[row])
    return scores


def without_steps(
    data: SequenceData, rows: NDArray[np.int64], steps: NDArray[np.int64]
) -> SequenceData:
    """Return row ``rows[i]`` without its step ``steps[i]``, for all i."""
    starts, lengths = data.starts_cpu[rows], data.lengths_cpu[rows]
    # Each is joined of two pieces: the steps before, and those after.
    piece_starts = np.column_stack([starts, starts + steps + 1]).ravel()
    piece_lengths = np.column_stack([steps, lengths - steps - 1]).ravel()
    fill = len(data.rows.values) - 1
    items = np.append(gather_items(piece_starts, piece_lengths), fill)
    values = data.rows.values[torch.from_numpy(items).to(data.device)]
    return replace(
        data,
        rows=DeviceRows.of(values, offsets_from_lengths(lengths - 1)[:-1], lengths - 1),
        targets=None,
        weights=None,
    )


def _parts(lengths: NDArray[np.int64]) -> Iterator[slice]:
    """Split rows of these lengths into parts of at most `_MAX_STEPS` steps, or of one row."""
    ends = np.cumsum(lengths)
    start = 0
    while start < len(lengths):
        limit = ends[start] - lengths[start] + _MAX_STEPS
        stop = max(start + 1, int(np.searchsorted(ends, limit, side="right")))
        yield slice(start, stop)
        start = stop

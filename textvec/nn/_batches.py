"""Rows on the device, and batches of them gathered from flat tensors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from .._ragged import Ragged
from ._sequences import Sequences
from ._targets import Targets, targets_on

# Rows are sorted by length within pools of this many batches: enough for rows of a batch to
# be nearly of one length, few enough for its rows to change from pass to pass.
_POOL = 50
# Most steps (padding included) and rows of a batch in prediction.
_EVALUATION_STEPS = 2**16
_EVALUATION_ROWS = 1024
# A step costs much the same for one row as for some, so that long rows would cost more than their
# length says if ever fewer shared a batch: of such, this many may, up to so many steps.
_EVALUATION_LONG_ROWS = 32
_EVALUATION_LONG_STEPS = 2**18


class Batch(NamedTuple):
    """Rows padded at the end, steps first.

    Parameters
    ----------
    values : Tensor of shape (T, B) or (T, B, D)
        Ids or vectors; padding is zero.
    lengths : Tensor of shape (B,), int64, or None
        Real steps of each row; None if every row has T.
    weights : Tensor of shape (B,), float32, or None
        What each row counts in the loss; None counts them alike.
    carries_state : bool
        Whether the rows go on where those of the batch before ended; of these, the last may
        be missing.
    """

    values: Tensor
    lengths: Tensor | None = None
    weights: Tensor | None = None
    carries_state: bool = False

    def __len__(self) -> int:
        return self.values.shape[1]


@dataclass(frozen=True, eq=False)
class SequenceData(Dataset[tuple[Batch, Any]]):
    """Sequences, targets and weights on one device.

    Parameters
    ----------
    values : Tensor of shape (n_items + 1,) or (n_items + 1, D)
        Ids or vectors of all rows; the last item is padding.
    starts, lengths : Tensor of shape (n_rows,), int64
        Row i is ``values[starts[i]:starts[i] + lengths[i]]``.
    lengths_cpu : ndarray of shape (n_rows,), int64
        The lengths once more, where planning batches costs no transfer.
    table : Tensor of shape (V, D) or None
        Vectors that take the place of ids as a batch is gathered.
    y : Targets
        Of the rows, or of their steps.
    weights : Tensor of shape (n_rows,), float32, or None
        What each row counts.
    """

    values: Tensor
    starts: Tensor
    lengths: Tensor
    lengths_cpu: NDArray[np.int64]
    table: Tensor | None
    y: Targets
    weights: Tensor | None

    @classmethod
    def on(
        cls,
        device: torch.device,
        sequences: Sequences,
        y: NDArray[np.generic] | Ragged | None = None,
        weights: NDArray[np.floating] | None = None,
    ) -> Self:
        """Copy rows to a device, once; of `y`, an array has a target a row, a Ragged one a step."""
        values = sequences.values
        pad = np.zeros((1, *values.shape[1:]), values.dtype)
        table = sequences.table
        if y is None:
            y = np.zeros(len(sequences), np.float32)
        return cls(
            values=torch.from_numpy(np.concatenate([values, pad])).to(device),
            starts=torch.tensor(sequences.starts, device=device),
            lengths=torch.tensor(sequences.lengths, device=device),
            lengths_cpu=sequences.lengths,
            table=None if table is None else torch.tensor(table, device=device),
            y=targets_on(device, y, sequences.lengths),
            weights=None
            if weights is None
            else torch.tensor(weights, dtype=torch.float32, device=device),
        )

    @property
    def device(self) -> torch.device:
        return self.values.device

    @property
    def same_length(self) -> bool:
        """Whether all rows have the same number of steps, at least one."""
        lengths = self.lengths_cpu
        return bool(len(lengths)) and 0 < lengths.min() == lengths.max()

    def __len__(self) -> int:
        return len(self.lengths_cpu)

    def __getitem__(self, row: int) -> tuple[Batch, Any]:
        rows = torch.tensor([row], device=self.device)
        return self.gather(rows, max(1, int(self.lengths_cpu[row])), ragged=True)

    def take(self, rows: NDArray[np.int64]) -> SequenceData:
        """Select rows; they share the values."""
        on_device = torch.from_numpy(rows).to(self.device)
        return replace(
            self,
            starts=self.starts[on_device],
            lengths=self.lengths[on_device],
            lengths_cpu=self.lengths_cpu[rows],
            y=self.y.take(on_device),
            weights=None if self.weights is None else self.weights[on_device],
        )

    def by_length(self) -> tuple[SequenceData, NDArray[np.int64]]:
        """Sort rows by falling length; also give the row number each came from."""
        rows = np.argsort(-self.lengths_cpu, kind="stable")
        return self.take(rows), rows

    def gather(self, rows: Tensor, n_steps: int, *, ragged: bool) -> tuple[Batch, Any]:
        """Make one batch of `rows` (B,), padded to `n_steps`; and their targets."""
        steps = torch.arange(n_steps, device=self.device)[:, None]  # (T, 1)
        positions = self.starts[rows] + steps  # (T, B)
        lengths = None
        if ragged:
            lengths = self.lengths[rows]  # (B,)
            positions = positions.masked_fill(steps >= lengths, len(self.values) - 1)
        values = self.values[positions]  # (T, B) or (T, B, D)
        if self.table is not None:
            values = torch.nn.functional.embedding(values, self.table)  # (T, B, D)
        weights = None if self.weights is None else self.weights[rows]
        return Batch(values, lengths, weights), self.y.gather(rows, n_steps)

    def training_batches(
        self, batch_size: int, generator: torch.Generator
    ) -> Iterable[tuple[Batch, Any]]:
        """Give passes over the rows in an order drawn from a generator on the CPU."""
        return TrainingBatches(self, batch_size, generator)

    def padding(self) -> Batch:
        """Make a batch of one row of one step of padding: the shape of a batch, no content."""
        values = self.values[-1:, None]  # (1, 1) or (1, 1, D)
        if self.table is not None:
            values = torch.nn.functional.embedding(values, self.table)
        return Batch(values)


class TrainingBatches:
    """Passes over shuffled rows, those of like length together.

    Every pass shuffles the rows, sorts them by length within pools of some tens of
    batches, cuts these into batches, and shuffles the batches. Rows that all have one
    length are only shuffled.

    Parameters
    ----------
    data : SequenceData
        The rows.
    batch_size : int
        Rows of a batch; the last of a pass may have fewer.
    generator : torch.Generator
        On the CPU.
    """

    def __init__(self, data: SequenceData, batch_size: int, generator: torch.Generator):
        self.data = data
        self.batch_size = batch_size
        self.generator = generator

    def __len__(self) -> int:
        return -(-len(self.data) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Batch, Any]]:
        data, size = self.data, self.batch_size
        ragged = not data.same_length
        rows, batches = self._plan(ragged)
        on_device = torch.from_numpy(rows).to(data.device)
        for b in batches:
            longest = data.lengths_cpu[rows[b * size : (b + 1) * size]].max()
            chosen = on_device[b * size : (b + 1) * size]
            yield data.gather(chosen, max(1, int(longest)), ragged=ragged)

    def _plan(self, ragged: bool) -> tuple[NDArray[np.int64], list[int]]:
        """Give the rows, batch after batch, and the order of the batches."""
        n_rows, n_batches = len(self.data), len(self)
        rows = torch.randperm(n_rows, generator=self.generator).numpy()
        if not ragged:
            return rows, list(range(n_batches))
        pools = np.arange(n_rows) // (_POOL * self.batch_size)
        rows = rows[np.lexsort((self.data.lengths_cpu[rows], pools))]
        return rows, torch.randperm(n_batches, generator=self.generator).tolist()


class EvaluationBatches:
    """Rows in their order, in batches as large as their length allows.

    Sort the data :meth:`~SequenceData.by_length` first, or most of a batch may be padding.
    """

    def __init__(self, data: SequenceData):
        self.data = data

    def __len__(self) -> int:
        return len(self._bounds())

    def __iter__(self) -> Iterator[tuple[Batch, Any]]:
        data = self.data
        ragged = not data.same_length
        rows = torch.arange(len(data), device=data.device)
        for start, stop, n_steps in self._bounds():
            yield data.gather(rows[start:stop], n_steps, ragged=ragged)

    def _bounds(self) -> list[tuple[int, int, int]]:
        """Give start, stop and number of steps of every batch."""
        bounds, start, lengths = [], 0, self.data.lengths_cpu
        while start < len(lengths):
            part = lengths[start : start + _EVALUATION_ROWS]
            longest = np.maximum.accumulate(part)
            counts = np.arange(1, len(part) + 1)
            steps = np.maximum(longest, 1) * counts
            long = (counts <= _EVALUATION_LONG_ROWS) & (steps <= _EVALUATION_LONG_STEPS)
            long &= 2 * part >= longest  # not beside rows that would be mostly padding
            taken = np.logical_and.accumulate((steps <= _EVALUATION_STEPS) | long)
            n_rows = max(1, int(taken.sum()))
            bounds.append((start, start + n_rows, max(1, int(longest[n_rows - 1]))))
            start += n_rows
        return bounds

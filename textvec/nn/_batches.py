"""Rows on the device, and batches of them gathered from flat tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, NamedTuple, Protocol, Self, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import Dataset

from .._containers._ragged import Ragged
from ._processes import Share
from ._rows import DeviceArray, DeviceRows
from ._targets import Targets, batch_targets, take_targets, targets_on
from ._torch_threads import side_by_side

_Result = TypeVar("_Result")

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
        Weight of each row in the loss; None: all alike.
    carries_state : bool
        Whether the rows continue those of the batch before, so that its hidden state is their
        initial one (truncated BPTT); the last of those may have ended, and are missing.
    """

    values: Tensor
    lengths: Tensor | None = None
    weights: Tensor | None = None
    carries_state: bool = False

    def __len__(self) -> int:
        return self.values.shape[1]


class HostSequences(Protocol):
    """Rows of ids or vectors in memory, as they are read from what a user passes."""

    @property
    def values(self) -> NDArray[Any]:
        """Ids (n_items,) or vectors (n_items, D) of all rows."""
        ...

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each row begins among the values."""
        ...

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Number of steps of each row."""
        ...

    @property
    def table(self) -> NDArray[np.float32] | None:
        """Vectors (V, D) that ids stand for, where the network has no embedding of its own."""
        ...


class TrainingPass(Protocol):
    """The batches of a pass over the data."""

    def __iter__(self) -> Iterator[tuple[Batch, Any]]:
        """Yield batches and their targets."""
        ...

    def part(self) -> float:
        """Return what part of the pass the batch in hand is, as a whole, in (0, 1]."""
        ...


@dataclass(frozen=True, eq=False)
class SequenceData(Dataset[tuple[Batch, Any]]):
    """Sequences, targets and weights on one device.

    Parameters
    ----------
    rows : DeviceRows
        Ids or vectors of the rows; padding is zero.
    table : DeviceArray of shape (V, D) or None
        Vectors that take the place of ids as a batch is gathered.
    targets : Tensor, DeviceRows, RowTargets or None
        One of each row, or a row of them for each row; None: there are none to learn.
    weights : Tensor of shape (n_rows,), float32, or None
        Weight of each row in the loss and the score; None: all alike.
    """

    rows: DeviceRows
    table: DeviceArray | None
    targets: Targets | None
    weights: Tensor | None

    @classmethod
    def on(
        cls,
        device: torch.device,
        sequences: HostSequences,
        targets: NDArray[Any] | Ragged | None = None,
        weights: NDArray[np.floating] | None = None,
    ) -> Self:
        """Make data of rows in memory, which are copied to a device once.

        Parameters
        ----------
        device : torch.device
            Where to.
        sequences : HostSequences
            The rows.
        targets : ndarray of shape (n_rows, ...), Ragged or None
            An array has a target a row, a Ragged one a step. None: nothing is learned of them.
        weights : ndarray of shape (n_rows,) or None
            Weight of each row.
        """
        table = sequences.table
        return cls(
            rows=DeviceRows.on(device, sequences.values, sequences.starts, sequences.lengths),
            table=None if table is None else DeviceArray(table, device),
            targets=None if targets is None else targets_on(device, targets),
            weights=None
            if weights is None
            else torch.tensor(weights, dtype=torch.float32, device=device),
        )

    @property
    def device(self) -> torch.device:
        return self.rows.device

    @property
    def starts_cpu(self) -> NDArray[np.int64]:
        return self.rows.starts_cpu

    @property
    def lengths_cpu(self) -> NDArray[np.int64]:
        return self.rows.lengths_cpu

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, row: int) -> tuple[Batch, Any]:
        rows = torch.tensor([row], device=self.device)
        return self.gather(rows, max(1, int(self.lengths_cpu[row])))

    def take(self, rows: NDArray[np.int64]) -> Self:
        """Select rows; they share the items."""
        weights = self.weights
        if weights is not None:
            weights = weights[torch.tensor(rows, device=self.device)]
        targets = None if self.targets is None else take_targets(self.targets, rows)
        return replace(self, rows=self.rows.take(rows), targets=targets, weights=weights)

    def by_length(self) -> tuple[Self, NDArray[np.int64]]:
        """Sort rows by falling length; also return the row number each came from."""
        rows = np.argsort(-self.lengths_cpu, kind="stable")
        return self.take(rows), rows

    def gather(self, rows: Tensor, n_steps: int) -> tuple[Batch, Any]:
        """Return a batch of `rows` (B,), padded to `n_steps`, and their targets."""
        values, lengths = self.rows.gather(rows, n_steps)  # (T, B) or (T, B, D)
        if self.table is not None:
            values = F.embedding(values, self.table.tensor)  # (T, B, D)
        weights = None if self.weights is None else self.weights[rows]
        batch = Batch(values, lengths, weights)
        if self.targets is None:
            return batch, None
        return batch, batch_targets(self.targets, rows, n_steps if self._aligned else None)

    def single(self, row: int) -> Batch:
        """Return one row as a batch for prediction: it alone is copied to the device."""
        if not self.lengths_cpu[row]:
            return self[row][0]
        values = self.rows.row(row)  # (T, 1) or (T, 1, D)
        return Batch(values if self.table is None else self.table.part(values))

    def weightless(self, rows: Tensor, n_steps: int) -> tuple[Batch, Any]:
        """Return a batch as `gather` does, of rows that do not count."""
        batch, targets = self.gather(rows, n_steps)
        nothing = torch.zeros(len(rows), dtype=torch.float32, device=self.device)
        return Batch(batch.values, batch.lengths, nothing, batch.carries_state), targets

    @cached_property
    def _aligned(self) -> bool:
        """Whether there is a target for each step."""
        targets = self.targets
        return isinstance(targets, DeviceRows) and np.array_equal(
            targets.lengths_cpu, self.lengths_cpu
        )

    def training_batches(self, batch_size: int, generator: torch.Generator) -> TrainingPass:
        """Return an iterable of batches; each pass draws their order from a CPU generator."""
        return TrainingBatches(self, batch_size, generator)

    def padding(self) -> Batch:
        """Return a batch of one row of one step of padding: the shape of a batch, no content."""
        last = torch.tensor([[len(self.rows.items) - 1]], device=self.device)
        values = self.rows.items.at(last)  # (1, 1) or (1, 1, D)
        if self.table is not None:
            values = self.table.part(values)
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
        self._n_rows = 0  # of the batch in hand

    def __len__(self) -> int:
        return -(-len(self.data) // self.batch_size)

    def part(self) -> float:
        """Return what part of the rows the batch in hand has, in all processes together."""
        return self._n_rows / len(self.data)

    def __iter__(self) -> Iterator[tuple[Batch, Any]]:
        data, size = self.data, self.batch_size
        rows, batches = self._plan()
        on_device = torch.from_numpy(rows).to(data.device)
        share = Share.own()
        for b in batches:
            batch = slice(b * size, (b + 1) * size)
            longest = max(1, int(data.lengths_cpu[rows[batch]].max()))
            self._n_rows = len(rows[batch])
            own = share.of(on_device[batch])
            if len(own):
                yield data.gather(own, longest)
            else:
                yield data.weightless(on_device[batch][:1], longest)

    def _plan(self) -> tuple[NDArray[np.int64], list[int]]:
        """Return the rows, batch after batch, and the order of the batches."""
        n_rows, n_batches = len(self.data), len(self)
        rows = torch.randperm(n_rows, generator=self.generator).numpy()
        if self.data.rows.common_length is not None:
            return rows, list(range(n_batches))
        for first in range(0, n_rows, _POOL * self.batch_size):
            pool = rows[first : first + _POOL * self.batch_size]
            pool[:] = pool[np.argsort(self.data.lengths_cpu[pool], kind="stable")]
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
        for bounds in self._bounds():
            yield self._gathered(*bounds)

    def map(self, function: Callable[[Batch, slice], _Result]) -> Iterator[tuple[slice, _Result]]:
        """Yield where the rows of each batch are, and the result of a function of it and of that.

        The batches are computed side by side where :func:`threads_for_parts` says so.
        """

        def called(start: int, stop: int, n_steps: int) -> tuple[slice, _Result]:
            rows = slice(start, stop)
            return rows, function(self._gathered(start, stop, n_steps)[0], rows)

        bounds = self._bounds()
        if len(bounds) == 1:  # in this thread, so that its parts may be computed side by side
            return iter([called(*bounds[0])])
        return side_by_side([partial(called, *each) for each in bounds])

    def _gathered(self, start: int, stop: int, n_steps: int) -> tuple[Batch, Any]:
        rows = torch.arange(start, stop, device=self.data.device)
        return self.data.gather(rows, n_steps)

    def _bounds(self) -> list[tuple[int, int, int]]:
        """Return start, stop and number of steps of every batch."""
        bounds, start, lengths = [], 0, self.data.lengths_cpu
        while start < len(lengths):
            part = lengths[start : start + _EVALUATION_ROWS]
            longest = np.maximum.accumulate(part)
            counts = np.arange(1, len(part) + 1)
            steps = np.maximum(longest, 1) * counts
            long = (counts <= _EVALUATION_LONG_ROWS) & (steps <= _EVALUATION_LONG_STEPS)
            long &= 2 * part >= longest  # not with rows that would be mostly padding
            taken = np.logical_and.accumulate((steps <= _EVALUATION_STEPS) | long)
            n_rows = max(1, int(taken.sum()))
            bounds.append((start, start + n_rows, max(1, int(longest[n_rows - 1]))))
            start += n_rows
        return bounds

"""Documents as one stream of ids, in pieces that follow each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from ._batches import Batch, SequenceData
from ._targets import IGNORED


@dataclass(frozen=True, eq=False)
class DocumentData(SequenceData):
    """Rows of ids of which each is to be foretold by those before it; 0 stands for the ends.

    A batch of rows has the boundary before the first id of each, and its targets the boundary
    after the last. In training, the rows are a stream, see :class:`StreamBatches`.

    Parameters
    ----------
    n_steps : int, default=70
        Steps of a piece of the stream.
    stateful : bool, default=True
        Whether a piece goes on with the state that the one before ended with.
    """

    n_steps: int = 70
    stateful: bool = True

    def in_pieces(self, n_steps: int, *, stateful: bool) -> DocumentData:
        """Set what the pieces of the stream are like."""
        return replace(self, n_steps=n_steps, stateful=stateful)

    def gather(self, rows: Tensor, n_steps: int, *, ragged: bool) -> tuple[Batch, Any]:
        """Make one batch of `rows` (B,), with the boundary; and their targets, (T + 1, B)."""
        batch = with_boundary(super().gather(rows, n_steps, ragged=ragged)[0])
        return batch, targets_of(batch)

    def training_batches(self, batch_size: int, generator: torch.Generator) -> StreamBatches:
        """Give passes over the stream."""
        return StreamBatches(self, batch_size, generator)


class StreamBatches:
    """Passes over documents joined to one stream, for truncated back-propagation.

    Every pass shuffles the documents and joins them, a boundary (0) before, between and after
    them. The stream is cut into as many rows as a batch has, side by side; a batch is the next
    piece of all of them. A short stream has fewer rows, lest its pieces be short.

    Parameters
    ----------
    data : DocumentData
        The documents.
    batch_size : int
        Rows of a batch, at most.
    generator : torch.Generator
        On the CPU.
    """

    def __init__(self, data: DocumentData, batch_size: int, generator: torch.Generator):
        self.data = data
        self.generator = generator
        self.n_targets = int(data.host_lengths.sum()) + len(data)
        self.n_rows = max(1, min(batch_size, self.n_targets // data.n_steps))
        self.row_length = -(-self.n_targets // self.n_rows)

    def __len__(self) -> int:
        return -(-self.row_length // self.data.n_steps)

    def __iter__(self) -> Iterator[tuple[Batch, Tensor]]:
        stream = self._stream()
        starts = torch.arange(self.n_rows, device=stream.device) * self.row_length  # (B,)
        for begin in range(0, self.row_length, self.data.n_steps):
            steps = torch.arange(
                begin, min(begin + self.data.n_steps, self.row_length), device=stream.device
            )
            positions = starts + steps[:, None]  # (T, B)
            beyond = positions >= self.n_targets
            positions = positions.masked_fill(beyond, self.n_targets - 1)
            y = stream[positions + 1].long().masked_fill(beyond, IGNORED)
            yield Batch(stream[positions], continues=self.data.stateful and begin > 0), y

    def _stream(self) -> Tensor:
        """Join the documents, shuffled: (n_targets + 1,) ids."""
        data = self.data
        rows = torch.randperm(len(data), generator=self.generator).to(data.device)
        lengths = data.lengths[rows] + 1  # with the boundary after it
        stops = lengths.cumsum(0)
        shifts = data.starts[rows] - (stops - lengths)
        positions = torch.arange(self.n_targets, device=data.device)
        positions += shifts.repeat_interleave(lengths)
        positions[stops - 1] = len(data.values) - 1  # where a zero stands
        return torch.cat([data.values[-1:], data.values[positions]])


def with_boundary(batch: Batch) -> Batch:
    """Put the boundary before ids (T, B), so that there are T + 1 steps."""
    ids, lengths = batch.values, batch.lengths
    zeros = ids.new_zeros(1, ids.shape[1])
    return Batch(torch.cat([zeros, ids]), None if lengths is None else lengths + 1, batch.weights)


def targets_of(batch: Batch) -> Tensor:
    """Give what follows at each step of rows that begin with the boundary, (T, B).

    The boundary follows the last id of each; beyond, the targets are -100.
    """
    ids, lengths = batch.values, batch.lengths
    y = torch.cat([ids[1:], ids.new_zeros(1, ids.shape[1])]).long()
    if lengths is None:
        return y
    steps = torch.arange(len(y), device=y.device)[:, None]  # (T, 1)
    return y.masked_fill(steps >= lengths, IGNORED)

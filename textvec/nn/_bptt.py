"""Documents as a stream of ids, in pieces that follow each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ._batches import Batch, SequenceData
from ._targets import IGNORE_INDEX

# Pieces that a row has before it may be cut, to have more rows side by side.
_PIECES = 10


@dataclass(frozen=True, eq=False)
class DocumentData(SequenceData):
    """Rows of ids of which each is to be foretold by those before it; 0 stands for the ends.

    A batch of rows has the boundary before the first id of each, and its targets the boundary
    after the last. In training, the rows are a stream, see :class:`BPTTBatches`.

    Parameters
    ----------
    n_steps : int, default=70
        Steps of a piece of a row, at most.
    stateful : bool, default=True
        Whether a piece of a row goes on with the state that the one before ended with.
    """

    n_steps: int = 70
    stateful: bool = True

    def with_bptt(self, n_steps: int, *, stateful: bool) -> DocumentData:
        """Set what the pieces of the stream are like."""
        return replace(self, n_steps=n_steps, stateful=stateful)

    def gather(self, rows: Tensor, n_steps: int, *, ragged: bool) -> tuple[Batch, Any]:
        """Make one batch of `rows` (B,), with the boundary; and their targets, (T + 1, B)."""
        batch = with_boundary(super().gather(rows, n_steps, ragged=ragged)[0])
        return batch, targets_of(batch)

    def training_batches(self, batch_size: int, generator: torch.Generator) -> BPTTBatches:
        """Give passes over the stream."""
        return BPTTBatches(self, batch_size, generator)


class BPTTBatches:
    """Passes over documents in rows that are read piece by piece: truncated back-propagation.

    Every pass shuffles the documents and joins them to one stream, a boundary (0) before, between
    and after them. A row of a batch is a stretch of it that begins where a document does, as
    documents do when they are scored: a long document, or several short ones. What is so long that
    a batch could not be filled is cut further. Rows of like length are a batch; each next piece of
    them is one more, and rows that have ended are left out.

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
        self.batch_size = batch_size
        self.generator = generator
        self.n_targets = int(data.lengths_cpu.sum()) + len(data)

    def __iter__(self) -> Iterator[tuple[Batch, Tensor]]:
        order = torch.randperm(len(self.data), generator=self.generator)
        stream = self._stream(order.to(self.data.device))
        begins, lengths = self._rows(self.data.lengths_cpu[order.numpy()] + 1)
        by_length = np.argsort(-lengths, kind="stable")
        n_batches = -(-len(by_length) // self.batch_size)
        for b in torch.randperm(n_batches, generator=self.generator).tolist():
            rows = by_length[b * self.batch_size : (b + 1) * self.batch_size]
            yield from self._pieces(stream, begins[rows], lengths[rows])

    def _stream(self, order: Tensor) -> Tensor:
        """Join the documents: (n_targets + 1,) ids."""
        data = self.data
        lengths = data.lengths[order] + 1  # with the boundary after it
        stops = lengths.cumsum(0)
        shifts = data.starts[order] - (stops - lengths)
        positions = torch.arange(self.n_targets, device=data.device)
        positions += shifts.repeat_interleave(lengths)
        positions[stops - 1] = len(data.values) - 1  # where a zero stands
        return torch.cat([data.values[-1:], data.values[positions]])

    def _rows(self, lengths: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Say where in the stream rows begin, and how long they are."""
        n_steps = self.data.n_steps
        starts = np.cumsum(lengths) - lengths  # of the documents
        begins = starts[np.diff(starts // n_steps, prepend=-1) > 0]
        longest = max(_PIECES * n_steps, -(-self.n_targets // self.batch_size))
        lengths = np.diff(begins, append=self.n_targets)
        n_parts = -(-lengths // longest)
        part = np.arange(n_parts.sum()) - np.repeat(np.cumsum(n_parts) - n_parts, n_parts)
        begins = np.repeat(begins, n_parts) + part * longest
        return begins, np.diff(begins, append=self.n_targets)

    def _pieces(
        self, stream: Tensor, begins: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> Iterator[tuple[Batch, Tensor]]:
        """Read rows of falling length side by side, in pieces of like length."""
        n_pieces = -(-int(lengths[0]) // self.data.n_steps)
        bounds = np.linspace(0, lengths[0], n_pieces + 1).astype(np.int64).tolist()
        starts, stops = (torch.from_numpy(a).to(stream.device) for a in (begins, begins + lengths))
        for begin, stop in pairwise(bounds):
            n_rows = int((lengths > begin).sum())
            steps = torch.arange(begin, stop, device=stream.device)[:, None]  # (T, 1)
            positions = starts[:n_rows] + steps  # (T, B)
            beyond = positions >= stops[:n_rows]
            positions = positions.masked_fill(beyond, self.n_targets - 1)
            y = stream[positions + 1].long().masked_fill(beyond, IGNORE_INDEX)
            yield Batch(stream[positions], carries_state=self.data.stateful and begin > 0), y


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
    return y.masked_fill(steps >= lengths, IGNORE_INDEX)

"""Truncated back-propagation through time (BPTT): documents as a stream of ids, read in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .._containers._ragged import positions_in_rows, row_of_item
from ._batches import Batch, SequenceData
from ._processes import Share
from ._rows import DeviceRows
from ._targets import BOS, EOS, IGNORE_INDEX

# Pieces of a row before it may be cut, so that there are more rows to fill a batch.
_PIECES = 10


@dataclass(frozen=True, eq=False)
class DocumentData(SequenceData):
    """Rows of ids for next-token prediction: the target of each id is the one that follows.

    A batch of rows has BOS before the first id of each, and EOS as the last target. In
    training, the rows are read as a stream, see :class:`BPTTBatches`.

    Parameters
    ----------
    n_steps : int, default=70
        Steps of a piece of the stream, at most: the length of back-propagation.
    stateful : bool, default=True
        Whether the hidden state at the end of a piece is the initial one of the next.
    """

    n_steps: int = 70
    stateful: bool = True

    def with_bptt(self, n_steps: int, *, stateful: bool) -> DocumentData:
        """Return the same rows with such pieces."""
        return replace(self, n_steps=n_steps, stateful=stateful)

    def without_bos(self) -> SequenceData:
        """Return the same rows, without BOS before each."""
        return SequenceData(self.rows, self.table, self.targets, self.weights)

    def gather(self, rows: Tensor, n_steps: int) -> tuple[Batch, Any]:
        """Return a batch of `rows` (B,) with BOS, and their targets, (T + 1, B)."""
        batch = with_bos(super().gather(rows, n_steps)[0])
        return batch, next_tokens(batch)

    def single(self, row: int) -> Batch:
        """Return one row as a batch for prediction, with BOS."""
        return self[row][0]

    def training_batches(self, batch_size: int, generator: torch.Generator) -> BPTTBatches:
        """Return an iterable over the stream."""
        return BPTTBatches(self, batch_size, generator)


class BPTTBatches:
    """Batches of documents that are read piece by piece: truncated BPTT.

    Every pass shuffles the documents and joins them to one stream, which has BOS before the first
    and EOS after each. A row of a batch is a stretch of it that begins where a document does, as
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
        self._n_steps = 0  # of all rows of the batch in hand
        self.n_targets = int(data.lengths_cpu.sum()) + len(data)

    def part(self) -> float:
        """Return what part of the stream the batch in hand has, its padding included."""
        return self._n_steps / self.n_targets

    def __iter__(self) -> Iterator[tuple[Batch, Tensor]]:
        order = torch.randperm(len(self.data), generator=self.generator).numpy()
        stream = self._stream(order)
        begins, lengths = self._rows(self.data.lengths_cpu[order] + 1)
        by_length = np.argsort(-lengths, kind="stable")
        n_batches = -(-len(by_length) // self.batch_size)
        for b in torch.randperm(n_batches, generator=self.generator).tolist():
            rows = by_length[b * self.batch_size : (b + 1) * self.batch_size]
            yield from self._pieces(stream, begins[rows], lengths[rows])

    def _stream(self, order: NDArray[np.int64]) -> Tensor:
        """Join the documents: BOS, their ids with EOS after each, and a fill, (n_targets + 2,)."""
        joined = self.data.rows.joined(order)  # the fill of ids, 0, is EOS
        return torch.cat([joined.new_tensor([BOS]), joined, joined.new_tensor([IGNORE_INDEX])])

    def _rows(self, lengths: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where rows begin in the stream, and how many targets they have."""
        n_steps = self.data.n_steps
        starts = np.cumsum(lengths) - lengths  # of the documents
        begins = starts[np.diff(starts // n_steps, prepend=-1) > 0]
        # No row is longer than all, so that more steps than an int64 holds change nothing.
        longest = min(_PIECES * n_steps, self.n_targets)
        longest = max(longest, -(-self.n_targets // self.batch_size))
        lengths = np.diff(begins, append=self.n_targets)
        n_parts = -(-lengths // longest)
        begins = np.repeat(begins, n_parts) + positions_in_rows(n_parts) * longest
        return begins, np.diff(begins, append=self.n_targets)

    def _pieces(
        self, stream: Tensor, begins: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> Iterator[tuple[Batch, Tensor]]:
        """Read rows of falling length side by side, in pieces of like length."""
        n_pieces = -(-int(lengths[0]) // self.data.n_steps)
        bounds = np.linspace(0, lengths[0], n_pieces + 1).astype(np.int64)
        n_rows = (lengths > bounds[:-1, None]).sum(axis=1)  # of each piece
        piece, row = row_of_item(n_rows), positions_in_rows(n_rows)
        ends = np.minimum(bounds[1:][piece], lengths[row])
        # One id more than a piece has steps: the inputs are all but the last, the targets all
        # but the first.
        starts = begins[row] + bounds[:-1][piece]
        windows = DeviceRows.of(stream, starts, ends - bounds[:-1][piece] + 1)
        share = Share.own()
        numbers = torch.arange(len(piece), device=stream.device)
        parts = zip(torch.split(numbers, n_rows.tolist()), np.diff(bounds).tolist(), strict=True)
        for i, (part, n_steps) in enumerate(parts):
            own, self._n_steps = share.of(part), len(part) * n_steps
            ids = windows.padded(own if len(own) else part[:1], n_steps + 1)  # (T + 1, B)
            targets = ids[1:].long() if len(own) else torch.full_like(ids[1:], IGNORE_INDEX).long()
            carries_state = self.data.stateful and i > 0
            yield Batch(ids[:-1].clamp(min=0), carries_state=carries_state), targets


def with_bos(batch: Batch) -> Batch:
    """Put BOS before ids (T, B), so that there are T + 1 steps."""
    ids, lengths = batch.values, batch.lengths
    first = ids.new_full((1, ids.shape[1]), BOS)
    return Batch(torch.cat([first, ids]), None if lengths is None else lengths + 1, batch.weights)


def next_tokens(batch: Batch) -> Tensor:
    """Return the target of each step of rows that begin with BOS, (T, B).

    EOS follows the last id of each; beyond stands `IGNORE_INDEX`.
    """
    ids, lengths = batch.values, batch.lengths
    y = torch.cat([ids[1:], ids.new_full((1, ids.shape[1]), EOS)]).long()
    if lengths is None:
        return y
    steps = torch.arange(len(y), device=y.device)[:, None]  # (T, 1)
    return y.masked_fill(steps >= lengths, IGNORE_INDEX)

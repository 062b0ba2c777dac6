"""Sentences on a device, with the sentences before and after each as targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .._containers._ragged import Ragged
from .._containers._vocabulary import PAD
from ._batches import SequenceData
from ._rows import DeviceRows
from ._targets import IGNORE_INDEX


class NeighborIds(NamedTuple):
    """The ids of the sentence before each row, and of the one after.

    Both are (T, B), int64, -100 beyond a sentence's end; nothing else where there is none.
    """

    before: Tensor
    after: Tensor


@dataclass(frozen=True, eq=False)
class NeighborTargets:
    """Targets of sentences: those before and after, which are rows of the same ids.

    Parameters
    ----------
    before, after : DeviceRows
        The sentence before and the one after each row; of length 0 if there is none.
    """

    before: DeviceRows
    after: DeviceRows

    def take(self, rows: NDArray[np.int64]) -> NeighborTargets:
        """Select rows; they share the ids."""
        return NeighborTargets(self.before.take(rows), self.after.take(rows))

    def batch(self, rows: Tensor) -> NeighborIds:
        """Return the targets of a batch of `rows` (B,)."""
        return NeighborIds(_padded_ids(self.before, rows), _padded_ids(self.after, rows))


def _padded_ids(side: DeviceRows, rows: Tensor) -> Tensor:
    ids = side.padded(rows).long()  # (T, B)
    return ids.masked_fill(ids == PAD, IGNORE_INDEX)  # no sentence holds the id of padding


def neighbor_data(
    device: torch.device,
    ids: Ragged,
    lengths: NDArray[np.int64],
    rows: NDArray[np.int64],
    before: NDArray[np.int64],
    after: NDArray[np.int64],
) -> SequenceData:
    """Copy sentences to a device, with their neighbours as targets; they share the ids.

    Parameters
    ----------
    device : torch.device
        Where to.
    ids : Ragged
        Ids of all sentences, 1 or more.
    lengths : ndarray of shape (n_sentences,), int64
        How many ids of each sentence count, from its first.
    rows : ndarray of shape (n_rows,), int64
        Sentences to learn from.
    before, after : ndarray of shape (n_rows,), int64
        Their neighbours; -1 where there is none.
    """
    starts = ids.offsets[:-1]
    sentences = DeviceRows.on(device, ids.values, starts[rows], lengths[rows])
    sides = (
        sentences.sharing(starts[side], np.where(side < 0, 0, lengths[side]))
        for side in (before, after)
    )
    return SequenceData(sentences, None, NeighborTargets(*sides), None)

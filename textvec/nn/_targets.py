"""Targets of rows on a device: one a row, or a row of them for each row."""

from __future__ import annotations

from typing import Any, Protocol, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from .._containers._ragged import Ragged
from ._rows import DeviceRows

# The class number that losses skip, as torch's own do: it stands beyond a row's end.
IGNORE_INDEX = -100
# The id before the first of a sequence, as input, and the class after its last, as target: the
# number of padding, which stands for nothing within a row.
BOS = EOS = 0


class RowTargets(Protocol):
    """Targets that are neither a tensor nor :class:`DeviceRows`."""

    def take(self, rows: NDArray[np.int64]) -> Self:
        """Select rows."""
        ...

    def batch(self, rows: Tensor) -> Any:
        """Return the targets of a batch of `rows` (B,), as the criterion takes them."""
        ...


# A target a row, (n_rows, ...); one a step; or what a criterion of its own takes.
Targets = Tensor | DeviceRows | RowTargets


def targets_on(device: torch.device, targets: NDArray[Any] | Ragged) -> Tensor | DeviceRows:
    """Copy targets to a device: an array has one a row, a Ragged a row of them for each row.

    Beyond the end of a row stands `IGNORE_INDEX`, or NaN where targets are not integers.
    """
    if not isinstance(targets, Ragged):
        return torch.tensor(targets, device=device)
    values = targets.values
    fill = IGNORE_INDEX if values.dtype.kind in "iu" else np.nan
    return DeviceRows.on(device, values, targets.offsets[:-1], targets.lengths, fill=fill)


def take_targets(targets: Targets, rows: NDArray[np.int64]) -> Targets:
    """Select the targets of rows."""
    if isinstance(targets, Tensor):
        return targets[torch.tensor(rows, device=targets.device)]
    return targets.take(rows)


def batch_targets(targets: Targets, rows: Tensor, n_steps: int | None) -> Any:
    """Return the targets of a batch of `rows` (B,): (B, ...) or (T, B, ...), T = `n_steps`.

    Where `n_steps` is None, T is the number of targets of the row that has most.
    """
    if isinstance(targets, Tensor):
        return targets[rows]
    if isinstance(targets, DeviceRows):
        return targets.padded(rows, n_steps)
    return targets.batch(rows)


def with_ends(y: Tensor) -> Tensor:
    """Put EOS behind each row's last id, (T + 1, B), in targets (T, B)."""
    steps = torch.arange(len(y) + 1, device=y.device)[:, None]  # (T + 1, 1)
    ends = steps == (y != IGNORE_INDEX).sum(dim=0)  # (T + 1, B)
    return F.pad(y, (0, 0, 0, 1), value=IGNORE_INDEX).masked_fill(ends, EOS)


def target_positions(y: Tensor) -> Tensor:
    """Return the positions in a flat (T + 1, B) of the ids of y (T, B) and of EOS, (N,)."""
    return with_ends(y).flatten().ne(IGNORE_INDEX).nonzero()[:, 0]

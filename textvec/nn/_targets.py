"""What a network is to give for each row, on the device beside the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .._ragged import Ragged

# The class number that stands beyond a row's end, as torch's own losses have it.
IGNORE_INDEX = -100


class Targets(Protocol):
    """Targets of rows, of which a batch takes some."""

    def take(self, rows: Tensor) -> Self:
        """Select rows."""
        ...

    def gather(self, rows: Tensor, n_steps: int) -> Any:
        """Give what the criterion takes for a batch of `rows` (B,) of `n_steps`."""
        ...


@dataclass(frozen=True, eq=False)
class RowTargets:
    """One target a row.

    Parameters
    ----------
    values : Tensor of shape (n_rows, ...)
        The targets.
    """

    values: Tensor

    def take(self, rows: Tensor) -> RowTargets:
        """Select rows."""
        return RowTargets(self.values[rows])

    def gather(self, rows: Tensor, n_steps: int) -> Tensor:
        """Give the targets of a batch, (B, ...)."""
        return self.values[rows]


@dataclass(frozen=True, eq=False)
class StepTargets:
    """A target for each step of a row.

    Parameters
    ----------
    values : Tensor of shape (n_items + 1, ...)
        The targets of all rows; the last item stands beyond every row's end: -100 where
        they are integers, else NaN.
    starts, lengths : Tensor of shape (n_rows,), int64
        Row i is ``values[starts[i]:starts[i] + lengths[i]]``.
    aligned : bool
        Whether the rows have the lengths of the sequences they belong to.
    """

    values: Tensor
    starts: Tensor
    lengths: Tensor
    aligned: bool

    def take(self, rows: Tensor) -> StepTargets:
        """Select rows; they share the values."""
        return replace(self, starts=self.starts[rows], lengths=self.lengths[rows])

    def gather(self, rows: Tensor, n_steps: int) -> Tensor:
        """Give the targets of a batch, (T, B, ...), padded at the end."""
        lengths = self.lengths[rows]  # (B,)
        if not self.aligned:
            n_steps = max(1, int(lengths.max()))
        steps = torch.arange(n_steps, device=lengths.device)[:, None]  # (T, 1)
        positions = (self.starts[rows] + steps).masked_fill(
            steps >= lengths, len(self.values) - 1
        )  # (T, B)
        return self.values[positions]


def targets_on(
    device: torch.device, y: NDArray[Any] | Ragged, lengths: NDArray[np.int64]
) -> Targets:
    """Copy targets to a device: an array has one a row, a Ragged one a step.

    Parameters
    ----------
    device : torch.device
        Where to.
    y : ndarray of shape (n_rows, ...) or Ragged
        The targets.
    lengths : ndarray of shape (n_rows,), int64
        Of the sequences they belong to.

    Returns
    -------
    RowTargets or StepTargets
    """
    if not isinstance(y, Ragged):
        return RowTargets(torch.tensor(y, device=device))
    beyond = IGNORE_INDEX if y.values.dtype.kind in "iu" else np.nan
    pad = np.full((1, *y.values.shape[1:]), beyond, y.values.dtype)
    return StepTargets(
        values=torch.from_numpy(np.concatenate([y.values, pad])).to(device),
        starts=torch.tensor(y.offsets[:-1], device=device),
        lengths=torch.tensor(y.lengths, device=device),
        aligned=np.array_equal(y.lengths, lengths),
    )

"""Rows of different length on a device, in one flat tensor: the one gather, the one padding."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True, eq=False)
class DeviceRows:
    """Rows of different length on one device, to be gathered into padded batches.

    Parameters
    ----------
    values : Tensor of shape (n_items + 1, ...)
        Items of all rows, in any order; the last one is the fill that stands for padding.
    starts, lengths : Tensor of shape (n_rows,), int64
        Row i is ``values[starts[i] : starts[i] + lengths[i]]``. Rows may overlap.
    lengths_cpu : ndarray of shape (n_rows,), int64
        The lengths once more, where planning batches costs no transfer.

    Examples
    --------
    >>> import numpy as np, torch
    >>> from textvec.nn import DeviceRows
    >>> values, starts, lengths = np.arange(1, 6), np.array([0, 3]), np.array([3, 2])
    >>> rows = DeviceRows.on(torch.device("cpu"), values, starts, lengths)
    >>> rows.padded(torch.tensor([1, 0]), 3).T
    tensor([[4, 5, 0],
            [1, 2, 3]])
    """

    values: Tensor
    starts: Tensor
    lengths: Tensor
    lengths_cpu: NDArray[np.int64]

    @classmethod
    def on(
        cls,
        device: torch.device,
        values: NDArray[Any],
        starts: NDArray[np.int64],
        lengths: NDArray[np.int64],
        *,
        fill: float = 0,
    ) -> Self:
        """Copy rows to a device, once."""
        last = np.full((1, *values.shape[1:]), fill, values.dtype)
        return cls.of(torch.from_numpy(np.concatenate([values, last])).to(device), starts, lengths)

    @classmethod
    def of(cls, values: Tensor, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Self:
        """Make rows of items that are on their device already, the fill behind them."""
        device = values.device
        return cls(
            values,
            torch.tensor(starts, device=device),
            torch.tensor(lengths, device=device),
            lengths,
        )

    def __len__(self) -> int:
        return len(self.lengths_cpu)

    @property
    def device(self) -> torch.device:
        return self.values.device

    @cached_property
    def common_length(self) -> int | None:
        """The length of all rows; None if they differ, or if there is nothing in any."""
        lengths = self.lengths_cpu
        if len(lengths) and 0 < lengths.min() == lengths.max():
            return int(lengths[0])
        return None

    def take(self, rows: NDArray[np.int64]) -> DeviceRows:
        """Select rows; they share the items."""
        index = torch.tensor(rows, device=self.device)
        return DeviceRows(
            self.values, self.starts[index], self.lengths[index], self.lengths_cpu[rows]
        )

    def sharing(self, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> DeviceRows:
        """Make other rows of the same items."""
        return DeviceRows.of(self.values, starts, lengths)

    def gather(self, rows: Tensor, n_steps: int) -> tuple[Tensor, Tensor | None]:
        """Return rows as one tensor, steps first, and their lengths.

        Parameters
        ----------
        rows : Tensor of shape (B,), int64
            Their numbers.
        n_steps : int
            T, no less than the longest of them has.

        Returns
        -------
        values : Tensor of shape (T, B, ...)
            Their items; the fill beyond each row's end.
        lengths : Tensor of shape (B,), int64, or None
            None if every row has T items, so that nothing is filled.
        """
        if len(self) == 1 and len(rows) == 1 and n_steps == self.common_length:
            start = int(self.starts)
            return self.values[start : start + n_steps, None], None
        steps = torch.arange(n_steps, device=self.device)[:, None]  # (T, 1)
        positions = self.starts[rows] + steps  # (T, B)
        if n_steps == self.common_length:
            return self.values[positions], None
        lengths = self.lengths[rows]  # (B,)
        positions = positions.masked_fill(steps >= lengths, len(self.values) - 1)
        return self.values[positions], lengths

    def padded(self, rows: Tensor, n_steps: int | None = None) -> Tensor:
        """Return rows (B,) as one tensor (T, B, ...), the fill beyond each row's end.

        T is `n_steps`, or the length of the longest, and at least 1.
        """
        if n_steps is None:
            n_steps = max(1, int(self.lengths[rows].max()))
        return self.gather(rows, n_steps)[0]

    def joined(self, rows: NDArray[np.int64]) -> Tensor:
        """Return the items of rows one row after the other, the fill after each: (n_items, ...)."""
        n_items = int(self.lengths_cpu[rows].sum()) + len(rows)
        index = torch.tensor(rows, device=self.device)
        lengths = self.lengths[index] + 1
        stops = lengths.cumsum(0)
        shifts = self.starts[index] - (stops - lengths)
        positions = torch.arange(n_items, device=self.device)
        positions += shifts.repeat_interleave(lengths)
        positions[stops - 1] = len(self.values) - 1
        return self.values[positions]

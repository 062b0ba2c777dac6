"""Rows of different length on a device, in one flat tensor: the one gather, the one padding."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ._mapped_items import MappedItems


class DeviceArray:
    """An array on a device, where all of it is copied on first use, and parts of it alone.

    What one row of many needs is little: a prediction for it copies no more.

    Parameters
    ----------
    values : ndarray of shape (n, ...) or Tensor
        The array; a tensor is on its device already.
    device : torch.device
        Where the array is used.
    fill : float or None, default=None
        An item that comes to stand behind the others on the device.

    Examples
    --------
    >>> import numpy as np, torch
    >>> from textvec.nn._rows import DeviceArray
    >>> array = DeviceArray(np.array([3, 1, 4]), torch.device("cpu"), fill=0)
    >>> array.part(slice(1, 3)), array.tensor
    (tensor([1, 4]), tensor([3, 1, 4, 0]))
    """

    def __init__(
        self, values: NDArray[Any] | Tensor, device: torch.device, *, fill: float | None = None
    ):
        self._values = values
        self.device = device
        self._fill = fill

    @property
    def tensor(self) -> Tensor:
        """The whole array."""
        values = self._values
        if isinstance(values, np.ndarray):
            if self._fill is None:
                values = torch.tensor(values, device=self.device)
            else:
                last = np.full((1, *values.shape[1:]), self._fill, values.dtype)
                values = torch.from_numpy(np.concatenate([values, last])).to(self.device)
            self._values = values
        return values

    def identity(self) -> Tensor:
        """Return what identifies the array in the fingerprint of a training."""
        return self.tensor

    def __len__(self) -> int:
        is_filled = isinstance(self._values, np.ndarray) and self._fill is not None
        return len(self._values) + is_filled

    def at(self, key: Tensor) -> Tensor:
        """Return the items of any shape of numbers; all are copied to the device."""
        return self.tensor[key]

    def part(self, key: slice | Tensor) -> Tensor:
        """Return some items, a slice of them or those of any shape of numbers."""
        values = self._values
        if isinstance(values, Tensor):
            return values[key]
        part = values[key].copy() if isinstance(key, slice) else values[key.cpu().numpy()]
        return torch.from_numpy(part).to(self.device)


@dataclass(frozen=True, eq=False)
class DeviceRows:
    """Rows of different length on one device, to be gathered into padded batches.

    Parameters
    ----------
    items : DeviceArray or MappedItems, of shape (n_items + 1, ...)
        Items of all rows, in any order; on the device the last one is the fill that stands for
        padding.
    starts_cpu, lengths_cpu : ndarray of shape (n_rows,), int64
        Row i is ``values[starts_cpu[i] : starts_cpu[i] + lengths_cpu[i]]``. Rows may overlap.

    Attributes
    ----------
    values : Tensor of shape (n_items + 1, ...)
        The items.
    starts, lengths : Tensor of shape (n_rows,), int64
        Start and length of each row.

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

    items: DeviceArray | MappedItems
    starts_cpu: NDArray[np.int64]
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
        """Make rows of items in memory, which are copied to the device once, or in a file."""
        mapped = MappedItems.of(values, fill, device)
        items = DeviceArray(values, device, fill=fill) if mapped is None else mapped
        return cls(items, starts, lengths)

    @classmethod
    def of(cls, values: Tensor, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Self:
        """Make rows of items that are on their device already, the fill behind them."""
        return cls(DeviceArray(values, values.device), starts, lengths)

    @property
    def values(self) -> Tensor:
        return self.items.tensor

    @cached_property
    def starts(self) -> Tensor:
        return torch.tensor(self.starts_cpu, device=self.device)

    @cached_property
    def lengths(self) -> Tensor:
        return torch.tensor(self.lengths_cpu, device=self.device)

    def __len__(self) -> int:
        return len(self.lengths_cpu)

    @property
    def device(self) -> torch.device:
        return self.items.device

    @cached_property
    def common_length(self) -> int | None:
        """The length of all rows; None if they differ, or if there is nothing in any."""
        lengths = self.lengths_cpu
        if len(lengths) and 0 < lengths.min() == lengths.max():
            return int(lengths[0])
        return None

    def identity(self) -> list[Any]:
        """Return what identifies the rows in the fingerprint of a training."""
        return [self.items.identity(), self.starts, self.lengths, self.lengths_cpu]

    def take(self, rows: NDArray[np.int64]) -> DeviceRows:
        """Select rows; they share the items."""
        return self.sharing(self.starts_cpu[rows], self.lengths_cpu[rows])

    def sharing(self, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> DeviceRows:
        """Make other rows of the same items."""
        return DeviceRows(self.items, starts, lengths)

    def row(self, row: int) -> Tensor:
        """Return one row, which has items, as a tensor (T, 1, ...); no other is copied."""
        start = int(self.starts_cpu[row])
        return self.items.part(slice(start, start + int(self.lengths_cpu[row])))[:, None]

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
        if isinstance(self.items, MappedItems):
            return self._from_file(self.items, rows.cpu().numpy(), n_steps)
        steps = torch.arange(n_steps, device=self.device)[:, None]  # (T, 1)
        positions = self.starts[rows] + steps  # (T, B)
        if n_steps == self.common_length:
            return self.items.at(positions), None
        lengths = self.lengths[rows]  # (B,)
        positions = positions.masked_fill(steps >= lengths, len(self.items) - 1)
        return self.items.at(positions), lengths

    def _from_file(
        self, items: MappedItems, rows: NDArray[np.int64], n_steps: int
    ) -> tuple[Tensor, Tensor | None]:
        """Return rows as `gather` does; starts and lengths of all are not copied to the device."""
        lengths = self.lengths_cpu[rows]
        values = items.padded(self.starts_cpu[rows], lengths, n_steps)
        if n_steps == self.common_length:
            return values, None
        return values, torch.from_numpy(lengths).to(self.device)

    def padded(self, rows: Tensor, n_steps: int | None = None) -> Tensor:
        """Return rows (B,) as one tensor (T, B, ...), the fill beyond each row's end.

        T is `n_steps`, or the length of the longest, and at least 1.
        """
        if n_steps is None:
            n_steps = max(1, int(self.lengths_cpu[rows.cpu().numpy()].max()))
        return self.gather(rows, n_steps)[0]

    def joined(self, rows: NDArray[np.int64]) -> Tensor:
        """Return the items of rows one row after the other, the fill after each: (n_items, ...)."""
        n_items = int(self.lengths_cpu[rows].sum()) + len(rows)
        index = torch.tensor(rows, device=self.device)
        lengths = self.lengths[index] + 1
        stops = lengths.cumsum(0)
        shifts = self.starts[index] - (stops - lengths)
        positions = torch.arange(n_items, device=self.device)
        positions += shifts.repeat_interleave(lengths, output_size=n_items)
        positions[stops - 1] = len(self.items) - 1
        return self.items.at(positions)

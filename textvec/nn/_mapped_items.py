"""Items of rows that stay in a file: batches are read from there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, BinaryIO, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .._storage._array_files import map_of, release

_COMPARED = 1 << 12  # bytes at either end of the items


@dataclass(frozen=True, eq=False)
class MappedItems:
    """Items of all rows in a file that is mapped, and behind them one that stands for padding.

    As `DeviceArray`, but each use reads the items again, from the file: of the map, the
    operating system would keep up to megabytes around each row in memory.

    Parameters
    ----------
    values : ndarray of shape (n_items, ...)
        On the map, contiguous.
    fill : float
        The last item.
    device : torch.device
        Where the items go that are read.
    path : str
        The file.
    start : int
        The byte of the file at which the items begin.
    """

    values: NDArray[Any]
    fill: float
    device: torch.device
    path: str
    start: int

    @classmethod
    def of(cls, values: NDArray[Any], fill: float, device: torch.device) -> Self | None:
        """Return the items of a mapped array; None for one in memory, or in no file of that name.

        Anything else at that path, where another file may have replaced it, is no such file.
        """
        found = map_of(values)
        if found is None or found.filename is None or not values.flags.c_contiguous:
            return None
        start = found.offset + values.ctypes.data - found.ctypes.data
        items = cls(values, fill, device, os.fspath(found.filename), start)
        return items if items._is_in_file() else None

    def __len__(self) -> int:
        return len(self.values) + 1

    @property
    def tensor(self) -> Tensor:
        """All items, in memory."""
        last = np.full((1, *self.values.shape[1:]), self.fill, self.values.dtype)
        whole = torch.from_numpy(np.concatenate([self.values, last])).to(self.device)
        release(self.values)
        return whole

    def identity(self) -> list[Any]:
        """Return what identifies the items in the fingerprint of a training."""
        return [self.values, self.fill]

    def part(self, key: slice | Tensor) -> Tensor:
        """Return some items, a slice of them or those of any shape of numbers."""
        if isinstance(key, slice):
            key = torch.arange(*key.indices(len(self)))
        return self.at(key)

    def padded(self, starts: NDArray[np.int64], lengths: NDArray[np.int64], n_steps: int) -> Tensor:
        """Return rows as one tensor (n_steps, n_rows, ...), the fill beyond each row's end."""
        rows = np.full((len(starts), n_steps, *self.values.shape[1:]), self.fill, self.values.dtype)
        buffer, size = _bytes_of(rows), self._item_bytes
        places = range(0, rows.nbytes, n_steps * size)
        with open(self.path, "rb", buffering=0) as file:
            for place, start, length in zip(places, starts.tolist(), lengths.tolist(), strict=True):
                if length:
                    self._read(file, start, buffer[place : place + length * size])
        return torch.from_numpy(np.ascontiguousarray(rows.swapaxes(0, 1))).to(self.device)

    def at(self, key: Tensor) -> Tensor:
        """Return the items of any shape of numbers; the last one is the fill."""
        positions: NDArray[np.int64] = key.cpu().numpy()
        # Positions of a row follow one another along the first axis.
        taken = self._taken(positions.T.reshape(-1))
        taken = taken.reshape(*positions.shape[::-1], *self.values.shape[1:])
        order = (*range(positions.ndim)[::-1], *range(positions.ndim, taken.ndim))
        return torch.from_numpy(np.ascontiguousarray(taken.transpose(order))).to(self.device)

    def _taken(self, positions: NDArray[np.int64]) -> NDArray[Any]:
        """Read the items at positions, of which runs of neighbours are read at once."""
        taken = np.full((len(positions), *self.values.shape[1:]), self.fill, self.values.dtype)
        real = np.flatnonzero(positions < len(self.values))
        if not len(real):
            return taken
        is_next = (np.diff(positions[real]) == 1) & (np.diff(real) == 1)
        bounds = np.concatenate([[0], np.flatnonzero(~is_next) + 1, [len(real)]]).tolist()
        places, begins = real.tolist(), positions[real].tolist()
        buffer, size = _bytes_of(taken), self._item_bytes
        with open(self.path, "rb", buffering=0) as file:
            for first, stop in pairwise(bounds):
                place = places[first] * size
                self._read(file, begins[first], buffer[place : place + (stop - first) * size])
        return taken

    def _read(self, file: BinaryIO, position: int, into: memoryview) -> None:
        file.seek(self.start + position * self._item_bytes)
        if file.readinto(into) != len(into):  # type: ignore[attr-defined]
            raise OSError(f"{self.path} was cut short while a network read its rows.")

    @cached_property
    def _item_bytes(self) -> int:
        return self.values.dtype.itemsize * int(np.prod(self.values.shape[1:], dtype=np.int64))

    def _is_in_file(self) -> bool:
        """Return whether the file at the path holds what is mapped, at either end at least."""
        n = max(1, _COMPARED // max(1, self._item_bytes))
        try:
            ends = (range(len(self.values))[:n], range(len(self.values))[-n:])
            return all(
                self._taken(np.asarray(places)).tobytes()
                == self.values[places.start : places.stop].tobytes()
                for places in ends
            )
        except OSError:
            return False


def _bytes_of(array: NDArray[Any]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data

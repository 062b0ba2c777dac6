"""Rows cut to a length: which items are kept, and arrays of rows of one length."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .._inputs._padding_options import Side, check_side, filling
from .._inputs._plain_array import integer
from .._kernels._row_lists import pad_rows

_LARGEST = 1 << 47  # bytes that a process can address


class KeptItems(NamedTuple):
    """Number of items of each row that are kept: of its start, and of its end."""

    head: NDArray[np.int64]
    tail: NDArray[np.int64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        return self.head + self.tail


class Rows(Protocol):
    """Rows of items of one dtype, which can be written into an array."""

    @property
    def dtype(self) -> np.dtype[Any]: ...
    @property
    def item_shape(self) -> tuple[int, ...]: ...
    @property
    def longest(self) -> int: ...
    def __len__(self) -> int: ...
    def pad(
        self, target: NDArray[Any], fill: NDArray[Any], head_of_long: int, fills_front: bool
    ) -> None: ...


@dataclass(frozen=True)
class FlatRows:
    """Rows of a container: items end to end, and where each row begins."""

    values: NDArray[Any]
    offsets: NDArray[np.int64]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.values.dtype

    @property
    def item_shape(self) -> tuple[int, ...]:
        return self.values.shape[1:]

    @property
    def longest(self) -> int:
        return int(np.diff(self.offsets).max(initial=0))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def pad(
        self, target: NDArray[Any], fill: NDArray[Any], head_of_long: int, fills_front: bool
    ) -> None:
        """Write the rows into an array, each cut and filled to its width."""
        if target.dtype == self.dtype and not self.dtype.hasobject:
            pad_rows(self.values, self.offsets, target, fill, head_of_long, fills_front)
            return
        target[...] = fill
        width = target.shape[1]
        for out, (start, stop) in zip(target, pairwise(self.offsets.tolist()), strict=True):
            kept = min(stop - start, width)
            head = head_of_long if stop - start > width else kept
            first = width - kept if fills_front else 0
            out[first : first + head] = self.values[start : start + head]
            out[first + head : first + kept] = self.values[stop - kept + head : stop]


def padded_rows(
    rows: Rows,
    length: int | None,
    *,
    padding: Side,
    truncating: Side,
    value: Any,
    keep_first: int,
    keep_last: int,
) -> NDArray[Any]:
    """Return one array of rows, as `Ragged.to_padded` describes it.

    It needs no memory but that of the result.
    """
    check_side("padding", padding)
    width = rows.longest if length is None else integer(length, "length")
    head = head_of_long(width, truncating, keep_first, keep_last)
    fill = filling(value, rows.dtype)
    _check_fits(len(rows), width, rows.item_shape, fill.dtype)
    padded = _allocated((len(rows), width, *rows.item_shape), fill.dtype)
    rows.pad(padded, fill, head, padding == "pre")
    return padded


def _allocated(shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    try:
        return np.empty(shape, dtype=dtype)
    except MemoryError as error:
        gigabytes = prod(shape) * dtype.itemsize / 1e9
        raise MemoryError(
            f"length={shape[1]} makes {gigabytes:,.1f} GB of {shape[0]} rows, more than the free "
            "memory: lower it."
        ) from error


def _check_fits(
    n_rows: int, length: int, item_shape: tuple[int, ...], dtype: np.dtype[Any]
) -> None:
    n_bytes = n_rows * length * prod(item_shape) * dtype.itemsize
    if n_bytes > _LARGEST:
        raise ValueError(
            f"length={length} makes {n_bytes / 1e12:,.0f} TB of {n_rows} rows, more than any "
            "memory: lower it."
        )


def head_of_long(length: int, truncating: Side, keep_first: int, keep_last: int) -> int:
    """Return how many of its first items a row keeps that is cut to `length`.

    Raises
    ------
    TypeError
        If a number is no integer.
    ValueError
        If `truncating` is no side, or `length` has no room for the items that always stay.
    """
    check_side("truncating", truncating)
    length = integer(length, "length")
    keep_first = integer(keep_first, "keep_first")
    keep_last = integer(keep_last, "keep_last")
    if length < 0:
        raise ValueError(f"length must be at least 0, got {length}.")
    if min(keep_first, keep_last) < 0 or keep_first + keep_last > length:
        raise ValueError(
            f"keep_first={keep_first} and keep_last={keep_last} must be at least 0, and together "
            f"at most length={length}."
        )
    return length - keep_last if truncating == "post" else keep_first


def kept_items(
    lengths: NDArray[np.int64], length: int, truncating: Side, keep_first: int, keep_last: int
) -> KeptItems:
    """Return which items are kept of rows that are cut to at most `length`.

    It raises what `head_of_long` does.
    """
    of_long = head_of_long(length, truncating, keep_first, keep_last)
    if length >= lengths.max(initial=0):  # which may be more than an int64 holds
        return KeptItems(lengths, np.zeros_like(lengths))
    head = np.where(lengths > length, of_long, lengths)
    return KeptItems(head, np.minimum(lengths, length) - head)

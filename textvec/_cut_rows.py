"""Which items of rows are kept where rows are cut to a length, and copies of them."""

from __future__ import annotations

from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._inputs._padding_options import Side, check_side

# Rows of this mean length are copied one by one, shorter ones by an index of their items.
_LONG = 48
_ITEMS_OF_A_BLOCK = 2**15


class KeptItems(NamedTuple):
    """Number of items of each row that are kept: of its start, and of its end."""

    head: NDArray[np.int64]
    tail: NDArray[np.int64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        return self.head + self.tail


def kept_items(
    lengths: NDArray[np.int64], length: int, truncating: Side, keep_first: int, keep_last: int
) -> KeptItems:
    """Return which items are kept of rows that are cut to at most `length`.

    Raises
    ------
    TypeError
        If a number is no integer.
    ValueError
        If `truncating` is no side, or `length` has no room for the items that always stay.
    """
    check_side("truncating", truncating)
    given: dict[str, Any] = {"length": length, "keep_first": keep_first, "keep_last": keep_last}
    for name, number in given.items():
        if not isinstance(number, Integral):
            raise TypeError(f"{name} must be an integer, got {number!r}.")
    if length < 0:
        raise ValueError(f"length must be at least 0, got {length}.")
    if min(keep_first, keep_last) < 0 or keep_first + keep_last > length:
        raise ValueError(
            f"keep_first={keep_first} and keep_last={keep_last} must be at least 0, and together "
            f"at most length={length}."
        )
    if length >= lengths.max(initial=0):  # which may be more than an int64 holds
        return KeptItems(lengths, np.zeros_like(lengths))
    of_long = length - keep_last if truncating == "post" else keep_first
    head = np.where(lengths > length, of_long, lengths)
    return KeptItems(head, np.minimum(lengths, length) - head)


def copy_rows(
    source: NDArray[Any],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    target: NDArray[Any],
    places: NDArray[np.int64],
) -> None:
    """Copy `lengths[i]` items from ``source[starts[i]]`` on to ``target[places[i]]`` on.

    It needs no memory that grows with the number of items.
    """
    n_items = int(lengths.sum())
    is_long = n_items >= _LONG * len(lengths)
    n_rows = max(1, _ITEMS_OF_A_BLOCK * len(lengths) // max(1, n_items))
    for first in range(0, len(lengths) if n_items else 0, n_rows):
        block = slice(first, first + n_rows)
        copy = _copy_each if is_long else _copy_indexed
        copy(source, starts[block], lengths[block], target, places[block])


def _copy_each(
    source: NDArray[Any],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    target: NDArray[Any],
    places: NDArray[np.int64],
) -> None:
    for start, n, place in zip(starts.tolist(), lengths.tolist(), places.tolist(), strict=True):
        target[place : place + n] = source[start : start + n]


def _copy_indexed(
    source: NDArray[Any],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    target: NDArray[Any],
    places: NDArray[np.int64],
) -> None:
    ends = lengths.cumsum()
    positions = np.arange(ends[-1])
    begins = ends - lengths
    target[positions + np.repeat(places - begins, lengths)] = source[
        positions + np.repeat(starts - begins, lengths)
    ]

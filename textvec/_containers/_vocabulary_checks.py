"""Checks of what vocabularies are made of and indexed with."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections import Counter
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._inputs._plain_array import integer, plain_array

_CHUNK = 1 << 16  # bytes that are decoded at a time


def checked_arrays(
    buffer: ArrayLike, offsets: ArrayLike
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the buffer and offsets, or raise a ValueError if they are not a vocabulary's."""
    checked_buffer = np.ascontiguousarray(plain_array(buffer, "buffer", np.uint8))
    checked_offsets = np.ascontiguousarray(plain_array(offsets, "offsets", np.int64))
    if checked_buffer.ndim != 1 or checked_offsets.ndim != 1 or not checked_offsets.size:
        raise ValueError(
            "buffer and offsets must be 1-d, with at least one offset, got shapes "
            f"{checked_buffer.shape} and {checked_offsets.shape}."
        )
    first, last = checked_offsets[0], checked_offsets[-1]
    falls = (checked_offsets[1:] < checked_offsets[:-1]).any()
    if first != 0 or last != checked_buffer.size or falls:
        raise ValueError(
            f"offsets must rise from 0 to the {checked_buffer.size} bytes of the buffer, "
            f"got offsets from {first} to {last}."
        )
    if checked_buffer.size and checked_buffer.max() >= 0x80:
        _check_utf8(checked_buffer, checked_offsets)
    return checked_buffer, checked_offsets


def is_utf8(text: bytes) -> bool:
    """Return whether bytes are the UTF-8 of some text."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _check_utf8(buffer: NDArray[np.uint8], offsets: NDArray[np.int64]) -> None:
    """Raise a ValueError if tokens are not UTF-8, each by itself; parts need little memory."""
    decoder = getincrementaldecoder("utf-8")("surrogatepass")
    try:
        for start in range(0, buffer.size, _CHUNK):
            end = start + _CHUNK
            decoder.decode(buffer[start:end].data, final=end >= buffer.size)
    except UnicodeDecodeError as error:
        raise ValueError(f"the buffer is not UTF-8: {error}.") from error
    starts = offsets[:-1]
    continues = (buffer.take(starts, mode="clip") & 0xC0) == 0x80  # such bytes begin with 10
    cut = starts[continues & (offsets[1:] > starts)]
    if cut.size:
        raise ValueError(f"a token begins inside a character, at byte {cut[0]} of the buffer.")


def is_ordered_set(mapping: Mapping[str, Any]) -> bool:
    """Return whether a mapping is to nothing, as ``dict.fromkeys(tokens)`` is."""
    return all(id is None for id in mapping.values())


def check_no_counts(mapping: Mapping[str, int]) -> None:
    """Raise a TypeError for a Counter, whose counts may be as good as ids by chance."""
    if isinstance(mapping, Counter):
        raise TypeError(
            "a Counter maps tokens to counts, not to ids: pass the tokens in the order of their "
            "ids, as [token for token, _ in counter.most_common()]."
        )


def tokens_by_id(mapping: Mapping[str, int], first_id: int | None) -> tuple[list[str], int]:
    """Return the tokens of a mapping in the order of their ids, and the first id."""
    check_no_counts(mapping)
    numbered = ((integer(id, "an id of a mapping"), token) for token, id in mapping.items())
    pairs = sorted(numbered, key=itemgetter(0))
    ids = [id for id, _ in pairs]
    first = min(ids, default=0) if first_id is None else integer(first_id, "first_id")
    if ids != list(range(first, first + len(ids))):
        raise ValueError(
            f"a mapping of {len(ids)} tokens must have the ids {first} to {first + len(ids) - 1}, "
            f"got {ids[0]} to {ids[-1]}. To number the tokens anew in the same order, pass "
            "sorted(mapping, key=mapping.get)."
        )
    return [token for _, token in pairs], first


def checked_positions(positions: ArrayLike, n_tokens: int) -> NDArray[np.int64]:
    chosen = plain_array(positions, "positions")
    if chosen.ndim != 1 or (chosen.size and chosen.dtype.kind not in "iu"):
        raise IndexError(
            f"positions must be a 1-d array of integers, got shape {chosen.shape} of dtype "
            f"{chosen.dtype}."
        )
    chosen = np.ascontiguousarray(chosen, dtype=np.int64)
    if chosen.size and (chosen.min() < 0 or chosen.max() >= n_tokens):
        raise IndexError(
            f"positions must lie between 0 and {n_tokens - 1}, got {chosen.min()} to "
            f"{chosen.max()}."
        )
    if chosen.size and np.bincount(chosen, minlength=1).max() > 1:
        raise ValueError("positions must be distinct: a vocabulary holds a token once.")
    return chosen

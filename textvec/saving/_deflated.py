"""Arrays of integers and text in a file, deflated: vocabularies and counts take half the bytes.

Vectors and weights are not: they hardly shrink, and are mapped. What a file unpacks to is bounded
by its length, so that a small file can't fill the memory.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SMALLEST, _LARGEST = 1 << 12, 1 << 22  # bytes: less saves nothing, more takes long
_SAMPLE = 1 << 16  # bytes that tell whether it is worth it
_WORTH = 0.75  # of the bytes, at most
_UNPACKED = 4  # times the bytes of the file, at most
_RAW = -15  # a window of 32 KiB without a header

Arrays = Mapping[str, NDArray[Any]]


def deflated(arrays: Arrays) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return arrays with those replaced that shrink, and for each of these its dtype and shape."""
    small = {name: _packed(array) for name, array in arrays.items() if _may_shrink(array)}
    packed = {name: array for name, array in small.items() if array is not None}
    stored = {**arrays, **packed}
    if _is_too_much(sum(arrays[n].nbytes for n in packed), sum(a.nbytes for a in stored.values())):
        return dict(arrays), {}
    described = {n: {"dtype": arrays[n].dtype.str, "shape": list(arrays[n].shape)} for n in packed}
    return stored, described


def inflated(arrays: Arrays, described: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return arrays with those that were deflated as they were.

    Raises
    ------
    ValueError
        If one is damaged, or together they are too large for the file that they come from.
    """
    sizes = {name: _size(described[name]) for name in described}
    if _is_too_much(sum(sizes.values()), sum(array.nbytes for array in arrays.values())):
        raise ValueError("its arrays unpack to too many bytes for a file of its length")
    unpacked = {
        name: _unpacked(name, arrays[name], size)
        .view(described[name]["dtype"])
        .reshape(described[name]["shape"])
        for name, size in sizes.items()
    }
    return {**arrays, **unpacked}


def _is_too_much(unpacked: int, stored: int) -> bool:
    return unpacked > _UNPACKED * stored


def _may_shrink(array: NDArray[Any]) -> bool:
    return array.dtype.kind in "iu" and _SMALLEST <= array.nbytes <= _LARGEST


def _packed(array: NDArray[Any]) -> NDArray[Any] | None:
    data = array.reshape(-1).view(np.uint8)
    for part in (data[:_SAMPLE], data):
        packer = zlib.compressobj(1, zlib.DEFLATED, _RAW, 9)
        packed = packer.compress(part.data) + packer.flush()
        if len(packed) > _WORTH * part.size:
            return None
    return np.frombuffer(packed, np.uint8)


def _size(described: Any) -> int:
    dtype: np.dtype[Any] = np.dtype(described["dtype"])
    shape: list[int] = described["shape"]
    if dtype.kind not in "iu" or not all(type(n) is int and 0 < n < 1 << 40 for n in shape):
        raise ValueError("a deflated array is of a dtype or a shape that none has")
    return math.prod(shape) * dtype.itemsize


def _unpacked(name: str, array: NDArray[Any], size: int) -> NDArray[np.uint8]:
    unpacker = zlib.decompressobj(_RAW)
    try:
        data = unpacker.decompress(array.data, size + 1)  # one more ends it
    except zlib.error as error:
        raise ValueError(f"the array {name!r} is not deflated: {error}") from error
    if len(data) != size or not unpacker.eof or unpacker.unused_data:
        raise ValueError(f"the array {name!r} unpacks to another size than it has")
    return np.frombuffer(data, np.uint8).copy()

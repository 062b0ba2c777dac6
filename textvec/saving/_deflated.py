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
    small = {name: _packed(array) for name, array in arrays.items() if may_shrink(array)}
    packed = {name: array for name, array in small.items() if array is not None}
    stored = {**arrays, **packed}
    if _is_too_much(sum(arrays[n].nbytes for n in packed), sum(a.nbytes for a in stored.values())):
        return dict(arrays), {}
    return stored, {name: unpacked_form(arrays[name]) for name in packed}


def unpacked_form(array: NDArray[Any]) -> dict[str, Any]:
    """Return the dtype and shape of an array, as they are kept of one that is deflated."""
    return {"dtype": array.dtype.str, "shape": list(array.shape)}


def check_unpacked_size(forms: Mapping[str, Any], stored: int) -> None:
    """Check, before any is unpacked, that the arrays of a file are not too large for it.

    Parameters
    ----------
    forms : mapping of str to dict
        Of each array that is deflated, its dtype and shape.
    stored : int
        Bytes of all arrays in the file.

    Raises
    ------
    ValueError
        If they are, or one is of a form that none has.
    """
    if _is_too_much(sum(map(_size, forms.values())), stored):
        raise ValueError("its arrays unpack to too many bytes for a file of its length")


def inflated(name: str, array: NDArray[Any], form: Mapping[str, Any]) -> NDArray[Any]:
    """Return an array that was deflated as it was.

    Raises
    ------
    ValueError
        If it is damaged.
    """
    whole: NDArray[Any] = _unpacked(name, array, _size(form)).view(form["dtype"])
    return whole.reshape(form["shape"])


def _is_too_much(unpacked: int, stored: int) -> bool:
    return unpacked > _UNPACKED * stored


def may_shrink(array: NDArray[Any]) -> bool:
    """Return whether an array is one that is tried."""
    return array.dtype.kind in "iu" and _SMALLEST <= array.nbytes <= _LARGEST


def _packed(array: NDArray[Any]) -> NDArray[Any] | None:
    data = array.reshape(-1).view(np.uint8)
    for part in (data[:_SAMPLE], data):
        packer = zlib.compressobj(1, zlib.DEFLATED, _RAW, 9)
        packed = packer.compress(part.data) + packer.flush()
        if len(packed) > _WORTH * part.size:
            return None
    return np.frombuffer(packed, np.uint8)


def _size(form: Mapping[str, Any]) -> int:
    dtype: np.dtype[Any] = np.dtype(form["dtype"])
    shape: list[int] = form["shape"]
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

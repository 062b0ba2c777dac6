"""Arrays and tensors in the forms that a file has for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DTYPE_KINDS = "biufcmMSUO"
_COMPACTED = 256  # items from which an array is worth it


def check_dtype(dtype: np.dtype[Any], where: Callable[[], str]) -> None:
    """Check that every machine has a dtype, and a file a name for it.

    Raises
    ------
    TypeError
        If not; the message begins with what `where` returns.
    """
    if dtype.kind not in _DTYPE_KINDS or dtype.char in "gG":  # which differ from machine to machine
        raise TypeError(
            f"{where()} is of the dtype {dtype}, which can't be saved: pass numbers of at most "
            "eight bytes, booleans, text or dates."
        )


def is_bfloat16(tensor: Any) -> bool:
    """Return whether a tensor is of bfloat16."""
    return str(tensor.dtype) == "torch.bfloat16"


def bits(tensor: Any) -> NDArray[np.int16]:
    """Return the bits of numbers of two bytes."""
    import torch

    found: NDArray[np.int16] = tensor.view(torch.int16).numpy()
    return found


def check_tensor(tensor: Any, where: Callable[[], str]) -> None:
    """Check that NumPy has the dtype and the layout of a tensor.

    Raises
    ------
    TypeError
        If not; the message begins with what `where` returns.
    """
    try:
        tensor.numpy()
    except (TypeError, RuntimeError) as error:
        raise TypeError(
            f"{where()} is a tensor of {tensor.dtype}, {tensor.layout}, which can't be saved: "
            "convert it to a dense one of torch.float32."
        ) from error


def compacted(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array in the smallest type of unsigned integers that holds the same bits.

    Counts, offsets and weights that are all 1 take an eighth to a half of their size so.
    """
    if array.dtype.kind not in "iuf" or array.dtype.itemsize == 1 or array.size < _COMPACTED:
        return array
    for part in (array.reshape(-1)[:_COMPACTED], array):  # most tables fail at once
        if not (part.min() >= 0 and part.max() < 2**32):
            return array
        small = part.astype(np.min_scalar_type(int(part.max())))
        if small.astype(array.dtype).tobytes() != part.tobytes():
            return array
    return small if small.dtype.itemsize < array.dtype.itemsize else array

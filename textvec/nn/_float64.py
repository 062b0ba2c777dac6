"""Sums in float64, on devices that have none as well."""

from __future__ import annotations

from torch import Tensor


def in_float64(x: Tensor) -> Tensor:
    """Return a tensor in float64: where it is, or on the CPU if its device has no such numbers.

    Apple's GPUs (``"mps"``) have none, and torch raises a TypeError.

    Examples
    --------
    >>> import torch
    >>> from textvec.nn._float64 import in_float64
    >>> in_float64(torch.tensor([0.5])).dtype
    torch.float64
    """
    try:
        return x.double()
    except TypeError:
        return x.cpu().double()

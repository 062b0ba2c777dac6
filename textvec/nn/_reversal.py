"""Rows of a batch read backward, each within its own length."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def reversal(lengths: Tensor | None, n_steps: int) -> Callable[[Tensor], Tensor]:
    """Return a function that reverses each row of (T, B, ...) within its length."""
    if lengths is None:
        return lambda x: x.flip(0)
    steps = torch.arange(n_steps, device=lengths.device)[:, None]  # (T, 1)
    source = torch.where(steps < lengths, lengths - 1 - steps, steps)  # (T, B)
    n_rows = len(lengths)
    flat = (source * n_rows + torch.arange(n_rows, device=lengths.device)).view(-1)
    return lambda x: _Involution.apply(x, flat)  # type: ignore[no-untyped-call]


class _Involution(torch.autograd.Function):
    """Reorder the T * B steps of (T, B, H) by a permutation that is its own inverse.

    Its gradient is then the same reordering, a copy; torch's own gradient of an index
    would add into zeros one step at a time.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, flat: Tensor) -> Tensor:
        ctx.save_for_backward(flat)
        return x.flatten(0, 1).index_select(0, flat).view_as(x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (flat,) = ctx.saved_tensors
        return gradient.flatten(0, 1).index_select(0, flat).view_as(gradient), None

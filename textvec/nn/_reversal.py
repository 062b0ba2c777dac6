"""Rows of a batch read backward, each within its own length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Reversal:
    """Reverses each row of (T, B, ...) within its length.

    Parameters
    ----------
    source : Tensor of shape (T * B,), int64, or None
        The step that comes to stand at each step of each row; None: all rows are of one length.
    """

    source: Tensor | None = None

    @classmethod
    def of(cls, lengths: Tensor | None, n_steps: int) -> Self:
        """Make it for rows of such lengths, (B,), padded to so many steps."""
        if lengths is None:
            return cls()
        steps = torch.arange(n_steps, device=lengths.device)[:, None]  # (T, 1)
        source = torch.where(steps < lengths, lengths - 1 - steps, steps)  # (T, B)
        n_rows = len(lengths)
        return cls((source * n_rows + torch.arange(n_rows, device=lengths.device)).view(-1))

    def __call__(self, x: Tensor) -> Tensor:
        """Return the rows (T, B, ...) reversed."""
        if self.source is None:
            return x.flip(0)
        return _Involution.apply(x, self.source)  # type: ignore[no-any-return, no-untyped-call]


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

"""Dropout whose masks come from an explicit generator."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ._randomness import Randomness


class Dropout(nn.Module):
    """Inverted dropout; over a sequence, one mask for all its steps.

    A unit that is dropped is dropped at every step of its row [1]_, as the ``dropout`` of
    Keras' recurrent layers does it: a mask that changes from step to step wipes out what
    the state should carry.

    Parameters
    ----------
    p : float
        Fraction of units that are dropped in training; what stays is scaled by
        ``1 / (1 - p)``.
    randomness : Randomness
        Where the masks are drawn from.

    References
    ----------
    .. [1] Y. Gal and Z. Ghahramani (2016). A theoretically grounded application of dropout
       in recurrent neural networks. NeurIPS.
    """

    def __init__(self, p: float, randomness: Randomness):
        super().__init__()
        self.p = p
        self.randomness = randomness

    def forward(self, x: Tensor) -> Tensor:
        """Drop units of `x`, (B, H) or (T, B, H)."""
        if not self.training or self.p == 0.0:
            return x
        keep = 1.0 - self.p
        mask = torch.empty(x.shape[-2:], dtype=x.dtype, device=x.device)  # (B, H)
        mask.bernoulli_(keep, generator=self.randomness.generator(x.device))
        return x * mask.div_(keep)

    def extra_repr(self) -> str:
        return f"p={self.p}"


def set_dropout(module: nn.Module, p: float) -> None:
    """Set the fraction of units that all layers of a network drop in training."""
    for layer in module.modules():
        if isinstance(layer, Dropout):
            layer.p = p

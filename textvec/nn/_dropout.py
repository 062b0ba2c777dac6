"""Dropout whose masks come from an explicit generator."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .._containers._vocabulary import UNKNOWN
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

    def forward(self, x: Tensor, p: float | None = None) -> Tensor:
        """Drop units of `x`, (B, H) or (T, B, H); `p` takes the place of the layer's own."""
        p = self.p if p is None else p
        if not self.training or p == 0.0:
            return x
        keep = 1.0 - p
        mask = torch.empty(x.shape[-2:], dtype=x.dtype, device=x.device)  # (B, H)
        mask.bernoulli_(keep, generator=self.randomness.generator(x.device))
        return x * mask.div_(keep)

    def extra_repr(self) -> str:
        return f"p={self.p}"


class TokenDropout(nn.Module):
    """Replace ids by the unknown token in training, or vectors of steps by zeros [1]_.

    Nothing is scaled: at prediction, too, documents hold unknown tokens.

    Parameters
    ----------
    p : float
        Fraction of the steps.
    randomness : Randomness
        Where the steps are drawn from.

    References
    ----------
    .. [1] M. Iyyer, V. Manjunatha, J. Boyd-Graber and H. Daumé III (2015). Deep unordered
       composition rivals syntactic methods for text classification. ACL.
    """

    def __init__(self, p: float, randomness: Randomness):
        super().__init__()
        self.p = p
        self.randomness = randomness

    def forward(self, x: Tensor) -> Tensor:
        """Drop steps of ids (T, B), of which 0 stays padding, or of vectors (T, B, D)."""
        if not self.training or self.p == 0.0:
            return x
        dropped = torch.empty(x.shape[:2], dtype=torch.bool, device=x.device)  # (T, B)
        dropped.bernoulli_(self.p, generator=self.randomness.generator(x.device))
        if x.is_floating_point():
            return x.masked_fill(dropped[:, :, None], 0.0)
        return x.masked_fill(dropped & (x > 0), UNKNOWN)

    def extra_repr(self) -> str:
        return f"p={self.p}"


def set_dropout(
    module: nn.Module, p: float, *, of_input: float | None = None, of_tokens: float = 0.0
) -> None:
    """Set the fractions of units and of tokens that the layers of a network drop in training."""
    for layer in module.modules():
        if isinstance(layer, Dropout):
            layer.p = p
        elif isinstance(layer, TokenDropout):
            layer.p = of_tokens
        elif hasattr(layer, "input_dropout"):
            setattr(layer, "input_dropout", of_input)  # noqa: B010  # no tensor, as mypy takes it

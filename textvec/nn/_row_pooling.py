"""Pooling: from one vector a step to one vector a row."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from ._recurrent_stack import RecurrentStack


class LastPooling(nn.Module):
    """The hidden state after the last step that each direction reads."""

    def __init__(self, stack: RecurrentStack):
        super().__init__()
        self.hidden_size = stack.hidden_size
        self.bidirectional = stack.bidirectional

    def forward(self, outputs: Tensor, lengths: Tensor | None) -> Tensor:
        """Pool (T, B, H) to (B, H)."""
        last = outputs[-1] if lengths is None else steps_at(outputs, (lengths - 1).clamp(min=0))
        if self.bidirectional:  # the backward direction reads the first step last
            h = self.hidden_size
            last = torch.cat([last[:, :h], outputs[0, :, h:]], dim=1)
        return _zero_if_empty(last, lengths)


class MeanPooling(nn.Module):
    """The mean over the real steps."""

    def forward(self, outputs: Tensor, lengths: Tensor | None) -> Tensor:
        """Pool (T, B, H) to (B, H)."""
        if lengths is None:
            return outputs.mean(dim=0)
        total = outputs.masked_fill(padding_mask(outputs, lengths), 0.0).sum(dim=0)
        return total / lengths.clamp(min=1)[:, None]


class MaxPooling(nn.Module):
    """The largest value of each unit over the real steps."""

    def forward(self, outputs: Tensor, lengths: Tensor | None) -> Tensor:
        """Pool (T, B, H) to (B, H)."""
        mask = None if lengths is None else padding_mask(outputs, lengths)
        if outputs.requires_grad and torch.is_grad_enabled():
            largest: Tensor = _Maximum.apply(outputs, mask)  # type: ignore[no-untyped-call]
        else:
            largest = _unmasked(outputs, mask).amax(dim=0)
        return _zero_if_empty(largest, lengths)


class _Maximum(torch.autograd.Function):
    """The maximum over the steps that are not masked.

    The same as ``amax``, whose gradient takes twice the passes over all steps.
    """

    @staticmethod
    def forward(ctx: Any, outputs: Tensor, mask: Tensor | None) -> Tensor:
        """Return the largest values, (B, H)."""
        values = _unmasked(outputs, mask)
        largest = values.amax(dim=0)
        ctx.save_for_backward(values, largest)
        return largest

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """Return the gradient of the outputs: of equal largest values, each has a share."""
        values, largest = ctx.saved_tensors
        shares = torch.empty_like(values)  # (T, B, H)
        torch.eq(values, largest, out=shares)
        return shares.mul_(gradient / shares.sum(dim=0)), None


def _unmasked(outputs: Tensor, mask: Tensor | None) -> Tensor:
    return outputs if mask is None else outputs.masked_fill(mask, -math.inf)


class ConcatPooling(nn.Module):
    """The results of several poolings, side by side."""

    def __init__(self, parts: Sequence[nn.Module], width: int):
        super().__init__()
        self.parts = nn.ModuleList(parts)
        self.output_size = len(self.parts) * width

    def forward(self, outputs: Tensor, lengths: Tensor | None) -> Tensor:
        """Pool (T, B, H) to (B, k H)."""
        return torch.cat([part(outputs, lengths) for part in self.parts], dim=1)


class AttentionPooling(nn.Module):
    """The mean over the steps, weighted by the softmax of their product with a learned query [1]_.

    References
    ----------
    .. [1] Z. Yang et al. (2016). Hierarchical attention networks for document
       classification. NAACL. Here without the layer between state and query.
    """

    def __init__(self, stack: RecurrentStack, generator: torch.Generator):
        super().__init__()
        bound = stack.output_size**-0.5
        query = torch.empty(stack.output_size, dtype=torch.float32)
        self.query = nn.Parameter(query.uniform_(-bound, bound, generator=generator))

    def forward(self, outputs: Tensor, lengths: Tensor | None) -> Tensor:
        """Pool (T, B, H) to (B, H)."""
        weights = self.weights(outputs, lengths)[:, :, None]  # (T, B, 1)
        return _zero_if_empty((weights * outputs).sum(dim=0), lengths)

    def weights(self, outputs: Tensor, lengths: Tensor | None) -> Tensor:
        """Return the weight of each step, (T, B); they sum to 1 over the real steps."""
        scores = outputs @ self.query  # (T, B)
        if lengths is not None:
            # The least float, not -inf: a row without steps must not become NaN.
            least = torch.finfo(scores.dtype).min
            scores = scores.masked_fill(padding_mask(outputs, lengths)[:, :, 0], least)
        return scores.softmax(dim=0)


# How each kind is made for recurrent layers; what it learns is drawn from the generator.
POOLINGS: dict[str, Callable[[RecurrentStack, torch.Generator], nn.Module]] = {
    "last": lambda stack, generator: LastPooling(stack),
    "mean": lambda stack, generator: MeanPooling(),
    "max": lambda stack, generator: MaxPooling(),
    "attention": AttentionPooling,
}
# What "concat" stands for: J. Howard and S. Ruder (2018). Universal language model fine-tuning for
# text classification. ACL.
CONCAT = ("last", "mean", "max")


def pooling_of(
    kinds: str | Sequence[str], stack: RecurrentStack, generator: torch.Generator
) -> nn.Module:
    """Make a pooling of the steps of recurrent layers: of one kind, or of several side by side."""
    if kinds == "concat":
        kinds = CONCAT
    if isinstance(kinds, str):
        return POOLINGS[kinds](stack, generator)
    return ConcatPooling([POOLINGS[kind](stack, generator) for kind in kinds], stack.output_size)


def padding_mask(outputs: Tensor, lengths: Tensor) -> Tensor:
    """Mark the steps of (T, B, H) beyond each row's length, (T, B, 1)."""
    steps = torch.arange(outputs.shape[0], device=outputs.device)[:, None]  # (T, 1)
    return (steps >= lengths)[:, :, None]


def steps_at(outputs: Tensor, steps: Tensor) -> Tensor:
    """Return the output of each row b at step ``steps[b]``, (B, H)."""
    return outputs[steps, torch.arange(outputs.shape[1], device=outputs.device)]


def _zero_if_empty(pooled: Tensor, lengths: Tensor | None) -> Tensor:
    if lengths is None:
        return pooled
    return pooled.masked_fill((lengths == 0)[:, None], 0.0)

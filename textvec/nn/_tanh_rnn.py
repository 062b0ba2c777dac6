"""The plain recurrent cell with a gradient that costs little on a CPU."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F


class TanhRNN(nn.RNN):
    """``torch.nn.RNN`` of one layer and direction, faster in training on a CPU.

    Torch records some five operations a step for its gradient there, each of which costs
    more than the arithmetic of a small state. Here the loop over the steps is one
    operation with its gradient written out. On other devices torch's own kernel runs.
    """

    def forward(  # type: ignore[override]
        self, x: Tensor, hx: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return the states after each step, (T, B, H), and the last of them, (1, B, H)."""
        if x.device.type != "cpu" or hx is not None:
            return super().forward(x, hx)
        w_input, w_state, b_input, b_state = self.parameters()
        projected = F.linear(x, w_input, b_input + b_state)  # (T, B, H)
        states = _TanhSteps.apply(projected, w_state)  # type: ignore[no-untyped-call]
        return states, states[-1:]


class _TanhSteps(torch.autograd.Function):
    """``states[t] = tanh(projected[t] + states[t - 1] @ weight.T)``, from a state of zeros."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, weight: Tensor) -> Tensor:
        states = torch.empty_like(projected, memory_format=torch.contiguous_format)
        state = torch.tanh(projected[0], out=states[0])  # (B, H)
        transposed = weight.t()
        for inputs, out in zip(projected[1:].unbind(0), states[1:].unbind(0), strict=True):
            state = torch.addmm(inputs, state, transposed, out=out).tanh_()
        ctx.save_for_backward(states, weight)
        return states

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        states, weight = ctx.saved_tensors
        slopes = (1 - states * states).unbind(0)  # of tanh
        inner = torch.empty_like(states)  # the gradient before tanh
        inners, outer = inner.unbind(0), gradient.unbind(0)
        torch.mul(outer[-1], slopes[-1], out=inners[-1])
        for t in range(len(inners) - 2, -1, -1):
            torch.addmm(outer[t], inners[t + 1], weight, out=inners[t]).mul_(slopes[t])
        by_weight = inner[1:].flatten(0, 1).t() @ states[:-1].flatten(0, 1)  # (H, H)
        return inner, by_weight

"""A pass of a gated recurrent unit (GRU) whose gradient costs little on a CPU."""

from __future__ import annotations

from typing import Any, TypeGuard

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

# Numbers of a block of steps whose gradients are computed together: such as stay in the cache.
_BLOCK = 2**17


def gru_trains_on_cpu(layer: nn.Module, x: Tensor) -> TypeGuard[nn.GRU]:
    """Return whether a layer is a GRU that is trained where torch has no fused kernel for it.

    One with hooks is left to torch, which calls them.
    """
    if type(layer) is not nn.GRU or x.device.type != "cpu" or not torch.is_grad_enabled():
        return False
    return not (layer._forward_hooks or layer._forward_pre_hooks or layer._backward_hooks)


def gru_states(layer: nn.RNNBase, x: Tensor, state: Tensor | None = None) -> Tensor:
    """Return what ``torch.nn.GRU`` of one layer and direction does, up to rounding.

    Torch records some ten operations a step for the gradient, and computes thirty for it. Here the
    loop over the steps is one operation, with its gradient written out: what does not depend on
    the gradient of the next step is computed for many steps at once.

    Parameters
    ----------
    layer : torch.nn.GRU
        The weights.
    x : Tensor of shape (T, B, D)
        Input vectors.
    state : Tensor of shape (B, H) or None, default=None
        Initial hidden state; None: zeros.

    Returns
    -------
    Tensor of shape (T, B, H)
        The state after each step.
    """
    if state is None:
        state = x.new_zeros(x.shape[1], layer.hidden_size)
    states: Tensor = _GRUSteps.apply(x, state, *layer.parameters())  # type: ignore[no-untyped-call]
    return states


class _GRUSteps(torch.autograd.Function):
    """The states of a GRU; within, rows are the last dimension, so that each gate is contiguous."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, state: Tensor, w_x: Tensor, w_h: Tensor, b_x: Tensor, b_h: Tensor
    ) -> Tensor:
        n_steps, n_rows, size = len(x), *state.shape
        gates = x.new_empty(n_steps, 4, size, n_rows)  # reset, update, candidate, its state part
        states = x.new_empty(n_steps + 1, size, n_rows)  # (T + 1, H, B)
        before = states[0].copy_(state.t())
        b_gates = b_x + torch.cat([b_h[: 2 * size], b_h.new_zeros(size)])
        b_gates, b_candidate = _columns(b_gates, n_rows), _columns(b_h[2 * size :], n_rows)
        w_gates, w_candidate = w_h[: 2 * size], w_h[2 * size :]
        r, z, n, u = gates.unbind(1)
        for x_t, xs, rz, r_t, z_t, n_t, u_t, after in zip(
            x.transpose(1, 2).unbind(0),
            gates[:, :3].flatten(1, 2).unbind(0),  # (3 H, B)
            gates[:, :2].flatten(1, 2).unbind(0),  # (2 H, B)
            *(part.unbind(0) for part in (r, z, n, u, states[1:])),  # (H, B)
            strict=True,
        ):
            torch.addmm(b_gates, w_x, x_t, out=xs)
            rz.addmm_(w_gates, before).sigmoid_()
            torch.addmm(b_candidate, w_candidate, before, out=u_t)
            n_t.addcmul_(r_t, u_t).tanh_()
            before = torch.addcmul(n_t, torch.sub(before, n_t, out=after), z_t, out=after)
        ctx.save_for_backward(x, gates, states, w_x, w_h)
        return states[1:].transpose(1, 2)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        x, gates, states, w_x, w_h = ctx.saved_tensors
        n_steps, _, size, n_rows = gates.shape
        sums = _Sums(w_x, w_h)
        by_x = torch.empty_like(x) if ctx.needs_input_grad[0] else None
        carried = gradient.new_zeros(size, n_rows)  # the gradient of the state, from later steps
        length = max(1, _BLOCK // (4 * size * n_rows))
        scratch = torch.empty_like(gates[:length])
        for stop in range(n_steps, 0, -length):
            block = slice(max(0, stop - length), stop)
            inner = _slopes(gates[block], states[block], out=scratch[: stop - block.start])
            _go_back(
                inner, x[block], gates[block, 1], states[block], gradient[block], carried, sums
            )
            if by_x is not None:
                by_gates = inner[:, 1:].flatten(1, 2).transpose(1, 2)  # (T, B, 3 H)
                torch.bmm(by_gates, w_x.expand(len(inner), -1, -1), out=by_x[block])
        return (by_x, carried.t(), *sums.by_weights())


def _columns(bias: Tensor, n_rows: int) -> Tensor:
    """Repeat a bias for each row of a batch, (H, B)."""
    return bias[:, None].expand(-1, n_rows).contiguous()


class _Sums:
    """Gradients of the weights, summed up step by step.

    Within, the candidate's state part comes before the gates, and the candidate after them: the
    gradients that the state's weights need, and those that the input's need, each are contiguous.
    """

    def __init__(self, w_x: Tensor, w_h: Tensor):
        size = w_h.shape[1]
        self.by_input = torch.zeros_like(w_x)  # (3 H, D)
        self.by_state = torch.zeros_like(w_h, memory_format=torch.contiguous_format)  # (3 H, H)
        self.by_bias = w_h.new_zeros(4, size)
        self.w_state = torch.cat([w_h[2 * size :], w_h[: 2 * size]]).t().contiguous()  # (H, 3 H)

    def by_weights(self) -> tuple[Tensor, ...]:
        """Return the gradients in the order of the layer's parameters."""
        size = self.by_state.shape[1]
        by_state = torch.cat([self.by_state[size:], self.by_state[:size]])
        by_state_bias = torch.cat([self.by_bias[1:3], self.by_bias[:1]])
        return self.by_input, by_state, self.by_bias[1:].flatten(), by_state_bias.flatten()


def _slopes(gates: Tensor, before: Tensor, out: Tensor) -> Tensor:
    """Compute what the gradient of a state is multiplied with, (T, 4, H, B).

    The products are the gradients of the candidate's state part, of the gates and of the candidate,
    each before its sigmoid or tanh.
    """
    r, z, n, u = gates.unbind(1)
    by_u, by_r, by_z, by_n = out.unbind(1)
    torch.sub(torch.ones((), dtype=z.dtype), z, out=by_n)
    by_n.addcmul_(torch.mul(by_n, n, out=by_z), n, value=-1)  # (1 - z) (1 - n n)
    torch.mul(by_n, r, out=by_u)
    torch.mul(by_u, u, out=by_r)
    by_r.addcmul_(by_r, r, value=-1)  # by_n u r (1 - r)
    torch.sub(before, n, out=by_z).mul_(z)
    by_z.addcmul_(by_z, z, value=-1)  # (h - n) z (1 - z)
    return out


def _go_back(
    inner: Tensor,
    x: Tensor,
    z: Tensor,
    before: Tensor,
    gradient: Tensor,
    carried: Tensor,
    sums: _Sums,
) -> None:
    """Go back through a block of steps; `inner`, the slopes, become gradients."""
    steps = (
        inner,
        inner[:, :3].flatten(1, 2),  # (T, 3 H, B)
        inner[:, 1:].flatten(1, 2),
        x,
        before.transpose(1, 2),  # (T, B, H)
        z,
        gradient.transpose(1, 2),  # (T, H, B)
    )
    for part, by_state, by_input, x_t, h_t, z_t, outer in zip(
        *(reversed(step.unbind(0)) for step in steps), strict=True
    ):
        part.mul_(carried.add_(outer))
        sums.by_state.addmm_(by_state, h_t)
        sums.by_input.addmm_(by_input, x_t)
        carried.mul_(z_t).addmm_(sums.w_state, by_state)
    sums.by_bias += inner.sum(dim=(0, 3))

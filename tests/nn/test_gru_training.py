"""The training pass of a GRU and its gradients against torch's own."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from textvec.nn import _gru_training
from textvec.nn._gru_training import gru_states, gru_trains_on_cpu


def made(n_steps: int, n_rows: int, dtype: torch.dtype = torch.float64):
    """Make a layer with biases, its input, initial state and a direction of the gradient."""
    generator = torch.Generator().manual_seed(0)
    layer = nn.GRU(3, 4).to(dtype)
    for weight in layer.parameters():
        weight.data.normal_(generator=generator)
    sizes = ((n_steps, n_rows, 3), (n_rows, 4), (n_steps, n_rows, 4))
    x, state, direction = (torch.randn(s, generator=generator, dtype=dtype) for s in sizes)
    return layer, x.requires_grad_(), state.requires_grad_(), direction


def gradients(outputs, direction, *inputs):
    return torch.autograd.grad((outputs * direction).sum(), inputs)


@pytest.mark.parametrize("block", [1, 100, 2**17])
@pytest.mark.parametrize(("n_steps", "n_rows"), [(1, 1), (1, 3), (7, 1), (9, 5)])
def test_outputs_and_gradients_are_those_of_torch(monkeypatch, n_steps, n_rows, block):
    monkeypatch.setattr(_gru_training, "_BLOCK", block)
    layer, x, state, direction = made(n_steps, n_rows)
    inputs = (x, state, *layer.parameters())
    mine, (theirs, last) = gru_states(layer, x, state), layer(x, state[None])
    torch.testing.assert_close(mine, theirs)
    torch.testing.assert_close(mine[-1:], last)
    for ours, peer in zip(
        gradients(mine, direction, *inputs), gradients(theirs, direction, *inputs), strict=True
    ):
        torch.testing.assert_close(ours, peer)
    torch.testing.assert_close(gru_states(layer, x), layer(x)[0])


@pytest.mark.parametrize("n_steps", [1, 6])
def test_the_gradient_is_that_of_differences(n_steps):
    layer, x, state, _ = made(n_steps, 4)
    weights = tuple(layer.parameters())
    assert torch.autograd.gradcheck(lambda x, s, *w: gru_states(layer, x, s), (x, state, *weights))


def test_float32_is_as_exact_as_torch_itself():
    layer, x, state, direction = made(40, 6, torch.float32)
    exact = nn.GRU(3, 4).double()
    exact.load_state_dict(layer.state_dict())
    wide = [t.detach().double().requires_grad_() for t in (x, state)]
    expected = gradients(
        exact(wide[0], wide[1][None])[0], direction.double(), *wide, *exact.parameters()
    )
    found = gradients(gru_states(layer, x, state), direction, x, state, *layer.parameters())
    for ours, truth in zip(found, expected, strict=True):
        torch.testing.assert_close(ours.double(), truth, rtol=1e-5, atol=1e-5)


def test_what_is_frozen_gets_no_gradient():
    layer, x, state, direction = made(5, 2)
    frozen = gru_states(layer, x.detach(), state.detach())
    plain, _ = layer(x.detach(), state.detach()[None])
    layer.weight_hh_l0.requires_grad_(False)
    learned = [layer.weight_ih_l0, layer.bias_ih_l0, layer.bias_hh_l0]
    for ours, theirs in zip(
        gradients(frozen, direction, *learned), gradients(plain, direction, *learned), strict=True
    ):
        torch.testing.assert_close(ours, theirs)
    (gru_states(layer, x, state) * direction).sum().backward()
    assert layer.weight_hh_l0.grad is None
    assert x.grad is not None


def test_only_training_of_gru_layers_without_hooks_takes_it():
    layer, x, _, _ = made(2, 2)
    assert gru_trains_on_cpu(layer, x)
    assert not gru_trains_on_cpu(nn.LSTM(3, 4), x)
    with torch.no_grad():
        assert not gru_trains_on_cpu(layer, x)
    seen = []
    handle = layer.register_forward_hook(lambda *call: seen.append(call))
    assert not gru_trains_on_cpu(layer, x)
    handle.remove()
    assert gru_trains_on_cpu(layer, x)

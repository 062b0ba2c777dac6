"""The training pass of LSTM layers and its gradients against torch's own."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from textvec._kernels._lstm_steps import multiplies_bfloat16
from textvec.nn import _lstm_training
from textvec.nn._lstm_training import (
    StepPlaces,
    lstm_states,
    lstm_trains_on_cpu,
    rounds_products,
)

BFLOAT16 = pytest.param(
    True,
    marks=pytest.mark.skipif(
        not multiplies_bfloat16(), reason="the CPU has no instructions for bfloat16"
    ),
)
LENGTHS = [None, [4, 7, 1, 7, 2], [0, 3, 5, 0, 1], [7, 7, 7, 7, 7]]


def made(n_steps: int, n_rows: int, width: int = 3, size: int = 4):
    """Make a layer, its input, its initial state and directions of the gradients."""
    generator = torch.Generator().manual_seed(0)
    layer = nn.LSTM(width, size)
    for weight in layer.parameters():
        weight.data.normal_(std=size**-0.5, generator=generator)
    sizes = ((n_steps, n_rows, width), (1, n_rows, size), (1, n_rows, size))
    inputs = [torch.randn(s, generator=generator).requires_grad_() for s in sizes]
    results = ((n_steps, n_rows, size), *sizes[1:])
    directions = [torch.randn(s, generator=generator) for s in results]
    return layer, inputs, directions


def of_torch(layer, x, lengths, hidden, cell):
    """Return outputs, zeros at padding, and states, those of empty rows kept."""
    if lengths is None:
        outputs, state = layer(x, (hidden, cell))
        return outputs, *state
    packed = pack_padded_sequence(x, lengths.clamp(min=1), enforce_sorted=False)
    packed, state = layer(packed, (hidden, cell))
    outputs, _ = pad_packed_sequence(packed, total_length=len(x))
    real, moved = torch.arange(len(x))[:, None] < lengths, (lengths > 0)[:, None]
    after = (torch.where(moved, new, old) for new, old in zip(state, (hidden, cell), strict=True))
    return torch.where(real[:, :, None], outputs, 0.0), *after


def gradients(results, directions, inputs):
    total = sum((r * d.to(r.dtype)).sum() for r, d in zip(results, directions, strict=True))
    return torch.autograd.grad(total, inputs)


@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize(("width", "size"), [(3, 4), (1, 1), (5, 20), (2, 33)])
def test_outputs_states_and_gradients_are_as_exact_as_torch_itself(width, size, lengths):
    lengths = None if lengths is None else torch.tensor(lengths)
    layer, inputs, directions = made(7, 5, width, size)
    places = StepPlaces.of(lengths, 7, 5)
    outputs, state = lstm_states([layer], inputs[0], places, inputs[1:])
    found = [outputs, *state]
    found += gradients(found, directions, [*inputs, *layer.parameters()])

    exact = nn.LSTM(width, size).double()
    exact.load_state_dict(layer.state_dict())
    wide = [t.detach().double().requires_grad_() for t in inputs]
    expected = [*of_torch(exact, wide[0], lengths, *wide[1:])]
    expected += gradients(expected, directions, [*wide, *exact.parameters()])
    for ours, truth in zip(found, expected, strict=True):
        torch.testing.assert_close(ours.double(), truth, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("has_bfloat16", [False, BFLOAT16])
@pytest.mark.parametrize("lengths", LENGTHS)
def test_autocast_rounds_factors_where_the_machine_gains_by_it(lengths, has_bfloat16, monkeypatch):
    monkeypatch.setattr(_lstm_training, "multiplies_bfloat16", lambda: has_bfloat16)
    lengths = None if lengths is None else torch.tensor(lengths)
    layer, inputs, directions = made(7, 5, 5, 20)
    places = StepPlaces.of(lengths, 7, 5)
    plain, rounded = [], []
    for found, enabled in ((plain, False), (rounded, True)):
        with torch.autocast("cpu", enabled=enabled):
            assert rounds_products() == (enabled and has_bfloat16)
            outputs, state = lstm_states([layer], inputs[0], places, inputs[1:])
        found += [outputs, *state]
        found += gradients(found, directions, [*inputs, *layer.parameters()])
    for ours, truth in zip(rounded, plain, strict=True):
        assert ours.dtype == torch.float32
        torch.testing.assert_close(ours, truth, rtol=0.05, atol=0.05)
    assert torch.equal(rounded[0], plain[0]) != has_bfloat16


@pytest.mark.parametrize("lengths", LENGTHS)
def test_rows_that_fill_products_add_nothing(lengths, monkeypatch):
    """Not even where fresh memory holds what is no number."""
    monkeypatch.setattr(torch, "empty_like", lambda x, **kw: torch.full_like(x, torch.nan, **kw))
    layer, inputs, _ = made(7, 5)
    places = StepPlaces.of(None if lengths is None else torch.tensor(lengths), 7, 5)
    with torch.autocast("cpu"):
        outputs, _ = lstm_states([layer], inputs[0], places, inputs[1:])
    outputs.sum().backward()
    for tensor in (*inputs, *layer.parameters()):
        assert tensor.grad.isfinite().all()


def test_one_row_and_one_step_and_large_inputs():
    layer, (x, hidden, cell), _ = made(1, 1)
    x = 100 * x.detach()
    outputs, state = lstm_states([layer], x, StepPlaces.of(None, 1, 1), (hidden, cell))
    for ours, theirs in zip([outputs, *state], of_torch(layer, x, None, hidden, cell), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_a_number_that_is_none_stays_one():
    layer, (x, *_), _ = made(3, 2)
    x.data[1, 0, 0] = float("nan")
    outputs, _ = lstm_states([layer], x, StepPlaces.of(None, 3, 2))
    assert outputs[1:, 0].isnan().all()
    assert outputs[:, 1].isfinite().all()


def test_what_is_frozen_gets_no_gradient():
    layer, (x, *_), _ = made(5, 2)
    places = StepPlaces.of(None, 5, 2)
    layer.requires_grad_(False)
    lstm_states([layer], x, places)[0].sum().backward()
    assert x.grad is not None
    assert all(weight.grad is None for weight in layer.parameters())
    layer.requires_grad_(True)
    lstm_states([layer], x.detach(), places)[0].sum().backward()
    assert all(weight.grad is not None for weight in layer.parameters())


def test_a_graph_that_is_kept_gives_the_same_gradients_again():
    layer, (x, *_), _ = made(5, 2)
    loss = lstm_states([layer], x, StepPlaces.of(torch.tensor([5, 2]), 5, 2))[0].square().sum()
    weights = [x, *layer.parameters()]
    first = torch.autograd.grad(loss, weights, retain_graph=True)
    assert all(map(torch.equal, first, torch.autograd.grad(loss, weights)))


def test_only_training_of_lstm_layers_without_hooks_takes_it():
    layer, (x, *_), _ = made(2, 2)
    assert lstm_trains_on_cpu([layer, layer], x)
    assert not lstm_trains_on_cpu([layer, nn.GRU(3, 4)], x)
    assert not lstm_trains_on_cpu([layer], x.double())
    with torch.no_grad():
        assert not lstm_trains_on_cpu([layer], x)
    handle = layer.register_forward_hook(print)
    assert not lstm_trains_on_cpu([layer], x)
    handle.remove()
    assert lstm_trains_on_cpu([layer], x)

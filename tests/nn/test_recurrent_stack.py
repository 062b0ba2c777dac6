"""The body against torch's own layers on packed sequences, and poolings against loops."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from textvec.nn import (
    POOLINGS,
    Batch,
    Randomness,
    RecurrentStack,
    SequenceEncoder,
    SequenceModel,
    linear,
    pooling_of,
)

CELLS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
LENGTHS = torch.tensor([4, 7, 1, 7, 2])  # B = 5, T = 7


def torch_twin(stack: RecurrentStack, input_size: int) -> nn.RNNBase:
    """Make torch's own stack with the same weights."""
    twin = CELLS[stack.cell](
        input_size,
        stack.hidden_size,
        num_layers=stack.num_layers,
        bidirectional=stack.bidirectional,
    )
    for suffix, layers in (("", stack.forward_layers), ("_reverse", stack.backward_layers)):
        for i, layer in enumerate(layers):
            for name, value in layer.named_parameters():
                getattr(twin, f"{name[:-1]}{i}{suffix}").data.copy_(value.data)
    return twin


def make_stack(cell: str, bidirectional: bool, num_layers: int = 2) -> RecurrentStack:
    return RecurrentStack(
        cell,
        3,
        4,
        num_layers=num_layers,
        bidirectional=bidirectional,
        randomness=Randomness(0),
    )


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_equals_torch_on_packed_sequences(cell, bidirectional):
    stack = make_stack(cell, bidirectional)
    twin = torch_twin(stack, 3)
    x = torch.randn(7, 5, 3, generator=torch.Generator().manual_seed(1))
    mine, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    packed = pack_padded_sequence(theirs, LENGTHS, enforce_sorted=False)
    expected, _ = pad_packed_sequence(twin(packed)[0])  # (T, B, H)
    real = (torch.arange(7)[:, None] < LENGTHS)[:, :, None]
    outputs = stack(mine, LENGTHS) * real
    torch.testing.assert_close(outputs, expected)

    (outputs**2).sum().backward()
    (expected**2).sum().backward()
    torch.testing.assert_close(mine.grad * real, theirs.grad * real)
    for layer, suffix in ((stack.forward_layers[1], ""), *_backward(stack)):
        for name, value in layer.named_parameters():
            torch.testing.assert_close(value.grad, getattr(twin, f"{name[:-1]}1{suffix}").grad)


def _backward(stack):
    return [(stack.backward_layers[1], "_reverse")] if stack.bidirectional else []


@pytest.mark.parametrize("n_steps", [1, 6])
def test_the_gradient_of_the_plain_cell_is_right(n_steps):
    layer = RecurrentStack("rnn", 2, 3, randomness=Randomness(0)).forward_layers[0].double()
    x = torch.randn(n_steps, 4, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, *weights: layer(x)[0], (x, *layer.parameters()))


@pytest.mark.parametrize("bidirectional", [False, True])
def test_full_rows_need_no_lengths(bidirectional):
    stack = make_stack("gru", bidirectional)
    x = torch.randn(7, 5, 3, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(stack(x), stack(x, torch.full((5,), 7)))
    torch.testing.assert_close(stack(x), torch_twin(stack, 3)(x)[0])


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("pooling", [*POOLINGS, "concat"])
def test_poolings_equal_a_loop_over_rows(pooling, bidirectional):
    stack = make_stack("gru", bidirectional)
    pool = pooling_of(pooling, stack, torch.Generator().manual_seed(0))
    outputs = torch.randn(7, 5, stack.output_size, generator=torch.Generator().manual_seed(2))
    pooled = pool(outputs, LENGTHS)
    for b, length in enumerate(LENGTHS):
        row = outputs[:length, b]  # (T, H)
        expected = {
            "last": torch.cat([row[-1, :4], row[0, 4:]]),
            "mean": row.mean(0),
            "max": row.amax(0),
            "attention": (row @ pool.query).softmax(0) @ row if pooling == "attention" else None,
        }
        expected["concat"] = torch.cat([expected[name] for name in ("last", "mean", "max")])
        torch.testing.assert_close(pooled[b], expected[pooling])
    torch.testing.assert_close(pool(outputs, None), pool(outputs, torch.full((5,), 7)))


@pytest.mark.parametrize("pooling", [*POOLINGS, "concat"])
def test_rows_without_steps_give_zeros_and_finite_gradients(pooling):
    stack = make_stack("lstm", True)
    draws = Randomness(0)
    pool = pooling_of(pooling, stack, draws.generator("cpu"))
    width = getattr(pool, "output_size", stack.output_size)
    head = linear(width, 1, draws.generator("cpu"))
    model = SequenceModel(SequenceEncoder(None, stack), pool, head, randomness=draws)
    batch = Batch(torch.ones(2, 3, 3), torch.tensor([0, 2, 0]))
    assert not model.pool(batch)[[0, 2]].any()
    model(batch).sum().backward()
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    assert gradients
    assert all(torch.isfinite(g).all() for g in gradients)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_bfloat16_autocast_gives_nearly_the_outputs_of_float32(cell):
    stack = make_stack(cell, True)
    x = torch.ones(7, 5, 3)
    plain = stack(x, LENGTHS)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = stack(x.bfloat16(), LENGTHS)
        with torch.no_grad():
            evaluated = stack(x, LENGTHS)
    assert outputs.dtype == torch.float32
    torch.testing.assert_close(outputs, plain, rtol=0.02, atol=0.02)
    with torch.no_grad():
        assert torch.equal(evaluated, stack(x, LENGTHS))


@pytest.mark.parametrize("n_rows", [1, 3])
def test_both_directions_in_one_call_have_the_bits_of_two(n_rows):
    randomness = Randomness(0)
    stack = RecurrentStack(
        "lstm", 4, 3, num_layers=2, bidirectional=True, dropout=0.5, randomness=randomness
    ).eval()
    x = torch.randn(6, n_rows, 4, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.equal(stack(x), stack(x, torch.full((n_rows,), 6)))


# Functions of the stack that tell whether our own pass trains a cell, not torch's.
OWN_PASS = {"gru": "gru_trains_on_cpu", "lstm": "lstm_trains_on_cpu"}


@pytest.mark.parametrize(
    "lengths", [None, [4, 7, 1, 7, 2], [0, 3, 5, 0, 1], [7, 7, 7, 7, 7]], ids=str
)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", OWN_PASS)
def test_a_stack_trains_as_it_does_with_torch(monkeypatch, cell, bidirectional, lengths):
    """Layers, directions, lengths and dropout: the same draws, the same gradients."""
    lengths = None if lengths is None else torch.tensor(lengths)
    x = torch.randn(7, 5, 3, generator=torch.Generator().manual_seed(1))
    found = []
    for takes_it in (True, False):
        if not takes_it:
            name = f"textvec.nn._recurrent_stack.{OWN_PASS[cell]}"
            monkeypatch.setattr(name, lambda layer, x: False)
        sizes = {"num_layers": 3, "bidirectional": bidirectional, "dropout": 0.4}
        stack = RecurrentStack(cell, 3, 4, **sizes, randomness=Randomness(0))
        outputs = stack(x, lengths)
        if lengths is not None:
            outputs = outputs * (torch.arange(7)[:, None] < lengths)[:, :, None]
        outputs.square().sum().backward()
        found.append([outputs, *(weight.grad for weight in stack.parameters())])
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("cell", OWN_PASS)
def test_the_state_goes_on_from_call_to_call_with_its_gradient(cell):
    stack = RecurrentStack(cell, 3, 4, num_layers=2, randomness=Randomness(0))
    x = torch.randn(6, 5, 3, generator=torch.Generator().manual_seed(1))
    first, state = stack.forward_from(x[:4])
    second, _ = stack.forward_from(x[4:], None, state)
    parts = torch.cat([first, second])
    torch.testing.assert_close(parts, stack(x))
    weights = list(stack.parameters())
    for ours, whole in zip(
        torch.autograd.grad(parts.square().sum(), weights),
        torch.autograd.grad(stack(x).square().sum(), weights),
        strict=True,
    ):
        torch.testing.assert_close(ours, whole)

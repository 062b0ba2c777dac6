"""Poolings of padded batches against the same of each row alone."""

from __future__ import annotations

import pytest
import torch

from textvec.nn import POOLINGS, Randomness, RecurrentStack, pooling_of
from textvec.nn._row_pooling import padding_mask, steps_at

LENGTHS = torch.tensor([4, 1, 0, 3])


def make(name, *, bidirectional):
    draws = Randomness(0)
    stack = RecurrentStack("gru", 2, 3, bidirectional=bidirectional, randomness=draws)
    outputs = torch.rand(4, 4, stack.output_size, generator=torch.Generator().manual_seed(0))
    return pooling_of(name, stack, draws.generator("cpu")), outputs - 0.5


def by_hand(name, row, pooling, *, bidirectional):
    """Pool the steps (T, H) of one row."""
    if name == "concat":
        name = ("last", "mean", "max")
    if isinstance(name, tuple):
        pools = zip(name, pooling.parts, strict=True)
        return torch.cat([by_hand(p, row, pool, bidirectional=bidirectional) for p, pool in pools])
    if name == "attention":
        return torch.softmax(row @ pooling.query, dim=0) @ row
    if name == "last":
        return torch.cat([row[-1, :3], row[0, 3:]]) if bidirectional else row[-1]
    return row.mean(dim=0) if name == "mean" else row.amax(dim=0)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("name", [*POOLINGS, "concat", ("max", "attention")])
def test_padding_changes_nothing(name, bidirectional):
    pooling, outputs = make(name, bidirectional=bidirectional)
    pooled = pooling(outputs, LENGTHS)
    for b, n in enumerate(LENGTHS.tolist()):
        if n:
            expected = by_hand(name, outputs[:n, b], pooling, bidirectional=bidirectional)
            torch.testing.assert_close(pooled[b], expected)
        else:
            assert not pooled[b].any()
    whole = pooling(outputs, None)
    torch.testing.assert_close(whole, pooling(outputs, torch.full((4,), 4)))


def test_steps_and_masks():
    _, outputs = make("mean", bidirectional=False)
    assert torch.equal(steps_at(outputs, torch.tensor([3, 0, 1, 2]))[2], outputs[1, 2])
    assert (~padding_mask(outputs, LENGTHS)[:, :, 0]).sum(dim=0).tolist() == LENGTHS.tolist()


@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_the_gradient_of_the_maximum_is_shared_by_equal_values(lengths):
    pooling, outputs = make("max", bidirectional=False)
    outputs[1] = outputs[0] = 1.0  # where row 1 ends before its second step
    outputs.requires_grad_()
    weights = torch.arange(1.0, 13.0).view(4, 3)
    (gradient,) = torch.autograd.grad((pooling(outputs, lengths) * weights).sum(), outputs)
    steps = torch.arange(4)[:, None] < (4 if lengths is None else lengths)  # (T, B)
    is_largest = (steps & (torch.arange(4)[:, None] < 2)).float()[:, :, None]  # (T, B, 1)
    expected = is_largest / is_largest.sum(dim=0).clamp(min=1) * weights
    torch.testing.assert_close(gradient, expected)

"""The loop: mean losses against sums by hand, and a training of a few lines of torch."""

from __future__ import annotations

import copy
from typing import NamedTuple

import pytest
import torch
from torch import Tensor, nn

from textvec.nn import Batch, CategoricalCrossEntropy
from textvec.nn._loop import (
    BatchHooks,
    Learner,
    each_tensor,
    evaluate,
    forward,
    mean_loss,
    train_epoch,
)
from textvec.nn._tag_criteria import StepCrossEntropy


class Sum(nn.Module):
    """A module that reads a batch of vectors."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 4)

    def forward(self, batch: Batch) -> Tensor:
        return self.layer(batch.values.sum(dim=0))


def make_batches(weights=False):
    generator = torch.Generator().manual_seed(0)
    batches = []
    for n_rows in 5, 3:
        values = torch.rand(2, n_rows, 3, generator=generator)
        y = torch.randint(4, (n_rows,), generator=generator)
        w = torch.rand(n_rows, generator=generator) if weights else None
        batches.append((Batch(values, None, w), y))
    return batches


@pytest.mark.parametrize("weights", [False, True])
def test_training_and_evaluation_are_those_of_plain_torch(weights):
    module, batches = Sum(), make_batches(weights)
    plain = copy.deepcopy(module)
    learner = Learner(
        module, CategoricalCrossEntropy(4), torch.optim.SGD(module.parameters(), 0.5), clip_norm=0.1
    )
    losses = train_epoch(learner, batches, BatchHooks())

    optimizer = torch.optim.SGD(plain.parameters(), 0.5)
    total = weight = 0.0
    for x, y in batches:
        w = torch.ones(len(y)) if x.weights is None else x.weights
        loss = (w * nn.functional.cross_entropy(plain(x), y, reduction="none")).sum() / w.sum()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(plain.parameters(), 0.1)
        optimizer.step()
        total, weight = total + loss.item() * w.sum().item(), weight + w.sum().item()
    assert losses.mean() == pytest.approx(total / weight)
    assert losses.sizes == [5, 3]
    for mine, theirs in zip(module.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs)

    losses, score = evaluate(learner, batches, BatchHooks())
    correct = total = loss = 0.0
    for x, y in batches:
        w = torch.ones(len(y)) if x.weights is None else x.weights
        outputs = plain(x)
        correct += (w * (outputs.argmax(dim=1) == y)).sum().item()
        loss += (w * nn.functional.cross_entropy(outputs, y, reduction="none")).sum().item()
        total += w.sum().item()
    assert score == pytest.approx(correct / total)
    assert losses.mean() == pytest.approx(loss / total)
    assert not module.training


def test_a_mean_over_terms_has_the_weight_of_each_row():
    generator = torch.Generator().manual_seed(0)
    outputs = torch.rand(3, 2, 4, generator=generator)
    y = torch.tensor([[1, 2], [0, -100], [3, -100]])
    weights = torch.tensor([0.5, 2.0])
    losses = nn.functional.cross_entropy(outputs.flatten(0, 1), y.flatten(), reduction="none")
    of_rows = losses.view(3, 2).sum(dim=0)
    loss, weight = mean_loss(StepCrossEntropy(4), outputs, Batch(outputs, None, weights), y)
    assert weight == 0.5 * 3 + 2.0
    torch.testing.assert_close(loss, (of_rows * weights).sum() / 3.5)
    loss, weight = mean_loss(StepCrossEntropy(4), outputs, Batch(outputs), y)
    assert weight == 4
    torch.testing.assert_close(loss, of_rows.sum() / 4)
    loss, _ = mean_loss(StepCrossEntropy(4), outputs, Batch(outputs, None, torch.zeros(2)), y)
    assert loss == 0


def test_hooks_are_called_in_order():
    calls = []

    class Recorder(BatchHooks):
        def batch_begins(self, batch):
            calls.append("begins")

        def gradients_computed(self, batch):
            assert all(p.grad is not None for p in module.parameters())
            calls.append("gradients")

        def batch_ends(self, batch, step):
            assert not step.loss.requires_grad
            assert not step.outputs.requires_grad
            calls.append("ends")

    module = Sum()
    learner = Learner(module, CategoricalCrossEntropy(4), torch.optim.SGD(module.parameters()))
    train_epoch(learner, make_batches(), Recorder())
    assert calls == ["begins", "gradients", "ends"] * 2
    calls.clear()
    evaluate(learner, make_batches(), Recorder())
    assert calls == ["begins", "ends"] * 2


def test_outputs_are_float32_whatever_the_precision():
    ((x, y), _), module = make_batches(), Sum()
    assert forward(module, x, y, "bfloat16").dtype == torch.float32
    torch.testing.assert_close(
        forward(module, x, y, "bfloat16"), forward(module, x, y, "float32"), atol=0.05, rtol=0.05
    )


def test_named_tuples_of_tensors_keep_their_type():
    class Pair(NamedTuple):
        a: Tensor
        b: Tensor

    pair = each_tensor(Pair(torch.ones(2), torch.ones(2, dtype=torch.int64)), Tensor.half)
    assert type(pair) is Pair
    assert (pair.a.dtype, pair.b.dtype) == (torch.float16, torch.int64)

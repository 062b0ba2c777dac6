"""Forward plans against the modules they are of."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from textvec.nn import (
    POOLINGS,
    Batch,
    ConvolutionBody,
    Dropout,
    ForwardPlan,
    IdentityBody,
    MaxPooling,
    Randomness,
    RecurrentStack,
    SequenceEncoder,
    SequenceModel,
    StepModel,
    pooling_of,
)

SHORT = Batch(torch.tensor([[3], [1], [2], [4]]))
ROWS = Batch(torch.tensor([[3, 2], [1, 0], [2, 0]]), torch.tensor([3, 1]))


def stack(cell="lstm", *, bidirectional=True, num_layers=1):
    return RecurrentStack(
        cell, 3, 4, bidirectional=bidirectional, num_layers=num_layers, dropout=0.5,
        randomness=Randomness(0),
    )  # fmt: skip


def model(body=None, pooling="max"):
    torch.manual_seed(0)
    body = stack() if body is None else body
    pool = pooling_of(pooling, body, torch.Generator())
    head = nn.Sequential(nn.Linear(getattr(pool, "output_size", body.output_size), 3), nn.ReLU())
    encoder = SequenceEncoder(nn.Embedding(5, 3), body)
    return SequenceModel(encoder, pool, head, dropout=0.5, randomness=Randomness(0)).eval()


def assert_same(plan, module):
    for batch in (SHORT, ROWS):
        with torch.inference_mode():
            assert torch.equal(plan.run(batch), module(batch))


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_recurrent_layers(cell, bidirectional, num_layers):
    module = model(stack(cell, bidirectional=bidirectional, num_layers=num_layers))
    assert_same(ForwardPlan(module), module)


@pytest.mark.parametrize("pooling", [*POOLINGS, "concat"])
def test_poolings(pooling):
    module = model(pooling=pooling)
    assert_same(ForwardPlan(module), module)


def test_other_bodies_and_steps():
    randomness = Randomness(0)
    for body in (
        ConvolutionBody(3, [2, 3], 4, randomness=randomness),
        IdentityBody(3, randomness=randomness),
    ):
        module = model(body)
        assert_same(ForwardPlan(module), module)
    encoder = SequenceEncoder(nn.Embedding(5, 3), stack())
    steps = StepModel(encoder, nn.Linear(8, 2), randomness=randomness).eval()
    assert_same(ForwardPlan(steps), steps)


def test_a_forward_pass_that_is_replaced():
    class Doubled(SequenceModel):
        def forward(self, batch):
            return 2 * super().forward(batch)

    module = model()
    module.__class__ = Doubled
    assert_same(ForwardPlan(module), module)
    module = model()
    module.encoder.forward = lambda batch: torch.ones(2, len(batch), 8)
    assert_same(ForwardPlan(module), module)


def test_the_weights_are_those_at_the_call():
    module = model()
    plan = ForwardPlan(module)
    with torch.inference_mode():
        before = plan.run(SHORT)
    other = {name: weight + 0.25 for name, weight in module.state_dict().items()}
    for assign in (False, True):  # in place, and by other parameters
        module.load_state_dict(other, assign=assign)
        assert plan.holds_for(module)
        assert_same(plan, module)
        other = {name: weight * 2 for name, weight in other.items()}
    with torch.no_grad():
        assert not torch.equal(plan.run(SHORT), before)
    module.dropout.train()  # layers that drop go on to ask whether they train
    with torch.inference_mode():
        outputs = {tuple(plan.run(SHORT)[0].tolist()) for _ in range(20)}
    assert len(outputs) > 1


def test_a_plan_ends_with_another_part_or_a_hook():
    module = model()
    plan = ForwardPlan(module)
    assert plan.holds_for(module)
    assert not plan.holds_for(copy.deepcopy(module))
    module.pooling = MaxPooling()
    assert not plan.holds_for(module)
    plan, seen = ForwardPlan(module), []
    handle = module.encoder.embedding.register_forward_hook(lambda *a: seen.append(a))
    assert not plan.holds_for(module)
    assert_same(ForwardPlan(module), module)
    assert len(seen) == 4
    assert ForwardPlan(module).holds_for(module)
    handle.remove()
    assert plan.holds_for(module)


def test_compiled_modules_are_called_as_such():
    layer = Dropout(0.0, Randomness(0))
    layer._compiled_call_impl = lambda x: x + 1
    assert ForwardPlan(layer).run(torch.zeros(1)).item() == 1

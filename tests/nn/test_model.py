"""Networks over one encoder: what each puts on its steps."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from textvec.nn import (
    POOLINGS,
    Batch,
    Randomness,
    RecurrentStack,
    SequenceEncoder,
    SequenceModel,
    StepModel,
    device_of,
    learned_embedding,
    linear,
    resolve_device,
)

BATCH = Batch(torch.tensor([[2, 3], [4, 0]], dtype=torch.int32), torch.tensor([2, 1]))


def make(*, steps, num_layers=1):
    draws = Randomness(0)
    generator = draws.generator("cpu")
    stack = RecurrentStack("lstm", 4, 3, num_layers=num_layers, randomness=draws)
    encoder = SequenceEncoder(learned_embedding(9, 4, generator), stack)
    head = linear(3, 2, generator)
    if steps:
        return StepModel(encoder, head, randomness=draws)
    return SequenceModel(encoder, POOLINGS["last"](stack, generator), head, randomness=draws)


def plain_states(model):
    """Run torch's own LSTM over each row alone."""
    layer: nn.LSTM = model.body.forward_layers[0]
    vectors = model.embedding(BATCH.values)
    return [layer(vectors[:n, b])[0] for b, n in enumerate([2, 1])]


def test_one_output_a_row_or_a_step():
    model = make(steps=False)
    states = plain_states(model)
    expected = torch.stack([model.head(row[-1]) for row in states])
    torch.testing.assert_close(model(BATCH), expected)
    model = make(steps=True)
    outputs = model(BATCH)
    for b, row in enumerate(plain_states(model)):
        torch.testing.assert_close(outputs[: len(row), b], model.head(row))


def test_layers_from_the_head_down():
    model = make(steps=False, num_layers=2)
    assert model.layers_below() == [
        ["encoder.body.forward_layers.1.*", "encoder.body.backward_layers.1.*"],
        ["encoder.body.forward_layers.0.*", "encoder.body.backward_layers.0.*"],
        ["encoder.embedding.*"],
    ]
    rows = model.layer_rows()
    assert [row.name for row in rows] == ["embedding", "lstm_1", "lstm_2", "pooling", "head"]
    assert sum(row.n_parameters for row in rows) == sum(p.numel() for p in model.parameters())


def test_devices():
    assert resolve_device("auto") in (torch.device("cpu"), torch.device("cuda"))
    assert resolve_device("meta") == torch.device("meta")
    assert device_of(make(steps=True).to("meta")) == torch.device("meta")


def test_devices_that_are_not_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert resolve_device("auto") == torch.device("cpu")
    with pytest.raises(ValueError, match="device='cuda:0', but torch finds no CUDA here"):
        resolve_device("cuda:0")
    with pytest.raises(ValueError, match="device='gpu' is no device of torch"):
        resolve_device("gpu")

"""The plain recurrent cell and its gradients against torch's own."""

from __future__ import annotations

import torch
from torch import nn

from textvec.nn._tanh_rnn import TanhRNN


def test_outputs_and_gradients_are_those_of_torch():
    generator = torch.Generator().manual_seed(0)
    plain = nn.RNN(3, 4).double()
    ours = TanhRNN(3, 4).double()
    ours.load_state_dict(plain.state_dict())
    x = torch.randn(5, 2, 3, generator=generator, dtype=torch.float64)
    direction = torch.randn(5, 2, 4, generator=generator, dtype=torch.float64)
    results = []
    for layer in plain, ours:
        inputs = x.clone().requires_grad_()
        outputs, last = layer(inputs)
        ((outputs * direction).sum() + last.square().sum()).backward()
        results.append([outputs, last, inputs.grad, *(p.grad for p in layer.parameters())])
    for mine, theirs in zip(results[1], results[0], strict=True):
        torch.testing.assert_close(mine, theirs)


def test_a_state_to_begin_with_is_read():
    layer, state = TanhRNN(3, 4), torch.ones(1, 2, 4)
    outputs, _ = layer(torch.zeros(1, 2, 3), state)
    plain, _ = nn.RNN.forward(layer, torch.zeros(1, 2, 3), state)
    assert torch.equal(outputs, plain)
    assert not torch.equal(outputs, layer(torch.zeros(1, 2, 3))[0])

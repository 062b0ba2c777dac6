"""First weights: their distributions, and whose random numbers they are."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from textvec.nn import learned_embedding, linear, pretrained_embedding
from textvec.nn._initialization import convolution, recurrent


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


MAKERS = {
    "linear": lambda g: linear(30, 20, g),
    "convolution": lambda g: convolution(30, 20, 3, g),
    "embedding": lambda g: learned_embedding(50, 8, g),
    "gru": lambda g: recurrent(nn.GRU, 10, 6, g),
    "lstm": lambda g: recurrent(nn.LSTM, 10, 6, g),
}


@pytest.mark.parametrize("name", MAKERS)
def test_weights_come_from_the_generator_alone(name):
    state = torch.get_rng_state()
    first, second, other = (MAKERS[name](generator(seed)) for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), state)
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(a, b)
        assert a.isfinite().all()
    assert not torch.equal(next(first.parameters()), next(other.parameters()))


def test_glorot_bounds():
    layer = linear(30, 20, generator())
    assert 0.9 < layer.weight.abs().max() / math.sqrt(6 / 50) <= 1
    assert not layer.bias.any()
    filters = convolution(30, 20, 3, generator())
    assert 0.9 < filters.weight.abs().max() / math.sqrt(6 / (3 * 50)) <= 1


@pytest.mark.parametrize("cell", [nn.RNN, nn.GRU, nn.LSTM])
def test_recurrent_weights_are_orthogonal_gate_by_gate(cell):
    layer = recurrent(cell, 10, 6, generator())
    for gate in layer.weight_hh_l0.split(6):
        torch.testing.assert_close(gate @ gate.T, torch.eye(6), atol=1e-5, rtol=0)
    biases = torch.zeros_like(layer.bias_ih_l0)
    if cell is nn.LSTM:
        biases[6:12] = 1.0  # of the forget gate
    assert torch.equal(layer.bias_ih_l0, biases)
    assert not layer.bias_hh_l0.any()


def test_row_0_of_embeddings_is_padding():
    learned = learned_embedding(50, 8, generator())
    assert not learned.weight[0].any()
    assert 0.04 < learned.weight.abs().max() <= 0.05
    table = torch.rand(4, 2)
    pretrained = pretrained_embedding(table, trainable=True)
    assert torch.equal(pretrained.weight, table)
    assert pretrained.weight.data_ptr() != table.data_ptr()
    pretrained(torch.tensor([0, 1])).sum().backward()
    assert pretrained.weight.grad[:2].tolist() == [[0, 0], [1, 1]]
    assert not pretrained_embedding(table, trainable=False).weight.requires_grad

"""Draws are explicit: the same for the same seed, and nobody else's are touched."""

from __future__ import annotations

import copy
import pickle

import pytest
import torch

from textvec.nn import Dropout, Randomness, RecurrentStack, learned_embedding


def test_copies_go_on_where_the_original_stands():
    draws = Randomness(3)
    torch.rand(5, generator=draws.generator("cpu"))
    others = [copy.deepcopy(draws), pickle.loads(pickle.dumps(draws))]
    expected = torch.rand(5, generator=draws.generator("cpu"))
    for other in others:
        assert torch.equal(torch.rand(5, generator=other.generator("cpu")), expected)


def test_building_a_body_draws_nothing_globally():
    before = torch.get_rng_state()
    stack = RecurrentStack("lstm", 3, 4, num_layers=2, bidirectional=True, randomness=Randomness(0))
    table = learned_embedding(9, 4, torch.Generator().manual_seed(0))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.isfinite(p).all() for p in [*stack.parameters(), *table.parameters()])
    assert not table.weight[0].any()
    assert table.weight[1:].abs().max() <= 0.05


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_weights_start_as_in_keras(cell):
    layer = RecurrentStack(cell, 3, 5, randomness=Randomness(0)).forward_layers[0]
    for gate in layer.weight_hh_l0.split(5):
        torch.testing.assert_close(gate @ gate.T, torch.eye(5), atol=1e-5, rtol=0)
    bound = (6 / (3 + len(layer.weight_ih_l0))) ** 0.5
    assert layer.weight_ih_l0.abs().max() <= bound
    biases = (layer.bias_ih_l0 + layer.bias_hh_l0).view(-1, 5).sum(1)
    assert biases.tolist() == ([0, 5, 0, 0] if cell == "lstm" else [0] * len(biases))


def test_dropout_keeps_one_mask_for_all_steps_and_the_mean():
    dropout = Dropout(0.25, Randomness(0))
    x = torch.ones(7, 50, 60)
    dropped = dropout(x)
    assert (dropped == dropped[0]).all()
    assert dropped.unique().tolist() == pytest.approx([0, 1 / 0.75])
    assert dropped.mean().item() == pytest.approx(1, abs=0.05)
    assert dropout.eval()(x) is x

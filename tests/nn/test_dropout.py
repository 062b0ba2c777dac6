"""Dropout: one mask for all steps of a row, from its own generator."""

from __future__ import annotations

import torch

from textvec.nn import Dropout, Randomness


def test_a_unit_is_dropped_for_all_steps_and_the_rest_scaled():
    dropout = Dropout(0.25, Randomness(0))
    outputs = dropout(torch.ones(7, 40, 50))
    assert torch.equal(outputs, outputs[:1].expand(7, 40, 50))
    assert set(outputs.unique().tolist()) == {0.0, torch.tensor(1 / 0.75).item()}
    assert 0.2 < (outputs[0] == 0).float().mean() < 0.3
    assert not torch.equal(dropout(torch.ones(1, 40, 50)), outputs[:1])


def test_nothing_is_dropped_in_evaluation_nor_drawn_without_need():
    randomness, x = Randomness(0), torch.ones(2, 3)
    assert Dropout(0.5, randomness).eval()(x) is x
    assert Dropout(0.0, randomness)(x) is x
    fresh = Randomness(0).generator("cpu").get_state()
    assert torch.equal(randomness.generator("cpu").get_state(), fresh)

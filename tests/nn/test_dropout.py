"""Dropout: one mask for all steps of a row, from its own generator."""

from __future__ import annotations

import torch

from textvec.nn import Dropout, Randomness, TokenDropout


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


def test_the_rate_of_a_call_takes_the_place_of_the_layers():
    x = torch.ones(7, 40, 50)
    assert Dropout(0.5, Randomness(0))(x, 0.0) is x
    assert torch.equal(Dropout(0.0, Randomness(0))(x, 0.5), Dropout(0.5, Randomness(0))(x))


def test_dropped_tokens_are_unknown_and_padding_stays():
    dropout = TokenDropout(0.25, Randomness(0))
    ids = torch.full((50, 40), 7)
    ids[-10:] = 0
    outputs = dropout(ids)
    assert set(outputs[:40].unique().tolist()) == {1, 7}
    assert 0.2 < (outputs[:40] == 1).float().mean() < 0.3
    assert not outputs[40:].any()
    assert dropout.eval()(ids) is ids


def test_dropped_steps_of_vectors_are_zero():
    outputs = TokenDropout(0.25, Randomness(0))(torch.ones(50, 40, 3))
    assert torch.equal(outputs, outputs[:, :, :1].expand(50, 40, 3))
    assert 0.2 < (outputs[:, :, 0] == 0).float().mean() < 0.3

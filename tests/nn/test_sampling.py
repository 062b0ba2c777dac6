"""Drawing ids: the distribution, its cuts, and the unknown one."""

from __future__ import annotations

import math

import pytest
import torch

from textvec.nn import choose

PROBA = torch.tensor([0.1, 0.3, 0.28, 0.2, 0.07, 0.05])  # 1 is the unknown id


def draw(n=4000, **options):
    generator = torch.Generator().manual_seed(0)
    ids = choose(PROBA.log().expand(n, -1), generator, **options)
    return torch.bincount(ids, minlength=6) / n


def test_draws_as_expected_but_never_the_unknown():
    expected = PROBA.clone()
    expected[1] = 0
    torch.testing.assert_close(draw(), expected / expected.sum(), atol=0.02, rtol=0)


def test_temperature():
    assert draw(temperature=0)[2] == 1
    assert draw(temperature=1e-3)[2] == 1
    expected = PROBA.clone() ** 2
    expected[1] = 0
    torch.testing.assert_close(draw(temperature=0.5), expected / expected.sum(), atol=0.02, rtol=0)


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        ({"top_k": 1}, {2}),
        ({"top_k": 3}, {0, 2, 3}),
        ({"top_k": 99}, {0, 2, 3, 4, 5}),
        ({"top_p": 1e-9}, {2}),
        ({"top_p": 0.39}, {2}),  # 0.28 of 0.7 known
        ({"top_p": 0.41}, {2, 3}),
        ({"top_k": 3, "top_p": 0.99}, {0, 2, 3}),
        ({"top_k": 3, "top_p": 0.8}, {2, 3}),  # 0.48 of the 0.58 that are left
    ],
)
def test_cuts_keep_the_likeliest(options, allowed):
    assert set(draw(**options).nonzero()[:, 0].tolist()) == allowed


def test_the_seed_decides():
    log_proba = torch.full((50, 20), -math.log(20))
    runs = [choose(log_proba, torch.Generator().manual_seed(s)).tolist() for s in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]

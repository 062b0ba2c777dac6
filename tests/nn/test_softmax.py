"""The softmax in two steps: exact, and the same model as one softmax would train."""

from __future__ import annotations

import pytest
import torch

from textvec.nn import AdaptiveSoftmax

CUTOFFS = [(), (1,), (4,), (2, 7), (3, 5, 9)]


def make(cutoffs, n_classes=11, width=5):
    generator = torch.Generator().manual_seed(0)
    weight = torch.nn.Parameter(torch.randn(n_classes, width, generator=generator))
    softmax = AdaptiveSoftmax(weight, cutoffs, generator)
    torch.nn.init.normal_(softmax.bias, generator=generator)
    torch.nn.init.normal_(softmax.special, generator=generator)
    return softmax, torch.randn(40, width, generator=generator)


@pytest.mark.parametrize("cutoffs", CUTOFFS)
def test_probabilities_sum_to_one_and_are_those_of_the_loss(cutoffs):
    softmax, x = make(cutoffs)
    table = softmax.log_proba(x)
    torch.testing.assert_close(table.exp().sum(dim=1), torch.ones(40))
    for c in range(11):
        torch.testing.assert_close(softmax(x, torch.full((40,), c)), table[:, c])


def test_by_hand():
    softmax, x = make((4, 8))
    ids = softmax.weight
    head = torch.cat([softmax.special, ids[1:4]]) @ x.T + softmax.bias[:6, None]
    head = head.softmax(dim=0)  # end, two groups, classes 1 to 3
    inner = (ids[8:] @ x.T + softmax.bias[10:, None]).softmax(dim=0)
    found = softmax.log_proba(x).exp()
    torch.testing.assert_close(found[:, 0], head[0])
    torch.testing.assert_close(found[:, 3], head[5])
    torch.testing.assert_close(found[:, 9], head[2] * inner[1])


def test_without_groups_it_is_one_softmax():
    softmax, x = make(())
    weight = torch.cat([softmax.special, softmax.weight[1:]])
    expected = (x @ weight.T + softmax.bias).log_softmax(dim=1)
    torch.testing.assert_close(softmax.log_proba(x), expected)


@pytest.mark.parametrize("cutoffs", CUTOFFS)
def test_gradients_are_those_of_the_whole_table(cutoffs):
    softmax, x = make(cutoffs)
    y = torch.arange(40) % 11
    (-softmax(x, y).sum()).backward()
    found = {name: p.grad.clone() for name, p in softmax.named_parameters()}
    softmax.zero_grad()
    (-softmax.log_proba(x).gather(1, y[:, None]).sum()).backward()
    for name, p in softmax.named_parameters():
        torch.testing.assert_close(found[name], p.grad)
    assert not softmax.weight.grad[0].any()  # row 0 of an embedding stays zero


def test_many_rows_are_as_few():
    softmax, x = make((2, 7))
    many, y = x.repeat(120, 1), torch.arange(4800) % 11
    torch.testing.assert_close(softmax(many, y)[4000:4040], softmax(many[4000:4040], y[4000:4040]))
    assert softmax(x[:0], y[:0]).shape == (0,)


def test_cuts():
    assert AdaptiveSoftmax.cutoffs_for(2000, "auto") == ()
    assert AdaptiveSoftmax.cutoffs_for(20_000, "auto") == (1000, 3000, 8000)
    assert AdaptiveSoftmax.cutoffs_for(20_000, "full") == ()
    assert AdaptiveSoftmax.cutoffs_for(40, "adaptive") == (10,)
    assert AdaptiveSoftmax.cutoffs_for(2, "adaptive") == (1,)

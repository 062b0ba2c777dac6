"""The average of weights against means written out."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch import nn

from textvec.nn import WeightAverage


def run(average, module, values):
    """Make an epoch in which the weight takes these values after its steps."""
    average.begin_epoch()
    for value in values:
        nn.init.constant_(module.weight, value)
        average.step()
    average.end_epoch()


def test_it_reaches_back_over_a_fifth_of_the_steps_and_at_most_an_epoch():
    module = nn.Linear(1, 1)
    average = WeightAverage(module)
    values = np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)
    expected = 0.0
    for step, value in enumerate(values.ravel()):
        expected += (value - expected) / (1 + min(step / 5, 3))
    for epoch in values:
        run(average, module, epoch)
    assert module.weight.item() == pytest.approx(expected)
    average.begin_epoch()
    assert module.weight.item() == values[-1, -1]  # training goes on from its own weights


def test_running_statistics_are_averaged_as_well():
    module = nn.BatchNorm1d(1)
    average = WeightAverage(module)
    average.begin_epoch()
    for value in (1.0, 3.0):
        module.running_mean.fill_(value)
        average.step()
    average.end_epoch()
    assert module.running_mean.item() == pytest.approx(1.0 + 2.0 / 1.2)


def test_a_state_goes_on_as_the_original():
    module = nn.Linear(1, 1)
    average = WeightAverage(module)
    run(average, module, [1.0, 2.0])
    state, other = copy.deepcopy(average.state()), copy.deepcopy(module)
    resumed = WeightAverage(other)
    resumed.restore(state)
    for a, m in ((average, module), (resumed, other)):
        run(a, m, [7.0, 5.0])
    assert torch.equal(module.weight, other.weight)
    average.begin_epoch()
    resumed.begin_epoch()
    assert torch.equal(module.weight, other.weight)

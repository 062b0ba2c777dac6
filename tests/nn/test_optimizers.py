"""Optimizers by name or class."""

from __future__ import annotations

import pytest
import torch

from textvec.nn import OPTIMIZERS, resolve_optimizer

CPU = torch.device("cpu")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_name_makes_an_optimizer(name):
    optimizer, options = resolve_optimizer(name, CPU)
    weight = torch.nn.Parameter(torch.ones(2))
    made = optimizer([weight], lr=0.1, **options)
    weight.square().sum().backward()
    made.step()
    assert (weight < 1).all()


def test_classes_and_what_is_none():
    assert resolve_optimizer("adam", CPU) == (torch.optim.Adam, {"fused": True})
    assert resolve_optimizer("rmsprop", CPU) == (torch.optim.RMSprop, {})
    assert resolve_optimizer(torch.optim.NAdam, CPU) == (torch.optim.NAdam, {})
    assert resolve_optimizer("adam", torch.device("meta")) == (torch.optim.Adam, {})
    for wrong in int, "frog":
        with pytest.raises(ValueError, match="or a subclass of torch.optim.Optimizer, got"):
            resolve_optimizer(wrong, CPU)

"""Optimizers by name or class."""

from __future__ import annotations

from functools import partial

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


def test_optimizers_by_name_or_class():
    none = {"weight_decay": 0.0}
    assert resolve_optimizer("adam", CPU) == (torch.optim.Adam, {"fused": True} | none)
    assert resolve_optimizer("rmsprop", CPU) == (torch.optim.RMSprop, none)
    assert resolve_optimizer(torch.optim.NAdam, CPU) == (torch.optim.NAdam, none)
    assert resolve_optimizer(torch.optim.Rprop, CPU) == (torch.optim.Rprop, {})
    assert resolve_optimizer(torch.optim.LBFGS, CPU) == (torch.optim.LBFGS, {})
    assert resolve_optimizer("adam", torch.device("meta")) == (torch.optim.Adam, none)
    for wrong in int, "frog", partial(int, lr=1):
        with pytest.raises(ValueError, match="a subclass of torch.optim.Optimizer, or a functools"):
            resolve_optimizer(wrong, CPU)


def test_options_of_optimizers():
    momentum = partial(torch.optim.SGD, momentum=0.9)
    expected = {"momentum": 0.9, "weight_decay": 0.1, "fused": True}
    assert resolve_optimizer(momentum, CPU, weight_decay=0.1) == (torch.optim.SGD, expected)
    plain = partial(torch.optim.Adam, foreach=False)
    expected = {"foreach": False, "weight_decay": 0.0}
    assert resolve_optimizer(plain, CPU) == (torch.optim.Adam, expected)
    with pytest.raises(ValueError, match="pass lr of the optimizer as learning_rate_init"):
        resolve_optimizer(partial(torch.optim.SGD, lr=0.1), CPU)
    with pytest.raises(ValueError, match="the optimizer Adam has no option 'momentum'"):
        resolve_optimizer(partial(torch.optim.Adam, momentum=0.9), CPU)
    with pytest.raises(ValueError, match="Rprop has no weight_decay"):
        resolve_optimizer(torch.optim.Rprop, CPU, weight_decay=0.1)

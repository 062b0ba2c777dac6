"""The optimizer of a net is that of skorch, whenever it is made."""

from __future__ import annotations

import copy
import pickle

import pytest
import torch
from skorch import NeuralNet
from torch import nn

from textvec.nn._lazy_optimizer import LazyOptimizerNet


def net_of(cls, **options):
    torch.manual_seed(0)
    module = nn.Linear(2, 1)
    defaults = {"optimizer": torch.optim.Adam, "lr": 0.1, "optimizer__weight_decay": 0.5}
    return cls(module, nn.MSELoss, **{**defaults, **options}).initialize()


def test_it_is_that_of_skorch():
    lazy, eager = net_of(LazyOptimizerNet), net_of(NeuralNet)
    assert "optimizer_" not in vars(lazy)
    assert lazy.optimizer_.state_dict() == eager.optimizer_.state_dict()
    assert lazy.optimizer_ is lazy.optimizer_
    assert lazy._optimizers == eager._optimizers
    assert sorted(lazy.prefixes_) == sorted(eager.prefixes_)
    assert sorted(lazy.cuda_dependent_attributes_) == sorted(eager.cuda_dependent_attributes_)


def test_it_is_made_of_the_options_of_the_time():
    net = net_of(LazyOptimizerNet)
    net.lr = 0.2
    assert net.optimizer_.param_groups[0]["lr"] == 0.2
    net.set_params(lr=0.3, optimizer__weight_decay=0.1)
    group = net.optimizer_.param_groups[0]
    assert (group["lr"], group["weight_decay"]) == (0.3, 0.1)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_copies_before_and_after(again):
    net = net_of(LazyOptimizerNet)
    assert "optimizer_" not in vars(again(net))
    assert again(net).optimizer_.param_groups[0]["params"][0].shape == (1, 2)
    net.optimizer_.param_groups[0]["lr"] = 7.0
    assert again(net).optimizer_.param_groups[0]["lr"] == 7.0


def test_before_initialize_there_is_none():
    net = LazyOptimizerNet(nn.Linear(2, 1), nn.MSELoss)
    assert not hasattr(net, "optimizer_")
    with pytest.raises(AttributeError, match="has no attribute 'other'"):
        net.other  # noqa: B018

"""Learning rates by depth, and gradual unfreezing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from textvec.nn import GradualUnfreezing, depth_groups, set_rates


class Layers:
    def layers_below(self):
        return [["top.*"], ["first.*", "second.*"]]


def make_net():
    layers = [nn.Linear(1, 1) for _ in range(3)]
    groups = [{"params": list(layer.parameters()), "depth": i} for i, layer in enumerate(layers)]
    optimizer = torch.optim.SGD(groups, lr=1.0)
    return SimpleNamespace(optimizer_=optimizer, history=[]), layers


def test_groups_are_patterns_and_depths():
    assert depth_groups(Layers()) == [
        ("top.*", {"depth": 1}),
        ("first.*", {"depth": 2}),
        ("second.*", {"depth": 2}),
    ]


def test_rates_fall_with_the_depth():
    net, _ = make_net()
    set_rates(net.optimizer_, 0.8, 2.0)
    assert [g["lr"] for g in net.optimizer_.param_groups] == pytest.approx([0.8, 0.4, 0.2])


def test_one_more_layer_is_trained_each_epoch():
    net, layers = make_net()
    for layer in layers:
        layer(torch.ones(1, 1)).backward()
    unfreezing = GradualUnfreezing()
    trained = []
    for epoch in range(4):
        net.history.append({"epoch": epoch + 1})
        unfreezing.on_epoch_begin(net)
        trained.append([all(p.requires_grad for p in layer.parameters()) for layer in layers])
        if epoch == 0:
            assert [layer.weight.grad is None for layer in layers] == [False, True, True]
    assert trained == [[True, False, False], [True, True, False], [True] * 3, [True] * 3]
    net.history[:] = net.history[:1]
    unfreezing.on_epoch_begin(net)
    unfreezing.on_train_end(net)
    assert all(p.requires_grad for layer in layers for p in layer.parameters())

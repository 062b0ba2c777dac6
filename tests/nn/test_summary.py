"""The table of layers: as Keras prints it."""

from __future__ import annotations

import torch
from torch import nn

from textvec.nn import LayerRow, LayerTable, n_parameters


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(1000, 4)
        self.head = nn.Linear(4, 2)
        self.embedding.weight.requires_grad_(False)

    def layer_rows(self):
        return [
            LayerRow("embedding", "Embedding", (None, None, 4), n_parameters(self.embedding)),
            LayerRow("head", "Linear", (None, 2), n_parameters(self.head)),
        ]


def test_the_table():
    header, rule, first, second, rule_too, *totals = str(LayerTable.of(Model())).splitlines()
    assert header.split("  ")[0] == "Layer (type)"
    assert rule == rule_too == "=" * 70
    assert first.split() == ["embedding", "(Embedding)", "(None,", "None,", "4)", "4,000"]
    assert second.split() == ["head", "(Linear)", "(None,", "2)", "10"]
    assert totals == [
        "Total params: 4,010",
        "Trainable params: 10",
        "Non-trainable params: 4,000",
    ]


def test_weights_that_are_shared_count_once():
    model = nn.ModuleList([nn.Linear(3, 3, bias=False), nn.Linear(3, 3, bias=False)])
    model[1].weight = model[0].weight
    assert n_parameters(model) == torch.numel(model[0].weight)

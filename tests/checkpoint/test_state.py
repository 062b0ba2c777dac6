"""Snapshots of a net: everything that the next epoch depends on."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback, LRScheduler

from textvec import Ragged, RNNClassifier
from textvec.checkpoint import restore, snapshot
from textvec.checkpoint._state import NotPlainError, copied

RNG = np.random.default_rng(0)
X = Ragged.from_rows([RNG.integers(2, 9, size=RNG.integers(1, 9)) for _ in range(40)])
Y = np.arange(40) % 2


def make_net(**options):
    options = {"hidden_size": 4, "embedding_dim": 3, "max_iter": 2, "random_state": 0, **options}
    return RNNClassifier(**options).fit(X, Y).net_


def test_a_restored_net_has_the_same_state():
    net = make_net(dropout=0.2, optimizer="adamw")
    state = snapshot(net, net.callbacks_)
    other = make_net(dropout=0.2, optimizer="adamw", random_state=5, max_iter=3)
    restore(other, other.callbacks_, state)
    for mine, theirs in zip(net.module_.parameters(), other.module_.parameters(), strict=True):
        assert torch.equal(mine, theirs)
        for name, value in net.optimizer_.state[mine].items():
            assert torch.equal(value, other.optimizer_.state[theirs][name])
    assert list(other.history) == list(net.history)
    draws = [n.module_.randomness.generator("cpu").get_state() for n in (net, other)]
    assert torch.equal(*draws)


def test_a_snapshot_does_not_change_with_the_net():
    net = make_net()
    state = snapshot(net, [])
    before = {name: weight.clone() for name, weight in state["module"].items()}
    restore(net, [], state)
    with torch.no_grad():
        for parameter in net.module_.parameters():
            parameter.zero_()
    net.history.append({})
    assert all(torch.equal(weight, before[name]) for name, weight in state["module"].items())
    assert len(state["history"]) == 2


def test_frozen_parameters_stay_frozen():
    net = make_net()
    net.module_.embedding.weight.requires_grad_(False)
    other = make_net()
    other.module_.head.weight.requires_grad_(False)
    restore(other, [], snapshot(net, []))
    trained = {name for name, p in other.module_.named_parameters() if p.requires_grad}
    assert "encoder.embedding.weight" not in trained
    assert "head.weight" in trained


class Mine(Callback):
    def __init__(self, value=1):
        self.value = value
        self.learned_ = value
        self._private_ = value


def test_attributes_of_callbacks_that_end_in_an_underscore_are_kept():
    schedule = make_net(callbacks=[LRScheduler("StepLR", step_size=1)]).callbacks_[1][1]
    state = snapshot(make_net(), [("mine", Mine(7)), ("schedule", schedule)])["callbacks"]
    assert state["mine"] == {"learned_": {"value": 7}}
    assert state["schedule"]["lr_scheduler_"]["state_dict"]["last_epoch"] == 2
    mine = Mine()
    restore(make_net(), [("mine", mine)], {**snapshot(make_net(), []), "callbacks": state})
    assert (mine.value, mine.learned_) == (1, 7)


def test_what_is_kept_without_pickle():
    class HasState:
        def state_dict(self):
            return {"thing": object()}

    values = {"a": [1, (2.0, {"b"}), None], 3: np.float32(1.5)}
    assert copied(values) == {"a": [1, (2.0, {"b"}), None], 3: 1.5}
    for value in object(), [object()], {(1, 2): 3}, np.array(["text"]):
        with pytest.raises(NotPlainError, match="can't be kept without pickle"):
            copied(value)
    mine, net = Mine(HasState()), make_net()
    assert snapshot(net, [("mine", mine)])["callbacks"]["mine"] == {}
    with pytest.raises(TypeError, match="callback 'mine' can't go on later"):
        snapshot(net, [("mine", mine)], strict=True)

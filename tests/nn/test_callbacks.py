"""Early stopping on a history written by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from skorch.callbacks import Callback, LRScheduler, ProgressBar, TrainEndCheckpoint
from torch import nn

from textvec.nn import EarlyStopping
from textvec.nn._callbacks import watches_batches
from textvec.nn._regression import SquaredError


def run(epochs, *, validated, patience=2):
    """Return the net after such epochs; its weight is the number of the epoch."""
    module, criterion = nn.Linear(1, 1, bias=False), SquaredError.unchanged(1)
    net = SimpleNamespace(history=[], stopped_=False, module_=module, criterion_=criterion)
    callback = EarlyStopping(tol=0.1, patience=patience)
    callback.on_train_begin(net)
    for number, epoch in enumerate(epochs, start=1):
        nn.init.constant_(net.module_.weight, number)
        net.history.append(epoch)
        callback.on_epoch_end(net, dataset_valid=object() if validated else None)
        if net.stopped_:
            break
    callback.on_train_end(net)
    net.said = callback.conclusions(net)
    return net


def test_the_training_loss_must_fall_by_tol():
    losses = [1.0, 0.8, 0.75, 0.74, 0.73, 0.5]
    net = run([{"train_loss": loss} for loss in losses], validated=False)
    assert len(net.history) == 5  # three epochs in a row without an improvement by 0.1
    assert net.module_.weight == 5  # the weights of the last
    [said] = net.said
    assert said == ("stopped early: 3 epochs in which the training loss did not improve by tol=0.1")
    improving = run([{"train_loss": 1 - i / 5} for i in range(5)], validated=False)
    assert not improving.stopped_
    assert improving.said == []


def test_the_weights_of_the_best_score_are_restored():
    scores = [(0.5, 1.0), (0.8, 0.9), (0.8, 0.7), (0.8, 0.8), (0.7, 0.1)]
    net = run([{"valid_score": s, "valid_loss": v} for s, v in scores], validated=True)
    assert len(net.history) == 5
    assert net.module_.weight == 3  # of equal scores, the lower loss
    assert net.said == [
        "stopped early: 3 epochs in which the validation R2 did not improve by tol=0.1",
        "weights of epoch 3 restored: its validation R2 is the best",
    ]
    last_is_best = run([{"valid_score": s, "valid_loss": 0.5} for s in (0.1, 0.4)], validated=True)
    assert last_is_best.said == []


@pytest.mark.parametrize(
    ("callback", "watches"),
    [(Callback, False), (TrainEndCheckpoint, False), (LRScheduler, True), (ProgressBar, True)],
)
def test_who_watches_batches(callback, watches):
    assert watches_batches(callback()) == watches

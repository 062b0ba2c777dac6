"""The training loop against a plain one written out, and skorch's callbacks on it."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback, EarlyStopping, EpochScoring, LRScheduler

from textvec import Ragged
from textvec.networks.inputs._sequences import read_sequences
from textvec.nn import (
    POOLINGS,
    Advice,
    BinaryCrossEntropy,
    Randomness,
    RecurrentStack,
    SequenceData,
    SequenceEncoder,
    SequenceModel,
    SequenceNet,
    TrainingBatches,
    learned_embedding,
    linear,
)

CPU = torch.device("cpu")


def make_data(n_rows=60, weights=None, seed=0):
    rng = np.random.default_rng(seed)
    rows = [rng.integers(2, 12, size=rng.integers(0, 9)) for _ in range(n_rows)]
    y = np.array([len(r) > 0 and r[0] > 6 for r in rows], dtype=np.float32)
    return SequenceData.on(CPU, read_sequences(Ragged.from_rows(rows, dtype=int)), y, weights)


def make_net(dropout=0.0, **options):
    draws = Randomness(0)
    body = RecurrentStack("gru", 4, 5, bidirectional=True, dropout=dropout, randomness=draws)
    embedding = learned_embedding(12, 4, draws.generator("cpu"))
    model = SequenceModel(
        SequenceEncoder(embedding, body),
        POOLINGS["mean"](body, draws.generator("cpu")),
        linear(body.output_size, 1, draws.generator("cpu")),
        dropout=dropout,
        randomness=draws,
    )
    defaults = {"optimizer": torch.optim.Adam, "lr": 0.01, "batch_size": 8, "verbose": 0}
    return SequenceNet(model, BinaryCrossEntropy(), **{**defaults, **options}).initialize()


@pytest.mark.parametrize("weighted", [False, True])
def test_equals_a_plain_loop(weighted):
    weights = np.random.default_rng(1).random(60) if weighted else None
    data = make_data(weights=weights)
    net = make_net(clip_norm=0.5)
    model = copy.deepcopy(net.module_)
    batches = TrainingBatches(data, 8, model.randomness.generator("cpu"))

    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    curve = []
    for _ in range(3):
        total = mass = 0.0
        for batch, y in batches:
            optimizer.zero_grad()
            w = torch.ones(len(y)) if batch.weights is None else batch.weights
            losses = torch.nn.functional.binary_cross_entropy_with_logits(
                model(batch)[:, 0], y, reduction="none"
            )
            loss = (losses * w).sum() / w.sum()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            optimizer.step()
            total, mass = total + (losses * w).sum().item(), mass + w.sum().item()
        curve.append(total / mass)

    net.run(data, epochs=3)
    assert net.history[:, "train_loss"] == pytest.approx(curve, rel=1e-6)
    for mine, theirs in zip(net.module_.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs)
    assert not net.module_.embedding.weight[0].any()


def test_outputs_come_in_the_order_of_the_rows():
    data, net = make_data(), make_net()
    single = [net.outputs(data.take(np.array([i]))) for i in range(len(data))]
    torch.testing.assert_close(net.outputs(data), torch.cat(single), atol=1e-6, rtol=1e-5)


def test_a_net_that_another_thread_finds_set_to_evaluation_has_no_part_in_training():
    net = make_net(dropout=0.5)
    head, found = net.module_.head, []

    def train(mode=True):
        found.append(net.module_.training)
        return torch.nn.Module.train(head, mode)

    head.train = train
    net.outputs(make_data())
    assert found[0]
    assert not any(part.training for part in net.module_.modules())


def test_a_copy_trains_on_as_the_original():
    net, data = make_net(dropout=0.3), make_data()
    net.run(data, epochs=1)
    others = [copy.deepcopy(net), pickle.loads(pickle.dumps(net))]
    net.run(data, epochs=1)
    for other in others:
        assert other.module is other.module_
        other.run(data, epochs=1)
        assert other.history[:, "train_loss"] == net.history[:, "train_loss"]


class Recorder(Callback):
    def __init__(self):
        self.seen = []

    def on_batch_end(self, net, training=None, **kwargs):
        self.seen.append((training, net.history[-1, "batches", -1]))

    def on_grad_computed(self, net, named_parameters, **kwargs):
        assert all(p.grad is not None for _, p in named_parameters)


def test_batch_hooks_are_called_with_a_row_for_each_batch():
    recorder = Recorder()
    net = make_net(callbacks=[recorder])
    net.run(make_data(), make_data(20), epochs=1)
    training = [entry for train, entry in recorder.seen if train]
    assert len(training) == 8
    assert sum(e["train_batch_size"] for e in training) == 60
    mean = np.average([e["train_loss"] for e in training], weights=[8] * 7 + [4])
    assert len(recorder.seen) == 9
    # The short batch may stand anywhere, as batches are shuffled.
    assert net.history[-1, "train_loss"] == pytest.approx(mean, rel=0.02)


def test_rows_of_batches_are_the_same_whether_a_callback_watches_them_or_not():
    class Reader(Callback):
        def on_epoch_end(self, net, **kwargs):
            seen.append(net.history[-1, "batches"])

    seen = []
    plain, watched = make_net(callbacks=[Reader]), make_net(callbacks=[Reader, Recorder()])
    for net in plain, watched:
        net.run(make_data(), make_data(20), epochs=2)
    assert seen[:2] == seen[2:]
    assert [len(row["batches"]) for row in watched.history] == [9, 9]
    assert [len(row["batches"]) for row in plain.history] == [1, 9]  # of earlier epochs, the last
    assert plain.history[:, "train_loss"] == watched.history[:, "train_loss"]


def test_the_history_marks_the_best_losses_as_skorch_does():
    net = make_net(lr=0.5)
    for _ in range(2):
        net.run(make_data(), make_data(20), epochs=5)
    for name in "train_loss", "valid_loss":
        losses = net.history[:, name]
        best = [i == 0 or loss < min(losses[:i]) for i, loss in enumerate(losses)]
        assert net.history[:, f"{name}_best"] == best
        assert False in best


@pytest.mark.parametrize("valid", [None, make_data(20)])
def test_a_run_that_is_resumed_ends_as_the_whole(valid):
    whole, states = make_net(dropout=0.3, callbacks=[LRScheduler("StepLR", step_size=1)]), []
    whole.run(make_data(), valid, epochs=3, save=states.append)
    other = make_net(dropout=0.3, callbacks=[LRScheduler("StepLR", step_size=1)])
    other.run(make_data(), valid, epochs=3, resume=states[0])
    assert other.history[:, "train_loss"] == whole.history[:, "train_loss"]
    for mine, theirs in zip(other.module_.parameters(), whole.module_.parameters(), strict=True):
        assert torch.equal(mine, theirs)


def test_skorch_callbacks_schedule_score_and_stop():
    callbacks = [
        LRScheduler("StepLR", step_size=1, gamma=0.1),
        EpochScoring("accuracy", name="accuracy", lower_is_better=False),
        EarlyStopping("train_loss", patience=1, threshold=10.0, threshold_mode="abs"),
    ]
    net = make_net(callbacks=callbacks)
    net.run(make_data(), make_data(20).by_length()[0], epochs=9)
    assert len(net.history) == 2  # an epoch that is not better by 10 ends it
    assert net.optimizer_.param_groups[0]["lr"] == pytest.approx(1e-4)
    assert net.history[:, "accuracy"] == pytest.approx(net.history[:, "valid_score"])


def test_an_interruption_is_not_swallowed():
    class Interrupt(Callback):
        def on_batch_begin(self, net, **kwargs):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_net(callbacks=[Interrupt]).run(make_data(), epochs=1)


def test_an_interrupted_run_stands_at_its_last_whole_epoch():
    class Interrupt(Callback):
        def on_batch_begin(self, net, **kwargs):
            if len(net.history) == 3:
                raise KeyboardInterrupt

    net, other = make_net(callbacks=[Interrupt], dropout=0.3), make_net(dropout=0.3)
    with pytest.raises(KeyboardInterrupt):
        net.run(make_data(), epochs=5)
    other.run(make_data(), epochs=2)
    assert net.history[:, "train_loss"] == other.history[:, "train_loss"]
    for mine, theirs in zip(net.module_.parameters(), other.module_.parameters(), strict=True):
        assert torch.equal(mine, theirs)


def test_a_callback_that_interrupts_at_the_end_of_an_epoch_says_stop():
    class Stop(Callback):
        def on_epoch_end(self, net, **kwargs):
            raise KeyboardInterrupt

    net = make_net(callbacks=[Stop])
    net.run(make_data(), epochs=5)
    assert len(net.history) == 1


def test_errors_have_the_advice_of_whoever_made_the_net(monkeypatch):
    def exhausted(*args):
        raise MemoryError

    advice = Advice("lower a (now {batch_size})", "lower b", "lower c", "lower d")
    net = make_net(advice=advice)
    with monkeypatch.context() as patch:
        patch.setattr("textvec.nn._loop.train_step", exhausted)
        with pytest.raises(MemoryError, match=r"cpu for a batch of \d rows x \d steps in training"):
            net.run(make_data(), epochs=1)
        with pytest.raises(MemoryError, match=r"lower a \(now 8\)"):
            net.run(make_data(), epochs=1)
    monkeypatch.setattr("textvec.nn._loop.evaluate_batch", exhausted)
    with pytest.raises(MemoryError, match="in validation: lower b"):
        net.run(make_data(), make_data(20), epochs=1)
    with pytest.raises(MemoryError, match="not enough memory to predict: lower c"):
        net.by_row(make_data(), exhausted)
    with pytest.raises(ValueError, match="train loss of epoch .* is .*: lower d"):
        make_net(advice=advice, optimizer=torch.optim.SGD, lr=1e38).run(make_data(), epochs=5)


def test_a_loss_that_is_no_number_says_what_to_lower():
    net = make_net(optimizer=torch.optim.SGD, lr=1e38)
    with pytest.raises(ValueError, match=r"the train loss of epoch \d is (nan|inf): lower"):
        net.run(make_data(), epochs=5)


def test_closures_serve_optimizers_that_call_them_often():
    net = make_net(optimizer=torch.optim.LBFGS, lr=0.1, batch_size=60)
    net.run(make_data(), epochs=4)
    losses = net.history[:, "train_loss"]
    assert losses[-1] < losses[0]


def test_a_net_trains_as_without_and_predicts_by_the_average():
    data, valid = make_data(), make_data(30, seed=1)
    plain, averaged = make_net(), make_net()
    states = []
    plain.initialize_callbacks()
    step = plain.optimizer_.step

    def noted(closure):
        step(closure)
        states.append(copy.deepcopy(plain.module_.state_dict()))

    plain.optimizer_.step = noted
    plain.run(data, valid, epochs=1)
    averaged.run(data, valid, epochs=1, average=True)
    assert averaged.history[:, "train_loss"] == plain.history[:, "train_loss"]
    for name, weight in averaged.module_.state_dict().items():
        mean = torch.zeros_like(weight)
        for step, state in enumerate(states):
            mean += (state[name] - mean) / (1 + step / 5)
        torch.testing.assert_close(weight, mean)
    # The history has the loss of the average.
    evaluated = averaged.history[-1, "valid_loss"]
    assert evaluated != plain.history[-1, "valid_loss"]
    logits, y = averaged.outputs(valid)[:, 0], valid.targets
    expected = torch.nn.functional.binary_cross_entropy_with_logits(logits, y)
    assert evaluated == pytest.approx(expected.item(), rel=1e-5)

"""Training of the rows in use against training of the whole embedding."""

from __future__ import annotations

import copy
import pickle
from contextlib import nullcontext
from functools import partial

import numpy as np
import pytest
import torch
from skorch.callbacks import LRScheduler
from torch import optim

from textvec import EmbeddedSequences, Ragged, RNNClassifier, RNNTagger, load, save
from textvec.networks import _trainer
from textvec.nn import _rows_in_use

TABLE = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
TABLE[0] = 0
OPTIMIZERS = {
    "adam": "adam",
    "amsgrad": partial(optim.Adam, amsgrad=True),
    "adamw": "adamw",
    "rmsprop": partial(optim.RMSprop, momentum=0.9, centered=True),
    "sgd": "sgd",
    "momentum": partial(optim.SGD, momentum=0.9, nesterov=True),
}


def sequences(ids):
    return EmbeddedSequences(Ragged.from_rows([np.asarray(row, np.int32) for row in ids]), TABLE)


FIRST = sequences([[2, 3, 4], [5, 6], [2, 6, 7, 7], [8, 3]])
SECOND = sequences([[2, 9], [10, 11, 3], [12], [4, 4, 13]])  # other words, too
OTHER = sequences([[2, 20], [21], [22, 23, 24, 3]])
Y = np.array([0, 1, 0, 1])


def trained(monkeypatch, *, whole, **parameters):
    """Train twice, on other words the second time; return the estimator."""
    context = (lambda net, train: nullcontext()) if whole else _rows_in_use.rows_in_use
    monkeypatch.setattr(_trainer, "rows_in_use", context)
    model = RNNClassifier(
        hidden_size=3, fine_tune=True, max_iter=2, batch_size=2, random_state=0, warm_start=True
    ).set_params(**parameters)
    model.fit(FIRST, Y)
    return model.fit(SECOND, Y)


def moments(net):
    return net.optimizer_.state[net.module_.embedding.weight]


def whole_net(model):
    """Return a copy of the net that holds all rows."""
    net = copy.deepcopy(model.net_)
    _rows_in_use.hold_all_rows(net)
    return net


@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_the_same_as_the_whole_embedding(optimizer, average, monkeypatch):
    ours, expected = (
        trained(monkeypatch, whole=whole, optimizer=optimizer, average=average)
        for whole in (False, True)
    )
    for a, b in zip(
        ours.net_.module_.state_dict().items(),
        expected.net_.module_.state_dict().items(),
        strict=True,
    ):
        assert a[0] == b[0]
        torch.testing.assert_close(a[1], b[1], rtol=1e-4, atol=1e-5)
    net = whole_net(ours)
    assert moments(net).keys() == moments(expected.net_).keys()
    for name, value in moments(net).items():
        torch.testing.assert_close(value, moments(expected.net_)[name], rtol=1e-3, atol=1e-6)
    if average:
        for a, b in zip(net.average_["trained"], expected.net_.average_["trained"], strict=True):
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        ours.predict_proba(OTHER), expected.predict_proba(OTHER), rtol=1e-4, atol=1e-5
    )


@pytest.fixture
def parts(monkeypatch):
    """Note how many rows are trained in place of how many."""
    found = []

    class Noted(_rows_in_use.RowsInUse):
        def __init__(self, embedding, rows):
            super().__init__(embedding, rows)
            found.append((len(self.weight), len(self.table)))

    monkeypatch.setattr(_rows_in_use, "RowsInUse", Noted)
    return found


def test_rows_of_the_data_are_trained_and_those_that_momentum_moves(parts, monkeypatch):
    trained(monkeypatch, whole=False)
    # Padding, unknown and seven words; then these and five new ones.
    assert parts == [(9, 50), (14, 50)]


def saved(model, path):
    save(model, path, training_state=True)
    return load(path)


@pytest.mark.parametrize("broken", ["not", "pickle", "save"])
def test_what_training_goes_on_from_is_held_for_these_rows(broken, monkeypatch, tmp_path):
    model = trained(monkeypatch, whole=False)
    expected = copy.deepcopy(model).fit(FIRST, Y).predict_proba(OTHER)
    if broken == "pickle":
        model = pickle.loads(pickle.dumps(model))
    elif broken == "save":
        model = saved(model, tmp_path / "model.textvec")
    net = model.net_
    assert net.embedding_rows_.tolist() == list(range(14))
    assert moments(net)["exp_avg"].shape == (14, 4)
    assert all(len(tensor) < 50 for tensor in net.average_["trained"] if tensor.dim())
    assert np.array_equal(model.fit(FIRST, Y).predict_proba(OTHER), expected)


def test_they_are_held_for_all_rows_where_the_whole_is_trained_then(monkeypatch):
    model = trained(monkeypatch, whole=False)
    model.set_params(callbacks=[LRScheduler("StepLR", step_size=1)]).fit(FIRST, Y)
    assert model.net_.embedding_rows_ is None
    assert moments(model.net_)["exp_avg"].shape == TABLE.shape


@pytest.mark.parametrize(
    "parameters",
    [
        {"callbacks": [LRScheduler("StepLR", step_size=1)]},
        {"weight_decay": 0.01},
        {"optimizer": optim.NAdam},
        {"fine_tune": False},
    ],
    ids=lambda parameters: next(iter(parameters)),
)
def test_where_others_may_change_or_be_seen_the_whole_is_trained(parameters, parts, monkeypatch):
    trained(monkeypatch, whole=False, **parameters)
    assert parts == []


def test_of_more_than_half_of_the_rows_the_whole_is_trained(parts):
    rows = Ragged.from_rows([np.arange(2, 40, dtype=np.int32), np.array([3], np.int32)])
    RNNClassifier(hidden_size=3, fine_tune=True, max_iter=1).fit(
        EmbeddedSequences(rows, TABLE), [0, 1]
    )
    assert parts == []


def test_validation_rows_read_words_that_training_does_not_have(parts):
    model = RNNClassifier(hidden_size=3, fine_tune=True, max_iter=1, random_state=0)
    model.fit(FIRST, Y, X_val=OTHER, y_val=[0, 1, 0])
    assert parts == [(9, 50)]
    p = model.predict_proba(OTHER)[[0, 1, 2], [0, 1, 0]]
    assert model.net_.history[-1, "valid_loss"] == pytest.approx(-np.log(p).mean(), rel=1e-4)


def test_an_interrupted_training_leaves_the_whole_embedding(parts, monkeypatch):
    run = _trainer.SequenceNet.run

    def interrupted(net, *args, **kwargs):
        run(net, *args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(_trainer.SequenceNet, "run", interrupted)
    model = RNNClassifier(hidden_size=3, fine_tune=True, max_iter=1, random_state=0)
    with pytest.raises(KeyboardInterrupt):
        model.fit(FIRST, Y)
    assert parts == [(9, 50)]
    weight = model.net_.module_.embedding.weight.detach().numpy()
    assert type(model.net_.module_.embedding) is torch.nn.Embedding
    unseen = np.setdiff1d(np.arange(50), [0, 1, *range(2, 9)])
    assert np.array_equal(weight[unseen], TABLE[unseen])
    assert not np.array_equal(weight[2:9], TABLE[2:9])
    assert moments(whole_net(model))["exp_avg"].shape == weight.shape


def test_a_tagger_trains_them_as_well(parts):
    tags = Ragged.from_rows([np.arange(n) % 2 for n in (3, 2, 4, 2)])
    RNNTagger(hidden_size=3, fine_tune=True, max_iter=1, random_state=0).fit(FIRST, tags)
    assert parts == [(9, 50)]

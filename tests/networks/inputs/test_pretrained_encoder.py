"""Starting from a fitted model: weights, ids, gradual unfreezing, rates, mistakes."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from skorch.callbacks import Callback

from textvec import (
    Ragged,
    RNNClassifier,
    RNNEncoder,
    RNNLanguageModel,
    RNNRegressor,
    RNNTagger,
    SequencePadder,
    SequenceVectorizer,
)
from textvec.nn import device_of

TEXTS = [f"{a} {b} {c}" for a in "pq" for b in "rstu" for c in "vwxyz"]
Y = np.array([text[0] for text in TEXTS])
LM = RNNLanguageModel(
    cell="gru", hidden_size=10, embedding_dim=6, num_layers=2, n_steps=8, random_state=0
).fit(TEXTS)
IDS = LM.vectorizer_.transform(TEXTS)
FROZEN = FrozenEstimator(LM)


class Weights(Callback):
    """Keep the weights before the first epoch and after each, and who learned in it."""

    def on_train_begin(self, net, **kwargs):
        self.seen_ = [self._copy(net)]
        self.learning_ = []

    def on_batch_end(self, net, training=False, **kwargs):
        self.learning_now_ = {n for n, p in net.module_.named_parameters() if p.requires_grad}

    def on_epoch_end(self, net, **kwargs):
        self.seen_.append(self._copy(net))
        self.learning_.append(self.learning_now_)

    @staticmethod
    def _copy(net):
        return {name: p.detach().clone() for name, p in net.module_.named_parameters()}


def changed(before, after):
    return {name for name in before if not torch.equal(before[name], after[name])}


def watched(model, X=IDS, y=Y):
    model.set_params(callbacks=[("weights", Weights())]).fit(X, y)
    return model, dict(model.net_.callbacks_)["weights"]


@pytest.mark.parametrize("estimator", [RNNClassifier(), RNNTagger()])
def test_weights_are_those_of_the_model(estimator):
    y = Y if isinstance(estimator, RNNClassifier) else [[c] * 3 for c in Y]
    _, weights = watched(estimator.set_params(init=FROZEN, max_iter=1, random_state=0), y=y)
    source = dict(LM.net_.module_.encoder.named_parameters())
    start = {n.removeprefix("encoder."): p for n, p in weights.seen_[0].items()}
    assert set(source) == {n for n in start if n.startswith(("body", "embedding"))}
    for name, parameter in source.items():
        assert torch.equal(parameter, start[name])
    assert changed(*weights.seen_) == set(weights.seen_[0])
    # The source is as it was.
    assert LM.score(TEXTS) == pickle.loads(pickle.dumps(LM)).score(TEXTS)
    assert torch.equal(LM.net_.module_.embedding.weight, start["embedding.weight"])


def test_states_before_training_are_the_models():
    model = RNNClassifier(
        init=FROZEN, pooling="last", max_iter=1, learning_rate_init=1e-12, random_state=0
    )
    states = RNNEncoder(FrozenEstimator(model.fit(IDS, Y))).transform(IDS)
    module = LM.net_.module_.eval()
    outputs, _ = module.read(torch.tensor(IDS.to_padded(3), device=device_of(module)).T)
    np.testing.assert_allclose(states, outputs[-1].detach().cpu().numpy(), atol=1e-6)


def test_shape_comes_from_the_model_and_the_rest_from_the_parameters():
    model = RNNRegressor(init=FROZEN, cell="lstm", hidden_size=3, dropout=0.25, max_iter=1)
    body = model.fit(IDS, np.arange(len(IDS))).net_.module_.body
    assert (body.cell, body.hidden_size, body.num_layers, body.dropout.p) == ("gru", 10, 2, 0.25)
    assert body.dropout.randomness is model.net_.module_.randomness


def test_unfitted_fitted_and_frozen():
    RNNClassifier(init=LM, max_iter=1).fit(IDS, Y)
    with pytest.raises(NotFittedError, match="in init is not fitted.*FrozenEstimator"):
        clone(RNNClassifier(init=LM)).fit(IDS, Y)
    assert clone(RNNClassifier(init=FROZEN)).init.estimator is LM


def test_in_a_pipeline_and_a_search():
    model = make_pipeline(
        FrozenEstimator(LM.vectorizer_),
        SequencePadder(length=3),
        RNNClassifier(init=FROZEN, max_iter=2, random_state=0),
    )
    search = GridSearchCV(
        model, {"rnnclassifier__rate_decay": [1.0, 2.6]}, cv=2, error_score="raise"
    )
    search.fit(TEXTS, Y)
    assert pickle.loads(pickle.dumps(search)).score(TEXTS, Y) == search.score(TEXTS, Y)
    first, second = (clone(model).fit(TEXTS, Y).predict_proba(TEXTS) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_one_layer_more_learns_in_each_pass():
    model, weights = watched(RNNClassifier(init=FROZEN, unfreeze=True, max_iter=5, random_state=0))
    head = {"head.weight", "head.bias"}
    layers = [
        {f"encoder.body.forward_layers.{i}.{kind}" for kind in ("weight_ih_l0", "bias_ih_l0")}
        for i in (1, 0)
    ]
    moved = [changed(a, b) for a, b in zip(weights.seen_, weights.seen_[1:], strict=False)]
    assert moved[0] == weights.learning_[0] == head
    assert layers[0] < moved[1]
    assert not layers[1] & moved[1]
    assert layers[1] < moved[2]
    assert "encoder.embedding.weight" not in moved[2]
    assert moved[3] == moved[4] == set(weights.seen_[0])
    assert all(p.requires_grad for p in model.net_.module_.parameters())


def test_unfreezing_goes_on_where_it_was():
    parts = RNNClassifier(init=FROZEN, unfreeze=True, random_state=0)
    weights = [{}]
    for _ in range(2):
        parts.partial_fit(IDS, Y, classes=["p", "q"])
        weights.append({n: p.detach().clone() for n, p in parts.net_.module_.named_parameters()})
    assert "encoder.body.forward_layers.1.bias_hh_l0" in changed(*weights[1:])
    assert "encoder.body.forward_layers.0.bias_hh_l0" not in changed(*weights[1:])


@pytest.mark.parametrize("warm", [False, True])
def test_rates_fall_from_layer_to_layer(warm):
    model = RNNClassifier(init=FROZEN, rate_decay=2.0, max_iter=1, warm_start=warm).fit(IDS, Y)
    rate = model.learning_rate_init
    if warm:
        rate = 0.01
        model.set_params(learning_rate_init=rate).fit(IDS, Y)
    rates = {id(p): g["lr"] for g in model.net_.optimizer_.param_groups for p in g["params"]}
    module = model.net_.module_
    assert rates[id(module.head.weight)] == rate
    assert rates[id(module.body.forward_layers[1].weight_hh_l0)] == rate / 2
    assert rates[id(module.body.forward_layers[0].weight_hh_l0)] == rate / 4
    assert rates[id(module.embedding.weight)] == rate / 8


def test_without_init_they_work_as_well():
    model = RNNClassifier(unfreeze=True, rate_decay=1.5, bidirectional=True, random_state=0)
    assert model.fit(IDS, Y).n_iter_ == 10
    vectors = RNNClassifier(unfreeze=True, max_iter=2).fit(np.ones((6, 3, 2)), [0, 1] * 3)
    assert vectors.n_iter_ == 2


def test_from_another_estimator_both_ways():
    both = RNNTagger(hidden_size=4, max_iter=1).fit(IDS, [[c] * 3 for c in Y])
    for bidirectional in (False, True):  # those of the model in init
        model = RNNClassifier(init=FrozenEstimator(both), bidirectional=bidirectional, max_iter=1)
        assert model.fit(IDS, Y).net_.module_.encoder.output_size == 8


@pytest.mark.parametrize("lengths", [None, torch.tensor([3, 0, 1, 2])])
def test_concat_pooling(lengths):
    model = RNNClassifier(pooling="concat", hidden_size=5, bidirectional=True, max_iter=1)
    pooling = model.fit(IDS, Y).net_.module_.pooling
    outputs = torch.randn(3, 4, 10)
    found = pooling(outputs, lengths)
    assert found.shape == (4, 30)
    if lengths is None:
        torch.testing.assert_close(found[:, 10:20], outputs.mean(0))
        torch.testing.assert_close(found[:, 20:], outputs.amax(0))
    else:
        assert not found[1].any()
        torch.testing.assert_close(found[2, 10:20], outputs[0, 2])
    encoder = RNNEncoder(FrozenEstimator(model))
    assert encoder.transform(IDS).shape[1] == len(encoder.get_feature_names_out()) == 30


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="come from its vectorizer_"):
        RNNClassifier(init=FROZEN).fit(SequenceVectorizer().fit_transform(["a b"] * 40), Y)
    with pytest.raises(ValueError, match="the largest id is 99"):
        RNNClassifier(init=FROZEN).fit(Ragged.from_rows([[2, 99]] * 40), Y)
    with pytest.raises(ValueError, match="X must hold ids"):
        RNNClassifier(init=FROZEN).fit(np.ones((40, 3)), Y)
    vectors = RNNRegressor(max_iter=1).fit(np.ones((4, 3)), np.arange(4))
    with pytest.raises(ValueError, match="fitted on ids, such as RNNLanguageModel, got RNNRegr"):
        RNNClassifier(init=FrozenEstimator(vectors)).fit(IDS, Y)
    with pytest.raises(ValueError, match="got SequencePadder"):
        RNNClassifier(init=SequencePadder()).fit(IDS, Y)
    with pytest.raises(ValueError, match="'init' parameter of RNNClassifier"):
        RNNClassifier(init="lm").fit(IDS, Y)

"""The states against loops written by hand, and series in pieces."""

from __future__ import annotations

import pickle
from copy import deepcopy

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError, UnsetMetadataPassedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from textvec import (
    EmbeddedSequences,
    Ragged,
    RNNClassifier,
    RNNEncoder,
    RNNLanguageModel,
    RNNRegressor,
    RNNTagger,
    SequenceMLPClassifier,
    SequencePadder,
    SequenceVectorizer,
)
from textvec._estimators._model_steps import model_steps

RNG = np.random.default_rng(0)
X = Ragged.from_rows([RNG.integers(2, 12, size=n) for n in (5, 0, 1, 7, 3, 7)], dtype=int)
Y = [0, 1, 0, 1, 0, 1]
CELLS = ("rnn", "gru", "lstm")


# Whose last state is that of the last step.
ONE_WAY = {"bidirectional": False, "pooling": "last"}


def fitted(cell="gru", **options):
    options = {"hidden_size": 4, "embedding_dim": 3, "max_iter": 1, "random_state": 0} | options
    return RNNClassifier(**{"cell": cell, **ONE_WAY, **options}).fit(X, Y)


def encoder(model, **options):
    return RNNEncoder(FrozenEstimator(model), **options)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def states_by_hand(cell, layer, row):
    """Run one cell over the vectors of one row, as a textbook writes it."""
    weights = {name: w.detach().double().numpy() for name, w in layer.named_parameters()}
    W, U = weights["weight_ih_l0"].T, weights["weight_hh_l0"].T
    b_in, b_state = weights["bias_ih_l0"], weights["bias_hh_l0"]
    n = len(U)
    h, c, states = np.zeros(n), np.zeros(n), []
    for x in row:
        if cell == "rnn":
            h = np.tanh(x @ W + h @ U + b_in + b_state)
        elif cell == "lstm":
            i, f, g, o = np.split(x @ W + h @ U + b_in + b_state, 4)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
        else:
            from_x, from_h = np.split(x @ W + b_in, 3), np.split(h @ U + b_state, 3)
            reset, update = (sigmoid(from_x[k] + from_h[k]) for k in (0, 1))
            candidate = np.tanh(from_x[2] + reset * from_h[2])
            h = (1 - update) * candidate + update * h
        states.append(h)
    return np.array(states).reshape(len(row), n)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_states_equal_a_loop_written_by_hand(cell, bidirectional):
    model = fitted(cell, bidirectional=bidirectional)
    module = deepcopy(model.net_.module_).cpu()
    table = module.embedding.weight.detach().double().numpy()
    states = encoder(model, return_sequences=True).transform(X)
    last = encoder(model).transform(X)
    for i, row in enumerate(X):
        forward = states_by_hand(cell, module.body.forward_layers[0], table[row])
        expected, ends = forward, [forward[-1:]]
        if bidirectional:
            backward = states_by_hand(cell, module.body.backward_layers[0], table[row[::-1]])
            expected = np.hstack([forward, backward[::-1]])
            ends.append(backward[-1:])
        np.testing.assert_allclose(states[i], expected, atol=1e-5)
        if len(row):
            np.testing.assert_allclose(last[i], np.hstack(ends)[0], atol=1e-5)
        else:
            assert not last[i].any()


@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_pieces_give_what_the_whole_gives(cell, num_layers):
    model = fitted(cell, num_layers=num_layers)
    whole = encoder(model, return_sequences=True).transform(X)
    cuts = np.minimum([2, 0, 0, 4, 3, 7], X.lengths)
    pieces = [
        Ragged.from_rows([r[:c] for r, c in zip(X, cuts, strict=True)], dtype=int),
        Ragged.from_rows([r[c:] for r, c in zip(X, cuts, strict=True)], dtype=int),
    ]
    first, state = encoder(model, return_sequences=True).partial_transform(pieces[0])
    second, state = encoder(model, return_sequences=True).partial_transform(pieces[1], state)
    for i, row in enumerate(whole):
        np.testing.assert_allclose(np.concatenate([first[i], second[i]]), row, atol=1e-6)
    assert len(state) == (2 if cell == "lstm" else 1)
    assert state[0].shape == (num_layers, len(X), 4)
    np.testing.assert_allclose(state[0][-1], encoder(model).transform(X), atol=1e-6)
    at_once, _ = encoder(model).partial_transform(X)
    np.testing.assert_allclose(at_once, encoder(model).transform(X), atol=1e-6)


def test_series_step_by_step():
    series = RNG.normal(size=(4, 10, 2))
    model = RNNRegressor(hidden_size=5, max_iter=1, random_state=0, **ONE_WAY)
    model.fit(series, series[:, 0, 0])
    stepper, state = encoder(model), None
    for t in range(10):
        last, state = stepper.partial_transform(series[:, t : t + 1], state)
    np.testing.assert_allclose(last, stepper.transform(series), atol=1e-6)


def test_other_estimators_and_poolings():
    pooled = fitted(pooling="max")
    states = encoder(pooled, return_sequences=True).transform(X)
    expected = [row.max(axis=0) if len(row) else np.zeros(4) for row in states]
    np.testing.assert_allclose(encoder(pooled).transform(X), expected, atol=1e-6)
    tagger = RNNTagger(hidden_size=4, max_iter=1, random_state=0).fit(
        X, Ragged(X.values > 5, X.offsets)
    )
    assert encoder(tagger).transform(X).shape == (6, 8)
    table = np.vstack([np.zeros(2), np.ones((11, 2))])
    embedded = EmbeddedSequences(X, table)
    model = RNNClassifier(hidden_size=4, max_iter=1, random_state=0, **ONE_WAY).fit(embedded, Y)
    assert encoder(model, return_sequences=True).transform(embedded).values.shape == (23, 4)
    assert encoder(model).transform(embedded[:0]).shape == (0, 4)


def test_it_is_a_step_of_a_pipeline():
    base = RNNClassifier(hidden_size=4, max_iter=1, random_state=0, **ONE_WAY)
    pipeline = make_pipeline(RNNEncoder(base), LogisticRegression()).fit(X, Y)
    np.testing.assert_array_equal(
        pipeline[0].transform(X), encoder(clone(base).fit(X, Y)).transform(X)
    )
    assert not hasattr(base, "net_")
    assert pipeline[0].get_feature_names_out().tolist() == [f"rnnencoder{i}" for i in range(4)]
    again = pickle.loads(pickle.dumps(pipeline))
    np.testing.assert_array_equal(again.predict(X), pipeline.predict(X))
    frozen = encoder(fitted())
    np.testing.assert_array_equal(frozen.fit(X, Y).transform(X), frozen.transform(X))


def test_mistakes_are_named():
    with pytest.raises(NotFittedError):
        RNNEncoder(RNNClassifier()).transform(X)
    with pytest.raises(
        TypeError, match="takes a recurrent estimator, .* got SequenceMLPClassifier"
    ):
        RNNEncoder(SequenceMLPClassifier()).fit(X, Y)
    with pytest.raises(ValueError, match="bidirectional network reads rows from their end"):
        encoder(fitted(bidirectional=True)).partial_transform(X)
    model = fitted("lstm")
    _, state = encoder(model).partial_transform(X)
    with pytest.raises(ValueError, match=r"tuple of 2 array\(s\) of shape \(1, 2, 4\)"):
        encoder(model).partial_transform(X[:2], state)


@pytest.fixture
def routing():
    with config_context(enable_metadata_routing=True):
        yield


def test_requested_weights_reach_the_estimator(routing):
    weights = np.where(np.array(Y) == 0, 10.0, 0.01)
    plain = RNNClassifier(hidden_size=4, embedding_dim=4, max_iter=2, random_state=0)
    weighted = clone(plain).fit(X, Y, sample_weight=weights)
    rnn = clone(plain).set_fit_request(sample_weight=True)
    head = LogisticRegression().set_fit_request(sample_weight=False)
    pipe = make_pipeline(RNNEncoder(rnn), head).fit(X, Y, sample_weight=weights)
    assert pipe[0].estimator_.loss_curve_ == weighted.loss_curve_
    for declined in (clone(plain).set_fit_request(sample_weight=False), FrozenEstimator(weighted)):
        head.set_fit_request(sample_weight=True)
        pipe = make_pipeline(RNNEncoder(declined), head).fit(X, Y, sample_weight=weights)
        model = getattr(pipe[0].estimator_, "estimator", pipe[0].estimator_)
        expected = weighted if model is weighted else clone(plain).fit(X, Y)
        assert model.loss_curve_ == expected.loss_curve_


def test_weights_that_nobody_requested_are_an_error(routing):
    plain = RNNClassifier(hidden_size=4, max_iter=1)
    with pytest.raises(UnsetMetadataPassedError, match="sample_weight"):
        RNNEncoder(plain).fit(X, Y, sample_weight=np.ones(len(Y)))


@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_rows_of_states_are_no_frame(output):
    model = RNNClassifier(hidden_size=4, max_iter=1, random_state=0, **ONE_WAY)
    with config_context(transform_output=output):
        assert isinstance(RNNEncoder(model, return_sequences=True).fit_transform(X, Y), Ragged)
        frame = RNNEncoder(model).fit_transform(X, Y)
    assert list(frame.columns) == [f"rnnencoder{i}" for i in range(4)]


TEXTS = ["a frog sat", "a toad", "the frog and the toad", "", "frog", "a a a"]


def test_a_language_model_has_states_after_bos():
    model = RNNLanguageModel(cell="gru", hidden_size=5, embedding_dim=3, max_iter=1, random_state=0)
    model.fit(TEXTS)
    module = deepcopy(model.net_.module_).cpu()
    table = module.embedding.weight.detach().double().numpy()
    states = encoder(model, return_sequences=True).transform(TEXTS)
    last = encoder(model).transform(TEXTS)
    for i, row in enumerate(model.vectorizer_.transform(TEXTS)):
        expected = states_by_hand("gru", module.body.forward_layers[0], table[[0, *row]])
        np.testing.assert_allclose(states[i], expected[1:], atol=1e-5)
        np.testing.assert_allclose(last[i], expected[-1], atol=1e-5)
    halves = [[t[:6].strip() for t in TEXTS], [t[6:].strip() for t in TEXTS]]
    halves[0][2], halves[1][2] = "", TEXTS[2]
    halves[0][0], halves[1][0] = "a frog", "sat"
    first, state = encoder(model, return_sequences=True).partial_transform(halves[0])
    second, state = encoder(model, return_sequences=True).partial_transform(halves[1], state)
    for i, row in enumerate(states):
        np.testing.assert_allclose(np.concatenate([first[i], second[i]]), row, atol=1e-6)
    np.testing.assert_allclose(state[0][-1], last, atol=1e-6)
    steps = make_pipeline(RNNEncoder(clone(model)), LogisticRegression()).fit(TEXTS, Y)
    np.testing.assert_array_equal(steps[0].transform(TEXTS), last)


@pytest.mark.parametrize("frozen", [False, True])
def test_pipelines_and_searches_are_taken_apart(frozen):
    network = RNNClassifier(hidden_size=4, embedding_dim=3, max_iter=1, random_state=0)
    pipeline = make_pipeline(SequenceVectorizer(), SequencePadder(4), network)
    search = GridSearchCV(pipeline, {"rnnclassifier__hidden_size": [3, 4]}, cv=2)
    for model in (pipeline, search, make_pipeline("passthrough", search)):
        model = FrozenEstimator(model.fit(TEXTS, Y)) if frozen else model
        fitted_encoder = RNNEncoder(model)
        if not frozen:
            fitted_encoder.fit(TEXTS, Y)
        *steps, inner = model_steps(getattr(fitted_encoder, "estimator_", model))
        rows = TEXTS
        for step in steps:
            rows = step.transform(rows)
        expected = encoder(inner).transform(rows)
        np.testing.assert_array_equal(fitted_encoder.transform(TEXTS), expected)
        assert len(fitted_encoder.get_feature_names_out()) == expected.shape[1]
    with pytest.raises(ValueError, match="refit=False keeps no fitted estimator"):
        RNNEncoder(GridSearchCV(network, {"hidden_size": [3]}, refit=False)).fit(X, Y)
    with pytest.raises(TypeError, match="got LogisticRegression"):
        RNNEncoder(make_pipeline(SequenceVectorizer(), LogisticRegression())).fit(TEXTS, Y)
    with pytest.raises(NotFittedError):
        RNNEncoder(FrozenEstimator(clone(network))).transform(X)


def test_rows_of_an_iterator_are_read_once():
    small = {"hidden_size": 3, "embedding_dim": 3, "max_iter": 1, "random_state": 0}
    encoder, rows = RNNEncoder(RNNClassifier(**small)), [[2, 3], [3], [4, 5]]
    expected = encoder.fit_transform(rows, [0, 1, 0])
    np.testing.assert_array_equal(encoder.fit_transform(iter(rows), [0, 1, 0]), expected)
    assert encoder.set_output(transform="pandas").fit_transform(iter(rows), [0, 1, 0]).shape[0] == 3

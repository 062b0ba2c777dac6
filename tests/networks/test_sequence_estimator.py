"""Dense and convolutional networks on the inputs of the recurrent ones."""

from __future__ import annotations

import pickle
from copy import deepcopy

import numpy as np
import pytest
import torch
from sklearn.base import clone

from textvec import EmbeddedSequences, Ragged, SequenceCNNClassifier, SequenceMLPClassifier

RNG = np.random.default_rng(0)
ROWS = [RNG.integers(2, 12, size=RNG.integers(1, 9)) for _ in range(200)]
X = Ragged.from_rows([[], [3], *ROWS[2:]], dtype=int)
Y = np.array([7 in r for r in ROWS])
TABLE = np.vstack([np.zeros(4), RNG.normal(size=(11, 4))]).astype(np.float32)
SMALL = {"embedding_dim": 8, "random_state": 0, "max_iter": 3}
MODELS = [
    SequenceMLPClassifier(hidden_layer_sizes=(8,), **SMALL),
    SequenceMLPClassifier(hidden_layer_sizes=(6, 5), pooling="max", dropout=0.1, **SMALL),
    SequenceMLPClassifier(hidden_layer_sizes=(), pooling="flatten", **SMALL),
    SequenceCNNClassifier(n_filters=6, **SMALL),
    SequenceCNNClassifier(kernel_sizes=(1, 2), n_filters=5, dropout=0.1, **SMALL),
]
each = pytest.mark.parametrize("model", MODELS, ids=repr)


@each
def test_learns_which_words_occur(model):
    model = clone(model).set_params(learning_rate_init=0.05, max_iter=20)
    assert model.fit(X[:150], Y[:150]).score(X[:150], Y[:150]) > 0.9


@each
def test_padding_and_company_change_nothing(model):
    model = clone(model).fit(X, Y)
    expected = model.predict_proba(X)
    assert np.isfinite(expected).all()
    for form in (X.to_padded(12), X.to_padded(12, padding="pre")):
        np.testing.assert_allclose(model.predict_proba(form), expected, atol=1e-5)
    alone = np.vstack([model.predict_proba(X[i : i + 1]) for i in range(30)])
    np.testing.assert_allclose(alone, expected[:30], atol=1e-5)


@each
def test_vectors_in_every_container(model):
    embedded = EmbeddedSequences(X, TABLE)
    fitted = clone(model).fit(embedded, Y)
    assert fitted.net_.module_.embedding is None
    for form in (embedded.to_ragged(), np.asarray(embedded)):
        np.testing.assert_allclose(
            fitted.predict_proba(form), fitted.predict_proba(embedded), atol=1e-5
        )
    tuned = clone(model).set_params(fine_tune=True).fit(embedded, Y)
    assert tuned.net_.module_.embedding.weight.shape == TABLE.shape


@each
def test_same_seed_pickle_early_stopping_and_labels(model):
    model = clone(model).set_params(early_stopping=True)
    state = torch.get_rng_state()
    fitted = clone(model).fit(X, Y)
    assert torch.equal(torch.get_rng_state(), state)
    for other in (clone(model).fit(X, Y), pickle.loads(pickle.dumps(fitted))):
        np.testing.assert_array_equal(other.predict_proba(X), fitted.predict_proba(X))
    labels = np.column_stack([Y, ~Y, Y]).astype(int)
    assert clone(model).fit(X, labels).predict(X).shape == labels.shape


def test_summary_lists_all_layers(capsys):
    for model in (MODELS[1], MODELS[3]):
        fitted = clone(model).fit(X, Y)
        fitted.summary()
        text = capsys.readouterr().out
        total = sum(p.numel() for p in fitted.net_.module_.parameters())
        assert f"Total params: {total:,}" in text
    assert "conv_5 (Conv1d)" in text


def test_the_mean_network_equals_plain_arithmetic():
    model = clone(MODELS[0]).fit(X, Y)
    module = deepcopy(model.net_.module_).cpu()
    table = module.embedding.weight.detach().numpy()
    first, last = (m for m in module.head if isinstance(m, torch.nn.Linear))
    means = np.array([table[r].mean(axis=0) if len(r) else np.zeros(8) for r in X])
    hidden = np.maximum(means @ first.weight.detach().numpy().T + first.bias.detach().numpy(), 0)
    logits = hidden @ last.weight.detach().numpy().T + last.bias.detach().numpy()
    expected = 1 / (1 + np.exp(-logits[:, 0]))
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], expected, atol=1e-5)


def test_the_filters_equal_a_loop_over_windows():
    model = clone(MODELS[3]).fit(X, Y)
    module = deepcopy(model.net_.module_).cpu()
    table = module.embedding.weight.detach().numpy()
    row = X[10]
    features = []
    for size, layer in zip((3, 4, 5), module.body.layers, strict=True):
        weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
        vectors = np.zeros((len(row) + size - 1, 8))
        vectors[(size - 1) // 2 : (size - 1) // 2 + len(row)] = table[row]
        windows = [vectors[t : t + size].T for t in range(len(row))]
        outputs = [(weight * w).sum(axis=(1, 2)) + bias for w in windows]
        features.append(np.maximum(outputs, 0).max(axis=0))
    head = module.head
    logit = np.concatenate(features) @ head.weight.detach().numpy()[0] + head.bias.item()
    expected = 1 / (1 + np.exp(-logit))
    assert model.predict_proba(X[10:11])[0, 1] == pytest.approx(expected, abs=1e-5)


def test_flatten_has_a_place_for_each_step():
    model = clone(MODELS[2]).fit(X, Y)
    longest = X.lengths.max()
    assert model.net_.module_.head[0].in_features == 8 * longest
    longer = Ragged.from_rows([[*X[5], *([3] * 20)]])
    cut = longer.truncated(int(longest))
    np.testing.assert_array_equal(model.predict_proba(longer), model.predict_proba(cut))
    fixed = clone(MODELS[2]).set_params(length=3).fit(X, Y)
    np.testing.assert_allclose(
        fixed.predict_proba(X), fixed.predict_proba(X.truncated(3)), atol=1e-6
    )


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (SequenceMLPClassifier(hidden_layer_sizes=(3, 0)), "must list positive integers"),
        (SequenceMLPClassifier(hidden_layer_sizes=(2.5,)), "must list positive integers"),
        (SequenceMLPClassifier(hidden_layer_sizes=(True, 3)), "must list positive integers"),
        (SequenceCNNClassifier(kernel_sizes=np.array([True])), "must list positive integers"),
        (SequenceCNNClassifier(kernel_sizes=()), "positive integers, at least one"),
    ],
)
def test_mistaken_sizes_are_named(model, message):
    with pytest.raises(ValueError, match=message):
        model.fit(X, Y)


IDS = [[2, 3], [4], [5, 6, 7], [2]]
VECTORS = [[[0.1, 0.2]], [[0.3, 0.4], [0.5, 0.6]], [[1.0, 2.0]], [[0.0, 1.0]]]


@pytest.mark.parametrize("rows", [IDS, VECTORS], ids=["ids", "vectors"])
@pytest.mark.parametrize(
    "nothing",
    [[], [[], []], np.empty((0, 3)), np.empty((0, 3), int), np.empty((2, 0)), Ragged.from_rows([])],
    ids=lambda x: f"{type(x).__name__}{getattr(x, 'shape', len(x))}",
)
def test_no_rows_and_rows_without_steps_are_predicted(rows, nothing):
    model = SequenceMLPClassifier(hidden_layer_sizes=(3,), max_iter=1, random_state=0)
    model.fit(rows, [0, 1, 0, 1])
    proba = model.predict_proba(nothing)
    assert proba.shape == (len(nothing), 2)
    assert np.isfinite(proba).all()


def test_dates_are_refused():
    with pytest.raises(ValueError, match="dtype datetime64.* reads ids or numbers"):
        SequenceMLPClassifier().fit(np.array([["2020-01-01"], ["2021-01-01"]], "M8[D]"), [0, 1])

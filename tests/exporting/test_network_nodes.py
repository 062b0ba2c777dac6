"""Networks of every kind, on rows of every length, padded at either end: onnxruntime's are ours."""

from __future__ import annotations

import numpy as np
import pytest

from textvec import (
    Ragged,
    RNNClassifier,
    RNNLanguageModel,
    RNNRegressor,
    RNNTagger,
    SequenceCNNClassifier,
    SequenceMLPClassifier,
)
from textvec.nn import POOLINGS, IdentityBody

from .runtime import TOLERANCE, assert_same_classes, exported, outputs

N_TOKENS = 30


def rows_of_every_length() -> Ragged:
    """Rows of 0 to 12 ids, one with padding inside."""
    rng = np.random.default_rng(0)
    rows = [rng.integers(2, N_TOKENS, size=n) for n in [*range(13)] * 5]
    return Ragged.from_rows([*rows, np.array([4, 0, 0, 5])])


IDS = rows_of_every_length()
PRE = IDS.to_padded(14, padding="pre")
POST = IDS.to_padded(14, padding="post")
TWO, THREE = np.arange(len(IDS)) % 2, np.array(["x", "y", "z"])[np.arange(len(IDS)) % 3]
# Padding on either side, batches of 64, of one, of an empty row, of none, and rows of one step.
ARRAYS = [PRE, POST, PRE[:64], POST[7:8], PRE[:1], PRE[:0], POST[:, :1], POST[:1, :1]]
TINY = {"max_iter": 1, "learning_rate_init": 0.1, "random_state": 0}
NETWORK = {"hidden_size": 5, "embedding_dim": 4, **TINY}


def check_all(model, tmp_path, arrays=ARRAYS):
    session = exported(model, tmp_path)
    for X in arrays:
        assert_same_classes(model, session, X)
    return session


@pytest.mark.parametrize("wide", [1, 2, 3, 20])  # the last is longer than all rows
@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
def test_the_wide_path(wide, y, tmp_path):
    model = RNNClassifier(wide=wide, pooling="mean", **NETWORK).fit(PRE, y)
    check_all(model, tmp_path)


@pytest.mark.parametrize("pooling", [*POOLINGS, "concat", ("max", "attention")])
@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_recurrent_classifiers(cell, num_layers, bidirectional, pooling, tmp_path):
    kind = {"cell": cell, "num_layers": num_layers, "bidirectional": bidirectional}
    model = RNNClassifier(pooling=pooling, **kind, **NETWORK).fit(PRE, THREE)
    session = check_all(model, tmp_path)
    one_by_one = [outputs(session, PRE[i : i + 1])["probabilities"] for i in range(len(PRE))]
    together = outputs(session, POST)["probabilities"]
    np.testing.assert_allclose(np.concatenate(one_by_one), together, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(
    "model",
    [
        SequenceCNNClassifier(kernel_sizes=(1, 2, 3, 4), n_filters=3, **TINY),
        SequenceMLPClassifier(hidden_layer_sizes=(), **TINY),
        SequenceMLPClassifier(pooling="max", hidden_layer_sizes=(5, 4), dropout=0.5, **TINY),
        SequenceMLPClassifier(pooling="flatten", **TINY),
        SequenceMLPClassifier(pooling="flatten", length=3, **TINY),
    ],
    ids=repr,
)
@pytest.mark.parametrize(
    "y",
    [TWO, THREE, np.stack([TWO, 1 - TWO, TWO], axis=1)],
    ids=["two classes", "three classes", "three labels"],
)
def test_other_classifiers_and_targets(model, y, tmp_path):
    check_all(model.fit(PRE, y), tmp_path)


@pytest.mark.parametrize(
    "classes",
    [[False, True], [3, -7], [1.0, 2.0], ["non", "oui été"], np.array(["a", "b"], dtype=object)],
    ids=str,
)
def test_labels_have_the_type_of_the_targets(classes, tmp_path):
    model = SequenceMLPClassifier(**TINY).fit(PRE, np.asarray(classes)[TWO])
    session = check_all(model, tmp_path, [PRE])
    kind = outputs(session, PRE)["label"].dtype.kind
    assert kind == {"U": "O"}.get(model.classes_.dtype.kind, model.classes_.dtype.kind)


def test_classes_that_onnx_has_no_type_for(tmp_path):
    model = SequenceMLPClassifier(**TINY).fit(PRE, TWO)
    model.classes_ = np.array([(0,), "a"], dtype=object)
    with pytest.raises(TypeError, match="classes are of several types"):
        exported(model, tmp_path)


def test_larger_ids_are_unknown_or_an_error(tmp_path):
    larger = PRE.copy()
    larger[3, -1] = 99
    check_all(RNNClassifier(**NETWORK).fit(PRE, TWO), tmp_path, [larger])
    bounded = exported(RNNClassifier(n_tokens=N_TOKENS, **NETWORK).fit(PRE, TWO), tmp_path)
    for wrong in (99, -1, N_TOKENS):
        larger[3, -1] = wrong
        with pytest.raises(Exception, match="indices element out of data bounds"):
            outputs(bounded, larger)


@pytest.mark.parametrize("mask_value", [0.0, 2.0, np.nan, None])
def test_vectors_and_series(mask_value, tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20, 7, 3)).astype(np.float32)
    X[:, 5:], X[2] = (0 if mask_value is None else mask_value,) * 2
    X[4, 2] = np.nan_to_num(X[2, 0])
    arrays = [X, X[:1], X[2:3], X[:0], np.ascontiguousarray(X[:, ::-1])]
    model = RNNClassifier(mask_value=mask_value, cell="gru", **NETWORK)
    check_all(model.fit(X, TWO[:20]), tmp_path, [*arrays, X[:, :3]])
    series = [array[:, :, 0] for array in arrays]
    check_all(model.fit(series[0], TWO[:20]), tmp_path, series)


@pytest.mark.parametrize(
    "y", [TWO * 1e3 - 7.0, np.stack([TWO * 1e6, TWO + 0.5], axis=1)], ids=["one", "two"]
)
def test_regression(y, tmp_path):
    model = RNNRegressor(**NETWORK).fit(PRE, y)
    session = exported(model, tmp_path)
    for X in ARRAYS:
        expected = model.predict(X).reshape(len(X), y.size // len(y))
        found = outputs(session, X)["variable"]
        np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE * np.abs(y).max())


@pytest.mark.parametrize("crf", [{}, {"crf": True}, {"crf": True, "constraints": "BIO"}], ids=str)
def test_taggers(crf, tmp_path):
    rows = Ragged.from_rows([row[row > 0] for row in IDS])
    # Chunks begin at multiples of 3, and last for two steps or more.
    names = [["B-x" if v % 3 == 0 else "I-x" for v in row] for row in rows]
    y = [["B-x", *row[1:]] if row else row for row in names]
    model = RNNTagger(n_tokens=N_TOKENS, **NETWORK | crf | {"max_iter": 5}).fit(rows, y)
    session = exported(model, tmp_path)
    for X in ARRAYS:
        found, proba, labels = outputs(session, X), model.predict_proba(X), model.predict(X)
        np.testing.assert_array_equal(found["lengths"], labels.lengths)
        for i, n in enumerate(labels.lengths):
            np.testing.assert_array_equal(found["label"][i, :n], labels[i])
            steps = found["probabilities"][i, :n]
            np.testing.assert_allclose(steps, proba[i], rtol=0, atol=TOLERANCE)


def test_pretrained_and_fine_tuned_layers(tmp_path):
    texts = ["a b c", "b c a a", "c a", "a"]
    language = RNNLanguageModel(hidden_size=4, embedding_dim=3, max_iter=1, random_state=0)
    language.fit(texts)
    X = language.vectorizer_.transform(texts).to_padded(5).astype(np.int64)
    model = RNNClassifier(init=language, pooling="max", **TINY).fit(X, [0, 1, 0, 1])
    check_all(model, tmp_path, [X, X[:1]])


class OwnBody(IdentityBody):
    """Computes something else than its base."""


class OwnNetwork(SequenceMLPClassifier):
    def _output(self, encoder, n_outputs, randomness):
        encoder.body = OwnBody(encoder.output_size, randomness=randomness)
        return super()._output(encoder, n_outputs, randomness)


def test_a_body_of_the_users_is_refused_by_name(tmp_path):
    with pytest.raises(TypeError, match="OwnNetwork can't be exported.* its body OwnBody"):
        exported(OwnNetwork(**TINY).fit(PRE, TWO), tmp_path)

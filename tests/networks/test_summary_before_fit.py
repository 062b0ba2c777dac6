"""Summaries of networks before `fit`, of encoders, and on vectors that are not trained."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline

from textvec import (
    EmbeddedSequences,
    Ragged,
    RNNClassifier,
    RNNEncoder,
    RNNLanguageModel,
    RNNRegressor,
    RNNTagger,
    Seq2Seq,
    SequenceCNNClassifier,
    SequenceMLPClassifier,
    SequenceVectorizer,
)

SIZES = {"hidden_size": 4, "embedding_dim": 3, "max_iter": 1, "random_state": 0}
ROWS = Ragged.from_rows([[2, 3, 4], [5], [4, 2]])
LABELS = ["a", "b", "c"]
TABLE = np.vstack([np.zeros(3), np.random.default_rng(0).random((19, 3))]).astype(np.float32)
VECTORS = EmbeddedSequences(ROWS, TABLE)


def summary_of(model, capsys, *given, **named):
    model.summary(*given, **named)
    return capsys.readouterr().out.splitlines()[1:]


def test_the_table_of_a_lecture(capsys):
    model = RNNClassifier(
        cell="rnn",
        embedding_dim=32,
        hidden_size=32,
        num_layers=2,
        bidirectional=False,
        n_tokens=10_000,
    )
    lines = summary_of(model, capsys)
    assert [line.split()[-1] for line in lines[2:7]] == ["320,000", "2,112", "2,112", "0", "?"]
    assert lines[6].split() == ["head", "(Linear)", "(None,", "?)", "?"]
    assert lines[-3:] == [
        "Total params: 324,224 + ?",
        "Trainable params: 324,224 + ?",
        "Non-trainable params: 0 + ?",  # of the linear path, fitted before the training
    ]


@pytest.mark.parametrize("labels", [["a", "b"], LABELS, np.array([[0, 1], [1, 1]])])
def test_one_label_of_each_class_is_enough(labels, capsys):
    model = RNNClassifier(n_tokens=9, **SIZES)
    lines = summary_of(model, capsys, y=labels)
    rows = Ragged.from_rows([[8]] * len(labels))
    assert lines == summary_of(model.fit(rows, labels), capsys)
    assert not any("?" in line for line in lines)


@pytest.mark.parametrize(
    ("model", "y"),
    [
        (RNNRegressor(n_tokens=9, **SIZES), [0.5]),
        (RNNTagger(n_tokens=9, crf=True, **SIZES), [["a", "b"], ["c"]]),
        (SequenceCNNClassifier(n_tokens=9, n_filters=2, embedding_dim=3), ["a", "b"]),
        (SequenceMLPClassifier(n_tokens=9, pooling="flatten", length=4), ["a", "b"]),
        (RNNClassifier(n_tokens=9, wide=2, pooling=("mean", "max"), **SIZES), ["a", "b"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_known_is_a_question_mark(model, y, capsys):
    whole, partly = (summary_of(model, capsys, y=targets) for targets in (y, None))
    assert "?" not in "".join(whole)
    known = [line for line in partly if "?" not in line]
    assert len(known) < len(partly)
    assert all(line in whole for line in known)


def test_rows_of_no_known_length_are_not_flattened_to_a_known_one(capsys):
    lines = summary_of(SequenceMLPClassifier(n_tokens=9, pooling="flatten"), capsys, y=["a", "b"])
    assert [line.split()[-1] for line in lines[2:6]] == ["576", "0", "?", "101"]


def test_rows_without_targets(capsys):
    lines = summary_of(RNNClassifier(**SIZES), capsys, ROWS)
    assert lines[2].split()[-1] == "18"
    assert lines[5].split()[-1] == "?"


@pytest.mark.parametrize("fine_tune", [False, True])
def test_vectors_that_are_not_trained_are_counted(fine_tune, capsys):
    model = RNNClassifier(fine_tune=fine_tune, **SIZES)
    before = summary_of(model, capsys, VECTORS, LABELS)
    assert before == summary_of(model.fit(VECTORS, LABELS), capsys)
    first = "embedding (Embedding)" if fine_tune else "vectors (EmbeddedSequences)"
    assert before[2].startswith(first)
    assert before[2].split()[-1] == "60"
    assert before[-1] == f"Non-trainable params: {0 if fine_tune else 60}"
    total = sum(int(line.split()[-1]) for line in before[2:-4])
    assert before[-3] == f"Total params: {total}"


def test_series_have_no_table(capsys):
    lines = summary_of(RNNClassifier(**SIZES), capsys, np.random.default_rng(0).random((3, 4)))
    assert lines[2].startswith("lstm")
    assert lines[-1] == "Non-trainable params: 0"


@pytest.mark.parametrize("return_sequences", [False, True])
def test_an_encoder_ends_with_what_it_returns(return_sequences, capsys):
    model = RNNClassifier(n_tokens=9, bidirectional=False, **SIZES)
    encoder = RNNEncoder(model, return_sequences=return_sequences)
    lines = summary_of(encoder, capsys)
    shape = "(None, None, 4)" if return_sequences else "(None, 4)"
    assert shape in lines[-5]
    fitted = RNNEncoder(FrozenEstimator(model.fit(ROWS, LABELS)), return_sequences=return_sequences)
    assert lines == summary_of(fitted, capsys)
    assert fitted.transform(ROWS)[0].shape[-1:] == (4,)


def test_encoders_of_pipelines_and_of_language_models(capsys):
    texts = ["a b", "b c"]
    of_pipeline = RNNEncoder(make_pipeline(SequenceVectorizer(), RNNClassifier(**SIZES)))
    assert summary_of(of_pipeline, capsys, texts)[2].split()[-1] == "15"
    of_model = RNNEncoder(RNNLanguageModel(**SIZES))
    lines = summary_of(of_model, capsys, texts)
    assert lines[4].split()[:2] == ["pooling", "(LastPooling)"]
    assert lines == summary_of(of_model.fit(texts), capsys)


@pytest.mark.parametrize(
    ("model", "way_out"),
    [
        (RNNClassifier(), "set n_tokens, or pass summary the X"),
        (RNNEncoder(RNNClassifier()), "set n_tokens, or pass summary the X"),
        (RNNLanguageModel(), "pass summary the X and y"),
        (Seq2Seq(n_tokens=9), "pass summary the X and y"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_known_is_an_error(model, way_out):
    with pytest.raises(NotFittedError, match=way_out):
        model.summary()


def test_parameters_are_checked_and_nothing_is_changed(capsys):
    model = RNNClassifier(n_tokens=9, random_state=np.random.RandomState(0))
    before = dict(vars(model))
    summary_of(model, capsys)
    assert vars(model) == before
    with pytest.raises(ValueError, match="hidden_size"):
        RNNClassifier(n_tokens=9, hidden_size=0).summary()

"""Every parameter of every network has an effect, or is listed with the reason why it has none."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from skorch.callbacks import LRScheduler

from textvec import (
    CharTokenizer,
    EmbeddedSequences,
    KmerTokenizer,
    Ragged,
    RNNClassifier,
    RNNForecaster,
    RNNLanguageModel,
    RNNRegressor,
    RNNTagger,
    Seq2Seq,
    SequenceCNNClassifier,
    SequenceGenerator,
    SequenceMLPClassifier,
    SkipThought,
    WordVectors,
)

from .public_networks import NETWORKS

RNG = np.random.default_rng(0)
ROWS = [RNG.integers(2, 9, size=RNG.integers(2, 8)).tolist() for _ in range(8)]
IDS = Ragged.from_rows(ROWS)
VECTORS = RNG.normal(size=(9, 3)).astype(np.float32)
VECTORS[0] = 0.0
EMBEDDED = EmbeddedSequences(IDS, VECTORS)
PADDED = RNG.normal(size=(8, 6, 2))
PADDED[:, 4:] = 0.0
PADDED[::2, 3] = 0.0
TEXTS = [" ".join("abcdefghi"[i] for i in row) for row in ROWS]
STORIES = [f"{a.title()}. {b.title()}! {a.title()}?" for a, b in pairwise(TEXTS[:5])]
LABELS = np.arange(8) % 5 > 0
CLASSES = np.where(LABELS, "yes", "no")
NUMBERS = RNG.normal(size=8)
TAGS = [["B-x", "I-x", *("B-x" if i % 2 else "O" for i in row[2:])] for row in ROWS]
SERIES = np.sin(np.arange(20.0)) + RNG.normal(size=20) / 9
WORDS = WordVectors(list("abcdefghijkl"), RNG.normal(size=(12, 2)).astype(np.float32))


class Change(NamedTuple):
    """Another value of a parameter, and what both networks have besides."""

    value: Any
    given: dict[str, Any]
    X: Any
    y: Any
    n_fits: int


def change(value, *, X=None, y=None, n_fits=1, **given):
    return Change(value, given, X, y, n_fits)


# What a parameter does that leaves the network and its predictions as they are.
NONE = {
    "device": "where is computed",
    "checkpoint": "what is kept; tests/networks/test_trainer.py",
    "verbose": "what is printed",
}
PATIENCE = {"max_iter": 4, "tol": 10.0}
OF_ALL = {
    "dropout": change(0.5),
    "optimizer": change("sgd"),
    "learning_rate_init": change(0.03),
    "learning_rate": change("cosine"),
    "warmup": change(0.5),
    "weight_decay": change(0.1),
    "clip_norm": change(1e-3),
    "max_iter": change(3),
    "batch_size": change(3),
    "average": change(True),
    "early_stopping": change(True),
    "validation_fraction": change(0.5, early_stopping=True),
    "n_iter_no_change": change(1, **PATIENCE),
    "tol": change(0.0, n_iter_no_change=1, **PATIENCE),
    "warm_start": change(True, n_fits=2),
    "random_state": change(1),
    "precision": change("bfloat16"),
    "callbacks": change([LRScheduler("StepLR", step_size=1, gamma=0.5)]),
}
SIZES = {
    "cell": change("rnn"),
    "hidden_size": change(5),
    "num_layers": change(2),
    "embedding_dim": change(6),
}
OF_SEQUENCES = {
    "embedding_dim": change(6),
    "n_tokens": change(20),
    "fine_tune": change(True, X=EMBEDDED),
    "mask_value": change(None, X=PADDED),
    "embedding_dropout": change(0.5),
    "token_dropout": change(0.5),
}
OF_CLASSES = {"class_weight": change("balanced"), "label_smoothing": change(0.2)}


@cache
def pretrained():
    return FrozenEstimator(RNNLanguageModel(hidden_size=4, max_iter=1, random_state=0).fit(IDS))


OF_RECURRENT = {
    **SIZES,
    **OF_SEQUENCES,
    "bidirectional": change(True),
    "init": change(pretrained),
    "unfreeze": change(True),
    "rate_decay": change(2.0),
}
OF_POOLED = {**OF_RECURRENT, "pooling": change("mean"), "wide": change(2)}
OF_DECODERS = {
    **SIZES,
    "target_tokenizer": change(KmerTokenizer(2)),
    "max_tokens": change(5),
    "min_count": change(6),
    "beam_width": change(4, max_iter=1),
    "length_penalty": change(5.0, beam_width=4),
    "max_length": change(2),
    "metric": change(lambda true, predicted: 0.5),
}
SMALL = {"max_iter": 2, "learning_rate_init": 0.01, "random_state": 0, "batch_size": 4}
SMALL |= {"average": False, "dropout": 0.1, "validation_fraction": 0.3}
RNN = {**SMALL, "cell": "gru", "hidden_size": 4, "embedding_dim": 5}
ONE_WAY = {**RNN, "bidirectional": False}
CHARS = {"target_tokenizer": CharTokenizer(), "metric": "exact"}
# Each network with small parameters, its data, and its own parameters.
TABLE = [
    (RNNClassifier(wide=0, token_dropout=0.0, **ONE_WAY), IDS, CLASSES, OF_POOLED | OF_CLASSES),
    (
        RNNRegressor(wide=0, **ONE_WAY),
        IDS,
        NUMBERS,
        OF_POOLED | {"loss": change("absolute_error")},
    ),
    (
        RNNTagger(**ONE_WAY),
        IDS,
        TAGS,
        OF_RECURRENT
        | OF_CLASSES
        | {
            "crf": change(True),
            "constraints": change("BIO", crf=True),
            "metric": change("f1"),
            "mask_value": change(None, X=PADDED, y=[["B-x", "I-x", "B-x", "O", "O", "O"]] * 8),
        },
    ),
    (
        SequenceMLPClassifier(hidden_layer_sizes=(4,), embedding_dim=5, **SMALL),
        IDS,
        CLASSES,
        OF_SEQUENCES
        | OF_CLASSES
        | {
            "hidden_layer_sizes": change((3, 3)),
            "pooling": change("max"),
            "length": change(3, pooling="flatten"),
        },
    ),
    (
        SequenceCNNClassifier(n_filters=3, embedding_dim=5, **SMALL),
        IDS,
        CLASSES,
        OF_SEQUENCES | OF_CLASSES | {"kernel_sizes": change((2,)), "n_filters": change(4)},
    ),
    (
        RNNLanguageModel(n_steps=5, **RNN),
        TEXTS,
        None,
        SIZES
        | {
            "tokenizer": change(CharTokenizer()),
            "max_tokens": change(5),
            "min_count": change(6),
            "n_steps": change(3),
            "stateful": change(False),
            "tied": change(False),
            "softmax": change("adaptive"),
        },
    ),
    (
        RNNForecaster(n_lags=4, **{n: v for n, v in RNN.items() if n != "embedding_dim"}),
        None,
        SERIES,
        {n: c for n, c in SIZES.items() if n != "embedding_dim"}
        | {
            "n_lags": change(5),
            "horizon": change(2),
            "differences": change(()),
            "loss": change("absolute_error"),
        },
    ),
    (SequenceGenerator(**CHARS, **RNN), PADDED[:, 0], TEXTS, OF_DECODERS),
    (
        Seq2Seq(**CHARS, **ONE_WAY),
        TEXTS,
        TEXTS,
        OF_SEQUENCES
        | OF_DECODERS
        | {
            "tokenizer": change(CharTokenizer()),
            "attention": change(False),
            "bidirectional": change(True),
            "n_tokens": change(20, X=IDS),
        },
    ),
    (
        SkipThought(**ONE_WAY),
        STORIES,
        None,
        SIZES
        | {
            "tokenizer": change(CharTokenizer()),
            "max_tokens": change(5),
            "min_count": change(9),
            "softmax": change("adaptive"),
            "sentence_splitter": change(lambda text: text.split("!")),
            "max_length": change(2),
            "bidirectional": change(True),
            "expand_from": change(WORDS),
        },
    ),
]
CASES = {
    f"{type(model).__name__}-{name}": (model, X, y, name, entry)
    for model, X, y, own in TABLE
    for name, entry in (OF_ALL | own).items()
}


def test_the_table_has_every_parameter_of_every_network():
    assert {type(model) for model, *_ in TABLE} == {*NETWORKS}
    for model, _, _, own in TABLE:
        assert {*NONE, *OF_ALL, *own} == {*model.get_params(deep=False)}


def outcome(model, parameters, X, y, n_fits):
    """Return what a user sees of a fitted network: weights, losses, predictions and scores."""
    model = type(model)(**{**model.get_params(deep=False), **parameters})
    for _ in range(n_fits):
        model.fit(X, y)
    seen = {f"weights {n}": w.cpu().numpy() for n, w in model.net_.module_.state_dict().items()}
    seen |= {"losses": model.loss_curve_, "scores": model.validation_scores_}
    read = (["a b k"],) if isinstance(model, SkipThought) else (None if X is None else X[:3],)
    for method in ("predict", "predict_n_best", "transform", "score_samples"):
        if hasattr(model, method):
            seen[method] = [str(row) for row in getattr(model, method)(*read)]
    if hasattr(model, "score") and not isinstance(model, RNNForecaster):
        seen["score"] = model.score(X, y)
    return seen


def same(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


KNOWN: dict[Any, Any] = {}


@pytest.mark.parametrize("case", CASES)
def test_a_changed_parameter_changes_what_is_fitted_or_predicted(case):
    model, X, y, name, entry = CASES[case]
    X, y = X if entry.X is None else entry.X, y if entry.y is None else entry.y
    value = entry.value() if entry.value is pretrained else entry.value
    key = (type(model), id(entry.X), entry.n_fits, repr(entry.given))
    if key not in KNOWN:
        KNOWN[key] = outcome(model, entry.given, X, y, entry.n_fits)
    assert not same(KNOWN[key], outcome(model, entry.given | {name: value}, X, y, entry.n_fits))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: type(row[0]).__name__)
def test_the_same_parameters_have_the_same_outcome(row):
    model, X, y, _ = row
    assert same(*(outcome(model, {}, X, y, n_fits=1) for _ in range(2)))

"""Validation rows of their own: X_val and y_val of every network."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from textvec import (
    CharTokenizer,
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
)

from .public_networks import NETWORKS

RNG = np.random.default_rng(0)
ROWS = [RNG.integers(2, 12, size=RNG.integers(1, 9)).tolist() for _ in range(40)]
X = Ragged.from_rows(ROWS)
Y = np.array([i % 3 > 0 for i in range(40)])
TEXTS = ["".join("abcdefghijkl"[i] for i in row) for row in ROWS]
STORIES = [[" ".join(text) for text in pair] for pair in pairwise(TEXTS)]
SERIES = np.sin(np.arange(40.0)) + RNG.normal(size=40) / 9
NO_EMBEDDING = {"hidden_size": 3, "max_iter": 2, "random_state": 0}
RNN = {**NO_EMBEDDING, "embedding_dim": 4}
SMALL = {"embedding_dim": 4, "max_iter": 2, "random_state": 0}
CHARS = {"target_tokenizer": CharTokenizer()}
# Rows and, where there are any, targets.
TABLE = {
    RNNClassifier: (RNN, X, Y),
    RNNRegressor: (RNN, X, Y.astype(float)),
    RNNTagger: (RNN, X, Ragged.from_rows(ROWS)),
    SequenceMLPClassifier: (SMALL, X, Y),
    SequenceCNNClassifier: ({**SMALL, "n_filters": 3}, X, Y),
    RNNLanguageModel: ({**RNN, "tokenizer": CharTokenizer()}, TEXTS),
    RNNForecaster: ({**NO_EMBEDDING, "n_lags": 4, "horizon": 2}, None, SERIES),
    SequenceGenerator: ({**CHARS, **RNN}, RNG.normal(size=(40, 2)), TEXTS),
    Seq2Seq: ({**CHARS, **RNN, "tokenizer": CharTokenizer()}, TEXTS, TEXTS),
    SkipThought: (RNN, STORIES),
}
each = pytest.mark.parametrize("kind", TABLE)


def given(kind, rows, suffix=""):
    """Return some rows of the table as arguments of `fit`."""
    data = TABLE[kind][1:]
    return {
        f"{name}{suffix}": None if part is None else part[rows]
        for name, part in zip("Xy", data, strict=False)
    }


def fitted(kind, **options):
    model = kind(**TABLE[kind][0], **options)
    first, last = slice(0, 30), slice(30, None)
    return model.fit(**given(kind, first), **given(kind, last, "_val"))


def test_every_network_takes_them():
    assert {*TABLE} == {*NETWORKS}


@each
def test_they_are_scored_after_every_epoch_and_not_learned_from(kind):
    model = fitted(kind)
    plain = clone(model).fit(**given(kind, slice(0, 30)))
    assert model.loss_curve_ == plain.loss_curve_
    assert plain.validation_losses_ is plain.validation_scores_ is None
    assert len(model.validation_losses_) == len(model.validation_scores_) == 2
    assert model.best_validation_score_ == max(model.validation_scores_)


@each
def test_early_stopping_watches_them_and_holds_none_out(kind):
    options = {"early_stopping": True, "n_iter_no_change": 1, "tol": 10.0}
    model = clone(fitted(kind)).set_params(max_iter=9, **options)
    model.fit(**given(kind, slice(0, 30)), **given(kind, slice(30, None), "_val"))
    assert model.n_iter_ == len(model.validation_scores_) == 3
    plain = clone(model).set_params(early_stopping=False).fit(**given(kind, slice(0, 30)))
    assert plain.loss_curve_ == model.loss_curve_[: plain.n_iter_]


def test_the_score_of_a_language_model_is_its_own():
    model = fitted(RNNLanguageModel)
    assert model.validation_scores_[-1] == pytest.approx(model.score(TEXTS[30:]))
    assert model.validation_losses_[-1] == pytest.approx(-model.score(TEXTS[30:]), rel=1e-5)
    # Documents of other tokens do not change the vocabulary.
    other = clone(model).fit(TEXTS[:30], X_val=["xyz"])
    assert len(other.vectorizer_.vocabulary_) == len(model.vectorizer_.vocabulary_)
    assert other.validation_scores_[-1] == pytest.approx(other.score(["xyz"]))


@pytest.mark.parametrize("several", [False, True])
def test_a_forecast_of_each_validation_step(several):
    series, columns = np.c_[SERIES, SERIES**2], RNG.normal(size=(40, 1))
    parts = [slice(0, 40), slice(5, 38)] if several else [slice(0, 40)]
    y, Z = ([values[part] for part in parts] for values in (series, columns))
    n = 8  # validation steps of each series
    arguments = {
        "X": [z[:-n] for z in Z],
        "y": [s[:-n] for s in y],
        "X_val": [z[-n:] for z in Z],
        "y_val": [s[-n:] for s in y],
    }
    if not several:
        arguments = {name: value[0] for name, value in arguments.items()}
    model = RNNForecaster(n_lags=3, differences=(2, 1), **NO_EMBEDDING).fit(**arguments)
    scale = model.past_.scale.reshape(len(parts), 2)
    errors = []
    for step in range(n):
        past = [s[: len(s) - n + step] for s in y]
        past_X = [z[: len(z) - n + step] for z in Z]
        ahead = np.stack([z[[len(z) - n + step]] for z in Z])
        if not several:
            past, past_X, ahead = past[0], past_X[0], ahead[0]
        found = model.predict(ahead, past=past, past_X=past_X).reshape(len(parts), 2)
        errors.append((found - [s[len(s) - n + step] for s in y]) / scale)
    expected = np.mean(np.square(errors)) / 2
    assert model.validation_losses_[-1] == pytest.approx(expected, rel=1e-4)


def test_validation_steps_have_the_dates_that_follow():
    days = pd.Series(SERIES, pd.date_range("2024-01-01", periods=40))
    model = RNNForecaster(n_lags=4, **NO_EMBEDDING)
    expected = clone(model).fit(y=SERIES[:30], y_val=SERIES[30:31]).validation_losses_
    one_day = pd.Series(SERIES[[30]], [days.index[30]])  # of which pandas finds no frequency
    assert model.fit(y=days[:30], y_val=one_day).validation_losses_ == expected
    with pytest.raises(ValueError, match="row 0 of y_val is of 2024-02-01"):
        model.fit(y=days[:30], y_val=days[31:])


@pytest.mark.parametrize("kind", [RNNRegressor, SequenceGenerator, RNNForecaster])
def test_columns_of_a_frame_are_those_of_fit(kind):
    frame = pd.DataFrame(RNG.normal(size=(40, 3)), columns=["a", "b", "c"])
    y = TEXTS[:40] if kind is SequenceGenerator else SERIES
    model = kind(**TABLE[kind][0], warm_start=True)
    fit = {"X": frame[:30], "y": y[:30], "y_val": y[30:]}
    turned = frame[["c", "b", "a"]]
    with pytest.raises(ValueError, match=r"of X_val, [^\0]* same order as they were in fit"):
        model.fit(**fit, X_val=turned[30:])
    model.fit(**fit, X_val=frame[30:])
    with pytest.raises(
        ValueError, match=r"^The feature names [^\0]* same order as they were in fit"
    ):
        model.fit(**fit | {"X": turned[:30]}, X_val=turned[30:])
    with pytest.warns(
        UserWarning, match=f"X does not have valid feature names, but {kind.__name__}"
    ):
        model.fit(**fit, X_val=frame[30:].to_numpy())


@pytest.mark.parametrize(
    ("kind", "validation", "message"),
    [
        (RNNLanguageModel, {"X_val": X}, "of X_val, which .* fitted on texts, got ids"),
        (RNNLanguageModel, {"X_val": []}, "of X_val, which .* 0 sample"),
        (SkipThought, {"X_val": [["one"]]}, "of X_val, which .* has two sentences"),
        (Seq2Seq, {"X_val": TEXTS}, "y_val is None"),
        (Seq2Seq, {"X_val": [None], "y_val": ["a"]}, "of X_val, which .*None"),
        (Seq2Seq, {"X_val": TEXTS, "y_val": TEXTS[:3]}, "the validation rows: .*inconsistent"),
        (Seq2Seq, {"X_val": TEXTS[:1], "y_val": [3]}, "the validation rows: "),
        (SequenceGenerator, {"y_val": TEXTS}, "X_val is None"),
        (SequenceGenerator, {"X_val": np.ones((3, 5)), "y_val": TEXTS[:3]}, "of X_val, which"),
        (SequenceGenerator, {"sample_weight_val": [1.0]}, "X_val is None"),
        (RNNForecaster, {"X_val": np.ones((9, 1))}, "y_val is None"),
        (RNNForecaster, {"y_val": [1.0]}, "y_val has 1 steps, but horizon=2 needs at least 2"),
        (RNNForecaster, {"y_val": [SERIES]}, "follow those of one series of 1 .* a list of 1"),
        (RNNForecaster, {"y_val": [1.0, np.nan]}, "y_val contains NaN at step 1"),
    ],
)
def test_they_are_checked(kind, validation, message):
    model = kind(**TABLE[kind][0])
    with pytest.raises((TypeError, ValueError), match=message):
        model.fit(**given(kind, slice(0, 30)), **validation)
    assert not hasattr(model, "net_")


@pytest.mark.parametrize("kind", [RNNLanguageModel, SkipThought, Seq2Seq, RNNForecaster])
def test_a_checkpoint_is_of_the_same(kind, tmp_path):
    model = fitted(kind, checkpoint=tmp_path)
    again = clone(model).set_params(max_iter=3)
    again.fit(**given(kind, slice(0, 30)), **given(kind, slice(30, None), "_val"))
    assert again.validation_losses_[:2] == model.validation_losses_
    with pytest.raises(ValueError, match="the data [Xy]_val"):
        again.fit(**given(kind, slice(0, 30)), **given(kind, slice(31, None), "_val"))

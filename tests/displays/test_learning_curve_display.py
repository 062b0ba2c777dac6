"""Curves of trainings as plots."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline

from textvec import (
    LearningCurveDisplay,
    Ragged,
    RNNClassifier,
    SequenceMLPClassifier,
    SequencePadder,
)

mpl.use("agg")
from matplotlib import pyplot

RNG = np.random.default_rng(0)
X = Ragged.from_rows([RNG.integers(2, 9, size=RNG.integers(1, 9)) for _ in range(60)])
Y = np.array([7 in row for row in X])
SMALL = {"random_state": 0, "embedding_dim": 4, "max_iter": 4}


def test_the_curves_are_the_estimators():
    model = RNNClassifier(hidden_size=4, **SMALL).fit(X, Y)
    display = LearningCurveDisplay.from_estimator(model, linewidth=3)
    (line,) = display.lines_
    assert line.get_ydata().tolist() == model.loss_curve_
    assert line.get_xdata().tolist() == [1, 2, 3, 4]
    assert line.get_linewidth() == 3
    assert (display.score_ax_, display.best_epochs_) == (None, {})
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("epoch", "loss")


def test_the_best_epoch_is_the_one_whose_weights_were_kept():
    model = RNNClassifier(
        hidden_size=4,
        early_stopping=True,
        n_iter_no_change=20,
        validation_fraction=0.3,
        **{**SMALL, "max_iter": 12, "learning_rate_init": 0.03},
    ).fit(X, Y)
    figure, ax = pyplot.subplots()
    display = LearningCurveDisplay.from_estimator(make_pipeline(SequencePadder(9), model), ax=ax)
    assert (display.ax_, display.figure_) == (ax, figure)
    train, valid, score = (line.get_ydata().tolist() for line in display.lines_)
    assert train == model.loss_curve_
    assert valid == model.net_.history[:, "valid_loss"]
    assert score == model.validation_scores_
    best = display.best_epochs_["RNNClassifier"]
    cut = RNNClassifier(**{**model.get_params(), "max_iter": best}).fit(X, Y)
    np.testing.assert_array_equal(cut.predict_proba(X), model.predict_proba(X))
    assert display.score_ax_.get_ylabel() == "validation score (★ best epoch)"
    star = display.score_ax_.lines[-1]
    assert (star.get_xdata()[0], star.get_ydata()[0]) == (best, model.best_validation_score_)


def test_of_equal_scores_the_lower_loss_is_best_and_then_the_first():
    display = LearningCurveDisplay(
        losses={"a": [3, 2, 1], "b": [3, 2, 1]},
        validation_losses={"a": [3.0, 1.0, 2.0]},
        validation_scores={"a": [0.5, 0.5, 0.5], "b": [0.1, 0.6, 0.6]},
    ).plot()
    assert display.best_epochs_ == {"a": 2, "b": 2}


def test_several_estimators_searches_and_scikit_learns_own():
    rnn = RNNClassifier(hidden_size=4, **SMALL).fit(X, Y)
    mlp = SequenceMLPClassifier(early_stopping=True, **SMALL).fit(X, Y)
    display = LearningCurveDisplay.from_estimator({"recurrent": rnn, "dense": mlp})
    labels = [line.get_label() for line in display.lines_]
    assert labels == [
        "recurrent: training loss",
        "dense: training loss",
        "dense: validation loss",
        "dense: validation score",
    ]
    assert [t.get_text() for t in display.score_ax_.get_legend().get_texts()] == labels
    assert list(LearningCurveDisplay.from_estimator([rnn, mlp, rnn]).losses) == [
        "RNNClassifier",
        "SequenceMLPClassifier",
        "RNNClassifier 2",
    ]
    search = GridSearchCV(
        make_pipeline(SequencePadder(9), RNNClassifier(hidden_size=4, **SMALL)),
        {"rnnclassifier__max_iter": [2]},
        cv=2,
    ).fit(X, Y)
    assert len(LearningCurveDisplay.from_estimator(search).losses["RNNClassifier"]) == 2
    theirs = MLPClassifier((4,), early_stopping=True, max_iter=500, random_state=0)
    theirs.fit(RNG.normal(size=(60, 3)), Y)
    display = LearningCurveDisplay.from_estimator(theirs)
    assert display.validation_losses == {}
    best = display.best_epochs_["MLPClassifier"] - 1
    assert theirs.validation_scores_[best] == theirs.best_validation_score_


def test_mistakes_are_named():
    for none in ([], {}):
        with pytest.raises(ValueError, match="a trained estimator or some of them, got none"):
            LearningCurveDisplay.from_estimator(none)
    with pytest.raises(NotFittedError):
        LearningCurveDisplay.from_estimator(make_pipeline(SequencePadder(9), RNNClassifier()))
    fitted = LogisticRegression().fit([[0], [1]], [0, 1])
    with pytest.raises(TypeError, match="LogisticRegression has no loss_curve_: LearningCurveDisp"):
        LearningCurveDisplay.from_estimator(fitted)


def test_frame_has_a_row_for_each_epoch():
    plain = RNNClassifier(hidden_size=4, **SMALL).fit(X, Y)
    validated = RNNClassifier(hidden_size=4, early_stopping=True, **SMALL).fit(X, Y)
    frame = LearningCurveDisplay.from_estimator({"a": plain, "b": validated}).to_frame()
    a, b = (frame[frame["estimator"] == name] for name in "ab")
    assert a["epoch"].tolist() == [1, 2, 3, 4]
    assert a["loss"].tolist() == list(plain.loss_curve_)
    assert a[["validation_loss", "validation_score"]].isna().all(axis=None)
    assert b["loss"].tolist() == list(validated.loss_curve_)
    assert b["validation_score"].tolist() == list(validated.validation_scores_)
    assert b["validation_loss"].tolist() == list(validated.validation_losses_)

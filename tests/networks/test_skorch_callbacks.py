"""Callbacks of skorch on an estimator: each, alone and with others."""

from __future__ import annotations

import threading
from itertools import chain

import numpy as np
import pytest
import sklearn.callback
import torch
from sklearn.metrics import f1_score, get_scorer
from skorch.callbacks import (
    BatchScoring,
    Callback,
    Checkpoint,
    EarlyStopping,
    EpochScoring,
    Freezer,
    GradientNormClipping,
    LoadInitState,
    LRScheduler,
    ParamMapper,
    PassthroughScoring,
    PrintLog,
    ProgressBar,
    TrainEndCheckpoint,
)

from textvec import (
    Ragged,
    RNNClassifier,
    RNNLanguageModel,
    RNNRegressor,
    RNNTagger,
    Seq2Seq,
    SkipThought,
)

RNG = np.random.default_rng(0)
X = Ragged.from_rows([RNG.integers(2, 9, size=RNG.integers(1, 9)) for _ in range(80)])
Y = np.where([5 in row for row in X], "yes", "no")


def fitted(*callbacks, **options):
    options = {"hidden_size": 8, "embedding_dim": 8, "max_iter": 3, "random_state": 0, **options}
    return RNNClassifier(callbacks=list(callbacks), **options).fit(X, Y)


def weights_of(model):
    return dict(model.net_.module_.state_dict())


@pytest.fixture(scope="module")
def plain():
    return fitted()


def saved(folder):
    return torch.load(folder / "params.pt")


@pytest.mark.parametrize("others", [[], [GradientNormClipping(1e9)], [ProgressBar()]])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_checkpoint_of_every_epoch(tmp_path, others, early_stopping):
    name = "epoch-{last_epoch[epoch]}-{last_batch[train_batch_size]}"
    if early_stopping:
        name = "epoch-{last_epoch[epoch]}-{last_batch[valid_batch_size]}"
    checkpoint = Checkpoint(dirname=tmp_path, monitor=None, f_params=name)
    model = fitted(checkpoint, *others, early_stopping=early_stopping, n_iter_no_change=9)
    assert model.n_iter_ == 3
    assert model.net_.history[:, "event_cp"] == [True] * 3
    files = sorted(path.name for path in tmp_path.glob("epoch-*"))
    assert [name[:7] for name in files] == ["epoch-1", "epoch-2", "epoch-3"]


def test_checkpoint_of_the_best_validation_loss(tmp_path):
    checkpoint = Checkpoint(dirname=tmp_path, load_best=True)
    model = fitted(checkpoint, early_stopping=True, max_iter=6, learning_rate_init=0.05)
    losses = model.net_.history[:, "valid_loss"]
    saved_at = np.flatnonzero(model.net_.history[:, "event_cp"])
    assert saved_at[-1] == np.argmin(losses)
    assert model.net_.history[:, "valid_loss_best"] == model.net_.history[:, "event_cp"]


def test_checkpoint_of_the_best_training_loss(tmp_path, plain):
    fitted(Checkpoint(dirname=tmp_path, monitor="train_loss_best"))
    assert plain.net_.history[:, "train_loss_best"] == [True] * 3  # each is better than the last
    for name, weight in saved(tmp_path).items():
        assert torch.equal(weight, weights_of(plain)[name])


@pytest.mark.parametrize("others", [[], [GradientNormClipping(1e9)]])
def test_checkpoint_of_the_end(tmp_path, plain, others):
    model = fitted(TrainEndCheckpoint(dirname=tmp_path, fn_prefix=""), *others)
    assert model.n_iter_ == 3
    for name, weight in saved(tmp_path).items():
        assert torch.equal(weight, weights_of(plain)[name])


def test_training_goes_on_from_a_saved_state(tmp_path, plain):
    checkpoint = TrainEndCheckpoint(dirname=tmp_path)
    callbacks = [checkpoint, LoadInitState(checkpoint)]
    fitted(*callbacks)
    model = fitted(*callbacks)
    losses = model.net_.history[:, "train_loss"]
    assert losses[:3] == plain.loss_curve_
    assert len(losses) == 6
    assert losses[3] < losses[2]


def test_scores_of_epochs_and_batches():
    model = fitted(
        EpochScoring("accuracy", name="of_epochs", lower_is_better=False),
        EpochScoring("accuracy", name="of_training", on_train=True, lower_is_better=False),
        BatchScoring("accuracy", name="of_batches", lower_is_better=False),
        PassthroughScoring("valid_batch_size", lower_is_better=None),
        early_stopping=True,
    )
    history = model.net_.history
    assert history[:, "of_epochs"] == pytest.approx(model.validation_scores_)
    assert history[:, "of_batches"] == pytest.approx(model.validation_scores_)
    assert history[:, "valid_batch_size"] == [8] * 3
    assert len(history[:, "of_training"]) == 3


@pytest.mark.parametrize(
    ("y", "scoring"),
    [
        ((Y == "yes").astype(int), ["neg_log_loss", "neg_brier_score", "roc_auc"]),
        (X.lengths % 3, ["neg_log_loss", "neg_brier_score", "roc_auc_ovr"]),
        (np.c_[Y == "yes", X.lengths > 3, X.lengths > 5].astype(int), ["roc_auc"]),
    ],
)
def test_scores_of_probabilities(y, scoring):
    scores = [EpochScoring(name, name=name, lower_is_better=False) for name in scoring]
    model = RNNClassifier(hidden_size=8, embedding_dim=8, max_iter=2, callbacks=scores)
    model.fit(X, y, X_val=X, y_val=y)
    for name in scoring:
        assert model.net_.history[-1, name] == pytest.approx(get_scorer(name)(model, X, y))


@pytest.mark.parametrize("y", [1e3 + 50.0 * X.lengths, np.c_[X.lengths, 1e4 - X.lengths]])
@pytest.mark.parametrize("score", [EpochScoring, BatchScoring])
def test_scores_of_numbers_are_in_the_units_of_y(y, score):
    scoring = ["neg_mean_absolute_error", "neg_root_mean_squared_error", "neg_max_error", "r2"]
    scoring = scoring if y.ndim == 1 else scoring[:1]
    scores = [score(name, name=name, lower_is_better=False) for name in scoring]
    model = RNNRegressor(hidden_size=8, embedding_dim=8, max_iter=2, callbacks=scores)
    model.fit(X, y, X_val=X, y_val=y)
    for name in scoring:
        expected = get_scorer(name)(model, X, y)
        assert model.net_.history[-1, name] == pytest.approx(expected, rel=1e-5)


TAGS = [[None if i == 2 else f"B-{i % 3}" for i in row] for row in X.to_list()]
TINY = {"hidden_size": 4, "embedding_dim": 4, "max_iter": 2, "random_state": 0}


@pytest.mark.parametrize("crf", [False, True])
def test_scores_of_labels_are_those_of_steps_that_have_one(crf):
    scores = [
        EpochScoring("accuracy", name="of_epochs", lower_is_better=False),
        EpochScoring("accuracy", name="of_training", on_train=True, lower_is_better=False),
        EpochScoring("f1_macro", name="f1", lower_is_better=False),
        BatchScoring("accuracy", name="of_batches", lower_is_better=False),
    ]
    if not crf:
        scores.append(EpochScoring("neg_log_loss", name="loss", lower_is_better=False))
    model = RNNTagger(crf=crf, callbacks=scores, batch_size=16, **TINY)
    model.fit(X, TAGS, X_val=X, y_val=TAGS)
    history = model.net_.history
    assert history[:, "of_epochs"] == pytest.approx(model.validation_scores_)
    assert history[:, "of_batches"] == pytest.approx(model.validation_scores_)
    assert history[-1, "of_epochs"] == pytest.approx(model.score(X, TAGS))
    known = [(a, b) for a, b in zip(chain(*TAGS), model.predict(X).values, strict=True) if a]
    assert history[-1, "f1"] == pytest.approx(f1_score(*zip(*known, strict=True), average="macro"))
    if not crf:
        assert history[:, "loss"] == pytest.approx([-v for v in model.validation_losses_], rel=1e-5)


def test_scores_of_decoded_tokens_are_those_of_the_network():
    scores = [EpochScoring("accuracy", name="accuracy", lower_is_better=False)]
    model = Seq2Seq(callbacks=scores, early_stopping=True, **TINY).fit(X, X.to_list())
    assert model.net_.history[:, "accuracy"] == pytest.approx(model.validation_scores_)


@pytest.mark.parametrize(
    ("model", "rows", "scoring", "message"),
    [
        (RNNLanguageModel(**TINY), X, "accuracy", "watch valid_score, their mean log prob"),
        (SkipThought(**TINY), [["a b", "c", "a d"]] * 9, "accuracy", "watch valid_score"),
    ],
)
def test_what_has_no_predictions_says_so(model, rows, scoring, message):
    model.set_params(callbacks=[EpochScoring(scoring, name="it")])
    with pytest.raises(ValueError, match=message):
        model.fit(rows, X_val=rows)


def test_a_chain_has_no_probabilities_to_score():
    model = RNNTagger(crf=True, callbacks=[EpochScoring("neg_log_loss", name="it")], **TINY)
    with pytest.raises(ValueError, match="crf=True .* such as 'accuracy'"):
        model.fit(X, TAGS, X_val=X, y_val=TAGS)


@pytest.mark.parametrize("step_every", ["epoch", "batch"])
def test_learning_rate_schedules(step_every):
    schedule = LRScheduler("StepLR", step_size=1, gamma=0.5, step_every=step_every)
    model = fitted(schedule, batch_size=40, learning_rate_init=0.001)
    rates = model.net_.history[:, "event_lr"] if step_every == "epoch" else []
    assert rates == ([0.001, 0.0005, 0.00025] if step_every == "epoch" else [])
    steps = 3 if step_every == "epoch" else 6
    assert model.net_.optimizer_.param_groups[0]["lr"] == pytest.approx(0.001 * 0.5**steps)


def test_early_stopping_with_the_best_weights():
    stop = EarlyStopping(
        "train_loss", patience=2, threshold=10.0, threshold_mode="abs", load_best=True
    )
    model, first = fitted(stop, max_iter=9), fitted(max_iter=1)
    assert model.n_iter_ == 3  # two after the first, for none is better by 10
    for name, weight in weights_of(first).items():
        assert torch.equal(weights_of(model)[name], weight)


def start():
    """Return weights before training."""
    return weights_of(fitted(learning_rate_init=1e-30, optimizer="sgd", max_iter=1))


def test_gradients_are_clipped():
    model = fitted(GradientNormClipping(1e-30), clip_norm=None, optimizer="sgd")
    for name, weight in start().items():
        torch.testing.assert_close(weights_of(model)[name], weight, atol=1e-20, rtol=0)


def test_frozen_parameters():
    weights = weights_of(fitted(Freezer("encoder.*")))
    for name, weight in start().items():
        same = torch.allclose(weights[name], weight, atol=1e-20, rtol=0)
        assert same == name.startswith("encoder")


def test_mapped_parameters():
    model = fitted(
        ParamMapper("head.*", torch.nn.init.ones_, at=3), learning_rate_init=1e-30, average=False
    )
    assert (weights_of(model)["head.weight"] == 1).all()


def test_progress_and_table(capsys):
    lines = []
    fitted(ProgressBar(), PrintLog(sink=lines.append))
    assert lines[0].split() == ["epoch", "train_loss", "dur"]
    assert len(lines) == 5
    assert "0/3" in capsys.readouterr().err


class Logger(Callback):
    """Holds what cannot be copied."""

    def __init__(self, writer):
        self.writer = writer
        self.epochs = 0

    def on_epoch_end(self, net, **kwargs):
        self.epochs += 1


def test_a_callback_that_cannot_be_copied_is_made_by_a_function():
    with pytest.raises(TypeError, match="the callbacks cannot be copied.*: pass a function"):
        fitted(Logger(threading.Lock()))
    logger = Logger(threading.Lock())
    model = fitted(lambda: logger, warm_start=True)
    assert logger.epochs == 3
    model.fit(X, Y)
    assert (logger.epochs, model.n_iter_) == (6, 6)


@pytest.mark.parametrize(
    ("callback", "message"),
    [
        (sklearn.callback.ProgressBar(), "ProgressBar is no callback of skorch: .*set_callbacks"),
        (3, "int is no callback of skorch: callbacks takes those of skorch"),
    ],
)
def test_what_is_no_callback(callback, message):
    with pytest.raises(TypeError, match=message):
        fitted(callback)


@pytest.mark.parametrize("watch", [lambda: EarlyStopping(monitor="valid_loss"), Checkpoint])
def test_a_validation_score_that_is_not_there(watch):
    with pytest.raises(ValueError, match="watches a validation score.*: set early_stopping=True"):
        fitted(watch())


def test_a_score_that_is_not_recorded():
    with pytest.raises(ValueError, match=r"'valid_acc'.*: these are: .*valid_score.*EpochScoring"):
        fitted(EarlyStopping(monitor="valid_acc"), early_stopping=True)


def test_a_schedule_that_skorch_does_not_know_by_name():
    message = r"'LinearLR'.*: pass the class, as in policy=torch.optim.lr_scheduler.LinearLR"
    with pytest.raises(ValueError, match=message):
        fitted(LRScheduler("LinearLR", total_iters=3))

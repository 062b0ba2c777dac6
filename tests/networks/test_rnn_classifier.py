"""RNNClassifier as a scikit-learn estimator, on every form of input."""

from __future__ import annotations

import copy
import pickle
import random

import joblib
import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from skorch.callbacks import Callback, LRScheduler

import textvec
from textvec import EmbeddedSequences, Ragged, RNNClassifier, RNNRegressor


def make_rows(n=120, seed=0):
    """Make rows of ids, and whether 7 comes before 9 in them."""
    rng = np.random.default_rng(seed)
    rows = [rng.permutation(np.arange(2, rng.integers(10, 14))) for _ in range(n)]
    y = np.array([list(r).index(7) < list(r).index(9) for r in rows])
    return Ragged.from_rows(rows), y


X, Y = make_rows()
TABLE = np.vstack([np.zeros(4), np.random.default_rng(1).normal(size=(13, 4))]).astype(np.float32)
EMBEDDED = EmbeddedSequences(X, TABLE)
SMALL = {"cell": "gru", "hidden_size": 6, "embedding_dim": 4, "random_state": 0, "max_iter": 2}


def small(**options):
    return RNNClassifier(**{**SMALL, **options})


def weights_of(model):
    return {name: value.clone() for name, value in model.net_.module_.state_dict().items()}


def same_weights(a, b):
    return all(torch.equal(a[name], b[name]) for name in a)


# --- what it predicts -------------------------------------------------------------------------


def test_learns_an_order_of_words():
    more, y = make_rows(300)
    model = small(hidden_size=32, learning_rate_init=0.01, max_iter=12).fit(more[:200], y[:200])
    assert model.score(more[200:], y[200:]) > 0.95


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
def test_padding_and_company_change_nothing(pooling, bidirectional):
    rows = X.concat(Ragged.from_rows([[], [5]], dtype=int))
    model = small(pooling=pooling, bidirectional=bidirectional, num_layers=2).fit(X, Y)
    expected = model.predict_proba(rows)
    assert np.isfinite(expected).all()
    forms = {
        "post": rows.to_padded(20),
        "pre": rows.to_padded(20, padding="pre"),
        "list": rows.to_padded(20).tolist(),
        "backwards": rows[::-1],
    }
    forms["backwards"] = rows[np.arange(len(rows))[::-1]]
    for name, form in forms.items():
        got = model.predict_proba(form)
        np.testing.assert_allclose(got[::-1] if name == "backwards" else got, expected, atol=1e-5)
    alone = np.vstack([model.predict_proba(rows[i : i + 1]) for i in range(len(rows))])
    np.testing.assert_allclose(alone, expected, atol=1e-5)


@pytest.mark.parametrize("pooling", ["last", "max"])
def test_vectors_are_the_same_in_every_container(pooling):
    fits = [
        EMBEDDED,
        EMBEDDED.to_ragged(),
        np.asarray(EMBEDDED),
        np.asarray(EmbeddedSequences(X, TABLE, length=20, padding="pre")),
    ]
    models = [small(pooling=pooling, bidirectional=True).fit(form, Y) for form in fits]
    expected = models[0].predict_proba(EMBEDDED)
    for model, form in zip(models, fits, strict=True):
        np.testing.assert_allclose(models[0].predict_proba(form), expected, atol=1e-5)
        np.testing.assert_allclose(model.predict_proba(form), expected, atol=1e-5)


def test_series_of_numbers_as_array_or_ragged():
    series = np.random.default_rng(0).normal(size=(40, 9))
    y = (series[:, 0] > 0).astype(int)
    ragged = Ragged.from_rows(list(series))
    cube = series[:, :, None]
    models = [small(mask_value=None).fit(form, y) for form in (series, ragged, cube)]
    expected = models[0].predict_proba(series)
    for model, form in zip(models, (series, ragged, cube), strict=True):
        np.testing.assert_allclose(model.predict_proba(form), expected, atol=1e-6)
    short = Ragged.from_rows([row[:4] for row in series])
    assert models[0].predict_proba(short).shape == (40, 2)
    with pytest.raises(ValueError, match="X has 4 features, but RNNClassifier is expecting 9"):
        models[0].predict(series[:, :4])


@pytest.mark.parametrize(
    "labels",
    [
        np.array(["nay", "yea", "so so"]),
        np.array(["nay", "yea", "so so"], dtype=object),
        np.array([3, -1, 20]),
        np.array([False, True]),
        np.array([1.0, 2.0]),
    ],
    ids=lambda labels: str(labels.dtype),
)
def test_any_labels(labels):
    y = labels[np.arange(len(X)) % len(labels)]
    model = small().fit(X, y)
    assert model.classes_.tolist() == sorted(labels.tolist())
    assert model.predict(X).dtype == labels.dtype
    proba = model.predict_proba(X)
    assert proba.shape == (len(X), len(labels))
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(model.predict(X), model.classes_[proba.argmax(axis=1)])
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), proba, rtol=1e-6)
    assert model.predict(X[:0]).shape == (0,)
    assert model.predict_proba(X[:0]).shape == (0, len(labels))


def test_labels_of_which_a_row_has_any_number():
    y = np.column_stack([Y, ~Y, X.lengths > 9]).astype(int)
    model = small(learning_rate_init=0.02, hidden_size=24, max_iter=15).fit(X, y)
    assert model.classes_.tolist() == [0, 1, 2]
    proba, predicted = model.predict_proba(X), model.predict(X)
    assert proba.shape == predicted.shape == y.shape
    np.testing.assert_array_equal(predicted, (proba > 0.5).astype(int))
    assert model.score(X, y) == pytest.approx((predicted == y).all(axis=1).mean())
    assert (predicted == y).mean() > 0.8
    for form in (y.tolist(), y.astype(bool), csr_array(y)):
        again = small(max_iter=1, early_stopping=True).fit(X, form)
        expected = small(max_iter=1, early_stopping=True).fit(X, y).predict_proba(X)
        np.testing.assert_array_equal(again.predict_proba(X), expected)
    parts = small().partial_fit(X, y, classes=[0, 1, 2])
    with pytest.raises(ValueError, match="`y` has 2 columns, but RNNClassifier has 3 classes"):
        parts.partial_fit(X, y[:, :2])
    with pytest.raises(ValueError, match="must hold 0 and 1 only"):
        small().fit(X, y + 1)


# --- the table of vectors ---------------------------------------------------------------------


def test_frozen_vectors_are_input_and_tuned_ones_are_learned():
    frozen = small().fit(EMBEDDED, Y)
    assert frozen.net_.module_.embedding is None
    before = TABLE.copy()
    tuned = small(fine_tune=True).fit(EMBEDDED, Y)
    learned = tuned.net_.module_.embedding.weight.detach().cpu().numpy()
    np.testing.assert_array_equal(TABLE, before)
    assert not learned[0].any()
    assert np.abs(learned - TABLE)[2:].max() > 0
    np.testing.assert_array_equal(tuned.predict(EMBEDDED), tuned.predict(X))
    with pytest.raises(ValueError, match="the table of X is not the one RNNClassifier was fitted"):
        tuned.predict(EmbeddedSequences(X, TABLE * 2))
    assert len(pickle.dumps(frozen)) < len(pickle.dumps(tuned))


def test_ids_never_seen():
    later = Ragged.from_rows([[99, 5], [1, 5]])
    guessed = small().fit(X.to_padded(), Y)
    np.testing.assert_array_equal(*guessed.predict_proba(later.to_padded()))
    with pytest.raises(ValueError, match="the largest id is 99, but the embedding has 20 rows"):
        small(n_tokens=20).fit(X, Y).predict(later)
    known = small().fit(Ragged(X.values, X.offsets, n_ids=50), Y)
    assert known.net_.module_.embedding.num_embeddings == 50
    with pytest.raises(ValueError, match="the largest id is 99, but the embedding has 50 rows"):
        known.predict(later)


# --- randomness -------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_weights_and_touches_no_generator():
    model = small(dropout=0.2, early_stopping=True, validation_fraction=0.2)
    numpy_state = np.random.get_state
    states = torch.get_rng_state(), numpy_state()[1].copy(), random.getstate()
    first = weights_of(model.fit(X, Y))
    assert torch.equal(torch.get_rng_state(), states[0])
    np.testing.assert_array_equal(numpy_state()[1], states[1])
    assert random.getstate() == states[2]
    torch.manual_seed(99)
    assert same_weights(first, weights_of(clone(model).fit(X, Y)))
    assert not same_weights(first, weights_of(clone(model).set_params(random_state=1).fit(X, Y)))


def test_refit_is_a_fresh_fit():
    refitted = small().fit(np.ones((4, 3, 2)), [0, 1, 2, 0]).fit(X, Y)
    fresh = small().fit(X, Y)
    assert same_weights(weights_of(refitted), weights_of(fresh))
    assert set(vars(refitted)) == set(vars(fresh))
    assert not hasattr(refitted, "n_features_in_")


# --- training ---------------------------------------------------------------------------------


def test_early_stopping_restores_the_best_weights():
    seen = []

    class Watch(Callback):
        def on_epoch_end(self, net, **kwargs):
            seen.append(net.history[-1, "valid_score"])

    model = small(
        early_stopping=True,
        validation_fraction=0.25,
        n_iter_no_change=2,
        max_iter=40,
        learning_rate_init=0.05,
        callbacks=[Watch()],
    ).fit(X, Y)
    scores = model.validation_scores_
    assert len(scores) == model.n_iter_ == len(model.loss_curve_) < 40
    assert model.best_validation_score_ == max(scores)
    draws = np.random.RandomState(0)
    draws.randint(2**31 - 1)  # the weights' seed is drawn first
    _, valid = train_test_split(np.arange(len(X)), test_size=0.25, stratify=Y, random_state=draws)
    assert model.score(X[valid], Y[valid]) == pytest.approx(max(scores))


def test_without_validation_the_training_loss_decides():
    model = small(max_iter=50, tol=10.0, n_iter_no_change=1).fit(X, Y)
    # The first epoch always improves; then more than one without improvement.
    assert model.n_iter_ == 3
    assert model.validation_scores_ is model.best_validation_score_ is None


def test_a_split_without_all_classes_is_an_error():
    y = np.where(np.arange(len(X)) == 3, "rare", "often")
    with pytest.raises(ValueError, match="holds out validation_fraction=0.1 of the 120 rows"):
        small(early_stopping=True).fit(X, y)


def test_weights_of_rows_and_classes():
    y = np.arange(len(X)) < 20
    balanced = small(class_weight="balanced").fit(X, y)
    by_hand = small().fit(X, y, sample_weight=np.where(y, 3.0, 0.6))
    assert same_weights(weights_of(balanced), weights_of(by_hand))
    assert balanced.predict_proba(X)[:, 1].mean() > small().fit(X, y).predict_proba(X)[:, 1].mean()
    ones = small().fit(X, y, sample_weight=np.ones(len(X)))
    np.testing.assert_allclose(ones.predict_proba(X), small().fit(X, y).predict_proba(X), atol=1e-5)
    first = np.arange(len(X)) < 60
    right = balanced.predict(X[:60]) == y[:60]
    assert balanced.score(X, y, sample_weight=first) == pytest.approx(right.mean())


def test_partial_fit_and_warm_start_go_on():
    whole = small(max_iter=4).fit(X, Y)
    warm = small(max_iter=2, warm_start=True).fit(X, Y).fit(X, Y)
    assert warm.n_iter_ == len(warm.loss_curve_) == 4
    assert warm.loss_curve_ == whole.loss_curve_
    parts = small()
    for _ in range(4):
        parts.partial_fit(X, Y, classes=[False, True])
    assert same_weights(weights_of(parts), weights_of(whole))
    assert same_weights(weights_of(warm), weights_of(whole))


def test_partial_fit_knows_its_classes():
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        small().partial_fit(X, Y)
    model = small().partial_fit(X, np.zeros(len(X), int), classes=[0, 1, 2])
    assert model.predict_proba(X).shape == (len(X), 3)
    with pytest.raises(ValueError, match="is not the same as on last call to partial_fit"):
        model.partial_fit(X, Y, classes=[0, 1])
    with pytest.raises(ValueError, match=r"`y` has classes not in self.classes_: \[7\]"):
        model.partial_fit(X, np.full(len(X), 7))
    with pytest.raises(ValueError, match="does not support early_stopping"):
        small(early_stopping=True).partial_fit(X, Y, classes=[0, 1])


class StopAt(Callback):
    def __init__(self, epoch, error):
        self.epoch = epoch
        self.error = error

    def on_batch_begin(self, net, **kwargs):
        if len(net.history) == self.epoch:
            raise self.error


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
@pytest.mark.parametrize("call", ["fit", "warm", "partial_fit"])
def test_an_interrupted_fit_changes_nothing(call, error):
    # A whole epoch would be kept by an interruption, not by an error. The others go on from 3.
    epoch = (1 if error is KeyboardInterrupt else 2) if call == "fit" else 4
    model = small(callbacks=[StopAt(epoch, error)], max_iter=3, warm_start=call == "warm")
    if call == "fit":
        with pytest.raises(error):
            model.fit(X, Y)
        assert not [name for name in vars(model) if name.endswith("_")]
        model.set_params(callbacks=None).fit(X, Y).set_params(callbacks=[StopAt(epoch, error)])
    else:
        model.fit(X, Y)
    before, weights = dict(vars(model)), weights_of(model)
    with pytest.raises(error):
        (model.partial_fit if call == "partial_fit" else model.fit)(X, Y)
    assert vars(model) == before
    assert same_weights(weights_of(model), weights)
    assert len(model.net_.history) == 3


def test_callbacks_are_copied_and_cloned():
    scheduler = LRScheduler("StepLR", step_size=1, gamma=0.5)
    model = small(callbacks=[("rate", scheduler)], learning_rate_init=1e-3)
    clone(model).fit(X, Y)
    model.fit(X, Y)
    assert not hasattr(scheduler, "lr_scheduler_")
    assert model.net_.optimizer_.param_groups[0]["lr"] == pytest.approx(0.25e-3)
    pickle.dumps(model)


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "rmsprop", "sgd", torch.optim.NAdam])
def test_optimizers(optimizer):
    model = small(optimizer=optimizer, weight_decay=0.01, dropout=0.1, num_layers=2).fit(X, Y)
    assert np.isfinite(model.loss_curve_).all()
    with pytest.raises(ValueError, match="must be one of"):
        small(optimizer=int).fit(X, Y)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_bfloat16_is_near_float32(cell):
    models = [small(cell=cell, precision=p).fit(X, Y) for p in ("float32", "bfloat16")]
    probas = [m.predict_proba(X) for m in models]
    assert probas[1].dtype == np.float32
    np.testing.assert_allclose(*probas, atol=0.05)


# --- around it --------------------------------------------------------------------------------


@pytest.mark.parametrize("save", [pickle.dumps, copy.deepcopy, joblib.hash])
def test_copies_predict_and_train_on_the_same(save):
    model = small(dropout=0.2, bidirectional=True).fit(X, Y)
    if save is joblib.hash:
        assert save(model.predict_proba(X)) == save(model.predict_proba(X))
        return
    other = pickle.loads(save(model)) if save is pickle.dumps else save(model)
    np.testing.assert_array_equal(other.predict_proba(X), model.predict_proba(X))
    other.partial_fit(X, Y)
    assert same_weights(weights_of(other), weights_of(model.partial_fit(X, Y)))


def test_search_in_two_processes_and_cross_validation():
    search = GridSearchCV(small(), {"cell": ["rnn", "lstm"]}, n_jobs=2, cv=2).fit(X, Y)
    assert search.best_estimator_.predict(X).shape == (len(X),)
    alone = GridSearchCV(small(), {"cell": ["rnn", "lstm"]}, cv=2).fit(X, Y)
    scores = [s.cv_results_["mean_test_score"] for s in (search, alone)]
    np.testing.assert_allclose(*scores, atol=0.02)
    assert len(cross_val_score(small(), EMBEDDED, Y, cv=3)) == 3


def test_scikit_learn_callbacks_see_every_epoch(capsys):
    monitor = ScoringMonitor(scoring="accuracy")
    model = small(max_iter=3).set_callbacks(monitor, ProgressBar()).fit(X, Y)
    log = monitor.get_logs().data
    epochs = [row["accuracy"] for row in log if row["task_name"] == "epoch"]
    assert len(epochs) == 3
    assert epochs[-1] == pytest.approx(model.score(X, Y))
    assert same_weights(weights_of(model), weights_of(small(max_iter=3).fit(X, Y)))
    assert "_callback_fit_ctx" not in vars(model)
    capsys.readouterr()


def test_scikit_learn_callbacks_inside_pipeline_and_search(capsys):
    monitor = ScoringMonitor(scoring="accuracy")
    pipeline = make_pipeline(FunctionTransformer(), small().set_callbacks(monitor))
    grid = {"rnnclassifier__hidden_size": [2, 3]}
    GridSearchCV(pipeline, grid, cv=2).set_callbacks(ProgressBar()).fit(X, Y)
    rows = [row for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    assert len(rows) == 2 * (2 * 2 + 1)
    capsys.readouterr()


def test_a_callback_of_scikit_learn_can_stop():
    class Stop:
        def setup(self, estimator, context): ...
        def teardown(self, estimator, context): ...
        def on_fit_task_begin(self, estimator, context): ...
        def on_fit_task_end(self, estimator, context):
            return context.task_name == "epoch" and context.task_id == 1

    assert small(max_iter=9).set_callbacks(Stop()).fit(X, Y).n_iter_ == 2


def test_verbose_prints_a_line_an_epoch(capsys):
    class Measure(Callback):
        def on_epoch_end(self, net, **kwargs):
            net.history.record("norm", 1.5)

    model = small(verbose=1, max_iter=2, callbacks=[Measure()])
    model.fit(X, Y, X_val=X[:9], y_val=Y[:9])
    figures = [
        f"loss {model.loss_curve_[1]:.4g}",
        f"validation loss {model.validation_losses_[1]:.4g}",
        f"validation accuracy {model.validation_scores_[1]:.4g}",
    ]
    line = capsys.readouterr().out.splitlines()[1]
    assert line.startswith("[RNNClassifier] epoch 2 of 2: ")
    assert line.endswith(" s")
    assert all(figure in line.split(": ")[1].split(", ") for figure in figures)
    assert ", norm 1.5, " in line
    model.partial_fit(X, Y)
    assert "[RNNClassifier] epoch 3 of 3: loss " in capsys.readouterr().out
    small().fit(X, Y)
    assert capsys.readouterr().out == ""


def test_verbose_prints_why_training_ended(capsys):
    # With weights that stay as they are, the first epoch is the best.
    stays = {"learning_rate_init": 1e-12, "n_iter_no_change": 1, "early_stopping": True}
    model = small(verbose=1, max_iter=9, **stays).fit(X, Y)
    *epochs, stopped, restored = capsys.readouterr().out.splitlines()
    assert len(epochs) == model.n_iter_ == 3
    assert stopped.startswith("[RNNClassifier] stopped early: 2 epochs in which the validation ")
    assert restored.startswith("[RNNClassifier] weights of epoch 1 restored")


@pytest.mark.parametrize(
    ("model", "frozen"),
    [
        (RNNClassifier(wide=2, n_tokens=30, max_iter=1), "262,174"),
        (RNNClassifier(wide=0, n_tokens=30, max_iter=1), "0"),
        (RNNRegressor(wide=2, n_tokens=30, max_iter=1), "262,174"),
    ],
)
def test_a_linear_path_that_is_fitted_is_not_trainable(model, frozen, capsys):
    X, y = [[3, 4], [5, 4], [3, 6], [5, 6]], [0, 1, 0, 1]
    expected = f"Non-trainable params: {frozen}"
    for given in ((X, y), (None, y), ()):
        (model if given else model.fit(X, y)).summary(*given)
        assert expected in capsys.readouterr().out.splitlines()
    model.partial_fit(X, y)
    model.summary()
    assert expected in capsys.readouterr().out.splitlines()


def test_a_linear_path_of_parts_is_trained(capsys):
    RNNClassifier(wide=2, n_tokens=30).partial_fit([[3, 4]], [1], classes=[0, 1]).summary()
    assert "Non-trainable params: 0" in capsys.readouterr().out.splitlines()


def test_fitted_weights_of_an_unknown_number_of_outputs(capsys):
    RNNClassifier(wide=2, n_tokens=30).summary([[3, 4]])
    *_, trainable, frozen = capsys.readouterr().out.splitlines()
    assert trainable.endswith(" + ?")
    assert frozen == "Non-trainable params: 0 + ?"


def test_summary_counts_what_torch_counts(capsys):
    with pytest.raises(NotFittedError):
        small().summary()
    model = small(cell="lstm", num_layers=2, bidirectional=True, n_tokens=20).fit(X, Y)
    assert model.summary() is None
    text = capsys.readouterr().out
    total = sum(p.numel() for p in model.net_.module_.parameters())
    assert f"Total params: {total:,}" in text
    lines = [line.split("  ")[0] for line in text.splitlines()]
    assert "lstm_2 (Bidirectional LSTM)" in lines
    assert "(None, None, 12)" in text
    assert "Trainable params" in text


def test_frames_give_feature_names():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X.to_padded(), columns=[f"step {i}" for i in range(X.lengths.max())])
    model = small().fit(frame, Y)
    assert model.n_features_in_ == len(model.feature_names_in_) == frame.shape[1]
    np.testing.assert_array_equal(model.predict(frame), small().fit(X, Y).predict(X))


def test_labels_must_match_rows():
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        small().fit(X, Y[:-1])
    with pytest.raises(ValueError, match="at least 2 classes, got one class: 'a'"):
        small().fit(X, ["a"] * len(X))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_cuda_predicts_as_the_cpu(precision):
    model = small(device="cuda", precision=precision, dropout=0.1).fit(X, Y)
    expected = model.predict_proba(X)
    model.net_.module_.cpu()
    np.testing.assert_allclose(model.predict_proba(X), expected, atol=1e-2)


@pytest.mark.parametrize("weight", [-2, np.nan, np.inf, "1"])
def test_class_weights_are_checked(weight):
    y = np.where(Y, "yes", "no")
    with pytest.raises(ValueError, match="class_weight of 'yes' must be a finite number"):
        small(class_weight={"yes": weight, "no": 1}).fit(X, y)


def test_weights_of_nothing_are_named():
    y = np.where(Y, "yes", "no")
    with pytest.raises(ValueError, match="class_weight=.* leave no row a weight above 0"):
        small(class_weight={"yes": 0, "no": 0}).fit(X, y)
    weights = np.r_[np.zeros(len(y) - 1), 1]
    with pytest.raises(ValueError, match=r"there are \d+ rows to (train|validate) on, all of"):
        small(early_stopping=True).fit(X, y, sample_weight=weights)


@pytest.mark.parametrize("scale", [2.0**-1000, 2.0**-140, 2.0**140, 2.0**1000])
def test_only_the_proportion_of_weights_counts(scale):
    weights = np.where(Y, 1.0, 3.0)
    plain = small(max_iter=2, early_stopping=True).fit(X, Y, sample_weight=weights)
    scaled = small(max_iter=2, early_stopping=True).fit(X, Y, sample_weight=weights * scale)
    assert scaled.loss_curve_ == plain.loss_curve_
    assert scaled.validation_scores_ == plain.validation_scores_
    by_class = {True: scale, False: 3 * scale}
    weighted = small(max_iter=2, early_stopping=True, class_weight=by_class).fit(X, Y)
    assert weighted.loss_curve_ == plain.loss_curve_


# --- how it is trained ------------------------------------------------------------------------


class Rates(Callback):
    """Note the learning rate at the end of each epoch in the history."""

    def on_epoch_end(self, net, **kwargs):
        net.history.record("rate", net.optimizer_.param_groups[0]["lr"])


def scheduled(**options):
    return small(
        max_iter=4, batch_size=len(X), learning_rate_init=0.01, callbacks=[Rates()]
    ).set_params(**options)


@pytest.mark.parametrize(
    ("learning_rate", "shares"),
    [
        ("constant", [1, 1, 1, 1]),
        ("linear", [0.875, 0.625, 0.375, 0.125]),
        ("cosine", [0.962, 0.691, 0.309, 0.038]),
    ],
)
def test_the_learning_rate_takes_its_course(learning_rate, shares):
    model = scheduled(learning_rate=learning_rate).fit(X, Y)
    assert model.net_.history[:, "rate"] == pytest.approx([0.01 * s for s in shares], abs=1e-5)
    assert model.net_.optimizer_.param_groups[0]["lr"] == 0.01


def test_each_fit_has_its_course_and_partial_fit_a_constant_rate():
    model = scheduled(learning_rate="linear", max_iter=2, warm_start=True).fit(X, Y)
    model.fit(X, Y).partial_fit(X, Y)
    expected = [0.0075, 0.0025, 0.0075, 0.0025, 0.01]
    assert model.net_.history[:, "rate"] == pytest.approx(expected)


def test_the_warmup_comes_before_the_course():
    model = scheduled(learning_rate="linear", warmup=0.5).fit(X, Y)
    expected = [0.0025, 0.0075, 0.0075, 0.0025]
    assert model.net_.history[:, "rate"] == pytest.approx(expected)


@pytest.mark.parametrize(
    "schedule", [LRScheduler("StepLR", step_size=1), LRScheduler, ("rate", LRScheduler)]
)
def test_two_schedules_are_an_error(schedule):
    with pytest.raises(ValueError, match="both would set the learning rate"):
        small(learning_rate="linear", callbacks=[schedule]).fit(X, Y)


def test_averaged_weights_are_those_of_one_training_however_it_is_cut(tmp_path):
    whole = small(average=True, max_iter=4).fit(X, Y)
    plain = small(average=False, max_iter=4).fit(X, Y)
    assert not same_weights(weights_of(whole), weights_of(plain))
    warm = small(average=True, max_iter=2, warm_start=True).fit(X, Y)
    textvec.save(warm, tmp_path / "warm", training_state=True)
    for model in (pickle.loads(pickle.dumps(warm)), textvec.load(tmp_path / "warm"), warm):
        assert same_weights(weights_of(model.fit(X, Y)), weights_of(whole))
    parts = small(average=True)
    for _ in range(4):
        parts.partial_fit(X, Y, classes=[False, True])
    assert same_weights(weights_of(parts), weights_of(whole))


def test_a_dropout_of_the_embedding_takes_the_place_of_dropout_there():
    plain = small(dropout=0.3).fit(X, Y)
    same = small(dropout=0.3, embedding_dropout=0.3).fit(X, Y)
    assert same_weights(weights_of(plain), weights_of(same))
    none = small(dropout=0.0, embedding_dropout=0.0).fit(X, Y)
    assert same_weights(weights_of(none), weights_of(small(dropout=0.0).fit(X, Y)))
    other = small(dropout=0.3, embedding_dropout=0.0).fit(X, Y)
    assert not same_weights(weights_of(plain), weights_of(other))


def test_dropouts_may_change_where_training_continues():
    model = small(warm_start=True).fit(X, Y)
    model.set_params(dropout=0.2, embedding_dropout=0.1, token_dropout=0.3).fit(X, Y)
    body, encoder = model.net_.module_.body, model.net_.module_.encoder
    assert (body.dropout.p, body.input_dropout, encoder.token_dropout.p) == (0.2, 0.1, 0.3)


def test_tokens_are_dropped_in_training_only():
    model = small(token_dropout=0.5).fit(X, Y)
    assert not same_weights(weights_of(model), weights_of(small().fit(X, Y)))
    np.testing.assert_array_equal(model.predict_proba(X), model.predict_proba(X))
    with_vectors = small(token_dropout=0.5).fit(EMBEDDED, Y)
    assert not same_weights(weights_of(with_vectors), weights_of(small().fit(EMBEDDED, Y)))


def test_the_wide_path_learns_pairs_that_a_mean_of_ids_does_not_know():
    rng = np.random.default_rng(0)
    rows = [rng.integers(4, 30, size=8) for _ in range(300)]
    y = np.arange(300) % 2
    for row, label in zip(rows, y, strict=True):
        row[3:5] = (2, 3) if label else (3, 2)
    ids = Ragged.from_rows(rows)
    options = {"pooling": "mean", "learning_rate_init": 0.02, "max_iter": 30}
    model = small(wide=2, **options).fit(ids[:200], y[:200])
    assert model.score(ids[200:], y[200:]) > 0.95


def test_the_wide_path_is_of_pairs_where_an_embedding_of_many_ids_is_new():
    def fitted(X=X, **options):
        return weights_of(small(**options).fit(X, Y))

    assert RNNClassifier().wide == "auto"
    for options in ({}, {"fine_tune": True}):  # which is of EmbeddedSequences alone
        assert same_weights(fitted(n_tokens=33, wide=2), fitted(n_tokens=33, **options))
    pretrained = FrozenEstimator(small(n_tokens=33, wide=0).fit(X, Y))
    many = EmbeddedSequences(EMBEDDED.ids, np.zeros((33, 2), np.float32))
    for weights in (
        fitted(n_tokens=33, wide=0),
        fitted(n_tokens=32),  # few symbols
        weights_of(small(n_tokens=70_000).fit(X, np.arange(120) % 60)),  # many weights
        fitted(many),  # vectors
        fitted(many, fine_tune=True),
        fitted(init=pretrained),
    ):
        assert "wide.weight" not in weights


def outputs_of(model, X):
    return model.net_.outputs(model._rows_to_predict(X))


def test_the_network_is_trained_by_itself_and_a_fifth_of_it_is_added_to_the_wide_path():
    model, alone = small(wide=2).fit(X, Y), small(wide=0).fit(X, Y)
    own = weights_of(alone)
    assert same_weights(own, weights_of(model))  # the names of the first
    network = outputs_of(alone, X)
    added = outputs_of(model, X) - 0.2 * network
    linear = outputs_of(model.set_params(max_iter=1).fit(X, Y), X) - 0.2 * outputs_of(
        small(wide=0, max_iter=1).fit(X, Y), X
    )
    torch.testing.assert_close(added, linear)  # which no epoch changes
    assert added.std() > 0


def test_partial_fit_trains_a_new_wide_path_with_the_network_and_leaves_a_fitted_one():
    model = small(wide=1).partial_fit(X[:60], Y[:60], classes=[False, True])
    path = model.net_.module_.wide_path
    assert not path.is_fitted
    assert path.weight.any()
    model = small(wide=1).fit(X, Y)
    before = model.net_.module_.wide_path.weight.clone()
    model.partial_fit(X[:60], ~Y[:60])
    torch.testing.assert_close(model.net_.module_.wide_path.weight, before, rtol=0, atol=0)


@pytest.mark.parametrize("average", [False, True])
def test_a_warm_start_fits_the_wide_path_to_the_rows_of_now(average):
    options = {"wide": 1, "average": average, "max_iter": 1}
    model = small(warm_start=True, **options).fit(X, Y).fit(X[:60], ~Y[:60])
    fresh = small(**options).fit(X[:60], ~Y[:60])
    for name in ("wide.weight", "wide.idf"):
        assert torch.equal(weights_of(model)[name], weights_of(fresh)[name])
    model = small(warm_start=True, **options).partial_fit(X, Y, classes=[False, True])
    assert model.fit(X, Y).net_.module_.wide_path.is_fitted


def test_held_out_rows_take_no_part_in_the_wide_path():
    rows, y = make_rows(300)
    model = small(wide=1).fit(rows[:200], y[:200], X_val=rows[200:], y_val=y[200:])
    expected = weights_of(small(wide=1).fit(rows[:200], y[:200]))
    assert torch.equal(weights_of(model)["wide.weight"], expected["wide.weight"])
    held_out = small(wide=1, early_stopping=True).fit(rows[:200], y[:200])
    assert not torch.equal(weights_of(held_out)["wide.idf"], expected["wide.idf"])


def test_rows_of_the_other_class_may_have_no_weight():
    for model in (small(wide=2, class_weight={False: 0, True: 1}), small(wide=2, pooling="mean")):
        weights = None if model.class_weight else Y
        probabilities = model.fit(X, Y, sample_weight=weights).predict_proba(X)
        assert (probabilities[:, 1] > 0.9).all()


def test_a_wide_path_is_of_at_most_100_ids():
    with pytest.raises(ValueError, match=r"'wide' parameter of RNNClassifier .* \[0, 100\]"):
        small(wide=101).fit(X, Y)
    assert small(wide=100, max_iter=1).fit(X, Y).net_.module_.wide_path.is_fitted


def test_the_wide_path_needs_ids():
    with pytest.raises(ValueError, match="wide=2 is a linear model on n-grams of ids.*fine_tune"):
        small(wide=2).fit(EMBEDDED, Y)
    assert small(wide=2, fine_tune=True).fit(EMBEDDED, Y).predict(EMBEDDED).shape == Y.shape


@pytest.mark.parametrize("pooling", [("mean", "max"), ["max", "attention"], ("last",), "concat"])
def test_poolings_side_by_side(pooling):
    model = small(pooling=pooling, bidirectional=False).fit(X, Y)
    n_parts = 3 if pooling == "concat" else len(pooling)
    assert model.net_.module_.head.in_features == 6 * n_parts
    np.testing.assert_allclose(
        model.predict_proba(X[:5]), model.predict_proba(X)[:5], rtol=0, atol=1e-6
    )


@pytest.mark.parametrize("pooling", [(), ("mean", "sum"), ("concat", "mean"), [1]])
def test_unknown_poolings_are_named(pooling):
    with pytest.raises(ValueError, match="pooling must be one of"):
        small(pooling=pooling).fit(X, Y)


def test_smoothed_labels_give_less_extreme_probabilities():
    options = {"learning_rate_init": 0.02, "max_iter": 15, "token_dropout": 0.0, "random_state": 1}
    plain, smooth = (small(label_smoothing=s, **options).fit(X, Y) for s in (0.0, 0.2))
    assert smooth.predict_proba(X).max() < plain.predict_proba(X).max()
    assert smooth.score(X, Y) > 0.9


# --- validation rows of their own -------------------------------------------------------------


def test_validation_rows_are_scored_after_every_epoch():
    plain = small(max_iter=4).fit(X[:80], Y[:80])
    model = small(max_iter=4).fit(X[:80], Y[:80], X_val=X[80:], y_val=Y[80:])
    assert same_weights(weights_of(model), weights_of(plain))
    assert plain.validation_losses_ is plain.validation_scores_ is None
    assert len(model.validation_losses_) == len(model.validation_scores_) == 4
    assert model.validation_scores_[-1] == pytest.approx(model.score(X[80:], Y[80:]))
    chosen = model.predict_log_proba(X[80:])[np.arange(len(X) - 80), Y[80:].astype(int)]
    assert model.validation_losses_[-1] == pytest.approx(-chosen.mean(), rel=1e-5)


def test_early_stopping_watches_them_and_holds_none_out():
    options = {"max_iter": 30, "learning_rate_init": 0.05, "n_iter_no_change": 2}
    model = small(early_stopping=True, **options)
    model.fit(X[:80], Y[:80], X_val=X[80:], y_val=Y[80:])
    assert model.best_validation_score_ == pytest.approx(model.score(X[80:], Y[80:]))
    plain = small(**options).fit(X[:80], Y[:80])
    assert plain.loss_curve_[: model.n_iter_] == model.loss_curve_


def test_validation_rows_have_weights():
    weights = np.arange(len(X) - 80.0)
    model = small().fit(X[:80], Y[:80], X_val=X[80:], y_val=Y[80:], sample_weight_val=weights)
    expected = model.score(X[80:], Y[80:], sample_weight=weights)
    assert model.validation_scores_[-1] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("validation", "message"),
    [
        ({"X_val": X}, "y_val is None"),
        ({"y_val": Y}, "X_val is None"),
        ({"sample_weight_val": np.ones(3)}, "X_val is None"),
        ({"X_val": X, "y_val": Y[:3]}, "inconsistent"),
        ({"X_val": X, "y_val": np.full(len(X), "often")}, "the validation rows"),
        ({"X_val": X, "y_val": np.c_[Y, Y].astype(int)}, "y_val must be of the same kind"),
        ({"X_val": X[:0], "y_val": Y[:0]}, "0 sample"),
        ({"X_val": np.ones((3, 2, 5)), "y_val": Y[:3]}, "fitted on ids"),
    ],
)
def test_validation_rows_are_checked(validation, message):
    with pytest.raises(ValueError, match=message):
        small().fit(X, Y, **validation)


def test_other_validation_rows_are_another_training(tmp_path):
    options = {"early_stopping": True, "checkpoint": tmp_path}
    small(**options).fit(X[:80], Y[:80], X_val=X[80:], y_val=Y[80:])
    with pytest.raises(ValueError, match="the data X_val"):
        small(**options).fit(X[:80], Y[:80], X_val=X[81:], y_val=Y[81:])

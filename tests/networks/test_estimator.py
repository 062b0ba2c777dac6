"""What every estimator on a network does, whatever it learns: a summary, and going on later."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from enum import Enum
from functools import partial

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from skorch.callbacks import Callback, LRScheduler

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
from textvec._estimators._fitted_state import fitted_names
from textvec.networks import _trainer
from textvec.networks._records import Fitted
from textvec.networks._trainer import Trainer
from textvec.nn import SequenceNet

from .public_networks import NETWORKS

RNG = np.random.default_rng(0)
ROWS = [RNG.integers(2, 12, size=RNG.integers(1, 9)).tolist() for _ in range(40)]
X = Ragged.from_rows(ROWS)
Y = np.array([7 in row for row in ROWS])
TEXTS = ["".join("abcdefghijkl"[i] for i in row) for row in ROWS]
STORIES = [[" ".join(text) for text in TEXTS[i : i + 4]] for i in range(0, 40, 4)]
WIDTH = {"max_iter": 3, "random_state": 0, "dropout": 0.1}
SMALL = {**WIDTH, "embedding_dim": 5}
RNN = {**SMALL, "hidden_size": 4}
CHARS = {"target_tokenizer": CharTokenizer()}
FITS = [
    (RNNClassifier(num_layers=2, bidirectional=True, pooling="attention", **RNN), (X, Y)),
    (RNNClassifier(wide=2, **RNN), (X, Y)),
    (RNNRegressor(cell="gru", **RNN), (X, Y.astype(float))),
    (RNNTagger(crf=True, **RNN), (X, ROWS)),
    (RNNTagger(**RNN), (X, ROWS)),
    (SequenceMLPClassifier(pooling="flatten", hidden_layer_sizes=(4, 3), **SMALL), (X, Y)),
    (SequenceCNNClassifier(n_filters=3, **SMALL), (X, Y)),
    (RNNLanguageModel(n_steps=5, **RNN), (X,)),
    (RNNForecaster(n_lags=4, horizon=2, hidden_size=4, **WIDTH), (None, np.sin(np.arange(50.0)))),
    (SequenceGenerator(**CHARS, **RNN), (RNG.normal(size=(40, 2)), TEXTS)),
    (Seq2Seq(tokenizer=CharTokenizer(), **CHARS, **RNN), (TEXTS, TEXTS)),
    (SkipThought(**RNN), (STORIES,)),
]
each = pytest.mark.parametrize(
    ("model", "given"), FITS, ids=[f"{type(m).__name__}-{i}" for i, (m, _) in enumerate(FITS)]
)


def test_all_networks_are_in_the_table():
    assert {type(model) for model, _ in FITS} == {*NETWORKS}


@each
def test_the_summary_lists_every_parameter(model, given, capsys):
    with pytest.raises(NotFittedError):
        clone(model).summary()
    fitted = clone(model).fit(*given)
    fitted.summary()
    printed = capsys.readouterr().out
    title, _, rule, *lines = printed.splitlines()
    assert title == f'Model: "{type(model).__name__}"'
    layers = lines[: lines.index(rule)]
    listed = sum(int(line.split()[-1].replace(",", "")) for line in layers)
    n_parameters = sum(p.numel() for p in fitted.net_.module_.parameters())
    assert listed == n_parameters
    assert f"Total params: {n_parameters:,}" in lines
    clone(model).summary(*given)
    assert capsys.readouterr().out == printed


def as_numpy(value):
    """Return a number as NumPy's scalar."""
    if isinstance(value, bool):
        return np.bool_(value)
    if isinstance(value, int):
        return np.int64(value)
    return np.float32(value) if value == 0.5 else np.float64(value)


def weights_of(fitted):
    return fitted.net_.module_.state_dict()


def assert_same_network(fitted, other):
    assert fitted.loss_curve_ == other.loss_curve_
    for name, weights in weights_of(other).items():
        assert torch.equal(weights, weights_of(fitted)[name]), name


@each
def test_parameters_may_be_scalars_of_numpy(model, given):
    plain = clone(model).set_params(max_iter=2).fit(*given)
    numbers = {n: v for n, v in plain.get_params().items() if isinstance(v, (int, float))}
    fitted = clone(plain).set_params(**{n: as_numpy(v) for n, v in numbers.items()}).fit(*given)
    assert_same_network(fitted, plain)
    assert isinstance(fitted.max_iter, np.int64)  # a parameter stays as it was passed
    if hasattr(fitted, "predict"):
        X = None if isinstance(fitted, RNNForecaster) else given[0]
        predicted, expected = fitted.predict(X), plain.predict(X)
        assert list(map(str, predicted)) == list(map(str, expected))


@pytest.mark.parametrize("model", [Seq2Seq(beam_width=3, **RNN), SequenceGenerator(**RNN)])
def test_a_beam_width_of_numpy(model):
    rows = X if isinstance(model, Seq2Seq) else RNG.normal(size=(40, 2))
    fitted = model.fit(rows, ROWS)
    for width in (3, np.int64(3), True):
        fitted.set_params(beam_width=width).predict(rows[:3])


def test_a_search_over_an_array():
    search = GridSearchCV(RNNClassifier(max_iter=1), {"hidden_size": np.arange(4, 13, 4)}, cv=2)
    assert search.fit(X, Y).best_params_["hidden_size"] in (4, 8, 12)


class Cell(str, Enum):  # noqa: UP042  # older than StrEnum, as many have it
    GRU = "gru"


def test_strings_may_be_members_of_an_enumeration():
    fitted, plain = (RNNClassifier(cell=cell, **RNN).fit(X, Y) for cell in (Cell.GRU, "gru"))
    assert_same_network(fitted, plain)


@contextmanager
def default_dtype(dtype):
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    yield
    torch.set_default_dtype(before)


@pytest.mark.parametrize(
    "state",
    [
        lambda: default_dtype(torch.float64),
        lambda: torch.device("meta"),
        lambda: torch.autocast("cpu", torch.bfloat16),
        torch.inference_mode,
        torch.no_grad,
    ],
    ids=["dtype", "device", "autocast", "inference_mode", "no_grad"],
)
@each
def test_the_global_state_of_torch_changes_nothing(model, given, state):
    plain = clone(model).set_params(max_iter=2, early_stopping=True).fit(*given)
    with state():
        fitted = clone(plain).fit(*given)
        continued = clone(plain).set_params(max_iter=1, warm_start=True).fit(*given).fit(*given)
        for method in ("predict", "predict_proba", "transform", "score_samples", "sample"):
            if hasattr(fitted, method):
                rows = TEXTS if isinstance(model, SkipThought) else given[0]
                getattr(fitted, method)(*(() if method == "sample" else (rows,)))
    assert_same_network(fitted, plain)
    assert all(w.dtype == torch.float32 for w in continued.net_.module_.parameters())


STEPWISE = [
    (LRScheduler("StepLR", step_size=1, gamma=0.5), [1e-3, 5e-4, 2.5e-4, 1.25e-4]),
    (LRScheduler("ExponentialLR", gamma=0.5), [1e-3, 5e-4, 2.5e-4, 1.25e-4]),
    (LRScheduler("LambdaLR", lr_lambda=lambda epoch: 0.5**epoch), [1e-3, 5e-4, 2.5e-4, 1.25e-4]),
    (LRScheduler("MultiStepLR", milestones=[2], gamma=0.1), [1e-3, 1e-3, 1e-4, 1e-4]),
    (LRScheduler("CosineAnnealingLR", T_max=2), [1e-3, 5e-4, 0, 5e-4]),
    (LRScheduler("ReduceLROnPlateau", monitor="train_loss", threshold=1, patience=0, factor=0.5),
     [1e-3, 5e-4, 2.5e-4, 1.25e-4]),
]  # fmt: skip


@pytest.mark.parametrize(("schedule", "rates"), STEPWISE, ids=lambda v: getattr(v, "policy", ""))
def test_schedules_go_on(schedule, rates):
    options = {
        **SMALL, "callbacks": [schedule], "n_iter_no_change": 9, "learning_rate_init": 1e-3
    }  # fmt: skip
    whole = RNNClassifier(**options).set_params(max_iter=4).fit(X, Y)
    warm = RNNClassifier(**options, warm_start=True).set_params(max_iter=2).fit(X, Y).fit(X, Y)
    parts = RNNClassifier(**options)
    for _ in range(4):
        parts.partial_fit(X, Y, classes=[False, True])
    for model in (whole, warm, parts):
        assert model.net_.history[:, "event_lr"] == pytest.approx(rates)
        assert model.loss_curve_ == whole.loss_curve_


def test_schedules_of_batches_go_on():
    policy = torch.optim.lr_scheduler.OneCycleLR
    schedule = LRScheduler(policy, max_lr=0.1, total_steps=9, step_every="batch")
    options = {**SMALL, "callbacks": [schedule], "batch_size": 20}
    whole = RNNClassifier(**options).set_params(max_iter=4).fit(X, Y)
    parts = RNNClassifier(**options)
    for _ in range(4):
        parts.partial_fit(X, Y, classes=[False, True])
    assert parts.loss_curve_ == whole.loss_curve_


def test_a_schedule_goes_on_from_another_rate():
    schedule = LRScheduler("StepLR", step_size=1, gamma=0.5)
    model = RNNClassifier(
        **SMALL, callbacks=[schedule], warm_start=True, learning_rate_init=1e-3
    ).fit(X, Y)
    model.set_params(learning_rate_init=0.1).fit(X, Y)
    rates = [1e-3, 5e-4, 2.5e-4, 0.0125, 0.00625, 0.003125]
    assert model.net_.history[:, "event_lr"] == pytest.approx(rates)


def test_the_rate_changes_where_training_goes_on():
    model = RNNClassifier(**SMALL, warm_start=True).fit(X, Y)
    model.set_params(learning_rate_init=0.3, max_iter=1).fit(X, Y)
    assert model.net_.optimizer_.param_groups[0]["lr"] == 0.3


@pytest.mark.parametrize(
    "optimizer",
    [
        torch.optim.LBFGS,
        torch.optim.Rprop,
        torch.optim.NAdam,
        partial(torch.optim.SGD, momentum=0.9, nesterov=True),
        partial(torch.optim.Adam, betas=(0.8, 0.99), eps=1e-6),
    ],
)
def test_optimizers_of_torch(optimizer):
    model = clone(RNNClassifier(**SMALL, optimizer=optimizer, warm_start=True))
    model.fit(X, Y).fit(X, Y)
    assert model.n_iter_ == 6
    options = getattr(optimizer, "keywords", {})
    group = model.net_.optimizer_.param_groups[0]
    assert {name: group[name] for name in options} == options


@pytest.mark.parametrize(
    ("model", "y", "other"),
    [
        (RNNClassifier(**RNN), np.arange(40) % 3, np.eye(3, dtype=int)[np.arange(40) % 3]),
        (RNNClassifier(**RNN), np.arange(40) % 2, np.eye(2, dtype=int)[np.arange(40) % 2]),
        (
            SequenceCNNClassifier(**SMALL),
            np.eye(3, dtype=int)[np.arange(40) % 3],
            np.arange(40) % 3,
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:every row of y has one 1")
def test_targets_of_another_kind_are_refused(model, y, other):
    fitted = clone(model).set_params(warm_start=True).fit(X, y)
    classes = fitted.classes_
    for fit in (fitted.fit, lambda X, y: fitted.partial_fit(X, y, classes)):
        with pytest.raises(ValueError, match="y and the loss must be of the same kind"):
            fit(X, other)
    assert fitted.n_iter_ == 3


def test_a_loss_of_another_kind_is_refused():
    model = RNNForecaster(n_lags=4, max_iter=1, warm_start=True).fit(y=np.sin(np.arange(50.0)))
    with pytest.raises(ValueError, match="made with loss='squared_error'"):
        model.set_params(loss="absolute_error").fit(y=np.sin(np.arange(50.0)))


# The stages of a fit, in their order; `_plan` is the estimator's own.
STAGES = [
    (None, "_plan"),
    (Trainer, "_random_numbers"),
    (Trainer, "_new_net"),
    (SequenceNet, "initialize"),
    (_trainer, "device_of"),
    (Trainer, "_split"),
    (SequenceNet, "run"),
    (Fitted, "as_attributes"),
]


@each
@pytest.mark.parametrize(("owner", "stage"), STAGES, ids=[stage for _, stage in STAGES])
def test_a_fit_that_fails_changes_nothing(model, given, owner, stage, monkeypatch):
    fitted = clone(model).set_params(max_iter=1).fit(*given)
    names = fitted_names(fitted)
    before = {name: vars(fitted)[name] for name in names}
    weights = {n: w.clone() for n, w in fitted.net_.module_.state_dict().items()}

    def fail(*args, **kwargs):
        raise RuntimeError("the stage has failed")

    monkeypatch.setattr(owner or type(fitted), stage, fail)
    for continued in (False, True):
        fitted.set_params(warm_start=continued)
        if not (continued and stage in ("_new_net", "initialize")):  # a copy is trained there
            with pytest.raises(RuntimeError, match="the stage has failed"):
                fitted.fit(*given)
        assert fitted_names(fitted) == names
        assert all(vars(fitted)[name] is value for name, value in before.items())
        for name, weight in fitted.net_.module_.state_dict().items():
            assert torch.equal(weight, weights[name]), name


@each
def test_a_training_goes_on_where_its_folder_stands(model, given, tmp_path):
    whole = clone(model).fit(*given)
    clone(model).set_params(max_iter=1, checkpoint=tmp_path).fit(*given)
    again = clone(model).set_params(checkpoint=tmp_path).fit(*given)
    assert again.loss_curve_ == whole.loss_curve_
    for name, weights in whole.net_.module_.state_dict().items():
        assert torch.equal(weights, again.net_.module_.state_dict()[name]), name


@each
def test_a_loss_that_is_no_number_says_what_to_lower(model, given):
    wild = clone(model).set_params(
        optimizer="sgd", learning_rate_init=1e38, clip_norm=None, max_iter=9
    )
    with pytest.raises(ValueError, match=r"loss of epoch \d is (nan|-?inf): lower learning_rate_"):
        wild.fit(*given)
    assert not [name for name in vars(wild) if name.endswith("_")]


@pytest.mark.parametrize(
    "y",
    [
        Y.astype(object),
        pd.Series(Y).astype("boolean"),
        pl.Series(Y),
        pa.array(Y),
        torch.tensor(Y),
        iter(Y.tolist()),
    ],
    ids=lambda y: f"{type(y).__module__.partition('.')[0]} {type(y).__name__}",
)
def test_classes_in_every_container(y):
    plain = RNNClassifier(**RNN).fit(X, Y)
    fitted = clone(plain).fit(X, y)
    assert fitted.classes_.tolist() == [False, True]
    assert_same_network(fitted, plain)


def test_a_missing_label_is_named():
    for missing in (None, np.nan, pd.NA):
        with pytest.raises(ValueError, match="the label of row 1 is missing"):
            RNNClassifier(**RNN).fit(X[:3], ["a", missing, "b"])


@pytest.mark.parametrize(
    ("model", "given"),
    [
        (RNNClassifier(**RNN), (ROWS, Y)),
        (RNNTagger(**RNN), (ROWS, ROWS)),
        (RNNLanguageModel(**RNN), (TEXTS,)),
        (Seq2Seq(**RNN), (TEXTS, TEXTS)),
        (SkipThought(**RNN), (STORIES,)),
    ],
)
def test_iterators_are_read_once(model, given):
    plain = clone(model).fit(*given)
    assert_same_network(clone(model).fit(*(iter(part) for part in given)), plain)


def test_rows_of_labels_in_frames_for_a_decoder():
    ids, labels = np.array(ROWS[0][:1] * 3 + [2] * 6).reshape(3, 3), [["a", "b", "b"]] * 3
    plain = Seq2Seq(**RNN).fit(ids, labels)
    for y in (pl.DataFrame(labels, orient="row"), pd.DataFrame(labels), np.array(labels)):
        fitted = Seq2Seq(**RNN, metric="exact").fit(ids, y)
        assert_same_network(fitted, plain)
        assert 0 <= fitted.score(ids, y) <= 1


# Another value of each parameter that makes a network, or that its state goes on with.
SETTLED = {
    "attention": False, "bidirectional": None, "cell": "rnn", "crf": None, "device": "cpu",
    "embedding_dim": 6, "fine_tune": True, "hidden_layer_sizes": (9,), "hidden_size": 5,
    "horizon": 3, "kernel_sizes": (2,), "length": 99, "loss": "absolute_error", "max_tokens": 50,
    "min_count": 7, "n_filters": 4, "n_tokens": 99, "num_layers": 3,
    "optimizer": partial(torch.optim.Adam, eps=1e-3), "pooling": "mean", "rate_decay": 2.0,
    "softmax": "adaptive", "tied": False, "unfreeze": True, "wide": 1,
}  # fmt: skip
# Another value of each parameter that may change.
FREE = {
    "average": True, "batch_size": 7, "beam_width": 2,
    "callbacks": [LRScheduler("StepLR", step_size=1)],
    "class_weight": "balanced", "clip_norm": None, "differences": 2, "dropout": 0.4,
    "early_stopping": True, "embedding_dropout": 0.2, "label_smoothing": 0.2,
    "learning_rate": "linear", "learning_rate_init": 0.1, "length_penalty": 0.0, "mask_value": None,
    "max_iter": 1, "max_length": 3, "metric": None, "n_iter_no_change": 9, "n_lags": 5,
    "n_steps": 3, "precision": "bfloat16", "random_state": 1, "stateful": False,
    "token_dropout": 0.2, "tol": 0.5, "validation_fraction": 0.4, "verbose": 0, "warmup": 0.2,
    "weight_decay": 0.1,
}  # fmt: skip
# Of the first fit, as the documentation of `warm_start` says; or tested elsewhere.
OTHERWISE = {
    "checkpoint", "constraints", "expand_from", "init", "sentence_splitter", "target_tokenizer",
    "tokenizer", "warm_start",
}  # fmt: skip


@each
def test_what_makes_the_network_cannot_change_and_all_else_may(model, given):
    names = model.get_params(deep=False).keys()
    assert names <= {*SETTLED, *FREE, *OTHERWISE}
    fitted = clone(model).set_params(warm_start=True, max_iter=1).fit(*given)
    for name in names & SETTLED.keys():
        if name == "device":
            continue  # there may be none but the CPU
        before = fitted.get_params()[name]
        other = SETTLED[name]
        other = not before if other is None else other
        with pytest.raises(ValueError, match=name):
            fitted.set_params(**{name: other}).fit(*given)
        fitted.set_params(**{name: before})
    assert fitted.n_iter_ == 1
    refused = {"class_weight", "label_smoothing"} if getattr(model, "crf", False) else set()
    for name in (names & FREE.keys()) - {"metric"} - refused:
        continued = copy.deepcopy(fitted).set_params(**{name: FREE[name]}).fit(*given)
        assert continued.n_iter_ == 2


def test_the_device_stays():
    model = RNNClassifier(**SMALL, warm_start=True, device="cpu").fit(X, Y)
    with pytest.raises(ValueError, match="device='meta', but .* made with device='cpu'"):
        model.set_params(device="meta").fit(X, Y)


def test_the_device_may_be_named_otherwise():
    model = RNNClassifier(**SMALL, warm_start=True).fit(X, Y)
    here = str(next(model.net_.module_.parameters()).device)
    assert model.set_params(device=here).fit(X, Y).n_iter_ == 2 * model.max_iter


@each
def test_dropout_changes_where_training_goes_on(model, given):
    plain = clone(model).set_params(dropout=0.0, warm_start=True, max_iter=1).fit(*given)
    with_dropout = copy.deepcopy(plain).set_params(dropout=0.9).fit(*given)
    assert with_dropout.loss_curve_[1] != plain.fit(*given).loss_curve_[1]


def dropped(fitted):
    """Return what each layer of the encoder drops in training."""
    names, layers = ("p", "input_dropout"), fitted.net_.module_.encoder.modules()
    return [[vars(layer).get(name) for name in names] for layer in layers]


@each
def test_dropout_is_that_of_the_parameters(model, given):
    fractions = {"dropout": 0.2, "embedding_dropout": 0.1, "token_dropout": 0.3}
    fractions = {name: p for name, p in fractions.items() if name in model.get_params()}
    fitted = clone(model).set_params(**fractions, max_iter=1).fit(*given)
    layers = dropped(fitted)
    used = {p for layer in layers for p in layer if p}
    assert used == set(fractions.values())
    fitted.set_params(warm_start=True).fit(*given)
    assert dropped(fitted) == layers


def test_callbacks_change_where_training_goes_on(capsys):
    model = RNNClassifier(**SMALL, warm_start=True, learning_rate_init=1e-3).fit(X, Y)
    seen = []

    class Note(Callback):
        def on_epoch_end(self, net, **kwargs):
            seen.append(len(net.history))

    model.set_params(callbacks=[Note()]).fit(X, Y)
    assert seen == [4, 5, 6]
    model.set_params(callbacks=None, verbose=1).fit(X, Y)
    assert seen == [4, 5, 6]
    assert "[RNNClassifier] epoch 9 of 9: loss" in capsys.readouterr().out
    model.set_params(verbose=0).fit(X, Y)
    assert not capsys.readouterr().out
    schedule = LRScheduler("StepLR", step_size=1, gamma=0.5)
    rates = clone(model).set_params(callbacks=[schedule], max_iter=1).fit(X, Y)
    rates.fit(X, Y).set_params(callbacks=[LRScheduler("StepLR", step_size=1, gamma=0.1)])
    rates.fit(X, Y).fit(X, Y)
    assert rates.net_.history[:, "event_lr"] == pytest.approx([1e-3, 5e-4, 1e-3, 1e-4])
    rates.set_params(callbacks=None).fit(X, Y)
    assert rates.net_.optimizer_.param_groups[0]["lr"] == pytest.approx(1e-3)


def test_metric_and_constraints_change_where_training_goes_on():
    y = [["O" if i < 5 else "B-X" for i in row] for row in ROWS]
    model = RNNTagger(**RNN, crf=True, warm_start=True).fit(X, y)
    model.set_params(metric="f1", constraints="BIO", early_stopping=True).fit(X, y)
    assert model.net_.criterion_.chunks is not None
    assert model.net_.criterion_.transitions is not None


@pytest.mark.parametrize(
    ("optimizer", "message"),
    [
        (torch.optim.SparseAdam, 'take "adam"'),
        (partial(torch.optim.SGD, 0.1), "options of an optimizer are keywords"),
        (partial(print), "a functools.partial of one"),
        (partial(torch.optim.SGD, lr=0.1), "as learning_rate_init"),
        ({"name": "sgd"}, "'optimizer' parameter"),
    ],
)
def test_optimizers_that_are_none_are_named(optimizer, message):
    with pytest.raises(ValueError, match=message):
        RNNClassifier(**SMALL, optimizer=optimizer).fit(X, Y)


def test_numbers_too_large_are_named():
    with pytest.raises(ValueError, match="y holds numbers up to 1e[+]300, whose squares overflow"):
        RNNRegressor(**RNN).fit(X, Y * 1e300)


@pytest.mark.parametrize("weight", [1e300, 1.0, 1e-300, 5e-324])
def test_only_the_proportion_of_weights_counts(weight):
    plain = RNNClassifier(**RNN).fit(X, Y)
    weighted = RNNClassifier(**RNN).fit(X, Y, sample_weight=np.full(len(X), weight))
    assert weighted.loss_curve_ == pytest.approx(plain.loss_curve_, rel=1e-5)


def test_layers_are_not_made_without_end():
    with pytest.raises(ValueError, match=r"'num_layers' parameter of RNNClassifier .* \[1, 1000\]"):
        RNNClassifier(num_layers=2**31).fit(X, Y)

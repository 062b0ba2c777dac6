"""Checkpoints, interruptions, and what runs out or away while a network trains."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.base import clone
from skorch.callbacks import Callback, EarlyStopping, EpochScoring, LRScheduler

import textvec
from textvec import (
    Ragged,
    RNNClassifier,
    RNNRegressor,
    RNNTagger,
    SequenceCNNClassifier,
    SequenceMLPClassifier,
)
from textvec.nn import SequenceNet
from textvec.nn._loop import train_epoch

RNG = np.random.default_rng(0)
ROWS = [RNG.integers(2, 12, size=RNG.integers(1, 9)).tolist() for _ in range(60)]
X = Ragged.from_rows(ROWS)
Y = np.array([7 in row for row in ROWS])
SMALL = {"embedding_dim": 5, "max_iter": 5, "random_state": 0, "learning_rate_init": 0.02}
RNN = {**SMALL, "hidden_size": 4}
RATES = LRScheduler("StepLR", step_size=2, gamma=0.5)

MODELS = {
    "classes": (RNNClassifier(dropout=0.3, bidirectional=True, callbacks=[RATES], **RNN), Y),
    "best epoch": (
        RNNClassifier(cell="rnn", early_stopping=True, n_iter_no_change=9, dropout=0.1, **RNN),
        Y,
    ),
    "stops early": (
        RNNClassifier(cell="gru", early_stopping=True, n_iter_no_change=1, tol=0.5, **RNN),
        Y,
    ),
    "averaged": (RNNClassifier(average=True, dropout=0.1, callbacks=[RATES], **RNN), Y),
    "best average": (
        RNNClassifier(average=True, early_stopping=True, n_iter_no_change=9, **RNN),
        Y,
    ),
    "wide": (RNNClassifier(wide=2, embedding_dropout=0.1, token_dropout=0.2, **RNN), Y),
    "numbers": (
        RNNRegressor(optimizer="rmsprop", weight_decay=0.01, precision="bfloat16", **RNN),
        np.array([float(sum(row)) for row in ROWS]),
    ),
    "tags": (RNNTagger(crf=True, optimizer="adamw", **RNN), ROWS),
    "dense": (SequenceMLPClassifier(hidden_layer_sizes=(4,), optimizer="sgd", **SMALL), Y),
    "filters": (SequenceCNNClassifier(n_filters=4, optimizer=torch.optim.NAdam, **SMALL), Y),
}
each = pytest.mark.parametrize("name", list(MODELS))


def model_of(name, **options):
    model, y = MODELS[name]
    return clone(model).set_params(**options), y


def assert_same(model, other):
    """Weights, curves and predictions are equal to the last bit."""
    for name, weights in model.net_.module_.state_dict().items():
        assert torch.equal(weights, other.net_.module_.state_dict()[name]), name
    assert model.loss_curve_ == other.loss_curve_
    assert model.validation_scores_ == other.validation_scores_
    assert model.best_validation_score_ == other.best_validation_score_
    assert model.n_iter_ == other.n_iter_
    a, b = model.predict(X), other.predict(X)
    assert a == b if isinstance(a, Ragged) else np.array_equal(a, b)


def fitted_state(model):
    return {n: v for n, v in vars(model).items() if n.endswith("_")}


@pytest.fixture
def epochs_run(monkeypatch):
    """Count the epochs that are really run."""
    counted = []

    def counting(*args):
        counted.append(1)
        return train_epoch(*args)

    monkeypatch.setattr("textvec.nn._net.train_epoch", counting)
    return counted


# --- checkpoints ------------------------------------------------------------------------------


@each
def test_a_checkpoint_changes_nothing_and_a_run_goes_on_from_it(name, tmp_path, epochs_run):
    whole, y = model_of(name)
    whole.fit(X, y)
    n_epochs = whole.n_iter_
    epochs_run.clear()
    for n_first in (1, 2, n_epochs):
        folder = tmp_path / str(n_first)
        model_of(name, max_iter=n_first, checkpoint=folder)[0].fit(X, y)
        again, _ = model_of(name, checkpoint=str(folder))
        again.fit(X, y)
        assert_same(again, whole)
    # Nothing was made twice, and what is complete is only read.
    assert len(epochs_run) == 3 * n_epochs
    assert_same(again.fit(X, y), whole)
    assert len(epochs_run) == 3 * n_epochs


def test_the_folder_holds_the_last_two_epochs_and_no_pickle(tmp_path):
    model, y = model_of("classes", checkpoint=tmp_path / "a" / "run")
    model.fit(X, y)
    files = sorted(f.name for f in (tmp_path / "a" / "run").iterdir())
    assert files == ["epoch-00004.safetensors", "epoch-00005.safetensors", "run.json"]
    run = json.loads((tmp_path / "a" / "run" / "run.json").read_text())
    assert run["version"] == 1
    assert run["identity"]["parameters"]["learning_rate_init"] == 0.02
    from safetensors.torch import load_file

    weights = load_file(tmp_path / "a" / "run" / "epoch-00005.safetensors")
    for name, tensor in model.net_.module_.state_dict().items():
        assert torch.equal(weights[f"module/{name}"], tensor.cpu())


@pytest.mark.parametrize(
    "callbacks",
    [
        [
            LRScheduler(
                torch.optim.lr_scheduler.OneCycleLR, max_lr=0.1, total_steps=50, step_every="batch"
            )
        ],
        [LRScheduler("ReduceLROnPlateau", monitor="train_loss", patience=0)],
        [LRScheduler(torch.optim.lr_scheduler.CosineAnnealingWarmRestarts, T_0=2)],
        [LRScheduler("LambdaLR", lr_lambda=lambda epoch: 0.9**epoch)],
        [
            EpochScoring("accuracy", lower_is_better=False, on_train=True),
            EarlyStopping("train_loss", patience=1, threshold=0.5, load_best=True, sink=str),
        ],
    ],
    ids=["one cycle", "plateau", "warm restarts", "lambda", "early stopping"],
)
def test_callbacks_go_on_as_well(callbacks, tmp_path):
    options = {"callbacks": callbacks, "early_stopping": True, "n_iter_no_change": 9}
    whole, y = model_of("classes", **options)
    whole.fit(X, y)
    model_of("classes", max_iter=2, checkpoint=tmp_path, **options)[0].fit(X, y)
    again = model_of("classes", checkpoint=tmp_path, **options)[0].fit(X, y)
    assert_same(again, whole)
    rates = [[g["lr"] for g in m.net_.optimizer_.param_groups] for m in (again, whole)]
    assert rates[0] == rates[1]


class InterruptOnce(Callback):
    """Interrupt the third epoch of the first run."""

    interrupted = False

    def on_epoch_begin(self, net, **kwargs):
        if len(net.history) == 3 and not InterruptOnce.interrupted:
            InterruptOnce.interrupted = True
            raise KeyboardInterrupt


def test_the_course_of_the_learning_rate_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(InterruptOnce, "interrupted", True)
    options = {"callbacks": [InterruptOnce()], "learning_rate": "cosine", "warmup": 0.2}
    whole, y = model_of("wide", **options)
    whole.fit(X, y)
    monkeypatch.setattr(InterruptOnce, "interrupted", False)
    model, _ = model_of("wide", checkpoint=tmp_path, **options)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    assert model.n_iter_ == 2
    again, _ = model_of("wide", checkpoint=tmp_path, **options)
    assert_same(again.fit(X, y), whole)
    with pytest.raises(ValueError, match="max_iter"):  # another course
        model_of("wide", checkpoint=tmp_path, **options, max_iter=9)[0].fit(X, y)


class Momentum(Callback):
    """Has something that says its state itself, but in objects."""

    class Averages:
        def state_dict(self):
            return {"averages": object()}

    def on_train_begin(self, net, **kwargs):
        self.averages_ = self.Averages()


def test_what_can_not_be_kept_is_said(tmp_path):
    model, y = model_of("classes", callbacks=[("mine", Momentum)])
    model.fit(X, y)
    with pytest.raises(TypeError, match="callback 'mine' can't go on later: object can't be kept"):
        model.set_params(checkpoint=tmp_path).fit(X, y)


def test_random_states_of_all_kinds(tmp_path):
    model, y = model_of("best epoch", random_state=None, max_iter=2, checkpoint=tmp_path / "none")
    model.fit(X, y)
    assert_same(clone(model).fit(X, y), model)  # the folder's is its training
    other = clone(model).set_params(checkpoint=None).fit(X, y)
    assert other.loss_curve_ != model.loss_curve_
    longer = clone(model).set_params(max_iter=4).fit(X, y)
    assert longer.loss_curve_[:2] == model.loss_curve_

    def given(**options):
        return model_of("best epoch", random_state=np.random.RandomState(3), **options)[0]

    whole = given().fit(X, y)
    given(max_iter=2, checkpoint=tmp_path / "state").fit(X, y)
    assert_same(given(checkpoint=tmp_path / "state").fit(X, y), whole)
    with pytest.raises(ValueError, match="What differs: random_state"):
        model_of("best epoch", checkpoint=tmp_path / "state")[0].fit(X, y)


def test_warm_starts_have_their_own_folder(tmp_path):
    def first():
        return model_of("classes", warm_start=True, max_iter=2)[0].fit(X, Y)

    whole = first().set_params(max_iter=5).fit(X, Y)
    first().set_params(checkpoint=tmp_path).fit(X, Y)
    again = first().set_params(checkpoint=tmp_path, max_iter=5).fit(X, Y)
    assert_same(again, whole)
    with pytest.raises(ValueError, match="What differs: the first weights"):
        again.fit(X, Y)
    with pytest.raises(ValueError, match="partial_fit does not support checkpoint"):
        again.partial_fit(X, Y)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"learning_rate_init": 0.1}, r"learning_rate_init \(there 0.02, here 0.1\)\."),
        (
            {"hidden_size": 9, "cell": "gru"},
            r"cell \(there 'lstm', here 'gru'\); hidden_size \(there 4, here 9\)\.",
        ),
        ({"callbacks": [LRScheduler("StepLR", step_size=1)]}, "callbacks "),
        ({"optimizer": torch.optim.Adagrad}, "optimizer .there 'adam', here 'torch.optim.adagrad."),
    ],
)
def test_another_training_is_never_overwritten(options, message, tmp_path):
    model, y = model_of("classes", max_iter=2, checkpoint=tmp_path)
    model.fit(X, y)
    before = {f.name: f.read_bytes() for f in tmp_path.iterdir()}
    state = fitted_state(model)
    with pytest.raises(ValueError, match=f"holds another training. What differs: {message}"):
        model.set_params(**options).fit(X, y)
    assert fitted_state(model) == state
    assert {f.name: f.read_bytes() for f in tmp_path.iterdir()} == before


def test_other_data_are_another_training(tmp_path):
    model, y = model_of("classes", max_iter=2, checkpoint=tmp_path)
    model.fit(X, y)
    with pytest.raises(ValueError, match="What differs: the data y. Name another folder, or dele"):
        clone(model).fit(X, ~y)
    with pytest.raises(ValueError, match="What differs: the data X; the data y"):
        clone(model).fit(X[:50], y[:50])
    with pytest.raises(ValueError, match="What differs: the data sample_weight"):
        clone(model).fit(X, y, np.ones(60))
    dense, _ = model_of("dense", checkpoint=tmp_path)
    with pytest.raises(ValueError, match="What differs: the estimator .there RNNClassifier"):
        dense.fit(X, y)
    with pytest.raises(
        ValueError, match="has made 2 epochs, more than max_iter=1: raise it, or na"
    ):
        clone(model).set_params(max_iter=1).fit(X, y)


def cut(file):
    file.write_bytes(file.read_bytes()[:-100])


def flip(file):
    content = bytearray(file.read_bytes())
    content[-50] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [cut, flip, lambda f: f.write_bytes(b""), lambda f: f.write_bytes(b"\xff" * 300)],
    ids=["cut", "a bit", "empty", "no header"],
)
def test_damaged_files_are_passed_over_or_named(damage, tmp_path):
    whole, y = model_of("classes")
    whole.fit(X, y)
    model_of("classes", max_iter=3, checkpoint=tmp_path / "run")[0].fit(X, y)
    damage(tmp_path / "run" / "epoch-00003.safetensors")
    copied = shutil.copytree(tmp_path / "run", tmp_path / "copied")
    again, _ = model_of("classes", checkpoint=tmp_path / "run")
    with pytest.warns(UserWarning, match="epoch-00003.* is damaged.*Training goes on from epoch 2"):
        again.fit(X, y)
    assert_same(again, whole)
    damage(copied / "epoch-00002.safetensors")
    again.set_params(checkpoint=copied)
    with pytest.raises(ValueError, match="no epoch of the training.*Delete the folder to begin an"):
        again.fit(X, y)
    assert_same(again, whole)


def test_folders_of_something_else(tmp_path):
    model, y = model_of("classes", checkpoint=tmp_path)
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(ValueError, match="is not empty, and what it holds is no training: name an"):
        model.fit(X, y)
    with pytest.raises(ValueError, match="is a file: name a folder"):
        model.set_params(checkpoint=tmp_path / "thesis.tex").fit(X, y)
    assert not hasattr(model, "net_")
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "run.json.0123.tmp").write_text("{")  # of a process that died at the very start
    model.set_params(checkpoint=folder).fit(X, y)
    run = (folder / "run.json").read_text()
    for text in ("", run[:100], "[]", "{}", '{"version": 1}'):
        (folder / "run.json").write_text(text)
        with pytest.raises(
            ValueError, match="run.json is damaged .*delete the folder to begin anew"
        ):
            model.fit(X, y)
    (folder / "run.json").write_text(run.replace('"version": 1', '"version": 2'))
    with pytest.raises(ValueError, match="is of version 2 of the format"):
        model.fit(X, y)


def test_nothing_is_made_of_mistaken_input(tmp_path):
    model, y = model_of("classes", checkpoint=tmp_path / "run")
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(X, y[:5])
    assert not (tmp_path / "run").exists()


# --- processes that die -----------------------------------------------------------------------

SCRIPT = """
import os, signal, sys
sys.path.insert(0, {folder!r})
import test_trainer as t

def kill(self, net, training=None, **kwargs):
    if training and len(net.history) == 4 and len(net.history[-1, "batches"]) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

t.LRScheduler.on_batch_end = kill
model, y = t.model_of("classes", **{options!r})
model.fit(t.X, y)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of other systems are others")
def test_a_killed_process_goes_on_as_if_nothing_had_been(tmp_path, epochs_run):
    options = {"batch_size": 8, "early_stopping": True, "n_iter_no_change": 9}
    resumed = {**options, "checkpoint": str(tmp_path / "run")}
    code = SCRIPT.format(folder=str(Path(__file__).parent), options=resumed)
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    model, y = model_of("classes", **resumed)
    model.fit(X, y)
    assert len(epochs_run) == model.n_iter_ - 3  # three were whole
    assert_same(model, model_of("classes", **options)[0].fit(X, y))


# --- interruptions ----------------------------------------------------------------------------


class ControlC(Callback):
    """Sends this process the signal of the keyboard, in the third batch of epoch 4."""

    def on_batch_end(self, net, training=None, **kwargs):
        if training and (len(net.history), len(net.history[-1, "batches"])) == (4, 3):
            signal.raise_signal(signal.SIGINT)


def test_ctrl_c_keeps_the_last_whole_epoch():
    model, y = model_of("classes", batch_size=8, callbacks=[RATES, ControlC()])
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        model.fit(X, y)
    except KeyboardInterrupt:
        whole = model_of("classes", batch_size=8, max_iter=3)[0].fit(X, y)
        assert_same(model, whole)
    else:
        pytest.fail("the fit was not interrupted")
    finally:
        signal.signal(signal.SIGINT, handler)


class Interrupt(Callback):
    """Interrupts in the middle of an epoch, the first time that it comes."""

    def __init__(self, epoch, hook="on_grad_computed"):
        self.epoch = epoch
        self.hook = hook

    def _may_interrupt(self, hook, net):
        if hook == self.hook and len(net.history) == self.epoch:
            raise KeyboardInterrupt

    def on_grad_computed(self, net, named_parameters, **kwargs):
        self._may_interrupt("on_grad_computed", net)

    def on_epoch_begin(self, net, **kwargs):
        self._may_interrupt("on_epoch_begin", net)


@each
@pytest.mark.parametrize("hook", ["on_grad_computed", "on_epoch_begin"])
def test_an_interruption_keeps_the_last_whole_epoch(name, hook):
    model, y = model_of(name)
    callbacks = list(model.callbacks or ())
    epoch = 2 if name == "stops early" else 4
    whole = clone(model).set_params(max_iter=epoch - 1).fit(X, y)
    model.set_params(callbacks=[*callbacks, Interrupt(epoch, hook)])
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    assert_same(model, whole)
    # Generators and optimizer have gone back, too: training goes on as if not interrupted.
    if model.early_stopping:
        return
    model.set_params(callbacks=callbacks)
    model.partial_fit(X, y)
    whole.partial_fit(X, y)
    assert_same(model, whole)


STEPS = [[2, 3, 4], [3, 4], [2, 2]]
OF_NETWORKS = {
    "RNNClassifier": (STEPS, ["a", "b", "c"]),
    "RNNRegressor": (STEPS, [0.0, 1.0, 2.0]),
    "RNNTagger": (STEPS, STEPS),
    "Seq2Seq": (STEPS, STEPS),
    "RNNLanguageModel": (["a b c", "b a c"],),
    "SkipThought": (["A b. C d. E f."],),
    "SequenceCNNClassifier": (STEPS, ["a", "b", "c"]),
    "SequenceMLPClassifier": (STEPS, ["a", "b", "c"]),
}


@pytest.mark.parametrize("name", OF_NETWORKS)
def test_an_interrupted_network_of_any_kind_keeps_the_first_epoch(name):
    model = getattr(textvec, name)(random_state=0, max_iter=4, callbacks=[Interrupt(2)])
    with pytest.raises(KeyboardInterrupt):
        model.fit(*OF_NETWORKS[name])
    whole = clone(model).set_params(max_iter=1, callbacks=None).fit(*OF_NETWORKS[name])
    assert model.n_iter_ == 1
    weights, expected = (m.net_.module_.state_dict() for m in (model, whole))
    assert all(torch.equal(weights[key], expected[key]) for key in expected)


MEASURED = {
    "RNNClassifier": "accuracy",
    "RNNRegressor": "R2",
    "RNNTagger": "accuracy",
    "Seq2Seq": "token accuracy",
    "RNNLanguageModel": "mean log probability",
    "SkipThought": "mean log probability",
}


@pytest.mark.parametrize("name", MEASURED)
def test_verbose_names_what_is_measured(name, capsys):
    X, *y = OF_NETWORKS[name]
    validation = {"X_val": X, "y_val": y[0]} if y else {"X_val": X}
    model = getattr(textvec, name)(random_state=0, max_iter=1, verbose=1).fit(X, *y, **validation)
    line = capsys.readouterr().out
    assert f", validation {MEASURED[name]} {model.validation_scores_[0]:.4g}, " in line


def test_verbose_names_the_f1_of_chunks(capsys):
    y = [["B-X", "I-X", "O"], ["O", "B-X"], ["O", "O"]]
    tagger = RNNTagger(metric="f1", random_state=0, max_iter=1, verbose=1)
    tagger.fit(STEPS, y, X_val=STEPS, y_val=y)
    assert ", validation F1 " in capsys.readouterr().out


def test_an_interruption_in_the_first_epoch_changes_nothing(tmp_path):
    model, y = model_of("classes", callbacks=[Interrupt(1)])
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    assert fitted_state(model) == {}
    model.set_params(callbacks=None).fit(X, y)
    before = fitted_state(model)
    model.set_params(callbacks=[Interrupt(1)])
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    assert fitted_state(model) == before
    model.set_params(warm_start=True, callbacks=[Interrupt(model.n_iter_ + 1)])
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    assert fitted_state(model) == before


def test_interrupted_runs_with_a_checkpoint_go_on(tmp_path):
    whole, y = model_of("classes", callbacks=None)
    whole.fit(X, y)
    model = clone(whole).set_params(checkpoint=tmp_path)
    epochs = []

    def interrupting(*args):
        epochs.append(1)
        if len(epochs) >= 3:
            raise KeyboardInterrupt
        return train_epoch(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("textvec.nn._net.train_epoch", interrupting)
        with pytest.raises(KeyboardInterrupt):
            model.fit(X, y)
        assert model.n_iter_ == 2
        # Interrupted once more before an epoch is over, it stands where it was.
        with pytest.raises(KeyboardInterrupt):
            clone(model).fit(X, y)
    assert_same(model.fit(X, y), whole)


# --- memory and numbers -----------------------------------------------------------------------

OUT_OF_MEMORY = [
    torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes."),
    RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 4 bytes."),
    MemoryError(),
]


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=lambda e: f"{type(e).__name__} {e}"[:40])
def test_memory_that_runs_out_in_training(error, monkeypatch):
    model, y = model_of("classes")
    before = fitted_state(model.fit(X, y))
    monkeypatch.setattr(torch.optim.Adam, "step", lambda *_, **__: (_ for _ in ()).throw(error))
    message = (
        r"not enough memory on \w+ for a batch of \d+ rows x \d steps in training: lower "
        r"batch_size \(now 32\), or what makes the network wide, such as hidden_size, or cut "
        r"long rows with SequencePadder\(length=\.\.\.\)"
    )
    with pytest.raises(MemoryError, match=message) as raised:
        model.fit(X, y)
    assert raised.value.__cause__ is error
    assert fitted_state(model) == before


def test_other_errors_stay_what_they_are(monkeypatch):
    def broken(*args):
        raise RuntimeError("shapes do not fit")

    monkeypatch.setattr("textvec.nn._loop.train_step", broken)
    with pytest.raises(RuntimeError, match="shapes do not fit"):
        model_of("classes")[0].fit(X, Y)


def test_memory_that_runs_out_elsewhere(monkeypatch):
    model, y = model_of("classes", hidden_size=50_000_000)
    with pytest.raises(MemoryError, match="memory for the network and the rows: fit on fewer rows"):
        model.fit(X, y)
    model, y = model_of("best epoch")
    series = [RNG.normal(size=(n, 3)) for n in RNG.integers(1, 9, size=60)]
    vectors = Ragged.from_rows(series)
    model.fit(vectors, y)

    def exhausted(*args, **kwargs):
        raise MemoryError

    monkeypatch.setattr("textvec.nn._loop.evaluate_batch", exhausted)
    message = r"batch of 6 rows x \d steps x 3 in validation: lower what makes the network wide"
    with pytest.raises(MemoryError, match=message):
        model.fit(vectors, y)
    monkeypatch.setattr(SequenceNet, "infer", exhausted)
    with pytest.raises(
        MemoryError, match="not enough memory to predict: predict fewer rows at a time"
    ):
        model.predict(vectors)


@each
def test_a_loss_that_is_no_number_stops_and_says_what_to_lower(name, tmp_path, epochs_run):
    model, y = model_of(name)
    before = fitted_state(model.fit(X, y))
    weights = {n: w.clone() for n, w in model.net_.module_.state_dict().items()}
    epochs_run.clear()
    model.set_params(
        optimizer="sgd",
        learning_rate_init=1e38,
        callbacks=None,
        checkpoint=tmp_path,
        clip_norm=None,
        max_iter=50,
    )
    with pytest.raises(
        ValueError, match=r"loss of epoch (\d) is (nan|-?inf): lower learning_rate_"
    ):
        model.fit(X, y)
    assert len(epochs_run) <= 2
    assert fitted_state(model) == before
    for n, w in model.net_.module_.state_dict().items():
        assert torch.equal(w, weights[n])

"""What every estimator on a network does, whatever it learns: a summary, and going on later."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import textvec
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
from textvec.networks import _trainer
from textvec.networks._estimator import NetworkEstimator
from textvec.networks._parameters import fitted_names
from textvec.networks._records import Fitted
from textvec.networks._trainer import Trainer
from textvec.nn import SequenceNet

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
    public = {getattr(textvec, name) for name in textvec._PUBLIC}
    networks = {c for c in public if isinstance(c, type) and issubclass(c, NetworkEstimator)}
    assert {type(model) for model, _ in FITS} == networks


@each
def test_the_summary_lists_every_parameter(model, given, capsys):
    with pytest.raises(NotFittedError):
        clone(model).summary()
    fitted = clone(model).fit(*given)
    fitted.summary()
    title, _, rule, *lines = capsys.readouterr().out.splitlines()
    assert title == f'Model: "{type(model).__name__}"'
    layers = lines[: lines.index(rule)]
    listed = sum(int(line.split()[-1].replace(",", "")) for line in layers)
    n_parameters = sum(p.numel() for p in fitted.net_.module_.parameters())
    assert listed == n_parameters
    assert f"Total params: {n_parameters:,}" in lines


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

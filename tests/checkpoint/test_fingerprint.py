"""Fingerprints: equal for equal trainings, and what differs between others is named."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from skorch.callbacks import LRScheduler

from textvec import Ragged, WordTokenizer
from textvec.checkpoint import training_fingerprint
from textvec.checkpoint._fingerprint import differences, draws_from, saved_draws

PARAMETERS = {"hidden_size": 8, "random_state": 0, "device": "auto", "callbacks": None}


@dataclass
class Data:
    rows: Any
    targets: Any
    weights: Any


def make_data(rows=((1, 2), (3,)), targets=(0.0, 1.0), weights=None):
    return Data(Ragged.from_rows(rows), torch.tensor(targets), weights)


def fingerprint(data=None, weight=1.0, seed=0, name="Net", **parameters):
    torch_module = torch.nn.Linear(1, 1)
    torch.nn.init.constant_(torch_module.weight, weight)
    torch.nn.init.zeros_(torch_module.bias)
    net = SimpleNamespace(module_=torch_module, history=[], device="cpu")
    return training_fingerprint(
        name,
        PARAMETERS | parameters,
        make_data() if data is None else data,
        net,
        saved_draws(np.random.RandomState(seed)),
    )


def test_equal_trainings_have_equal_fingerprints_also_after_json():
    callbacks = [LRScheduler("StepLR", step_size=2)]
    mine = fingerprint(callbacks=callbacks, tokenizer=WordTokenizer(), f=np.mean, n=np.int64(2))
    other = [LRScheduler("StepLR", step_size=2)]
    theirs = fingerprint(callbacks=other, tokenizer=WordTokenizer(), f=np.mean, n=2)
    assert mine == theirs == json.loads(json.dumps(mine))
    assert differences(mine, theirs) == []


@pytest.mark.parametrize("name", ["checkpoint", "max_iter", "verbose", "warm_start", "n_jobs"])
def test_some_parameters_do_not_count(name):
    assert fingerprint(**{name: 1}) == fingerprint(**{name: 2})


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"name": "Other"}, ["the estimator (there Other)"]),
        ({"hidden_size": 9}, ["hidden_size (there 9, here 8)"]),
        ({"more": "x"}, ["more (there 'x', here None)"]),
        ({"data": make_data(rows=((1, 2), (4,)))}, ["the data X"]),
        ({"data": make_data(rows=((1,), (2, 3)))}, ["the data X"]),
        ({"data": make_data(targets=(1.0, 1.0))}, ["the data y"]),
        ({"data": make_data(weights=np.ones(2))}, ["the data sample_weight"]),
        ({"weight": 2.0}, ["the first weights"]),
        ({"weight": 2.0, "hidden_size": 9}, ["hidden_size (there 9, here 8)"]),
    ],
)
def test_what_differs_is_named(other, named):
    assert differences(fingerprint(), fingerprint(**other)) == named


def test_a_random_state_counts_by_where_it_stands():
    def of(seed):
        return fingerprint(seed=seed, random_state=np.random.RandomState(seed))

    assert of(1) == of(1)
    assert of(1) != of(2)


def test_draws_go_on_where_they_were_saved():
    draws = np.random.RandomState(3)
    draws.normal(size=3)
    again = draws_from(json.loads(json.dumps(saved_draws(draws))))
    assert again.normal(size=5).tolist() == draws.normal(size=5).tolist()


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (partial(torch.optim.SGD, momentum=0.9), partial(torch.optim.SGD, momentum=0.1)),
        (str.split, str.splitlines),
        (re.compile("a").findall, re.compile("b").findall),
        (lambda text: text.split(), lambda text: text.split(",")),
    ],
    ids=["partial", "method of C", "method of a pattern", "lambda"],
)
def test_functions_count_by_what_they_do(value, other):
    here = fingerprint(function=value)
    assert list(differences(here, fingerprint(function=value))) == []
    (named,) = differences(here, fingerprint(function=other))
    assert named.startswith("function (there ")

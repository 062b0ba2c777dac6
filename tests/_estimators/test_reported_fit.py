"""Callbacks of scikit-learn see every estimator of textvec being fitted."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.callback import ProgressBar
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.metaestimators import available_if

import textvec
from tests.test_common import DOCUMENTS, ON_COUNTS, ON_DOCUMENTS, ON_TEXT, same
from textvec import (
    CountVectorizer,
    NaiveForecaster,
    OneHotVectorizer,
    RNNClassifier,
    RNNEncoder,
    SequencePadder,
    SequenceVectorizer,
    TfidfVectorizer,
    WordTokenizer,
)
from textvec._inputs import _blocks

LABELS = [0, 1, 0, 1, 0, 1]
SMALL = {"hidden_size": 2, "embedding_dim": 2, "max_iter": 2, "random_state": 0}


class Recorder:
    """Writes down what a callback sees; a Pipeline propagates it to its steps."""

    max_propagation_depth = None

    def __init__(self):
        self.seen = []

    def setup(self, estimator, context):
        self.seen.append("setup")

    def teardown(self, estimator, context):
        self.seen.append("teardown")

    def on_fit_task_begin(self, estimator, context):
        self.seen.append(f"begin {context.estimator_name} {context.task_name}")

    def on_fit_task_end(self, estimator, context):
        self.seen.append(f"end {context.estimator_name} {context.task_name}")


def test_every_estimator_takes_callbacks():
    for name in textvec._PUBLIC:
        if hasattr(getattr(textvec, name), "fit"):
            assert hasattr(getattr(textvec, name), "set_callbacks"), name


@pytest.mark.parametrize("method", ["fit", "fit_transform"])
@pytest.mark.parametrize("estimator", [*ON_TEXT, *ON_DOCUMENTS], ids=repr)
def test_a_fit_is_seen_to_begin_and_to_end(estimator, method):
    recorder, plain = Recorder(), clone(estimator)
    watched = clone(estimator).set_callbacks(recorder)
    results = [getattr(e, method)(DOCUMENTS) for e in (plain, watched)]
    name = type(estimator).__name__
    assert recorder.seen[:2] == ["setup", f"begin {name} fit"]
    assert recorder.seen[-2:] == [f"end {name} fit", "teardown"]
    assert recorder.seen.count("setup") == recorder.seen.count(f"begin {name} fit") == 1
    assert vars(watched).keys() - vars(plain).keys() == {"_skl_callbacks"}
    if method == "fit_transform":
        assert same(*results)


@pytest.mark.parametrize("estimator", [*ON_COUNTS, SequencePadder(3)], ids=repr)
def test_transformers_of_arrays_too(estimator):
    recorder = Recorder()
    X, y = np.ones((4, 3), int), [0, 1, 0, 1]
    clone(estimator).set_callbacks(recorder).fit_transform(X, y)
    name = type(estimator).__name__
    assert recorder.seen == ["setup", f"begin {name} fit", f"end {name} fit", "teardown"]


def test_forecasters_too():
    recorder = Recorder()
    NaiveForecaster().set_callbacks(recorder).fit(y=np.arange(9.0))
    assert len(recorder.seen) == 4


def test_a_fit_that_fails_is_torn_down():
    recorder = Recorder()
    vectorizer = SequenceVectorizer(min_count=9).set_callbacks(recorder)
    before = dict(vars(vectorizer))
    with pytest.raises(ValueError, match="min_count"):
        vectorizer.fit(DOCUMENTS)
    assert recorder.seen == ["setup", "begin SequenceVectorizer fit", "teardown"]
    assert vars(vectorizer) == before


class Conditional(WordTokenizer):
    @available_if(lambda self: self.spans)
    def fit_transform(self, X, y=None):
        return super().fit_transform(X, y)


def test_methods_that_are_there_on_a_condition_stay_so():
    assert hasattr(Conditional(spans=True), "fit_transform")
    assert not hasattr(Conditional(), "fit_transform")
    recorder = Recorder()
    Conditional(spans=True).set_callbacks(recorder).fit_transform(DOCUMENTS)
    assert recorder.seen.count("begin Conditional fit") == 1


def pipeline(*steps):
    return make_pipeline(WordTokenizer(), SequenceVectorizer(), *steps)


def test_a_progress_bar_on_a_pipeline_counts_every_step(capsys):
    model = pipeline(SequencePadder(4), RNNClassifier(**SMALL)).set_callbacks(ProgressBar())
    model.fit(DOCUMENTS, LABELS)  # without a warning
    assert model.predict(DOCUMENTS).shape == (6,)
    assert all("_skl_callbacks" not in vars(step) for _, step in model.steps)
    printed = capsys.readouterr().out
    for step in ("WordTokenizer", "SequenceVectorizer", "SequencePadder", "RNNClassifier"):
        assert f"| {step[:10]}" in printed


def test_a_progress_bar_on_a_search_reaches_the_steps(capsys):
    grid = {"rnnclassifier__hidden_size": [2, 3]}
    search = GridSearchCV(pipeline(RNNClassifier(**SMALL)), grid, cv=2)
    search.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(DOCUMENTS, LABELS)
    assert capsys.readouterr().out.count("RNNClassifier"[:4]) >= 5


def test_an_encoder_shows_the_epochs_of_its_estimator():
    recorder = Recorder()
    model = pipeline(RNNEncoder(RNNClassifier(**SMALL)), LogisticRegression())
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The estimator LogisticRegression does not")
        model.set_callbacks(recorder).fit(DOCUMENTS, LABELS)
    seen = recorder.seen
    assert seen.count("begin RNNClassifier epoch") == 2
    assert seen.index("end RNNClassifier epoch") < seen.index("end RNNEncoder fit")


MANY = [f"frog toad w{i % 7}" for i in range(300)]
READERS = [
    WordTokenizer(),
    SequenceVectorizer(),
    SequenceVectorizer(tokenizer=str.split, prune_at=5),
    OneHotVectorizer(),
    CountVectorizer(),
    TfidfVectorizer(ngram_range=(1, 2)),
]


@pytest.mark.parametrize("container", [list, pd.Series, np.array], ids=["list", "series", "array"])
@pytest.mark.parametrize("estimator", READERS, ids=repr)
def test_a_long_fit_is_seen_to_read_its_documents(estimator, container, monkeypatch):
    monkeypatch.setattr(_blocks, "CHARACTERS", 200)
    recorder, documents = Recorder(), container(MANY)
    plain = clone(estimator).fit_transform(documents)
    watched = clone(estimator).set_callbacks(recorder).fit_transform(documents)
    assert same(plain, watched)
    name = type(estimator).__name__
    assert recorder.seen[:3] == ["setup", f"begin {name} fit", f"begin {name} documents"]
    assert recorder.seen[-2:] == [f"end {name} fit", "teardown"]
    assert recorder.seen.count(f"end {name} documents") == 100


def test_documents_that_are_read_twice_are_counted_once(monkeypatch):
    monkeypatch.setattr(_blocks, "CHARACTERS", 200)
    recorder = Recorder()
    pruned = SequenceVectorizer(prune_at=100).set_callbacks(recorder)
    pruned.fit_transform(MANY)
    assert recorder.seen.count("end SequenceVectorizer documents") == 100


def test_a_progress_bar_of_a_long_fit_moves(monkeypatch, capsys):
    monkeypatch.setattr(_blocks, "CHARACTERS", 200)
    model = pipeline(RNNClassifier(**SMALL)).set_callbacks(ProgressBar())
    model.fit(MANY, [0, 1] * 150)
    assert "WordTokenizer" in capsys.readouterr().out


def test_a_fit_of_a_subclass_may_take_anything():
    class Mine(SequenceVectorizer):
        def fit(self, *args, **options):
            assert options == {"epochs": 3}
            return super().fit(*args)

    assert len(Mine().fit(["a b"], epochs=3).vocabulary_) == 2

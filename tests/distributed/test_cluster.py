"""A cluster of processes on this machine: the same results, also where a worker is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import joblib
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from textvec import (
    CountVectorizer,
    HashingVectorizer,
    SequenceVectorizer,
    TfidfVectorizer,
    WordTokenizer,
)

from .killed_worker import PATIENT
from .partitions import DOCUMENTS, assert_same, in_partitions

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")

PARTS = [2, 0, 1, 3, 4, 1]
TEXTS = [f"{document} word{i}" for i, document in enumerate(3 * DOCUMENTS)]


@pytest.fixture(scope="module")
def client():
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    with (
        dask.config.set(PATIENT),
        distributed.LocalCluster(**options) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def test_processes_learn_what_one_machine_learns(client):
    X = in_partitions(TEXTS, PARTS)
    for estimator in (TfidfVectorizer(min_df=2), SequenceVectorizer(), HashingVectorizer()):
        here = type(estimator)(**estimator.get_params()).fit(TEXTS)
        assert_same(estimator.fit_transform(X), here.transform(TEXTS))


def test_a_pipeline_of_lazy_steps(client):
    X = in_partitions(TEXTS, PARTS)
    steps = WordTokenizer(), CountVectorizer()
    here = make_pipeline(*steps).fit(TEXTS)
    assert_same(make_pipeline(*steps).fit(X).transform(X), here.transform(TEXTS))


def test_a_large_estimator_is_on_the_workers_and_not_in_the_graph(client):
    counts = CountVectorizer().fit([f"word{i}" for i in range(5000)])
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "10 kB"}):
        lazy = counts.transform(in_partitions(TEXTS, PARTS))
    from distributed.protocol import dumps

    assert sum(map(len, dumps(dict(lazy.__dask_graph__())))) < 20_000
    assert_same(lazy, counts.transform(TEXTS))


def test_a_killed_worker_changes_nothing(tmp_path):
    # In a process of its own: a cluster that never ends is then an error. On a busy machine each
    # of the four workers that start takes as long as it takes.
    script = Path(__file__).with_name("killed_worker.py")
    done = subprocess.run(
        [sys.executable, script, tmp_path], capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["fit", "transform"]


def test_a_search_runs_on_the_workers(client):
    search = GridSearchCV(
        make_pipeline(TfidfVectorizer(), LogisticRegression()),
        {"tfidfvectorizer__min_df": [1, 2]},
        cv=2,
    )
    labels = [i % 2 for i in range(len(TEXTS))]
    with joblib.parallel_config(backend="dask"):
        search.fit(TEXTS, labels)
    assert (
        search.best_score_
        == GridSearchCV(search.estimator, search.param_grid, cv=2).fit(TEXTS, labels).best_score_
    )

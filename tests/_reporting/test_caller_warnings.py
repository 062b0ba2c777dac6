"""Warnings name the line that called textvec, through whatever is between."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from textvec import (
    CountVectorizer,
    EmbeddingVectorizer,
    RNNClassifier,
    SequencePadder,
    SequenceVectorizer,
    TfidfVectorizer,
    WordTokenizer,
    WordVectors,
)

SMALL = {"hidden_size": 2, "embedding_dim": 2, "max_iter": 1, "random_state": 0}

VECTORS = WordVectors(["the", "frog"], np.eye(2, dtype=np.float32))
CASES = {
    "counts": CountVectorizer(vocabulary=["A"]),
    "tf-idf": TfidfVectorizer(vocabulary=["A"]),
    "vectors": EmbeddingVectorizer(VECTORS, pooling="mean"),
    "pipeline": make_pipeline(CountVectorizer(vocabulary=["A"])),
    "step before another": make_pipeline(EmbeddingVectorizer(VECTORS), SequencePadder(2)),
}


@pytest.mark.parametrize("method", ["fit", "fit_transform"])
@pytest.mark.parametrize("name", CASES)
def test_the_line_of_the_caller(name, method):
    with pytest.warns(UserWarning, match="Upper case|have no vector") as caught:
        getattr(CASES[name], method)(["a b c"])
    assert {warning.filename for warning in caught} == {__file__}


def float_ids():
    RNNClassifier(**SMALL).fit(np.array([[2.0, 3], [3, 4]]), [0, 1])


def one_hot_labels():
    model = make_pipeline(SequenceVectorizer(), RNNClassifier(**SMALL))
    model.fit(["a b", "c"], np.eye(2))


def stop_words():
    WordTokenizer(stop_words=["won't"], rule="sklearn").transform(["a b"])


def another_version():
    state = WordTokenizer().__getstate__()
    WordTokenizer().__setstate__({**state, "_textvec_version": "0"})


DEEP = {
    float_ids: "X holds floats",
    one_hot_labels: "every row of y has one 1",
    stop_words: "stop_words may be inconsistent",
    another_version: "from textvec 0 ",
}


@pytest.mark.parametrize("warn", DEEP)
def test_the_line_of_the_caller_of_what_is_deep_inside(warn):
    with pytest.warns(UserWarning, match=DEEP[warn]) as caught:
        warn()
    assert {warning.filename for warning in caught} == {__file__}


def test_files(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("the 1 0\nthe 0 1\n")
    with pytest.warns(UserWarning, match="left out") as caught:
        WordVectors.load(path)
    assert caught[0].filename == __file__

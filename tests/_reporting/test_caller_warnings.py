"""Warnings name the line that called textvec, through whatever is between."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from textvec import CountVectorizer, EmbeddingVectorizer, TfidfVectorizer, WordVectors

VECTORS = WordVectors(["the", "frog"], np.eye(2, dtype=np.float32))
CASES = {
    "counts": CountVectorizer(vocabulary=["A"]),
    "tf-idf": TfidfVectorizer(vocabulary=["A"]),
    "vectors": EmbeddingVectorizer(VECTORS, pooling="mean"),
    "pipeline": make_pipeline(CountVectorizer(vocabulary=["A"])),
}


@pytest.mark.parametrize("method", ["fit", "fit_transform"])
@pytest.mark.parametrize("name", CASES)
def test_the_line_of_the_caller(name, method):
    with pytest.warns(UserWarning, match="Upper case|have no vector") as caught:
        getattr(CASES[name], method)(["a b c"])
    assert {warning.filename for warning in caught} == {__file__}


def test_files(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("the 1 0\nthe 0 1\n")
    with pytest.warns(UserWarning, match="left out") as caught:
        WordVectors.load(path)
    assert caught[0].filename == __file__

"""Graphs written node by node."""

from __future__ import annotations

import numpy as np
import pytest

from textvec.exporting._graph import Graph

from .runtime import outputs


def test_sums_over_thousands_of_steps():
    ort = pytest.importorskip("onnxruntime")
    graph = Graph()
    total = graph.precise_sum(graph.input("X", np.float32, ["n", "k"]), 0)
    graph.output("sum", total, np.float32, ["k"])
    session = ort.InferenceSession(graph.model("a sum").SerializeToString())
    X = np.random.default_rng(0).uniform(size=(100_000, 3)).astype(np.float32)
    expected = X.sum(axis=0, dtype=np.float64)
    np.testing.assert_allclose(outputs(session, X)["sum"], expected, rtol=1e-7)

"""The linear path of a network over the n-grams of ids, as nodes."""

from __future__ import annotations

import numpy as np

from ..nn import WideLinear
from ._body_nodes import array_of
from ._graph import Graph
from ._pooling_nodes import real_steps
from ._step_rows import Steps

_END = np.array([np.iinfo(np.int64).max])


def wide_sum(graph: Graph, wide: WideLinear, ids: str, steps: Steps) -> str:
    """Return the sum of the weights of each row's n-grams, (B, C), of ids (T, B)."""
    named = graph.add("Greater", ids, np.int64(0))
    real = graph.cast(graph.add("And", real_steps(graph, steps), named), np.float32)
    terms, present, grams, inside = [ids], [real], ids, real
    for n in range(2, wide.max_ngram + 1):
        grams = graph.add("Mul", _but_last(graph, grams), np.int64(wide.factor))
        grams = graph.add(
            "Mod", graph.add("Add", grams, _from(graph, ids, n - 1)), np.int64(wide.prime)
        )
        inside = graph.add("Mul", _but_last(graph, inside), _from(graph, real, n - 1))
        bucket = graph.add("Mod", grams, np.int64(wide.n_buckets))
        terms.append(graph.add("Add", bucket, np.int64(wide.n_tokens)))
        present.append(inside)
    weights = graph.add("Gather", array_of(wide.weight), graph.concat(terms, 0))  # (N, B, C)
    counted = graph.concat(present, 0)  # (N, B)
    total = graph.precise_sum(
        graph.add("Mul", weights, graph.add("Unsqueeze", counted, np.array([2]))), 0
    )
    count = graph.add("Max", graph.sum(counted, 0), np.float32(1))
    total = graph.add("Mul", total, np.float32(wide.gain))
    return graph.add("Div", total, graph.add("Unsqueeze", graph.add("Sqrt", count), np.array([1])))


def _but_last(graph: Graph, x: str) -> str:
    return graph.add("Slice", x, np.array([0]), np.array([-1]), np.array([0]))


def _from(graph: Graph, x: str, start: int) -> str:
    return graph.add("Slice", x, np.array([start]), _END, np.array([0]))

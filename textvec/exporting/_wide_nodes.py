"""The linear path of a network over the n-grams of ids, as nodes."""

from __future__ import annotations

import numpy as np

from ..nn import WideLinear
from ._body_nodes import array_of
from ._graph import Graph
from ._pooling_nodes import real_steps
from ._step_rows import Steps

_LEAST = np.float32(1e-12)


def wide_sum(graph: Graph, wide: WideLinear, ids: str, steps: Steps) -> str:
    """Return the sum of the weights of each row's n-grams, (B, C), of ids (T, B)."""
    places, present = _places(graph, wide, ids, steps)  # (N, B)
    values = counts = None
    if wide.tfidf is not None:
        counts = _counts(graph, places, len(wide.weight))
        values = graph.add("Add", graph.add("Log", counts), np.float32(1))
        values = graph.add("Mul", graph.add("Gather", array_of(wide.tfidf), places), values)
    scales = (
        present if values is None else graph.add("Mul", present, graph.add("Div", values, counts))
    )
    squares = graph.sum(scales if values is None else graph.add("Mul", scales, values), 0)  # (B,)
    weights = graph.add("Gather", array_of(wide.weight), places)  # (N, B, C)
    scaled = graph.add("Mul", weights, graph.add("Unsqueeze", scales, np.array([2])))
    total = graph.add("Mul", graph.precise_sum(scaled, 0), np.float32(wide.gain))
    least = np.float32(1) if values is None else _LEAST
    norm = graph.add("Sqrt", graph.add("Max", squares, least))
    total = graph.add("Div", total, graph.add("Unsqueeze", norm, np.array([1])))
    return graph.add("Add", total, array_of(wide.weight)[0])


def _places(graph: Graph, wide: WideLinear, ids: str, steps: Steps) -> tuple[str, str]:
    """Return where the weights of all n-grams are, 0 where there is none, and whether there is."""
    named = graph.add("Greater", ids, np.int64(wide.last_unnamed))
    real = graph.cast(graph.add("And", real_steps(graph, steps), named), np.float32)
    terms, present, grams, inside = [ids], [real], ids, real
    for n in range(2, wide.max_ngram + 1):
        grams = graph.add("Mul", graph.slice(grams, 0, -1), np.int64(wide.factor))
        grams = graph.add(
            "Mod", graph.add("Add", grams, graph.slice(ids, n - 1)), np.int64(wide.prime)
        )
        inside = graph.add("Mul", graph.slice(inside, 0, -1), graph.slice(real, n - 1))
        bucket = graph.add("Mod", grams, np.int64(wide.n_buckets))
        terms.append(graph.add("Add", bucket, np.int64(wide.n_tokens)))
        present.append(inside)
    joined = graph.concat(present, 0)
    places = graph.add("Mul", graph.concat(terms, 0), graph.cast(joined, np.int64))
    return places, joined


def _counts(graph: Graph, places: str, n_places: int) -> str:
    """Return how often the place of each n-gram occurs in its row, (N, B)."""
    n_rows = graph.size(places, 1)
    rows = graph.add("Range", np.int64(0), n_rows, np.int64(1))
    keys = graph.add("Add", places, graph.add("Mul", rows, np.int64(n_places)))
    _, _, terms, counts = graph.add_many("Unique", 4, graph.add("Reshape", keys, np.array([-1])))
    counted = graph.add("Reshape", graph.add("Gather", counts, terms), graph.add("Shape", places))
    return graph.cast(counted, np.float32)

"""Poolings as nodes: from a vector for each step to one for each row."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from torch import nn

from ..nn import (
    AttentionPooling,
    ConcatPooling,
    FlattenPooling,
    LastPooling,
    MaxPooling,
    MeanPooling,
)
from ._graph import Graph
from ._step_rows import Steps, step_numbers


def masked(graph: Graph, x: Steps, value: float) -> str:
    """Put a value into the steps of (T, B, H) beyond each row's length."""
    inside = graph.add("Unsqueeze", real_steps(graph, x), np.array([2]))  # (T, B, 1)
    return graph.add("Where", inside, x.values, np.float32(value))


def real_steps(graph: Graph, x: Steps) -> str:
    """Mark the real steps, (T, B)."""
    return graph.add("Less", step_numbers(graph, graph.size(x.values, 0)), x.lengths)


def last_state(graph: Graph, pooling: LastPooling, x: Steps) -> str:
    """Return the hidden state after the last step that each direction reads, (B, H)."""
    last = graph.add("Max", graph.add("Sub", x.lengths, np.int64(1)), np.int64(0))
    index = graph.add("Unsqueeze", last, np.array([1]))
    by_row = graph.add("Transpose", x.values, perm=[1, 0, 2])  # (B, T, H)
    states = graph.add("GatherND", by_row, index, batch_dims=1)
    if pooling.bidirectional:  # the backward direction reads the first step last
        h = pooling.hidden_size
        first = graph.add("Gather", x.values, np.int64(0))
        parts = [graph.slice(states, 0, h, axis=1), graph.slice(first, h, 2 * h, axis=1)]
        states = graph.concat(parts, 1)
    return _zero_if_empty(graph, states, x.lengths)


def mean_state(graph: Graph, pooling: nn.Module, x: Steps) -> str:
    """Return the mean over the real steps, (B, H)."""
    count = graph.cast(graph.add("Max", x.lengths, np.int64(1)), np.float32)
    total = graph.precise_sum(masked(graph, x, 0.0), 0)
    return graph.add("Div", total, graph.add("Unsqueeze", count, np.array([1])))


def largest_state(graph: Graph, pooling: nn.Module, x: Steps) -> str:
    """Return the largest value of each unit over the real steps, (B, H)."""
    return _zero_if_empty(graph, graph.max(masked(graph, x, -math.inf), 0), x.lengths)


def joined_states(graph: Graph, pooling: Any, x: Steps) -> str:
    """Return the results of several poolings side by side."""
    return graph.concat([pooled(graph, part, x) for part in pooling.parts], 1)


def attended_state(graph: Graph, pooling: Any, x: Steps) -> str:
    """Return the mean over the steps, weighted by the softmax of a learned query, (B, H)."""
    scores = graph.add("MatMul", x.values, pooling.query.detach().cpu().numpy())  # (T, B)
    least = np.finfo(np.float32).min
    weights = graph.add("Softmax", graph.add("Where", real_steps(graph, x), scores, least), axis=0)
    weighted = graph.add("Mul", graph.add("Unsqueeze", weights, np.array([2])), x.values)
    return _zero_if_empty(graph, graph.precise_sum(weighted, 0), x.lengths)


def flattened_steps(graph: Graph, pooling: FlattenPooling, x: Steps) -> str:
    """Return the first steps side by side, (B, n_steps * D)."""
    n_steps = pooling.n_steps
    pads = np.array([0, 0, 0, n_steps, 0, 0])
    padded = graph.add("Pad", masked(graph, x, 0.0), pads)
    first = graph.slice(padded, 0, n_steps)
    by_row = graph.add("Transpose", first, perm=[1, 0, 2])
    return graph.add("Reshape", by_row, np.array([0, pooling.output_size]))


# By the exact type: a subclass may compute something else.
POOLING_NODES: dict[type[nn.Module], Callable[[Graph, Any, Steps], str]] = {
    LastPooling: last_state,
    MeanPooling: mean_state,
    MaxPooling: largest_state,
    AttentionPooling: attended_state,
    ConcatPooling: joined_states,
    FlattenPooling: flattened_steps,
}


def pooled(graph: Graph, pooling: nn.Module, x: Steps) -> str:
    """Add a pooling of steps (T, B, H), by its type; return (B, H)."""
    return POOLING_NODES[type(pooling)](graph, pooling, x)


def _zero_if_empty(graph: Graph, x: str, lengths: str) -> str:
    empty = graph.add("Unsqueeze", graph.add("Equal", lengths, np.int64(0)), np.array([1]))
    return graph.add("Where", empty, np.float32(0), x)

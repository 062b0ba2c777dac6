"""Rows of ids or vectors as an exported network reads them: without their padding, steps first."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .._containers._vocabulary import PAD, UNKNOWN
from ._graph import Graph, Operand


class Steps(NamedTuple):
    """Rows padded at the end, steps first.

    Parameters
    ----------
    values : str
        Ids (T, B), int64, or vectors (T, B, D), float32; zeros beyond a row's length.
    lengths : str
        Real steps of each row, (B,), int64.
    n_rows : str
        Number of rows that count, (1,), int64. Of no rows, the graph reads one of padding:
        recurrent layers of onnxruntime crash without any.
    vectors : str or None
        With ids: the vectors (T, B, D) that they stand for, if the network has no table of
        its own.
    ids : str or None
        With the vectors of a network's own table: the ids (T, B) that they stand for.
    """

    values: str
    lengths: str
    n_rows: str
    vectors: str | None = None
    ids: str | None = None


class Span(NamedTuple):
    """Where the real steps of each row of an array are.

    Parameters
    ----------
    first, lengths : str
        Of each row, (B,), int64.
    head : int, default=0
        Steps that stand before the first: those of the array's beginning.
    """

    first: str
    lengths: str
    head: int = 0


def real_span(graph: Graph, real: str) -> Span:
    """Return the span from the first to the last step that is marked in (B, T), bool."""
    marks = graph.cast(_with_padding(graph, graph.cast(real, np.int32)), np.int32)
    first = graph.add("ArgMax", marks, axis=1, keepdims=0)
    last = graph.add("ArgMax", marks, axis=1, keepdims=0, select_last_index=1)
    length = graph.add("Add", graph.add("Sub", last, first), np.int64(1))
    filled = graph.cast(graph.max(marks, 1), np.int64)
    return Span(first, graph.add("Mul", length, filled))


def whole_span(graph: Graph, rows: str) -> Span:
    """Return the span of all steps of (B, T, ...)."""
    n_rows = row_count(graph, rows)
    n_steps = graph.add("Shape", rows, start=1, end=2)
    zeros = graph.add("ConstantOfShape", n_rows)
    lengths = graph.add("Expand", n_steps, n_rows)
    return Span(graph.cast(zeros, np.int64), lengths)


def some_rows(graph: Graph, rows: str, n_axes: int = 2) -> str:
    """Append a row of padding if there are no rows."""
    missing = graph.add(
        "Sub", np.array([1]), graph.add("Min", row_count(graph, rows), np.array([1]))
    )
    pads: list[Operand] = [np.zeros(n_axes, np.int64), missing, np.zeros(n_axes - 1, np.int64)]
    return graph.add("Pad", rows, graph.concat(pads, 0))


def row_count(graph: Graph, rows: str) -> str:
    """Return the number of rows, (1,)."""
    return graph.add("Shape", rows, start=0, end=1)


def first_rows(graph: Graph, rows: str, n_rows: str, axis: int = 0) -> str:
    """Return those rows that count, without what `some_rows` has appended."""
    return graph.add("Slice", rows, np.array([0]), n_rows, np.array([axis]))


def gathered(graph: Graph, rows: str, span: Span, n_rows: str, width: int | None = None) -> Steps:
    """Return the steps of a span of rows (B, T) or (B, T, width), moved to the front."""
    padded = _with_padding(graph, rows, n_axes=2 if width is None else 3)  # (B, T + 1, ...)
    n_steps = graph.size(padded, 1)
    longest = graph.max(graph.concat([np.array([1]), span.lengths], 0), 0)
    steps = step_numbers(graph, longest)
    last = graph.add("Sub", n_steps, np.int64(1))  # the step of padding
    inside = graph.add("Less", steps, span.lengths)  # (T', B)
    moved = graph.add("Add", steps, span.first)
    if span.head:
        moved = graph.add("Where", graph.add("Less", steps, np.int64(span.head)), steps, moved)
    positions = graph.add("Where", inside, moved, last)
    numbers = graph.add("Range", np.int64(0), graph.size(padded, 0), np.int64(1))  # (B,)
    flat = graph.add("Add", positions, graph.add("Mul", numbers, n_steps))
    items = graph.add("Reshape", padded, np.array([-1] if width is None else [-1, width]))
    return Steps(graph.add("Gather", items, flat), span.lengths, n_rows)


def step_numbers(graph: Graph, n_steps: str) -> str:
    """Return 0, 1, ... below a number of steps, (T, 1)."""
    numbers = graph.add("Range", np.int64(0), n_steps, np.int64(1))
    return graph.add("Unsqueeze", numbers, np.array([1]))


def ids_of(graph: Graph, rows: str) -> Steps:
    """Return rows of ids (B, T) without their padding; 0 at either end is padding."""
    n_rows, rows = row_count(graph, rows), some_rows(graph, rows)
    real = graph.add("Not", graph.add("Equal", rows, np.int64(PAD)))
    return gathered(graph, rows, real_span(graph, real), n_rows)


def vectors_of(graph: Graph, rows: str, width: int, mask_value: float | None) -> Steps:
    """Return rows of vectors (B, T, D) without their padding, by the value that marks it."""
    n_rows, rows = row_count(graph, rows), some_rows(graph, rows, 3)
    if mask_value is None:
        span = whole_span(graph, rows)
    else:
        if math.isnan(mask_value):
            same = graph.add("IsNaN", rows)
        else:
            same = graph.add("Equal", rows, np.float32(mask_value))
        other = graph.cast(graph.add("Not", same), np.int32)
        span = real_span(graph, graph.cast(graph.max(other, 2), np.bool_))
    return gathered(graph, rows, span, n_rows, width)


def known_ids(graph: Graph, ids: str, size: int, *, bounded: bool) -> str:
    """Return ids for a table of `size` rows: those beyond it are unknown, or an error.

    A runtime reads negative indices from the end of a table; here they are errors, too.
    """
    negative = graph.add("Less", ids, np.int64(0))
    ids = graph.add("Where", negative, np.int64(2**31), ids)
    if bounded:
        return ids
    beyond = graph.add("GreaterOrEqual", ids, np.int64(size))
    return graph.add(
        "Where", graph.add("And", beyond, graph.add("Not", negative)), np.int64(UNKNOWN), ids
    )


def _with_padding(graph: Graph, rows: str, n_axes: int = 2) -> str:
    """Append a step of zeros to each row, so that no row is without steps."""
    pads = np.zeros(2 * n_axes, np.int64)
    pads[n_axes + 1] = 1
    return graph.add("Pad", rows, pads)

"""What stands before a network in a pipeline, as nodes: from texts or arrays to steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._containers._cut_rows import head_of_long
from .._containers._vocabulary import UNKNOWN
from ..networks._sequence_estimator import SequenceEstimator
from ..tokenizers import stop_words_of
from ..vectorizers import SequencePadder, SequenceTruncator, SequenceVectorizer
from ..vectorizers.ids._row_truncation import length_after
from ..vectors import EmbeddingVectorizer
from ._graph import Graph
from ._network_nodes import INPUT, add_network, check_network, declare_input, steps_of
from ._refusals import refusal
from ._step_rows import Span, Steps, gathered, row_count
from ._text_nodes import (
    DROPPED,
    WAY_OUT,
    check_defaults,
    some_texts,
    token_ids,
    token_pattern,
    tokenizer_of,
)

SequenceSteps = SequenceVectorizer | EmbeddingVectorizer
Cut = SequencePadder | SequenceTruncator
_CUTS = (SequencePadder, SequenceTruncator)


def add_sequence_pipeline(graph: Graph, steps: list[Any]) -> None:
    """Add a network and what stands before it: a vectorizer, or its tokenizer, and a cut."""
    *before, network = steps
    check_network(network)
    cut = before.pop() if before and type(before[-1]) in _CUTS else None
    if not before:
        _add_from_array(graph, cut, network)
        return
    vectorizer = before.pop()
    if type(vectorizer) not in (SequenceVectorizer, EmbeddingVectorizer):
        raise refusal("the pipeline", f"{type(vectorizer).__name__} before a network", WAY_OUT)
    if isinstance(vectorizer, SequenceVectorizer):
        vectorizer._check_fitted()
    if len(before) > 1:
        raise refusal("the pipeline", f"{type(before[0]).__name__} before a tokenizer", WAY_OUT)
    if isinstance(cut, SequencePadder):
        check_defaults(cut, {"value": 0})
    tokenizer = before[0] if before else vectorizer.tokenizer
    add_network(graph, network, _steps_from_texts(graph, tokenizer, vectorizer, cut))


def _add_from_array(graph: Graph, cut: Cut | None, network: SequenceEstimator) -> None:
    rows = declare_input(graph, network, any_length=cut is not None)
    # A truncator makes rows of vectors, which have no padding.
    mask_value = None if isinstance(cut, SequenceTruncator) else network.mask_value
    if cut is not None:
        rows = _cut_columns(graph, rows, cut, network)
    add_network(graph, network, steps_of(graph, network, rows, mask_value))


def _cut_columns(graph: Graph, rows: str, cut: Cut, network: SequenceEstimator) -> str:
    """Return the steps of (B, T, ...) that a cut leaves."""
    if isinstance(cut, SequencePadder):
        # What pads must be padding to the network, or rows would have more steps than they had.
        has_ids = network._inputs.kind == "ids"
        check_defaults(cut, {"value": 0 if has_ids else network.mask_value})
    n_steps, length = graph.size(rows, 1), np.int64(length_after(cut))
    kept = graph.add("Min", n_steps, length)
    columns = graph.add("Range", np.int64(0), kept, np.int64(1))
    moved = graph.add("Add", columns, graph.add("Sub", n_steps, kept))
    if _head(cut):
        moved = graph.add("Where", graph.add("Less", columns, np.int64(_head(cut))), columns, moved)
    return graph.add("Gather", rows, moved, axis=1)


def _steps_from_texts(
    graph: Graph, tokenizer: Any, vectorizer: SequenceSteps, cut: Cut | None
) -> Steps:
    """Return ids of the tokens of texts or, with a table of vectors, those vectors."""
    name = type(vectorizer).__name__
    tokenizer = tokenizer_of(tokenizer, name)
    _check_vectorizer(vectorizer, name)
    ids = dict(vectorizer.vocabulary_) | dict.fromkeys(stop_words_of(tokenizer), DROPPED)
    texts = graph.input(INPUT, object, ["n"])
    n_rows = row_count(graph, texts)
    rows = token_ids(
        graph,
        some_texts(graph, texts, n_rows),
        token_pattern(tokenizer),
        ids,
        lowercase=tokenizer.lowercase,
        unknown=DROPPED if vectorizer.oov == "drop" else UNKNOWN,
    )
    if isinstance(vectorizer, SequenceVectorizer):
        rows = _framed(graph, rows, vectorizer)
    steps = gathered(graph, rows, _span(graph, rows, cut), n_rows)
    if isinstance(vectorizer, SequenceVectorizer):
        return steps
    table = np.asarray(vectorizer.table_, np.float32)
    return steps._replace(vectors=graph.add("Gather", table, steps.values))


def _check_vectorizer(vectorizer: SequenceSteps, name: str) -> None:
    if vectorizer.oov == "error":
        raise refusal(name, "oov='error'", WAY_OUT)
    if isinstance(vectorizer, SequenceVectorizer):
        check_defaults(vectorizer, {"ngram_range": (1, 1)})
    else:
        if vectorizer.pooling is not None:
            raise refusal(name, f"pooling={vectorizer.pooling!r} before a network", WAY_OUT)
        if vectorizer._vectors.subwords is not None:
            raise refusal(name, "a vector composed of subwords", WAY_OUT)


def _span(graph: Graph, rows: str, cut: Cut | None) -> Span:
    """Return the span of the tokens of each row (B, T) that a cut leaves."""
    lengths = _lengths(graph, rows)
    if cut is None:
        return Span(graph.add("Mul", lengths, np.int64(0)), lengths)
    kept = graph.add("Min", lengths, np.int64(length_after(cut)))
    return Span(graph.add("Sub", lengths, kept), kept, _head(cut))


def _head(cut: Cut) -> int:
    """Return how many of the steps that a cut leaves are those at a long row's beginning."""
    return head_of_long(length_after(cut), cut.truncating, cut.keep_first, cut.keep_last)


def _lengths(graph: Graph, rows: str) -> str:
    """Return the number of ids of each row (B, T), (B,)."""
    return graph.sum(graph.cast(graph.add("Greater", rows, np.int64(0)), np.int64), 1)


def _framed(graph: Graph, rows: str, vectorizer: SequenceVectorizer) -> str:
    """Put the BOS token before the ids of each row (B, T), and the EOS token behind them."""
    ids = vectorizer.vocabulary_
    if vectorizer.eos_token is not None:
        end = graph.add("Unsqueeze", _lengths(graph, rows), np.array([1]))
        eos = graph.add("Expand", np.int64(ids[vectorizer.eos_token]), graph.add("Shape", end))
        padded = graph.add("Pad", rows, np.array([0, 0, 0, 1]))
        rows = graph.add("ScatterElements", padded, end, eos, axis=1)
    if vectorizer.bos_token is not None:
        bos = np.int64(ids[vectorizer.bos_token])
        rows = graph.add("Pad", rows, np.array([0, 1, 0, 0]), bos)
    return rows

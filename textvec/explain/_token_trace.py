"""The tokens that a network at the end of a pipeline reads of each document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from .._embedded_sequences import EmbeddedSequences
from .._ragged import Ragged, gather_items, offsets_from_lengths, positions_in_rows
from .._tokens import Tokens
from .._vocabulary import FIRST, UNKNOWN, UNKNOWN_NAME
from ..nn import SequenceData
from ..tokenizers import CharTokenizer, as_tokens
from ..vectorizers import SequencePadder


class TokenTrace(NamedTuple):
    """Documents as tokens, and which of these are left after the steps of a pipeline.

    Attributes
    ----------
    tokens : list of list of str
        The tokens of each document.
    positions : Ragged of int64 or None
        Positions of the tokens that are left; None if they are not known.
    names : ndarray of shape (n_ids,), object
        The token of each id.
    separator : str
        What joins tokens to text.
    """

    tokens: list[list[str]]
    positions: Ragged | None
    names: NDArray[np.object_]
    separator: str


class TracedInput(NamedTuple):
    """The last step of a pipeline, and its input.

    Attributes
    ----------
    estimator : estimator
        The last step; the model itself if it is no pipeline.
    X : as that step takes it
        Rows.
    trace : TokenTrace or None
        None if the rows were not made of text.
    """

    estimator: Any
    X: Any
    trace: TokenTrace | None


def trace_tokens(model: Any, X: Any) -> TracedInput:
    """Transform rows by all steps of a pipeline but its last, and trace their tokens."""
    *steps, estimator = _steps(model)
    tokenizer, trace = None, None
    for step in steps:
        documents, X = X, step.transform(X)
        if isinstance(X, Tokens):
            tokenizer = step
        elif hasattr(step, "vocabulary_") and isinstance(X, (Ragged, EmbeddedSequences)):
            tokenizer = tokenizer or getattr(step, "tokenizer", None)
            trace = _trace(step, documents, tokenizer, X)
        elif trace is not None:
            trace = trace._replace(positions=_positions_after(step, trace.positions))
    return TracedInput(estimator, X, trace)


def row_tokens(data: SequenceData, trace: TokenTrace | None) -> list[list[str]]:
    """Return the tokens of each row's steps: else their ids, or for vectors their positions."""
    lengths = data.lengths_cpu
    if data.rows.values.ndim > 1:
        return [[str(step) for step in range(length)] for length in lengths]
    items = gather_items(data.starts.cpu().numpy(), lengths)
    ids = Ragged(data.rows.values.cpu().numpy()[items], offsets_from_lengths(lengths))
    if trace is None:
        return [[str(number) for number in row] for row in ids]
    return [_strings(i, row, trace) for i, row in enumerate(ids)]


def _steps(model: Any) -> Iterator[Any]:
    if not isinstance(model, Pipeline):
        yield model
        return
    for _, step in model.steps:
        if step not in (None, "passthrough"):
            yield from _steps(step)


def _trace(
    vectorizer: Any, documents: Any, tokenizer: Any, X: Ragged | EmbeddedSequences
) -> TokenTrace:
    """Return the tokens of documents of which a vectorizer made `X`."""
    names = np.full(FIRST + len(vectorizer.vocabulary_), UNKNOWN_NAME, dtype=object)
    names[FIRST:] = vectorizer.vocabulary_.tokens
    tokens = as_tokens(documents, getattr(vectorizer, "tokenizer", None))
    separator = "" if isinstance(tokenizer, CharTokenizer) else " "
    positions = None
    if np.array_equal(X.lengths, tokens.lengths):  # else the vectorizer has dropped tokens
        positions = Ragged(positions_in_rows(tokens.lengths), tokens.offsets)
    return TokenTrace(tokens.to_list(), positions, names, separator)


def _positions_after(step: Any, positions: Ragged | None) -> Ragged | None:
    if positions is None or not isinstance(step, SequencePadder):
        return None
    return positions.truncated(step.length_, truncating=step.truncating)


def _strings(row: int, ids: NDArray[np.int32], trace: TokenTrace) -> list[str]:
    """Return the document's own tokens if their positions are known, else the names of ids."""
    if trace.positions is not None and len(trace.positions[row]) == len(ids):
        return [trace.tokens[row][position] for position in trace.positions[row]]
    known = np.where(ids < len(trace.names), ids, UNKNOWN)
    return trace.names[known].tolist()  # type: ignore[no-any-return]

"""What a network at the end of a pipeline read of each document, as strings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from .._embedded_sequences import EmbeddedSequences
from .._ragged import Ragged
from .._tokens import Tokens
from .._vocabulary import FIRST, UNKNOWN, UNKNOWN_NAME
from ..nn import SequenceData
from ..tokenizers import CharTokenizer, as_tokens
from ..vectorizers import SequencePadder


class TextRead(NamedTuple):
    """Documents on their way to a network.

    Attributes
    ----------
    tokens : list of list of str
        Of each document.
    places : Ragged of int64 or None
        Which of them are left; None if that can't be told.
    names : ndarray of shape (n_ids,), object
        What each id stands for.
    separator : str
        What stands between tokens as text.
    """

    tokens: list[list[str]]
    places: Ragged | None
    names: NDArray[np.object_]
    separator: str


def through(model: Any, X: Any) -> tuple[Any, Any, TextRead | None]:
    """Take rows through all steps of a pipeline but its last.

    Returns
    -------
    estimator : estimator
        The last step, or `model` if it is no pipeline.
    X : as that step takes it
        The rows.
    read : TextRead or None
        None if there was no text.
    """
    *steps, estimator = _steps(model)
    tokenizer, read = None, None
    for step in steps:
        given, X = X, step.transform(X)
        if isinstance(X, Tokens):
            tokenizer = step
        elif hasattr(step, "vocabulary_") and isinstance(X, (Ragged, EmbeddedSequences)):
            tokenizer = tokenizer or getattr(step, "tokenizer", None)
            read = _text_read(step, given, tokenizer, X)
        elif read is not None:
            read = read._replace(places=_left_by(step, read.places))
    return estimator, X, read


def row_tokens(data: SequenceData, read: TextRead | None) -> list[list[str]]:
    """Give the tokens of the steps that a network read: strings, else ids, else step numbers."""
    starts, lengths = data.starts.cpu().numpy(), data.lengths_cpu
    if data.rows.values.ndim > 1:
        return [[str(step) for step in range(length)] for length in lengths]
    values = data.rows.values.cpu().numpy()
    rows = [values[start : start + length] for start, length in zip(starts, lengths)]
    if read is None:
        return [[str(number) for number in row] for row in rows]
    return [_strings(i, row, read) for i, row in enumerate(rows)]


def _steps(model: Any) -> Iterator[Any]:
    if not isinstance(model, Pipeline):
        yield model
        return
    for _, step in model.steps:
        if step not in (None, "passthrough"):
            yield from _steps(step)


def _text_read(step: Any, given: Any, tokenizer: Any, X: Ragged | EmbeddedSequences) -> TextRead:
    names = np.full(FIRST + len(step.vocabulary_), UNKNOWN_NAME, dtype=object)
    names[FIRST:] = step.vocabulary_.tokens
    tokens = as_tokens(given, getattr(step, "tokenizer", None))
    separator = "" if isinstance(tokenizer, CharTokenizer) else " "
    places = None
    if np.array_equal(X.lengths, tokens.lengths):  # or else tokens were dropped
        flat = np.arange(len(tokens.values)) - np.repeat(tokens.offsets[:-1], tokens.lengths)
        places = Ragged(flat, tokens.offsets)
    return TextRead(tokens.to_list(), places, names, separator)


def _left_by(step: Any, places: Ragged | None) -> Ragged | None:
    if places is None or not isinstance(step, SequencePadder):
        return None
    return places.truncated(step.length_, truncating=step.truncating)


def _strings(row: int, ids: NDArray[np.int32], read: TextRead) -> list[str]:
    """Give the document's own tokens where they can be told, those never seen too."""
    if read.places is not None and len(read.places[row]) == len(ids):
        return [read.tokens[row][place] for place in read.places[row]]
    known = np.where(ids < len(read.names), ids, UNKNOWN)
    return read.names[known].tolist()  # type: ignore[no-any-return]

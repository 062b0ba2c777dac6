"""The tokens that a network at the end of a pipeline reads of each document."""

from __future__ import annotations

from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._containers._embedded_sequences import EmbeddedSequences
from .._containers._ragged import Ragged, gather_items, offsets_from_lengths, positions_in_rows
from .._containers._tokens import Tokens
from .._containers._vocabulary import FIRST, UNKNOWN, UNKNOWN_NAME
from .._estimators._model_steps import model_steps
from ..nn import SequenceData
from ..tokenizers import CharTokenizer, as_tokens
from ..vectorizers import HashingSequenceVectorizer, SequencePadder, SequenceTruncator
from ..vectorizers.ids._row_truncation import truncated_rows
from ..vectorizers.ids._token_ngrams import token_ngrams
from ..vectorizers.ids._vocabulary_vectorizer import VocabularyVectorizer
from ..vectors import EmbeddingVectorizer


class TokenTrace(NamedTuple):
    """Documents as tokens, and which of these are left after the steps of a pipeline.

    Attributes
    ----------
    tokens : list of list of str
        The tokens of each document, or what a vectorizer has made of them: n-grams, BOS and EOS
        tokens.
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
    """Transform rows by all steps of a model but its last, and trace their tokens."""
    *steps, estimator = model_steps(model)
    tokenizer, trace = None, None
    for step in steps:
        if isinstance(step, (VocabularyVectorizer, HashingSequenceVectorizer, EmbeddingVectorizer)):
            tokenizer = tokenizer or step.tokenizer
            X = as_tokens(X, step.tokenizer)
        tokens, X = X, step.transform(X)
        if isinstance(X, Tokens):
            tokenizer = step
        elif isinstance(tokens, Tokens) and isinstance(X, (Ragged, EmbeddedSequences)):
            trace = _trace(step, tokens, tokenizer, X)
        elif trace is not None:
            trace = trace._replace(positions=_positions_after(step, trace.positions))
    return TracedInput(estimator, X, trace)


def row_tokens(data: SequenceData, trace: TokenTrace | None) -> list[list[str]]:
    """Return the tokens of each row's steps: else their ids, or for vectors their positions."""
    lengths = data.lengths_cpu
    if data.rows.values.ndim > 1:
        return [[str(step) for step in range(length)] for length in lengths]
    items = gather_items(data.starts_cpu, lengths)
    ids = Ragged(data.rows.values.cpu().numpy()[items], offsets_from_lengths(lengths))
    if trace is None:
        return [[str(number) for number in row] for row in ids]
    return [_strings(i, row, trace) for i, row in enumerate(ids)]


def _trace(
    vectorizer: Any, tokens: Tokens, tokenizer: Any, X: Ragged | EmbeddedSequences
) -> TokenTrace:
    """Return the tokens of which a vectorizer made `X`."""
    ids = X.ids if isinstance(X, EmbeddedSequences) else X
    items, known = _items(vectorizer, tokens), getattr(vectorizer, "vocabulary_", None)
    if known is None:  # hashed: ids have no names
        names = np.arange(vectorizer.max_tokens).astype(str).astype(object)
    else:
        names = np.full(FIRST + len(known), UNKNOWN_NAME, dtype=object)
        names[FIRST:] = known.tokens
    positions = None
    if ids.lengths.tolist() == [len(row) for row in items] and (
        known is None or _stand_for(ids, items, names)
    ):
        positions = Ragged(positions_in_rows(ids.lengths), ids.offsets)
    separator = "" if isinstance(tokenizer, CharTokenizer) else " "
    return TokenTrace(items, positions, names, separator)


def _items(vectorizer: Any, tokens: Tokens) -> list[list[str]]:
    """Return what a vectorizer numbers: tokens, their n-grams, and BOS and EOS tokens."""
    ngram_range = getattr(vectorizer, "ngram_range", (1, 1))
    rows = token_ngrams(tokens, ngram_range).to_list()
    first, last = (
        [token] if (token := getattr(vectorizer, name, None)) is not None else []
        for name in ("bos_token", "eos_token")
    )
    return [[*first, *row, *last] for row in rows]


def _stand_for(ids: Ragged, items: list[list[str]], names: NDArray[np.object_]) -> bool:
    """Return whether each id is of its item, or unknown: none was dropped for another."""
    known = (ids.values >= FIRST) & (ids.values < len(names))
    flat = np.array(list(chain.from_iterable(items)), dtype=object)
    return bool((flat[known] == names[ids.values[known]]).all())


def _positions_after(step: Any, positions: Ragged | None) -> Ragged | None:
    if positions is None or not isinstance(step, (SequencePadder, SequenceTruncator)):
        return None
    return truncated_rows(step, positions)


def _strings(row: int, ids: NDArray[np.int32], trace: TokenTrace) -> list[str]:
    """Return the document's own tokens if their positions are known, else the names of ids."""
    if trace.positions is not None and len(trace.positions[row]) == len(ids):
        return [trace.tokens[row][position] for position in trace.positions[row]]
    known = np.where(ids < len(trace.names), ids, UNKNOWN)
    return trace.names[known].tolist()  # type: ignore[no-any-return]

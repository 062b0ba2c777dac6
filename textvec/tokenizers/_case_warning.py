"""Warning of words that are unknown for their case alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._containers._tokens import Tokens
from .._containers._vocabulary import Vocabulary
from .._inputs._streams import is_stream
from .._reporting._caller_warnings import warn_caller

_LOOKED_AT = 1000
_OF_TEXTS = (
    "texts are split and lower-cased by WordTokenizer() where no tokenizer is set, and words in "
    "upper case are known. Keep the case by tokenizer=WordTokenizer(lowercase=False), or pass what "
    "fit has read, rows of words or Tokens."
)
_OF_ROWS = (
    "rows of words are looked up as they are, and none of theirs in upper case is known. Pass "
    "texts, which are split and lower-cased, or lower-case the words."
)


def is_cased(vocabulary: Vocabulary) -> bool:
    """Return whether a letter of a token is in upper case."""
    letters = vocabulary.buffer.tobytes().decode("utf-8", "surrogatepass")
    return letters != letters.lower()


def warn_of_case(
    X: Any, words: Vocabulary, is_unknown: NDArray[np.bool_], vocabulary: Vocabulary
) -> None:
    """Warn if words of texts are known in upper case alone, or words of rows in lower case alone.

    Parameters
    ----------
    X : documents or Tokens
        What no tokenizer was set for.
    words : Vocabulary
        Its distinct tokens.
    is_unknown : ndarray of shape (n_words,), bool
        Which of them are not in the vocabulary.
    vocabulary : Vocabulary
        What is known.
    """
    if isinstance(X, Tokens) or is_stream(X) or not is_unknown.any():
        return
    if isinstance(next(iter(X), None), str):
        unknown = words.take(np.flatnonzero(is_unknown)[:_LOOKED_AT]).tokens
        others = [(word, change(word)) for change in (str.title, str.upper) for word in unknown]
        _warn_of_first(others, vocabulary, _OF_TEXTS)
        return
    cased = [word for word in words if word != word.lower()][:_LOOKED_AT]
    if cased and (vocabulary.lookup(cased) < 0).all():
        _warn_of_first([(word, word.lower()) for word in cased], vocabulary, _OF_ROWS)


def _warn_of_first(others: list[tuple[str, str]], vocabulary: Vocabulary, reason: str) -> None:
    """Warn of the first word of which the other form is known."""
    for position in np.flatnonzero(vocabulary.lookup([form for _, form in others]) >= 0)[:1]:
        word, form = others[position]
        warn_caller(f"{word!r:.40} of X is unknown, {form!r:.40} is known: {reason}")

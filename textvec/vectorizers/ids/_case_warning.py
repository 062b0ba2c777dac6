"""Warning of words that are unknown for their case alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._containers._tokens import Tokens
from ..._containers._vocabulary import Vocabulary
from ..._inputs._streams import is_stream
from ..._reporting._caller_warnings import warn_caller

_LOOKED_AT = 1000
_OF_TEXTS = (
    "texts are split and lower-cased by WordTokenizer() where no tokenizer is set, and the "
    "vocabulary has words in upper case. Split them as the documents of fit were: pass rows of "
    "words, or Tokens, as WordTokenizer(lowercase=False).transform(X) returns."
)
_OF_ROWS = (
    "rows of words are looked up as they are, and the vocabulary has no word in upper case. Pass "
    "texts, which the vectorizer splits and lower-cases, or lower-case the words."
)


def is_cased(vocabulary: Vocabulary) -> bool:
    """Return whether a letter of a token is in upper case."""
    letters = vocabulary.buffer.tobytes().decode("utf-8", "surrogatepass")
    return letters != letters.lower()


def warn_of_case(
    X: Any,
    words: Vocabulary,
    is_unknown: NDArray[np.bool_],
    vocabulary: Vocabulary,
    *,
    cased: bool,
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
    cased : bool
        Whether it has letters in upper case.
    """
    if isinstance(X, Tokens) or is_stream(X) or not is_unknown.any():
        return
    are_texts = isinstance(next(iter(X), None), str)
    if are_texts != cased:
        return
    unknown = words.take(np.flatnonzero(is_unknown)[:_LOOKED_AT]).tokens
    changes: list[Callable[[str], str]] = [str.title, str.upper] if are_texts else [str.lower]
    for change in changes:
        known = vocabulary.lookup([change(word) for word in unknown]) >= 0
        for word in (word for word, found in zip(unknown, known, strict=True) if found):
            reason = _OF_TEXTS if are_texts else _OF_ROWS
            warn_caller(f"{word!r:.40} of X is unknown, {change(word)!r:.40} is known: {reason}")
            return

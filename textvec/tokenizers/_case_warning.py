"""Warning of words that are unknown for their case alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._containers._tokens import Tokens
from .._containers._vocabulary import Vocabulary, is_cased
from .._inputs._streams import is_stream
from .._reporting._caller_warnings import warn_caller

_LOOKED_AT = 1000
_OF_TEXTS = (
    "texts are split and lower-cased by WordTokenizer() where no tokenizer is set, and words in "
    "upper case are known. Keep the case by tokenizer=WordTokenizer(lowercase=False), or pass what "
    "fit has read, rows of words or Tokens."
)
_OF_ROWS = (
    "rows of words are looked up as they are, and no word in upper case is known. Pass texts, "
    "which are split and lower-cased, or lower-case the words."
)


def warn_of_case(X: Any, words: Vocabulary, known: Vocabulary) -> None:
    """Warn if words of texts are known in upper case alone, or words of rows in lower case alone.

    Parameters
    ----------
    X : documents or Tokens
        What no tokenizer was set for.
    words : Vocabulary
        Its distinct tokens.
    known : Vocabulary
        What they are looked up in.
    """
    if isinstance(X, Tokens) or is_stream(X):
        return
    are_texts = isinstance(next(iter(X), None), str)
    if are_texts != is_cased(known):
        return
    unknown = words.take(np.flatnonzero(known.lookup(words) < 0)[:_LOOKED_AT]).tokens
    changes = (str.title, str.upper) if are_texts else (str.lower,)
    others = [(word, change(word)) for change in changes for word in unknown]
    found = np.flatnonzero(known.lookup([other for _, other in others]) >= 0)
    if len(found):
        word, other = others[found[0]]
        reason = _OF_TEXTS if are_texts else _OF_ROWS
        warn_caller(f"{word!r:.40} of X is unknown, {other!r:.40} is known: {reason}")

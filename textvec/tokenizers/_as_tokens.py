"""The front door of text: whatever holds documents, as Tokens."""

from __future__ import annotations

from typing import Any

from .._tokens import Tokens
from ._word_tokenizer import WordTokenizer


def as_tokens(X: Any, tokenizer: Any) -> Tokens:
    """Return Tokens as they are; tokenize anything else.

    Parameters
    ----------
    X : documents or Tokens
        Raw documents (list, array, Series or one-column frame of str) or Tokens.
    tokenizer : object with a transform method, or None
        Turns documents into Tokens. None is ``WordTokenizer()``.

    Returns
    -------
    Tokens

    Raises
    ------
    TypeError
        If the tokenizer returns anything but Tokens.
    """
    if isinstance(X, Tokens):
        return X
    tokens = (WordTokenizer() if tokenizer is None else tokenizer).transform(X)
    if not isinstance(tokens, Tokens):
        raise TypeError(
            f"tokenizer must return Tokens, {type(tokenizer).__name__}.transform returned "
            f"{type(tokens).__name__}: wrap a function in FunctionTokenizer."
        )
    return tokens

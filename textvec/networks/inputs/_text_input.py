"""Texts as rows of ids, and rows of ids as texts, for estimators that read or write texts."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone

from ..._documents import is_missing
from ..._embedded_sequences import EmbeddedSequences
from ..._ragged import Ragged
from ..._tokens import Tokens
from ...tokenizers import WordTokenizer
from ...vectorizers import SequenceVectorizer


def fit_vectorizer(
    texts: Any, tokenizer: Any, *, max_tokens: int | None = None, min_count: int = 1
) -> SequenceVectorizer:
    """Learn the vocabulary of texts.

    Parameters
    ----------
    texts : documents or Tokens
        What to learn from.
    tokenizer : tokenizer or None
        A copy of it is fitted, too; None: ``WordTokenizer()``. Not used for Tokens.
    max_tokens, min_count
        As of :class:`SequenceVectorizer`.

    Returns
    -------
    SequenceVectorizer
        Fitted; its ``tokenizer`` is the fitted copy.
    """
    reader = WordTokenizer() if tokenizer is None else clone(tokenizer)
    tokens = texts if isinstance(texts, Tokens) else reader.fit(texts).transform(texts)
    vectorizer = SequenceVectorizer(tokenizer=reader, max_tokens=max_tokens, min_count=min_count)
    return vectorizer.fit(tokens)


def texts_of(vectorizer: SequenceVectorizer, ids: Ragged) -> list[str]:
    """Write rows of ids as texts, as the vectorizer's tokenizer joins tokens."""
    texts: list[str] = vectorizer.tokenizer.inverse_transform(vectorizer.inverse_transform(ids))
    return texts


def holds_texts(X: Any) -> bool:
    """Tell whether rows are texts, or documents cut into tokens, and not ids or numbers."""
    if isinstance(X, (Tokens, str, bytes)):
        return True
    if isinstance(X, (Ragged, EmbeddedSequences)):
        return False
    if isinstance(X, (list, tuple)):
        return not len(X) or isinstance(X[0], (str, bytes)) or is_missing(X[0])
    array = np.asarray(X)
    if array.dtype.kind != "O":
        return array.dtype.kind in "UST"
    first = next(iter(array.flat), "")
    return isinstance(first, (str, bytes)) or is_missing(first)

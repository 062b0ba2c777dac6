"""Texts as rows of ids, and rows of ids as texts, for estimators that read or write texts."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import clone

from ..._containers._embedded_sequences import EmbeddedSequences
from ..._containers._ragged import Ragged
from ..._containers._tokens import Tokens
from ..._inputs._documents import are_token_rows, document_list
from ..._inputs._items import is_row, items_of
from ..._inputs._missing import is_missing
from ...tokenizers import as_tokenizer, as_tokens
from ...vectorizers import SequenceVectorizer


def fit_vectorizer(
    texts: Any, tokenizer: Any, *, max_tokens: int | None = None, min_count: int = 1
) -> tuple[SequenceVectorizer, Tokens]:
    """Fit a vectorizer to texts, and return the tokens it was fitted on.

    A tokenizer is slow, and may be a user's function that does not return the same tokens
    twice: the ids of these texts are ``vectorizer.transform(tokens)``.

    Parameters
    ----------
    texts : documents or Tokens
        Texts to learn the vocabulary from.
    tokenizer : tokenizer or None
        Splits the texts; a copy of it is fitted. None is ``WordTokenizer()``. Tokens are not
        split again.
    max_tokens, min_count
        As for :class:`SequenceVectorizer`.

    Returns
    -------
    vectorizer : SequenceVectorizer
        Fitted; its ``tokenizer`` is the fitted copy.
    tokens : Tokens
        One row a text.
    """
    fitted = clone(as_tokenizer(tokenizer))
    if not isinstance(texts, Tokens):
        documents = document_list(texts)  # read twice
        if are_token_rows(documents):
            texts = as_tokens(documents, tokenizer)
        else:
            texts = as_tokens(documents, fitted.fit(documents))
    vectorizer = SequenceVectorizer(tokenizer=fitted, max_tokens=max_tokens, min_count=min_count)
    return vectorizer.fit(texts), texts


def tokens_of(X: Any, tokenizer: Any, fitted: Any) -> Tokens:
    """Return texts as Tokens by a fitted copy of a tokenizer; rows of tokens where none is set."""
    return as_tokens(X, None if tokenizer is None else fitted, default=fitted)


def join_texts(vectorizer: SequenceVectorizer, ids: Ragged) -> list[str]:
    """Return rows of ids as texts, joined as the vectorizer's tokenizer joins tokens."""
    texts: list[str] = vectorizer.tokenizer.inverse_transform(vectorizer.inverse_transform(ids))
    return texts


def holds_ids(X: Any) -> bool:
    """Return whether rows are ids, by the first of a list; not texts, Tokens or other numbers."""
    if isinstance(X, Ragged):
        return not isinstance(X, Tokens)
    if isinstance(X, np.ndarray):
        return X.ndim == 2 and X.dtype.kind in "iu"
    first = next((row for row in X if not is_missing(row)), ()) if type(X) is list else ()
    return is_row(first) and isinstance(next(iter(first), None), Integral)


def holds_texts(X: Any, *, if_missing: bool = False) -> bool:
    """Return whether rows are texts, or documents split into tokens, not ids or numbers.

    The first that is not missing tells; where there is none, `if_missing`. No rows may be texts.
    """
    if isinstance(X, (Tokens, str, bytes)):
        return True
    if isinstance(X, (Ragged, EmbeddedSequences)) or issparse(X):
        return False
    items = items_of(X, "X")
    if isinstance(items, np.ndarray) and items.dtype.kind != "O":
        return items.dtype.kind in "UST"
    values = items if isinstance(items, list) else items.flat
    if not len(items):
        return True
    first = next((value for value in values if not is_missing(value)), None)
    return if_missing if first is None else isinstance(first, (str, bytes))


def holds_documents(X: Any, *, if_missing: bool = False) -> bool:
    """Return whether rows are documents: texts, as `holds_texts` says, or lists of tokens."""
    if holds_texts(X, if_missing=if_missing):
        return True
    first = next(iter(X), None) if isinstance(X, (list, tuple)) else None
    return isinstance(first, (list, tuple)) and len(first) > 0 and isinstance(first[0], str)

"""Documents in whatever container, as Tokens: every estimator that takes text calls it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from sklearn.exceptions import NotFittedError

from .._containers._tokens import Tokens
from .._inputs._documents import (
    are_token_rows,
    document_list,
    none_left,
    refuse_token_rows,
    streamed_documents,
)
from .._inputs._missing import is_missing
from .._kernels._tokenize import Scanner
from .._reporting._caller_warnings import warn_caller
from ._base_tokenizer import BaseTokenizer
from ._function_tokenizer import FunctionTokenizer
from ._word_tokenizer import WordTokenizer

# What WordTokenizer() reads with: a scanner never changes, so that all calls may share it.
_WORDS = Scanner("words", lowercase=True)


def as_tokens(X: Any, tokenizer: Any, *, default: Any = None) -> Tokens:
    """Return Tokens as they are; tokenize anything else.

    Parameters
    ----------
    X : documents or Tokens
        Raw documents (list, array, Series, one-column frame or stream of str), rows of tokens
        (lists of str), or Tokens.
    tokenizer : object with a transform method, callable or None
        Turns documents into Tokens; a function returns the tokens of one document. None is
        `default`, and leaves rows of tokens as they are.
    default : tokenizer or None
        Splits texts where no tokenizer is set; None is ``WordTokenizer()``.

    Returns
    -------
    Tokens

    Raises
    ------
    TypeError
        If the tokenizer returns anything but Tokens, or is set for rows of tokens.
    """
    if isinstance(X, Tokens):
        return X
    cutter = as_tokenizer(default if tokenizer is None else tokenizer)
    if getattr(cutter, "input", "content") == "content":
        documents, are_tokens = _begun(X)
        if are_tokens:
            return _tokens_of_rows(documents, tokenizer)
    else:  # names of files, or files, which may be iterators
        documents = X
    if isinstance(documents, Iterator) and not isinstance(cutter, BaseTokenizer):
        documents = list(documents)  # one of somebody else's may read them more than once
    try:
        tokens = cutter.transform(documents)
    except NotFittedError as error:
        raise NotFittedError(
            f"tokenizer={tokenizer!r} is not fitted: fit it before, or make it a step of its own "
            "in front of this one, as in make_pipeline(tokenizer, ...)."
        ) from error
    if not isinstance(tokens, Tokens):
        raise TypeError(
            f"tokenizer must return Tokens, {type(tokenizer).__name__}.transform returned "
            f"{type(tokens).__name__}: wrap a function in FunctionTokenizer."
        )
    return tokens


def _tokens_of_rows(rows: list[Any] | Iterator[Any], tokenizer: Any) -> Tokens:
    """Return rows of tokens as Tokens; an error if a tokenizer was to split them."""
    if tokenizer is not None:
        refuse_token_rows([next(iter(rows))], tokenizer)
    tokens = Tokens.from_lists(rows)
    if (tokens.lengths == 1).all() and all(len(t.split()) > 1 for t in tokens.vocabulary):
        warn_caller(
            f"each row of X is a list of one str, as [{next(iter(tokens.vocabulary))!r:.50}], and "
            "is read as one token. If these are texts, pass [row[0] for row in X]; if they are "
            "tokens, Tokens.from_lists(X)."
        )
    return tokens


def _begun(X: Any) -> tuple[list[Any] | Iterator[Any], bool]:
    """Return documents as a list, or as an iterator; and whether they are rows of tokens."""
    stream = streamed_documents(X)
    if stream is None:
        documents = X if type(X) is list else document_list(X)
        return documents, are_token_rows(documents)
    first: list[Any] = []
    while not first or is_missing(first[-1]):  # what is missing does not tell
        more = list(islice(stream, 1))
        if not more:
            break
        first += more
    if not first and isinstance(X, Iterator):
        raise none_left(X)
    return (chain(first, stream) if first else []), are_token_rows(first)


def as_tokenizer(tokenizer: Any) -> Any:
    """Return an object with a transform method: a tokenizer as it is, a function wrapped."""
    if tokenizer is None:
        return WordTokenizer()
    if isinstance(tokenizer, type):
        raise TypeError(
            f"tokenizer is the class {tokenizer.__name__}: write {tokenizer.__name__}()."
        )
    if hasattr(tokenizer, "shape"):
        raise TypeError(f"tokenizer is a {type(tokenizer).__name__}, which splits no documents.")
    return tokenizer if hasattr(tokenizer, "transform") else FunctionTokenizer(tokenizer)


def plain_scanner(tokenizer: Any) -> Scanner | None:
    """Return what reads documents as a tokenizer does; None where it does more than to scan them.

    For single requests, which the containers of `as_tokens` cost more than the reading.
    """
    if tokenizer is None:
        return _WORDS
    if not isinstance(tokenizer, BaseTokenizer):
        return None
    plan = tokenizer._plan()
    if tokenizer.spans or plan.prepare is not None or plan.stop_words is not None:
        return None
    if tokenizer.input != "content" or type(tokenizer).transform is not BaseTokenizer.transform:
        return None
    return plan.scanner if isinstance(plan.scanner, Scanner) else None


def stop_words_of(tokenizer: BaseTokenizer) -> Iterable[str]:
    """Return the words that a tokenizer leaves out."""
    return tokenizer._plan().stop_words or ()

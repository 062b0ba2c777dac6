"""Documents in blocks of bounded size, so that a stream is never in memory as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from ._documents import Missing, as_document, none_left
from ._streams import document_stream

# Enough that a block costs little beside its documents, and few enough that the strings, of up to
# four bytes a character, and what is made of them are small beside any model.
CHARACTERS = 1 << 23
_FEW = 64  # documents that are measured at a time
_OF_A_TOKEN = 8  # characters, where a document is a list of tokens


def document_blocks(X: Any, *, missing: Missing = "error") -> Iterator[list[str]]:
    """Read documents from a stream, such as a generator or an open file, in lists of str.

    Parameters
    ----------
    X : stream of str
        One of which `document_stream` is not None.
    missing : {"error", "empty"}, default="error"
        As in `as_documents`.

    Raises
    ------
    TypeError
        For a document that is no str; the message names its row.
    ValueError
        If an iterator has none, as where it was read before.
    """
    first = 0
    for block in in_blocks(X):
        if not set(map(type, block)) <= {str}:
            block = [as_document(x, row, missing) for row, x in enumerate(block, first)]
        yield block
        first += len(block)


def in_blocks(X: Any, n_documents: int | None = None) -> Iterator[list[Any]]:
    """Cut documents into lists of about as many characters each.

    Parameters
    ----------
    X : stream or list
    n_documents : int or None, default=None
        Of a list, whatever their length.

    Raises
    ------
    ValueError
        If an iterator has none, as where it was read before.
    """
    items = document_stream(X) or iter(X)
    block, n_characters, n_blocks = list[Any](), 0, 0
    size = _FEW if n_documents is None else n_documents
    while few := list(islice(items, size)):
        block += few
        n_characters += sum(map(_n_characters, few))
        if n_characters >= CHARACTERS or n_documents is not None:
            yield block
            block, n_characters, n_blocks = [], 0, n_blocks + 1
    if block:
        yield block
    elif not n_blocks and isinstance(X, Iterator):
        raise none_left(X)


def _n_characters(document: Any) -> int:
    if isinstance(document, str):
        return len(document)
    return 1 + _OF_A_TOKEN * len(document) if isinstance(document, (list, tuple)) else 1

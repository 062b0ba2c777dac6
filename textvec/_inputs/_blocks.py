"""Documents in blocks of bounded size, so that a stream is never in memory as a whole."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice, pairwise
from typing import Any

from ._documents import Missing, as_document, none_left, streamed_documents

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


def in_blocks(
    X: Any, n_documents: int | None = None, *, rows: tuple[int, int] | None = None
) -> Iterator[list[Any]]:
    """Cut documents into lists of about as many characters each.

    Parameters
    ----------
    X : stream or list
    n_documents : int or None, default=None
        Of a list, whatever their length.
    rows : tuple of two int or None, default=None
        The first row of a list, and the one behind the last; None: all documents.

    Raises
    ------
    ValueError
        If an iterator has none, as where it was read before.
    """
    block, n_characters, n_blocks = list[Any](), 0, 0
    for few in _few_by_few(X, _FEW if n_documents is None else n_documents, rows):
        block += few
        n_characters += _n_characters_of(few)
        if n_characters >= CHARACTERS or n_documents is not None:
            yield block
            block, n_characters, n_blocks = [], 0, n_blocks + 1
    if block:
        yield block
    elif not n_blocks and isinstance(X, Iterator):
        raise none_left(X)


def _few_by_few(X: Any, size: int, rows: tuple[int, int] | None) -> Iterable[list[Any]]:
    if isinstance(X, list):
        # Where strings are in memory but in no cache, a slice waits for many at once, and an
        # iterator for one after the other.
        first, last = rows or (0, len(X))
        return (X[at : min(at + size, last)] for at in range(first, last, size))
    items = streamed_documents(X) or iter(X)
    return iter(lambda: list(islice(items, size)), [])


def _n_characters_of(documents: list[Any]) -> int:
    if set(map(type, documents)) == {str}:
        return sum(map(len, documents))
    return sum(map(_n_characters, documents))


def _n_characters(document: Any) -> int:
    if isinstance(document, str):
        return len(document)
    return 1 + _OF_A_TOKEN * len(document) if isinstance(document, (list, tuple)) else 1


def fills_blocks(documents: Sequence[Any], n_blocks: int = 1) -> bool:
    """Return whether documents are longer than some blocks, by the length of some of them."""
    if len(documents) <= _FEW:
        return False
    sizes = list(map(_n_characters, documents[:: len(documents) // _FEW]))
    return sum(sizes) * len(documents) > n_blocks * CHARACTERS * len(sizes)


def equal_parts(documents: Sequence[Any], n_parts: int) -> list[tuple[int, int]]:
    """Cut documents into parts of about as many characters each, by the length of some of them.

    Returns
    -------
    list of tuple of int
        The first row of each part, and the one behind its last.
    """
    step = max(1, len(documents) // (_FEW * _FEW))
    ends = list(accumulate(map(_n_characters, documents[::step])))
    cuts = [bisect_left(ends, ends[-1] * i / n_parts) * step for i in range(1, n_parts)]
    return [part for part in pairwise([0, *cuts, len(documents)]) if part[0] < part[1]]

"""Documents that are read as they come: iterators, re-iterables, lazy tables of pyarrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from itertools import chain, islice
from typing import Any

# What a container has that is in memory, or is to be refused with a message of its own.
_HELD = ("__array__", "__dask_graph__", "to_pylist", "to_list", "collect", "toarray", "shape")


def document_stream(X: Any) -> Iterator[Any] | None:
    """Return an iterator over documents that need not be in memory; None for a container.

    Parameters
    ----------
    X : iterator, re-iterable, pyarrow Dataset, Scanner or RecordBatchReader, or a container
        A re-iterable has ``__iter__`` and no length, as `read_text` returns. A lazy table must
        have one column.

    Returns
    -------
    iterator or None

    Raises
    ------
    ValueError
        If a lazy table has several columns.
    """
    if type(X) is list or isinstance(X, (str, bytes, type)):
        return None
    if _is_arrow_stream(X):
        return _only_column(X)
    return iter(X) if is_stream(X) else None


def peeked(items: Iterator[Any]) -> tuple[list[Any], Iterator[Any]]:
    """Return the first item, in a list that is empty without one, and all items with it."""
    first = list(islice(items, 1))
    return first, chain(first, items)


def is_table(item: Any) -> bool:
    """Return whether an item of a stream is a part of it: a frame or batch, or a column of one."""
    if len(getattr(item, "shape", ())) == 2:
        return hasattr(item, "columns") or hasattr(item, "schema")
    return (hasattr(item, "dtype") and hasattr(item, "to_list")) or hasattr(item, "to_pylist")


def is_stream(X: Any) -> bool:
    """Return whether documents come one after the other, by iteration alone."""
    if type(X) is list:  # a single request waits for no other look
        return False
    if isinstance(X, Iterator) or _is_arrow_stream(X):
        return True
    if not isinstance(X, Iterable) or isinstance(X, (Sized, type)):
        return False
    return not any(hasattr(X, name) for name in _HELD)


def reads_again(X: Any) -> bool:
    """Return whether a stream can be read more than once."""
    return not isinstance(X, Iterator)


def _is_arrow_stream(X: Any) -> bool:
    """Return whether this is a Dataset, Scanner or RecordBatchReader of pyarrow."""
    if not type(X).__module__.startswith("pyarrow") or isinstance(X, Sized):
        return False
    return hasattr(X, "to_batches") or hasattr(X, "read_next_batch")


def _only_column(X: Any) -> Iterator[Any]:
    names = getattr(X, "schema", None) or X.projected_schema
    if len(names.names) != 1:
        raise ValueError(
            f"documents must be one column of str, the {type(X).__name__} has {names.names}: "
            "select the column that holds the text, as in dataset.scanner(columns=['text'])."
        )
    return _items(X.to_batches() if hasattr(X, "to_batches") else X)


def _items(batches: Iterable[Any]) -> Iterator[Any]:
    for batch in batches:
        yield from batch.column(0).to_pylist()

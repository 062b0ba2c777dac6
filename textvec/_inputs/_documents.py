"""Documents in any form a user holds them, as a list of str."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain
from typing import Any, Literal

import numpy as np

from ._dask_collections import refuse_dask
from ._missing import is_missing
from ._opened import is_row, opened
from ._streams import document_stream, is_table, peeked

Missing = Literal["error", "empty"]


def as_documents(X: Any, *, missing: Missing = "error") -> list[str]:
    """Return raw documents as a list of str.

    Parameters
    ----------
    X : list, tuple, ndarray, Series, arrow array, one-column frame or iterable of str
        The documents. pandas, polars and pyarrow objects are read through their own
        methods, so none of them need be installed.
    missing : {"error", "empty"}, default="error"
        How to treat None and NaN: an error, or a document of no text.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        For one string in place of several, or a table of more than one column.
    TypeError
        For a document that is no string; the message names its row.
    """
    if type(X) is not list:
        X = document_list(X)
    if set(map(type, X)) <= {str}:
        return X  # type: ignore[no-any-return]
    return [as_document(document, row, missing) for row, document in enumerate(X)]


def document_list(X: Any) -> list[Any]:
    """Return the items of any container of documents as a list, whatever they are."""
    refuse_dask(X, "X")
    if isinstance(X, np.ndarray) and not X.ndim:
        X = X.item()
    refuse_lone_text(X)
    shape: tuple[int, ...] = getattr(X, "shape", (0,))
    if len(shape) > 2 or (len(shape) == 2 and shape[1] != 1):
        raise ValueError(
            f"documents must be one column of str, got an object of shape {tuple(shape)}: "
            "select the column that holds the text."
        )
    stream = streamed_documents(X)
    if stream is not None:
        return _read_all(X, stream)
    if isinstance(X, np.ma.MaskedArray):  # what is masked is missing
        return X.ravel().tolist()
    items = opened(X, "documents")
    if isinstance(items, list):  # of a frame of one column of lists, these
        return items
    return items.ravel().tolist()


def streamed_documents(X: Any) -> Iterator[Any] | None:
    """Return the documents of a stream, of which the first is read; None for a container.

    They are its items or, of frames, batches or columns, as of ``read_csv(chunksize=)``, the rows.
    """
    items = document_stream(X)
    if items is None:
        return None
    first, items = peeked(items)
    if first and is_table(first[0]):
        return chain.from_iterable(map(document_list, items))
    return items


def refuse_lone_text(X: Any) -> None:
    """Raise a ValueError if this is one document in place of several, as scikit-learn does."""
    if isinstance(X, (str, bytes)):
        kind = "string" if isinstance(X, str) else "bytes"
        raise ValueError(
            f"Iterable over raw text documents expected, {kind} object received: put a single "
            "document into a list."
        )


def are_token_rows(documents: list[Any]) -> bool:
    """Return whether documents are tokenized already: rows of tokens, by the first there is."""
    first = next((document for document in documents if not is_missing(document)), "")
    return type(first) is not str and is_row(first)


def _read_all(X: Any, stream: Iterator[Any]) -> list[Any]:
    items = list(stream)
    if not items and isinstance(X, Iterator):
        raise none_left(X)
    return items


def none_left(X: Iterator[Any]) -> ValueError:
    """Return the error of an iterator that was read before."""
    return ValueError(
        f"the documents come from an iterator ({type(X).__name__}) that has none left: it can "
        "be read once, and perhaps a fit has read it before. Pass a list, as list(documents)."
    )


def _part_in_a_list(part: Any, row: int) -> TypeError:
    """Return the error of a column or frame among documents, of texts or of tokens."""
    return TypeError(
        f"row {row} is a {type(part).__name__}, expected str. Columns of texts are joined first, "
        "as by pandas.concat(X), or come as a stream, iter(X); columns that are a row of tokens "
        "each go into Tokens.from_lists(X)."
    )


def as_document(document: Any, row: int, missing: Missing = "error") -> str:
    """Return one document as a str, or raise an error that names its row."""
    if isinstance(document, str):
        return str.__str__(document)  # of subclasses, enum members among them, the text
    if is_missing(document):
        if missing == "empty":
            return ""
        raise TypeError(
            f"row {row} is missing ({document!r}): fill it in or drop it, "
            'or read it as empty, by WordTokenizer(missing="empty") as a step before.'
        )
    if isinstance(document, bytes):
        raise TypeError(f"row {row} is bytes: decode it first, as in X.decode('utf-8').")
    if isinstance(document, os.PathLike):
        raise TypeError(
            f"row {row} is a path ({os.fspath(document)!r:.50}), not a document: to read files, "
            'pass textvec.datasets.read_text(paths, document="file"), or set input="filename" '
            "where the step has it."
        )
    if is_table(document):
        raise _part_in_a_list(document, row)
    raise TypeError(
        f"row {row} is {type(document).__name__} ({document!r:.50}), expected str: rows of tokens "
        "go into Tokens.from_lists, rows of ids into Ragged.from_rows, other values through str()."
    )

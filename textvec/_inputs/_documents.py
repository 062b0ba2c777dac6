"""Documents in any form a user holds them, as a list of str."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import chain
from numbers import Number
from typing import Any, Literal

import numpy as np

from ._dask_collections import refuse_dask
from ._items import is_row, items_of
from ._missing import is_missing
from ._streams import document_stream, is_table, peeked

Missing = Literal["error", "empty"]
_LONGEST_PATH, _LONGEST_SUFFIX = 4096, 10  # characters


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


def are_names_of_files(documents: list[str]) -> bool:
    """Return whether documents are names of files, by the first of them."""
    first = documents[0] if documents else ""
    may_be = len(first) < _LONGEST_PATH and "." in first[-_LONGEST_SUFFIX:] and " " not in first
    return may_be and os.path.isfile(first)


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
    items = items_of(X, "documents")
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
    first = _first_of(documents)
    return type(first) is not str and is_row(first) and not _is_of_biopython(first)


def refuse_token_rows(documents: list[Any], tokenizer: Any) -> None:
    """Raise the TypeError of rows of tokens where a tokenizer is set, which could not split them.

    Parameters
    ----------
    documents : list
        Rows of tokens, or the first of them.
    tokenizer : tokenizer or callable
        That was set.
    """
    raise TypeError(
        f"X holds rows of tokens, as {_first_of(documents)!r:.50}, but tokenizer={tokenizer!r} "
        "splits texts, and would not be used. Set tokenizer=None to read tokens as they are; to "
        "change them put FunctionTransformer(function_of_rows) before. Tokens.from_lists(X) is "
        "taken as it is, whatever the tokenizer."
    )


def _first_of(documents: list[Any]) -> Any:
    """Return the first document that is not missing, or no text."""
    return next((document for document in documents if not is_missing(document)), "")


def _is_of_biopython(document: Any) -> bool:
    return type(document).__module__.partition(".")[0] == "Bio"


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
    if isinstance(document, (bytes, bytearray)):
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
        f"row {row} is {type(document).__name__} ({document!r:.50}), expected str: "
        f"{_way_to_text(document)}."
    )


def _way_to_text(document: Any) -> str:
    """Return what to do with a document that is no text."""
    if _is_of_biopython(document):
        return "pass str(record.seq) of a record, str(seq) of a sequence"
    if isinstance(document, Mapping):
        return f"pass the text in it, as [row[{next(iter(document), 'text')!r}] for row in X]"
    if not is_row(document):
        return "other values go through str(), as [str(value) for value in X]"
    items = document if isinstance(document, (list, tuple)) else ()
    if len(items) == 1 and isinstance(items[0], str):
        return (
            "pass the text itself, as [row[0] for row in X]; rows of tokens go into "
            "Tokens.from_lists(X)"
        )
    if items and all(isinstance(item, Number) for item in items):
        return (
            "rows of ids, for networks, go into Ragged.from_rows(X); codes that are numbers into "
            "Tokens.from_lists([[str(code) for code in row] for row in X])"
        )
    return (
        "rows of tokens go into Tokens.from_lists(X), as a step of a Pipeline by "
        "FunctionTransformer(Tokens.from_lists)"
    )

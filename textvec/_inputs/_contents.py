"""Documents that come as names of files, or as open files: what is in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from ._documents import document_list
from ._missing import is_missing
from ._paths import checked_path
from ._streams import document_stream, is_stream, reads_again

InputKind = Literal["content", "filename", "file"]


def contents(X: Any, input: InputKind) -> Any:
    """Return documents as they are, or as a stream of what is in their files, read one by one.

    Parameters
    ----------
    X : documents, names of files, or open files
        In any container.
    input : {"content", "filename", "file"}
        Which of these.
    """
    if input == "content":
        return X
    items = X if is_stream(X) else document_list(X)
    if isinstance(items, list) and not items:
        return items
    found = _Contents(items, input)
    return found if input == "filename" and reads_again(items) else iter(found)


class _Contents:
    """What is in files, read anew by each iteration.

    Parameters
    ----------
    items : iterable
    input : {"filename", "file"}
    """

    def __init__(self, items: Iterable[Any], input: InputKind):
        self._items = items
        self._read = _of_name if input == "filename" else _of_file

    def __iter__(self) -> Iterator[str | None]:
        items = document_stream(self._items) or iter(self._items)
        return (
            None if is_missing(item) else self._read(item, row) for row, item in enumerate(items)
        )


def file_name(name: Any, row: int) -> Any:
    """Return a name of a file, or raise an error that names its row."""
    if not isinstance(name, (str, os.PathLike)):
        raise TypeError(
            f'row {row} is {type(name).__name__} ({name!r:.50}): with input="filename", documents '
            "are names of files."
        )
    checked_path(name, f"row {row}")
    return name


def _of_name(name: Any, row: int) -> str:
    file_name(name, row)
    try:
        with open(name, "rb") as file:
            return _decoded(file.read(), f"row {row}, the file {os.fspath(name)!r}")
    except OSError as error:
        raise type(error)(
            error.errno, f"row {row} is no name of a file that can be read: {error.strerror}", name
        ) from error


def _of_file(file: Any, row: int) -> str:
    if not hasattr(file, "read"):
        raise TypeError(
            f'row {row} is {type(file).__name__} ({file!r:.50}): with input="file", documents are '
            "open files."
        )
    text = file.read()
    return text if isinstance(text, str) else _decoded(text, f"row {row}")


def _decoded(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{where}, line {line}: not UTF-8 (byte 0x{data[error.start]:02x}): pass "
            'textvec.datasets.read_text(paths, document="file", encoding=...).'
        ) from error

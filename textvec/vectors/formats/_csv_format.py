"""Tables of vectors with commas: a word and its numbers a row, quotes, and names of columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from ._byte_blocks import Blocks
from ._text_lines import NOT_UTF8, finished, quoted, read_lines
from ._vectors_table import ReadOptions, VectorsTable

_DELIMITERS = (",", ";")
_SAMPLE = 20  # rows that tell such a table from text
_FEWEST = 3


def find_delimiter(blocks: Blocks) -> str | None:
    """Return what separates the fields of a table; None if the file does not begin as one."""
    first = blocks.first_line()
    if not any(found.encode() in first for found in _DELIMITERS):
        return None
    while blocks.buffer.count(b"\n", 0, blocks.size) < _FEWEST and blocks.advance(0):
        pass
    end = blocks.buffer.rfind(b"\n", 0, blocks.size) + 1
    lines = bytes(blocks.buffer[:end]).splitlines()[:_SAMPLE]
    return next((found for found in _DELIMITERS if _is_table(lines, found)), None)


def _is_table(lines: list[bytes], delimiter: str) -> bool:
    """Return whether most lines are of a word and as many numbers as the first has."""
    try:
        rows = [row for row in csv.reader(map(_text, lines), **_dialect(delimiter)) if row]
    except csv.Error:
        return False
    data = rows[1:] if rows and _names_columns(rows[0]) else rows
    if not data or not 0 <= len(data[0]) - len(rows[0]) <= 1:  # R names no column of words
        return False
    are_good = [len(row) == len(data[0]) and _holds_numbers(row) for row in data]
    return are_good[0] and 2 * sum(are_good) > len(data)


def read_csv(blocks: Blocks, options: ReadOptions) -> VectorsTable:
    """Read a table of a word and its numbers a row, as pandas and R write them.

    Parameters
    ----------
    blocks : Blocks
        The file.
    options : ReadOptions

    Returns
    -------
    VectorsTable

    Raises
    ------
    ValueError
        If the file is not in this format; the message names the line.

    Notes
    -----
    A first row that holds anything else than a word and numbers names the columns; so does
    one that counts them from 0 or 1.
    """
    delimiter = find_delimiter(blocks)
    if delimiter is None:
        raise ValueError(
            f"{blocks.name}, line 1: expected rows of a word and its numbers, separated by "
            f"{' or '.join(map(repr, _DELIMITERS))}, found {quoted(blocks.first_line())}."
        )
    rows = csv.reader(_lines(blocks), **_dialect(delimiter), strict=True)
    try:
        first = next(rows)
        has_names = _names_columns(first)
        if has_names:
            first = next(rows)
    except csv.Error as error:
        raise ValueError(f"{blocks.name}, line {rows.line_num}: {error}.") from error
    width = len(first) - 1
    options.check_width(width, f"{blocks.name}, line 1: the file")
    stream = _TextOfRows(chain([first], rows), blocks.name, width, options)
    stream.n_rows = int(has_names)
    lines = read_lines(
        Blocks(stream, blocks.name),
        width,
        replace(options, embedding_dim=width),  # a word may hold blanks and numbers
        first_line=1 + has_names,
        max_lines=options.limit,
    )
    return finished(lines, "csv")


class _TextOfRows:
    """A stream of lines of text, made of the rows of a table.

    Parameters
    ----------
    rows : iterator of list of str
    name : str
        Of the file, in messages.
    width : int
        Number of numbers a row.
    options : ReadOptions
    """

    def __init__(self, rows: Iterator[list[str]], name: str, width: int, options: ReadOptions):
        self.n_rows = 0
        self._rows, self._name, self._width = rows, name, width
        self._encoding_errors = "strict" if options.errors == "strict" else "surrogateescape"
        self._rest = b""

    def readinto(self, part: memoryview) -> int:
        while len(self._rest) < len(part):
            try:
                lines = [self._line(row) for row in islice(self._rows, _SAMPLE)]
            except csv.Error as error:
                raise ValueError(f"{self._name}, line {self.n_rows + 1}: {error}.") from error
            if not lines:
                break
            self._rest += b"".join(lines)
        taken, self._rest = self._rest[: len(part)], self._rest[len(part) :]
        part[: len(taken)] = taken
        return len(taken)

    def _line(self, row: list[str]) -> bytes:
        self.n_rows += 1
        if not row:
            return b"\n"
        where = f"{self._name}, line {self.n_rows}"
        word, numbers = row[0].strip(" "), " ".join(row[1:])
        if len(row) != self._width + 1 or len(numbers.split()) != self._width:
            n_found = len(numbers.split())
            raise ValueError(
                f"{where}: expected a word and {self._width} numbers, found {n_found}."
            )
        if "\n" in word:
            raise ValueError(f"{where}: a word may not hold a line end, found {word!r}.")
        try:
            return f"{word} {numbers}\n".encode("utf-8", self._encoding_errors)
        except UnicodeEncodeError as error:
            raise ValueError(f"{where}: expected UTF-8, found {word!r}: {NOT_UTF8}") from error


def _dialect(delimiter: str) -> dict[str, Any]:
    return {"delimiter": delimiter, "skipinitialspace": True}


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")


def _lines(blocks: Blocks) -> Iterator[str]:
    """Yield the lines of a file, with their ends."""
    while blocks.size:
        end = blocks.buffer.rfind(b"\n", 0, blocks.size) + 1
        lines = bytes(blocks.buffer[:end]).splitlines(keepends=True) if end else []
        if not blocks.advance(end) and not lines:
            return
        yield from map(_text, lines)


def _names_columns(row: list[str]) -> bool:
    """Return whether a first row names columns, pandas' by numbers."""
    counted = [str(number) for number in range(len(row))]
    return not _holds_numbers(row) or row[1:] in (counted[:-1], counted[1:])


def _holds_numbers(row: list[str]) -> bool:
    """Return whether a row is a word and numbers, at least one."""
    try:
        return len([float(field) for field in row[1:]]) > 0
    except ValueError:
        return False

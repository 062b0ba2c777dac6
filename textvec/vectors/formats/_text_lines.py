"""Reading text with one vector a line."""

from __future__ import annotations

import re

from ..._kernels._text_vectors import BinaryVectors, Problem, VectorLines
from ..._reporting._caller_warnings import warn_caller
from ._byte_blocks import Blocks
from ._vectors_table import ReadOptions, VectorsTable

# So many numbers in a row have as many decimals only if the program that wrote them fixed these: of
# decimals without zeros at their end, one in ten is shorter.
_MIN_ALIKE = 30
_MAX_QUOTED = 40  # bytes of a file's contents in a message
NOT_UTF8 = (
    'say errors="replace" or "ignore" if a few words were cut in the middle of a character; '
    "convert a text in another encoding, as iconv does."
)

_REMEDIES = {
    re.compile(rb"[+-]?[0-9]+,[0-9]+"): "write numbers with a point in place of the comma.",
    re.compile(rb"[0-9]+:.*", re.DOTALL): (
        "write all numbers of a vector, without their positions and colons."
    ),
    re.compile(rb"NA|NULL|None|null"): "a number is missing: remove the line.",
    re.compile(rb"[+-]?0[xX].*", re.DOTALL): "write numbers as decimals, not as hexadecimals.",
}


def read_lines(
    blocks: Blocks, width: int, options: ReadOptions, *, first_line: int, max_lines: int | None
) -> VectorLines:
    """Read lines of a token and its numbers.

    Parameters
    ----------
    blocks : Blocks
        At the first line to read.
    width : int
        Number of numbers a line.
    options : ReadOptions
        If `embedding_dim` is set, a token may hold blanks and end in a number.
    first_line : int
        Number of that line in the file, from 1.
    max_lines : int or None
        Maximum number of vectors to read.

    Returns
    -------
    VectorLines
        The lines read.

    Raises
    ------
    ValueError
        If a line is not in the format; the message names it.
    """
    any_token = options.embedding_dim is not None
    dtype = options.float_dtype
    lines = VectorLines(
        width,
        options.n_reserved,
        dtype,
        options.wanted,
        options.errors,
        any_token,
        -1 if max_lines is None else max_lines,
    )
    while True:
        n_used, problem = lines.feed(blocks.buffer, blocks.size)
        if problem is not None:
            line = first_line + lines.n_line_ends
            raise ValueError(_message(blocks, line, width, dtype.name, *problem))
        if lines.n_vectors == max_lines:
            break
        _warn_of_cut_number(blocks, first_line + lines.n_line_ends - 1)
        if not blocks.advance(n_used):
            break
    return lines


def _warn_of_cut_number(blocks: Blocks, line: int) -> None:
    """Warn if the file ends within its last number, as far as that can be told.

    What is left of the number is one as well. But most programs end every line with a newline,
    and many write all numbers with as many decimals: both may be missing only if it was cut.
    """
    found = blocks.open_line() if line > 1 else None
    if found is None:
        return
    fields = found.split()
    decimals = [_n_decimals(field) for field in fields[-_MIN_ALIKE - 1 :]]
    if len(fields) > _MIN_ALIKE + 1 and len(set(decimals[:-1])) == 1 and decimals[-1] < decimals[0]:
        warn_caller(
            f"{blocks.name}, line {line}: no newline ends the file, and its last number, "
            f"{quoted(fields[-1])}, has fewer decimals than those before it: the file may be cut "
            "short, get it again. If it is whole, end it with a newline."
        )


def _n_decimals(field: bytes) -> int:
    """Return the number of digits behind the point of a number; without an exponent."""
    return len(field.partition(b".")[2])


def finished(vectors: VectorLines | BinaryVectors, format: str) -> VectorsTable:
    """Return the table of vectors that were read."""
    return VectorsTable(
        *vectors.finish(),
        format=format,
        n_duplicates=vectors.n_duplicates,
        n_repaired=vectors.n_repaired,
    )


def quoted(text: bytes) -> str:
    """Quote a part of a file for a message."""
    start = text[:_MAX_QUOTED].decode("utf-8", "backslashreplace")
    return repr(start + "..." if len(text) > _MAX_QUOTED else start)


def _no_token(where: str, width: int, field: bytes) -> str:
    if b"\0" in field:
        return f"{where}: the token {quoted(field)} holds NUL: the file is binary or damaged."
    if b"\r" in field:
        return (
            f"{where}: the token {quoted(field)} holds a carriage return: end every line of the "
            "file with a newline, as mac2unix does."
        )
    return (
        f"{where}: the token {quoted(field)} holds {width} numbers: a line end is lost, "
        "after which the next vector begins."
    )


def _message(
    blocks: Blocks,
    line: int,
    width: int,
    dtype: str,
    problem: Problem,
    found: int,
    start: int,
    field: bytes,
) -> str:
    where = f"{blocks.name}, line {line}"
    if problem == Problem.kNotFinite:
        return (
            f"{where}: {quoted(field)} is no finite number of {dtype}: "
            "remove the line, or correct the vector."
        )
    if problem == Problem.kEncoding:
        return (
            f"{where}, byte {blocks.start + start}: expected a token in UTF-8, found "
            f"{field[:8]!r}: {NOT_UTF8}"
        )
    if problem == Problem.kToken:
        return _no_token(where, width, field)
    expected = f"{where}: expected a token and {width} numbers, found {found}"
    if b"\0" in field:
        return f"{expected} after {quoted(field)}: the file is binary or damaged, not text."
    if found > width:
        return (
            f"{expected}: if that token holds blanks and numbers, say embedding_dim={width}; "
            "else the line is damaged or the width wrong."
        )
    return f"{expected} after {quoted(field)}: {remedy(line, field)}"


def remedy(line: int, field: bytes) -> str:
    """Return what to do about a field that is no number, on a line of text."""
    for pattern, text in _REMEDIES.items():
        if pattern.fullmatch(field):
            return text
    if line == 1:
        return (
            "if the line is a comment or names columns, remove it; a header is two whole numbers, "
            "how many vectors and how wide."
        )
    return "the file is damaged or cut short, get it again."

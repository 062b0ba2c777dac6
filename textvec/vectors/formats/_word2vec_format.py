"""word2vec: a header with the number of vectors and their width, then one line or record each."""

from __future__ import annotations

import re
import struct

from ..._kernels._text_vectors import BinaryVectors, Problem, trailing_numbers
from ._byte_blocks import Blocks
from ._text_lines import NOT_UTF8, finished, quoted, read_lines
from ._vectors_table import ReadOptions, VectorsTable

_HEADER = re.compile(rb"([0-9]+)[ \t]+([0-9]+)[ \t\r]*")
_NEVER_IN_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f\xc0\xc1\xf5-\xff]")
_SAMPLE = 1 << 16  # bytes that tell binary from text
_MAX_DIGITS = 15  # no file holds 10^15 of anything


def is_header(line: bytes) -> bool:
    """Return whether a line is two integers."""
    return _HEADER.fullmatch(line) is not None


def read_word2vec(blocks: Blocks, options: ReadOptions) -> VectorsTable:
    """Read word2vec text, which fastText's ``.vec`` files are, too.

    Parameters
    ----------
    blocks : Blocks
        The file.
    options : ReadOptions
        Without `embedding_dim`, the width is that of the header.

    Returns
    -------
    VectorsTable

    Raises
    ------
    ValueError
        If the file is not in this format, or does not match its header; the message names the
        line. Memory is allocated for what the file holds, not for what its header declares.

    References
    ----------
    .. [1] T. Mikolov, K. Chen, G. Corrado and J. Dean, "Efficient Estimation of Word
       Representations in Vector Space", ICLR 2013 workshop,
       https://code.google.com/archive/p/word2vec/.
    """
    n_declared, width = _header(blocks, options)
    n_lines = _n_to_read(n_declared, options)
    # One line more than declared is read, to find out.
    max_lines = n_lines if n_lines < n_declared else n_declared + 1
    lines = read_lines(blocks, width, options, first_line=2, max_lines=max_lines)
    if lines.n_vectors < n_lines or lines.n_vectors > n_declared:
        raise ValueError(_wrong_count(blocks.name, n_declared, lines.n_vectors))
    return finished(lines, "word2vec")


def read_word2vec_binary(blocks: Blocks, options: ReadOptions) -> VectorsTable:
    """Read word2vec's binary form: a token, a blank, and numbers of four bytes.

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
        If the file is not in this format, or does not match its header; the message names the
        vector and the byte. Memory is allocated for what the file holds, not for what its header
        declares.
    """
    n_declared, width = _header(blocks, options)
    blocks.switch_to_binary()
    n_records = _n_to_read(n_declared, options)
    dtype = options.float_dtype
    records = BinaryVectors(
        width, options.n_reserved, dtype, options.wanted, options.errors, n_records
    )
    while True:
        n_used, problem = records.feed(blocks.buffer, blocks.size)
        where = f"{blocks.name}, vector {records.n_vectors + 1}"
        if problem is not None:
            raise ValueError(_problem_of_record(where, blocks.start, dtype.name, *problem))
        has_more = blocks.advance(n_used)
        if records.n_vectors == n_records or not has_more:
            break
    if records.n_vectors < n_records:
        raise ValueError(
            f"{where}, byte {blocks.start}: expected a token, a blank and {width} numbers of 4 "
            f"bytes, found {blocks.size} bytes; the header declares {n_declared} vectors: the file "
            "is cut short, get it again; or load fewer with limit=."
        )
    if n_records == n_declared and blocks.buffer[: blocks.size].strip(b"\n"):
        raise ValueError(_wrong_count(blocks.name, n_declared, n_declared + 1))
    return finished(records, "word2vec-binary")


def is_binary(blocks: Blocks) -> bool:
    """Return whether what follows a header is binary: lines of text end in numbers."""
    counts = trailing_numbers(blocks.buffer, blocks.size, 2)
    if len(counts) > 1 and counts[1] > 0:
        return False
    rest = blocks.buffer[len(blocks.first_line()) + 1 : min(blocks.size, _SAMPLE)]
    return _NEVER_IN_TEXT.search(rest) is not None


def _n_to_read(n_declared: int, options: ReadOptions) -> int:
    return n_declared if options.limit is None else min(n_declared, options.limit)


def _header(blocks: Blocks, options: ReadOptions) -> tuple[int, int]:
    """Read the header, and advance to what follows it."""
    line = blocks.first_line()
    match = _HEADER.fullmatch(line)
    if match is None:
        raise ValueError(
            f"{blocks.name}, line 1: expected the number of vectors and their width, found "
            f'{quoted(line)}: a file without a header is of format="glove".'
        )
    if max(len(number) for number in match.groups()) > _MAX_DIGITS or int(match[2]) == 0:
        raise ValueError(
            f"{blocks.name}, line 1: the header {quoted(line)} declares what no file can hold: "
            "write the true number of vectors and their width there."
        )
    n_declared, width = int(match[1]), int(match[2])
    options.check_width(width, f"{blocks.name}, line 1: the file")
    blocks.advance(min(len(line) + 1, blocks.size))
    return n_declared, width


def _problem_of_record(
    where: str, block_start: int, dtype: str, problem: Problem, start: int, found: bytes
) -> str:
    where = f"{where}, byte {block_start + start}"
    if problem == Problem.kNotFinite:
        (number,) = struct.unpack("<f", found)
        return f"{where}: {number} is no finite number of {dtype}: the file is damaged."
    return f"{where}: expected a token in UTF-8, found {found[:8]!r}: {NOT_UTF8}"


def _wrong_count(name: str, n_declared: int, n_found: int) -> str:
    declared = f"{name}: the header declares {n_declared} vectors, found"
    if n_found > n_declared:
        return f"{declared} more: write their true number there, or load fewer with limit=."
    return f"{declared} {n_found}: the file is cut short, get it again; or load fewer with limit=."

"""Writing files of vectors for other programs: text, and word2vec's binary form."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..._kernels._text_vectors import vector_lines
from ..._storage._files import replacing
from ._vectors_table import VectorsTable
from ._word2vec_format import is_header

_BLOCK = 1000  # vectors converted at a time

_COMPRESSORS: dict[str, Callable[[BinaryIO], Any]] = {
    # The same bytes at any time, and under any name.
    ".gz": partial(gzip.GzipFile, "", "wb", 6, mtime=0),
    ".bz2": partial(bz2.BZ2File, mode="wb"),
    ".xz": partial(lzma.LZMAFile, mode="wb"),
}
_OTHER_COMPRESSION = {".zip", ".zst", ".7z", ".lzma", ".tar", ".tgz"}


def write_vectors(path: Path, table: VectorsTable, format: str) -> None:
    """Write a file of vectors, compressed if its name ends in .gz, .bz2 or .xz.

    Parameters
    ----------
    path : Path
        The file; what was there is replaced once everything is written.
    table : VectorsTable
        The vectors, without reserved rows.
    format : str
        One of `WRITERS`.

    Raises
    ------
    ValueError
        If the format can't represent a word, or the name ends in another compression.
    """
    suffix = path.suffix
    if suffix in _OTHER_COMPRESSION:
        raise ValueError(
            f"{path}: files are compressed to {', '.join(_COMPRESSORS)} only: end the "
            f"name in one of these, or leave out {suffix}, and compress the file afterwards."
        )
    example = "vectors.bin" if format == "word2vec-binary" else "vectors.txt"
    with replacing(path, example=example) as file:
        if suffix not in _COMPRESSORS:
            WRITERS[format](file, table)
            return
        with closing(_COMPRESSORS[suffix](file)) as compressed:
            WRITERS[format](compressed, table)


def write_glove(file: BinaryIO, table: VectorsTable) -> None:
    """Write a line a word, each number in the fewest digits that restore it, and no header.

    Raises
    ------
    ValueError
        If a word holds a blank or a line end, where a reader would split it, there are no words,
        or the first line would be read as a header.
    """
    _check(table, " \t\r\n")
    if not len(table.matrix):
        raise ValueError(
            'text without words has no width: save with format="native" or "word2vec".'
        )
    for start in range(0, len(table.matrix), _BLOCK):
        lines = _lines(table, start)
        if not start and is_header(lines[: lines.index(b"\n")]):
            raise ValueError(
                "the first word and its number would be read as a header: save with "
                'format="word2vec".'
            )
        file.write(lines)


def write_word2vec(file: BinaryIO, table: VectorsTable) -> None:
    """Write a header, then as GloVe does.

    Raises
    ------
    ValueError
        If a word holds a blank or a line end, where a reader would split it.
    """
    _check(table, " \t\r\n")
    file.write(b"%d %d\n" % table.matrix.shape)
    for start in range(0, len(table.matrix), _BLOCK):
        file.write(_lines(table, start))


def _lines(table: VectorsTable, start: int) -> bytes:
    """Return a block of lines."""
    rows = np.ascontiguousarray(table.matrix[start : start + _BLOCK], np.float32)
    return vector_lines(table.buffer, table.offsets[start : start + _BLOCK + 1], rows)


def write_word2vec_binary(file: BinaryIO, table: VectorsTable) -> None:
    """Write words and little-endian float32.

    Raises
    ------
    ValueError
        If a word holds a blank, or begins with a line end, where a reader would split it.
    """
    _check(table, " ", "\n")
    file.write(b"%d %d\n" % table.matrix.shape)
    for start in range(0, len(table.matrix), _BLOCK):
        rows = table.matrix[start : start + _BLOCK].astype("<f4", order="C", copy=False)
        bounds = table.offsets[start : start + _BLOCK + 1].tolist()
        for (begin, end), row in zip(pairwise(bounds), rows):
            file.write(table.buffer[begin:end].tobytes() + b" " + row.tobytes())


WRITERS: dict[str, Callable[[BinaryIO, VectorsTable], None]] = {
    "glove": write_glove,
    "word2vec": write_word2vec,
    "word2vec-binary": write_word2vec_binary,
}


def _check(table: VectorsTable, forbidden: str, forbidden_first: str = "") -> None:
    for token in table.vocabulary:
        if any(c in token for c in forbidden) or (token and token[0] in forbidden_first):
            raise ValueError(
                f"the word {token!r} holds a character that separates words from numbers in a file "
                'of this format: save with format="native", which takes any word.'
            )
        if not token.isascii():
            _check_encoding(token)


def _check_encoding(token: str) -> None:
    try:
        token.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"the word {token!r} is not UTF-8 ({error.reason}): "
            'save with format="native", which takes any word.'
        ) from error

"""Writing word2vec text and binary, for other programs."""

from __future__ import annotations

from itertools import pairwise
from typing import BinaryIO

import numpy as np

from ..._kernels._text_vectors import vector_lines
from ..._vocabulary import trusted_vocabulary
from ._vectors_table import VectorsTable

_BLOCK = 1000  # vectors converted at a time


def write_word2vec(file: BinaryIO, table: VectorsTable) -> None:
    """Write a line a word, each number in the fewest digits that restore it.

    Raises
    ------
    ValueError
        If a word holds a blank or a line end, where a reader would split it.
    """
    _check(table, " \t\r\n")
    file.write(b"%d %d\n" % table.matrix.shape)
    for start in range(0, len(table.matrix), _BLOCK):
        rows = np.ascontiguousarray(table.matrix[start : start + _BLOCK], np.float32)
        file.write(vector_lines(table.buffer, table.offsets[start : start + _BLOCK + 1], rows))


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


def _check(table: VectorsTable, forbidden: str, forbidden_first: str = "") -> None:
    for token in trusted_vocabulary(table.buffer, table.offsets):
        if any(c in token for c in forbidden) or (token and token[0] in forbidden_first):
            raise ValueError(
                f"the word {token!r} holds a character that separates words from numbers in a file "
                'of word2vec: save with format="native", which takes any word.'
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

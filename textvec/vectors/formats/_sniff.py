"""Which format a vectors file is of."""

from __future__ import annotations

import os
from typing import Literal

from ..._kernels._text_vectors import trailing_numbers
from ._blocks import Blocks, open_blocks
from ._glove import read_glove
from ._table import VectorsTable
from ._word2vec import is_header, read_word2vec

Format = Literal["glove", "word2vec"]

_READERS = {"glove": read_glove, "word2vec": read_word2vec}


def read_vectors(
    path: str | os.PathLike[str],
    format: Format | None = None,
    *,
    embedding_dim: int | None = None,
    limit: int | None = None,
    n_blank: int = 0,
) -> VectorsTable:
    """Read a file of vectors, plain or compressed by gzip, bzip2 or xz.

    Parameters
    ----------
    path : str or path
        Of the file.
    format : {"glove", "word2vec"} or None, default=None
        None decides by the first two lines.
    embedding_dim : int or None, default=None
        Width of the vectors; None finds it out. Said here, it also settles what is a token and
        what a number: all before the last `embedding_dim` fields of a line is its token.
    limit : int or None, default=None
        Number of vectors to read at most, from the top; None reads all.
    n_blank : int, default=0
        Rows of zeros that go before the vectors.

    Returns
    -------
    VectorsTable

    Raises
    ------
    ValueError
        If the file is not what it should be; the message names the line or byte, what was
        expected and what was found. Nothing of it is returned then.
    """
    if format is not None and format not in _READERS:
        raise ValueError(f"format must be one of {sorted(_READERS)} or None, got {format!r}.")
    for name, value in (("embedding_dim", embedding_dim), ("limit", limit)):
        if value is not None and value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}.")
    with open_blocks(path) as blocks:
        read = _READERS[format or sniff(blocks)]
        return read(blocks, embedding_dim=embedding_dim, limit=limit, n_blank=n_blank)


def sniff(blocks: Blocks) -> Format:
    """Decide on the format; two whole numbers are a header unless all lines are so short."""
    header = blocks.first_line()
    if not is_header(header):
        return "glove"
    counts = trailing_numbers(blocks.buffer, blocks.size, 2)
    of_width_one = len(counts) > 1 and counts[1] == 1 and int(header.split()[1]) != 1
    return "glove" if of_width_one else "word2vec"

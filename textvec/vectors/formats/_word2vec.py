"""word2vec text: a header with the number of vectors and their width, then a line for each."""

from __future__ import annotations

import re

from ._blocks import Blocks
from ._lines import read_lines, shown
from ._table import VectorsTable

_HEADER = re.compile(rb"([0-9]+)[ \t]+([0-9]+)[ \t\r]*")
_MAX_DIGITS = 15  # no file holds 10^15 of anything


def is_header(line: bytes) -> bool:
    """Tell whether a line is two whole numbers."""
    return _HEADER.fullmatch(line) is not None


def read_word2vec(
    blocks: Blocks, *, embedding_dim: int | None, limit: int | None, n_blank: int
) -> VectorsTable:
    """Read word2vec text, which fastText's ``.vec`` files are, too.

    Parameters
    ----------
    blocks : Blocks
        The file.
    embedding_dim : int or None
        Numbers a line; None believes the header.
    limit : int or None
        Number of vectors to read at most.
    n_blank : int
        Rows of zeros that go before the vectors.

    Returns
    -------
    VectorsTable

    Raises
    ------
    ValueError
        If the file is not in this format, or not what its header promises; the message
        names the line. Memory is taken for what the file holds, not for what it promises.

    References
    ----------
    .. [1] T. Mikolov, K. Chen, G. Corrado and J. Dean, "Efficient Estimation of Word
       Representations in Vector Space", ICLR 2013 workshop,
       https://code.google.com/archive/p/word2vec/.
    """
    n_promised, width = _header(blocks)
    if embedding_dim is not None and embedding_dim != width:
        raise ValueError(
            f"{blocks.name}, line 1: the header promises vectors of {width} numbers, "
            f"but embedding_dim={embedding_dim}."
        )
    is_limited = limit is not None and limit < n_promised
    lines = read_lines(
        blocks,
        width,
        first_line=2,
        n_blank=n_blank,
        any_token=embedding_dim is not None,
        max_lines=limit if is_limited else n_promised + 1,
    )
    if not is_limited and lines.n_lines != n_promised:
        raise ValueError(_broken_promise(blocks.name, n_promised, lines.n_lines))
    return VectorsTable(*lines.finish(), format="word2vec", n_duplicates=lines.n_duplicates)


def _header(blocks: Blocks) -> tuple[int, int]:
    """Read the header, and go on to the line behind it."""
    line = blocks.first_line()
    match = _HEADER.fullmatch(line)
    if match is None:
        raise ValueError(
            f"{blocks.name}, line 1: expected the number of vectors and their width, found "
            f'{shown(line)}: a file without a header is of format="glove".'
        )
    blocks.advance(min(len(line) + 1, blocks.size))
    if max(len(number) for number in match.groups()) > _MAX_DIGITS or int(match[2]) == 0:
        raise ValueError(
            f"{blocks.name}, line 1: the header {shown(line)} promises what no file can hold: "
            "write the true number of vectors and their width there."
        )
    return int(match[1]), int(match[2])


def _broken_promise(name: str, n_promised: int, n_found: int) -> str:
    promise = f"{name}: the header promises {n_promised} vectors, found"
    if n_found > n_promised:
        return f"{promise} more: write their true number there, or load fewer with limit=."
    return f"{promise} {n_found}: the file is cut short, get it again; or load fewer with limit=."

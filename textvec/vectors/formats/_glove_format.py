"""GloVe text: a line for each token, its numbers behind it, and no header."""

from __future__ import annotations

from collections import Counter

from ..._kernels._text_vectors import trailing_numbers
from ._byte_blocks import Blocks
from ._text_lines import read_lines, shown
from ._vectors_table import Request, VectorsTable

_SAMPLE = 1000  # lines that decide on the width


def read_glove(blocks: Blocks, request: Request) -> VectorsTable:
    """Read GloVe text.

    Parameters
    ----------
    blocks : Blocks
        The file.
    request : Request
        Without `embedding_dim`, the most common width among the first lines is taken.

    Returns
    -------
    VectorsTable

    Raises
    ------
    ValueError
        If the file is not in this format; the message names the line.

    Notes
    -----
    The numbers are the last fields of a line, and all before them is the token: some of
    ``glove.840B.300d.txt`` hold blanks, as ``. . .`` does. [1]_

    References
    ----------
    .. [1] J. Pennington, R. Socher and C. D. Manning, "GloVe: Global Vectors for Word
       Representation", EMNLP 2014, https://nlp.stanford.edu/projects/glove/.
    """
    width = _width(blocks) if request.embedding_dim is None else request.embedding_dim
    lines = read_lines(blocks, width, request, first_line=1, max_lines=request.limit)
    return VectorsTable(*lines.finish(), format="glove", n_duplicates=lines.n_duplicates)


def _width(blocks: Blocks) -> int:
    """Decide how many numbers there are a line."""
    first = blocks.first_line()
    counts = Counter(trailing_numbers(blocks.buffer, blocks.size, _SAMPLE)).most_common(2)
    if not counts:
        raise ValueError(f"{blocks.name} holds no vectors.")
    width, n_lines = counts[0]
    if len(counts) > 1 and counts[1][1] == n_lines:
        raise ValueError(
            f"{blocks.name}: as many of the first lines end in {counts[1][0]} numbers as in "
            f"{width}: say which with embedding_dim=, or repair the file."
        )
    if width == 0:
        raise ValueError(
            f"{blocks.name}, line 1: expected a token and numbers, found {shown(first)}: "
            "this is no file of vectors as text."
        )
    return width

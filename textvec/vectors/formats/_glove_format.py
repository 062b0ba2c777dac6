"""GloVe text: a line for each token, followed by its numbers, and no header."""

from __future__ import annotations

from collections import Counter

from ..._kernels._text_vectors import trailing_numbers
from ._byte_blocks import Blocks
from ._text_lines import finished, quoted, read_lines, remedy
from ._vectors_table import ReadOptions, VectorsTable

_SAMPLE = 1000  # lines that determine the width


def read_glove(blocks: Blocks, options: ReadOptions) -> VectorsTable:
    """Read GloVe text.

    Parameters
    ----------
    blocks : Blocks
        The file.
    options : ReadOptions
        Without `embedding_dim`, the width is the most common one among the first lines.

    Returns
    -------
    VectorsTable

    Raises
    ------
    ValueError
        If the file is not in this format; the message names the line.

    Notes
    -----
    The numbers are the last fields of a line, and everything before them is the token: some
    tokens of ``glove.840B.300d.txt`` hold blanks, such as ``. . .`` [1]_.

    References
    ----------
    .. [1] J. Pennington, R. Socher and C. D. Manning, "GloVe: Global Vectors for Word
       Representation", EMNLP 2014, https://nlp.stanford.edu/projects/glove/.
    """
    width = _width(blocks) if options.embedding_dim is None else _checked_width(blocks, options)
    lines = read_lines(blocks, width, options, first_line=1, max_lines=options.limit)
    if not lines.n_vectors:
        raise ValueError(f"{blocks.name} holds no vectors.")
    return finished(lines, "glove")


def _remedy(first: bytes) -> str:
    fields = first.split()
    if len(fields) > 1 and (text := remedy(2, fields[-1])) != remedy(2, b""):
        return text
    return "this is no file of vectors as text."


def _checked_width(blocks: Blocks, options: ReadOptions) -> int:
    """Return the width that the user says, unless every token would end in a number with it."""
    assert options.embedding_dim is not None
    blocks.first_line()
    found = min(trailing_numbers(blocks.buffer, blocks.size, _SAMPLE), default=0)
    if found > options.embedding_dim:
        raise ValueError(
            f"{blocks.name}: embedding_dim={options.embedding_dim}, but all of the first lines end "
            f"in {found} numbers or more."
        )
    return options.embedding_dim


def _width(blocks: Blocks) -> int:
    """Determine how many numbers a line has."""
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
            f"{blocks.name}, line 1: expected a token and numbers, found {quoted(first)}: "
            f"{_remedy(first)}"
        )
    return width

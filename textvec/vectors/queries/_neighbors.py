"""Words with scores: what queries give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._compat import import_optional
from ..._vocabulary import Vocabulary
from ._nearest import Best


@dataclass(frozen=True, eq=False)
class Neighbors:
    """Words and their scores, from the best down; what queries of `WordVectors` give.

    Iterated over, pairs of a word and its score. Printed, a table.

    Attributes
    ----------
    words : tuple of str
    scores : ndarray of shape (n_words,), float64

    See Also
    --------
    NeighborsDisplay : Plots them.

    Examples
    --------
    >>> from textvec import WordVectors
    >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
    >>> found = vectors.nearest("frog", k=2)
    >>> print(found)
    toad  0.9899
    king  0.4000
    >>> found.words
    ('toad', 'king')
    >>> round(dict(found)["king"], 3)
    0.4
    """

    words: tuple[str, ...]
    scores: NDArray[np.float64]

    def to_frame(self) -> Any:
        """Give a pandas DataFrame of the columns ``word`` and ``score``.

        Raises
        ------
        ImportError
            If pandas is missing.
        """
        pandas = import_optional("pandas", needed_for="Neighbors.to_frame")
        return pandas.DataFrame({"word": list(self.words), "score": self.scores})

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[tuple[str, float]]:
        return zip(self.words, self.scores.tolist())

    def __str__(self) -> str:
        width = max(map(len, self.words), default=0)
        return "\n".join(f"{word:{width}}  {score:.4f}" for word, score in self)


def neighbors(best: Best, n_queries: int, vocabulary: Vocabulary) -> list[Neighbors]:
    """Name the best rows of each query."""
    distinct, at = np.unique(best.rows, return_inverse=True)
    names = np.empty(len(distinct), dtype=object)
    names[:] = vocabulary.take(distinct).tokens
    words = names[at].tolist()
    bounds = np.searchsorted(best.queries, np.arange(n_queries + 1)).tolist()
    return [Neighbors(tuple(words[a:b]), best.scores[a:b]) for a, b in pairwise(bounds)]

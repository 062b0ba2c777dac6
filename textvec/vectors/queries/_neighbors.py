"""The result of a query: words with scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._compat import import_optional
from ..._containers._vocabulary import Vocabulary
from ..._reporting._html_tables import html_table, shortened
from ._nearest import Hits


@dataclass(frozen=True, eq=False)
class Neighbors:
    """Hold the words that a query of `WordVectors` found and their scores, from the best down.

    Iterating yields pairs of a word and its score. Printed, a table.

    Attributes
    ----------
    words : tuple of str
        The words found.
    scores : ndarray of shape (n_words,), float64
        Their scores; cosine similarities, unless the query says otherwise.

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
        """Return a pandas DataFrame with the columns ``word`` and ``score``.

        Returns
        -------
        DataFrame
            The nearest first.

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

    def __repr__(self) -> str:
        return str(self) if self.words else "Neighbors(no words)"

    def _repr_html_(self) -> str:
        rows = [(shortened(word), score) for word, score in self]
        return html_table(f"Neighbors: {len(self)} words", ["word", "score"], rows)

    def __str__(self) -> str:
        width = max(map(len, self.words), default=0)
        return "\n".join(f"{word:{width}}  {score:.4f}" for word, score in self)


def neighbors(hits: Hits, n_queries: int, vocabulary: Vocabulary) -> list[Neighbors]:
    """Return the neighbours of each query, their rows replaced by words."""
    distinct, at = np.unique(hits.rows, return_inverse=True)
    names = np.empty(len(distinct), dtype=object)
    names[:] = vocabulary.take(distinct).tokens
    words = names[at].tolist()
    bounds = np.searchsorted(hits.queries, np.arange(n_queries + 1)).tolist()
    return [Neighbors(tuple(words[a:b]), hits.scores[a:b]) for a, b in pairwise(bounds)]

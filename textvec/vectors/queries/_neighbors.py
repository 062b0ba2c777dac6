"""The result of a query: words with scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, SupportsIndex, overload

import numpy as np
from numpy.typing import NDArray

from ..._compat import import_optional
from ..._containers._vocabulary import Vocabulary
from ..._reporting._html_tables import ITEMS, escaped, html_table, shortened
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
    query : str or None
        The word that was looked up; None where it was a vector or an analogy.

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
    query: str | None = None

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
        of = "" if self.query is None else f" of {shortened(self.query)}"
        return html_table(f"Neighbors{of}: {len(self)} words", ["word", "score"], rows)

    def __str__(self) -> str:
        width = max(map(len, self.words), default=0)
        return "\n".join(f"{word:{width}}  {score:.4f}" for word, score in self)


class NeighborsList(list[Neighbors]):
    """Hold the `Neighbors` of several queries, in their order: a list that shows as a table.

    What ``WordVectors.nearest(words)`` returns. Slices and sums are lists of the same kind.

    Parameters
    ----------
    iterable : iterable of Neighbors
        One for each query.

    See Also
    --------
    Neighbors : Those of one query.

    Examples
    --------
    >>> from textvec import WordVectors
    >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
    >>> found = vectors.nearest(["frog", "king"], k=2)
    >>> found
    frog  toad 0.9899, king 0.4000
    king  frog 0.4000, toad 0.2828
    >>> found[1].words
    ('frog', 'toad')
    """

    def to_frame(self) -> Any:
        """Return a pandas DataFrame with the columns ``query``, ``word`` and ``score``.

        Returns
        -------
        DataFrame
            A row for each word found; of a query without a word, `query` is its place in the list.

        Raises
        ------
        ImportError
            If pandas is missing.
        """
        pandas = import_optional("pandas", needed_for="NeighborsList.to_frame")
        rows = [(query, *pair) for query, found in self._by_query() for pair in found]
        return pandas.DataFrame(rows, columns=["query", "word", "score"])

    @overload
    def __getitem__(self, at: SupportsIndex) -> Neighbors: ...
    @overload
    def __getitem__(self, at: slice) -> NeighborsList: ...

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        return NeighborsList(found) if isinstance(at, slice) else found

    def __add__(self, other: Any) -> Any:
        return NeighborsList(super().__add__(other))

    def __repr__(self) -> str:
        if not self:
            return "NeighborsList(no queries)"
        rows = [(escaped(str(query)), _line(found)) for query, found in self._by_query()]
        width = max(len(query) for query, _ in rows)
        return "\n".join(f"{query:{width}}  {line}" for query, line in rows)

    def _repr_html_(self) -> str:
        rows = [(shortened(str(query)), _line(found)) for query, found in self._by_query()]
        return html_table(f"NeighborsList: {len(self)} queries", ["query", "nearest"], rows)

    def _by_query(self) -> Iterator[tuple[str | int, Neighbors]]:
        for place, found in enumerate(self):
            yield (place if found.query is None else found.query), found


def _line(found: Neighbors) -> str:
    shown = [f"{shortened(word)} {score:.4f}" for word, score in found][:ITEMS]
    more = len(found) - len(shown)
    return ", ".join(shown) + (f", … {more:,} more" if more else "")


def neighbors(
    hits: Hits, n_queries: int, vocabulary: Vocabulary, queries: Sequence[str]
) -> NeighborsList:
    """Return the neighbours of each query, their rows replaced by words.

    `queries` are words; empty if the queries are none.
    """
    distinct, at = np.unique(hits.rows, return_inverse=True)
    words = np.array(vocabulary.take(distinct).tokens, dtype=object)[at].tolist()
    bounds = np.searchsorted(hits.queries, np.arange(n_queries + 1)).tolist()
    words_of: Sequence[str | None] = queries or [None] * n_queries
    return NeighborsList(
        Neighbors(tuple(words[a:b]), hits.scores[a:b], query)
        for query, (a, b) in zip(words_of, pairwise(bounds), strict=True)
    )

"""Plot of the words nearest to a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike

from .._reporting._html_tables import escaped
from ..vectors import WordVectors
from ._alt_texts import InWords, listed
from ._axes import get_axes
from ._projection import vectors_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer
    from matplotlib.figure import Figure, SubFigure


class NeighborsDisplay(InWords):
    """Plot the words nearest to a word as bars of their cosine similarity.

    Create it with :meth:`from_vectors` or :meth:`from_estimator`. All parameters are stored
    as attributes.

    Parameters
    ----------
    word : str
        The word.
    words : sequence of str
        Its neighbours, the nearest first.
    scores : array-like of shape (n_words,)
        Their cosines.

    Attributes
    ----------
    bars_ : matplotlib BarContainer
        One for each neighbour, from the top.
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    alt_text_ : str
        The plot in words, for those who do not see it.

    See Also
    --------
    WordVectors.nearest : Computes the numbers.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from textvec import NeighborsDisplay, WordVectors
    >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
    >>> display = NeighborsDisplay.from_vectors(vectors, "frog", k=2)
    >>> display.words
    ('toad', 'king')
    """

    bars_: BarContainer
    ax_: Axes
    figure_: Figure | SubFigure
    alt_text_: str

    def __init__(self, *, word: str, words: Sequence[str], scores: ArrayLike):
        self.word = word
        self.words = words
        self.scores = scores

    @classmethod
    def from_vectors(
        cls,
        vectors: WordVectors,
        word: str,
        *,
        k: int = 10,
        ax: Axes | None = None,
        **kwargs: Any,
    ) -> Self:
        """Find the neighbours of a word, and plot them.

        Parameters
        ----------
        vectors : WordVectors
            The vectors to search.
        word : str
            The word.
        k : int, default=10
            Number of neighbours to plot, at least 1.
        ax : matplotlib Axes or None, default=None
            The axes to plot on; None makes a figure.
        **kwargs : dict
            Of the bars, for matplotlib's ``barh``.

        Returns
        -------
        NeighborsDisplay

        Raises
        ------
        KeyError
            If the word has no vector.
        """
        found = vectors.nearest(word, k)
        return cls(word=word, words=found.words, scores=found.scores).plot(ax, **kwargs)

    @classmethod
    def from_estimator(cls, estimator: Any, word: str, **kwargs: Any) -> Self:
        """Plot neighbours among the vectors that an estimator has learned.

        Parameters
        ----------
        estimator : fitted estimator
            Has ``vectors_``.
        word : str
            The word.
        **kwargs : dict
            As for :meth:`from_vectors`.

        Returns
        -------
        NeighborsDisplay
        """
        return cls.from_vectors(vectors_of(estimator), word, **kwargs)

    def plot(self, ax: Axes | None = None, **kwargs: Any) -> Self:
        """Plot the neighbours.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            The axes to plot on; None makes a figure.
        **kwargs : dict
            Of the bars, for matplotlib's ``barh``.

        Returns
        -------
        NeighborsDisplay
            The display itself, with its axes and figure.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        """
        height = 1 + 0.3 * max(3, len(self.words))  # inches: a line of text for each bar
        ax = get_axes(ax, type(self).__name__, figsize=(5, height))
        scores = np.asarray(self.scores)
        positions = np.arange(len(scores))  # not the words, two of which may look the same
        self.bars_ = ax.barh(positions, scores, **{"height": 0.7, **kwargs})
        ax.bar_label(self.bars_, fmt="%.2f", padding=3)
        ax.set_yticks(positions, list(map(escaped, self.words)), parse_math=False)
        ax.invert_yaxis()
        ax.margins(x=0.12)
        ax.set_xlabel("cosine similarity")
        ax.set_title(f"nearest to “{escaped(self.word)}”", parse_math=False)
        self.ax_, self.figure_ = ax, ax.figure
        found = [f"{word} {score:.2f}" for word, score in zip(self.words, scores.tolist())]
        nearest = f"Words nearest to {escaped(self.word)}, by cosine similarity"
        self.alt_text_ = f"{nearest}: {listed(found)}."
        return self

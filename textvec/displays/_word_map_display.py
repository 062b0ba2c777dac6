"""Plot of words as points in a plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike

from ..vectors import WordVectors
from ..vectors.queries._unit_vectors import unit
from ._alt_texts import InWords, listed
from ._axes import get_axes
from ._point_labels import label_points
from ._projection import Method, project, vectors_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.text import Annotation


class WordMapDisplay(InWords):
    """Plot words as points of a plane, similar words near each other.

    Create it with :meth:`from_vectors` or :meth:`from_estimator`. All parameters are stored
    as attributes.

    Parameters
    ----------
    words : sequence of str
        The words.
    points : array-like of shape (n_words, 2)
        Their coordinates.

    Attributes
    ----------
    points_ : matplotlib PathCollection
    labels_ : list of matplotlib Annotation
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    alt_text_ : str
        The plot in words, for those who do not see it.

    See Also
    --------
    WordPairsDisplay : Plots pairs of words and their differences.

    Notes
    -----
    The vectors are scaled to norm 1 before they are projected, as cosines ignore norms. A map by
    ``"tsne"`` shows neighbourhoods only: neither the distances between groups nor their sizes
    have a meaning.

    References
    ----------
    L. van der Maaten and G. Hinton, "Visualizing Data using t-SNE", JMLR 9, 2008.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from textvec import WordMapDisplay, WordVectors
    >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
    >>> display = WordMapDisplay.from_vectors(vectors, ["frog", "toad", "king"])
    >>> [label.get_text() for label in display.labels_]
    ['frog', 'toad', 'king']
    """

    points_: PathCollection
    labels_: list[Annotation]
    ax_: Axes
    figure_: Figure | SubFigure
    alt_text_: str

    def __init__(self, *, words: Sequence[str], points: ArrayLike):
        self.words = words
        self.points = points

    @classmethod
    def from_vectors(
        cls,
        vectors: WordVectors,
        words: Sequence[str],
        *,
        method: Method = "pca",
        random_state: Any = None,
        ax: Axes | None = None,
        **kwargs: Any,
    ) -> Self:
        """Project the vectors of words to a plane, and plot them.

        Parameters
        ----------
        vectors : WordVectors
            The vectors in which the words are looked up.
        words : sequence of str
            The words to plot.
        method : {"pca", "tsne"}, default="pca"
            The first two principal components of these words' vectors, or t-SNE. Fewer than
            three words are plotted by ``"pca"`` in any case.
        random_state : int, RandomState instance or None, default=None
            Draws the initialization of ``"tsne"``.
        ax : matplotlib Axes or None, default=None
            The axes to plot on; None makes a figure.
        **kwargs : dict
            Of the points, for matplotlib's ``scatter``.

        Returns
        -------
        WordMapDisplay

        Raises
        ------
        KeyError
            If a word has no vector.
        ValueError
            If there are no words, or no such `method`.
        """
        if not len(words):
            raise ValueError("words must hold at least one word, got none.")
        points = project(unit(vectors.vectors(words)), method, random_state)
        return cls(words=words, points=points).plot(ax, **kwargs)

    @classmethod
    def from_estimator(cls, estimator: Any, words: Sequence[str], **kwargs: Any) -> Self:
        """Plot words by the vectors that an estimator has learned.

        Parameters
        ----------
        estimator : fitted estimator
            Has ``vectors_``.
        words : sequence of str
            The words to plot.
        **kwargs : dict
            As for :meth:`from_vectors`.

        Returns
        -------
        WordMapDisplay
        """
        return cls.from_vectors(vectors_of(estimator), words, **kwargs)

    def plot(self, ax: Axes | None = None, **kwargs: Any) -> Self:
        """Plot the words.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            The axes to plot on; None makes a figure.
        **kwargs : dict
            Of the points, for matplotlib's ``scatter``.

        Returns
        -------
        WordMapDisplay
            The display itself, with its axes and figure.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        """
        ax = get_axes(ax, type(self).__name__, figsize=(6, 5))
        points = np.asarray(self.points, dtype=np.float64)
        self.points_ = ax.scatter(*points.T, **{"s": 14, **kwargs})
        self.labels_ = label_points(ax, points, self.words)
        ax.set(xticks=[], yticks=[])  # coordinates have no meaning
        self.ax_, self.figure_ = ax, ax.figure
        self.alt_text_ = f"Map of words, similar ones near each other: {listed(self.words)}."
        return self

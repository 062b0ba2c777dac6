"""Plot of pairs of words as arrows in a plane."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike

from ..vectors import WordVectors
from ._alt_texts import InWords, listed
from ._axes import get_axes
from ._point_labels import label_points
from ._projection import project, vectors_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.quiver import Quiver
    from matplotlib.text import Annotation


class WordPairsDisplay(InWords):
    """Plot pairs of words with an arrow from the first to the second.

    Where pairs differ in the same way, as man and woman, king and queen do, the arrows are
    about parallel. Create it with :meth:`from_vectors` or :meth:`from_estimator`. All
    parameters are stored as attributes.

    Parameters
    ----------
    pairs : sequence of tuple of two str
        The pairs.
    points : array-like of shape (n_pairs, 2, 2)
        The coordinates of the first and of the second word of each.

    Attributes
    ----------
    arrows_ : matplotlib Quiver
    labels_ : list of matplotlib Annotation
        Of the first words, then of the second.
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    alt_text_ : str
        The plot in words, for those who do not see it.

    See Also
    --------
    WordVectors.analogy : Completes a pair by analogy with another.
    WordMapDisplay : Plots single words.

    Notes
    -----
    The plane is that of the first two principal components of the words plotted, which fits a
    few words well: parallel arrows are weaker evidence than an analogy completed among all
    words.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from textvec import WordPairsDisplay, WordVectors
    >>> words = ["man", "woman", "king", "queen"]
    >>> vectors = WordVectors(words, [[1, 0, 0], [1, 1, 0], [1, 0, 2], [1, 1, 2]])
    >>> display = WordPairsDisplay.from_vectors(vectors, [("man", "woman"), ("king", "queen")])
    >>> display.points.shape
    (2, 2, 2)
    """

    arrows_: Quiver
    labels_: list[Annotation]
    ax_: Axes
    figure_: Figure | SubFigure
    alt_text_: str

    def __init__(self, *, pairs: Sequence[tuple[str, str]], points: ArrayLike):
        self.pairs = pairs
        self.points = points

    @classmethod
    def from_vectors(
        cls,
        vectors: WordVectors,
        pairs: Iterable[tuple[str, str]],
        *,
        ax: Axes | None = None,
        **kwargs: Any,
    ) -> Self:
        """Project the vectors of pairs of words to a plane, and plot them.

        Parameters
        ----------
        vectors : WordVectors
            The vectors in which the words are looked up.
        pairs : iterable of tuple of two str
            The pairs to plot.
        ax : matplotlib Axes or None, default=None
            The axes to plot on; None makes a figure.
        **kwargs : dict
            Of the arrows, for matplotlib's ``quiver``.

        Returns
        -------
        WordPairsDisplay

        Raises
        ------
        KeyError
            If a word has no vector.
        ValueError
            If there are no pairs, or one is not of two words.
        """
        pairs = list(pairs)
        for position, pair in enumerate(pairs):
            if isinstance(pair, str) or len(pair) != 2:
                raise ValueError(f"pairs must be pairs of words, got {pair!r} at {position}.")
        if not pairs:
            raise ValueError("pairs must hold at least one pair, got none.")
        words = vectors.vectors([word for pair in pairs for word in pair])  # (2 n, D)
        points = project(words, "pca", None).reshape(-1, 2, 2)
        return cls(pairs=pairs, points=points).plot(ax, **kwargs)

    @classmethod
    def from_estimator(
        cls, estimator: Any, pairs: Iterable[tuple[str, str]], **kwargs: Any
    ) -> Self:
        """Plot pairs by the vectors that an estimator has learned.

        Parameters
        ----------
        estimator : fitted estimator
            Has ``vectors_``.
        pairs : iterable of tuple of two str
            The pairs to plot.
        **kwargs : dict
            As for :meth:`from_vectors`.

        Returns
        -------
        WordPairsDisplay
        """
        return cls.from_vectors(vectors_of(estimator), pairs, **kwargs)

    def plot(self, ax: Axes | None = None, **kwargs: Any) -> Self:
        """Plot the pairs.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            The axes to plot on; None makes a figure.
        **kwargs : dict
            Of the arrows, for matplotlib's ``quiver``.

        Returns
        -------
        WordPairsDisplay
            The display itself, with its axes and figure.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        """
        ax = get_axes(ax, type(self).__name__, figsize=(6, 5))
        points = np.asarray(self.points, dtype=np.float64)  # (n, 2, 2)
        starts, ends = points[:, 0], points[:, 1]
        for words, color in ((starts, "C0"), (ends, "C1")):
            ax.scatter(words[:, 0], words[:, 1], s=14, color=color)
        style = {"color": "0.6", "width": 0.004, "zorder": 0, **kwargs}
        self.arrows_ = ax.quiver(
            *starts.T, *(ends - starts).T, angles="xy", scale_units="xy", scale=1, **style
        )
        both = np.concatenate([starts, ends])
        labels = [pair[side] for side in (0, 1) for pair in self.pairs]
        along = np.linspace(0.05, 0.95, 30)[:, None, None]
        shafts = (starts + along * (ends - starts)).reshape(-1, 2)
        self.labels_ = label_points(ax, both, labels, avoid=shafts)
        ax.set(xticks=[], yticks=[])  # coordinates have no meaning
        self.ax_, self.figure_ = ax, ax.figure
        pairs = [f"{first} to {second}" for first, second in self.pairs]
        self.alt_text_ = f"Arrows between words in a plane: {listed(pairs)}."
        return self

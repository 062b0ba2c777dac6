"""Plot of attention weights between target and source tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._reporting._html_tables import escaped
from ._alt_texts import InWords, counted, listed
from ._axes import get_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.image import AxesImage

# Size in inches: of a token, and of the labels.
_CELL, _LABELS = 0.32, 1.3


class AttentionDisplay(InWords):
    """Plot the attention weights of an encoder-decoder between target and source tokens.

    Create it with :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    weights : array-like of shape (n_target, n_source)
        The attention weights, from 0 to 1.
    source : sequence of str
        The source tokens: the columns.
    target : sequence of str
        The target tokens: the rows.

    Attributes
    ----------
    image_ : matplotlib AxesImage
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    alt_text_ : str
        The plot in words, for those who do not see it.

    See Also
    --------
    Seq2Seq.attention_maps : Computes the weights.

    Notes
    -----
    A weight is the share of one encoder output, which depends on the tokens around it, too: a
    token of high weight need not be the one that decided.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from textvec import AttentionDisplay, Seq2Seq
    >>> X, y = ["der frosch", "die kröte"], ["the frog", "the toad"]
    >>> model = Seq2Seq(hidden_size=8, max_iter=1, random_state=0).fit(X, y)
    >>> display = AttentionDisplay.from_estimator(model, "die kröte", "the toad")
    >>> [label.get_text() for label in display.ax_.get_yticklabels()]
    ['the', 'toad', '[END]']
    """

    image_: AxesImage
    ax_: Axes
    figure_: Figure | SubFigure
    alt_text_: str

    def __init__(self, *, weights: ArrayLike, source: Sequence[str], target: Sequence[str]):
        self.weights = weights
        self.source = source
        self.target = target

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any = None,
        *,
        ax: Axes | None = None,
        **kwargs: Any,
    ) -> Self:
        """Plot the attention weights of a fitted estimator for one row.

        Parameters
        ----------
        estimator : Seq2Seq
            Fitted, with attention.
        X : str, or as the estimator takes it with one row
            The source.
        y : str, or as the estimator takes it with one row, or None
            The target; None takes the predicted one.
        ax : matplotlib Axes or None, default=None
            The axes to plot on; None makes a figure.
        **kwargs : dict
            For matplotlib's ``imshow``.

        Returns
        -------
        AttentionDisplay

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        TypeError
            If it has no ``attention_maps``.
        ValueError
            If it was fitted without attention, or there is not one row.
        """
        if not hasattr(estimator, "attention_maps"):
            raise TypeError(f"{type(estimator).__name__} has no attention_maps: pass a Seq2Seq.")
        rows = ([side] if isinstance(side, str) else side for side in (X, y))
        maps = estimator.attention_maps(*rows)
        if len(maps) != 1:
            raise ValueError(f"X must hold one row to plot, got {len(maps)}.")
        source, target, weights = maps[0]
        return cls(weights=weights, source=source, target=target).plot(ax, **kwargs)

    def plot(self, ax: Axes | None = None, **kwargs: Any) -> Self:
        """Plot the weights.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            The axes to plot on; None makes a figure.
        **kwargs : dict
            For matplotlib's ``imshow``.

        Returns
        -------
        AttentionDisplay
            The display itself, with its axes and figure.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        ValueError
            If the weights are not one for each pair of tokens.
        """
        weights = np.asarray(self.weights, dtype=np.float64)
        shape = (len(self.target), len(self.source))
        if weights.shape != shape:
            raise ValueError(
                f"weights must be of shape (n_target, n_source) = {shape}, got {weights.shape}."
            )
        size = (_LABELS + _CELL * shape[1], _LABELS + _CELL * shape[0])
        ax = get_axes(ax, type(self).__name__, figsize=size)
        style = {"cmap": "Greys", "vmin": 0.0, "vmax": 1.0, "aspect": "auto", **kwargs}
        # An image has at least one pixel.
        self.image_ = ax.imshow(weights if weights.size else np.zeros((1, 1)), **style)
        plain = {"parse_math": False}
        ax.set_xticks(range(shape[1]), list(map(escaped, self.source)), rotation=90, **plain)
        ax.set_yticks(range(shape[0]), list(map(escaped, self.target)), **plain)
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        self.ax_, self.figure_ = ax, ax.figure
        self.alt_text_ = self._words(weights)
        return self

    def _words(self, weights: NDArray[np.float64]) -> str:
        text = f"Attention weights of {counted(len(self.target), 'target token')}"
        if not weights.size:
            return f"{text}, on no source tokens."
        of_each = weights.argmax(axis=1)
        pairs = [f"{t} on {self.source[i]}" for t, i in zip(self.target, of_each)]
        return f"{text} on {counted(len(self.source), 'source token')}; largest: {listed(pairs)}."

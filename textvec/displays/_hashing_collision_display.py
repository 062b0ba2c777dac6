"""Plot of the collisions of hashed terms against the number of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike

from ..vectorizers import HashingReport
from ._alt_texts import InWords, counted, listed
from ._axes import get_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.lines import Line2D


class HashingCollisionDisplay(InWords):
    """Plot the share of hashed terms that collide, against the number of columns.

    Create it with :meth:`from_report`. All parameters are stored as attributes.

    Parameters
    ----------
    n_terms : int
        Number of distinct terms.
    n_features : array-like of shape (n_widths,)
        Numbers of columns.
    n_collisions : array-like of shape (n_widths,)
        Number of terms that find their column taken.
    expected_collisions : array-like of shape (n_widths,)
        The expected number, if columns were drawn at random.

    Attributes
    ----------
    points_ : matplotlib Line2D
        The collisions counted.
    line_ : matplotlib Line2D
        The collisions expected.
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    alt_text_ : str
        The plot in words, for those who do not see it.

    See Also
    --------
    hashing_report : Computes the numbers, and explains how to choose among them.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from textvec import HashingCollisionDisplay, hashing_report
    >>> report = hashing_report(["Data science rocks my socks off!"], n_features=[4, 16, 64])
    >>> display = HashingCollisionDisplay.from_report(report)
    >>> display.ax_.get_xlabel()
    'number of columns (n_features)'
    """

    points_: Line2D
    line_: Line2D
    ax_: Axes
    figure_: Figure | SubFigure
    alt_text_: str

    def __init__(
        self,
        *,
        n_terms: int,
        n_features: ArrayLike,
        n_collisions: ArrayLike,
        expected_collisions: ArrayLike,
    ):
        self.n_terms = n_terms
        self.n_features = n_features
        self.n_collisions = n_collisions
        self.expected_collisions = expected_collisions

    @classmethod
    def from_report(cls, report: HashingReport, *, ax: Axes | None = None, **kwargs: Any) -> Self:
        """Plot a report.

        Parameters
        ----------
        report : HashingReport
            The result of `hashing_report`.
        ax : matplotlib Axes or None, default=None
            The axes to plot on; None makes a figure.
        **kwargs : dict
            Of the points, for matplotlib's ``plot``.

        Returns
        -------
        HashingCollisionDisplay
        """
        display = cls(
            n_terms=report.n_terms,
            n_features=report.n_features,
            n_collisions=report.n_collisions,
            expected_collisions=report.expected_collisions,
        )
        return display.plot(ax, **kwargs)

    def plot(self, ax: Axes | None = None, **kwargs: Any) -> Self:
        """Plot the collisions.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            The axes to plot on; None makes a figure.
        **kwargs : dict
            Of the points, for matplotlib's ``plot``.

        Returns
        -------
        HashingCollisionDisplay
            The display itself, with its axes and figure.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        """
        ax = get_axes(ax, type(self).__name__)
        widths = np.asarray(self.n_features)
        by_width = np.argsort(widths)
        per_term = 100 / max(1, self.n_terms)
        expected = per_term * np.asarray(self.expected_collisions)[by_width]
        found = per_term * np.asarray(self.n_collisions)[by_width]
        (self.line_,) = ax.plot(widths[by_width], expected, color="0.6", label="expected")
        style = {"marker": "o", "linestyle": "none", "label": "found", **kwargs}
        (self.points_,) = ax.plot(widths[by_width], found, **style)
        ax.set_xscale("log", base=2)
        ax.set(
            xlabel="number of columns (n_features)",
            ylabel="terms that find their column taken (%)",
            title=f"{self.n_terms:,} distinct terms, hashed",
        )
        ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
        points = [
            f"{share:.3g} % at {width:,} columns"
            for width, share in zip(widths[by_width].tolist(), found.tolist())
        ]
        terms = counted(self.n_terms, "distinct term")
        self.alt_text_ = f"Share of {terms} that find their column taken: {listed(points)}."
        return self

"""Plot of a training: loss and validation score by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from .._compat import import_optional
from .._estimators._model_steps import holder_of, model_steps
from ._alt_texts import InWords, counted
from ._axes import get_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.lines import Line2D

Curves = Mapping[str, Sequence[float]]


class LearningCurveDisplay(InWords):
    """Plot the loss and the validation score of each epoch of a training.

    Create it with :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    losses : mapping from str to sequence of float
        The mean training loss of each epoch, by the name of the estimator.
    validation_losses : mapping from str to sequence of float, default=None
        The mean loss on the validation rows, of estimators that have any.
    validation_scores : mapping from str to sequence of float, default=None
        The score on them.

    Attributes
    ----------
    best_epochs_ : dict from str to int
        The best epoch, from 1, of each estimator with validation scores: that of the highest
        score, and among ties that of the lowest validation loss. Early stopping restores its
        weights. It is marked by a star.
    lines_ : list of matplotlib Line2D
        All curves.
    ax_ : matplotlib Axes
        Of the losses.
    score_ax_ : matplotlib Axes or None
        Of the scores, at the right; None if there are none.
    figure_ : matplotlib Figure
    alt_text_ : str
        The plot in words, for those who do not see it.

    See Also
    --------
    sklearn.model_selection.LearningCurveDisplay : A different plot of the same name: the score
        by the number of training rows, of an estimator fitted for each.

    Notes
    -----
    Any estimator is taken that has ``loss_curve_`` and perhaps ``validation_scores_``:
    scikit-learn's MLPClassifier, too.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from textvec import LearningCurveDisplay, Ragged, RNNClassifier
    >>> X = Ragged.from_rows([[2, 3, 4], [5, 2], [4, 4, 4, 3], [2, 2], [3], [5, 5]])
    >>> model = RNNClassifier(hidden_size=4, max_iter=3, random_state=0).fit(X, [0, 1, 0, 1, 0, 1])
    >>> display = LearningCurveDisplay.from_estimator(model)
    >>> display.ax_.get_xlabel(), display.ax_.get_ylabel()
    ('epoch', 'loss')
    """

    best_epochs_: dict[str, int]
    lines_: list[Line2D]
    ax_: Axes
    score_ax_: Axes | None
    figure_: Figure | SubFigure
    alt_text_: str

    def __init__(
        self,
        *,
        losses: Curves,
        validation_losses: Curves | None = None,
        validation_scores: Curves | None = None,
    ):
        self.losses = losses
        self.validation_losses = validation_losses
        self.validation_scores = validation_scores

    @classmethod
    def from_estimator(
        cls, estimator: Any, *data: Any, ax: Axes | None = None, **kwargs: Any
    ) -> Self:
        """Plot the curves of one or several fitted estimators.

        Parameters
        ----------
        estimator : estimator, Pipeline, search, or mapping from str or list of such
            Of a pipeline, the last step is taken, of a search, the best estimator, of one that
            fits another, such as :class:`RNNEncoder`, the other. The keys of a mapping are the
            names in the legend.
        *data : None
            Not taken: the display of scikit-learn of the same name fits again, this one does not.
        ax : matplotlib Axes or None, default=None
            The axes for the losses; None makes a figure. Scores get a second axis at the right.
        **kwargs : dict
            Of all lines, for matplotlib's ``plot``.

        Returns
        -------
        LearningCurveDisplay

        Raises
        ------
        NotFittedError
            If an estimator is not fitted.
        TypeError
            If an estimator has no ``loss_curve_``.
        """
        if data or not {"X", "y"}.isdisjoint(kwargs):
            raise TypeError(
                "the losses are those of a fitted estimator, and no data are taken: "
                "LearningCurveDisplay.from_estimator(estimator.fit(X, y)). Scores against the size "
                "of the training set are sklearn.model_selection.LearningCurveDisplay."
            )
        fitted = _named(estimator)
        losses = {n: getattr(e, "validation_losses_", None) for n, e in fitted.items()}
        scores = {n: getattr(e, "validation_scores_", None) for n, e in fitted.items()}
        display = cls(
            losses={n: list(e.loss_curve_) for n, e in fitted.items()},
            validation_losses={n: list(curve) for n, curve in losses.items() if curve},
            validation_scores={n: list(curve) for n, curve in scores.items() if curve},
        )
        return display.plot(ax, **kwargs)

    def plot(self, ax: Axes | None = None, **kwargs: Any) -> Self:
        """Plot the curves.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            The axes for the losses; None makes a figure.
        **kwargs : dict
            Of all lines, for matplotlib's ``plot``.

        Returns
        -------
        LearningCurveDisplay
            The display itself, with its axes and figure.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        """
        ax = get_axes(ax, type(self).__name__, figsize=(6, 3.8))
        self.ax_, self.figure_, self.lines_, self.best_epochs_ = ax, ax.figure, [], {}
        scores = self.validation_scores or {}
        self.score_ax_ = ax.twinx() if scores else None
        for i, name in enumerate(self.losses):
            color = f"C{i}"
            self._line(ax, self.losses[name], name, "training loss", color=color, **kwargs)
            checked = (self.validation_losses or {}).get(name)
            if checked is not None:
                dashed = {"color": color, "linestyle": "--", **kwargs}
                self._line(ax, checked, name, "validation loss", **dashed)
            if name in scores:
                of_score = "C1" if len(self.losses) == 1 else color
                dotted = {"color": of_score, "linestyle": ":", "marker": ".", **kwargs}
                self._scores(scores[name], name, checked, dotted)
        self._finish(ax)
        self.alt_text_ = " ".join(map(self._words, self.losses))
        return self

    def _words(self, name: str) -> str:
        """Describe the curves of an estimator."""
        losses = list(self.losses[name])
        text = f"Training loss of {name} in {counted(len(losses), 'epoch')}"
        if losses:
            text += f": from {losses[0]:.3g} to {losses[-1]:.3g}"
        if name in self.best_epochs_:
            best = self.best_epochs_[name]
            score = (self.validation_scores or {})[name][best - 1]
            text += f"; best validation score {score:.3g} in epoch {best}"
        return f"{text}."

    def to_frame(self) -> Any:
        """Return a pandas DataFrame with a row for each epoch of each estimator.

        Returns
        -------
        pandas.DataFrame
            With the ``estimator``, the ``epoch`` from 1 on, its ``loss``, ``validation_loss`` and
            ``validation_score``; NaN where there is none.

        Raises
        ------
        ImportError
            If pandas is missing.
        """
        pandas = import_optional("pandas", needed_for="LearningCurveDisplay.to_frame")
        curves = {
            "loss": self.losses,
            "validation_loss": self.validation_losses or {},
            "validation_score": self.validation_scores or {},
        }
        of_each = []
        for name, losses in self.losses.items():
            epochs = range(1, len(losses) + 1)
            columns = {
                what: pandas.Series(list(known.get(name, ())), range(len(losses)), dtype=np.float64)
                if name in known
                else np.nan
                for what, known in curves.items()
            }
            of_each.append(pandas.DataFrame({"estimator": name, "epoch": epochs, **columns}))
        return pandas.concat(of_each, ignore_index=True)

    def _line(self, ax: Axes, curve: Sequence[float], name: str, what: str, **style: Any) -> Line2D:
        label = what if len(self.losses) == 1 else f"{name}: {what}"
        (line,) = ax.plot(np.arange(1, len(curve) + 1), curve, **{"label": label, **style})
        self.lines_.append(line)
        return line

    def _scores(
        self,
        curve: Sequence[float],
        name: str,
        losses: Any,
        style: dict[str, Any],
    ) -> None:
        ax = self.score_ax_
        assert ax is not None
        line = self._line(ax, curve, name, "validation score", **style)
        losses = np.zeros(len(curve)) if losses is None else losses
        best = max(range(len(curve)), key=lambda epoch: (curve[epoch], -losses[epoch], -epoch))
        self.best_epochs_[name] = best + 1
        ax.plot(best + 1, curve[best], marker="*", markersize=13, color=line.get_color())

    def _finish(self, ax: Axes) -> None:
        from matplotlib.ticker import MaxNLocator

        ax.set(xlabel="epoch", ylabel="loss")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        if self.score_ax_ is not None:
            self.score_ax_.set_ylabel("validation score (★ best epoch)")
        on_top = ax if self.score_ax_ is None else self.score_ax_
        # Curves may be anywhere: above the axes is room.
        place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "frameon": False}
        n_columns = 3 if len(self.losses) == 1 else min(3, len(self.losses))
        on_top.legend(handles=self.lines_, ncols=n_columns, fontsize="small", **place)


def _named(estimator: Any) -> dict[str, Any]:
    """Return the trained estimators by name."""
    if isinstance(estimator, Mapping) and estimator:
        return {str(name): _trained(e) for name, e in estimator.items()}
    several = list(estimator) if isinstance(estimator, (list, tuple, Mapping)) else [estimator]
    if not several:
        raise ValueError("estimator must be a trained estimator or some of them, got none.")
    named: dict[str, Any] = {}
    for trained in map(_trained, several):
        name = type(trained).__name__
        n_same = sum(type(e) is type(trained) for e in named.values())
        named[f"{name} {n_same + 1}" if n_same else name] = trained
    return named


def _trained(estimator: Any) -> Any:
    """Return the trained estimator inside a pipeline, a search or another such estimator."""
    check_is_fitted(estimator)
    trained = holder_of("loss_curve_", estimator, fitted=True)
    if trained is None:
        name = type(model_steps(estimator)[-1]).__name__
        raise TypeError(
            f"{name} has no loss_curve_: LearningCurveDisplay takes estimators that learn in "
            "epochs, such as RNNClassifier, and pipelines that end with one."
        )
    return trained

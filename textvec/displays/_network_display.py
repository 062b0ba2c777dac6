"""Plot of a network: its layers as boxes, from input to output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from .._estimators._model_steps import holder_of
from ._alt_texts import InWords
from ._axes import get_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.text import Annotation

    from ..nn import LayerRow

# Sizes in inches: of a box with the arrow below it, and of the figure's width for each column.
_HEIGHT, _WIDTH = 0.75, 3.4
_READS_IDS = "WideLinear"  # a layer parallel to the network
_TRAINED, _FROZEN, _PLAIN = "#cfe2f3", "#e8e8e8", "white"  # with weights of that kind, or none


class NetworkDisplay(InWords):
    """Plot the layers of a network as boxes, from the input at the top to the output.

    Create it with :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    layers : sequence of LayerRow
        Name, kind, output shape and number of parameters of each layer, from the input on. In a
        shape, None stands for the number of rows, then of steps.

    Attributes
    ----------
    boxes_ : list of matplotlib Annotation
        One for each layer, in their order.
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    alt_text_ : str
        The plot in words, for those who do not see it.

    See Also
    --------
    RNNClassifier.summary : Prints the same as a table.

    Notes
    -----
    Layers with weights that are trained are blue, pretrained vectors that are not are grey. Layers
    that read the same input, as convolutions of several widths do, stand side by side.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from textvec import NetworkDisplay, RNNClassifier
    >>> display = NetworkDisplay.from_estimator(RNNClassifier(n_tokens=1000))
    >>> [layer.name for layer in display.layers]
    ['embedding', 'lstm', 'pooling', 'head', 'wide']
    """

    boxes_: list[Annotation]
    ax_: Axes
    figure_: Figure | SubFigure
    alt_text_: str

    def __init__(self, *, layers: Sequence[LayerRow]):
        self.layers = layers

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any = None, y: Any = None, *, ax: Axes | None = None, **kwargs: Any
    ) -> Self:
        """Plot the network of an estimator, fitted or not.

        Parameters
        ----------
        estimator : estimator on a network, RNNEncoder, Pipeline or search
            Of a pipeline, the last step is taken, of a search, the best estimator, of one that
            fits another, such as :class:`ConformalForecaster`, the other.
        X, y : as for `summary` of the estimator, default=None
            With these, the network is that which `fit` would make of them.
        ax : matplotlib Axes or None, default=None
            The axes to plot on; None makes a figure.
        **kwargs : dict
            Of the boxes, for matplotlib's ``annotate``, such as ``fontsize``.

        Returns
        -------
        NetworkDisplay
            The display itself, with its axes and figure.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted, and its sizes are not known.
        TypeError
            If it has no network.
        """
        network = _network_of(estimator)
        return cls(layers=network._layer_table(X, y).rows).plot(ax, **kwargs)

    def plot(self, ax: Axes | None = None, **kwargs: Any) -> Self:
        """Plot the layers.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            The axes to plot on; None makes a figure.
        **kwargs : dict
            Of the boxes, for matplotlib's ``annotate``, such as ``fontsize``.

        Returns
        -------
        NetworkDisplay
            The display itself, with its axes and figure.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        """
        levels = _levels(self.layers)
        n_columns = max((len(level) for level in levels), default=1)
        size = (_WIDTH * n_columns, _HEIGHT * max(1, len(levels)))
        ax = get_axes(ax, type(self).__name__, figsize=size)
        self.boxes_ = []
        above: list[Annotation] = []
        for number, level in enumerate(levels):
            places = [(column - (len(level) - 1) / 2, -number) for column in range(len(level))]
            boxes = [
                ax.annotate(_label(layer), place, **_style(layer, kwargs))
                for layer, place in zip(level, places)
            ]
            # What reads the ids themselves stands for itself.
            reading = [b for b, layer in zip(boxes, level) if layer.kind != _READS_IDS]
            _connect(ax, above, reading)
            self.boxes_ += boxes
            above = boxes
        ax.set(xlim=(-n_columns / 2, n_columns / 2), ylim=(0.5 - max(1, len(levels)), 0.5))
        ax.set_axis_off()
        self.ax_, self.figure_ = ax, ax.figure
        of_each = [_label(layer).replace("\n", " ") for layer in self.layers]
        self.alt_text_ = f"Layers of a network, from input to output: {'; '.join(of_each)}."
        return self


def _network_of(estimator: Any) -> Any:
    """Return the estimator on a network inside a pipeline, a search or another such estimator."""
    inner = holder_of("_layer_table", estimator)
    if inner is None:
        raise TypeError(
            f"{type(estimator).__name__} has no network: NetworkDisplay takes estimators such as "
            "RNNClassifier, and pipelines that end with one."
        )
    return inner


def _levels(layers: Sequence[LayerRow]) -> list[list[LayerRow]]:
    """Return the layers that stand side by side, from the input on."""
    levels: list[list[LayerRow]] = []
    for layer in layers:
        is_beside = layer.kind == _READS_IDS or (
            bool(levels) and layer.kind == levels[-1][-1].kind == "Conv1d"
        )
        if is_beside and levels:
            levels[-1].append(layer)
        else:
            levels.append([layer])
    return levels


def _label(layer: LayerRow) -> str:
    count = "no parameters" if layer.n_parameters == 0 else f"{layer.count_text} parameters"
    return f"{layer.name} ({layer.kind})\n{layer.shape_text}, {count}"


def _style(layer: LayerRow, given: dict[str, Any]) -> dict[str, Any]:
    color = _FROZEN if layer.part == "vectors" or layer.is_fitted else _TRAINED
    color = _PLAIN if layer.n_parameters == 0 else color
    box = {"boxstyle": "round,pad=0.4", "facecolor": color, "edgecolor": "0.5"}
    style = {"ha": "center", "va": "center", "fontsize": "small", "color": "black"}
    return {**style, "bbox": box, "parse_math": False, **given}


def _connect(ax: Axes, above: Sequence[Annotation], below: Sequence[Annotation]) -> None:
    """Draw an arrow from each box to each below it."""
    for start in above:
        for end in below:
            edges = {"patchA": start.get_bbox_patch(), "patchB": end.get_bbox_patch()}
            arrow = {"arrowstyle": "-|>", "color": "0.5", "shrinkA": 0, "shrinkB": 0, **edges}
            ax.annotate("", xy=end.xy, xytext=start.xy, arrowprops=arrow)

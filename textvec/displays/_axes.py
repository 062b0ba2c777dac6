"""The matplotlib axes that a display plots on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._compat import import_optional

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def get_axes(ax: Axes | None, needed_for: str, **kwargs: Any) -> Axes:
    """Return the axes that are passed, or those of a new figure.

    Parameters
    ----------
    ax : matplotlib Axes or None
        None makes a figure.
    needed_for : str
        The display, named in the error if matplotlib is missing.
    **kwargs : dict
        Of the new figure.
    """
    if ax is not None:
        return ax
    pyplot = import_optional("matplotlib.pyplot", needed_for=needed_for)
    new: Axes = pyplot.subplots(layout="constrained", **kwargs)[1]
    return new

"""Plots in words, for those who do not see them."""

from __future__ import annotations

from collections.abc import Sequence

from .._reporting._html_tables import escaped

_MOST = 12


class InWords:
    """Mixin of displays: their text, as the last line of a cell leaves it, is the plot in words."""

    def __repr__(self) -> str:
        words = vars(self).get("alt_text_", "not plotted")
        return f"<{type(self).__name__}: {words}>"


def listed(items: Sequence[str]) -> str:
    """Return items one after the other, and of many the first and how many more there are.

    Examples
    --------
    >>> from textvec.displays._alt_texts import listed
    >>> listed(["frog", "toad"])
    'frog, toad'
    """
    shown = ", ".join(escaped(item) for item in items[:_MOST])
    n_more = len(items) - _MOST
    return f"{shown} and {n_more:,} more" if n_more > 0 else shown or "none"


def counted(n: int, what: str) -> str:
    """Return a number of things with their name, in the plural if there is not one.

    Examples
    --------
    >>> from textvec.displays._alt_texts import counted
    >>> counted(1, "epoch"), counted(2000, "epoch")
    ('1 epoch', '2,000 epochs')
    """
    return f"{n:,} {what}{'' if n == 1 else 's'}"

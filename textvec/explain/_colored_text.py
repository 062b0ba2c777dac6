"""Tokens coloured by their scores: as HTML, and for terminals with and without colours."""

from __future__ import annotations

import html
import os
import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .._reporting._html_tables import escaped

# Blue is for, orange against: the colour-blind can distinguish them as well.
_FOR, _AGAINST = (31, 119, 180), (255, 127, 14)
_STRONGEST = 0.65  # opacity: text on it must stay readable
# The same for terminals of 256 colours, from weak to strong.
_FOR_256, _AGAINST_256 = (189, 153, 111, 75), (230, 223, 216, 208)
_READING = "font-family:sans-serif;line-height:1.6;max-width:60em;overflow-wrap:anywhere"
_BRACKETED = 1 / 3  # of the strongest score of a row, where there are no colours


def html_text(tokens: Sequence[str], scores: NDArray[np.float32], separator: str) -> str:
    """Return tokens as HTML, the background of each as opaque as its score is strong."""
    spans = []
    for token, score, share in zip(tokens, scores, relative(scores)):
        red, green, blue = _FOR if share > 0 else _AGAINST
        background = f"rgba({red},{green},{blue},{_STRONGEST * abs(share):.2f})"
        spans.append(
            f'<span style="background:{background};border-radius:.2em" title="{score:+.4g}">'
            f"{html.escape(escaped(token))}</span>"
        )
    return separator.join(spans)


def html_division(body: str) -> str:
    """Return a body of paragraphs as a ``div`` in a style for reading."""
    return f'<div style="{_READING}">{body}</div>'


def legend_html() -> str:
    """Return the legend of the colours as HTML."""
    grounds = [f"rgba({r},{g},{b},{_STRONGEST})" for r, g, b in (_FOR, _AGAINST)]
    return " ".join(
        f'<span style="background:{ground};border-radius:.2em">&nbsp;{meaning}&nbsp;</span>'
        for ground, meaning in zip(grounds, ("speaks for it", "speaks against it"))
    )


def ansi_text(tokens: Sequence[str], scores: NDArray[np.float32], separator: str) -> str:
    """Return tokens for a terminal of 256 colours."""
    parts = []
    for token, share in zip(tokens, relative(scores)):
        scale = _FOR_256 if share > 0 else _AGAINST_256
        level = int(np.ceil(abs(share) * (len(scale) + 1))) - 2  # the weakest fifth stays plain
        text = escaped(token)
        colors = f"\x1b[48;5;{scale[level]}m\x1b[38;5;16m" if level >= 0 else ""
        parts.append(f"{colors}{text}\x1b[0m" if colors else text)
    return separator.join(parts)


def plain_text(tokens: Sequence[str], scores: NDArray[np.float32], separator: str) -> str:
    """Return tokens without colours, the strongest in brackets with their scores."""
    return separator.join(
        f"[{escaped(token)} {score:+.2g}]" if abs(share) >= _BRACKETED else escaped(token)
        for token, score, share in zip(tokens, scores, relative(scores))
    )


def relative(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return scores divided by the strongest, between -1 and 1; zeros if all are zero."""
    strongest = np.abs(scores).max(initial=0.0)
    return np.divide(scores, strongest or 1.0, dtype=np.float64)


def output_has_colors() -> bool:
    """Return whether the output is a terminal that wants colours (no-color.org)."""
    return (
        not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
        and bool(getattr(sys.stdout, "isatty", bool)())
    )

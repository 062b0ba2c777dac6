"""Tokens coloured by their scores: as HTML, and for terminals with and without colours."""

from __future__ import annotations

import html
import os
import sys
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Blue speaks for, orange against: told apart by the colour-blind as well.
_FOR, _AGAINST = (31, 119, 180), (255, 127, 14)
_STRONGEST = 0.65  # opacity: the text must stay readable on it
# The same on terminals of 256 colours, from weak to strong.
_FOR_256, _AGAINST_256 = (189, 153, 111, 75), (230, 223, 216, 208)
_MARKED = 1 / 3  # of the strongest score of a row, where there are no colours
# Marks of direction can turn the rest of a line round.
_DIRECTIONS = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}


def html_text(tokens: Sequence[str], scores: NDArray[np.float32], separator: str) -> str:
    """Give tokens as HTML, each on a ground as strong as its score."""
    spans = []
    for token, score, share in zip(tokens, scores, shares(scores)):
        red, green, blue = _FOR if share > 0 else _AGAINST
        ground = f"rgba({red},{green},{blue},{_STRONGEST * abs(share):.2f})"
        spans.append(
            f'<span style="background:{ground};border-radius:.2em" title="{score:+.4g}">'
            f"{html.escape(shown(token))}</span>"
        )
    return separator.join(spans)


def legend_html() -> str:
    """Give the meaning of the colours as HTML."""
    grounds = [f"rgba({r},{g},{b},{_STRONGEST})" for r, g, b in (_FOR, _AGAINST)]
    return " ".join(
        f'<span style="background:{ground};border-radius:.2em">&nbsp;{meaning}&nbsp;</span>'
        for ground, meaning in zip(grounds, ("speaks for it", "speaks against it"))
    )


def ansi_text(tokens: Sequence[str], scores: NDArray[np.float32], separator: str) -> str:
    """Give tokens for a terminal of 256 colours."""
    parts = []
    for token, share in zip(tokens, shares(scores)):
        scale = _FOR_256 if share > 0 else _AGAINST_256
        level = int(np.ceil(abs(share) * (len(scale) + 1))) - 2  # the weakest fifth stays plain
        text = shown(token)
        colors = f"\x1b[48;5;{scale[level]}m\x1b[38;5;16m" if level >= 0 else ""
        parts.append(f"{colors}{text}\x1b[0m" if colors else text)
    return separator.join(parts)


def plain_text(tokens: Sequence[str], scores: NDArray[np.float32], separator: str) -> str:
    """Give tokens without colours, the strongest in brackets with their scores."""
    return separator.join(
        f"[{shown(token)} {score:+.2g}]" if abs(share) >= _MARKED else shown(token)
        for token, score, share in zip(tokens, scores, shares(scores))
    )


def shares(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Give scores as parts of the strongest, between -1 and 1; zeros if all are zero."""
    strongest = np.abs(scores).max(initial=0.0)
    return np.divide(scores, strongest or 1.0, dtype=np.float64)


def shown(token: str) -> str:
    """Write control characters out: a token must not steer the terminal, nor end the line."""
    return "".join(c.encode("unicode_escape").decode() if _steers(c) else c for c in token)


def _steers(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or character in _DIRECTIONS


def output_has_colors() -> bool:
    """Tell whether what is printed goes to a terminal that wants colours (no-color.org)."""
    return (
        not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
        and bool(getattr(sys.stdout, "isatty", bool)())
    )

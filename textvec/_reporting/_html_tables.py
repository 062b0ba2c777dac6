"""Tables for notebooks, in which no token can do harm."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

# Bidirectional controls can reverse the rest of a line.
_BIDI_CONTROLS = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
_LONGEST = 40  # characters of a token
ROWS, ITEMS = 5, 12  # that are shown of many


def html_table(
    caption: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    n_rows: int = 0,
    what: str = "rows",
) -> str:
    """Return a table; numbers stand on the right, and text cannot be markup.

    Parameters
    ----------
    caption : str
        What it is.
    header : sequence of str
        Names of the columns.
    rows : iterable of sequences
        Of numbers, which are printed with separators, and of other values, as text.
    n_rows : int, default=0
        How many there are in all, of which these are the first.
    what : str, default="rows"
        What they are.
    """
    rows = list(rows)
    if n_rows > len(rows):
        blanks = [""] * (len(header) - 2)
        rows.append(["…", *blanks, f"{n_rows - len(rows):,} more {what}"])
    head = "".join(f'<th style="text-align:left">{html.escape(name)}</th>' for name in header)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return (
        f"<div><p><b>{html.escape(caption)}</b></p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def first_of(items: Sequence[str], n_items: int) -> str:
    """Return the first of some texts as one line, and how many there are besides."""
    shown = [shortened(item) for item in items[:ITEMS]]
    more = n_items - len(shown)
    return " · ".join(shown) + (f" … {more:,} more" if more > 0 else "")


def shortened(token: str) -> str:
    """Return a token escaped, and not longer than can be read."""
    text = escaped(token[: _LONGEST + 1])
    return text if len(token) <= _LONGEST else f"{text[:_LONGEST]}…"


def escaped(token: str) -> str:
    """Return a token with control characters escaped: it must not steer the terminal."""
    return "".join(c.encode("unicode_escape").decode() if _is_control(c) else c for c in token)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or character in _BIDI_CONTROLS


def _cell(value: Any) -> str:
    if isinstance(value, int):
        return f'<td style="text-align:right">{value:,}</td>'
    if isinstance(value, float):
        return f'<td style="text-align:right">{value:.4g}</td>'
    return f'<td style="text-align:left">{html.escape(escaped(str(value)))}</td>'

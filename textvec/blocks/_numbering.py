"""Errors in a block say where its rows begin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def numbered(call: Callable[[Any], Any], rows: Any, first: int) -> Any:
    """Return what a call makes of a block, of which row 0 is the row `first` of all.

    An error, which names a row of the block, has a note that says so.
    """
    try:
        return call(rows)
    except Exception as error:
        if first:
            error.add_note(f"Rows are counted from row {first} of X, the first of its block.")
        raise

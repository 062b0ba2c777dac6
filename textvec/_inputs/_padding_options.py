"""Options of padding: sides, and what fills short rows."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Side = Literal["pre", "post"]

_OTHER_WORDS = {"left": "pre", "right": "post"}


def check_side(name: str, side: Any) -> None:
    """Raise a ValueError if an option is no side of a sequence."""
    if isinstance(side, str) and side in ("pre", "post"):
        return
    hint = f" (for {side!r} write {_OTHER_WORDS[side]!r})" if side in ("left", "right") else ""
    raise ValueError(f'{name} must be "pre" or "post", got {side!r}{hint}.')


def filling(value: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return what fills short rows as an array of no dimensions.

    Raises
    ------
    ValueError
        If the dtype can't hold the value. A float may be rounded, an integer may not.
    """
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            fill = np.asarray(value).astype(dtype)
            held = fill.item()
    except (TypeError, ValueError, OverflowError):
        raise _not_held(value, dtype) from None
    if isinstance(value, (float, np.floating)) and dtype.kind == "f":
        is_held = np.isfinite(fill) or not np.isfinite(value)
    else:
        is_held = held == value or (held != held and value != value)
    if not is_held:
        raise _not_held(value, dtype)
    return fill


def _not_held(value: Any, dtype: np.dtype[Any]) -> ValueError:
    return ValueError(f"value={value!r} can't be held by items of dtype {dtype}.")

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
    hint = (
        f" (for {side!r} write {_OTHER_WORDS[side]!r})"
        if isinstance(side, str) and side in _OTHER_WORDS
        else ""
    )
    raise ValueError(f'{name} must be "pre" or "post", got {side!r}{hint}.')


def filling(value: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return what fills short rows as an array of no dimensions.

    It is of the dtype of the items; for str, of one that is wide enough for both.

    Raises
    ------
    ValueError
        If the dtype can't hold the value. A float may be rounded, an integer may not.
    """
    if type(value) is int and value == 0 and dtype.kind in "iuf":  # the default, of most
        return np.zeros((), dtype)
    if isinstance(value, (str, bytes)) and dtype.kind == np.asarray(value).dtype.kind:
        return np.asarray(value, dtype=np.result_type(dtype, np.asarray(value)))
    if dtype.names is not None:
        return _structured(value, dtype)
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            fill = np.asarray(value).astype(dtype)
            held = fill.item()
    except (TypeError, ValueError, OverflowError, RuntimeError):  # the last from other containers
        raise _not_held(value, dtype) from None
    if isinstance(value, (float, np.floating)) and dtype.kind == "f":
        is_held = np.isfinite(fill) or not np.isfinite(value)
    else:
        is_held = held == value or (held != held and value != value)
    if not is_held:
        raise _not_held(value, dtype)
    return fill


def _structured(value: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the fill of records: all zeros for 0, else a tuple of the values of their fields."""
    if isinstance(value, (int, float)) and value == 0:
        return np.zeros((), dtype)
    try:
        fill = np.array(value, dtype) if isinstance(value, tuple) else None
    except (TypeError, ValueError, OverflowError):
        fill = None
    if fill is None or fill.item() != value:
        raise _not_held(value, dtype)
    return fill


def _not_held(value: Any, dtype: np.dtype[Any]) -> ValueError:
    ways = {
        "U": "pass a str, such as value='[PAD]'",
        "S": "pass bytes, such as value=b'[PAD]'",
        "V": f"pass 0, or a tuple of a value for each of {dtype.names}",
    }
    way = ways.get(dtype.kind, "pass a value of this dtype, or have the items of another")
    return ValueError(f"value={value!r} can't be held by items of dtype {dtype}: {way}.")

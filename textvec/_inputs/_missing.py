"""Values that stand for missing ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def is_missing(value: Any) -> bool:
    """Return whether a value is None, NaN, NaT or NA."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):  # of pandas
        return True
    return isinstance(value, (float, np.floating)) and bool(np.isnan(value))


def first_missing(array: NDArray[Any]) -> tuple[int, ...] | None:
    """Return where the first missing value of an array is; None if there is none."""
    if array.dtype.kind in "fmM":
        places = np.argwhere(np.isnan(array))
        return tuple(int(i) for i in places[0]) if len(places) else None
    for position in np.ndindex(array.shape):
        if is_missing(array[position]):
            return position
    return None

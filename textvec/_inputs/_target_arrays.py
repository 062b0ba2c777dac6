"""Targets, one a row or several, as an array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._missing import first_missing
from ._opened import is_tensor, opened


def read_targets(y: Any) -> NDArray[Any]:
    """Return targets, one a row or several, as an array of the dtype of their values.

    Raises
    ------
    ValueError
        If one is missing; the message names its row.
    """
    if isinstance(y, np.ma.MaskedArray) or is_tensor(y) or not hasattr(y, "__array__"):
        y = opened(y, "y")
    if isinstance(y, list):
        y = [str.__str__(label) if isinstance(label, str) else label for label in y]
    array = np.asarray(y)
    if array.dtype.kind == "T":
        array = array.astype(object)
    # NumPy makes "nan" of a NaN in a list of str.
    items = np.asarray(y, object) if array.dtype.kind == "U" and isinstance(y, list) else array
    if items.dtype != object:
        return array
    position = first_missing(items)
    if position is not None:
        label = items[position]
        raise ValueError(
            f"Input y contains NaN: the label of row {position[0]} is missing ({label!r})."
        )
    kinds = {type(value) for value in array.flat}
    whole = kinds and all(issubclass(kind, (bool, np.bool_, int, np.integer)) for kind in kinds)
    return np.array(array.tolist()) if whole else array

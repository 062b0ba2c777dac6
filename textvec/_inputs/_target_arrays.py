"""Targets, one a row or several, as an array."""

from __future__ import annotations

from numbers import Number
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._dask_collections import refuse_dask
from ._items import is_tensor, items_of
from ._missing import first_missing
from ._plain_array import plain_array

_WHOLE = (bool, np.bool_, int, np.integer)
_SEVERAL_LABELS = (
    "pass a label for each row, and several labels as an array of 0 and 1 with a column for each "
    "(sklearn.preprocessing.MultiLabelBinarizer)."
)


def check_has_targets(y: Any, name: str) -> None:
    """Raise the error of scikit-learn for an estimator, named `name`, that is fitted without y."""
    if y is None:
        raise ValueError(f"{name} requires y to be passed, but the target y is None.")


def read_targets(y: Any) -> NDArray[Any]:
    """Return targets, one a row or several, as an array of the dtype of their values.

    Raises
    ------
    ValueError
        If one is missing; the message names its row.
    """
    refuse_dask(y, "y")
    if isinstance(y, np.ma.MaskedArray) or is_tensor(y) or not hasattr(y, "__array__"):
        y = items_of(y, "y")
    if isinstance(y, list):
        y = [str.__str__(label) if isinstance(label, str) else label for label in y]
    array = _as_array(y)
    if array.dtype.kind == "T":
        array = array.astype(object)
    # NumPy makes "nan" of a NaN in a list of str.
    items = np.asarray(y, object) if array.dtype.kind == "U" and isinstance(y, list) else array
    if items.dtype.kind not in "OfmM":
        return array
    _check_none_missing(items, "label")
    if items.dtype != object:
        return array
    kinds = {type(value) for value in array.flat}
    if len({issubclass(kind, str) for kind in kinds}) > 1:
        raise ValueError(f"labels must be all str or all numbers, got both: {array[:3]!r}.")
    if not kinds or issubclass(next(iter(kinds)), str):
        return array
    for value in array.flat:
        if isinstance(value, (list, tuple, set, frozenset, np.ndarray)):
            raise ValueError(f"y has {type(value).__name__}s of labels: {_SEVERAL_LABELS}")
        if not isinstance(value, (*_WHOLE, float, np.floating)):
            raise ValueError(
                f"labels must be str or numbers, got {type(value).__name__}: {value!r:.50}. Pass "
                "them as str, as [str(label) for label in y]."
            )
    return np.array(array.tolist())


def _as_array(y: Any) -> NDArray[Any]:
    """Return targets as an array; NumPy would make str of numbers among str, and lose NULs."""
    if isinstance(y, list):
        texts = [label for label in y if isinstance(label, str)]
        if texts and any(isinstance(label, Number) and label == label for label in y):
            raise ValueError(
                "labels must be all str or all numbers, got both, such as "
                f"{texts[0]!r} and {next(label for label in y if isinstance(label, Number))!r}."
            )
        if any(text.endswith("\0") for text in texts):
            return np.array(y, dtype=object)
    try:
        return np.asarray(y)
    except (ValueError, TypeError):  # the latter of a Ragged
        raise ValueError(f"y has rows of unequal length: {_SEVERAL_LABELS}") from None


def check_numbers(y: Any) -> None:
    """Check numbers, one a row or several.

    Raises
    ------
    ValueError
        If rows are of unequal length, if there are dates, or if a number is missing or infinite;
        the message names its row.
    """
    try:
        items = np.asarray(y)
    except ValueError:
        raise ValueError(
            "y has rows of unequal length: pass a number for each row, or an array with a column "
            "for each of several."
        ) from None
    if items.dtype.kind in "mM":
        raise ValueError(
            f"y holds {items.dtype}, expected numbers: those of dates are, for example, days, "
            "(y - y.min()) / np.timedelta64(1, 'D'), and of durations y / np.timedelta64(1, 'D')."
        )
    if items.dtype.kind in "Of":
        _check_none_missing(items, "number")
    if items.dtype.kind not in "biuf":
        items = plain_array(items, "y", np.float64)
    if items.dtype.kind == "f" and np.isinf(items).any():
        position = tuple(np.argwhere(np.isinf(items))[0])
        raise ValueError(
            "Input y contains infinity or a value too large for dtype('float64'): the number of "
            f"row {position[0]} is {items[position]}: leave out such rows, in X and in y."
        )


def _check_none_missing(items: NDArray[Any], what: str) -> None:
    position = first_missing(items)
    if position is not None:
        given = "nan" if items.dtype.kind == "f" else repr(items[position])
        raise ValueError(
            f"Input y contains NaN: the {what} of row {position[0]} is missing ({given}): leave "
            "out rows without one, in X and in y."
        )

"""Documents in any form a user holds them, as a list of str."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

Missing = Literal["error", "empty"]


def as_documents(X: Any, *, missing: Missing = "error") -> list[str]:
    """Return raw documents as a list of str.

    Parameters
    ----------
    X : list, tuple, ndarray, Series, arrow array, one-column frame or iterable of str
        The documents. pandas, polars and pyarrow objects are read through their own
        methods, so none of them need be installed.
    missing : {"error", "empty"}, default="error"
        How to treat None and NaN: an error, or a document of no text.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        For one string in place of several, or a table of more than one column.
    TypeError
        For a document that is no string; the message names its row.
    """
    if type(X) is not list:
        X = to_list(X)
    if set(map(type, X)) <= {str}:
        return X  # type: ignore[no-any-return]
    return [as_document(document, row, missing) for row, document in enumerate(X)]


def to_list(X: Any) -> list[Any]:
    """Return the items of any container of documents as a list."""
    if isinstance(X, (str, bytes)):
        raise ValueError(
            f"Iterable over raw text documents expected, {type(X).__name__} object received: "
            "put a single document into a list."
        )
    shape = getattr(X, "shape", None)
    if shape is not None and len(shape) != 1:
        X = _only_column(X, tuple(shape))
    for method in ("tolist", "to_list", "to_pylist"):  # NumPy and pandas, polars, arrow
        if hasattr(X, method):
            return list(getattr(X, method)())
    if isinstance(X, (dict, set, frozenset)) or not hasattr(X, "__iter__"):
        raise TypeError(
            f"documents must come as a list, array or Series of str, got {type(X).__name__}."
        )
    return list(X)


def _only_column(X: Any, shape: tuple[int, ...]) -> Any:
    """Return the column of a table of one column as a one-dimensional object."""
    if len(shape) != 2 or shape[1] != 1:
        raise ValueError(
            f"documents must be one column of str, got an object of shape {shape}: "
            "select the column that holds the text."
        )
    if hasattr(X, "iloc"):
        return X.iloc[:, 0]
    if hasattr(X, "to_series"):
        return X.to_series(0)
    if hasattr(X, "column"):
        return X.column(0)
    return np.asarray(X)[:, 0]


def as_document(document: Any, row: int, missing: Missing = "error") -> str:
    """Return one document as a str, or raise an error that names its row."""
    if isinstance(document, str):
        return str(document)  # np.str_ and other subclasses
    if is_missing(document):
        if missing == "empty":
            return ""
        raise TypeError(
            f"row {row} is missing ({document!r}): fill it in or drop it, "
            'or set missing="empty" where the step has it.'
        )
    if isinstance(document, bytes):
        raise TypeError(f"row {row} is bytes: decode it first, as in X.decode('utf-8').")
    raise TypeError(
        f"row {row} is {type(document).__name__} ({document!r:.50}), expected str: "
        "tokens or ids go into Tokens or Ragged, other values through str()."
    )


def is_missing(value: Any) -> bool:
    """Return whether a value stands for a missing document."""
    if value is None or type(value).__name__ == "NAType":  # pandas.NA compares to nothing
        return True
    return isinstance(value, (float, np.floating)) and bool(np.isnan(value))

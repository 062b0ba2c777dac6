"""Dask's collections: recognised without Dask, and refused where nothing takes them."""

from __future__ import annotations

from typing import Any


def is_dask(X: Any) -> bool:
    """Return whether this is a lazy collection of Dask, which is imported then already."""
    if type(X) is list or not hasattr(type(X), "__dask_graph__"):
        return False
    from dask.base import is_dask_collection

    return bool(is_dask_collection(X))


_TAKEN = "Tokenizers, vectorizers and weights of counts take it as it is."


def refuse_dask(X: Any, name: str, more: str = _TAKEN) -> None:
    """Raise a TypeError if an argument is a lazy collection of Dask, where arrays are needed.

    The message ends with `more`, what to do with a collection that is too large for memory.
    """
    if is_dask(X):
        raise TypeError(
            f"{name} is a Dask {type(X).__name__}, which is lazy, and this step needs it in "
            f"memory: pass {name}.compute(). {more}"
        )

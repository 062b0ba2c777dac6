"""Terms of an analogy: words or vectors, each with a weight."""

from __future__ import annotations

from numbers import Real
from typing import Any, NamedTuple

import numpy as np


class AnalogyTerm(NamedTuple):
    """A word or a vector that an answer is similar to, or dissimilar if its weight is negative."""

    what: Any  # str or array
    weight: float = 1.0


def read_terms(given: Any) -> list[AnalogyTerm]:
    """Read a word, a vector, or an iterable of these and of pairs with a weight.

    Raises
    ------
    TypeError
        If there is anything else.
    """
    is_vector = isinstance(given, np.ndarray) and given.dtype.kind in "biuf" and given.ndim == 1
    if isinstance(given, str) or is_vector:
        given = [given]
    elif hasattr(given, "to_pylist"):  # pyarrow's items are objects of its own
        given = given.to_pylist()
    elif isinstance(given, bytes) or not np.iterable(given):
        raise TypeError(
            "positive and negative must be a word, a vector or an iterable of these, got "
            f"{type(given).__name__}: {given!r:.50}"
        )
    return [_read_term(item, at) for at, item in enumerate(given)]


def _read_term(item: Any, at: int) -> AnalogyTerm:
    weight: Any = 1.0
    if isinstance(item, tuple) and len(item) == 2 and not isinstance(item[0], Real):
        item, weight = item
    if isinstance(item, str):
        item = str.__str__(item)  # of subclasses, NumPy's among them, the text
    elif not isinstance(item, (np.ndarray, list, tuple)):
        raise TypeError(
            f"positive and negative must hold words, vectors or pairs of one and a weight, got "
            f"{type(item).__name__} at position {at}: {item!r}."
        )
    if not isinstance(weight, Real) or not np.isfinite(float(weight)):
        raise TypeError(f"a weight must be a finite number, got {weight!r} at position {at}.")
    return AnalogyTerm(item, float(weight))

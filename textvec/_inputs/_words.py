"""Words and tokens that a caller names, as a list of str."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

import numpy as np

from ._items import items_of


def word_list(words: Any, name: str = "words") -> list[str]:
    """Return words in their order, whatever holds them; they are read once.

    Parameters
    ----------
    words : iterable of str
        A list, an array, a column of a frame, a generator, a mapping or a set.
    name : str, default="words"
        Of the argument, for messages.

    Returns
    -------
    list of str

    Raises
    ------
    TypeError
        If there is one word only, or anything else than str among them.
    """
    if isinstance(words, np.ndarray) and not words.ndim:
        words = words.item()
    if isinstance(words, str):
        words = str.__str__(words)
    if isinstance(words, (str, bytes)):
        raise TypeError(f"{name} must be a sequence of str, got one: use [{words!r}].")
    if not isinstance(words, Iterable):
        raise TypeError(f"{name} must be a sequence of str, got {type(words).__name__}.")
    listed = _listed(words, name)
    if set(map(type, listed)) <= {str}:
        return listed
    for at, word in enumerate(listed):
        if not isinstance(word, str):
            raise TypeError(
                f"{name} must be str, got {type(word).__name__} at position {at}: {word!r}."
            )
    return [str.__str__(word) for word in listed]  # of subclasses, enum members, the text


def _listed(words: Iterable[Any], name: str) -> list[Any]:
    if isinstance(words, (Mapping, Set)):
        return list(words)
    items = items_of(words, name)
    if isinstance(items, list):
        return items
    column = items[:, 0] if items.ndim == 2 and items.shape[1] == 1 else items
    return column.tolist()  # type: ignore[no-any-return]

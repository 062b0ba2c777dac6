"""The vocabulary of the drop-ins as a dict, which scikit-learn's users read, save and change."""

from __future__ import annotations

from typing import Any

from ..._containers._vocabulary import Vocabulary


class Terms(dict[str, int]):
    """A dict of terms and their columns that knows its Vocabulary until it is changed."""

    vocabulary: Vocabulary | None

    def __init__(self, vocabulary: Vocabulary):
        super().__init__(vocabulary.items())
        self.vocabulary = vocabulary

    def __reduce__(self) -> tuple[Any, ...]:
        return (dict, (dict(self),)) if self.vocabulary is None else (Terms, (self.vocabulary,))


def _changing(name: str) -> Any:
    method = getattr(dict, name)

    def change(self: Terms, *args: Any, **kwargs: Any) -> Any:
        self.vocabulary = None
        return method(self, *args, **kwargs)

    change.__name__ = name
    return change


for _name in (
    *("__setitem__", "__delitem__", "__ior__", "clear", "pop", "popitem", "setdefault", "update"),
):
    setattr(Terms, _name, _changing(_name))


class TermsAttribute:
    """The attribute `vocabulary_`: held as a Vocabulary, and a dict once somebody reads it."""

    def __get__(self, vectorizer: Any, owner: Any = None) -> Any:
        if vectorizer is None:
            return self
        state = vars(vectorizer._settle())
        if "vocabulary_" not in state:
            raise AttributeError(
                f"{type(vectorizer).__name__!r} object has no attribute 'vocabulary_'"
            )
        if isinstance(state["vocabulary_"], Vocabulary):
            state["vocabulary_"] = Terms(state["vocabulary_"])
        return state["vocabulary_"]

    def __set__(self, vectorizer: Any, vocabulary: Any) -> None:
        vars(vectorizer)["vocabulary_"] = vocabulary

    def __delete__(self, vectorizer: Any) -> None:
        del vars(vectorizer)["vocabulary_"]

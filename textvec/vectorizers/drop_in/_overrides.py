"""Methods of scikit-learn's vectorizers that a subclass, or one object, may replace."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import Any

_NONE: frozenset[str] = frozenset()


class Methods:
    """Methods that native code does the work of, unless somebody has replaced them.

    Parameters
    ----------
    owner : type
        Has the methods that are known.
    *names : str
    """

    def __init__(self, owner: type, *names: str):
        self._names = frozenset(names)
        self._read = attrgetter(*names)
        self._methods = self._read(owner)
        self._known = {name: getattr(owner, name) for name in names}

    def overridden(self, vectorizer: Any) -> AbstractSet[str]:
        """Return the names of the methods that the class of an object, or the object, replaces."""
        cls, own = type(vectorizer), vars(vectorizer)
        if self._read(cls) == self._methods and self._names.isdisjoint(own):
            return _NONE
        known = self._known
        return {name for name in known if getattr(cls, name) is not known[name] or name in own}

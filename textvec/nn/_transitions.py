"""Which label of a chunk may follow which, by the scheme of the labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from .._containers._ragged import Ragged

_Role = tuple[str, str]  # a letter of "BIOES", and a type


def _bio(before: _Role, after: _Role) -> bool:
    """Allow I only in a chunk of its type."""
    return after[0] != "I" or _goes_on(before, after)


def _iob1(before: _Role, after: _Role) -> bool:
    """Allow B only between two chunks of a type."""
    return after[0] != "B" or _goes_on(before, after)


def _with_ends(before: _Role, after: _Role) -> bool:
    """Allow I and E only in a chunk of their type, which nothing else interrupts."""
    if before[0] in "BI":
        return after[0] in "IE" and _goes_on(before, after)
    return after[0] not in "IE"


def _goes_on(before: _Role, after: _Role) -> bool:
    return before[0] in "BI" and before[1] == after[1]


class _Scheme(NamedTuple):
    """The letters of a scheme, which letter of BIOES each is, and what may follow what."""

    letters: dict[str, str]
    follows: Callable[[_Role, _Role], bool]


SCHEMES = {
    "BIO": _Scheme({"B": "B", "I": "I", "O": "O"}, _bio),
    "IOB1": _Scheme({"B": "B", "I": "I", "O": "O"}, _iob1),
    "BIOES": _Scheme({"B": "B", "I": "I", "O": "O", "E": "E", "S": "S"}, _with_ends),
    "BIOUL": _Scheme({"B": "B", "I": "I", "O": "O", "U": "S", "L": "E"}, _with_ends),
    "BMES": _Scheme({"B": "B", "M": "I", "E": "E", "S": "S", "O": "O"}, _with_ends),
}


class Transitions(NamedTuple):
    """What may follow what.

    Parameters
    ----------
    start, end : ndarray of shape (C,), bool
        Whether a row may begin, or end, with a label.
    pairs : ndarray of shape (C, C), bool
        Whether a label (row) may stand before a label (column).
    """

    start: NDArray[np.bool_]
    end: NDArray[np.bool_]
    pairs: NDArray[np.bool_]

    @classmethod
    def of(cls, labels: NDArray[Any], scheme: str) -> Self:
        """Return what a scheme allows.

        Parameters
        ----------
        labels : ndarray of shape (C,)
            ``"O"``, or a letter of the scheme, a hyphen and a type.
        scheme : str
            One of `SCHEMES`.

        Raises
        ------
        ValueError
            If a label is none of the scheme; the message names it.
        """
        roles = [(_letter(label, scheme), label[2:]) for label in labels.tolist()]
        follows, outside = SCHEMES[scheme].follows, ("O", "")
        return cls(
            np.array([follows(outside, role) for role in roles]),
            np.array([follows(role, outside) for role in roles]),
            np.array([[follows(before, after) for after in roles] for before in roles]),
        )

    def first_violation(self, numbers: Ragged) -> tuple[int, int] | None:
        """Return row and step at which no label is possible any more; None if there is none.

        `numbers` are label numbers, below 0 where the label is not known. A row that may not end
        as it does has its length as the step.
        """
        lengths, starts, classes = numbers.lengths, numbers.offsets[:-1], np.arange(len(self.start))
        reached = np.zeros((len(numbers), len(classes)), bool)  # labels the step may have
        pairs = self.pairs.astype(np.float32)
        for t in range(int(lengths.max(initial=0))):
            rows = np.flatnonzero(lengths > t)
            y = numbers.values[starts[rows] + t][:, None]
            onward = self.start if t == 0 else (reached[rows].astype(np.float32) @ pairs) > 0
            reached[rows] = onward & ((y < 0) | (y == classes))
            dead = rows[~reached[rows].any(axis=1)]
            if len(dead):
                return int(dead[0]), t
        dead = np.flatnonzero((lengths > 0) & ~(reached & self.end).any(axis=1))
        return (int(dead[0]), int(lengths[dead[0]])) if len(dead) else None


def _letter(label: Any, scheme: str) -> str:
    """Return the letter of BIOES that a label begins with in a scheme."""
    letters = SCHEMES[scheme].letters
    if isinstance(label, str) and label[:1] in letters:
        letter = letters[label[0]]
        if label == "O" if letter == "O" else label[1:2] in ("", "-"):
            return letter
    known = ", ".join(repr(x if x == "O" else f"{x}-...") for x in letters)
    raise ValueError(f"constraints={scheme!r} is for labels {known}, got {label!r}.")

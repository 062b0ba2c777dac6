"""The classes an estimator knows: labels to numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def class_numbers(
    labels: NDArray[Any], state: dict[str, Any], name: str, *, at_least: int = 2
) -> NDArray[np.int64]:
    """Give the number of each label's class.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        Of any type that can be sorted.
    state : dict
        Its ``classes_`` are taken, and set if there are none.
    name : str
        Of the estimator, for messages.
    at_least : int, default=2
        How many classes there must be.

    Raises
    ------
    ValueError
        If there are too few classes, or a label is none of those known.
    """
    classes = state.setdefault("classes_", np.unique(labels))
    if len(classes) < at_least:
        raise ValueError(
            f"{name} needs at least {at_least} classes, got one class: {classes.tolist()[0]!r}."
        )
    unseen = np.setdiff1d(labels, classes)
    if len(unseen):
        raise ValueError(f"`y` has classes not in self.classes_: {unseen} not in {classes}.")
    return np.searchsorted(classes, labels)


def announced_classes(classes: ArrayLike | None, state: dict[str, Any]) -> None:
    """Take the classes that a first call to ``partial_fit`` announces into the state.

    Raises
    ------
    ValueError
        If they are missing on the first call, or differ from it later.
    """
    if classes is None:
        if "classes_" not in state:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        return
    given = np.unique(np.asarray(classes))
    if "classes_" in state and not np.array_equal(given, state["classes_"]):
        raise ValueError(
            f"`classes={classes!r}` is not the same as on last call to partial_fit, was: "
            f"{state['classes_']!r}"
        )
    state["classes_"] = given

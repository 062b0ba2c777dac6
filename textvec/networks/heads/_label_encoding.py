"""Label encoding: labels to class numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def encode_labels(
    labels: NDArray[Any], classes: NDArray[Any] | None, name: str
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Return the class number of each label, and the classes.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        Of any type that can be sorted.
    classes : ndarray of shape (n_classes,) or None
        All there can be, sorted; None: those that occur.
    name : str
        Of the estimator, for messages.

    Returns
    -------
    numbers : ndarray of shape (n,), int64
    classes : ndarray of shape (n_classes,)

    Raises
    ------
    ValueError
        If there are fewer than two classes, or a label is none of `classes`.
    """
    if classes is None:
        classes = np.unique(labels)
    if len(classes) < 2:
        raise ValueError(
            f"{name} needs at least 2 classes, got one class: {classes.tolist()[0]!r}."
        )
    unseen = np.setdiff1d(labels, classes)
    if len(unseen):
        raise ValueError(f"`y` has classes not in self.classes_: {unseen} not in {classes}.")
    return np.searchsorted(classes, labels), classes


def announced_classes(classes: ArrayLike | None, known: NDArray[Any] | None) -> NDArray[Any]:
    """Return the classes that ``partial_fit`` was told of, or knows from the call before.

    Raises
    ------
    ValueError
        If they are missing on the first call, or differ from it later.
    """
    if classes is None and known is None:
        raise ValueError("classes must be passed on the first call to partial_fit.")
    if classes is None:
        return known  # type: ignore[return-value]
    announced = np.unique(np.asarray(classes))
    if known is not None and not np.array_equal(announced, known):
        raise ValueError(
            f"`classes={classes!r}` is not the same as on last call to partial_fit, was: {known!r}"
        )
    return announced

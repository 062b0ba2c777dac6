"""Vectors in a plane, and labels beside points that do not cover one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from .._compat import import_optional
from ..vectors import WordVectors

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

Method = Literal["pca", "tsne"]

# Where a label may stand: offset from its point in points, and the side of it that is there.
_PLACES = [
    ((5, 0), "left", "center"),
    ((0, 5), "center", "bottom"),
    ((0, -5), "center", "top"),
    ((-5, 0), "right", "center"),
    ((4, 4), "left", "bottom"),
    ((4, -4), "left", "top"),
    ((-4, 4), "right", "bottom"),
    ((-4, -4), "right", "top"),
    ((0, 14), "center", "bottom"),
    ((0, -14), "center", "top"),
]


def vectors_of(estimator: Any) -> WordVectors:
    """Give the vectors that an estimator has learned.

    Raises
    ------
    TypeError
        If it has none.
    """
    vectors = getattr(estimator, "vectors_", None)
    if not isinstance(vectors, WordVectors):
        raise TypeError(
            f"{type(estimator).__name__} holds no word vectors as vectors_: fit a learner of "
            "word vectors, or use from_vectors."
        )
    return vectors


def in_plane(vectors: NDArray[Any], method: Method, random_state: Any) -> NDArray[np.float64]:
    """Bring vectors (n, D) to a plane (n, 2)."""
    if method not in ("pca", "tsne"):
        raise ValueError(f"method must be 'pca' or 'tsne', got {method!r}.")
    if method == "pca" or len(vectors) < 3:  # t-SNE needs neighbours
        return _principal_plane(vectors.astype(np.float64))
    from sklearn.manifold import TSNE

    perplexity = min(30.0, (len(vectors) - 1) / 3)
    projection = TSNE(perplexity=perplexity, init="pca", random_state=random_state)
    return projection.fit_transform(vectors).astype(np.float64)


def _principal_plane(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project on the first two principal components, zeros where there are fewer."""
    points = np.zeros((len(vectors), 2))
    left, strengths, right = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    largest = np.abs(right).argmax(axis=1)
    signs = np.sign(right[np.arange(len(right)), largest])  # or else the plot may be mirrored
    found = (left * strengths * signs)[:, :2]
    points[:, : found.shape[1]] = found
    return points


def axes(ax: Axes | None, needed_for: str, **kwargs: Any) -> Axes:
    """Give the axes, or those of a new figure."""
    if ax is not None:
        return ax
    pyplot = import_optional("matplotlib.pyplot", needed_for=needed_for)
    made: Axes = pyplot.subplots(layout="constrained", **kwargs)[1]
    return made


def label_points(
    ax: Axes,
    points: NDArray[np.float64],
    labels: Sequence[str],
    *,
    avoid: NDArray[np.float64] | None = None,
) -> list[Annotation]:
    """Write a label beside each point, where it covers least of all points and other labels.

    `avoid` are more points (m, 2) that should not be covered, of lines for example.
    """
    ax.margins(0.12)
    ax.autoscale_view()
    taken = points if avoid is None else np.concatenate([points, avoid])
    taken = ax.transData.transform(taken)  # (n + m, 2) in pixels
    boxes = np.column_stack([taken - 3, taken + 3])  # left, bottom, right, top
    annotations = []
    for point, label in zip(points, labels, strict=True):
        annotation = ax.annotate(
            label, point, xytext=(5, 0), textcoords="offset points", fontsize="small"
        )
        annotations.append(annotation)
        found = [_placed(annotation, place) for place in _PLACES]
        frame = np.array(ax.get_window_extent().extents)
        costs = [_overlap(box, boxes) + _outside(box, frame) for box in found]
        best = int(np.argmin(costs))
        _placed(annotation, _PLACES[best])
        boxes = np.vstack([boxes, found[best]])
    return annotations


def _placed(annotation: Annotation, place: tuple[tuple[int, int], str, str]) -> NDArray[np.float64]:
    """Move a label, and give the box it takes (4,) in pixels."""
    offset, across, up = place
    annotation.set_position(offset)
    annotation.set(ha=across, va=up)
    return np.array(annotation.get_window_extent().extents)


def _overlap(box: NDArray[np.float64], boxes: NDArray[np.float64]) -> float:
    """Give the area that a box (4,) shares with others (n, 4)."""
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    return float((high - low).clip(0).prod(axis=1).sum())


def _outside(box: NDArray[np.float64], frame: NDArray[np.float64]) -> float:
    """Give how much of a box lies outside a frame."""
    return float((box[2:] - box[:2]).prod()) - _overlap(box, frame[None])

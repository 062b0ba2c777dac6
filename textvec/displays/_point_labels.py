"""Labels of points, placed so that they do not cover one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._reporting._html_tables import escaped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation


class _Place(NamedTuple):
    """A place of a label: its offset from the point in points, and how it is aligned."""

    offset: tuple[int, int]
    horizontal: str
    vertical: str


_PLACES = [
    _Place((5, 0), "left", "center"),
    _Place((0, 5), "center", "bottom"),
    _Place((0, -5), "center", "top"),
    _Place((-5, 0), "right", "center"),
    _Place((4, 4), "left", "bottom"),
    _Place((4, -4), "left", "top"),
    _Place((-4, 4), "right", "bottom"),
    _Place((-4, -4), "right", "top"),
    _Place((0, 14), "center", "bottom"),
    _Place((0, -14), "center", "top"),
]


def label_points(
    ax: Axes,
    points: NDArray[np.float64],
    labels: Sequence[str],
    *,
    avoid: NDArray[np.float64] | None = None,
) -> list[Annotation]:
    """Label each point, where the label covers least of the points and of other labels.

    `avoid` are more points (m, 2) that should not be covered, such as those of lines.
    """
    ax.margins(0.12)
    ax.autoscale_view()
    taken = points if avoid is None else np.concatenate([points, avoid])
    taken = ax.transData.transform(taken)  # (n + m, 2) in pixels
    boxes = np.column_stack([taken - 3, taken + 3])  # left, bottom, right, top
    annotations = []
    for point, label in zip(points, labels, strict=True):
        annotation = ax.annotate(
            escaped(label),
            point,
            xytext=(5, 0),
            textcoords="offset points",
            fontsize="small",
            parse_math=False,
        )
        annotations.append(annotation)
        found = [_placed(annotation, place) for place in _PLACES]
        frame = np.array(ax.get_window_extent().extents)
        costs = [_overlap(box, boxes) + _outside(box, frame) for box in found]
        best = int(np.argmin(costs))
        _placed(annotation, _PLACES[best])
        boxes = np.vstack([boxes, found[best]])
    return annotations


def _placed(annotation: Annotation, place: _Place) -> NDArray[np.float64]:
    """Move a label, and return its bounding box (4,) in pixels."""
    annotation.set_position(place.offset)
    annotation.set(ha=place.horizontal, va=place.vertical)
    return np.array(annotation.get_window_extent().extents)


def _overlap(box: NDArray[np.float64], boxes: NDArray[np.float64]) -> float:
    """Return the area that a box (4,) shares with others (n, 4)."""
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    return float((high - low).clip(0).prod(axis=1).sum())


def _outside(box: NDArray[np.float64], frame: NDArray[np.float64]) -> float:
    """Return the area of a box that is outside of a frame."""
    return float((box[2:] - box[:2]).prod()) - _overlap(box, frame[None])

"""What is learned by counting, from a stream: counted block by block, and merged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._counting._mergeable import Mergeable
from .._inputs._blocks import in_blocks
from .._reporting._progress_bars import tracked_documents
from ._count_runs import merged_counts
from ._numbering import numbered


def learn_blocks(estimator: Mergeable, X: Any) -> None:
    """Learn from a stream of documents, of which one block is held, and counts."""
    estimator._fit_from_all(count_blocks(estimator, X))


def count_blocks(estimator: Mergeable, X: Any) -> Any:
    """Return the counts of a stream of documents; of what is out of the limits, perhaps none."""
    parts = (numbered(estimator._part_counts, block, first) for block, first in _with_first(X))
    counts = merged_counts(parts, estimator._within_limits)
    return estimator._part_counts([]) if counts is None else counts


def _with_first(X: Any) -> Iterable[tuple[list[Any], int]]:
    first = 0
    for block in tracked_documents(in_blocks(X), X):
        yield block, first
        first += len(block)

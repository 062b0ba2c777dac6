"""What is learned by counting, from a stream: counted block by block, and merged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._inputs._blocks import in_blocks
from .._mergeable import Counts, Mergeable
from .._progress_bars import tracked_documents
from ._numbering import numbered


def learn_blocks(estimator: Mergeable, X: Any) -> None:
    """Learn from a stream of documents, of which one block is held, and all counts."""
    counts = merged(
        numbered(estimator._part_counts, block, first) for block, first in _with_first(X)
    )
    estimator._fit_from_all(estimator._part_counts([]) if counts is None else counts)


def _with_first(X: Any) -> Iterable[tuple[list[Any], int]]:
    first = 0
    for block in tracked_documents(in_blocks(X), X):
        yield block, first
        first += len(block)


def merged(parts: Iterable[Counts]) -> Counts | None:
    """Return the counts of all parts, in their order; None if there are none.

    Each is merged with others only as often as the number of parts doubles, as in a tree.
    """
    waiting: list[tuple[int, Counts]] = []  # number of parts, and their counts
    for counts in parts:
        n_parts = 1
        while waiting and waiting[-1][0] == n_parts:
            n_before, before = waiting.pop()
            n_parts, counts = n_parts + n_before, before.merge(counts)
        waiting.append((n_parts, counts))
    if not waiting:
        return None
    first, *others = (counts for _, counts in waiting)
    return first.merge(*others) if others else first

"""What is learned by counting, from a stream: counted block by block, and merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from .._counting._mergeable import Mergeable
from .._estimators._fitted_state import own_copy
from .._inputs._blocks import in_blocks
from .._inputs._streams import is_stream
from .._reporting._progress_bars import tracked_documents
from ..distributed import counted, is_dask
from ._count_runs import merged_counts
from ._numbering import numbered

_Result = TypeVar("_Result")


def learn_blocks(estimator: Mergeable, X: Any) -> None:
    """Learn from a stream of documents, of which one block is held, and counts."""
    estimator._fit_from_all(count_blocks(estimator, X))


def learn_part(estimator: Mergeable, X: Any) -> None:
    """Learn from another part of the documents, as `partial_fit` does.

    The part is counted where it is: a stream block by block, a collection of Dask on its workers.
    Until all of it is, the estimator stays as it was, for other threads as well.
    """
    estimator._check_may_grow()
    counting = own_copy(estimator)
    if is_dask(X):
        counts = counted(counting, X)
    elif is_stream(X):
        counts = _merged_blocks(counting, X, _all_counts)
    else:
        counts = counting._part_counts(X)
    estimator._add_part(counts)


def count_blocks(estimator: Mergeable, X: Any) -> Any:
    """Return the counts of a stream of documents; of what is out of the limits, perhaps none."""
    return _merged_blocks(estimator, X, estimator._within_limits)


def _merged_blocks(estimator: Mergeable, X: Any, limits: Callable[[Any], Any]) -> Any:
    counts = merged_counts(each_block(estimator._part_counts, X), limits)
    return estimator._part_counts([]) if counts is None else counts


def _all_counts(counts: Any) -> Any:
    """Return counts as they are: those of another part may be within the limits with them."""
    return counts


def each_block(call: Callable[[Any], _Result], X: Any) -> Iterator[_Result]:
    """Yield what a call makes of each block of documents, which come as a stream or a list."""
    first = 0
    for block in tracked_documents(in_blocks(X), X):
        yield numbered(call, block, first)
        first += len(block)

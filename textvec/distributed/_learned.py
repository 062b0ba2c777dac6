"""What is learned by counting: counted in each partition, and merged in a tree."""

from __future__ import annotations

from copy import copy
from itertools import chain
from typing import Any
from uuid import uuid4

from sklearn.base import clone

from .._estimators._fitted_state import replace_fitted
from ._partitions import Partitions, as_container, naming_partition
from ._shipped import shipped

_MERGED_AT_ONCE = 8  # counts, as Dask's reductions of bags have it


def learn(estimator: Any, X: Any, **more: Any) -> None:
    """Fit an estimator to a collection: the fitted attributes are all that comes back.

    Parameters
    ----------
    estimator : Mergeable
        Whose parameters are checked.
    X : Dask bag, series, frame of one column or array
    **more : collection, array-like or None
        What belongs to the rows of X, such as y, by its name in ``_part_counts``: in the same
        partitions or, where it is none of Dask's, of as many rows.
    """
    tree = _CountTree(estimator, X, more)
    fitted = tree.computed((_fit, tree.own.key, tree.root))
    vars(estimator).pop("_counts", None)
    replace_fitted(estimator, fitted)


def counted(estimator: Any, X: Any, **more: Any) -> Any:
    """Return the counts of a collection, of which the estimator is to learn in this process.

    Where there are other counts to add, what is learned is larger than the counts, or learning
    reports its progress. The parameters are those of :func:`learn`.
    """
    tree = _CountTree(estimator, X, more)
    return tree.computed(tree.root)


class _CountTree:
    """The graph of the counts of a collection."""

    def __init__(self, estimator: Any, X: Any, more: dict[str, Any]):
        parts = Partitions.of(X)
        others = {n: parts.aligned(value, n) for n, value in more.items() if value is not None}
        unfitted = clone(estimator)
        # Says what is wrong before anything is computed.
        copy(unfitted)._part_counts(parts.empty, **{n: p.empty for n, p in others.items()})
        self.own = shipped(unfitted)
        self.name = f"fit-{uuid4().hex}"
        columns = [parts.delayed, *(other.delayed for other in others.values())]
        self.dependencies = [self.own, *chain(*columns)]
        self.layer: dict[Any, Any] = {
            (self.name, 0, index): (_count, self.own.key, list(others), index, [p.key for p in row])
            for index, row in enumerate(zip(*columns, strict=True))
        }
        self.root = self._merged(list(self.layer))

    def _merged(self, keys: list[Any], level: int = 1) -> Any:
        """Add tasks that merge counts, and return the key of all."""
        if len(keys) == 1:
            return keys[0]
        groups = [keys[i : i + _MERGED_AT_ONCE] for i in range(0, len(keys), _MERGED_AT_ONCE)]
        self.layer |= {(self.name, level, i): (_merge, group) for i, group in enumerate(groups)}
        return self._merged([(self.name, level, i) for i in range(len(groups))], level + 1)

    def computed(self, task: Any) -> Any:
        """Return the result of a task on the root.

        As an item of a bag: a partition is then read, counted and forgotten in one task. Threads
        share the counts, where bags would be computed by processes.
        """
        from dask.bag import Item
        from dask.base import get_scheduler
        from dask.highlevelgraph import HighLevelGraph

        layer = {**self.layer, self.name: task}
        graph = HighLevelGraph.from_collections(self.name, layer, dependencies=self.dependencies)
        return Item(graph, self.name).compute(scheduler=get_scheduler() or "threads")


def _count(estimator: Any, names: list[str], index: int, partitions: list[Any]) -> Any:
    with naming_partition(index):
        X, *more = map(as_container, partitions)
        return copy(estimator)._part_counts(X, **dict(zip(names, more, strict=True)))


def _merge(counts: list[Any]) -> Any:
    first, *others = counts
    return first.merge(*others)


def _fit(estimator: Any, counts: Any) -> dict[str, Any]:
    before, fitted = vars(estimator), copy(estimator)
    fitted._fit_from_all(counts)
    return {name: value for name, value in vars(fitted).items() if name not in before}

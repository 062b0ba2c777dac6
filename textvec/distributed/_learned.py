"""What is learned by counting: counted in each partition, and merged in a tree."""

from __future__ import annotations

from copy import copy
from itertools import chain
from typing import Any
from uuid import uuid4

from sklearn.base import clone

from .._fitted_state import replace_fitted
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
    from dask.base import get_scheduler

    parts = Partitions.of(X)
    unfitted = clone(estimator)
    beside = {n: parts.beside(value, n) for n, value in more.items() if value is not None}
    # Says what is wrong before anything is computed.
    copy(unfitted)._part_counts(parts.empty, **{n: p.empty for n, p in beside.items()})
    # Threads share the counts, where bags would be computed by processes.
    fitted = _fitted_by(shipped(unfitted), parts, beside).compute(
        scheduler=get_scheduler() or "threads"
    )
    vars(estimator).pop("_counts", None)
    replace_fitted(estimator, fitted)


def _fitted_by(own: Any, parts: Partitions, beside: dict[str, Partitions]) -> Any:
    """Return the fitted attributes, lazily.

    As an item of a bag: a partition is then read, counted and forgotten in one task.
    """
    from dask.bag import Item
    from dask.highlevelgraph import HighLevelGraph

    name = f"fit-{uuid4().hex}"
    columns = [parts.delayed, *(other.delayed for other in beside.values())]
    layer: dict[Any, Any] = {
        (name, 0, index): (_count, own.key, list(beside), index, [part.key for part in row])
        for index, row in enumerate(zip(*columns, strict=True))
    }
    keys, level = list(layer), 0
    while len(keys) > 1:
        level += 1
        groups = [keys[i : i + _MERGED_AT_ONCE] for i in range(0, len(keys), _MERGED_AT_ONCE)]
        layer |= {(name, level, i): (_merge, group) for i, group in enumerate(groups)}
        keys = [(name, level, i) for i in range(len(groups))]
    layer[name] = (_fit, own.key, keys[0])
    graph = HighLevelGraph.from_collections(name, layer, dependencies=[own, *chain(*columns)])
    return Item(graph, name)


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

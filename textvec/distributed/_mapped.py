"""Methods that work row by row, on each partition of a collection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from uuid import uuid4

import numpy as np
from scipy.sparse import issparse

from .._containers._embedded_sequences import EmbeddedSequences
from .._containers._ragged import Ragged
from ._partitions import Partitions, as_container, naming_partition
from ._shipped import shipped, snapshot

_Result = TypeVar("_Result")


def mapped(method: Callable[[Any], _Result], X: Any, *, of_rows: bool = False) -> _Result:
    """Return what a method of an estimator makes of a collection, lazily.

    Parameters
    ----------
    method : bound method of an estimator
        Takes rows, and makes a row of each, whatever the others. Later changes of the estimator
        do not change the result.
    X : Dask bag, series, frame of one column or array
    of_rows : bool, default=False
        Whether the dtype of the result is that of the rows, which a bag may not know: then its
        first partition is computed.

    Returns
    -------
    dask.array.Array or dask.bag.Bag
        In the place of what the method returns. Of a matrix or an array, an array of such
        blocks: the number of columns is known, that of rows where it is known of X. Else a bag
        of blocks, one for each partition.

    Raises
    ------
    TypeError
        If the method returns a frame, which ``set_output`` has chosen.
    """
    parts = Partitions.of(X)
    if of_rows:
        parts = parts.with_rows()
    like: Any = method(parts.empty)
    if isinstance(like, (Ragged, EmbeddedSequences)):
        return cast("_Result", _bag(_Blocks(method, parts, is_item=True), like))
    if not (issparse(like) or isinstance(like, np.ndarray)):
        raise TypeError(
            f"{type(_owner(method)).__name__} is set to return a {type(like).__name__}, no "
            'block of a Dask array: set_output(transform="default"), and make a frame of the '
            "result, as dask.dataframe.from_dask_array does."
        )
    return cast("_Result", _array(_Blocks(method, parts, is_item=False), like))


class _Blocks:
    """A layer of a graph with a task for each partition."""

    def __init__(self, method: Callable[[Any], Any], parts: Partitions, *, is_item: bool):
        estimator, of_method = _owner(method), method.__name__
        self.parts = parts
        self.name = f"{type(estimator).__name__}-{of_method}-{uuid4().hex}"
        self._own = shipped(snapshot(estimator))
        self._task = (_items if is_item else _block, self._own.key, of_method)

    def graph(self, *dimensions: int) -> Any:
        """Return the graph; keys have the number of the partition, and of other dimensions."""
        from dask.highlevelgraph import HighLevelGraph

        layer: dict[Any, Any] = {
            (self.name, index, *dimensions): (*self._task, part.key, index)
            for index, part in enumerate(self.parts.delayed)
        }
        dependencies = [self._own, *self.parts.delayed]
        return HighLevelGraph.from_collections(self.name, layer, dependencies=dependencies)


def _owner(method: Callable[[Any], Any]) -> Any:
    return getattr(method, "__self__")  # noqa: B009 - of a bound method, which no type says


def _array(blocks: _Blocks, like: Any) -> Any:
    import dask.array as da

    chunks = (blocks.parts.n_rows, *((n,) for n in like.shape[1:]))
    graph = blocks.graph(*(0,) * (like.ndim - 1))
    return da.Array(graph, blocks.name, chunks, meta=like[:0])


def _bag(blocks: _Blocks, like: Ragged | EmbeddedSequences) -> Any:
    import dask.bag as db

    bag = db.Bag(blocks.graph(), blocks.name, len(blocks.parts.delayed))
    bag._meta = like[:0]
    return bag


def _block(estimator: Any, method: str, partition: Any, index: int) -> Any:
    with naming_partition(index):
        return getattr(estimator, method)(as_container(partition))


def _items(estimator: Any, method: str, partition: Any, index: int) -> list[Any]:
    return [_block(estimator, method, partition, index)]

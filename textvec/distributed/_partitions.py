"""The partitions of a collection of Dask, whichever it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Self

import numpy as np

from .._containers._embedded_sequences import EmbeddedSequences
from .._containers._ragged import Ragged
from .._inputs._dask_collections import is_dask
from .._inputs._target_arrays import read_targets

_UNKNOWN = np.nan  # as Dask has it: the number of rows, before they are computed


@dataclass(frozen=True)
class Partitions:
    """The partitions of a collection, in the order of their rows.

    Parameters
    ----------
    delayed : list of dask.delayed.Delayed
        One for each partition.
    n_rows : tuple of int or nan
        Rows of each, where they are known.
    empty : object
        What the collection holds, without any row.
    """

    delayed: list[Any]
    n_rows: tuple[float, ...]
    empty: Any

    @classmethod
    def of(cls, X: Any, name: str = "X") -> Self:
        """Return the partitions of a bag, series, frame or array, or say what is taken.

        Raises
        ------
        TypeError
            If it is another collection, such as a Delayed, whose rows are not known to be any.
        ValueError
            If it is an array whose columns are in several chunks.
        """
        if isinstance(getattr(X, "npartitions", None), int):  # a Delayed has any attribute
            if hasattr(X, "numblocks"):
                return cls._of_array(X, name)
            # Of a bag that `mapped` has made, it is known too.
            empty = X._meta if hasattr(X, "_meta") else []
            return cls(X.to_delayed(), (_UNKNOWN,) * X.npartitions, empty)
        raise TypeError(
            f"{name} is a Dask {type(X).__name__}, of which the partitions are not known: pass a "
            "Bag, a Series, a frame of one column or an array, as dask.bag.from_delayed makes of "
            f"Delayed objects; or {name}.compute()."
        )

    def with_rows(self) -> Self:
        """Return these partitions with some rows for none, where a bag does not say what they are.

        The first partition that has any is computed, as Dask does for frames without `meta`.
        """
        if type(self.empty) is not list:
            return self
        computed = (as_container(part.compute()) for part in self.delayed)
        return replace(self, empty=next((rows for rows in computed if len(rows)), []))

    @classmethod
    def _of_array(cls, X: Any, name: str) -> Self:
        if X.ndim not in (1, 2):
            raise ValueError(f"{name} must have one or two dimensions, got shape {X.shape}.")
        if X.ndim == 2 and X.numblocks[1] != 1:
            raise ValueError(
                f"{name} is an array of {X.numblocks[1]} chunks of columns, and a row must be in "
                f"one: pass {name}.rechunk({{1: -1}})."
            )
        if X.ndim == 2 and np.isnan(X.shape[1]):
            raise ValueError(f"{name} has an unknown number of columns: {X!r:.100}")
        empty = np.empty((0, *X.shape[1:]), dtype=X.dtype)
        return cls(list(X.to_delayed().ravel()), X.chunks[0], empty)

    def aligned(self, values: Any, name: str) -> Partitions:
        """Return the partitions of what belongs to the rows of these.

        Raises
        ------
        ValueError
            If there are more or fewer, or what is in memory can't be cut, as rows were not counted.
        """
        if is_dask(values):
            others = Partitions.of(values, name)
            if len(others.delayed) != len(self.delayed):
                raise ValueError(
                    f"{name} has {len(others.delayed)} partitions, and X has {len(self.delayed)}: "
                    "each row's must be in the same."
                )
            return others
        import dask

        values = read_targets(values)
        if np.isnan(self.n_rows).any():
            raise ValueError(
                f"{name} is in memory, and how many rows the partitions of X have is not known: "
                f"pass X.compute_chunk_sizes(), or {name} as a collection in the same partitions."
            )
        if len(values) != sum(self.n_rows):
            raise ValueError(f"{name} has {len(values)} rows, and X has {sum(self.n_rows):g}.")
        ends = np.cumsum([0, *self.n_rows]).astype(int)
        cuts = [values[a:b] for a, b in pairwise(ends)]
        return Partitions([dask.delayed(cut) for cut in cuts], self.n_rows, values[:0])


def as_container(partition: Any) -> Any:
    """Return a partition as a container that estimators take.

    Those of bags may be read once, as those of ``bag.map``. Blocks of rows, which a step before
    has made, are joined.
    """
    if isinstance(partition, Iterator):
        partition = list(partition)
    if type(partition) is not list or not partition:
        return partition
    first = partition[0]
    if isinstance(first, Ragged):
        return first.concat(*partition[1:]) if len(partition) > 1 else first
    if isinstance(first, EmbeddedSequences) and len(partition) == 1:
        return first
    return partition


@contextmanager
def naming_partition(index: int) -> Iterator[None]:
    """Let the message of an error say in which partition it was raised."""
    try:
        yield
    except Exception as error:
        message, *rest = error.args or ("",)
        error.args = (f"partition {index}: {message}", *rest)
        raise

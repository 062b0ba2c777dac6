"""Documents in the partitions of a Dask collection, and the comparison of results."""

from __future__ import annotations

import numpy as np
from scipy.sparse import issparse

from textvec import EmbeddedSequences, Ragged

DOCUMENTS = ["The frog sat", "", "on a log: the log", "Ünïcode 🐸 frog", "toad", "the toad the"]


def in_partitions(items, sizes):
    """Return a bag of partitions of these sizes, and the rest in one more."""
    import dask
    import dask.bag

    ends = np.cumsum(sizes).tolist()
    parts = [items[a:b] for a, b in zip([0, *ends], [*ends, len(items)])]
    return dask.bag.from_delayed([dask.delayed(list)(part) for part in parts])


def joined(blocks):
    """Join the blocks of a bag to what one machine returns."""
    if isinstance(blocks[0], Ragged):
        return blocks[0].concat(*blocks[1:])
    ids = [block.ids for block in blocks]
    return EmbeddedSequences(ids[0].concat(*ids[1:]), blocks[0].table)


def assert_same(lazy, expected):
    """Compare a lazy result with that of one machine, bit for bit."""
    import dask
    import dask.bag

    assert dask.is_dask_collection(lazy)
    if isinstance(lazy, dask.bag.Bag):
        assert joined(lazy.compute()) == expected
        return
    assert lazy.shape[1] == expected.shape[1]
    assert lazy.dtype == expected.dtype
    computed = lazy.compute()
    assert type(computed) is type(expected)
    if not issparse(expected):
        np.testing.assert_array_equal(computed, expected)
        return
    for part in ("data", "indices", "indptr"):
        ours, theirs = getattr(computed, part), getattr(expected, part)
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype

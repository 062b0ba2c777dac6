"""Occurrences of ids, and the rows that hold them."""

from __future__ import annotations

import numpy as np
import pytest

from textvec._kernels._counts import column_counts, document_counts, row_counts


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_columns_are_counted_as_by_bincount(dtype):
    columns = np.random.default_rng(0).integers(0, 50, size=1000).astype(dtype)
    assert column_counts(columns, 60).tolist() == np.bincount(columns, minlength=60).tolist()
    assert column_counts(columns[:0], 2).tolist() == [0, 0]


def test_a_row_counts_once():
    ids = np.array([1, 1, 0, 2, 1], dtype=np.int32)
    assert document_counts(ids, np.array([0, 3, 3, 5]), 4).tolist() == [1, 2, 1, 0]


def test_columns_are_counted_row_by_row():
    rng = np.random.default_rng(0)
    ids, offsets = rng.integers(0, 40, 3000).astype(np.int32), np.array([0, 3, 3, 40, 2900, 3000])
    columns = rng.permutation(np.r_[np.arange(30), np.full(10, -1)]).astype(np.int32)
    data, indices, indptr = row_counts(ids, offsets, columns, 30)
    for row in range(5):
        known = columns[ids[offsets[row] : offsets[row + 1]]]
        expected = np.unique(known[known >= 0], return_counts=True)
        here = slice(indptr[row], indptr[row + 1])
        assert np.array_equal(indices[here], expected[0])
        assert np.array_equal(data[here], expected[1])
    assert [array.dtype for array in (data, indices, indptr)] == [np.int64, np.int32, np.int64]
    for counted, same in zip(
        (data, indices, indptr), row_counts(columns[ids], offsets, None, 30), strict=True
    ):
        assert np.array_equal(counted, same)


@pytest.mark.parametrize("bad", [-1, 4, 2**31 - 1])
def test_what_indexes_memory_is_checked(bad):
    ids = np.array([0, bad, 1], dtype=np.int32)
    with pytest.raises(IndexError, match=f"got {bad}"):
        column_counts(ids, 4)
    with pytest.raises(IndexError, match=f"got {bad}"):
        document_counts(ids, np.array([0, 3]), 4)
    with pytest.raises(IndexError, match=f"got {bad}"):
        row_counts(ids, np.array([0, 3]), np.zeros(4, dtype=np.int32), 4)


@pytest.mark.parametrize("offsets", [[], [0, 4], [-1, 3], [0, 3, 2, 3], [0, 2**40, 3]])
def test_offsets_are_checked(offsets):
    with pytest.raises(ValueError, match="offsets must"):
        document_counts(np.zeros(3, dtype=np.int32), np.array(offsets, dtype=np.int64), 1)


def test_none_is_no_array():
    with pytest.raises(TypeError, match="must not be None"):
        document_counts(None, np.array([0]), 1)


def test_columns_are_checked():
    ids, offsets = np.zeros(3, dtype=np.int32), np.array([0, 3])
    with pytest.raises(IndexError, match="got 4"):
        row_counts(ids, offsets, np.array([4], dtype=np.int32), 4)
    with pytest.raises(IndexError, match="got 4"):
        row_counts(np.full(3, 4, dtype=np.int32), offsets, None, 4)
    with pytest.raises(ValueError, match="offsets must"):
        row_counts(ids, np.array([0, 4]), None, 1)
    with pytest.raises(ValueError, match="offsets must"):
        row_counts(ids, np.array([0, 4]), np.zeros(1, dtype=np.int32), 1)

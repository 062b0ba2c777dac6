# distutils: language = c++
"""Counting over flat rows of ids."""

import numpy as np

from libc.stdint cimport int32_t, int64_t

ctypedef fused index_t:
    int32_t
    int64_t


def column_counts(const index_t[::1] columns, Py_ssize_t n_columns):
    """Count how often each column occurs: ``np.bincount`` without a wide copy of the columns.

    Parameters
    ----------
    columns : ndarray of shape (n_items,), int32 or int64
        All in ``0 <= column < n_columns``.
    n_columns : int

    Returns
    -------
    ndarray of shape (n_columns,), int64
    """
    counts = np.zeros(n_columns, dtype=np.int64)
    cdef int64_t[::1] seen = counts
    cdef Py_ssize_t i
    with nogil:
        for i in range(columns.shape[0]):
            seen[columns[i]] += 1
    return counts


def document_counts(const int32_t[::1] ids, const int64_t[::1] offsets, Py_ssize_t n_ids):
    """Count the rows that hold each id.

    Parameters
    ----------
    ids : ndarray of shape (n_items,), int32
        All in ``0 <= id < n_ids``.
    offsets : ndarray of shape (n_rows + 1,), int64
    n_ids : int

    Returns
    -------
    ndarray of shape (n_ids,), int64
    """
    cdef int64_t[::1] last_row = np.full(n_ids, -1, dtype=np.int64)
    counts = np.zeros(n_ids, dtype=np.int64)
    cdef int64_t[::1] seen = counts
    cdef Py_ssize_t row, i
    with nogil:
        for row in range(offsets.shape[0] - 1):
            for i in range(offsets[row], offsets[row + 1]):
                if last_row[ids[i]] != row:
                    last_row[ids[i]] = row
                    seen[ids[i]] += 1
    return counts

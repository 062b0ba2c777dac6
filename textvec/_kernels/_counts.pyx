"""Counting over flat rows of ids."""

import numpy as np

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t
from libcpp.vector cimport vector

from ._common cimport check_ids, check_ids_or_none, check_offsets, check_rows, copied

cnp.import_array()


cdef extern from "id_counts.hpp" namespace "textvec" nogil:
    void add_occurrences[Id](const Id*, size_t, int64_t*)
    void add_row_counts(const int32_t*, const int64_t*, size_t, size_t, int64_t*) except +


cdef extern from "row_counts.hpp" namespace "textvec" nogil:
    cdef cppclass RowCounts:
        RowCounts() except +
        vector[int32_t] columns
        vector[int64_t] counts
        vector[int64_t] starts
        void count(const int32_t*, const int64_t*, size_t, const int32_t*, size_t) except +


ctypedef fused index_t:
    int32_t
    int64_t


def column_counts(const index_t[::1] columns not None, Py_ssize_t n_columns):
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
    with nogil:
        check_ids(&columns[0], columns.shape[0], n_columns)
        add_occurrences(&columns[0], columns.shape[0], &seen[0])
    return counts


def document_counts(
    const int32_t[::1] ids not None, const int64_t[::1] offsets not None, Py_ssize_t n_ids
):
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
    counts = np.zeros(n_ids, dtype=np.int64)
    cdef int64_t[::1] seen = counts
    check_rows(ids, offsets, n_ids)
    with nogil:
        add_row_counts(&ids[0], &offsets[0], offsets.shape[0] - 1, n_ids, &seen[0])
    return counts


def row_counts(
    const int32_t[::1] ids not None,
    const int64_t[::1] offsets not None,
    const int32_t[::1] columns,
    Py_ssize_t n_columns,
):
    """Count the columns of rows of ids: for few rows, where nothing pays off that is prepared.

    Parameters
    ----------
    ids : ndarray of shape (n_items,), int32
    offsets : ndarray of shape (n_rows + 1,), int64
    columns : ndarray of shape (n_ids,), int32, or None
        The column of each id, -1 for one to leave out; None where the ids are such columns.
    n_columns : int

    Returns
    -------
    data, indices, indptr : ndarray
        As scipy's csr_array takes them, sorted; int32 indices, the others int64.
    """
    cdef RowCounts rows
    cdef const int32_t* column_of_id = NULL
    if columns is None:
        check_offsets(&offsets[0], offsets.shape[0], ids.shape[0])
        check_ids_or_none(&ids[0], ids.shape[0], n_columns)
    else:
        check_rows(ids, offsets, columns.shape[0])
        check_ids_or_none(&columns[0], columns.shape[0], n_columns)
        column_of_id = &columns[0]
    with nogil:
        rows.count(&ids[0], &offsets[0], offsets.shape[0] - 1, column_of_id, n_columns)
    return copied(rows.counts), copied(rows.columns), copied(rows.starts)

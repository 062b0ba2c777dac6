"""One vector of many: rows of ids to the mean or the maximum of rows of a table."""

import numpy as np

from libc.stdint cimport int32_t, int64_t
from libcpp cimport bool as cbool

from ._common cimport check_rows


cdef extern from "pooled_rows.hpp" namespace "textvec" nogil:
    cdef cppclass Lookup:
        const float* table
        size_t dim
        const int32_t* ids
        const float* weights

    void pool_means(const Lookup&, const int64_t*, size_t, cbool, float*) except +
    void pool_maxima(const Lookup&, const int64_t*, size_t, float*)


def pooled_rows(
    const float[:, ::1] table not None,
    const int32_t[::1] ids not None,
    const int64_t[::1] offsets not None,
    const float[::1] weights not None,
    str how,
):
    """Pool the vectors of each row of ids.

    Parameters
    ----------
    table : ndarray of shape (n_ids, dim), float32
        The vectors; `dim` is at least 1.
    ids : ndarray of shape (n_items,), int32
        All in ``0 <= id < n_ids``.
    offsets : ndarray of shape (n_rows + 1,), int64
        Where each row begins.
    weights : ndarray of shape (n_ids,), float32
        Of each id; one of weight 0 plays no part.
    how : {"mean", "sum_per_item", "max"}
        The weighted mean; the weighted sum over the number of items that play a part; the
        maximum of each dimension, in which weights other than 0 are alike.

    Returns
    -------
    ndarray of shape (n_rows, dim), float32
        Zeros where no item of a row plays a part.
    """
    cdef size_t n_rows = offsets.shape[0] - 1
    cdef bint by_count = how == "sum_per_item"
    cdef bint is_max = how == "max"
    cdef Lookup lookup
    cdef float[:, ::1] out
    if table.shape[0] != weights.shape[0]:
        raise ValueError(f"{table.shape[0]} vectors need as many weights, got {weights.shape[0]}.")
    check_rows(ids, offsets, table.shape[0])
    pooled = np.zeros((offsets.shape[0] - 1, table.shape[1]), dtype=np.float32)
    if ids.shape[0] == 0:
        return pooled
    out = pooled
    lookup.table = &table[0, 0]
    lookup.dim = table.shape[1]
    lookup.ids = &ids[0]
    lookup.weights = &weights[0]
    with nogil:
        if is_max:
            pool_maxima(lookup, &offsets[0], n_rows, &out[0, 0])
        else:
            pool_means(lookup, &offsets[0], n_rows, by_count, &out[0, 0])
    return pooled

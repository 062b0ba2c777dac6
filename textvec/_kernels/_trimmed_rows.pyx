"""Rows of one flat array without the padding at their ends."""

import numpy as np

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t, uint8_t

from ._common cimport check_offsets

cnp.import_array()


cdef extern from "trimmed_rows.hpp" namespace "textvec" nogil:
    void trim_rows[Value](const Value*, const int64_t*, size_t, int64_t*, int64_t*)
    void extremes[Value](const Value*, size_t, int64_t*, int64_t*)


def trimmed_rows(cnp.ndarray values not None, const int64_t[::1] offsets not None):
    """Return rows without the zeros at their ends.

    Parameters
    ----------
    values : ndarray of shape (n_items,), bool, int32 or int64
        The items, C-contiguous.
    offsets : ndarray of shape (n_rows + 1,), int64
        Where each row begins.

    Returns
    -------
    starts, lengths : ndarray of shape (n_rows,), int64
        Where each row begins without them, and its number of items; a row of zeros only begins
        where it did.
    least, greatest : int
        Of all values and 0.
    """
    cdef const void* data = cnp.PyArray_DATA(values)
    cdef size_t n_rows = offsets.shape[0] - 1, count
    cdef int64_t least = 0, greatest = 0
    cdef int kind = cnp.PyArray_TYPE(values), size = cnp.PyArray_ITEMSIZE(values)
    cdef int64_t[::1] first, length
    if values.ndim != 1 or not cnp.PyArray_ISCARRAY_RO(values):
        raise ValueError("values must be one contiguous array of native numbers.")
    check_offsets(&offsets[0], offsets.shape[0], cnp.PyArray_DIM(values, 0))
    count = cnp.PyArray_DIM(values, 0)
    starts, lengths = np.empty(n_rows, dtype=np.int64), np.empty(n_rows, dtype=np.int64)
    first, length = starts, lengths
    if cnp.PyTypeNum_ISBOOL(kind):
        trim_rows(<const uint8_t*>data, &offsets[0], n_rows, &first[0], &length[0])
        greatest = 1
    elif cnp.PyTypeNum_ISSIGNED(kind) and size == 4:
        extremes(<const int32_t*>data, count, &least, &greatest)
        trim_rows(<const int32_t*>data, &offsets[0], n_rows, &first[0], &length[0])
    elif cnp.PyTypeNum_ISSIGNED(kind) and size == 8:
        extremes(<const int64_t*>data, count, &least, &greatest)
        trim_rows(<const int64_t*>data, &offsets[0], n_rows, &first[0], &length[0])
    else:
        raise TypeError(f"values must be bool, int32 or int64, got {values.dtype}.")
    return starts, lengths, least, greatest

"""n-grams hashed into columns, without one of their names being made."""

from functools import partial

import numpy as np

from ._threads import in_threads, stretches

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr

from ._common cimport Numbers, TokenBytes, check_rows, numbers_of, token_bytes

cnp.import_array()


cdef extern from "hashed_ngrams.hpp" namespace "textvec" nogil:
    cdef enum class Unit:
        kJoined
        kAdjacent
        kInside

    cdef cppclass Buckets:
        uint32_t count
        cbool alternate_sign

    cdef cppclass NgramHasher:
        NgramHasher(TokenBytes, size_t, Unit, size_t, size_t, Buckets) except +
        size_t n_entries(const int32_t*, const int64_t*, size_t)
        void hash(
            const int32_t*, const int64_t*, size_t, int32_t*, Numbers, int64_t*
        ) except +

    void c_hash_tokens "textvec::hash_tokens"(TokenBytes, size_t, uint32_t, int32_t*) except +


cdef Unit _unit(str name) except *:
    if name == "joined":
        return Unit.kJoined
    if name == "adjacent":
        return Unit.kAdjacent
    if name == "inside":
        return Unit.kInside
    raise ValueError(f"unit must be 'joined', 'adjacent' or 'inside', got {name!r}.")


cdef uint32_t _checked(Py_ssize_t n_columns) except 0:
    if not 1 <= n_columns <= 2**31 - 1:
        raise ValueError(f"n_columns must be from 1 to 2**31 - 1, got {n_columns}.")
    return <uint32_t>n_columns


def hash_tokens(
    const uint8_t[::1] buffer not None, const int64_t[::1] offsets not None, Py_ssize_t n_columns
):
    """Return the column of each token, as ``FeatureHasher`` finds it.

    Returns
    -------
    ndarray of shape (n_tokens,), int32
    """
    cdef TokenBytes tokens = token_bytes(buffer, offsets)
    columns = np.empty(offsets.shape[0] - 1, dtype=np.int32)
    cdef int32_t* out = <int32_t*>cnp.PyArray_DATA(columns)
    c_hash_tokens(tokens, offsets.shape[0] - 1, _checked(n_columns), out)
    return columns


cdef class _Rows:
    """Rows of symbols, and how their n-grams are hashed: what all threads read."""

    cdef const int32_t[::1] ids
    cdef const int64_t[::1] offsets
    cdef unique_ptr[NgramHasher] hasher

    cdef size_t n_entries(self, size_t first, size_t last):
        return self.hasher.get().n_entries(&self.ids[0], &self.offsets[first], last - first)

    def hash(
        self, size_t first, size_t last, int32_t[::1] columns, cnp.ndarray values,
        int64_t[::1] ends
    ):
        """Write the columns, values and ends of some of the rows."""
        cdef Numbers numbers = numbers_of(values)
        with nogil:
            self.hasher.get().hash(
                &self.ids[0], &self.offsets[first], last - first, &columns[0], numbers, &ends[0]
            )


def hash_rows(
    const int32_t[::1] ids not None,
    const int64_t[::1] offsets not None,
    const uint8_t[::1] buffer not None,
    const int64_t[::1] symbol_offsets not None,
    *,
    str unit,
    size_t min_n,
    size_t max_n,
    Py_ssize_t n_columns,
    bint alternate_sign,
    dtype,
    size_t n_threads=1,
):
    """Hash the n-grams of rows of symbols.

    Parameters
    ----------
    ids, offsets, buffer, symbol_offsets, unit, min_n, max_n, n_threads
        As NgramCounts takes them.
    n_columns : int
        From 1 to 2**31 - 1.
    alternate_sign : bool
        Whether the hash decides about the sign of each occurrence.
    dtype : {int32, int64, float32, float64}
        Of the values.

    Returns
    -------
    data, indices, indptr : ndarray
        As scipy's csr_array takes them, sorted; int32 indices, int64 indptr. What cancels out
        stays, as a zero.
    """
    cdef _Rows rows = _Rows()
    cdef Buckets buckets
    cdef TokenBytes symbols = token_bytes(buffer, symbol_offsets)
    cdef size_t n_symbols = symbol_offsets.shape[0] - 1
    if min_n < 1:
        raise ValueError("min_n must be 1 at least.")
    check_rows(ids, offsets, n_symbols)
    rows.ids, rows.offsets = ids, offsets
    buckets.count = _checked(n_columns)
    buckets.alternate_sign = alternate_sign
    rows.hasher.reset(new NgramHasher(symbols, n_symbols, _unit(unit), min_n, max_n, buckets))
    parts = stretches(np.asarray(offsets), n_threads)
    starts = np.zeros(len(parts) + 1, dtype=np.int64)
    for i, (first, last) in enumerate(parts):
        starts[i + 1] = starts[i] + rows.n_entries(first, last)
    # Room for every occurrence: what stays untouched costs no memory.
    indices = np.empty(starts[len(parts)], dtype=np.int32)
    data = np.empty(starts[len(parts)], dtype=_checked_dtype(dtype))
    indptr = np.zeros(offsets.shape[0], dtype=np.int64)
    in_threads([
        partial(
            rows.hash, first, last, indices[start:], data[start:], indptr[first + 1 : last + 1]
        )
        for (first, last), start in zip(parts, starts)
    ])
    return _closed_up(data, indices, indptr, parts, starts)


def _checked_dtype(dtype):
    if np.dtype(dtype).type not in (np.int32, np.int64, np.float32, np.float64):
        raise ValueError(f"dtype must be int32, int64, float32 or float64, got {dtype}.")
    return dtype


def _closed_up(data, indices, indptr, parts, starts):
    """Move the rows of all parts together."""
    cdef int64_t end = 0, count
    for (first, last), start in zip(parts, starts):
        count = indptr[last] if last > first else 0
        if start != end:
            for array in (data, indices):
                array[end : end + count] = array[start : start + count]
        indptr[first + 1 : last + 1] += end
        end += count
    return data[:end], indices[:end], indptr

# distutils: language = c++
# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""n-grams hashed into columns, without one of their names being made."""

import numpy as np

from ._threads import in_threads, stretches

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memmove
from libcpp cimport bool as cbool

cnp.import_array()


cdef extern from "interner.hpp" namespace "textvec" nogil:
    cdef cppclass TokenBytes:
        const uint8_t* bytes
        const int64_t* offsets

    cdef cppclass Interner:
        size_t size()
        TokenBytes tokens()


cdef extern from "pieces.hpp" namespace "textvec" nogil:
    cdef cppclass SpacedWords:
        SpacedWords(TokenBytes, size_t) except +
        const Interner& characters()


cdef extern from "murmur.hpp" namespace "textvec" nogil:
    cdef cppclass Buckets:
        uint32_t count
        cbool alternate_sign

    cdef cppclass HashedSymbols:
        HashedSymbols(TokenBytes, size_t, cbool, Buckets) except +
        uint64_t entry(size_t)

    cdef cppclass HashedPieces:
        HashedPieces(const HashedSymbols&, const SpacedWords&, size_t, size_t) except +
        size_t n_pieces(int32_t)

    size_t n_ngrams(size_t, size_t, size_t)
    void hash_ngrams[T](
        const HashedSymbols&, const int32_t*, const int64_t*, size_t, size_t, size_t, int32_t*, T*,
        int64_t*
    ) except +
    void hash_pieces[T](
        const HashedPieces&, const int32_t*, const int64_t*, size_t, int32_t*, T*, int64_t*
    ) except +


cdef extern from "row_sort.hpp" namespace "textvec" nogil:
    int32_t column_of(uint64_t)


ctypedef fused value_t:
    int32_t
    int64_t
    float
    double


cdef inline TokenBytes _view(const uint8_t[::1] buffer, const int64_t[::1] offsets) noexcept:
    cdef TokenBytes tokens
    # An array without elements has no first one to point at; nothing is then read.
    tokens.bytes = &buffer[0] if buffer.shape[0] else NULL
    tokens.offsets = &offsets[0]
    return tokens


def hash_tokens(const uint8_t[::1] buffer, const int64_t[::1] offsets, uint32_t n_columns):
    """Give the column of each token, as ``FeatureHasher`` finds it.

    Returns
    -------
    ndarray of shape (n_tokens,), int32
    """
    cdef Buckets buckets
    cdef HashedSymbols* hashed
    cdef Py_ssize_t i
    buckets.count = n_columns
    buckets.alternate_sign = False
    columns = np.empty(offsets.shape[0] - 1, dtype=np.int32)
    cdef int32_t* out = <int32_t*>cnp.PyArray_DATA(columns)
    hashed = new HashedSymbols(_view(buffer, offsets), offsets.shape[0] - 1, False, buckets)
    for i in range(offsets.shape[0] - 1):
        out[i] = column_of(hashed.entry(i))
    del hashed
    return columns


cdef class _Hasher:
    """What all threads share, made once."""

    cdef const int32_t* symbols
    cdef const int64_t* offsets
    cdef size_t min_n
    cdef size_t max_n
    cdef HashedSymbols* hashed
    cdef HashedPieces* pieces  # NULL unless n-grams are inside words

    def __dealloc__(self):
        del self.hashed
        del self.pieces

    cdef prepare(
        self, const uint8_t[::1] buffer, const int64_t[::1] symbol_offsets, str unit,
        Buckets buckets
    ):
        cdef TokenBytes symbols = _view(buffer, symbol_offsets)
        cdef size_t count = symbol_offsets.shape[0] - 1
        cdef SpacedWords* words
        if unit != "inside":
            self.hashed = new HashedSymbols(symbols, count, unit == "joined", buckets)
            return
        words = new SpacedWords(symbols, count)
        try:
            self.hashed = new HashedSymbols(
                words.characters().tokens(), words.characters().size(), False, buckets
            )
            self.pieces = new HashedPieces(self.hashed[0], words[0], self.min_n, self.max_n)
        finally:
            del words

    cdef int64_t n_entries(self, size_t first, size_t last):
        """Give how many n-grams some rows have, each occurrence counted."""
        cdef int64_t count = 0, i
        cdef size_t row
        if self.pieces != NULL:
            for i in range(self.offsets[first], self.offsets[last]):
                count += self.pieces.n_pieces(self.symbols[i])
            return count
        for row in range(first, last):
            count += n_ngrams(self.offsets[row + 1] - self.offsets[row], self.min_n, self.max_n)
        return count


def hash_rows(
    const int32_t[::1] ids,
    const int64_t[::1] offsets,
    buffer,
    symbol_offsets,
    *,
    str unit,
    size_t min_n,
    size_t max_n,
    uint32_t n_columns,
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
    cdef _Hasher hasher = _Hasher()
    cdef Buckets buckets
    hasher.symbols = &ids[0] if ids.shape[0] else NULL
    hasher.offsets = &offsets[0]
    hasher.min_n = min_n
    hasher.max_n = max_n
    buckets.count = n_columns
    buckets.alternate_sign = alternate_sign
    hasher.prepare(buffer, symbol_offsets, unit, buckets)
    parts = stretches(np.asarray(offsets), n_threads)
    starts = np.zeros(len(parts) + 1, dtype=np.int64)
    for i, (first, last) in enumerate(parts):
        starts[i + 1] = starts[i] + hasher.n_entries(first, last)
    # Room for every occurrence: what stays untouched costs no memory.
    indices = np.empty(starts[len(parts)], dtype=np.int32)
    data = np.empty(starts[len(parts)], dtype=dtype)
    indptr = np.zeros(offsets.shape[0], dtype=np.int64)
    jobs = [
        (hasher, first, last, indices[start:], data[start:], indptr[first + 1 : last + 1])
        for (first, last), start in zip(parts, starts)
    ]
    in_threads(_hash, jobs)
    return _closed_up(data, indices, indptr, parts, starts)


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


cdef _hash_as(
    _Hasher hasher, size_t first, size_t last, int32_t* columns, value_t* values, int64_t* ends
):
    cdef const int64_t* offsets = hasher.offsets + first
    with nogil:
        if hasher.pieces != NULL:
            hash_pieces(
                hasher.pieces[0], hasher.symbols, offsets, last - first, columns, values, ends
            )
        else:
            hash_ngrams(
                hasher.hashed[0], hasher.symbols, offsets, last - first, hasher.min_n,
                hasher.max_n, columns, values, ends,
            )


def _hash(tuple job):
    cdef _Hasher hasher = job[0]
    cdef size_t first = job[1], last = job[2]
    cdef int32_t* columns = <int32_t*>cnp.PyArray_DATA(job[3])
    cdef void* values = cnp.PyArray_DATA(job[4])
    cdef int64_t* ends = <int64_t*>cnp.PyArray_DATA(job[5])
    cdef int kind = cnp.PyArray_TYPE(job[4])
    if kind == cnp.NPY_INT32:
        _hash_as(hasher, first, last, columns, <int32_t*>values, ends)
    elif kind == cnp.NPY_FLOAT:
        _hash_as(hasher, first, last, columns, <float*>values, ends)
    elif kind == cnp.NPY_DOUBLE:
        _hash_as(hasher, first, last, columns, <double*>values, ends)
    else:
        _hash_as(hasher, first, last, columns, <int64_t*>values, ends)

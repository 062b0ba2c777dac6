"""Sums of the vectors of words' n-grams of characters, as fastText composes them."""

import numpy as np

from libc.stdint cimport int64_t, uint8_t, uint32_t

from ._common cimport TokenBytes, token_bytes


cdef extern from "subword_sums.hpp" namespace "textvec" nogil:
    cdef struct HashedVectors:
        const float* values
        uint32_t n_buckets
        size_t width

    void c_add_subwords "textvec::add_subwords"(
        TokenBytes, size_t, int64_t, int64_t, const HashedVectors&, float*, int64_t*
    ) except +


def add_subwords(
    const uint8_t[::1] buffer not None,
    const int64_t[::1] offsets not None,
    int64_t min_n,
    int64_t max_n,
    const float[:, ::1] table not None,
    float[:, ::1] sums not None,
):
    """Add the vectors of each word's n-grams to its row of `sums`.

    Parameters
    ----------
    buffer, offsets
        The words in UTF-8, end to end, and where each begins, with the end of the last.
    min_n, max_n : int
        Characters of the shortest and the longest n-gram.
    table : ndarray of shape (n_buckets, width), float32
        An n-gram has the row that its hash leaves as a remainder; at least one row.
    sums : ndarray of shape (n_words, width), float32
        Changed in place, one n-gram after the other.

    Returns
    -------
    ndarray of shape (n_words,), int64
        How many n-grams each word has.
    """
    cdef Py_ssize_t n_words = offsets.shape[0] - 1
    if sums.shape[0] != n_words or sums.shape[1] != table.shape[1] or not table.shape[0]:
        raise ValueError("table and sums must have a row for each hash and word, of one width.")
    cdef TokenBytes words = token_bytes(buffer, offsets)
    cdef HashedVectors vectors
    vectors.values, vectors.width = &table[0, 0], table.shape[1]
    vectors.n_buckets = <uint32_t>min(table.shape[0], 2**32 - 1)
    counts = np.zeros(n_words, dtype=np.int64)
    cdef int64_t[::1] n_ngrams = counts
    with nogil:
        c_add_subwords(words, n_words, min_n, max_n, vectors, &sums[0, 0], &n_ngrams[0])
    return counts

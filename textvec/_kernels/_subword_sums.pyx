# distutils: language = c++
"""Sums of the vectors of words' pieces, as fastText composes them."""

import numpy as np

from libc.stdint cimport int64_t, uint8_t, uint32_t
from libcpp.vector cimport vector


cdef extern from *:
    """
    #include <vector>
    #include "subword_sums.hpp"

    // The hashes of a word's n-grams; `marked` is room for "<word>".
    static void ngram_hashes(const uint8_t* word, size_t size, int64_t min_n, int64_t max_n,
                             std::vector<uint8_t>& marked, std::vector<uint32_t>& hashes) {
        marked.assign(1, '<');
        marked.insert(marked.end(), word, word + size);
        marked.push_back('>');
        hashes.clear();
        textvec::each_ngram(marked.data(), marked.size(), min_n, max_n,
                            [&](uint32_t hash) { hashes.push_back(hash); });
    }
    """
    void ngram_hashes(
        const uint8_t*, size_t, int64_t, int64_t, vector[uint8_t]&, vector[uint32_t]&
    ) except + nogil


cdef extern from "subword_sums.hpp" namespace "textvec" nogil:
    void add_row(float*, const float*, size_t)


def add_subwords(
    const uint8_t[::1] buffer,
    const int64_t[::1] offsets,
    int64_t min_n,
    int64_t max_n,
    const float[:, ::1] table,
    float[:, ::1] sums,
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
    cdef Py_ssize_t n_words = offsets.shape[0] - 1, i
    if sums.shape[0] != n_words or sums.shape[1] != table.shape[1] or not table.shape[0]:
        raise ValueError("table and sums must have a row for each hash and word, of one width.")
    counts = np.zeros(n_words, dtype=np.int64)
    cdef int64_t[::1] n_ngrams = counts
    cdef vector[uint8_t] marked
    cdef vector[uint32_t] hashes
    cdef uint32_t ngram_hash
    cdef const uint8_t* bytes = &buffer[0] if buffer.shape[0] else NULL
    cdef uint32_t n_buckets = <uint32_t>min(table.shape[0], 2**32 - 1)
    cdef size_t width = table.shape[1]
    with nogil:
        for i in range(n_words):
            ngram_hashes(
                bytes + offsets[i], offsets[i + 1] - offsets[i], min_n, max_n, marked, hashes
            )
            n_ngrams[i] = <int64_t>hashes.size()
            for ngram_hash in hashes:
                add_row(&sums[i, 0], &table[ngram_hash % n_buckets, 0], width)
    return counts

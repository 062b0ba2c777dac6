"""The n-grams of one row of ids: where the weight of each is, and how often it occurs."""

import numpy as np

from libc.stdint cimport int64_t


cdef extern from "row_ngrams.hpp" namespace "textvec" nogil:
    cdef cppclass NgramPlaces:
        int64_t factor
        int64_t prime
        int64_t n_tokens
        int64_t n_buckets
        int64_t last_unnamed

    void place_ngrams(const int64_t*, size_t, size_t, const NgramPlaces&, int64_t*) except +
    void count_places(const int64_t*, size_t, float*) except +


def row_ngrams(
    const int64_t[::1] ids not None,
    size_t max_ngram,
    int64_t n_tokens,
    int64_t n_buckets,
    int64_t last_unnamed,
    int64_t factor,
    int64_t prime,
):
    """Return the places of the n-grams of a row, and their counts in it.

    Parameters
    ----------
    ids : ndarray of shape (n_ids,), int64
        The row: ids of at least 0.
    max_ngram : int
        Longest n-gram.
    n_tokens, n_buckets : int
        An id is its own place; those of longer n-grams are ``n_tokens + hash % n_buckets``.
    last_unnamed : int
        Ids up to it are in no n-gram: the place of those with one is 0.
    factor, prime : int
        The hash of ids a, b is ``(a * factor + b) % prime``; that of more, so on.

    Returns
    -------
    places : ndarray of shape (n_terms,), int64
        Of n-grams of one id first, then of two.
    counts : ndarray of shape (n_terms,), float32
        How often the place is in `places`.
    """
    cdef size_t n_ids = ids.shape[0]
    cdef size_t longest = min(max_ngram, n_ids)
    cdef size_t n_terms = longest * n_ids - longest * (longest - 1) // 2 if longest else 0
    cdef NgramPlaces how
    cdef int64_t[::1] placed
    cdef float[::1] counted
    if prime <= 0 or (longest > 1 and n_buckets <= 0):
        raise ValueError(f"prime and n_buckets must be positive, got {prime} and {n_buckets}.")
    places = np.empty(n_terms, np.int64)
    counts = np.empty(n_terms, np.float32)
    if n_terms:
        placed, counted = places, counts
        how.factor = factor
        how.prime = prime
        how.n_tokens = n_tokens
        how.n_buckets = n_buckets
        how.last_unnamed = last_unnamed
        with nogil:
            place_ngrams(&ids[0], n_ids, longest, how, &placed[0])
            count_places(&placed[0], n_terms, &counted[0])
    return places, counts

# distutils: language = c++
"""The entries of blocks of scores that may be among the highest of their row."""

import numpy as np

from libc.stdint cimport int64_t
from libcpp.vector cimport vector


cdef extern from "best_scores.hpp" namespace "textvec" nogil:
    cdef cppclass Pair:
        int64_t query
        int64_t row

    cdef cppclass Highest[T]:
        T* scores
        size_t size
        T margin
        T floor

    void take_above[T](
        const T*, size_t, int64_t, Highest[T], vector[Pair]&, vector[T]&
    ) except +


ctypedef fused score_t:
    float
    double


def take_candidates(
    const score_t[:, ::1] scores,
    score_t[:, ::1] highest,
    const score_t[::1] margins,
    const score_t[::1] floors,
):
    """Find the scores of a block that may be among the `k` highest of their query.

    Parameters
    ----------
    scores : ndarray of shape (n_queries, n_rows), float32 or float64
        Of no NaN. Those of -inf are never found.
    highest : ndarray of shape (n_queries, k)
        The `k` highest scores of the blocks before, -inf for none, in an order of this function;
        changed in place. `k` is at least 1.
    margins : ndarray of shape (n_queries,)
        Scores are found down to so much below the `k`-th highest.
    floors : ndarray of shape (n_queries,)
        Scores are found above these alone.

    Returns
    -------
    queries, rows : ndarray of int64
        Of the scores found, by query and then by row.
    found : ndarray
        The scores.
    """
    cdef vector[Pair] pairs
    cdef vector[score_t] taken
    cdef Highest[score_t] best
    cdef size_t n_rows = scores.shape[1], i
    cdef Py_ssize_t query
    if not (len(scores) == len(highest) == len(margins) == len(floors)) or not highest.shape[1]:
        raise ValueError("scores, highest, margins and floors must be of the same queries.")
    best.size = highest.shape[1]
    if n_rows:
        with nogil:
            for query in range(scores.shape[0]):
                best.scores = &highest[query, 0]
                best.margin = margins[query]
                best.floor = floors[query]
                take_above(&scores[query, 0], n_rows, query, best, pairs, taken)
    places = np.empty((2, pairs.size()), dtype=np.int64)
    found = np.empty(taken.size(), dtype=np.asarray(scores).dtype)
    cdef int64_t[:, ::1] place = places
    cdef score_t[::1] score = found
    for i in range(pairs.size()):
        place[0, i], place[1, i], score[i] = pairs[i].query, pairs[i].row, taken[i]
    return places[0], places[1], found

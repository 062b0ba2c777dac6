"""The entries of blocks of scores that may be among the highest of their row."""

cimport numpy as cnp
from libc.stdint cimport int64_t
from libcpp.vector cimport vector

from ._common cimport copied

cnp.import_array()


cdef extern from "best_scores.hpp" namespace "textvec" nogil:
    cdef cppclass Highest[T]:
        T* scores
        size_t size
        T margin
        T floor

    void take_above[T](const T*, size_t, Highest[T], vector[int64_t]&, vector[T]&) except +


ctypedef fused score_t:
    float
    double


def take_candidates(
    const score_t[:, ::1] scores not None,
    score_t[:, ::1] highest not None,
    const score_t[::1] margins not None,
    const score_t[::1] floors not None,
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
    cdef vector[int64_t] queries, rows
    cdef vector[score_t] taken
    cdef Highest[score_t] best
    cdef size_t n_rows = scores.shape[1]
    cdef Py_ssize_t query
    if not (len(scores) == len(highest) == len(margins) == len(floors)) or not highest.shape[1]:
        raise ValueError("scores, highest, margins and floors must be of the same queries.")
    best.size = highest.shape[1]
    with nogil:
        for query in range(scores.shape[0]):
            best.scores = &highest[query, 0]
            best.margin = margins[query]
            best.floor = floors[query]
            take_above(&scores[query, 0], n_rows, best, rows, taken)
            queries.resize(rows.size(), query)
    return copied(queries), copied(rows), copied(taken)

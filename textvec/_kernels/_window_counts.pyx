# distutils: language = c++
"""Words counted in a window around each other."""

import numpy as np

from ._threads import in_threads, stretches

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memcpy
from libcpp cimport bool as cbool
from libcpp.vector cimport vector

cnp.import_array()

# Each part's memory is freed once it is copied to the result, so that more parts than threads
# keep the greatest memory near that of the result.
_N_PARTS = 16


cdef extern from "window_counts.hpp" namespace "textvec" nogil:
    cdef cppclass PlaceIndex:
        PlaceIndex(const int32_t*, const int64_t*, size_t, size_t) except +
        const vector[int64_t]& starts()

    cdef cppclass Window:
        size_t reach
        cbool harmonic
        cbool left
        cbool right

    cdef cppclass NeighbourCounts[T]:
        NeighbourCounts() except +
        void count(const PlaceIndex&, const Window&, size_t, size_t, int64_t*) except +
        size_t size()
        const int32_t* columns()
        const T* values()


cdef class _Corpus:
    """What all threads read."""

    cdef PlaceIndex* index
    cdef Window window

    def __dealloc__(self):
        del self.index


cdef class _Part:
    """The rows of a stretch of words."""

    cdef NeighbourCounts[float]* counts

    def __cinit__(self):
        self.counts = new NeighbourCounts[float]()

    def __dealloc__(self):
        del self.counts

    cdef move(self, indices, data, Py_ssize_t start):
        """Copy the rows to their place in the result, and free them."""
        cdef size_t size = self.counts.size()
        cdef int32_t* columns = <int32_t*>cnp.PyArray_DATA(indices) + start
        cdef float* values = <float*>cnp.PyArray_DATA(data) + start
        if size:
            memcpy(columns, self.counts.columns(), size * sizeof(int32_t))
            memcpy(values, self.counts.values(), size * sizeof(float))
        del self.counts
        self.counts = NULL
        return start + <Py_ssize_t>size


def count_neighbours(
    const int32_t[::1] ids,
    const int64_t[::1] offsets,
    size_t n_words,
    *,
    size_t window,
    bint harmonic,
    bint left=True,
    bint right=True,
    size_t n_threads=1,
):
    """Count which words stand within a window of which, inside each document.

    Parameters
    ----------
    ids : ndarray of shape (n_items,), int32
        All below `n_words`. What is below 0 is not counted and takes no place: the words on
        either side of it are neighbours.
    offsets : ndarray of shape (n_documents + 1,), int64
        Where each document begins; no window reaches into another.
    n_words : int
    window : int
        Greatest distance of two words, at least 1.
    harmonic : bool
        Whether a pair at distance d counts as 1/d, not as 1.
    left, right : bool
        Which neighbours of a word its row counts: those before it, those behind it.
    n_threads : int
        The result does not depend on it.

    Returns
    -------
    data, indices, indptr : ndarray
        The rows of an (n_words, n_words) matrix as scipy's csr_array takes them, sorted;
        float32, int32 and int64. Sums are exact before they are rounded to float32.
    """
    cdef _Corpus corpus = _Corpus()
    cdef Py_ssize_t start = 0
    cdef _Part part
    corpus.window.reach = window
    corpus.window.harmonic = harmonic
    corpus.window.left = left
    corpus.window.right = right
    cdef const int32_t* first_id = &ids[0] if ids.shape[0] else NULL
    with nogil:
        corpus.index = new PlaceIndex(first_id, &offsets[0], offsets.shape[0] - 1, n_words)
    starts = np.array(corpus.index.starts(), dtype=np.int64)
    indptr = np.zeros(n_words + 1, dtype=np.int64)
    jobs = [
        (corpus, _Part(), first, last, indptr[first + 1 : last + 1])
        for first, last in stretches(starts, max(n_threads, _N_PARTS))
    ]
    in_threads(_count, jobs, n_threads)
    n_entries = 0
    for job in jobs:
        job[4][:] += n_entries
        n_entries += _size(job[1])
    indices = np.empty(n_entries, dtype=np.int32)
    data = np.empty(n_entries, dtype=np.float32)
    for job in jobs:
        part = job[1]
        start = part.move(indices, data, start)
    return data, indices, indptr


def _size(_Part part):
    return part.counts.size()


def _count(tuple job):
    cdef _Corpus corpus = job[0]
    cdef _Part part = job[1]
    cdef size_t first = job[2], last = job[3]
    cdef int64_t* ends = <int64_t*>cnp.PyArray_DATA(job[4])
    with nogil:
        part.counts.count(corpus.index[0], corpus.window, first, last, ends)

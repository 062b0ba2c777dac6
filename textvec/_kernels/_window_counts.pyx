"""Words counted in a window around each other."""

import numpy as np

from ._threads import in_threads, stretches

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memcpy
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr
from libcpp.vector cimport vector

from ._common cimport check_ids_or_none, check_offsets, copied

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

    const uint64_t kUnitsOfOne

    cdef cppclass NeighbourCounts:
        NeighbourCounts() except +
        void count(const PlaceIndex&, const Window&, size_t, size_t, int64_t*) except +
        size_t size()
        const int32_t* columns()
        const int64_t* values()


# What a pair at distance 1 counts as with harmonic weights, and one at distance d a d-th of.
UNITS_OF_ONE = kUnitsOfOne


cdef class _Corpus:
    """What all threads read."""

    cdef unique_ptr[PlaceIndex] index
    cdef Window window


cdef class _Part:
    """The rows of a stretch of words."""

    cdef _Corpus corpus
    cdef size_t first
    cdef size_t last
    cdef int64_t[::1] ends
    cdef unique_ptr[NeighbourCounts] counts

    def __init__(self, _Corpus corpus, size_t first, size_t last, int64_t[::1] ends):
        self.corpus, self.first, self.last, self.ends = corpus, first, last, ends
        self.counts.reset(new NeighbourCounts())

    def count(self):
        with nogil:
            self.counts.get().count(
                self.corpus.index.get()[0], self.corpus.window, self.first, self.last, &self.ends[0]
            )

    cdef size_t size(self):
        return self.counts.get().size()

    cdef move(self, int32_t* indices, int64_t* data):
        """Copy the rows to their place in the result, and free them."""
        cdef size_t size = self.size()
        if size:
            memcpy(indices, self.counts.get().columns(), size * sizeof(int32_t))
            memcpy(data, self.counts.get().values(), size * sizeof(int64_t))
        self.counts.reset()


def count_neighbours(
    const int32_t[::1] ids not None,
    const int64_t[::1] offsets not None,
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
        Whether a pair at distance d counts as ``UNITS_OF_ONE / d``, rounded beyond distance 20,
        and not as 1.
    left, right : bool
        Which neighbours of a word its row counts: those before it, those behind it.
    n_threads : int
        The result does not depend on it.

    Returns
    -------
    data, indices, indptr : ndarray
        The rows of an (n_words, n_words) matrix as scipy's csr_array takes them, sorted;
        int64, int32 and int64. Sums of whole numbers are exact.
    """
    cdef _Corpus corpus = _Corpus()
    cdef _Part part
    cdef size_t n_entries = 0, start = 0
    cdef int64_t row
    corpus.window.reach = window
    corpus.window.harmonic = harmonic
    corpus.window.left = left
    corpus.window.right = right
    check_offsets(&offsets[0], offsets.shape[0], ids.shape[0])
    check_ids_or_none(&ids[0], ids.shape[0], n_words)
    with nogil:
        corpus.index.reset(
            new PlaceIndex(&ids[0], &offsets[0], offsets.shape[0] - 1, n_words)
        )
    indptr = np.zeros(n_words + 1, dtype=np.int64)
    cdef int64_t[::1] ends = indptr[1:]
    cdef list parts = [
        _Part(corpus, first, last, ends[first:last])
        for first, last in stretches(copied(corpus.index.get().starts()), max(n_threads, _N_PARTS))
    ]
    in_threads([part.count for part in parts], n_threads)
    for part in parts:
        for row in range(part.ends.shape[0]):
            part.ends[row] += n_entries
        n_entries += part.size()
    indices = np.empty(n_entries, dtype=np.int32)
    data = np.empty(n_entries, dtype=np.int64)
    for part in parts:
        n_entries = part.size()
        part.move(
            <int32_t*>cnp.PyArray_DATA(indices) + start, <int64_t*>cnp.PyArray_DATA(data) + start
        )
        start += n_entries
    return data, indices, indptr

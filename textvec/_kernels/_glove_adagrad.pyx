"""GloVe's training, over blocks of entries that share no word."""

import numpy as np

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t, uint64_t

from ._common cimport check_ids, check_offsets

cnp.import_array()


cdef extern from "glove_adagrad.hpp" namespace "textvec" nogil:
    cdef struct GloveEntry:
        int32_t word
        int32_t context
        float log_count
        float weight

    cdef struct GloveRates:
        float learning_rate
        float clip

    cdef struct GloveCounts:
        const float* data
        const int32_t* indices
        const int64_t* indptr
        size_t n_rows

    cdef struct GloveWeighting:
        double x_max
        double alpha

    size_t glove_stride(size_t)
    void c_group_entries "textvec::group_entries"(
        const GloveCounts&, size_t, const GloveWeighting&, GloveEntry*, int64_t*
    ) except +
    void check_entries(const GloveEntry*, size_t, size_t, size_t) except +
    double c_train_block "textvec::train_block"(
        GloveEntry*, size_t, float*, float*, size_t, const GloveRates&, uint64_t
    )


ENTRY = np.dtype(
    [("word", "i4"), ("context", "i4"), ("log_count", "f4"), ("weight", "f4")], align=True
)


def row_length(size_t n_dimensions):
    """Return how many values a row has; as many sums of squares follow them."""
    return glove_stride(n_dimensions)


def group_entries(
    const float[::1] data not None,
    const int32_t[::1] indices not None,
    const int64_t[::1] indptr not None,
    *,
    Py_ssize_t n_blocks,
    double x_max,
    double alpha,
):
    """Sort the entries of a co-occurrence matrix into blocks of rows and columns.

    Word ``i`` is in block ``i % n_blocks``, so that each has some frequent words and many rare
    ones.

    Parameters
    ----------
    data, indices, indptr : ndarray
        As scipy's csr_array has them, all counts above 0.
    n_blocks : int
        Of rows, and of columns.
    x_max, alpha : float
        Of the weight ``min(1, (count / x_max) ** alpha)``.

    Returns
    -------
    entries : ndarray of shape (n_entries,), ENTRY
    starts : ndarray of shape (n_blocks ** 2 + 1,), int64
        Where each block begins; that of row block a and column block b is
        ``a * n_blocks + b``.
    """
    cdef GloveCounts counts
    cdef GloveWeighting weighting
    counts.data, counts.indices, counts.indptr = &data[0], &indices[0], &indptr[0]
    counts.n_rows = indptr.shape[0] - 1
    weighting.x_max, weighting.alpha = x_max, alpha
    check_offsets(&indptr[0], indptr.shape[0], min(data.shape[0], indices.shape[0]))
    check_ids(&indices[0], indices.shape[0], counts.n_rows)
    entries = np.empty(data.shape[0], dtype=ENTRY)
    starts = np.zeros(n_blocks * n_blocks + 1, dtype=np.int64)
    cdef GloveEntry* entries_out = <GloveEntry*>cnp.PyArray_DATA(entries)
    cdef int64_t* starts_out = <int64_t*>cnp.PyArray_DATA(starts)
    with nogil:
        c_group_entries(counts, n_blocks, weighting, entries_out, starts_out)
    return entries, starts


def train_block(
    entries,
    float[:, ::1] words not None,
    float[:, ::1] contexts not None,
    size_t n_dimensions,
    *,
    float learning_rate,
    float clip,
    uint64_t seed,
):
    """Take one AdaGrad step for each entry of a block, in a random order.

    Parameters
    ----------
    entries : ndarray of shape (n_entries,), ENTRY
        Shuffled in place.
    words, contexts : ndarray of shape (n_words, 2 * row_length(n_dimensions)), float32
        Changed in place. Values of a word: its vector, its bias, 1, and zeros; of a context: its
        vector, 1, its bias, and zeros. Behind them the sums of squares, which begin at 1. Two
        calls at a time must share no row.
    n_dimensions : int
    learning_rate, clip : float
        Gradients beyond plus or minus `clip` are cut to it, before the learning rate.
    seed : int
        Decides on the order.

    Returns
    -------
    float
        Sum of the entries' losses, each before its own step.
    """
    cdef GloveRates rates
    cdef double loss
    if entries.dtype != ENTRY or not entries.flags.c_contiguous:
        raise ValueError("entries must be a contiguous array of ENTRY.")
    if not words.shape[1] == contexts.shape[1] == <Py_ssize_t>(2 * glove_stride(n_dimensions)):
        raise ValueError(f"{n_dimensions} dimensions need rows of {2 * row_length(n_dimensions)}.")
    cdef GloveEntry* first = <GloveEntry*>cnp.PyArray_DATA(entries)
    cdef size_t size = len(entries)
    rates.learning_rate, rates.clip = learning_rate, clip
    with nogil:
        check_entries(first, size, words.shape[0], contexts.shape[0])
        loss = c_train_block(
            first, size, &words[0, 0], &contexts[0, 0], n_dimensions, rates, seed
        )
    return loss

# distutils: language = c++
"""GloVe's training, over blocks of entries that share no word."""

import numpy as np

cimport numpy as cnp
from libc.math cimport log, pow
from libc.stdint cimport int32_t, int64_t, uint64_t

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

    size_t glove_stride(size_t)
    double c_train_block "textvec::train_block"(
        GloveEntry*, size_t, float*, float*, size_t, const GloveRates&, uint64_t
    )


ENTRY = np.dtype(
    [("word", "i4"), ("context", "i4"), ("log_count", "f4"), ("weight", "f4")], align=True
)


def row_length(size_t n_dimensions):
    """Give how many values a row has; as many squares follow them."""
    return glove_stride(n_dimensions)


def group_entries(
    const float[::1] data,
    const int32_t[::1] indices,
    const int64_t[::1] indptr,
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
    cdef Py_ssize_t n_rows = indptr.shape[0] - 1, row, i, block
    entries = np.empty(data.shape[0], dtype=ENTRY)
    starts = np.zeros(n_blocks * n_blocks + 1, dtype=np.int64)
    cdef GloveEntry* out = <GloveEntry*>cnp.PyArray_DATA(entries)
    cdef GloveEntry* entry
    cdef int64_t[::1] counts = starts[1:]
    with nogil:
        for row in range(n_rows):
            for i in range(indptr[row], indptr[row + 1]):
                counts[row % n_blocks * n_blocks + indices[i] % n_blocks] += 1
    np.cumsum(starts, out=starts)
    cdef int64_t[::1] ends = starts[: n_blocks * n_blocks].copy()
    with nogil:
        for row in range(n_rows):
            for i in range(indptr[row], indptr[row + 1]):
                block = row % n_blocks * n_blocks + indices[i] % n_blocks
                entry = out + ends[block]
                ends[block] += 1
                entry.word = <int32_t>row
                entry.context = indices[i]
                entry.log_count = <float>log(data[i])
                entry.weight = 1 if data[i] >= x_max else <float>pow(data[i] / x_max, alpha)
    return entries, starts


def train_block(
    entries,
    float[:, ::1] words,
    float[:, ::1] contexts,
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
    cdef GloveEntry* first = <GloveEntry*>cnp.PyArray_DATA(entries)
    cdef size_t size = len(entries)
    cdef GloveRates rates
    cdef double loss
    rates.learning_rate = learning_rate
    rates.clip = clip
    if not size:
        return 0.0
    with nogil:
        loss = c_train_block(
            first, size, &words[0, 0], &contexts[0, 0], n_dimensions, rates, seed
        )
    return loss

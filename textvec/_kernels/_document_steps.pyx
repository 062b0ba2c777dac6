"""Vectors of documents that predict the n-grams in them, by steps on the unit sphere."""

import numpy as np

from libc.stdint cimport int32_t, int64_t, uint64_t

from ._common cimport check_ids, check_rows


cdef extern from "document_steps.hpp" namespace "textvec" nogil:
    cdef struct UnitVectors:
        float* rows
        float* squares
        size_t width

    cdef struct NgramModel:
        UnitVectors ngrams
        const int32_t* noise
        size_t n_noise
        size_t n_negative
        float scale
        float learning_rate

    cdef struct DocumentRows:
        const int32_t* ids
        const int64_t* offsets

    double learn_pass(
        const NgramModel&, const UnitVectors&, const DocumentRows&, size_t, uint64_t
    ) except +
    void infer_passes(
        const NgramModel&, const UnitVectors&, const DocumentRows&, size_t, size_t, uint64_t
    ) except +


def learn_documents(
    float[:, ::1] documents not None,
    float[::1] document_squares not None,
    float[:, ::1] ngrams not None,
    float[::1] ngram_squares not None,
    const int32_t[::1] ids not None,
    const int64_t[::1] offsets not None,
    const int32_t[::1] noise not None,
    *,
    size_t n_negative,
    float scale,
    float learning_rate,
    uint64_t seed,
):
    """Take one step for each n-gram of each document, and for its negative samples.

    Parameters
    ----------
    documents, ngrams : ndarray of shape (n_documents, dim) and (n_ngrams, dim), float32
        Vectors of unit length, changed in place. Two calls at a time must share neither.
    document_squares, ngram_squares : ndarray of shape (n_documents,) and (n_ngrams,), float32
        AdaGrad's sums of squares, which begin at 1; changed in place.
    ids : ndarray of shape (n_items,), int32
        The n-grams of all documents, in ``0 <= id < n_ngrams``.
    offsets : ndarray of shape (n_documents + 1,), int64
        Where each document begins.
    noise : ndarray of shape (n_noise,), int32
        Ids that negative samples are drawn from; at least one.
    n_negative : int
        Number of negative samples of each n-gram.
    scale : float
        Factor of the cosine in the logit.
    learning_rate : float
        Initial one, of AdaGrad.
    seed : int
        Draws the negative samples.

    Returns
    -------
    float
        Sum of the losses of all samples, each before its own step.
    """
    cdef double loss
    cdef UnitVectors rows
    cdef DocumentRows of_documents
    cdef NgramModel model
    if ngram_squares.shape[0] != ngrams.shape[0]:
        raise ValueError(f"{ngrams.shape[0]} n-grams need as many squares.")
    _check(documents, document_squares, ngrams, ids, offsets, noise)
    if ids.shape[0] == 0:
        return 0.0
    model = _model(ngrams, noise, n_negative, scale, learning_rate)
    model.ngrams.squares = &ngram_squares[0]
    rows.rows, rows.squares, rows.width = &documents[0, 0], &document_squares[0], ngrams.shape[1]
    of_documents.ids, of_documents.offsets = &ids[0], &offsets[0]
    with nogil:
        loss = learn_pass(model, rows, of_documents, documents.shape[0], seed)
    return loss


def infer_documents(
    float[:, ::1] documents not None,
    const float[:, ::1] ngrams not None,
    const int32_t[::1] ids not None,
    const int64_t[::1] offsets not None,
    const int32_t[::1] noise not None,
    *,
    size_t n_negative,
    float scale,
    float learning_rate,
    size_t n_passes,
    uint64_t seed,
):
    """Take the steps of documents alone, all passes of one after the other.

    Parameters
    ----------
    documents : ndarray of shape (n_documents, dim), float32
        Vectors of unit length, changed in place.
    ngrams, ids, offsets, noise, n_negative, scale, learning_rate
        As of `learn_documents`; the n-grams stay as they are.
    n_passes : int
        Of each document.
    seed : int
        Draws the negative samples, the same for each document.
    """
    cdef UnitVectors rows
    cdef DocumentRows of_documents
    cdef NgramModel model
    cdef float[::1] squares = np.ones(documents.shape[0], dtype=np.float32)
    _check(documents, squares, ngrams, ids, offsets, noise)
    if ids.shape[0] == 0:
        return
    model = _model(ngrams, noise, n_negative, scale, learning_rate)
    rows.rows, rows.squares, rows.width = &documents[0, 0], &squares[0], ngrams.shape[1]
    of_documents.ids, of_documents.offsets = &ids[0], &offsets[0]
    with nogil:
        infer_passes(model, rows, of_documents, documents.shape[0], n_passes, seed)


cdef int _check(
    const float[:, ::1] documents,
    const float[::1] document_squares,
    const float[:, ::1] ngrams,
    const int32_t[::1] ids,
    const int64_t[::1] offsets,
    const int32_t[::1] noise,
) except -1:
    if documents.shape[1] != ngrams.shape[1]:
        raise ValueError(
            f"documents and n-grams must be as wide, got {documents.shape[1]} and "
            f"{ngrams.shape[1]}."
        )
    if document_squares.shape[0] != documents.shape[0]:
        raise ValueError(f"{documents.shape[0]} documents need as many squares.")
    if offsets.shape[0] != documents.shape[0] + 1:
        raise ValueError(f"{documents.shape[0]} documents need one offset more.")
    if noise.shape[0] == 0:
        raise ValueError("noise must hold at least one id, got none.")
    check_rows(ids, offsets, ngrams.shape[0])
    check_ids(&noise[0], noise.shape[0], ngrams.shape[0])
    return 0


cdef NgramModel _model(
    const float[:, ::1] ngrams,
    const int32_t[::1] noise,
    size_t n_negative,
    float scale,
    float learning_rate,
):
    cdef NgramModel model
    model.ngrams.rows, model.ngrams.width = <float*>&ngrams[0, 0], ngrams.shape[1]
    model.ngrams.squares = NULL
    model.noise, model.n_noise = &noise[0], noise.shape[0]
    model.n_negative, model.scale, model.learning_rate = n_negative, scale, learning_rate
    return model

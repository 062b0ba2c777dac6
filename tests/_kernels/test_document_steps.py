"""Steps of documents and n-grams on the unit sphere, against the same in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from textvec._kernels._document_steps import infer_documents, learn_documents

SETTINGS = {"n_negative": 3, "scale": 6.0, "learning_rate": 1.4}


class SplitMix64:
    """The generator that draws the negative samples."""

    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        mask = 2**64 - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        z ^= z >> 31
        return (z >> 32) * bound >> 32


def turned(a, squares, i, towards, error, rate):
    """Return row `i` after a step along the great circle's tangent, made of unit length again."""
    cosine = a[i] @ towards
    tangent = towards - cosine * a[i]
    squares[i] += error**2 * (tangent @ tangent)
    row = a[i] + rate * error / np.sqrt(squares[i]) * tangent
    return row / np.linalg.norm(row)


def reference(documents, ngrams, rows, noise, *, seed, learns, n_negative, scale, learning_rate):
    """Take the steps in float64; return the loss."""
    squares, of_ngrams = np.ones(len(documents)), np.ones(len(ngrams))
    random = SplitMix64(seed)
    loss = 0.0
    for i, ids in enumerate(rows):
        # All samples of a document are drawn before its first step.
        drawn = [(j, [noise[random.below(len(noise))] for _ in range(n_negative)]) for j in ids]
        for j, negatives in drawn:
            for k, is_positive in [(j, True), *((n, False) for n in negatives if n != j)]:
                p = 1 / (1 + np.exp(-scale * (documents[i] @ ngrams[k])))
                loss -= np.log(p if is_positive else 1 - p)
                error = is_positive - p
                document = turned(documents, squares, i, ngrams[k], error, learning_rate)
                if learns:
                    ngrams[k] = turned(ngrams, of_ngrams, k, documents[i], error, learning_rate)
                documents[i] = document
    return loss


def unit_rows(n_rows, width, rng):
    rows = rng.normal(size=(n_rows, width))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def case(width):
    rng = np.random.default_rng(0)
    documents, ngrams = unit_rows(4, width, rng), unit_rows(9, width, rng)
    offsets = np.array([0, 5, 5, 6, 12])  # one of the documents is empty
    ids = rng.integers(0, 9, size=12).astype(np.int32)
    noise = rng.integers(0, 9, size=20).astype(np.int32)
    return documents, ngrams, ids, offsets, noise


@pytest.mark.parametrize("width", [2, 7, 8, 21])
def test_documents_and_ngrams_learn_as_in_numpy(width):
    documents, ngrams, ids, offsets, noise = case(width)
    expected = documents.astype(np.float64), ngrams.astype(np.float64)
    rows = np.split(ids, offsets[1:-1])
    loss = learn_documents(
        documents,
        np.ones(4, np.float32),
        ngrams,
        np.ones(9, np.float32),
        ids,
        offsets,
        noise,
        seed=5,
        **SETTINGS,
    )
    assert loss == pytest.approx(
        reference(*expected, rows, noise, seed=5, learns=True, **SETTINGS), rel=1e-4
    )
    np.testing.assert_allclose(documents, expected[0], atol=1e-4)
    np.testing.assert_allclose(ngrams, expected[1], atol=1e-4)


def test_inferred_documents_take_the_same_steps_and_leave_the_ngrams():
    documents, ngrams, ids, offsets, noise = case(6)
    expected, before = documents.astype(np.float64), ngrams.copy()
    ngrams.flags.writeable = False
    infer_documents(documents, ngrams, ids, offsets, noise, n_passes=1, seed=5, **SETTINGS)
    assert np.array_equal(ngrams, before)
    for i, row in enumerate(np.split(ids, offsets[1:-1])):  # each draws from the seed on
        alone = expected[i : i + 1]
        reference(alone, ngrams.astype(float), [row], noise, seed=5, learns=False, **SETTINGS)
        np.testing.assert_allclose(documents[i], alone[0], atol=1e-4)


def test_vectors_stay_of_unit_length():
    documents, ngrams, ids, offsets, noise = case(3)
    squares = np.ones(4, np.float32), np.ones(9, np.float32)
    for seed in range(200):
        learn_documents(
            documents, squares[0], ngrams, squares[1], ids, offsets, noise, seed=seed, **SETTINGS
        )
    for rows in (documents, ngrams):
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"documents": np.ones((4, 5), np.float32)}, "as wide, got 5 and 6"),
        ({"document_squares": np.ones(3, np.float32)}, "4 documents need as many squares"),
        ({"ngram_squares": np.ones(3, np.float32)}, "9 n-grams need as many squares"),
        ({"ids": np.full(12, 9, np.int32)}, "ids must be in 0 <= id < 9, got 9"),
        ({"offsets": np.array([0, 5, 4, 6, 12])}, "offsets must rise"),
        ({"offsets": np.array([0, 12])}, "4 documents need one offset more"),
        ({"noise": np.empty(0, np.int32)}, "noise must hold at least one id"),
        ({"noise": np.full(3, -1, np.int32)}, "ids must be in 0 <= id < 9, got -1"),
    ],
)
def test_what_would_read_other_memory_is_refused(changed, message):
    documents, ngrams, ids, offsets, noise = case(6)
    arguments = {
        "documents": documents,
        "document_squares": np.ones(4, np.float32),
        "ngrams": ngrams,
        "ngram_squares": np.ones(9, np.float32),
        "ids": ids,
        "offsets": offsets,
        "noise": noise,
    } | changed
    with pytest.raises((ValueError, IndexError), match=message):
        learn_documents(**arguments, seed=0, **SETTINGS)
    if "ngram_squares" not in changed and "document_squares" not in changed:
        del arguments["document_squares"], arguments["ngram_squares"]
        with pytest.raises((ValueError, IndexError), match=message):
            infer_documents(**arguments, n_passes=1, seed=0, **SETTINGS)

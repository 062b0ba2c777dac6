"""GloVe's steps, against the same in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import random_array

from textvec._kernels._glove_adagrad import ENTRY, group_entries, row_length, train_block


def reference(entries, words, contexts, word_bias, context_bias, *, rate, clip):
    """Take the steps of the paper in float64, one entry at a time in the order given."""
    squares = [np.ones_like(a) for a in (words, contexts, word_bias, context_bias)]
    loss = 0.0
    for i, j, log_count, weight in entries:
        difference = words[i] @ contexts[j] + word_bias[i] + context_bias[j] - log_count
        loss += 0.5 * weight * difference**2
        error = weight * difference
        steps = [
            rate * np.clip(gradient, -clip, clip)
            for gradient in (error * contexts[j], error * words[i], error, error)
        ]
        places = [(words, i), (contexts, j), (word_bias, i), (context_bias, j)]
        for (array, row), square, step in zip(places, squares, steps):
            array[row] -= step / np.sqrt(square[row])
            square[row] += step**2
    return loss


@pytest.mark.parametrize("width", [1, 6, 7, 50])
@pytest.mark.parametrize("clip", [100.0, 0.05])
def test_a_block_is_trained_as_in_numpy(width, clip):
    rng = np.random.default_rng(0)
    n_words = 12
    entries = np.empty(80, dtype=ENTRY)
    entries["word"], entries["context"] = rng.integers(0, n_words, size=(2, 80))
    entries["log_count"], entries["weight"] = rng.normal(size=80), rng.uniform(0.1, 1, size=80)
    length = row_length(width)
    rows = np.zeros((2, n_words, 2 * length), dtype=np.float32)
    rows[:, :, :width] = rng.normal(size=(2, n_words, width)) / np.sqrt(width)
    rows[:, :, width : width + 2] = 1
    rows[0, :, width], rows[1, :, width + 1] = rng.normal(size=(2, n_words))
    rows[:, :, length:] = 1
    words, contexts = rows[:, :, :width].astype(np.float64)
    biases = [rows[0, :, width].astype(np.float64), rows[1, :, width + 1].astype(np.float64)]

    loss = train_block(entries, *rows, width, learning_rate=0.1, clip=clip, seed=3)

    # The kernel leaves the entries in the order it took them in.
    expected = reference(entries.tolist(), words, contexts, *biases, rate=0.1, clip=clip)
    assert loss == pytest.approx(expected, rel=1e-4)
    np.testing.assert_allclose(rows[0, :, :width], words, atol=1e-4)
    np.testing.assert_allclose(rows[1, :, :width], contexts, atol=1e-4)
    np.testing.assert_allclose(rows[0, :, width], biases[0], atol=1e-4)
    np.testing.assert_allclose(rows[1, :, width + 1], biases[1], atol=1e-4)
    assert (rows[0, :, width + 1] == 1).all()
    assert (rows[1, :, width] == 1).all()
    assert (rows[:, :, width + 2 : length] == 0).all()


def test_a_block_is_shuffled_by_its_seed():
    entries = np.zeros(1000, dtype=ENTRY)
    rows = np.ones((2, 1000, 2 * row_length(2)), dtype=np.float32)
    orders = []
    for seed in (1, 2, 1):
        entries["word"] = np.arange(1000)
        train_block(entries, *rows.copy(), 2, learning_rate=0.1, clip=1.0, seed=seed)
        orders.append(entries["word"].tolist())
    assert orders[0] == orders[2] != orders[1]
    assert sorted(orders[0]) == list(range(1000))


@pytest.mark.parametrize("n_blocks", [1, 3, 7])
def test_blocks_hold_each_entry_once(n_blocks):
    counts = random_array((40, 40), density=0.2, random_state=0, format="csr", dtype=np.float32)
    counts.data = np.ceil(20 * counts.data)
    entries, starts = group_entries(
        counts.data,
        counts.indices.astype(np.int32),
        counts.indptr.astype(np.int64),
        n_blocks=n_blocks,
        x_max=10.0,
        alpha=0.5,
    )
    for block in range(n_blocks**2):
        part = entries[starts[block] : starts[block + 1]]
        assert set(part["word"] % n_blocks) <= {block // n_blocks}
        assert set(part["context"] % n_blocks) <= {block % n_blocks}
    expected = counts.tocoo()
    order = np.lexsort((entries["context"], entries["word"]))
    assert np.array_equal(entries["word"][order], expected.coords[0])
    assert np.array_equal(entries["context"][order], expected.coords[1])
    np.testing.assert_allclose(entries["log_count"][order], np.log(expected.data), atol=1e-6)
    weights = np.minimum(1, (expected.data / 10) ** 0.5)
    np.testing.assert_allclose(entries["weight"][order], weights, rtol=1e-6)


def test_entries_are_checked():
    entries = np.zeros(3, dtype=ENTRY)
    entries["context"][1] = 4
    rows = np.ones((2, 4, 2 * row_length(2)), dtype=np.float32)
    options = {"learning_rate": 0.1, "clip": 1.0, "seed": 0}
    with pytest.raises(IndexError, match="a row"):
        train_block(entries, *rows, 2, **options)
    with pytest.raises(ValueError, match="30 dimensions need rows"):
        train_block(entries[:1], *rows, 30, **options)

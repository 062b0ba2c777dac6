"""Windows counted natively, against loops in plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from textvec._kernels._window_counts import UNITS_OF_ONE, count_neighbours


def by_hand(rows, n_words, window, *, harmonic, left=True, right=True):
    counts = np.zeros((n_words, n_words))
    for row in rows:
        kept = [word for word in row if word >= 0]
        for p, word in enumerate(kept):
            for q, neighbour in enumerate(kept):
                is_wanted = (q < p and left) or (q > p and right)
                if is_wanted and abs(p - q) <= window:
                    counts[word, neighbour] += 1 / abs(p - q) if harmonic else 1
    return counts


def sums_of(rows, n_words, window, **options):
    ids = np.concatenate([np.empty(0, np.int32), *rows], dtype=np.int32)
    offsets = np.cumsum([0] + [len(row) for row in rows], dtype=np.int64)
    arrays = count_neighbours(ids, offsets, n_words, window=window, **options)
    assert arrays[0].dtype == np.int64
    return csr_array(arrays, shape=(n_words, n_words))


def natively(rows, n_words, window, **options):
    return sums_of(rows, n_words, window, **options) / (UNITS_OF_ONE if options["harmonic"] else 1)


@st.composite
def corpora(draw):
    n_words = draw(st.integers(1, 200))
    rows = draw(st.lists(st.lists(st.integers(-1, n_words - 1), max_size=30), max_size=6))
    return [np.array(row, dtype=np.int32) for row in rows], n_words


@settings(max_examples=200)
@given(
    corpora(),
    st.integers(1, 40),
    st.booleans(),
    st.sampled_from([(True, True), (True, False), (False, True)]),
)
def test_counts_are_those_of_a_loop(corpus, window, harmonic, sides):
    left, right = sides
    options = {"harmonic": harmonic, "left": left, "right": right}
    counts = natively(*corpus, window, **options)
    assert counts.has_canonical_format
    assert (counts.data > 0).all()
    np.testing.assert_allclose(counts.toarray(), by_hand(*corpus, window, **options), rtol=1e-7)


@pytest.mark.parametrize("harmonic", [True, False])
def test_threads_change_nothing_and_both_sides_agree(harmonic):
    rng = np.random.default_rng(0)
    rows = [(rng.zipf(1.3, size=400) % 5000).astype(np.int32) for _ in range(300)]
    one = natively(rows, 5000, 15, harmonic=harmonic)
    four = natively(rows, 5000, 15, harmonic=harmonic, n_threads=4)
    for name in ("data", "indices", "indptr"):
        assert np.array_equal(getattr(one, name), getattr(four, name))
    assert (one != one.T).nnz == 0  # to the last bit
    left = natively(rows, 5000, 15, harmonic=harmonic, right=False)
    right = natively(rows, 5000, 15, harmonic=harmonic, left=False)
    assert (left != right.T).nnz == 0
    assert abs(left + right - one).max() <= 1e-6 * one.max()


def test_order_of_documents_changes_nothing():
    rng = np.random.default_rng(1)
    rows = [rng.integers(0, 50, size=60) for _ in range(40)]
    there, back = (natively(r, 50, 15, harmonic=True) for r in (rows, rows[::-1]))
    assert np.array_equal(there.data, back.data)


def test_parts_add_up_exactly():
    rng = np.random.default_rng(2)
    rows = [rng.integers(0, 50, size=60) for _ in range(40)]
    first, *others, whole = (
        sums_of(part, 50, 15, harmonic=True) for part in (rows[:7], rows[7:8], rows[8:], rows)
    )
    assert (sum(others, first) != whole).nnz == 0


def test_a_window_wider_than_any_document():
    rows = [np.arange(30)]
    assert natively(rows, 30, 10**9, harmonic=False).nnz == 30 * 29


def test_ids_and_offsets_are_checked():
    with pytest.raises(IndexError, match="below 3, got 3"):
        natively([np.array([0, 3])], 3, 2, harmonic=False)
    ids, offsets = np.zeros(2, dtype=np.int32), np.array([0, 3])
    with pytest.raises(ValueError, match="at most 2"):
        count_neighbours(ids, offsets, 3, window=2, harmonic=False)

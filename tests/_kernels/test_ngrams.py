"""n-grams counted natively, against dicts of strings in plain Python."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
from scipy.sparse import csr_array

from textvec._kernels import _threads
from textvec._kernels._ngrams import NgramCounts
from textvec._kernels._token_bytes import decode_tokens, encode_tokens

from .ngrams import SYMBOLS, corpus, in_python

UNIGRAMS = {"min_n": 1, "max_n": 1}


def counted(ids, offsets, symbols=SYMBOLS, **options):
    return NgramCounts(ids, offsets, *encode_tokens(symbols), **options)


@pytest.fixture(params=[1, 2, 5])
def n_threads(request, monkeypatch):
    monkeypatch.setattr(_threads, "MIN_ITEMS_PER_THREAD", 1)
    return request.param


@pytest.mark.parametrize("unit", ["joined", "inside"])
@pytest.mark.parametrize(("min_n", "max_n"), [(1, 1), (1, 3), (2, 4)])
def test_threads_join_to_the_counts_of_python(unit, min_n, max_n, n_threads):
    ids, offsets = corpus()
    counts = counted(ids, offsets, unit=unit, min_n=min_n, max_n=max_n, n_threads=n_threads)
    rows = [[SYMBOLS[i] for i in row] for row in np.split(ids, offsets[1:-1])]
    expected = [Counter(in_python(row, unit, min_n, max_n)) for row in rows]

    terms = np.flatnonzero(counts.is_term).astype(np.int32)
    by_name = counts.sort(counts.is_term)
    names = decode_tokens(*counts.names(by_name))
    assert names == sorted(set().union(*expected))
    assert sorted(by_name) == terms.tolist()
    documents, occurrences = counts.frequencies()
    assert documents[by_name].tolist() == [sum(name in row for row in expected) for name in names]
    assert occurrences[by_name].tolist() == [sum(row[name] for row in expected) for name in names]
    columns = counts.positions(by_name)
    arrays = counts.matrix(columns, by_column=True, n_columns=len(names), dtype=np.int64)
    matrix = csr_array(arrays, shape=(len(rows), len(names)))
    assert matrix.has_canonical_format
    assert matrix.toarray().tolist() == [[row[name] for name in names] for row in expected]


@pytest.mark.parametrize(("dtype", "share"), [(np.float32, 3), (np.int64, 1)])
def test_a_matrix_goes_on_in_the_pages_of_the_counts(dtype, share, n_threads):
    """Of blocks of 2**20 counts, one of which is of a single row."""
    n = 1 << 20
    rng = np.random.default_rng(0)
    lengths = np.concatenate([rng.integers(0, 10_000, size=150), [5 * n // 4], [0, 3000]])
    ids = (rng.random(lengths.sum()) ** 2 * n).astype(np.int32)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    buffer = np.frombuffer(np.arange(n, dtype=">u4").tobytes(), dtype=np.uint8)
    symbols = buffer, np.arange(0, 4 * n + 1, 4)
    counts = NgramCounts(ids, offsets, *symbols, unit="joined", n_threads=n_threads, **UNIGRAMS)
    symbol_of_id = ids[np.sort(np.unique(ids, return_index=True)[1])]
    columns = np.where(symbol_of_id % share == 0, symbol_of_id, -1)
    arrays = counts.matrix(columns, by_column=True, n_columns=n, dtype=dtype)
    matrix = csr_array(arrays, shape=(len(lengths), n))
    is_kept = ids % share == 0
    starts = np.concatenate([[0], np.cumsum(is_kept)])[offsets]
    expected = csr_array((is_kept[is_kept], ids[is_kept], starts), shape=matrix.shape, dtype=dtype)
    expected.sum_duplicates()
    assert matrix.has_canonical_format
    assert matrix.dtype == dtype
    for name in ("data", "indices", "indptr"):
        assert np.array_equal(getattr(matrix, name), getattr(expected, name))


def test_ids_are_by_first_appearance(n_threads):
    ids, offsets = corpus()
    counts = counted(ids, offsets, unit="joined", min_n=1, max_n=2, n_threads=n_threads)
    names = decode_tokens(*counts.names(np.arange(counts.n_ids, dtype=np.int32)))
    rows = [[SYMBOLS[i] for i in row] for row in np.split(ids, offsets[1:-1])]
    assert names == list(dict.fromkeys(n for row in rows for n in in_python(row, "joined", 1, 2)))


@pytest.mark.parametrize("size", [1, 23, 24, 25, 300, 4095, 4096, 4097])
@pytest.mark.parametrize("n_columns", [5000, 2**20])
def test_rows_of_any_size_are_sorted(size, n_columns):
    """A row goes through the sort of few entries, or the radix sort with narrow or wide digits."""
    rng = np.random.default_rng(size)
    ids = rng.permutation(5000)[:size].astype(np.int32)
    repeated = np.concatenate([ids, ids[: size // 2]])
    counts = counted(
        repeated,
        np.array([0, len(repeated)]),
        [str(i) for i in range(5000)],
        unit="joined",
        min_n=1,
        max_n=1,
    )
    columns = np.sort(rng.permutation(n_columns)[:size]).astype(np.int32)
    rng.shuffle(columns)
    data, indices, indptr = counts.matrix(
        columns, by_column=True, n_columns=n_columns, dtype=np.float32
    )
    times = 1 + (np.arange(size) < size // 2)
    order = np.argsort(columns)
    assert indptr.tolist() == [0, size]
    assert indices.tolist() == columns[order].tolist()
    assert data.tolist() == times[order].tolist()


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.float32, np.float64, np.uint8])
def test_counts_have_the_type_that_is_wanted(dtype):
    counts = counted(*corpus(), unit="joined", min_n=1, max_n=1)
    columns = np.arange(counts.n_ids, dtype=np.int32)
    data, _, _ = counts.matrix(columns, by_column=False, n_columns=counts.n_ids, dtype=dtype)
    assert data.dtype == dtype
    assert data.sum() == len(corpus()[0])


def test_counts_are_written_once():
    counts = counted(*corpus(), unit="joined", min_n=1, max_n=2)
    columns = np.arange(counts.n_ids, dtype=np.int32)
    options = {"by_column": True, "n_columns": counts.n_ids, "dtype": np.int64}
    counts.matrix(columns, **options)
    with pytest.raises(ValueError, match="freed"):
        counts.matrix(columns, **options)
    with pytest.raises(ValueError, match="freed"):
        counts.frequencies()
    assert len(decode_tokens(*counts.names(columns))) == counts.n_ids  # names stay


def test_what_indexes_memory_is_checked():
    options = {"unit": "joined", "min_n": 1, "max_n": 2}
    ids, offsets = np.array([0, 1], dtype=np.int32), np.array([0, 2])
    with pytest.raises(IndexError, match=r"0 <= id < 1, got 1"):
        counted(ids, offsets, ["a"], **options)
    with pytest.raises(IndexError, match="got -1"):
        counted(-ids, offsets, ["a", "b"], **options)
    with pytest.raises(ValueError, match="offsets must"):
        counted(ids, offsets + 1, ["a", "b"], **options)
    counts = counted(ids, offsets, ["a", "b"], **options)
    three = np.array([0, 1, 3], dtype=np.int32)
    for method in (counts.names, counts.positions):
        with pytest.raises(IndexError, match="got 3"):
            method(three)
    with pytest.raises(ValueError, match="of 3 ids, got 1"):
        counts.matrix(ids[:1], by_column=True, n_columns=3, dtype=np.int64)
    with pytest.raises(IndexError, match="below 3, got 3"):
        counts.matrix(three, by_column=True, n_columns=3, dtype=np.int64)
    with pytest.raises(ValueError, match="bool for each id"):
        counts.sort(np.ones(2, dtype=bool))


class Block(NamedTuple):
    ids: np.ndarray
    offsets: np.ndarray
    n_symbols: int


class Source:
    """Some rows of the corpus, their symbols numbered as they appear in these rows."""

    def __init__(self, rows, n_rows):
        self.rows, self.n_rows, self.known = rows, n_rows, {}

    def blocks(self):
        for first in range(0, len(self.rows), self.n_rows):
            rows = self.rows[first : first + self.n_rows]
            ids = [self.known.setdefault(i, len(self.known)) for row in rows for i in row]
            offsets = np.cumsum([0, *map(len, rows)])
            yield Block(np.array(ids, dtype=np.int32), offsets, len(self.known))

    def symbols(self):
        return encode_tokens([SYMBOLS[i] for i in self.known])


@pytest.mark.parametrize("n_sources", [1, 2, 5])
@pytest.mark.parametrize("n_rows", [1, 7])
@pytest.mark.parametrize("ngram_range", [(1, 1), (1, 3), (2, 2)])
def test_blocks_of_rows_count_as_all_at_once(n_rows, n_sources, ngram_range):
    """Symbols become known with the blocks, and each source has its own numbers of them."""
    ids, offsets = corpus()
    min_n, max_n = ngram_range
    rows = np.split(ids, offsets[1:-1])
    all_at_once = Source(rows, len(rows))
    (block,) = all_at_once.blocks()
    options = {"unit": "joined", "min_n": min_n, "max_n": max_n}
    expected = NgramCounts(block.ids, block.offsets, *all_at_once.symbols(), **options)
    cuts = [len(rows) * i // n_sources for i in range(n_sources + 1)]
    sources = [Source(rows[a:b], n_rows) for a, b in pairwise(cuts)]
    counts = NgramCounts.of_sources(sources, **options)
    assert (counts.n_rows, counts.n_ids) == (expected.n_rows, expected.n_ids)
    same = np.arange(counts.n_ids, dtype=np.int32)
    assert np.array_equal(counts.is_term, expected.is_term)
    for method in ("frequencies", "names", "sort"):
        arguments = {"frequencies": (), "names": (same,), "sort": (counts.is_term,)}[method]
        here, there = (getattr(c, method)(*arguments) for c in (counts, expected))
        assert all(map(np.array_equal, here, there))
    matrix_options = {"by_column": False, "n_columns": len(same), "dtype": np.int64}
    here, there = (c.matrix(same, **matrix_options) for c in (counts, expected))
    assert all(map(np.array_equal, here, there))


def test_symbols_in_blocks_hold_no_ngrams():
    with pytest.raises(ValueError, match="all symbols must be known"):
        NgramCounts.of_sources([Source([], 1)], unit="inside", min_n=1, max_n=1)


def test_no_rows_in_blocks_have_no_ngrams():
    counts = NgramCounts.of_sources([Source([], 1)] * 2, unit="joined", min_n=1, max_n=2)
    assert (counts.n_rows, counts.n_ids) == (0, 0)


def test_a_character_cut_short_ends_with_its_word():
    """No UTF-8, which no vocabulary admits, but nothing is read behind it."""
    buffer = np.array([0xF0, 0x9F], dtype=np.uint8)
    counts = NgramCounts(
        np.zeros(1, np.int32),
        np.array([0, 1]),
        buffer,
        np.array([0, 2]),
        unit="inside",
        min_n=1,
        max_n=1,
    )
    assert counts.n_ids == 2


def test_millions_of_pairs_find_their_place():
    """Tables double in place, from small ones to those with pages of their own."""
    n = 1200
    first, second = np.divmod(np.arange(n * n, dtype=np.int32), n)
    ids = np.stack([first, second], axis=1).ravel()  # a row has all pairs of one symbol
    offsets = np.arange(n + 1) * 2 * n
    symbols = encode_tokens([f"{i:04}" for i in range(n)])

    class Rows:
        def blocks(self):
            for row in range(0, n, 100):
                part = ids[offsets[row] : offsets[row + 100]]
                yield Block(part, offsets[:101], n)

        def symbols(self):
            return symbols

    counts = NgramCounts.of_sources([Rows()], unit="joined", min_n=2, max_n=2)
    terms = np.flatnonzero(counts.is_term).astype(np.int32)
    assert len(terms) == n * n
    by_name = counts.sort(counts.is_term)
    buffer, name_offsets = counts.names(by_name)
    pairs = np.frombuffer(buffer, dtype="S9")
    assert np.array_equal(name_offsets, np.arange(n * n + 1) * 9)
    assert np.array_equal(pairs, np.sort(pairs))
    assert pairs[[0, 1, -1]].tolist() == [b"0000 0000", b"0000 0001", b"1199 1199"]
    _, occurrences = counts.frequencies()
    # (i, j) once in the row of i; in that of j as well, but for the last.
    expected = np.ones((n, n), dtype=np.int64)
    expected[:-1] += 1
    assert np.array_equal(occurrences[by_name], expected.ravel())

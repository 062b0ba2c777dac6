"""The scanner's runs of bits, its buffers and what is dropped, against `re` and plain Python."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textvec._kernels import _threads
from textvec._kernels._token_bytes import TokenIndex, decode_tokens, encode_tokens
from textvec._kernels._tokenize import Scanner, TokenBuilder, drop_tokens

PATTERNS = {
    "words": r"[^\W_]+(?:['’][^\W_]+)*",
    "sklearn": r"\b\w\w+\b",
    r"\w+": r"\w+",
    "whitespace": r"\S+",
}
BORDERS = [0, 1, 2, 61, 62, 63, 64, 65, 66, 126, 127, 128, 129, 191, 192, 193]


def rows_of(scanned):
    ids, offsets, buffer, token_offsets, _ = scanned
    tokens = decode_tokens(buffer, token_offsets)
    return [[tokens[i] for i in row] for row in np.split(ids, offsets[1:-1])]


@pytest.mark.parametrize("rule", PATTERNS)
@pytest.mark.parametrize("letter", ["a", "é", "ภ", "𝐀"])
def test_runs_across_blocks_of_64_characters(rule, letter):
    """A token, a gap or an apostrophe begins and ends on either side of a block's border."""
    texts = [" " * start + letter * n + " " for start in BORDERS for n in (1, 2, 63, 64, 65)]
    texts += [letter * start + gap + letter for start in BORDERS for gap in (" ", "'", "''", "’")]
    if letter in "aé":  # a curly apostrophe is wider than these
        texts = [text for text in texts if "’" not in text]
    scanned = Scanner(rule, lowercase=False).scan(texts, spans=True)
    assert rows_of(scanned) == [re.findall(PATTERNS[rule], text) for text in texts]
    spans = [match.span() for text in texts for match in re.finditer(PATTERNS[rule], text)]
    assert scanned[4].tolist() == [list(span) for span in spans]


@pytest.mark.parametrize("letter", ["a", "é", "ภ", "𝐀"])
def test_tokens_of_every_size_up_to_the_end_of_a_text(letter):
    """Whatever fills a key, and no byte behind the text."""
    texts = [letter * n for n in range(1, 40)]
    for rule in PATTERNS:
        shortest = 2 if rule == "sklearn" else 1
        expected = [[text] if len(text) >= shortest else [] for text in texts]
        assert rows_of(Scanner(rule, lowercase=False).scan(texts)) == expected
    windows = rows_of(Scanner(None, lowercase=False, width=3, stride=2).scan(texts))
    assert windows == [[letter * 3] * max(0, (len(text) - 1) // 2) for text in texts]


def test_threads_number_tokens_as_one_does(monkeypatch):
    monkeypatch.setattr(_threads, "MIN_ITEMS_PER_THREAD", 1)
    rng = np.random.default_rng(0)
    texts = [" ".join(f"w{i}" for i in rng.integers(0, 300, size=50)) for _ in range(40)]
    scanner = Scanner("words", lowercase=True)
    one, four = (scanner.scan(texts, spans=True, n_threads=n) for n in (1, 4))
    for here, there in zip(one, four, strict=True):
        assert np.array_equal(here, there)


def test_dropped_tokens_leave_the_others_in_order():
    rows = [["a", "the", "b"], [], ["the"], ["b", "b", "cc", "the"]]
    builder = TokenBuilder()
    for row, tokens in enumerate(rows):
        builder.add(tokens, [(row, i) for i in range(len(tokens))])
    scanned = builder.finish(spans=True)
    found = np.array([-1, 0, -1, -1], dtype=np.int32)  # of a, the, b, cc
    kept = drop_tokens(*scanned, found)
    assert rows_of(kept) == [[token for token in row if token != "the"] for row in rows]
    assert kept[4].tolist() == [
        [row, i] for row, tokens in enumerate(rows) for i, t in enumerate(tokens) if t != "the"
    ]
    assert decode_tokens(*kept[2:4]) == ["a", "b", "cc"]
    assert drop_tokens(*scanned[:4], None, found)[4] is None


def test_what_indexes_memory_is_checked():
    builder = TokenBuilder()
    builder.add(["a", "b"])
    ids, offsets, buffer, token_offsets, _ = builder.finish()
    found = np.array([-1, -1], dtype=np.int32)
    with pytest.raises(IndexError, match="got 9"):
        drop_tokens(9 * ids, offsets, buffer, token_offsets, None, found[:1])
    with pytest.raises(ValueError, match="distinct token"):
        drop_tokens(ids[:0], offsets[:1], buffer, token_offsets, None, found[:1])
    with pytest.raises(ValueError, match="spans must"):
        drop_tokens(ids, offsets, buffer, token_offsets, np.zeros((1, 2), np.int32), found)


def test_a_builder_is_finished_once():
    builder = TokenBuilder()
    builder.add(["a"])
    with pytest.raises(ValueError, match="with a span"):
        builder.finish(spans=True)
    builder.finish()
    with pytest.raises(ValueError, match="finished"):
        builder.finish()
    with pytest.raises(ValueError, match="finished"):
        builder.add(["a"])


def test_bad_arguments():
    with pytest.raises(TypeError, match="row 1"):
        Scanner("words", lowercase=True).scan(["a", 1])
    for rule, options in [("wrds", {}), (None, {}), (None, {"width": 1, "stride": 0})]:
        with pytest.raises(ValueError, match="no tokens are of"):
            Scanner(rule, lowercase=True, **options)


@pytest.mark.parametrize("n_threads", [1, 3])
def test_lists_read_one_after_the_other_number_tokens_as_one(monkeypatch, n_threads):
    """Whatever is taken in between, and whichever tokens the threads find new at a time."""
    monkeypatch.setattr(_threads, "MIN_ITEMS_PER_THREAD", 1)
    rng = np.random.default_rng(0)
    texts = [" ".join(f"w{i**3}" for i in rng.integers(0, n, size=30)) for n in range(1, 90)]
    texts += ["", "ÜBER der Straße", "x" * 40, "ภาษา", "x" * 41]
    scanner = Scanner("words", lowercase=True)
    expected = scanner.scan(texts, spans=True)
    reading = scanner.reading(spans=True, n_threads=n_threads)
    taken = []
    for first in range(0, len(texts), 17):
        reading.read(texts[first : first + 17])
        taken.append(reading.take())
    ids, offsets, spans = zip(*taken, strict=True)
    assert np.array_equal(np.concatenate(ids), expected[0])
    assert np.array_equal(np.concatenate([np.diff(o) for o in offsets]), np.diff(expected[1]))
    assert np.array_equal(np.concatenate(spans), expected[4])
    for here, there in zip(reading.distinct(), expected[2:4], strict=True):
        assert np.array_equal(here, there)
    assert reading.finish()[0].size == 0


def test_many_tokens_find_their_place():
    """Tables double in place, and arrays move as they are, from small ones to those of pages."""
    n = 300_000
    words = [f"w{i * 7919 % n}" for i in range(n)]
    words[::1000] = [f"a word longer than a key {i}".replace(" ", "_") for i in range(n // 1000)]
    texts = [" ".join(words[first : first + 100]) for first in range(0, n, 100)]
    reading = Scanner("whitespace", lowercase=False).reading()
    for _ in range(4):  # the ids of which are longer than the room made for those of the first
        reading.read(texts)
    ids, offsets, *tokens, _ = reading.finish()
    assert np.array_equal(ids, np.tile(np.arange(n, dtype=np.int32), 4))
    assert np.array_equal(offsets, np.arange(4 * len(texts) + 1) * 100)
    assert decode_tokens(*tokens) == words


KNOWN = ["a", "ab", "i\u0307", "don't", "a" * 40, "frog", "ภาษา", "𝐀"]
INDEX = TokenIndex(*encode_tokens(KNOWN))
SCANNERS = [Scanner(rule, lowercase=True) for rule in [*PATTERNS, "keras", "keras_v3"]]


@given(
    st.lists(
        st.sampled_from([*KNOWN, "İ", "AB", "Don’t", "zebra", " ", "-", "'"]) | st.text(max_size=3)
    ),
    st.sampled_from([1, 300]),  # short, and longer than what is read in memory that is kept
    st.sampled_from(SCANNERS),
)
def test_ids_of_a_document_are_those_of_its_tokens(parts, times, scanner):
    document = " ".join(parts) * times
    ids, offsets = scanner.ids_of(document, INDEX, 7, -5)
    (row,) = rows_of(scanner.scan([document]))
    assert ids.tolist() == [KNOWN.index(t) + 7 if t in KNOWN else -5 for t in row]
    assert offsets.tolist() == [0, len(row)]
    assert (ids.dtype, offsets.dtype) == (np.int32, np.int64)
    assert not ids.flags.writeable
    assert not offsets.flags.writeable


def test_documents_are_read_one_by_one_in_several_threads():
    scanner = Scanner("words", lowercase=True)
    documents = ["a frog " * (n % 90) for n in range(400)]
    with ThreadPoolExecutor(4) as threads:
        rows = list(threads.map(lambda text: scanner.ids_of(text, INDEX, 0, -1)[0], documents))
    assert [row.tolist() for row in rows] == [[0, 5] * (n % 90) for n in range(400)]


@pytest.mark.parametrize("document", [None, b"a", 3])
def test_a_document_must_be_a_str(document):
    with pytest.raises(TypeError):
        SCANNERS[0].ids_of(document, INDEX, 0, -1)

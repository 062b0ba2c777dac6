"""Lossy counts against exact ones: what may be lost is bounded, and what is frequent is kept."""

from __future__ import annotations

import pickle
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textvec import (
    OneHotVectorizer,
    SequenceVectorizer,
    Tokens,
    WordTokenizer,
    transform_blocks,
)
from textvec._counting import _token_counts
from textvec._counting._token_counts import TokenCounts

parts_of_tokens = st.lists(
    st.lists(st.lists(st.sampled_from("abcdefghijkl"), max_size=12), max_size=4),
    min_size=1,
    max_size=8,
)


def counted(parts, room):
    first, *others = (TokenCounts.of(Tokens.from_lists(part), room=room) for part in parts)
    counts = first
    for other in others:
        counts = counts.merge(other)
    return counts


@given(parts_of_tokens, st.integers(1, 13))
def test_no_count_is_too_small_by_more_than_is_said(parts, room):
    exact = Counter(token for part in parts for row in part for token in row)
    counts = counted(parts, room)
    assert len(counts.vocabulary) <= room
    found = dict(zip(counts.vocabulary, counts.occurrences.tolist(), strict=True))
    for token, count in exact.items():
        assert count - counts.lost <= found.get(token, 0) <= count
    assert set(found) >= {token for token, count in exact.items() if count > counts.lost}
    documents = Counter(token for part in parts for row in part for token in set(row))
    for token, n in zip(counts.vocabulary, counts.documents.tolist(), strict=True):
        assert documents[token] - counts.lost <= n <= documents[token]
    assert counts.n_documents == sum(map(len, parts))
    if len(exact) <= room:
        assert counts.lost == 0


def test_the_bound_travels():
    counts = counted([[list("aabbccdd"), list("aab")]], 3)
    assert counts.lost > 0
    again = pickle.loads(pickle.dumps(counts))
    assert (again.room, again.lost) == (3, counts.lost)
    assert again.merge(counts).lost >= 2 * counts.lost


RNG = np.random.default_rng(0)
DOCUMENTS = [
    " ".join(f"w{rank}" for rank in RNG.zipf(1.3, size=60)) + f" once{i}" for i in range(400)
]


@pytest.mark.parametrize("vectorizer", [SequenceVectorizer, OneHotVectorizer])
def test_a_list_and_a_stream_lose_the_same(vectorizer, monkeypatch):
    monkeypatch.setattr("textvec._inputs._blocks.CHARACTERS", 4000)
    exact = vectorizer(max_tokens=20).fit(DOCUMENTS)
    of_list = vectorizer(max_tokens=20, prune_at=500).fit(DOCUMENTS)
    of_stream = vectorizer(max_tokens=20, prune_at=500).fit(iter(DOCUMENTS))
    assert exact.n_lost_ == 0 < of_list.n_lost_ == of_stream.n_lost_
    assert of_list.vocabulary_ == of_stream.vocabulary_ == exact.vocabulary_
    short = exact.token_counts_ - of_list.token_counts_
    assert short.min() >= 0
    assert short.max() <= of_list.n_lost_


@pytest.mark.parametrize("ngram_range", [(1, 1), (1, 2)])
@pytest.mark.parametrize("read", [list, iter, np.array], ids=["list", "iterator", "array"])
def test_what_is_pruned_is_tokenized_once(read, ngram_range, monkeypatch):
    monkeypatch.setattr("textvec._inputs._blocks.CHARACTERS", 4000)
    n_calls = 0

    def words(text):
        nonlocal n_calls
        n_calls += 1
        return text.split()

    pruned = {"max_tokens": 20, "prune_at": 500, "ngram_range": ngram_range}
    vectorizer = SequenceVectorizer(tokenizer=words, **pruned)
    rows = vectorizer.fit_transform(read(DOCUMENTS))
    assert n_calls == len(DOCUMENTS)
    expected = SequenceVectorizer(tokenizer=str.split, **pruned).fit(DOCUMENTS)
    assert vectorizer.n_lost_ == expected.n_lost_ > 0
    assert vectorizer.vocabulary_ == expected.vocabulary_
    assert rows == expected.transform(DOCUMENTS)
    one_hot = OneHotVectorizer(tokenizer=words, **pruned)
    assert (one_hot.fit_transform(DOCUMENTS) != one_hot.transform(DOCUMENTS)).nnz == 0
    with pytest.raises(ValueError, match="there are no documents"):
        vectorizer.fit_transform([])


def test_nothing_is_lost_where_there_is_room():
    exact = SequenceVectorizer().fit(DOCUMENTS)
    roomy = SequenceVectorizer(prune_at=10**6).fit(DOCUMENTS)
    assert roomy.n_lost_ == 0
    assert roomy.vocabulary_ == exact.vocabulary_
    rows = [document.split() for document in DOCUMENTS]
    assert SequenceVectorizer(prune_at=10**6).fit(rows).vocabulary_ == exact.vocabulary_


def test_parts_are_pruned_and_merge():
    parts = [SequenceVectorizer(prune_at=300).partial_fit(DOCUMENTS[i::4]) for i in range(4)]
    merged = parts[0].merge(*parts[1:])
    assert merged.n_documents_ == len(DOCUMENTS)
    assert merged.n_lost_ > 0
    assert merged.vocabulary_["w1"] == 2
    with pytest.raises(ValueError, match="prune_at=300 here, prune_at=301 there"):
        parts[0].merge(SequenceVectorizer(prune_at=301).partial_fit(DOCUMENTS))


def test_room_for_no_token_is_named():
    with pytest.raises(ValueError, match="prune_at=1 has left no token: raise it"):
        SequenceVectorizer(prune_at=1).fit(["a b", "a c"])
    with pytest.raises(ValueError, match="the documents hold no tokens"):
        SequenceVectorizer(prune_at=1).fit(["", " "])


def test_mapped_tokens_are_counted_part_by_part(tmp_path, monkeypatch):
    texts = [f"the frog {i % 7} {'toad ' * (i % 5)}" for i in range(200)]
    tokens = WordTokenizer().transform([*texts, ""])
    expected = TokenCounts.of(tokens)
    mapped = transform_blocks(WordTokenizer(), [*texts, ""], out=tmp_path / "tokens")
    sizes = []
    count = _token_counts.column_counts
    monkeypatch.setattr(
        _token_counts, "column_counts", lambda ids, n: sizes.append(len(ids)) or count(ids, n)
    )
    monkeypatch.setattr(_token_counts, "_MAPPED", 50)
    found = TokenCounts.of(mapped)
    assert sum(sizes) == len(tokens.values)
    assert max(sizes) < 100
    assert found.vocabulary == expected.vocabulary
    np.testing.assert_array_equal(found.occurrences, expected.occurrences)
    np.testing.assert_array_equal(found.documents, expected.documents)

"""Counts that go through files are those that are merged in memory."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from textvec import CountVectorizer, GloVe, SequenceVectorizer, TfidfVectorizer, Tokens
from textvec._counting._token_counts import TokenCounts
from textvec._inputs import _blocks
from textvec.blocks import _count_runs
from textvec.blocks._count_runs import merged_counts
from textvec.datasets import load_reviews

TEXTS = [*load_reviews().data[:80], "", "naïve 🐸 the \ud800"]
VECTORIZERS = {
    "all": CountVectorizer(),
    "frequent": CountVectorizer(min_df=3, max_df=0.5),
    "most frequent": CountVectorizer(ngram_range=(1, 2), max_features=90, keep_counts=True),
    "characters": CountVectorizer(analyzer="char_wb", ngram_range=(2, 3), binary=True, min_df=2),
    "tf-idf": TfidfVectorizer(ngram_range=(1, 2), stop_words="english", min_df=2),
    "ids": SequenceVectorizer(),
    "some ids": SequenceVectorizer(max_tokens=60, min_df=2, max_df=0.5, eos_token="</s>"),
    "ids of pairs": SequenceVectorizer(ngram_range=(1, 2), max_tokens=300),
    "pruned": SequenceVectorizer(prune_at=200),
    "rare special token": SequenceVectorizer(min_count=4, eos_token="zombie"),
}


@pytest.fixture
def small_runs(monkeypatch):
    """Write whatever a block of some texts holds, and read a few tokens at a time."""
    monkeypatch.setattr(_blocks, "CHARACTERS", 500)
    monkeypatch.setattr(_blocks, "_FEW", 2)
    monkeypatch.setattr(_count_runs, "_HELD", 3000)
    monkeypatch.setattr(_count_runs, "_READ", 256)


@pytest.mark.parametrize("name", VECTORIZERS)
def test_streams_are_learned_as_lists_are(small_runs, monkeypatch, name):
    runs = []
    write = _count_runs._Runs.write
    monkeypatch.setattr(
        _count_runs._Runs, "write", lambda self, counts: runs.append(1) or write(self, counts)
    )
    texts = [*TEXTS, "zombie"]
    vectorizer = VECTORIZERS[name].fit(iter(texts))
    assert bool(len(runs) > 3) == (name != "pruned")
    learned = {key: value for key, value in vars(vectorizer).items() if key.endswith("_")}
    vectorizer.fit(texts)
    assert {key for key in vars(vectorizer) if key.endswith("_")} == learned.keys()
    for key, value in learned.items():
        assert np.all(getattr(vectorizer, key) == value), key


@pytest.mark.parametrize("name", ["frequent", "tf-idf", "some ids", "rare special token"])
def test_parts_keep_what_is_rare_in_them(small_runs, name):
    in_turn = clone(VECTORIZERS[name])
    for part in (TEXTS[:40], TEXTS[40:]):
        in_turn.partial_fit(iter(part))
    assert in_turn.vocabulary_ == VECTORIZERS[name].fit(TEXTS).vocabulary_


def test_glove_counts_tokens_through_files(small_runs, tmp_path):
    class Texts:
        def __iter__(self):
            return iter(TEXTS)

    options = {"embedding_dim": 4, "min_count": 5, "max_iter": 1, "random_state": 0}
    expected = GloVe(**options).fit(TEXTS).vectors_
    assert GloVe(**options).fit(Texts()).vectors_ == expected


@pytest.mark.parametrize("vectorizer", [CountVectorizer, SequenceVectorizer])
@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"min_df": 70}, "fewer|none of"),
        ({"min_df": 9, "max_df": 2}, "fewer documents|< documents"),
    ],
)
def test_errors_are_those_of_lists(small_runs, vectorizer, limits, message):
    with pytest.raises(ValueError, match=message) as expected:
        vectorizer(**limits).fit(TEXTS)
    with pytest.raises(ValueError, match=message) as found:
        vectorizer(**limits).fit(iter(TEXTS))
    assert str(found.value) == str(expected.value)


def test_nothing_is_left_of_files(small_runs, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    SequenceVectorizer().fit(iter(TEXTS))
    assert not list(tmp_path.iterdir())

    def interrupted():
        yield from TEXTS
        assert [path.name.startswith("textvec-counts") for path in tmp_path.iterdir()] == [True]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        SequenceVectorizer().fit(interrupted())
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_named(small_runs, tmp_path, monkeypatch, full_disk):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    words = SequenceVectorizer().fit(["the frog"])
    with pytest.raises(OSError, match=f"'{tmp_path}'$"):
        words.fit(f"{text} word{i}" for i, text in enumerate(50 * TEXTS))
    assert not list(tmp_path.iterdir())
    assert list(words.vocabulary_) == ["frog", "the"]


@given(
    parts=st.lists(st.lists(st.lists(st.sampled_from([*"abcdefgh", "", "é", "🐸"]))), min_size=1),
    held=st.integers(0, 200),
    read=st.integers(1, 9),
    least=st.integers(1, 4),
)
def test_any_parts(parts, held, read, least):
    def limits(counts):
        assert counts.n_documents == sum(map(len, parts))
        return counts.only(counts.occurrences >= least)

    counts = [TokenCounts.of(Tokens.from_lists(part)) for part in parts]
    whole = counts[0].merge(*counts[1:]).in_order()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_count_runs, "_HELD", held)
        patch.setattr(_count_runs, "_READ", read)
        found = merged_counts(iter(counts), limits).in_order()
    if len(found.vocabulary) != len(whole.vocabulary):
        whole = limits(whole)
    assert found.vocabulary == whole.vocabulary
    np.testing.assert_array_equal(found.occurrences, whole.occurrences)
    np.testing.assert_array_equal(found.documents, whole.documents)
    assert found.n_documents == whole.n_documents


def test_merging_in_a_tree():
    class Counts:
        def __init__(self, *rows):
            self.rows = rows

        def merge(self, *others):
            return Counts(*self.rows, *(row for other in others for row in other.rows))

    assert merged_counts([], lambda counts: counts) is None
    for n in range(1, 40):
        found = merged_counts((Counts(i) for i in range(n)), lambda counts: counts)
        assert found.rows == tuple(range(n))


def test_files_lie_in_the_temporary_folder(small_runs, monkeypatch):
    folders: list[Path] = []
    made = _count_runs._Runs.__init__
    monkeypatch.setattr(
        _count_runs._Runs,
        "__init__",
        lambda self, folder: folders.append(folder) or made(self, folder),
    )
    SequenceVectorizer().fit(iter(TEXTS))
    assert [folder.parent for folder in folders] == [Path(tempfile.gettempdir())]

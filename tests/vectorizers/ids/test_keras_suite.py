"""Keras' own tests of Tokenizer, hashing_trick, pad_sequences and TimeseriesGenerator, restated.

A claim stands for some assertions of Keras' suites (keras-preprocessing, ``text_test.py`` and
``sequence_test.py``, and Keras, ``sequence_utils_test.py``), on inputs of our own and against the
Keras that is installed. It holds; or it differs by contract, and what is so here is tested in its
place; or it is missing, with the way to do without.
"""

from __future__ import annotations

import copy
import pickle
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from textvec import (
    CharTokenizer,
    FunctionTokenizer,
    HashingSequenceVectorizer,
    Ragged,
    SequencePadder,
    SequenceVectorizer,
    Tokens,
    WindowTransformer,
    WordTokenizer,
)

TEXTS = ["A frog in a pond.", "The toad in a well!", "Frogs and toads, side by side."]
TRAIN, TEST = ["one frog sat on one log"], ["one frog ate two flies"]


@dataclass(frozen=True)
class Claim:
    """Assertions of one test of Keras."""

    test: str
    n: int
    check: Callable[[Any], None]
    differs: str = ""  # by what contract


CLAIMS: list[Claim] = []
# Assertions of what is missing: how many, and what there is instead.
MISSING = {
    "make_sampling_table": (1, "Word2Vec samples by itself"),
    "skipgrams": (3, "Word2Vec makes its pairs by itself"),
    "TimeseriesGenerator: to_json with its data": (10, "a transformer holds no data"),
    "TimeseriesGenerator: number of batches": (4, "networks make batches by themselves"),
    "TimeseriesGenerator: reverse": (3, "networks read backwards with bidirectional"),
    "TimeseriesGenerator: shuffle": (2, "networks shuffle by themselves"),
    "TimeseriesGenerator: steps of more than one dimension": (3, "reshape(n_steps, -1) before"),
}


def claim(test: str, n: int, differs: str = "") -> Callable[[Callable[[Any], None]], Any]:
    def add(check: Callable[[Any], None]) -> Callable[[Any], None]:
        CLAIMS.append(Claim(test, n, check, differs))
        return check

    return add


@pytest.fixture(scope="module")
def peers(keras, keras_text):
    sequence = import_module("keras.src.legacy.preprocessing.sequence")
    return SimpleNamespace(pad=keras.utils.pad_sequences, text=keras_text, sequence=sequence)


def fitted_words(documents: list[str], **options: Any) -> SequenceVectorizer:
    return SequenceVectorizer(tokenizer=WordTokenizer("keras"), **options).fit(documents)


def fitted_peer(peers: Any, documents: list[Any], **options: Any) -> Any:
    tokenizer = peers.text.Tokenizer(**options)
    tokenizer.fit_on_texts(documents)
    return tokenizer


def counts_of(vectorizer: SequenceVectorizer) -> dict[str, int]:
    return dict(zip(vectorizer.vocabulary_, vectorizer.token_counts_.tolist(), strict=True))


# --- pad_sequences -----------------------------------------------------------------------------

ROWS = {
    "ints": ([[7], [7, 8], [7, 8, 9]], {}, 1),
    "floats": ([[0.5], [0.5, 1.5], [0.5, 1.5, 2.5]], {"dtype": "float64"}, 1),
    "str": ([["a"], ["a", "b"], ["a", "b", "c"]], {"dtype": object}, "pad"),
    "vectors": ([[[1, 2]], [[3, 4], [5, 6]], [[7, 8], [9, 1], [2, 3]]], {}, 1),
}
OPTIONS = [
    {"length": 3, "padding": "pre"},
    {"length": 3, "padding": "post"},
    {"length": 2, "truncating": "pre"},
    {"length": 2, "truncating": "post"},
]


def _padding(kind: str, options: dict[str, Any]) -> Callable[[Any], None]:
    rows, dtype, value = ROWS[kind]
    fill = {"value": value} if kind == "str" else {}
    options = {"value": value, "length": 3} if not options else options | fill

    def check(peers: Any) -> None:
        theirs = peers.pad(rows, options["length"], **_others(options), **dtype)
        np.testing.assert_array_equal(SequencePadder(**options).fit_transform(rows), theirs)

    return check


def _others(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name != "length"}


for kind in ROWS:
    # Both suites have each of these, but that of floats, which is in Keras' alone.
    for options in OPTIONS:
        claim(f"pad_sequences, {kind}", 1 if kind == "floats" else 2)(_padding(kind, options))
    if kind != "str":
        claim(f"pad_sequences, {kind}, value", 1 if kind == "floats" else 2)(_padding(kind, {}))


@claim("pad_sequences: a value that the dtype can't hold raises", 1)
def _(peers: Any) -> None:
    with pytest.raises(ValueError, match="dtype"):
        peers.pad(ROWS["ints"][0], value="pad")
    with pytest.raises(ValueError, match="can't be held by items of dtype"):
        SequencePadder(value="pad").fit_transform(ROWS["ints"][0])


@claim("_remove_long_seq", 2)
def _(peers: Any) -> None:
    rows, labels = [[1, 2], [3, 4, 5], [6]], ["a", "b", "c"]
    ragged = Ragged.from_rows(rows)
    kept = ragged.lengths < 3
    assert ragged[kept].to_list() == [[1, 2], [6]]
    assert np.array(labels)[kept].tolist() == ["a", "c"]


# --- one_hot, hashing_trick --------------------------------------------------------------------


def _hashed(text: str, n: int, tokenizer: Any = None) -> list[int]:
    tokenizer = tokenizer or WordTokenizer("keras")
    rows = HashingSequenceVectorizer(tokenizer=tokenizer, max_tokens=n).transform([text])
    return rows.to_list()[0]


@claim("one_hot: as many as words, below n; an analyzer in place of the filters", 7)
def _(peers: Any) -> None:
    ours = _hashed(TEXTS[0], 5)
    assert len(ours) == len(peers.text.one_hot(TEXTS[0], 5)) == 5
    assert max(ours) <= 4
    assert min(ours) >= 0
    dashed = _hashed("A-frog-in-a-pond", 5, FunctionTokenizer(lambda t: t.lower().split("-")))
    assert dashed == ours


@claim("hashing_trick, hash", 3)
def _(peers: Any) -> None:
    ours = _hashed(TEXTS[0], 5)
    assert len(ours) == len(peers.text.hashing_trick(TEXTS[0], 5))
    assert max(ours) <= 4
    assert min(ours) >= 1


@claim("hashing_trick, md5", 3, "one hash, murmurhash3: as stable as md5")
def _(peers: Any) -> None:
    assert _hashed(TEXTS[0], 5000) == _hashed(TEXTS[0], 5000, FunctionTokenizer(_keras_words))
    assert len(peers.text.hashing_trick(TEXTS[0], 5, hash_function="md5")) == 5


def _keras_words(text: str) -> list[str]:
    return WordTokenizer("keras").transform([text]).to_list()[0]


# --- text_to_word_sequence ---------------------------------------------------------------------


@claim("text_to_word_sequence, Unicode too", 2)
def _(peers: Any) -> None:
    for text in ("frog! ? toad!", "ılık! ıslak? çay"):
        assert _keras_words(text) == peers.text.text_to_word_sequence(text)


@claim("text_to_word_sequence: a split of several characters, Unicode too", 2)
def _(peers: Any) -> None:
    for text in ("frog!STOPtoad!", "ılıkSTOPçay"):
        ours = FunctionTokenizer(lambda t: [w.strip("! ").lower() for w in t.split("STOP")])
        theirs = peers.text.text_to_word_sequence(text, lower=False, split="STOP")
        assert ours.transform([text]).to_list()[0] == [w.lower() for w in theirs]


# --- Tokenizer ---------------------------------------------------------------------------------


@claim("Tokenizer: the largest id is below num_words", 1)
def _(peers: Any) -> None:
    ours = fitted_words(TEXTS, max_tokens=10)
    assert ours.transform(TEXTS).values.max() < 10
    assert max(map(max, fitted_peer(peers, TEXTS, num_words=10).texts_to_sequences(TEXTS))) < 10


@claim("Tokenizer: the least id is 1", 1, "1 is any unknown token, the first token is 2")
def _(peers: Any) -> None:
    assert fitted_words(TEXTS).transform(TEXTS).values.min() == 2
    assert min(map(min, fitted_peer(peers, TEXTS).texts_to_sequences(TEXTS))) == 1


@claim("Tokenizer: saved before fit", 6, "pickle or textvec.save in place of to_json")
def _(peers: Any) -> None:
    ours = SequenceVectorizer(tokenizer=WordTokenizer("keras"), max_tokens=100)
    again = pickle.loads(pickle.dumps(ours))
    assert repr(again) == repr(ours)
    assert not hasattr(again, "vocabulary_")


@claim("Tokenizer: saved after fit", 11)
def _(peers: Any) -> None:
    ours = fitted_words(TEXTS, max_tokens=100)
    for again in (pickle.loads(pickle.dumps(ours)), copy.deepcopy(ours)):
        assert again.n_documents_ == ours.n_documents_ == 3
        assert again.max_tokens == ours.max_tokens
        assert again.vocabulary_ == ours.vocabulary_
        assert again.n_tokens_ == ours.n_tokens_
        assert counts_of(again) == counts_of(ours)
        assert again.document_counts_.tolist() == ours.document_counts_.tolist()
        assert again.transform(TEXTS) == ours.transform(TEXTS)
        assert again.inverse_transform([[2, 3]]) == ours.inverse_transform([[2, 3]])
        assert repr(again) == repr(ours)


@claim("Tokenizer: fit on texts, then on lists of words", 1)
def _(peers: Any) -> None:
    lists = [["a", "frog"], ["a", "toad"]]
    theirs = fitted_peer(peers, TEXTS)
    theirs.fit_on_texts(lists)
    ours = SequenceVectorizer(tokenizer=WordTokenizer("keras")).partial_fit(TEXTS)
    ours.partial_fit(Tokens.from_lists(lists))
    assert ours.n_documents_ == theirs.document_count == 5
    assert counts_of(ours) == theirs.word_counts


@claim("Tokenizer: counts of words, in any script", 1)
def _(peers: Any) -> None:
    texts = ["ılık çay", "ılık ılık süt"]
    assert counts_of(fitted_words(texts)) == fitted_peer(peers, texts).word_counts


@claim("Tokenizer: unknown words are left out, or have the id of oov_token", 2)
def _(peers: Any) -> None:
    for options, oov in (({}, "drop"), ({"oov_token": "[UNK]"}, "index")):
        ours = fitted_words(TRAIN, oov=oov).transform(TEST)
        theirs = fitted_peer(peers, TRAIN, **options).texts_to_sequences(TEST)
        assert ours.lengths.tolist() == [len(theirs[0])]


@claim("Tokenizer: num_words and oov_token", 1)
def _(peers: Any) -> None:
    ours = fitted_words(TRAIN, max_tokens=3).transform(TEST)
    theirs = fitted_peer(peers, TRAIN, num_words=3, oov_token="[UNK]")
    assert ours.to_list() == theirs.texts_to_sequences(TEST)
    assert theirs.sequences_to_texts(ours.to_list()) == ["one [UNK] [UNK] [UNK] [UNK]"]


@claim("Tokenizer: filters at the level of characters", 1)
def _(peers: Any) -> None:
    without = FunctionTokenizer(lambda text: [c for c in text.lower() if c not in "e"])
    assert "e" not in SequenceVectorizer(tokenizer=without).fit(["even the eel"]).vocabulary_


def _texts(vectorizer: SequenceVectorizer, documents: list[str]) -> list[str]:
    rows = vectorizer.inverse_transform(vectorizer.transform(documents))
    return [" ".join(tokens) for tokens in rows]


@claim("sequences_to_texts: with num_words, oov_token, both or neither", 3)
def _(peers: Any) -> None:
    for ours, theirs in (
        ({"max_tokens": 3}, {"num_words": 3, "oov_token": "[UNK]"}),
        ({}, {"oov_token": "[UNK]"}),
        ({"max_tokens": 3, "oov": "drop"}, {"num_words": 2}),
        ({"oov": "drop"}, {}),
    ):
        peer = fitted_peer(peers, TRAIN, **theirs)
        expected = peer.sequences_to_texts(peer.texts_to_sequences(TEST))
        assert _texts(fitted_words(TRAIN, **ours), TEST) == expected


@claim("num_words: of equal counts the words that came first stay", 3, "ties by code point")
def _(peers: Any) -> None:
    texts = ["b a", "a b"]
    peer = fitted_peer(peers, texts, num_words=2)
    assert peer.sequences_to_texts(peer.texts_to_sequences(texts)) == ["b", "b"]
    for documents in (texts, texts[::-1]):
        assert _texts(fitted_words(documents, max_tokens=3, oov="drop"), texts) == ["a", "a"]


@claim("Tokenizer: lower, words", 1)
def _(peers: Any) -> None:
    for lower in (True, False):
        tokenizer = WordTokenizer("keras", lowercase=lower)
        ours = SequenceVectorizer(tokenizer=tokenizer).fit(TEXTS)
        assert counts_of(ours) == fitted_peer(peers, TEXTS, lower=lower).word_counts


@claim("Tokenizer: lower, lists of words", 1, "Tokens are taken as they are: lower-case before")
def _(peers: Any) -> None:
    lists = [["The", "frog"], ["the", "toad"]]
    ours = SequenceVectorizer().fit(Tokens.from_lists([[w.lower() for w in d] for d in lists]))
    assert counts_of(ours) == fitted_peer(peers, lists).word_counts


@claim("Tokenizer: lower, characters", 1)
def _(peers: Any) -> None:
    ours = SequenceVectorizer(tokenizer=CharTokenizer(lowercase=True)).fit(TEXTS)
    assert counts_of(ours) == fitted_peer(peers, TEXTS, char_level=True).word_counts


# --- TimeseriesGenerator -----------------------------------------------------------------------

SERIES = np.arange(30.0).reshape(15, 2)


def _windows(peers: Any, **options: Any) -> tuple[Any, Any]:
    generator = peers.sequence.TimeseriesGenerator(SERIES, SERIES, batch_size=99, **options)
    windows, targets = generator[0]
    return windows, targets


@claim("TimeseriesGenerator: windows and what follows, with a sampling rate", 4)
def _(peers: Any) -> None:
    windows, targets = _windows(peers, length=6, sampling_rate=2)
    ours = WindowTransformer(3, sampling_rate=2).transform(SERIES)[4:-2]
    np.testing.assert_array_equal(ours.to_padded(), windows)
    np.testing.assert_array_equal(SERIES[6:], targets)


@claim("TimeseriesGenerator: stride", 2)
def _(peers: Any) -> None:
    windows, targets = _windows(peers, length=4, stride=3)
    ours = WindowTransformer(4).transform(SERIES)[3:-1][::3]
    np.testing.assert_array_equal(ours.to_padded(), windows)
    np.testing.assert_array_equal(SERIES[4::3], targets)


@claim("TimeseriesGenerator: start_index and end_index", 2)
def _(peers: Any) -> None:
    windows, targets = _windows(peers, length=4, start_index=2, end_index=10)
    ours = WindowTransformer(4).transform(SERIES[2:11])[3:-1]
    np.testing.assert_array_equal(ours.to_padded(), windows)
    np.testing.assert_array_equal(SERIES[6:11], targets)


@claim("TimeseriesGenerator: misses no step", 3)
def _(peers: Any) -> None:
    for length in range(1, 15):
        for stride in (1, 2, 5):
            windows, _ = _windows(peers, length=length, stride=stride)
            ours = WindowTransformer(length).transform(SERIES)[length - 1 : -1][::stride]
            assert len(ours) == len(windows)


@claim("TimeseriesGenerator: a series shorter than the window raises", 1, "it has shorter windows")
def _(peers: Any) -> None:
    with pytest.raises(ValueError, match="disallowed"):
        _windows(peers, length=15)
    assert WindowTransformer(99).transform(SERIES).lengths.max() == 15


@pytest.mark.parametrize("made", CLAIMS, ids=lambda made: made.test)
def test_claim(peers, made):
    made.check(peers)


def test_the_count_of_claims():
    """Raise what holds; what differs by contract and what is missing must not grow."""
    totals: Counter[str] = Counter()
    for made in CLAIMS:
        totals["differ" if made.differs else "hold"] += made.n
    totals["missing"] = sum(n for n, _ in MISSING.values())
    assert totals == {"hold": 84, "differ": 15, "missing": 26}
    assert totals.total() == 51 + 54 + 20  # assertions of the three files

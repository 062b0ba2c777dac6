"""Shared by the tagging examples: sentences, features of words, spans of chunks."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from textvec import Ragged, Vocabulary, WordVectors

Rows = list[list[str]]


# A grammar in place of a treebank: phrases, and the words of each part of speech.
# "saw", "plants" and "watch" are nouns or verbs, depending on the context.
PHRASES = {
    "NP": [["DET", "NOUN"], ["DET", "ADJ", "NOUN"], ["ADJ", "ADJ", "NOUN"], ["PRON"]],
    "VP": [["VERB"], ["ADV", "VERB"], ["AUX", "VERB"]],
    "PP": [["ADP"]],
}
WORDS = {
    "DET": ["the", "a", "this", "every"],
    "ADJ": ["old", "green", "small", "quiet", "watchful"],
    "NOUN": ["frog", "toad", "saw", "plants", "watch", "garden", "gardener"],
    "PRON": ["she", "he", "it", "everyone"],
    "VERB": ["saw", "plants", "watch", "likes", "sees", "finds"],
    "AUX": ["will", "may", "can"],
    "ADV": ["often", "quietly", "never"],
    "ADP": ["on", "under", "with", "near"],
}


class Tagged(NamedTuple):
    """Sentences with their parts of speech and chunk labels."""

    name: str
    words: Rows
    tags: Rows  # parts of speech
    phrases: Rows  # chunk labels: B-kind begins a phrase, I-kind continues it, O is outside


def data_file(name: str) -> Path | None:
    """Return the path of a file in the folder TEXTVEC_DATA, or None if there is none."""
    folder = os.environ.get("TEXTVEC_DATA")
    path = Path(folder, name) if folder else None
    return path if path and path.exists() else None


def read_columns(path: Path, *columns: int, separator: str | None = None) -> list[Rows]:
    """Read columns of a file with one word per line and empty lines between sentences."""
    sentences: list[list[list[str]]] = [[]]
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split(separator)
            if not line.strip():
                sentences.append([])
            # CoNLL-U numbers its words; 3-4 is a contraction, 3.1 an elided word, # a comment.
            elif separator is None or fields[0].isdigit():
                sentences[-1].append(fields)
    kept = [sentence for sentence in sentences if sentence]
    return [[[fields[c] for fields in sentence] for sentence in kept] for c in columns]


def made_sentences(n: int, seed: int) -> Tagged:
    """Generate sentences of the grammar above."""
    draws = Random(seed)
    made = Tagged("generated sentences", [], [], [])
    for _ in range(n):
        kinds = ["NP", "VP", "NP"] + ["PP", "NP"] * draws.randint(0, 2)
        tags, phrases = [], []
        for kind in kinds:
            phrase = draws.choice(PHRASES[kind])
            tags += phrase
            phrases += [f"B-{kind}"] + [f"I-{kind}"] * (len(phrase) - 1)
        made.words.append([draws.choice(WORDS[tag]) for tag in tags])
        made.tags.append(tags)
        made.phrases.append(phrases)
    return made


def glove() -> WordVectors | None:
    """Return the GloVe vectors in the data folder, or None."""
    path = data_file("glove.6B.50d.top40k.txt.gz")
    return None if path is None else WordVectors.load(path)


def vectors_of(rows: Rows, vectors: WordVectors | None) -> NDArray[np.float32]:
    """Look up lower-cased words, (n_words, D): zeros if unknown; no columns without vectors."""
    words = [word.lower() for row in rows for word in row]
    if vectors is None:
        return np.zeros((len(words), 0), np.float32)
    ids = vectors.vocabulary.lookup(words)
    return np.where((ids >= 0)[:, None], vectors.matrix[ids], 0).astype(np.float32)


def shapes(rows: Rows) -> NDArray[np.float32]:
    """Return features of the spelling, (n_words, 7)."""
    words = [word for row in rows for word in row]
    tests = (str.islower, str.isupper, str.istitle, str.isdigit, str.isalpha)
    columns = [[test(word) for word in words] for test in tests]
    columns.append([any(c.isdigit() for c in word) for word in words])
    columns.append(["-" in word for word in words])
    return np.array(columns, dtype=np.float32).T


class OneHot:
    """One-hot columns for the strings that occur at least `min_count` times."""

    def __init__(self, strings: Sequence[str], min_count: int = 1):
        found, counts = np.unique(strings, return_counts=True)
        self.known = Vocabulary(found[counts >= min_count].tolist())

    def __call__(self, strings: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each string, zeros if unknown."""
        ids = self.known.lookup(list(strings))
        return np.eye(len(self.known) + 1, dtype=np.float32)[ids, :-1]


def side_by_side(rows: Rows, *features: NDArray[np.float32]) -> Ragged:
    """Concatenate the features of words to sequences of vectors."""
    offsets = np.cumsum([0, *(len(row) for row in rows)])
    return Ragged(np.hstack(features), offsets)


def chunks(labels: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Iterate over start, stop and kind of the chunks in a row of B-kind, I-kind and O.

    An I that does not continue a chunk of its kind begins one, as in the shared task's script.
    """
    start, kind = 0, "O"
    for i, label in enumerate([*labels, "O"]):
        mark, _, what = label.partition("-")
        if kind != "O" and not (mark == "I" and what == kind):
            yield start, i, kind
            kind = "O"
        if mark != "O" and kind == "O":
            start, kind = i, what


def chunk_f1(expected: Rows, predicted: Rows) -> float:
    """Return the F1 of whole chunks, with exact position, length and kind."""
    right = n_expected = n_predicted = 0
    for one, other in zip(expected, predicted, strict=True):
        wanted, got = set(chunks(one)), set(chunks(other))
        right += len(wanted & got)
        n_expected += len(wanted)
        n_predicted += len(got)
    return 2 * right / (n_expected + n_predicted)

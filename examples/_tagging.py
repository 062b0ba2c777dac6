"""What the tagging examples share: reading columns, features of words, spans of chunks."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textvec import Ragged, Vocabulary, WordVectors

Rows = list[list[str]]


def data_file(name: str) -> Path:
    """Give the path of a data file in the folder that TEXTVEC_DATA names."""
    folder = os.environ.get("TEXTVEC_DATA")
    if not folder:
        raise SystemExit(f"Set TEXTVEC_DATA to the folder that holds {name}.")
    return Path(folder, name)


def read_columns(name: str, *columns: int, separator: str | None = None) -> list[Rows]:
    """Read columns of a file of one word a line, sentences parted by empty lines."""
    sentences: list[list[list[str]]] = [[]]
    with gzip.open(data_file(name), "rt", encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split(separator)
            if not line.strip():
                sentences.append([])
            # CoNLL-U numbers its words; 3-4 is a contraction, 3.1 an elided word, # a comment.
            elif separator is None or fields[0].isdigit():
                sentences[-1].append(fields)
    kept = [sentence for sentence in sentences if sentence]
    return [[[fields[c] for fields in sentence] for sentence in kept] for c in columns]


def word_vectors(rows: Rows, vectors: WordVectors) -> NDArray[np.float32]:
    """Look lower-cased words up, (n_words, D); zeros for unknown ones."""
    ids = vectors.vocabulary.lookup([word.lower() for row in rows for word in row])
    return np.where((ids >= 0)[:, None], vectors.matrix[ids], 0).astype(np.float32)


def shapes(rows: Rows) -> NDArray[np.float32]:
    """Tell how words are written, (n_words, 7)."""
    words = [word for row in rows for word in row]
    tests = (str.islower, str.isupper, str.istitle, str.isdigit, str.isalpha)
    columns = [[test(word) for word in words] for test in tests]
    columns.append([any(c.isdigit() for c in word) for word in words])
    columns.append(["-" in word for word in words])
    return np.array(columns, dtype=np.float32).T


class OneHot:
    """Columns for the strings that occur often enough in the training rows."""

    def __init__(self, strings: Sequence[str], min_count: int = 1):
        found, counts = np.unique(strings, return_counts=True)
        self.known = Vocabulary(found[counts >= min_count].tolist())

    def __call__(self, strings: Sequence[str]) -> NDArray[np.float32]:
        """Give a row for each string; zeros for one that is not known."""
        ids = self.known.lookup(list(strings))
        return np.eye(len(self.known) + 1, dtype=np.float32)[ids, :-1]


def side_by_side(rows: Rows, *features: NDArray[np.float32]) -> Ragged:
    """Make sequences of vectors of the features of their words."""
    offsets = np.cumsum([0, *(len(row) for row in rows)])
    return Ragged(np.hstack(features), offsets)


def chunks(labels: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Give start, stop and kind of the chunks in a row of B-kind, I-kind and O.

    An I that does not go on from a chunk of its kind begins one, as in the shared task's own
    script.
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
    """Give the F1 of whole chunks: of the right place, length and kind."""
    right = n_expected = n_predicted = 0
    for one, other in zip(expected, predicted, strict=True):
        wanted, got = set(chunks(one)), set(chunks(other))
        right += len(wanted & got)
        n_expected += len(wanted)
        n_predicted += len(got)
    return 2 * right / (n_expected + n_predicted)

"""What evaluations share: files of test questions, and the words that are known."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..._containers._vocabulary import Vocabulary
from ..._inputs._paths import checked_path


def read_lines(file: str | os.PathLike[str]) -> Iterator[tuple[int, str]]:
    """Read the lines of a text that are not blank, with their numbers from 1."""
    for number, raw in enumerate(checked_path(file, "file").read_bytes().splitlines(), start=1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip("\r\n")
        except UnicodeDecodeError as error:
            raise ValueError(f"{os.fspath(file)}, line {number}: not UTF-8: {error}.") from error
        if line.strip():
            yield number, line


def bad_line(file: str | os.PathLike[str], number: int, expected: str, line: str) -> ValueError:
    """Return the error of a line that is not as expected."""
    return ValueError(
        f"{os.fspath(file)}, line {number}: expected {expected}, found {line[:60]!r}."
    )


class KnownWords:
    """The row of each word, case-insensitive on request.

    Parameters
    ----------
    vocabulary : Vocabulary
        Of ids from 0.
    limit : int or None
        Number of words from the top that are known; None for all.
    ignore_case : bool
        Whether words that differ in case only are the same word: the first of them.
    """

    def __init__(self, vocabulary: Vocabulary, limit: int | None, ignore_case: bool):
        self.ignore_case = ignore_case
        self.tokens = vocabulary.tokens[:limit]
        folded = self.fold(self.tokens)
        self._row_of = dict(zip(reversed(folded), range(len(folded) - 1, -1, -1)))

    def fold(self, words: Sequence[str]) -> list[str]:
        # Upper case, as in gensim: it makes "ß" and "ss" the same.
        return [word.upper() for word in words] if self.ignore_case else list(words)

    def lookup(self, words: Sequence[str]) -> NDArray[np.int64]:
        """Return the row of each word, -1 if it is not known."""
        found = (self._row_of.get(word, -1) for word in self.fold(words))
        return np.fromiter(found, np.int64, len(words))

    def first_rows(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for each row the first row of the same word in any case."""
        distinct, at = np.unique(rows, return_inverse=True)
        return self.lookup([self.tokens[row] for row in distinct])[at].reshape(rows.shape)

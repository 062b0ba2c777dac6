"""Words of documents that are read block by block, and forgotten once they are counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray

from ..._inputs._blocks import in_blocks
from ..._inputs._streams import is_stream
from ..._kernels._hashed_ngrams import HashedRows
from ..._kernels._ngrams import NgramCounts
from ..._kernels._tokenize import Reading, Scanner
from ..._ragged import offsets_of_kept
from ..._vocabulary import Vocabulary, trusted_vocabulary
from ._ngram_analyzer import vocabulary_of
from ._reader import Reader, reader_of


def word_stream(vectorizer: Any, X: Any) -> WordStream | None:
    """Return the words of a stream of documents; None for what is, or must be, read at once.

    Parameters
    ----------
    vectorizer : CountVectorizer, TfidfVectorizer or HashingVectorizer
    X : stream, or documents in any other form
    """
    if not is_stream(X):
        return None
    reader = reader_of(vectorizer)
    min_n, max_n = vectorizer.ngram_range
    if vectorizer.analyzer != "word" or reader.scanner is None:
        return None
    # What is no white space may sort before a space: only counting all words at once knows.
    if vectorizer.token_pattern.endswith(r"\S+") and max_n > 1:
        return None
    stop_words = vectorizer.get_stop_words()
    return WordStream(
        reader.scanner,
        _texts(vectorizer, reader, X),
        vocabulary_of(frozenset(stop_words)) if stop_words else None,
        max(min_n, 1),  # scikit-learn takes any number for words alone
        max_n,
        effective_n_jobs(vectorizer.n_jobs),
    )


def _texts(vectorizer: Any, reader: Reader, X: Any) -> Iterator[list[str]]:
    first = 0
    for block in in_blocks(X):
        yield reader.texts(vectorizer, block, first)
        first += len(block)


class WordStream(NamedTuple):
    """Blocks of texts, and how their words and n-grams of words are made.

    Neither the texts nor the ids of their words are in memory as a whole: what becomes of them
    is written as they are read.
    """

    scanner: Scanner
    texts: Iterable[list[str]]
    stop_words: Vocabulary | None = None
    min_n: int = 1
    max_n: int = 1
    n_threads: int = 1

    def counted(self) -> NgramCounts:
        """Count the n-grams of each document; n_threads read, and one counts."""
        words = _Words(self)
        blocks = ((block.ids, block.offsets, words.n_symbols) for block in words.blocks())
        return NgramCounts.of_blocks(
            blocks, words.symbols, unit="joined", min_n=self.min_n, max_n=self.max_n
        )

    def hashed(self, **options: Any) -> tuple[NDArray[Any], NDArray[np.int32], NDArray[np.int64]]:
        """Hash the n-grams of each document, with the options of HashedRows."""
        words = _Words(self)
        rows = HashedRows(
            unit="joined",
            min_n=self.min_n,
            max_n=self.max_n,
            n_threads=self.n_threads,
            **options,
        )
        for block in words.blocks():
            rows.add_symbols(*block.new_symbols)
            rows.add(block.ids, block.offsets)
        return rows.finish()


class _Block(NamedTuple):
    ids: NDArray[np.int32]
    offsets: NDArray[np.int64]
    new_symbols: tuple[NDArray[np.uint8], NDArray[np.int64]]


class _Words:
    """The words of a stream as they become known, without the stop words."""

    def __init__(self, stream: WordStream):
        self.stream = stream
        self.n_symbols = 0
        self._reading: Reading = stream.scanner.reading(n_threads=stream.n_threads)
        self._is_kept = np.empty(0, dtype=bool)  # of each token

    def symbols(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return all words in UTF-8."""
        if self.stream.stop_words is None:
            return self._reading.distinct()
        return _taken(self._reading.distinct(), self._is_kept)

    def blocks(self) -> Iterator[_Block]:
        """Read block by block; ids number the words by first appearance."""
        for texts in self.stream.texts:
            n_before = self._reading.n_distinct
            self._reading.read(texts)
            ids, offsets, _ = self._reading.take()
            new = self._reading.distinct(n_before)
            if self.stream.stop_words is not None:
                ids, offsets, new = self._without(self.stream.stop_words, ids, offsets, new)
            self.n_symbols += len(new[1]) - 1
            yield _Block(ids, offsets, new)

    def _without(
        self,
        stop_words: Vocabulary,
        ids: NDArray[np.int32],
        offsets: NDArray[np.int64],
        new: tuple[NDArray[np.uint8], NDArray[np.int64]],
    ) -> _Block:
        are_new_kept = stop_words.lookup(trusted_vocabulary(*new)) < 0
        self._is_kept = np.concatenate([self._is_kept, are_new_kept])
        id_of_token = np.cumsum(self._is_kept, dtype=np.int32) - np.int32(1)
        keep = self._is_kept[ids]
        return _Block(
            id_of_token[ids[keep]],
            offsets_of_kept(keep, offsets),
            _taken(new, are_new_kept),
        )


def _taken(
    tokens: tuple[NDArray[np.uint8], NDArray[np.int64]], keep: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    kept = trusted_vocabulary(*tokens).take(np.flatnonzero(keep))
    return kept.buffer, kept.offsets

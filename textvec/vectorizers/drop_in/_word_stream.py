"""Words of documents that are read block by block, and forgotten once they are counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray

from ..._containers._ragged import offsets_of_kept
from ..._containers._vocabulary import Vocabulary, trusted_vocabulary
from ..._inputs._blocks import equal_parts, fills_blocks, in_blocks
from ..._inputs._int32_limits import check_counts_fit
from ..._inputs._streams import is_stream
from ..._kernels._hashed_ngrams import HashedRows
from ..._kernels._ngrams import NgramCounts
from ..._kernels._tokenize import Reading, Scanner
from ..._reporting._progress_bars import tracked_documents
from ._ngram_analyzer import native_range, vocabulary_of
from ._reader import Reader, reader_of


def word_stream(vectorizer: Any, X: Any) -> WordStream | None:
    """Return the words of documents to be read in blocks; None for what is to be read at once.

    In blocks are read streams and files, which need not fit into memory, and long lists, whose ids
    need not either.

    Parameters
    ----------
    vectorizer : CountVectorizer, TfidfVectorizer or HashingVectorizer
    X : the result of `unread_documents_of`
    """
    is_list = isinstance(X, list)
    are_files = vectorizer.input != "content"
    if not (are_files or fills_blocks(X) if is_list else is_stream(X)):
        return None
    reader = reader_of(vectorizer)
    min_n, max_n = native_range(vectorizer)
    if vectorizer.analyzer != "word" or reader.scanner is None:
        return None
    # What is no white space may sort before a space: only counting all words at once knows.
    if vectorizer.token_pattern.endswith(r"\S+") and max_n > 1:
        return None
    n_threads = effective_n_jobs(vectorizer.n_jobs)
    if are_files:
        parts = [_texts_of_files(vectorizer, reader, X)]
    elif not is_list:
        parts = [_texts(vectorizer, reader, X)]
    elif not reader.is_plain or reader.text is not None:
        return None  # functions of the user's stay in this thread
    else:
        parts = [_texts(vectorizer, reader, X, rows) for rows in equal_parts(X, n_threads)]
    stop_words = vectorizer.get_stop_words()
    return WordStream(
        reader.scanner,
        parts,
        vocabulary_of(frozenset(stop_words)) if stop_words else None,
        max(min_n, 1),  # scikit-learn takes any number for words alone
        max_n,
        n_threads,
    )


def _texts(
    vectorizer: Any, reader: Reader, X: Any, rows: tuple[int, int] | None = None
) -> Iterator[list[str]]:
    first = rows[0] if rows else 0
    for block in tracked_documents(in_blocks(X, rows=rows), X):
        yield reader.texts(vectorizer, block, first)
        first += len(block)


def _texts_of_files(vectorizer: Any, reader: Reader, X: Any) -> Iterator[list[str]]:
    """Read files one by one: their names do not say how many are a block."""
    files = chain.from_iterable(tracked_documents(in_blocks(X, 1), X))
    return in_blocks(reader.texts(vectorizer, [x], row)[0] for row, x in enumerate(files))


class WordStream(NamedTuple):
    """Blocks of texts, and how their words and n-grams of words are made.

    The ids of the words are never in memory as a whole, nor are texts that come from a stream:
    what becomes of them is written as they are read.
    """

    scanner: Scanner
    parts: Sequence[Iterable[list[str]]]  # consecutive ones, which threads may read side by side
    stop_words: Vocabulary | None = None
    min_n: int = 1
    max_n: int = 1
    n_threads: int = 1

    def counted(self) -> NgramCounts:
        """Count the n-grams of each document, each part in a thread.

        A part alone is read by all threads, and counted by one.
        """
        n_readers = self.n_threads if len(self.parts) == 1 else 1
        return NgramCounts.of_sources(
            [_Words(self, part, n_readers) for part in self.parts],
            unit="joined",
            min_n=self.min_n,
            max_n=self.max_n,
        )

    def hashed(self, **options: Any) -> tuple[NDArray[Any], NDArray[np.int32], NDArray[np.int64]]:
        """Hash the n-grams of each document, with the options of HashedRows."""
        words = _Words(self, chain.from_iterable(self.parts), self.n_threads)
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
    n_symbols: int  # with the new ones
    new_symbols: tuple[NDArray[np.uint8], NDArray[np.int64]]


class _Words:
    """The words of texts as they become known, without the stop words."""

    def __init__(self, stream: WordStream, texts: Iterable[list[str]], n_threads: int):
        self._texts = texts
        self._stop_words = stream.stop_words
        self._reading: Reading = stream.scanner.reading(n_threads=n_threads)
        self._is_kept = np.empty(0, dtype=bool)  # of each token, if there are stop words

    def symbols(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return all words in UTF-8."""
        if self._stop_words is None:
            return self._reading.distinct()
        return _taken(self._reading.distinct(), self._is_kept)

    def blocks(self) -> Iterator[_Block]:
        """Read block by block; ids number the words by first appearance."""
        for texts in self._texts:
            n_before = self._reading.n_distinct
            self._reading.read(texts)
            ids, offsets, _ = self._reading.take()
            check_counts_fit(offsets, names_row=False)
            new = self._reading.distinct(n_before)
            if self._stop_words is None:
                yield _Block(ids, offsets, self._reading.n_distinct, new)
            else:
                yield self._without(self._stop_words, ids, offsets, new)

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
            int(np.count_nonzero(self._is_kept)),
            _taken(new, are_new_kept),
        )


def _taken(
    tokens: tuple[NDArray[np.uint8], NDArray[np.int64]], keep: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    kept = trusted_vocabulary(*tokens).take(np.flatnonzero(keep))
    return kept.buffer, kept.offsets

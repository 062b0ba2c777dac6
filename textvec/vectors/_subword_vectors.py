"""Vectors of words, composed of those of their character n-grams."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._containers._read_only import owned
from .._inputs._words import word_list
from .._kernels._subword_sums import add_subwords
from .._kernels._token_bytes import encode_tokens


class SubwordVectors:
    """Make a vector for any word from the vectors of its character n-grams.

    Parameters
    ----------
    table : array-like of shape (n_buckets, embedding_dim)
        The vectors of n-grams; those of the same hash share a row. Copied, unless it is float32
        and read-only already.
    min_n, max_n : int
        Number of characters of the shortest and of the longest n-gram, at least 1; fastText
        takes 3 and 6.

    See Also
    --------
    WordVectors : A table of words, which falls back on these vectors.

    Notes
    -----
    A word is put between ``<`` and ``>``; the row of each n-gram is its hash, FNV-1a over the
    bytes of its UTF-8, modulo the number of rows [1]_. The vector of the word is the mean of
    theirs, and zeros if it has no n-gram. The numbers are gensim's, bit for bit.

    References
    ----------
    .. [1] P. Bojanowski, E. Grave, A. Joulin and T. Mikolov, "Enriching Word Vectors with Subword
       Information", TACL 5, 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from textvec import SubwordVectors
    >>> subwords = SubwordVectors(np.eye(4, 3), min_n=3, max_n=3)
    >>> subwords.vectors(["frogs"])
    array([[0.2, 0. , 0.2]], dtype=float32)
    """

    def __init__(self, table: ArrayLike, *, min_n: int, max_n: int):
        if np.iscomplexobj(table):
            raise TypeError("table must hold real numbers, got complex ones.")
        self.table: NDArray[np.float32] = owned(table, np.float32)
        self.min_n = int(min_n)
        self.max_n = int(max_n)
        if self.table.ndim != 2 or not self.table.size:
            raise ValueError(
                f"table must be of shape (n_buckets, embedding_dim), got {self.table.shape}."
            )
        if not 1 <= self.min_n <= self.max_n:
            raise ValueError(f"1 <= min_n <= max_n must hold, got {min_n} and {max_n}.")

    @property
    def embedding_dim(self) -> int:
        return int(self.table.shape[1])

    def vectors(self, words: Iterable[str]) -> NDArray[np.float32]:
        """Make vectors of words.

        Parameters
        ----------
        words : iterable of str
            The words, any number of them.

        Returns
        -------
        ndarray of shape (n_words, embedding_dim), float32
            Zeros for a word without n-grams.
        """
        words = word_list(words)
        buffer, offsets = encode_tokens(words)
        sums = np.zeros((len(words), self.embedding_dim), np.float32)
        counts = add_subwords(buffer, offsets, self.min_n, self.max_n, self.table, sums)
        sums /= np.maximum(counts, 1)[:, None].astype(np.float32)
        return sums

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SubwordVectors):
            return NotImplemented
        return (self.min_n, self.max_n) == (other.min_n, other.max_n) and np.array_equal(
            self.table, other.table
        )

    __hash__ = None  # type: ignore[assignment]

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        SubwordVectors.__init__(self, self.table, min_n=self.min_n, max_n=self.max_n)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({len(self.table)} vectors of {self.min_n} to {self.max_n} "
            "characters)"
        )

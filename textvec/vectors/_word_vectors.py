"""Words and their vectors."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._vocabulary import Vocabulary
from .formats import Format, read_vectors

N_RESERVED = 2  # rows of an embedding that stand for no word: padding and unknown
_N_NAMED = 5  # missing words that a message lists


class WordVectors:
    """A vector for each word of a vocabulary; never changed once made.

    Parameters
    ----------
    vocabulary : Vocabulary or sequence of str
        The words, all distinct.
    matrix : array-like of shape (n_words, embedding_dim)
        Their vectors. float32 and float16 are kept as they are and not copied, memory-mapped
        ones included; anything else becomes float32.

    Attributes
    ----------
    vocabulary : Vocabulary
        Of ids from 0, the rows of `matrix`.
    matrix : ndarray of shape (n_words, embedding_dim), float32 or float16
        Read-only.
    embedding_dim : int
        Width of the vectors.

    Raises
    ------
    ValueError
        If there are not as many vectors as words, or a number is not finite.

    See Also
    --------
    EmbeddingVectorizer : Looks the words of documents up.

    Examples
    --------
    >>> from textvec import WordVectors
    >>> vectors = WordVectors(["frog", "toad"], [[1, 2, 0], [1, 3, 0]])
    >>> vectors
    WordVectors(2 words, 3 dimensions, float32)
    >>> vectors["toad"]
    array([1., 3., 0.], dtype=float32)
    >>> "newt" in vectors
    False
    """

    def __init__(self, vocabulary: Vocabulary | Sequence[str], matrix: ArrayLike):
        self.vocabulary = _counted_from_zero(vocabulary)
        self.matrix = _read_only(_as_floats(matrix))
        self._table: NDArray[Any] | None = None
        _check(self.vocabulary, self.matrix)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        format: Format | None = None,
        embedding_dim: int | None = None,
        limit: int | None = None,
    ) -> Self:
        """Load a file of vectors as text, plain or compressed by gzip, bzip2 or xz.

        Parameters
        ----------
        path : str or path
            Of the file.
        format : {"glove", "word2vec"} or None, default=None
            ``"glove"`` is a line a word, its numbers behind it; ``"word2vec"``, which fastText's
            ``.vec`` files are too, begins with a line of two numbers, how many vectors and how
            wide. None decides by the first two lines.
        embedding_dim : int or None, default=None
            Width of the vectors; None finds it out. Said here, it also settles what is a word
            and what a number: all before the last `embedding_dim` fields of a line is the word,
            even if it holds blanks and numbers, as in ``route 66 0.1 0.2``.
        limit : int or None, default=None
            Number of vectors to load at most, from the top; None loads all. Files go by falling
            frequency as a rule, so these are the most frequent words.

        Returns
        -------
        WordVectors
            In float32, each number the one nearest to its text.

        Raises
        ------
        ValueError
            If the file is not what it should be; the message names the line or byte, what was
            expected and what was found.

        Warns
        -----
        UserWarning
            If words come more than once; the first vector of each is kept.

        Notes
        -----
        A file cut short in the middle of its last number can't be told from a whole one, unless
        a header says how many vectors there are.
        """
        table = read_vectors(
            path, format, embedding_dim=embedding_dim, limit=limit, n_blank=N_RESERVED
        )
        if table.n_duplicates:
            warnings.warn(
                f"{os.fspath(path)}: {table.n_duplicates} vectors are left out, as their words "
                "came before; the first of each is kept.",
                stacklevel=2,
            )
        vocabulary = Vocabulary.from_buffer(table.buffer, table.offsets, check=False)
        return cls._restored(vocabulary, table.matrix)

    @property
    def embedding_dim(self) -> int:
        return int(self.matrix.shape[1])

    def vectors(self, words: Sequence[str]) -> NDArray[Any]:
        """Look many words up.

        Parameters
        ----------
        words : sequence of str
            The words, in any number.

        Returns
        -------
        ndarray of shape (n_words, embedding_dim)

        Raises
        ------
        KeyError
            If words are missing; the message names the first of them.
        """
        if isinstance(words, str):
            raise TypeError(f"words must be a sequence of str, got one: use [{words!r}].")
        rows = self.vocabulary.lookup(words)
        missing = [words[i] for i in np.flatnonzero(rows < 0).tolist()]
        if missing:
            named = ", ".join(map(repr, missing[:_N_NAMED]))
            more = f" and {len(missing) - _N_NAMED} more" if len(missing) > _N_NAMED else ""
            raise KeyError(f"there are no vectors for {named}{more}.")
        return self.matrix[rows]

    def lookup_table(self) -> NDArray[Any]:
        """Give the table of an embedding: rows of zeros for ids 0 and 1, then the vectors.

        Returns
        -------
        ndarray of shape (2 + n_words, embedding_dim)
            Read-only. Vectors that were loaded stand in one already; of others it is made.
        """
        if self._table is not None:
            return self._table
        table = np.zeros((N_RESERVED + len(self), self.embedding_dim), self.matrix.dtype)
        table[N_RESERVED:] = self.matrix
        return _read_only(table)

    def __len__(self) -> int:
        return len(self.vocabulary)

    def __iter__(self) -> Iterator[str]:
        return iter(self.vocabulary)

    def __contains__(self, word: object) -> bool:
        return word in self.vocabulary

    def __getitem__(self, word: str) -> NDArray[Any]:
        """Give the vector of a word, a view of `matrix`."""
        row: NDArray[Any] = self.matrix[self.vocabulary[word]]
        return row

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WordVectors):
            return NotImplemented
        return (
            self.vocabulary == other.vocabulary
            and self.matrix.dtype == other.matrix.dtype
            and np.array_equal(self.matrix, other.matrix)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({len(self)} words, {self.embedding_dim} dimensions, "
            f"{self.matrix.dtype})"
        )

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        # clone() copies parameters: a grid search would copy the whole table for every fit.
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        if self._table is None:
            return type(self), (self.vocabulary, self.matrix)
        # The table goes whole, so that an estimator that shares it is pickled with it once.
        return type(self)._restored, (self.vocabulary, self._table)

    @classmethod
    def _restored(cls, vocabulary: Vocabulary, table: NDArray[Any]) -> Self:
        """Make vectors of a table as `lookup_table` gives, known to be right and ours to keep."""
        vectors = cls.__new__(cls)
        table.flags.writeable = False
        vectors.vocabulary = vocabulary
        vectors._table = table
        vectors.matrix = table[N_RESERVED:]
        return vectors


def _counted_from_zero(words: Vocabulary | Sequence[str]) -> Vocabulary:
    if not isinstance(words, Vocabulary):
        return Vocabulary(words)
    if words.first_id == 0:
        return words
    return Vocabulary.from_buffer(words.buffer, words.offsets, check=False)


def _as_floats(matrix: ArrayLike) -> NDArray[Any]:
    array = np.asarray(matrix)
    if array.dtype in (np.float32, np.float16):
        return array
    with np.errstate(over="ignore"):  # the check that follows names what overflows
        return array.astype(np.float32)


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    if array.flags.writeable:
        array = array.view()
        array.flags.writeable = False
    return array


def _check(vocabulary: Vocabulary, matrix: NDArray[Any]) -> None:
    if matrix.ndim != 2 or len(matrix) != len(vocabulary) or not matrix.shape[1]:
        raise ValueError(
            f"matrix must be of shape ({len(vocabulary)}, embedding_dim), a row for each word, "
            f"got {matrix.shape}."
        )
    # The extremes are NaN or infinite if any number is, and take no memory.
    if matrix.size and not np.isfinite([matrix.min(), matrix.max()]).all():
        row = int(np.flatnonzero(~np.isfinite(matrix).all(axis=1))[0])
        raise ValueError(
            f"the vector of {vocabulary.id_to_token(row)!r}, row {row}, holds a number that is "
            f"not finite in {matrix.dtype}."
        )

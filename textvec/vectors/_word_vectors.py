"""Words and their vectors."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .._vocabulary import Vocabulary
from ._loading import (
    N_RESERVED,
    Origin,
    gensim_parts,
    load_table,
    reopen,
    save_table,
    subword_table,
    subword_vectors,
)
from .formats import Format, VectorsTable
from .queries._word_queries import WordQueries

_N_NAMED = 5  # missing words that a message lists


class WordVectors(WordQueries):
    """A vector for each word of a vocabulary; never changed once made.

    Parameters
    ----------
    vocabulary : Vocabulary or sequence of str
        The words, all distinct.
    matrix : array-like of shape (n_words, embedding_dim)
        Their vectors. float32 and float16 are kept as they are and not copied, memory-mapped
        ones included; anything else becomes float32.
    subwords : SubwordVectors or None, default=None
        What makes vectors of words that are not in the vocabulary: anything with a method
        ``vectors(words)`` that gives an array of shape (n_words, embedding_dim), zeros where it
        can't tell.

    Attributes
    ----------
    vocabulary : Vocabulary
        Of ids from 0, the rows of `matrix`.
    matrix : ndarray of shape (n_words, embedding_dim), float32 or float16
        Read-only.
    embedding_dim : int
        Width of the vectors.
    subwords : SubwordVectors or None

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

    def __init__(
        self,
        vocabulary: Vocabulary | Sequence[str],
        matrix: ArrayLike,
        *,
        subwords: Any = None,
    ):
        self.vocabulary = _counted_from_zero(vocabulary)
        self.matrix = _read_only(_as_floats(matrix))
        self.subwords = subwords
        self._table: NDArray[Any] | None = None
        self._origin: Origin | None = None
        _check(self.vocabulary, self.matrix)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        format: Format | None = None,
        member: str | None = None,
        embedding_dim: int | None = None,
        limit: int | None = None,
        words: Iterable[str] | None = None,
        dtype: DTypeLike | None = None,
        cache: bool | str | os.PathLike[str] = False,
    ) -> Self:
        """Load a file of vectors, plain or compressed by gzip, bzip2, xz or zip.

        Parameters
        ----------
        path : str or path
            Of the file, or of a folder that `save` wrote.
        format : str or None, default=None
            ``"glove"`` is a line a word, its numbers behind it; ``"word2vec"``, which fastText's
            ``.vec`` files are too, begins with a line of two numbers, how many vectors and how
            wide; ``"word2vec-binary"`` has numbers of four bytes behind such a line;
            ``"fasttext"`` is a ``.bin`` model, whose subwords are kept; ``"safetensors"`` holds
            the tensors ``embeddings``, ``vocabulary`` (uint8, the UTF-8 of all words, end to end)
            and ``offsets`` (int64, where each begins, and the end of the last); ``"native"`` is a
            folder. None decides by the first bytes.
        member : str or None, default=None
            Which file of a zip archive; None takes the only one.
        embedding_dim : int or None, default=None
            Width of the vectors; None finds it out. Said here, it also settles what is a word
            and what a number in a line: all before its last `embedding_dim` fields is the word,
            even if it holds blanks and numbers, as in ``route 66 0.1 0.2``.
        limit : int or None, default=None
            Number of vectors to look at, from the top; None looks at all. Files go by falling
            frequency as a rule, so these are the most frequent words.
        words : Vocabulary or iterable of str, default=None
            The words to keep among them, in the order of the file; None keeps all. No memory is
            taken for others.
        dtype : {"float16", "float32"} or None, default=None
            Of the matrix. None takes the file's own, float32 for text.
        cache : bool or path, default=False
            Whether to parse a file once and map what was read ever after: True writes a folder
            to ``$TEXTVEC_DATA`` or else the user's cache, a path to another place. A file of
            another size or time of change is parsed anew.

        Returns
        -------
        WordVectors
            Numbers of text are the float32 nearest to it. Vectors of a native folder, or out of
            the cache, are mapped from disk: opening them reads none, processes share them, and
            their pickle holds the path.

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
        A text cut short in the middle of its last number can't be told from a whole one, unless
        a header says how many vectors there are. The numbers of a folder are not checked.

        Pickles, such as gensim's ``.kv`` and ``.model``, are never opened: see `from_gensim`.
        """
        table, origin = load_table(
            path,
            format=format,
            member=member,
            embedding_dim=embedding_dim,
            limit=limit,
            words=words,
            dtype=dtype,
            cache=cache,
        )
        if table.n_duplicates:
            warnings.warn(
                f"{os.fspath(path)}: {table.n_duplicates} vectors are left out, as their words "
                "came before; the first of each is kept.",
                stacklevel=2,
            )
        return cls._of_table(table, origin)

    @classmethod
    def from_gensim(cls, keyed_vectors: Any) -> Self:
        """Take the vectors of gensim.

        Parameters
        ----------
        keyed_vectors : gensim.models.KeyedVectors
            Those of fastText keep their subwords. They are copied.

        Returns
        -------
        WordVectors

        Examples
        --------
        Vectors that gensim saved as a pickle are opened by gensim, by whoever trusts them::

            vectors = WordVectors.from_gensim(gensim.models.KeyedVectors.load("vectors.kv"))
            vectors.save("vectors")
        """
        words, matrix, subwords = gensim_parts(keyed_vectors)
        return cls(words, matrix, subwords=subwords)

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        format: Literal["native", "word2vec", "word2vec-binary"] | None = None,
    ) -> None:
        """Write the vectors; what is at `path` is replaced once all is written.

        Parameters
        ----------
        path : str or path
            Of the file, or of the folder for the native form. A folder that holds something else
            is not replaced.
        format : {"native", "word2vec", "word2vec-binary"} or None, default=None
            The native form, which None is too, opens in an instant and takes any word. Files of
            word2vec are for other programs; they hold float32, and no subwords.

        Raises
        ------
        ValueError
            If a word holds a blank, and word2vec could not tell it from a number.
        FileExistsError
            If `path` is something else than what is to be written.
        """
        table = VectorsTable(
            self.vocabulary.buffer,
            self.vocabulary.offsets,
            self.matrix,
            "native",
            subwords=subword_table(self.subwords),
        )
        save_table(path, table, format=format, n_blank=0)

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
            If words are missing and there are no `subwords`; the message names the first of them.
        """
        if isinstance(words, str):
            raise TypeError(f"words must be a sequence of str, got one: use [{words!r}].")
        rows = self.vocabulary.lookup(words)
        if self.subwords is not None:
            return self._with_subwords(words, rows)
        missing = [words[i] for i in np.flatnonzero(rows < 0).tolist()]
        if missing:
            named = ", ".join(map(repr, missing[:_N_NAMED]))
            more = f" and {len(missing) - _N_NAMED} more" if len(missing) > _N_NAMED else ""
            raise KeyError(f"there are no vectors for {named}{more}.")
        return self.matrix[rows]

    def _with_subwords(self, words: Sequence[str], rows: NDArray[np.int32]) -> NDArray[Any]:
        found = np.zeros((len(rows), self.embedding_dim), self.matrix.dtype)
        found[rows >= 0] = self.matrix[rows[rows >= 0]]
        missing = np.flatnonzero(rows < 0)
        if len(missing):
            found[missing] = self.subwords.vectors([words[i] for i in missing.tolist()])
        return found

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
        """Give the vector of a word, a view of `matrix` if it is in the vocabulary."""
        if self.subwords is not None and word not in self.vocabulary:
            made: NDArray[Any] = self.vectors([word])[0]
            return made
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
        if self._origin is not None:
            return type(self)._reopened, (*self._origin,)
        # A table goes whole, so that an estimator that shares it is pickled with it once.
        table = self._table
        if table is None:
            return type(self)._made, (self.vocabulary, self.matrix, self.subwords)
        return type(self)._restored, (self.vocabulary, table, self.subwords)

    @classmethod
    def _made(cls, vocabulary: Vocabulary, matrix: NDArray[Any], subwords: Any) -> Self:
        return cls(vocabulary, matrix, subwords=subwords)

    @classmethod
    def _restored(
        cls,
        vocabulary: Vocabulary,
        table: NDArray[Any],
        subwords: Any = None,
        origin: Origin | None = None,
    ) -> Self:
        """Make vectors of a table as `lookup_table` gives, known to be right and ours to keep."""
        vectors = cls.__new__(cls)
        table.flags.writeable = False
        vectors.vocabulary = vocabulary
        vectors.subwords = subwords
        vectors._table = table
        vectors._origin = origin
        vectors.matrix = table[N_RESERVED:]
        return vectors

    @classmethod
    def _of_table(cls, table: VectorsTable, origin: Origin | None) -> Self:
        vocabulary = Vocabulary.from_buffer(table.buffer, table.offsets, check=False)
        return cls._restored(vocabulary, table.matrix, subword_vectors(table.subwords), origin)

    @classmethod
    def _reopened(cls, folder: str, checksum: str, n_words: int) -> Self:
        origin = Origin(folder, checksum, n_words)
        return cls._of_table(reopen(origin), origin)


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

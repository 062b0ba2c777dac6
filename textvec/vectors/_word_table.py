"""The container of word vectors: a vocabulary, and a read-only matrix with a row for each word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse

from .._containers._read_only import owned, read_only
from .._containers._vocabulary import FIRST, Vocabulary, numbered_from
from .._inputs._items import is_tensor, items_of
from .._inputs._named_arguments import naming_arguments
from .._inputs._words import word_list
from .._reporting._html_tables import ITEMS, ROWS, first_of, html_table, shortened
from ._near_spellings import near_spellings
from .formats._vectors_table import first_not_finite

_N_NAMED = 5  # missing words that a message lists

#: Attributes that nobody replaces: what is computed of them is kept.
_PARTS = {"vocabulary", "matrix", "subwords"}
#: Attributes that are made again, or are a cache.
_MADE = _PARTS | {"_table", "_origin", "_norms"}


class Subwords(Protocol):
    """What makes vectors of words that have none, as `SubwordVectors` does."""

    def vectors(self, words: list[str], /) -> NDArray[Any]: ...


class WordTable:
    """Hold a vector for each word of a vocabulary; see `WordVectors` for the parameters."""

    vocabulary: Vocabulary
    matrix: NDArray[Any]
    subwords: Subwords | None
    _table: NDArray[Any] | None  # the table of an embedding, if `matrix` is a view of one

    @naming_arguments("a file of vectors is read by WordVectors.load(path)")
    def __init__(
        self,
        vocabulary: Vocabulary | Sequence[str],
        matrix: ArrayLike,
        *,
        subwords: Subwords | None = None,
    ):
        words = vocabulary if isinstance(vocabulary, Vocabulary) else Vocabulary(vocabulary)
        self.vocabulary = numbered_from(words, 0)
        self.matrix = _as_floats(matrix)
        if subwords is not None and not callable(getattr(subwords, "vectors", None)):
            raise TypeError(
                f"subwords must have a method vectors(words), got {type(subwords).__name__}."
            )
        self.subwords = subwords
        self._table = None
        _check(self.vocabulary, self.matrix)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _PARTS and name in vars(self):
            cls = type(self).__name__
            raise AttributeError(
                f"{name} of {cls} can't be replaced: make others, as in {cls}(v.vocabulary, matrix)"
            )
        super().__setattr__(name, value)

    @property
    def embedding_dim(self) -> int:
        return int(self.matrix.shape[1])

    def _derived(self, words: Vocabulary, matrix: NDArray[Any], subwords: Subwords | None) -> Self:
        """Return vectors of the same class, with what a subclass has besides."""
        derived = type(self).__new__(type(self))
        WordTable.__init__(derived, words, matrix, subwords=subwords)
        vars(derived).update(self._own_attributes())
        return derived

    def _own_attributes(self) -> dict[str, Any]:
        """Return what a subclass has besides."""
        return {name: value for name, value in vars(self).items() if name not in _MADE}

    def vectors(self, words: Iterable[str]) -> NDArray[Any]:
        """Look up the vectors of words.

        Parameters
        ----------
        words : iterable of str
            The words, any number of them, by position: a list, an array, a column of a frame.

        Returns
        -------
        ndarray of shape (n_words, embedding_dim)
            The vector of each word, a row for each.

        Raises
        ------
        KeyError
            If words are missing and there are no `subwords`; the message names the first of them.
        """
        words = word_list(words)
        rows = self.vocabulary.lookup(words)
        if self.subwords is not None:
            return self._with_subwords(words, rows)
        missing = [words[i] for i in np.flatnonzero(rows < 0).tolist()]
        if missing:
            raise KeyError(self._missing_message(missing))
        return self.matrix[rows]

    def _with_subwords(self, words: list[str], rows: NDArray[np.int32]) -> NDArray[Any]:
        found = np.zeros((len(rows), self.embedding_dim), self.matrix.dtype)
        found[rows >= 0] = self.matrix[rows[rows >= 0]]
        missing = np.flatnonzero(rows < 0)
        if len(missing):
            found[missing] = self._composed([words[i] for i in missing.tolist()])
        return found

    def _composed(self, words: list[str]) -> NDArray[Any]:
        """Return what `subwords` makes, which may be any object's."""
        assert self.subwords is not None
        rows = np.asarray(self.subwords.vectors(words))
        if rows.shape != (len(words), self.embedding_dim) or not np.isfinite(rows).all():
            raise ValueError(
                f"subwords must make finite vectors of shape ({len(words)}, {self.embedding_dim}) "
                f"for as many words, got {rows.shape}."
            )
        return rows

    def lookup_table(self) -> NDArray[Any]:
        """Return the table of an embedding: zeros for ids 0 (padding) and 1 (unknown), then words.

        Returns
        -------
        ndarray of shape (2 + n_words, embedding_dim)
            Read-only. Loaded vectors are part of such a table already; for others it is made.
        """
        if self._table is not None:
            return self._table
        table = np.zeros((FIRST + len(self), self.embedding_dim), self.matrix.dtype)
        table[FIRST:] = self.matrix
        return read_only(table)

    def __len__(self) -> int:
        return len(self.vocabulary)

    def __iter__(self) -> Iterator[str]:
        return iter(self.vocabulary)

    def __contains__(self, word: object) -> bool:
        return word in self.vocabulary

    def __getitem__(self, word: str | Iterable[str]) -> NDArray[Any]:
        """Return the vector of a word, a view of `matrix` if it is in the vocabulary.

        Of a list of words, or another iterable, return what `vectors` does.
        """
        if not isinstance(word, str):
            return self.vectors(word)
        if self.subwords is not None and word not in self.vocabulary:
            made: NDArray[Any] = self.vectors([word])[0]
            return made
        if word not in self.vocabulary:
            raise KeyError(self._missing_message([word]))
        row: NDArray[Any] = self.matrix[self.vocabulary[word]]
        return row

    def _missing_message(self, missing: list[str]) -> str:
        named = ", ".join(map(repr, missing[:_N_NAMED]))
        more = f" and {len(missing) - _N_NAMED} more" if len(missing) > _N_NAMED else ""
        near = near_spellings(self.vocabulary, missing[0])
        of_first = "" if len(missing) == 1 else f", in place of {missing[0]!r}"
        hint = f": did you mean {' or '.join(map(repr, near))}{of_first}?" if near else "."
        return f"there are no vectors for {named}{more}{hint}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WordTable):
            return NotImplemented
        return (
            self.vocabulary == other.vocabulary
            and self.matrix.dtype == other.matrix.dtype
            and np.array_equal(self.matrix, other.matrix)
            and (self.subwords is other.subwords or bool(self.subwords == other.subwords))
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({len(self)} words, {self.embedding_dim} dimensions, "
            f"{self.matrix.dtype})"
        )

    def _repr_html_(self) -> str:
        words = self.vocabulary.take(np.arange(min(ROWS, len(self)))).tokens
        rows = [
            (shortened(word), first_of([f"{x:.4g}" for x in vector[:ITEMS]], len(vector)))
            for word, vector in zip(words, self.matrix)
        ]
        return html_table(repr(self), ["word", "vector"], rows, n_rows=len(self), what="words")


def _as_floats(matrix: ArrayLike) -> NDArray[Any]:
    """Return a matrix in float32 or float16, as an array that nobody can write to."""
    if issparse(matrix):
        raise TypeError("matrix is sparse: pass matrix.toarray().")
    try:
        with np.errstate(over="ignore"):  # the check that follows names what overflows
            if isinstance(matrix, np.ma.MaskedArray):  # whose check names the first masked row
                matrix = np.where(np.ma.getmaskarray(matrix), np.nan, matrix.data).astype("f4")
            array = np.asarray(items_of(matrix, "matrix") if is_tensor(matrix) else matrix)
            if array.dtype in (np.float32, np.float16):
                return owned(array)
            if array.dtype.kind in "biufO":
                return read_only(array.astype(np.float32, order="C"))
    except (TypeError, ValueError, OverflowError) as error:
        raise TypeError(f"matrix must hold real numbers in rows of one width: {error}.") from error
    raise TypeError(f"matrix must hold real numbers, got {array.dtype}.")


def _check(vocabulary: Vocabulary, matrix: NDArray[Any]) -> None:
    if matrix.ndim != 2 or len(matrix) != len(vocabulary) or not matrix.shape[1]:
        raise ValueError(
            f"matrix must be of shape ({len(vocabulary)}, embedding_dim), a row for each word, "
            f"got {matrix.shape}."
        )
    row = first_not_finite(matrix)
    if row is not None:
        raise ValueError(
            f"the vector of {vocabulary.id_to_token(row)!r}, row {row}, holds a number that is "
            f"not finite in {matrix.dtype}."
        )


def checked_table(vocabulary: Vocabulary, table: Any) -> NDArray[Any]:
    """Return the table of an embedding of these words, or raise a ValueError if it is none.

    The numbers are not read, but for those of the reserved rows: the table may be mapped.
    """
    array = np.asarray(table)
    rows = FIRST + len(vocabulary)
    if (
        array.ndim != 2
        or len(array) != rows
        or not array.shape[1]
        or array.dtype not in (np.float32, np.float16)
        or vocabulary.first_id
    ):
        raise ValueError(
            f"expected the table of {len(vocabulary)} words with ids from 0: {rows} rows of "
            f"float32 or float16, got shape {array.shape} of {array.dtype}."
        )
    if array[:FIRST].any():
        raise ValueError(f"the first {FIRST} rows of the table must be zeros.")
    return array

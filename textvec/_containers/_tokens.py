"""Tokenized documents: ids of tokens, and the vocabulary they point into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._inputs._items import items_of
from .._inputs._missing import is_missing
from .._inputs._named_arguments import naming_arguments
from .._inputs._plain_array import plain_array
from .._kernels._tokenize import TokenBuilder
from .._reporting._html_tables import ITEMS, first_of
from ._ragged import Ragged, trusted_rows
from ._read_only import owned, read_only
from ._vocabulary import Vocabulary, trusted_vocabulary

__all__ = ["Tokens"]

# What the kernels return: ids, offsets, the vocabulary's buffer and offsets, spans.
ScanResult = tuple[
    NDArray[np.int32],
    NDArray[np.int64],
    NDArray[np.uint8],
    NDArray[np.int64],
    NDArray[np.int32] | None,
]


class Tokens(Ragged):
    """Documents as rows of token ids, with the vocabulary the ids point into.

    What a tokenizer returns and every vectorizer takes. A token is stored once, however
    often it occurs; no Python string exists until one is needed.

    Parameters
    ----------
    values : array-like of int of shape (n_tokens,)
        Id of each token in `vocabulary`; stored as int32.
    offsets : array-like of shape (n_documents + 1,)
        Where each document begins, as in :class:`Ragged`.
    vocabulary : Vocabulary
        The distinct tokens, of ids from 0. A selection of documents keeps all of it, so
        some of its tokens may occur in no document.
    spans : array-like of shape (n_tokens, 2) or None, default=None
        First character of each token in its document, and the one after its last; int32.

    Raises
    ------
    ValueError
        If an id lies outside the vocabulary, or the spans do not match the values.

    See Also
    --------
    WordTokenizer : Makes them of documents.
    SequenceVectorizer : Maps their tokens to ids of a learned vocabulary.

    Examples
    --------
    >>> from textvec import WordTokenizer
    >>> tokens = WordTokenizer().transform(["to be or not to be", "that is it"])
    >>> tokens
    Tokens(2 documents, 9 tokens, 7 distinct)
    >>> tokens[0]
    array([0, 1, 2, 3, 0, 1], dtype=int32)
    >>> tokens[[1]].to_list()
    [['that', 'is', 'it']]
    """

    @naming_arguments("rows of tokens become Tokens by Tokens.from_lists(rows)")
    def __init__(
        self,
        values: ArrayLike,
        offsets: ArrayLike,
        vocabulary: Vocabulary,
        spans: ArrayLike | None = None,
    ):
        if not isinstance(vocabulary, Vocabulary):
            raise TypeError(f"vocabulary must be a Vocabulary, got {type(vocabulary).__name__}.")
        super().__init__(_checked_ids(values, vocabulary), offsets)
        self._n_ids = len(vocabulary)
        self._vocabulary = vocabulary
        self._spans: NDArray[np.int32] | None = None if spans is None else _checked_spans(spans)
        if self.spans is not None and self.spans.shape != (len(self.values), 2):
            raise ValueError(
                f"spans must be of shape ({len(self.values)}, 2), got {self.spans.shape}."
            )

    @classmethod
    def from_lists(cls, documents: Any) -> Self:
        """Return documents that are tokenized already as Tokens.

        Parameters
        ----------
        documents : container of rows of str
            The tokens of each document, such as a patient's codes in order.

        Returns
        -------
        Tokens
            Ids number the tokens by first appearance.

        Raises
        ------
        TypeError
            If a document is one str, or a token is none; the message names the row.

        Examples
        --------
        >>> from textvec import Tokens
        >>> Tokens.from_lists([["I10", "E11.9"], ["J45", "I10"]]).values
        array([0, 1, 2, 0], dtype=int32)
        """
        builder = TokenBuilder()
        rows = documents if isinstance(documents, Iterator) else items_of(documents, "documents")
        for row, tokens in enumerate(rows):
            builder.add(checked_tokens(tokens, row))
        return cls._trusted(builder.finish())

    @classmethod
    def _trusted(cls, scanned: ScanResult) -> Self:
        values, offsets, buffer, token_offsets, spans = scanned
        tokens = cls.__new__(cls)
        tokens._values, tokens._offsets = read_only(values), read_only(offsets)
        tokens._spans = None if spans is None else read_only(spans)
        tokens._vocabulary = trusted_vocabulary(buffer, token_offsets)
        tokens._n_ids = len(tokens._vocabulary)
        return tokens

    @property
    def vocabulary(self) -> Vocabulary:
        return self._vocabulary

    @property
    def spans(self) -> NDArray[np.int32] | None:
        return self._spans

    def to_list(self) -> list[list[str]]:
        """Return the documents as lists of tokens.

        Returns
        -------
        list of list of str
            A list for each document.
        """
        names = np.array(self.vocabulary.tokens, dtype=object)
        flat, bounds = names[self.values].tolist(), self.offsets.tolist()
        return [flat[a:b] for a, b in pairwise(bounds)]

    def concat(self, *others: Self) -> Self:
        """Return these documents followed by those of other Tokens; the vocabularies are merged.

        Parameters
        ----------
        *others : Tokens
            Tokens of other documents; their vocabularies may differ.

        Returns
        -------
        Tokens
            The documents of all, in order, with one vocabulary.
        """
        Ragged._check_same_kind(self, others)
        parts = (self, *others)
        vocabulary, remaps = self.vocabulary.merge(*(o.vocabulary for o in others))
        if any(p.spans is None for p in parts):
            spans = None
        else:
            spans = np.concatenate([p.spans for p in parts if p.spans is not None])
        joined = Ragged.concat(
            *(trusted_rows(r[p.values], p.offsets) for p, r in zip(parts, remaps, strict=True))
        )
        return type(self)(
            joined.values, joined.offsets, vocabulary, None if spans is None else read_only(spans)
        )

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return (
            super().__eq__(other)
            and self.vocabulary == other.vocabulary
            and np.array_equal(_or_empty(self.spans), _or_empty(other.spans))
        )

    __hash__ = None

    def __repr__(self) -> str:
        return (
            f"Tokens({len(self)} documents, {len(self.values)} tokens, "
            f"{len(self.vocabulary)} distinct)"
        )

    _items_name = "tokens"
    _place_of_vectorizer = "after the tokenizer"

    def _row_text(self, row: int) -> str:
        ids = self[row]
        return first_of([self.vocabulary.id_to_token(int(i)) for i in ids[:ITEMS]], len(ids))

    def _check_state(self) -> None:
        Tokens.__init__(self, self._values, self._offsets, self._vocabulary, self._spans)

    def _with_items(self, items: NDArray[np.int64] | slice, offsets: NDArray[np.int64]) -> Self:
        tokens = super()._with_items(items, offsets)
        tokens._spans = None if self._spans is None else read_only(self._spans[items])
        return tokens


def trusted_tokens(scanned: ScanResult) -> Tokens:
    """Return what a kernel made as Tokens, without the checks and copies of the constructor.

    What is checked there is so by construction, and on a short document the checks would take
    longer than the reading.
    """
    return Tokens._trusted(scanned)


def checked_tokens(tokens: Any, row: int, *, what: str = "tokens") -> list[str]:
    """Return the tokens of one document as a list, or raise a TypeError that names its row.

    `what` is the word for them in the message, such as sentences.
    """
    if isinstance(tokens, (str, bytes)) or not isinstance(tokens, Iterable):
        raise TypeError(
            f"{what} must be an iterable of str, got {type(tokens).__name__} for row {row}: "
            f"{tokens!r:.50}. Put a single one into a list; texts are split before."
        )
    if isinstance(tokens, (set, frozenset)):
        raise TypeError(
            f"{what} have an order, got a {type(tokens).__name__} for row {row}: pass a list, "
            "such as sorted(tokens)."
        )
    checked = list(items_of(tokens, f"row {row}"))
    for token in checked:
        if not isinstance(token, str):
            raise TypeError(
                f"{what} must be str, got {type(token).__name__} among the {what} of row {row}: "
                f"{token!r:.50}. "
                + (
                    "Leave out what is missing."
                    if is_missing(token)
                    else "Codes that are numbers become str, as by str(code); rows of ids go into "
                    "Ragged.from_rows(X)."
                )
            )
    return checked


def check_known(tokens: Tokens, is_unknown: NDArray[np.bool_], remedy: str) -> None:
    """Raise a ValueError that names the first token marked in `is_unknown`, and its row."""
    unknown_at = is_unknown[tokens.values]
    if unknown_at.any():
        first = int(unknown_at.argmax())
        row = int(np.searchsorted(tokens.offsets, first, side="right")) - 1
        token = tokens.vocabulary.id_to_token(int(tokens.values[first]))
        raise ValueError(f"row {row} holds the token {token!r}, {remedy}")


def refuse_tokens(X: Any) -> None:
    """Raise a TypeError for Tokens where ids of a vocabulary are expected."""
    if isinstance(X, Tokens):
        raise TypeError(
            "Tokens hold numbers of this call alone, not the ids of a fitted vocabulary: put a "
            "SequenceVectorizer in between."
        )


def _or_empty(spans: NDArray[np.int32] | None) -> NDArray[Any]:
    return np.empty(0) if spans is None else spans


def _checked_ids(values: ArrayLike, vocabulary: Vocabulary) -> NDArray[np.int32]:
    if vocabulary.first_id != 0:
        raise ValueError(f"a Tokens' vocabulary counts from 0, got first_id={vocabulary.first_id}.")
    ids = _integers(values, "values")
    if ids.ndim != 1:
        raise ValueError(f"values must be 1-d, got {ids.ndim} dimensions.")
    if ids.size and (ids.min() < 0 or ids.max() >= len(vocabulary)):
        raise ValueError(
            f"ids run from {ids.min()} to {ids.max()}, outside the vocabulary of "
            f"{len(vocabulary)} tokens."
        )
    return owned(ids, np.int32)


def _checked_spans(spans: ArrayLike) -> NDArray[np.int32]:
    places = _integers(spans, "spans")
    if places.size and (places.min() < 0 or places.max() > np.iinfo(np.int32).max):
        raise ValueError(f"spans run from {places.min()} to {places.max()}, which are no places.")
    return owned(places, np.int32)


def _integers(values: ArrayLike, name: str) -> NDArray[Any]:
    """Return an array of integers, which are not cast before somebody looks at their range."""
    array = plain_array(values, name)
    if array.dtype == object:  # of pandas, where integers may be missing
        array = plain_array(array.tolist(), name)
    if array.size and array.dtype.kind not in "iu":
        raise ValueError(f"{name} must be integers, got items of dtype {array.dtype}.")
    return array

"""The distinct tokens of a corpus, and their ids."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence
from operator import index, itemgetter
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._inputs._words import word_list
from ._kernels._token_bytes import (
    TokenIndex,
    argsort_tokens,
    decode_tokens,
    encode_tokens,
    merge_tokens,
    take_tokens,
)
from ._ragged import offsets_from_lengths
from ._read_only import owned, read_only

__all__ = ["Vocabulary"]

# The contract of ids that go into an embedding: padding, any unknown token, the first token.
PAD, UNKNOWN, FIRST = 0, 1, 2

# What stands for an unknown token where ids are turned back into tokens.
UNKNOWN_NAME = "[UNK]"

_MAX_ID = np.iinfo(np.int32).max

# An empty array has other strides when unpickled, and joblib hashes strides.
_NO_BYTES = np.empty(0, dtype=np.uint8)


class Vocabulary(Mapping[str, int]):
    """An ordered set of distinct tokens: a read-only mapping of token to id.

    The tokens are stored as one buffer of UTF-8, not as a dict of strings, so that a
    vocabulary of millions pickles, merges and sorts without making one Python string. What
    finds a token is built when one is first looked up, and never pickled.

    Parameters
    ----------
    tokens : iterable of str, or Mapping of str to int, default=()
        The tokens, in the order of their ids; a set, which has no order, by code point. A
        mapping, such as another vocabulary, keeps its ids, which must follow one another.
    first_id : int or None, default=None
        Id of the first token; that of any other is `first_id` plus its position. None takes
        0, or the least id of a mapping.

    Attributes
    ----------
    buffer : ndarray of shape (n_bytes,), uint8
        The UTF-8 of all tokens, end to end; a lone surrogate takes three bytes
        (``"surrogatepass"``). Read-only.
    offsets : ndarray of shape (n_tokens + 1,), int64
        Where each token begins in `buffer`, and the end of the last. Read-only.
    first_id : int
    tokens : list of str

    Raises
    ------
    TypeError
        If a token is not a str.
    ValueError
        If a token occurs twice, an id would not fit int32, or the ids of a mapping have gaps or
        do not begin with `first_id`.

    Examples
    --------
    >>> from textvec import Vocabulary
    >>> vocabulary = Vocabulary(["to", "be", "or", "not"], first_id=2)
    >>> vocabulary["be"]
    3
    >>> vocabulary.id_to_token(5)
    'not'
    >>> vocabulary.lookup(["or", "else"])
    array([ 4, -1], dtype=int32)
    >>> joined, (_, ids) = vocabulary.merge(Vocabulary(["that", "be"]))
    >>> joined
    Vocabulary(['to', 'be', 'or', 'not', 'that'], first_id=2)
    >>> ids
    array([6, 3], dtype=int32)
    """

    __slots__ = ("_buffer", "_first_id", "_index", "_offsets")

    _buffer: NDArray[np.uint8]
    _offsets: NDArray[np.int64]
    _first_id: int
    _index: TokenIndex | None

    def __init__(
        self, tokens: Iterable[str] | Mapping[str, int] = (), *, first_id: int | None = None
    ):
        if isinstance(tokens, (str, bytes)):
            raise TypeError(f"tokens must be an iterable of str, got one str: {tokens!r}")
        if isinstance(tokens, Mapping) and not _is_ordered_set(tokens):
            tokens, first_id = _by_id(tokens, first_id)
        elif isinstance(tokens, (set, frozenset)):  # in the same order in every process
            tokens = sorted(tokens, key=str)
        buffer, offsets = encode_tokens(word_list(tokens, "tokens"))
        self._store(buffer, offsets, 0 if first_id is None else first_id)
        self._index = TokenIndex(buffer, offsets)

    @classmethod
    def from_buffer(cls, buffer: ArrayLike, offsets: ArrayLike, *, first_id: int = 0) -> Self:
        """Return a vocabulary of tokens that are UTF-8 already.

        Parameters
        ----------
        buffer : array-like of shape (n_bytes,), uint8
            The bytes of all tokens, end to end. Copied, unless it is a read-only array
            already, such as a memory map, which is shared.
        offsets : array-like of shape (n_tokens + 1,), int64
            Where each token begins, and the end of the last; copied likewise.
        first_id : int, default=0
            Id of the first token.

        Returns
        -------
        Vocabulary

        Raises
        ------
        ValueError
            If the offsets do not rise from 0 to the number of bytes, the bytes are not UTF-8,
            or a token occurs twice.
        """
        checked_buffer, checked_offsets = checked_arrays(owned(buffer), owned(offsets))
        vocabulary = cls.__new__(cls)
        vocabulary._index = TokenIndex(checked_buffer, checked_offsets)
        vocabulary._store(checked_buffer, checked_offsets, first_id)
        return vocabulary

    @classmethod
    def _trusted(cls, buffer: NDArray[np.uint8], offsets: NDArray[np.int64], first_id: int) -> Self:
        vocabulary = cls.__new__(cls)
        vocabulary._index = None
        vocabulary._store(buffer, offsets, first_id)
        return vocabulary

    def _store(self, buffer: NDArray[np.uint8], offsets: NDArray[np.int64], first_id: int) -> None:
        first_id = index(first_id)
        if not 0 <= first_id <= _MAX_ID - (len(offsets) - 1):
            raise ValueError(
                f"ids must lie between 0 and {_MAX_ID}, got first_id={first_id} for "
                f"{len(offsets) - 1} tokens."
            )
        self._buffer = read_only(buffer if buffer.size else _NO_BYTES)
        self._offsets = read_only(offsets)
        self._first_id = first_id

    @property
    def buffer(self) -> NDArray[np.uint8]:
        return self._buffer

    @property
    def offsets(self) -> NDArray[np.int64]:
        return self._offsets

    @property
    def first_id(self) -> int:
        return self._first_id

    @property
    def tokens(self) -> list[str]:
        return decode_tokens(self._buffer, self._offsets)

    @property
    def nbytes(self) -> int:
        return self._buffer.nbytes + self._offsets.nbytes

    def token_to_id(self, token: str) -> int:
        """Return the id of a token.

        Raises
        ------
        KeyError
            If the vocabulary has no such token; the message names it.
        """
        position = self._find(token)
        if position < 0:
            raise KeyError(token)
        return position + self._first_id

    def id_to_token(self, id: int) -> str:
        """Return the token of an id.

        Raises
        ------
        IndexError
            If the vocabulary has no such id; the message names it and the ids there are.
        """
        position = index(id) - self._first_id
        if not 0 <= position < len(self):
            raise IndexError(
                f"id {id} is not in the vocabulary, whose {len(self)} ids count from "
                f"{self._first_id}."
            )
        return decode_tokens(self._buffer, self._offsets[position : position + 2])[0]

    def lookup(self, tokens: Vocabulary | Sequence[str]) -> NDArray[np.int32]:
        """Return the ids of many tokens.

        Parameters
        ----------
        tokens : Vocabulary or sequence of str
            A Vocabulary is looked up without making strings of its tokens.

        Returns
        -------
        ndarray of shape (n_tokens,), int32
            The ids; -1 where the vocabulary has no such token.

        Raises
        ------
        TypeError
            If a token is not a str, or one str is passed in place of several.
        """
        if isinstance(tokens, (str, bytes)):
            raise TypeError(f"tokens must be a sequence of str, got one: {tokens!r:.50}")
        if isinstance(tokens, Vocabulary):
            found = self._built_index().find_tokens(tokens._buffer, tokens._offsets)
        else:
            found = self._built_index().find_strings(word_list(tokens, "tokens"))
        if self._first_id:
            found[found >= 0] += self._first_id
        return found

    def take(self, positions: ArrayLike, *, first_id: int | None = None) -> Self:
        """Return the tokens at these positions, in that order.

        Parameters
        ----------
        positions : array-like of int
            Distinct positions, counted from 0 whatever `first_id` is.
        first_id : int or None, default=None
            Of the result; None keeps this one's.

        Returns
        -------
        Vocabulary

        Raises
        ------
        IndexError
            If there is no such position.
        ValueError
            If a position is given twice.
        """
        chosen = _checked_positions(positions, len(self))
        buffer, offsets = take_tokens(self._buffer, self._offsets, chosen)
        first_id = self._first_id if first_id is None else first_id
        return self._trusted(buffer, offsets, first_id)

    def argsort(self) -> NDArray[np.int64]:
        """Return the positions of the tokens in the order of their code points.

        Returns
        -------
        ndarray of shape (n_tokens,), int64
            The order ``sorted`` puts strings in.
        """
        return argsort_tokens(self._buffer, self._offsets)

    def merge(self, *others: Vocabulary) -> tuple[Self, list[NDArray[np.int32]]]:
        """Return the tokens of this vocabulary, then those that are new in each of the others.

        Merging is associative, so a corpus may be cut into parts and their vocabularies
        joined in any grouping, as long as their order is kept.

        Parameters
        ----------
        *others : Vocabulary
            Their `first_id` plays no part.

        Returns
        -------
        merged : Vocabulary
            Of this one's `first_id`.
        ids : list of ndarray of int32
            For this vocabulary and each of the others, the id in `merged` of its tokens by
            position.
        """
        vocabularies: tuple[Vocabulary, ...] = (self, *others)
        parts = [(v._buffer, v._offsets) for v in vocabularies]
        buffer, offsets, ids = merge_tokens(parts)
        merged = self._trusted(buffer, offsets, self._first_id)
        if self._first_id:
            for positions in ids:
                positions += self._first_id
        return merged, ids

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __iter__(self) -> Iterator[str]:
        return iter(self.tokens)

    def __getitem__(self, token: str) -> int:
        return self.token_to_id(token)

    def __contains__(self, token: object) -> bool:
        return self._find(token) >= 0

    def items(self) -> ItemsView[str, int]:
        """Return the pairs of token and id, in the order of the ids."""
        return _Items(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vocabulary):
            return super().__eq__(other)
        return (
            self._first_id == other._first_id
            and np.array_equal(self._offsets, other._offsets)
            and np.array_equal(self._buffer, other._buffer)
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        # The arrays only: an index that has been built must not change joblib's hash. Sizes of
        # tokens take a byte each, where offsets take eight.
        sizes = np.diff(self._offsets)
        small = sizes.astype(np.min_scalar_type(sizes.max(initial=0)))
        return _restore, (type(self), self._buffer, small, self._first_id)

    def __repr__(self) -> str:
        shown = decode_tokens(self._buffer, self._offsets[:7])
        more = f", ... {len(self)} tokens" if len(self) > len(shown) else ""
        first = f", first_id={self._first_id}" if self._first_id else ""
        return f"{type(self).__name__}([{', '.join(map(repr, shown))}{more}]{first})"

    def _built_index(self) -> TokenIndex:
        if self._index is None:
            self._index = TokenIndex(self._buffer, self._offsets)
        return self._index

    def _find(self, token: object) -> int:
        return self._built_index().find(token) if isinstance(token, str) else -1


class _Items(ItemsView[str, int]):
    """Pairs of token and id, made without a look-up of each."""

    _mapping: Vocabulary

    def __iter__(self) -> Iterator[tuple[str, int]]:
        vocabulary = self._mapping
        return zip(vocabulary.tokens, range(vocabulary.first_id, 2**31))


def _restore(
    cls: type[Vocabulary],
    buffer: NDArray[np.uint8],
    sizes: NDArray[np.unsignedinteger[Any]],
    first_id: int,
) -> Vocabulary:
    return cls._trusted(buffer, offsets_from_lengths(sizes), first_id)


def trusted_vocabulary(
    buffer: NDArray[np.uint8], offsets: NDArray[np.int64], *, first_id: int = 0
) -> Vocabulary:
    """Return a vocabulary of arrays that a kernel made, or that are another vocabulary's.

    They are neither checked nor copied, and become read-only: contiguous, of these dtypes, the
    offsets rising from 0 to the number of bytes, valid UTF-8, no token twice.
    """
    return Vocabulary._trusted(buffer, offsets, first_id)


def checked_arrays(
    buffer: ArrayLike, offsets: ArrayLike
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the buffer and offsets, or raise a ValueError if they are not a vocabulary's."""
    checked_buffer = np.ascontiguousarray(buffer, dtype=np.uint8)
    checked_offsets = np.ascontiguousarray(offsets, dtype=np.int64)
    if checked_buffer.ndim != 1 or checked_offsets.ndim != 1 or not checked_offsets.size:
        raise ValueError(
            "buffer and offsets must be 1-d, with at least one offset, got shapes "
            f"{checked_buffer.shape} and {checked_offsets.shape}."
        )
    first, last = checked_offsets[0], checked_offsets[-1]
    if first != 0 or last != checked_buffer.size or (np.diff(checked_offsets) < 0).any():
        raise ValueError(
            f"offsets must rise from 0 to the {checked_buffer.size} bytes of the buffer, "
            f"got offsets from {first} to {last}."
        )
    try:
        checked_buffer.tobytes().decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise ValueError(f"the buffer is not UTF-8: {error}.") from error
    starts = checked_offsets[:-1][np.diff(checked_offsets) > 0]
    cut = starts[(checked_buffer[starts] & 0xC0) == 0x80]  # continuation bytes begin with 10
    if cut.size:
        raise ValueError(f"a token begins inside a character, at byte {cut[0]} of the buffer.")
    return checked_buffer, checked_offsets


def _is_ordered_set(mapping: Mapping[str, Any]) -> bool:
    """Return whether a mapping is to nothing, as ``dict.fromkeys(tokens)`` is."""
    return not isinstance(mapping, Vocabulary) and all(id is None for id in mapping.values())


def _by_id(mapping: Mapping[str, int], first_id: int | None) -> tuple[list[str], int]:
    """Return the tokens of a mapping in the order of their ids, and the first id."""
    try:
        pairs = sorted(((index(id), token) for token, id in mapping.items()), key=itemgetter(0))
    except TypeError as error:
        raise TypeError(
            f"a mapping of tokens must be to ids, which are integers: {error}"
        ) from error
    ids = [id for id, _ in pairs]
    first = min(ids, default=0) if first_id is None else index(first_id)
    if ids != list(range(first, first + len(ids))):
        raise ValueError(
            f"a mapping of {len(ids)} tokens must have the ids {first} to {first + len(ids) - 1}, "
            f"got {ids[0]} to {ids[-1]}. To number the tokens anew in the same order, pass "
            "sorted(mapping, key=mapping.get)."
        )
    return [token for _, token in pairs], first


def _checked_positions(positions: ArrayLike, n_tokens: int) -> NDArray[np.int64]:
    chosen = np.asarray(positions)
    if chosen.ndim != 1 or (chosen.size and chosen.dtype.kind not in "iu"):
        raise IndexError(
            f"positions must be a 1-d array of integers, got shape {chosen.shape} of dtype "
            f"{chosen.dtype}."
        )
    chosen = np.ascontiguousarray(chosen, dtype=np.int64)
    if chosen.size and (chosen.min() < 0 or chosen.max() >= n_tokens):
        raise IndexError(
            f"positions must lie between 0 and {n_tokens - 1}, got {chosen.min()} to "
            f"{chosen.max()}."
        )
    if chosen.size and np.bincount(chosen, minlength=1).max() > 1:
        raise ValueError("positions must be distinct: a vocabulary holds a token once.")
    return chosen

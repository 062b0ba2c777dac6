"""The distinct tokens of a corpus, and their ids."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._inputs._peer_attributes import PeerAttributes
from .._inputs._plain_array import integer
from .._inputs._words import word_list
from .._kernels._token_bytes import (
    TokenIndex,
    argsort_tokens,
    decode_tokens,
    encode_tokens,
    merge_tokens,
    take_tokens,
)
from .._reporting._html_tables import ITEMS, html_table, shortened
from ._ragged import offsets_from_lengths
from ._read_only import owned, read_only
from ._vocabulary_checks import (
    checked_arrays,
    checked_positions,
    is_ordered_set,
    tokens_by_id,
)
from ._vocabulary_files import (
    PathLike,
    names_padding_and_unknown,
    read_json,
    read_lines,
    write_json,
    write_lines,
)

__all__ = ["Vocabulary"]

# The contract of ids that go into an embedding: padding, any unknown token, the first token.
PAD, UNKNOWN, FIRST = 0, 1, 2

# What stands for an unknown token where ids are turned back into tokens.
UNKNOWN_NAME = "[UNK]"

_MAX_ID = np.iinfo(np.int32).max

# An empty array has other strides when unpickled, and joblib hashes strides.
_NO_BYTES = np.empty(0, dtype=np.uint8)


class Vocabulary(PeerAttributes, Mapping[str, int]):
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

    See Also
    --------
    Tokens : Rows of ids in a vocabulary.
    SequenceVectorizer : Learns one from documents.

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

    _buffer: NDArray[np.uint8]
    _offsets: NDArray[np.int64]
    _first_id: int
    _index: TokenIndex | None
    _is_cased: bool | None = None  # until it is looked at

    def __init__(
        self, tokens: Iterable[str] | Mapping[str, int] = (), *, first_id: int | None = None
    ):
        if isinstance(tokens, (str, bytes)):
            raise TypeError(f"tokens must be an iterable of str, got one str: {tokens!r}")
        if isinstance(tokens, Mapping) and (
            isinstance(tokens, Vocabulary) or not is_ordered_set(tokens)
        ):
            tokens, first_id = tokens_by_id(tokens, first_id)
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
        first_id = integer(first_id, "first_id")
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

    @classmethod
    def from_json(cls, path: PathLike) -> Self:
        """Read a vocabulary from a file of JSON, as `to_json` and ``json.dump`` write it.

        Parameters
        ----------
        path : str or path-like
            A file with an object of tokens and ids, such as ``word_index`` of Keras or
            ``vocabulary_`` of scikit-learn, or with a list of tokens.

        Returns
        -------
        Vocabulary
            Of the ids in the file. A list has the ids of its positions; names of padding and of
            the unknown token at its beginning, such as ``["", "[UNK]"]``, are no tokens.

        Raises
        ------
        ValueError
            If the file is no JSON of this kind, or the ids do not follow one another.

        Examples
        --------
        >>> import tempfile
        >>> from textvec import Vocabulary
        >>> path = f"{tempfile.mkdtemp()}/vocabulary.json"
        >>> Vocabulary(["the", "frog"], first_id=2).to_json(path)
        >>> Vocabulary.from_json(path)
        Vocabulary(['the', 'frog'], first_id=2)
        """
        content = read_json(path)
        return cls(content) if isinstance(content, dict) else cls._of_positions(content)

    def to_json(self, path: PathLike) -> None:
        """Write the vocabulary as an object of JSON, token to id.

        Parameters
        ----------
        path : str or path-like
            A new file, or one that is replaced.
        """
        write_json(path, dict(self.items()))

    @classmethod
    def from_text(cls, path: PathLike) -> Self:
        r"""Read a vocabulary from a text file with one token a line.

        Parameters
        ----------
        path : str or path-like
            A file in UTF-8, such as ``vocab.txt`` of BERT.

        Returns
        -------
        Vocabulary
            The id of a token is the number of its line, from 0. Names of padding and of the
            unknown token in the first two lines are no tokens.

        Raises
        ------
        ValueError
            If the file is not UTF-8, or a token occurs twice.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> from textvec import Vocabulary
        >>> path = Path(tempfile.mkdtemp(), "vocabulary.txt")
        >>> Vocabulary(["the", "frog"], first_id=2).to_text(path)
        >>> path.read_text()
        '[PAD]\n[UNK]\nthe\nfrog\n'
        >>> Vocabulary.from_text(path)
        Vocabulary(['the', 'frog'], first_id=2)
        """
        return cls._of_positions(read_lines(path))

    def to_text(self, path: PathLike) -> None:
        """Write the vocabulary as a text file with one token a line.

        The line of a token, from 0, is its id: where ids count from 2, the first two lines are
        ``[PAD]`` and ``[UNK]``.

        Parameters
        ----------
        path : str or path-like
            A new file, or one that is replaced.

        Raises
        ------
        ValueError
            If a token holds an end of line, or ids count from another number than 0 or 2.
        """
        write_lines(path, self.tokens, self._first_id)

    @classmethod
    def _of_positions(cls, tokens: list[str]) -> Self:
        if names_padding_and_unknown(tokens):
            return cls(tokens[FIRST:], first_id=FIRST)
        return cls(tokens)

    def token_to_id(self, token: str) -> int:
        """Return the id of a token.

        Parameters
        ----------
        token : str
            A token of the vocabulary.

        Returns
        -------
        int
            The id.

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

        Parameters
        ----------
        id : int
            An id of the vocabulary.

        Returns
        -------
        str
            The token.

        Raises
        ------
        IndexError
            If the vocabulary has no such id; the message names it and the ids there are.
        """
        position = integer(id, "an id") - self._first_id
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
            The tokens, in the order of `positions`.

        Raises
        ------
        IndexError
            If there is no such position.
        ValueError
            If a position is given twice.
        """
        chosen = checked_positions(positions, len(self))
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

        Raises
        ------
        TypeError
            If one of the others is no Vocabulary.
        """
        for other in others:
            if not isinstance(other, Vocabulary):
                raise TypeError(f"merge takes vocabularies, got {type(other).__name__}.")
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
        size = 64  # the first token costs few, all cost little more than at once
        start = 0
        while start < len(self):
            yield from decode_tokens(self._buffer, self._offsets[start : start + size + 1])
            start += size
            size = min(2 * size, 2**16)

    def __getitem__(self, token: str) -> int:
        return self.token_to_id(token)

    def __contains__(self, token: object) -> bool:
        return self._find(token) >= 0

    def items(self) -> ItemsView[str, int]:
        """Return the pairs of token and id, in the order of the ids.

        Returns
        -------
        ItemsView
            Pairs of a token and its id.
        """
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

    def __getstate__(self) -> dict[str, Any]:
        # The arrays only: an index that has been built must not change joblib's hash. Sizes of
        # tokens take a byte each, where offsets take eight.
        sizes = np.diff(self._offsets)
        small = sizes.astype(np.min_scalar_type(sizes.max(initial=0)))
        return {"buffer": self._buffer, "sizes": small, "first_id": self._first_id}

    def __setstate__(self, state: dict[str, Any]) -> None:
        # A state may come from a file that anybody has written.
        buffer, sizes = np.asarray(state["buffer"]), np.asarray(state["sizes"])
        if buffer.dtype != np.uint8 or sizes.dtype.kind != "u" or sizes.ndim != 1:
            raise ValueError(
                "a vocabulary has a buffer of uint8 and unsigned sizes, got dtypes "
                f"{buffer.dtype} and {sizes.dtype}."
            )
        if (sizes > buffer.size).any():
            raise ValueError(f"a token is longer than the {buffer.size} bytes of all tokens.")
        checked, offsets = checked_arrays(buffer, offsets_from_lengths(sizes))
        self._index = None
        self._store(checked, offsets, state["first_id"])

    def __repr__(self) -> str:
        shown = decode_tokens(self._buffer, self._offsets[:7])
        more = f", ... {len(self)} tokens" if len(self) > len(shown) else ""
        first = f", first_id={self._first_id}" if self._first_id else ""
        return f"{type(self).__name__}([{', '.join(map(repr, shown))}{more}]{first})"

    def _repr_html_(self) -> str:
        shown = decode_tokens(self._buffer, self._offsets[: ITEMS + 1])
        rows = [(self._first_id + i, shortened(token)) for i, token in enumerate(shown)]
        caption = f"{type(self).__name__} of {len(self):,} tokens"
        return html_table(caption, ["id", "token"], rows, n_rows=len(self), what="tokens")

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


def index_of(vocabulary: Vocabulary) -> TokenIndex:
    """Return what finds tokens in a vocabulary, for kernels."""
    return vocabulary._built_index()


def is_cased(vocabulary: Vocabulary) -> bool:
    """Return whether a letter of a token is in upper case."""
    if vocabulary._is_cased is None:
        letters = vocabulary._buffer.tobytes().decode("utf-8", "surrogatepass")
        vocabulary._is_cased = letters != letters.lower()
    return vocabulary._is_cased


def numbered_from(vocabulary: Vocabulary, first_id: int) -> Vocabulary:
    """Return the same tokens with ids from another one on; their bytes are shared."""
    if vocabulary.first_id == first_id:
        return vocabulary
    return trusted_vocabulary(vocabulary.buffer, vocabulary.offsets, first_id=first_id)


def trusted_vocabulary(
    buffer: NDArray[np.uint8], offsets: NDArray[np.int64], *, first_id: int = 0
) -> Vocabulary:
    """Return a vocabulary of arrays that a kernel made, or that are another vocabulary's.

    They are neither checked nor copied, and become read-only: contiguous, of these dtypes, the
    offsets rising from 0 to the number of bytes, valid UTF-8, no token twice.
    """
    return Vocabulary._trusted(buffer, offsets, first_id)

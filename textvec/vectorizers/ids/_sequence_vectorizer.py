"""Documents as sequences of token ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..._containers._ragged import Ragged, offsets_of_kept, trusted_rows
from ..._containers._tokens import Tokens, refuse_tokens
from ..._containers._vocabulary import FIRST, PAD, UNKNOWN, UNKNOWN_NAME
from ..._estimators._fitted_state import of_one_moment
from ..._estimators._sequence_names import SequenceNames
from ..._inputs._streams import is_stream
from ...blocks import transform_stream
from ...distributed import is_dask, mapped
from ._vocabulary_vectorizer import OOV, VocabularyVectorizer


class SequenceVectorizer(SequenceNames, VocabularyVectorizer):
    """Turn documents into sequences of token ids.

    Id 0 is padding, 1 any unknown token, 2 the most frequent token of `fit`, 3 the second most
    frequent, and so on; ties are in code-point order. The order of the documents does not matter.

    Of a Dask collection of documents, `fit` counts on the workers, and `transform` returns a bag of
    `Ragged`, one for each partition.

    Parameters
    ----------
    tokenizer : tokenizer, callable or None, default=None
        Makes Tokens of raw documents, or lists of tokens of one each; None is
        ``WordTokenizer()``. Not used for Tokens; rows of tokens need None.
    max_tokens : int or None, default=None
        Greatest number of ids, 3 or more, padding and unknown included: the rows an embedding
        needs. 10,000 to 30,000 suit most corpora; None keeps all tokens.
        The ``max_tokens - 2`` most frequent tokens are kept.
    min_count : int, default=1
        Least number of occurrences of a token that is kept, 1 or more; 2 to 5 leaves out
        typing errors and rare names.
    min_df, max_df : int or float, default=1 and 1.0
        Least and greatest number of documents that hold a token that is kept; a float is a
        share of the documents.
    vocabulary : Mapping, iterable of str, or None, default=None
        The tokens to use in place of learned ones: in the order of their ids, or mapped to
        ids from 2 on. A list that begins with padding and unknown (``["", "[UNK]", ...]`` of
        Keras, ``["<pad>", "<unk>", ...]`` of torchtext) is the list of all ids. The four limits
        do not apply then, and no `fit` is needed.
    oov : {"index", "drop", "error"}, default="index"
        An unknown token in `transform` becomes 1, is left out, or raises.
    ngram_range : tuple of (min_n, max_n), default=(1, 1)
        Least and greatest number of tokens of an n-gram, 1 or more: ``(1, 2)`` numbers pairs of
        neighbours, too, joined by a space. A row has all n-grams of the least n, then all
        of the next, as those of Keras' ``TextVectorization``. Limits count n-grams then.
    prune_at : int or None, default=None
        Number of distinct tokens, or n-grams, above which the rarest are dropped while documents
        are counted, 1 or more: the memory of a stream without end. Counts are then at most
        ``n_lost_`` too small; a token of more occurrences than that is never lost. Take 10 or more
        times `max_tokens`. None counts all. Where `fit` is given Tokens, they are counted first.
    bos_token, eos_token : str or None, default=None
        Tokens that every row begins and ends with, such as ``"<s>"`` and ``"</s>"``. They have
        the first ids, 2 and 3, and are counted in `max_tokens`; a given `vocabulary` must hold
        them. None adds none. ``SequencePadder(keep_first=1, keep_last=1)`` cuts between them.

    Attributes
    ----------
    vocabulary_ : Vocabulary
        A read-only mapping from token to id; ids from 2.
    n_tokens_ : int
        Number of ids, padding and unknown included; every id is below it.
    token_counts_, document_counts_ : ndarray of shape (len(vocabulary_),), int64
        Number of occurrences of each token of `vocabulary_`, in its order, and of documents of
        `fit` that hold it; not with a given `vocabulary`.
    n_documents_ : int
        Number of documents of `fit`; not with a given `vocabulary`.
    n_lost_ : int
        Most occurrences by which a count may be too small, and that a token left out may have had
        beyond the limits: 0 where `prune_at` was not exceeded; not with a given `vocabulary`.

    See Also
    --------
    SequencePadder : Makes sequences of one length.
    OneHotVectorizer : One column a token, without order.
    EmbeddingVectorizer : Sequences of pretrained vectors.

    Notes
    -----
    A recurrent estimator takes the sequences as they are and pads batch by batch: a
    ``SequencePadder`` in between is needed only to cut long documents.

    Examples
    --------
    >>> from textvec import SequenceVectorizer
    >>> vectorizer = SequenceVectorizer().fit(["the frog", "the toad and the frog"])
    >>> dict(vectorizer.vocabulary_)
    {'the': 2, 'frog': 3, 'and': 4, 'toad': 5}
    >>> ids = vectorizer.transform(["the newt and the frog"])
    >>> ids.to_list()
    [[2, 1, 4, 2, 3]]
    >>> vectorizer.inverse_transform(ids)
    [['the', '[UNK]', 'and', 'the', 'frog']]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **VocabularyVectorizer._parameter_constraints,
        "bos_token": [str, None],
        "eos_token": [str, None],
    }

    def __init__(
        self,
        *,
        tokenizer: Any = None,
        max_tokens: int | None = None,
        min_count: int = 1,
        min_df: float = 1,
        max_df: float = 1.0,
        vocabulary: Mapping[str, int] | Iterable[str] | None = None,
        oov: OOV = "index",
        ngram_range: tuple[int, int] = (1, 1),
        prune_at: int | None = None,
        bos_token: str | None = None,
        eos_token: str | None = None,
    ):
        super().__init__(
            tokenizer=tokenizer,
            max_tokens=max_tokens,
            min_count=min_count,
            min_df=min_df,
            max_df=max_df,
            vocabulary=vocabulary,
            oov=oov,
            ngram_range=ngram_range,
            prune_at=prune_at,
        )
        self.bos_token = bos_token
        self.eos_token = eos_token

    @of_one_moment
    def transform(self, X: Any) -> Ragged:
        """Turn documents into rows of ids.

        Parameters
        ----------
        X : documents or Tokens
            Raw documents (list, array, Series or one-column frame of str) or Tokens.

        Returns
        -------
        Ragged of int32
            One row a document; an empty document is a row of length 0.

        Raises
        ------
        ValueError
            With ``oov="error"``, naming the first unknown token and its row.
        """
        if is_dask(X):
            return mapped(self.transform, X)
        if not isinstance(X, Tokens) and is_stream(X):
            return transform_stream(self.transform, X)
        rows = self._ids(X)
        if self.bos_token is None and self.eos_token is None:
            return rows
        return _framed(rows, self._id_of("bos_token"), self._id_of("eos_token"))

    @of_one_moment
    def inverse_transform(self, X: Any) -> list[list[str]]:
        """Turn ids back into tokens.

        Parameters
        ----------
        X : Ragged of int, or array-like of int of shape (n_documents, length)
            Rows of ids. Padding is left out, 1 becomes ``"[UNK]"``.

        Returns
        -------
        list of list of str
            The tokens of each row.

        Raises
        ------
        TypeError
            If a row is no sequence, or X is Tokens, whose numbers are not these ids.
        ValueError
            If an id is not in the vocabulary, or is no integer.
        """
        self._check_fitted()
        refuse_tokens(X)
        rows = X if isinstance(X, Ragged) else Ragged.from_rows(X)
        _check_ids(rows.values, self.n_tokens_)
        names = np.empty(self.n_tokens_, dtype=object)
        names[UNKNOWN], names[FIRST:] = UNKNOWN_NAME, self.vocabulary_.tokens
        values, offsets = rows.values, rows.offsets
        if not values.size:
            return [[] for _ in range(len(rows))]
        is_token = values != PAD
        if not is_token.all():
            values, offsets = values[is_token], offsets_of_kept(is_token, offsets)
        flat = names[values].tolist()
        return [flat[start:stop] for start, stop in pairwise(offsets.tolist())]

    def _special_tokens(self) -> list[str]:
        special = [token for token in (self.bos_token, self.eos_token) if token is not None]
        if UNKNOWN_NAME in special:
            raise ValueError(
                f"bos_token and eos_token must not be {UNKNOWN_NAME!r}, which is any unknown token."
            )
        return list(dict.fromkeys(special))

    def _id_of(self, name: str) -> int | None:
        """Return the id of `bos_token` or `eos_token`; None if there is none."""
        token = getattr(self, name)
        if token is None:
            return None
        if token not in self.vocabulary_:
            raise ValueError(f"{name}={token!r} is not in the vocabulary: fit again.")
        return self.vocabulary_[token]


def _framed(rows: Ragged, first: int | None, last: int | None) -> Ragged:
    """Return rows that begin with an id and end with another, where it is not None."""
    n_more = (first is not None) + (last is not None)
    offsets = rows.offsets + n_more * np.arange(len(rows) + 1)
    values = np.empty(offsets[-1], dtype=rows.dtype)
    is_inner = np.ones(len(values), dtype=bool)
    for id, places in ((first, offsets[:-1]), (last, offsets[1:] - 1)):
        if id is not None:
            values[places], is_inner[places] = id, False
    values[is_inner] = rows.values
    return trusted_rows(values, offsets, n_ids=rows.n_ids)


def _check_ids(ids: NDArray[Any], n_tokens: int) -> None:
    if ids.size and (ids.ndim != 1 or ids.dtype.kind not in "iu"):
        raise ValueError(
            "ids must be rows of integers, got items of shape "
            f"{ids.shape[1:]} and dtype {ids.dtype}."
        )
    if ids.size and (ids.min() < 0 or ids.max() >= n_tokens):
        raise ValueError(f"ids run from {ids.min()} to {ids.max()}, expected 0 to {n_tokens - 1}.")

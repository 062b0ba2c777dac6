"""Documents as sequences of hashed ids, without a vocabulary."""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar, Self

from ..._compat import _fit_context
from ..._containers._ragged import Ragged, trusted_rows
from ..._containers._vocabulary import FIRST
from ..._estimators._constraints import TOKENIZER, Interval
from ..._estimators._reported_fit import ReportedFit
from ..._estimators._sequence_names import SequenceNames
from ..._estimators._stateless import Stateless
from ..._inputs._streams import is_stream
from ..._kernels._hashed_ngrams import hash_tokens
from ...blocks import transform_stream
from ...distributed import is_dask, mapped
from ...tokenizers import TextInput, as_tokens
from ._token_ngrams import token_ngrams

_MOST_IDS = 2**31  # they are int32


class HashingSequenceVectorizer(ReportedFit, SequenceNames, Stateless, TextInput):
    """Turn documents into sequences of ids by hashing the tokens, without a vocabulary.

    For streams, and for vocabularies that must not be kept: there is nothing to learn, no token
    is unknown, and tokens may share an id. As Keras' ``hashing_trick`` and ``Hashing`` layer, on
    the hash of :class:`HashingVectorizer`.

    Of a Dask collection of documents, `transform` returns a bag of `Ragged`, one a partition.

    Parameters
    ----------
    tokenizer : tokenizer, callable or None, default=None
        Makes Tokens of raw documents, or lists of tokens of one each; None is
        ``WordTokenizer()``. Not used for Tokens; rows of tokens need None.
    max_tokens : int, default=65536
        Number of ids, from 3 to 2**31: the rows an embedding needs. Tokens have ids from 2 on, so
        that 0 stays padding. Begin with twice the number of distinct tokens, where two in five
        share an id; ``hashing_report`` counts them.
    ngram_range : tuple of (min_n, max_n), default=(1, 1)
        Least and greatest number of tokens of an n-gram, as in :class:`SequenceVectorizer`.

    See Also
    --------
    SequenceVectorizer : Ids of a learned vocabulary, which can be turned back into tokens.
    HashingVectorizer : Counts of hashed tokens, without their order.

    Notes
    -----
    The id of a token is ``2 + abs(murmurhash3_32(token)) % (max_tokens - 2)``, the same in every
    process. `transform` needs no `fit`.

    Examples
    --------
    >>> from textvec import HashingSequenceVectorizer
    >>> HashingSequenceVectorizer(max_tokens=5000).transform(["the frog", "the toad"]).to_list()
    [[2240, 3546], [2240, 3502]]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "tokenizer": TOKENIZER,
        "max_tokens": [Interval(Integral, FIRST + 1, _MOST_IDS, closed="both")],
        "ngram_range": [tuple],
    }

    def __init__(
        self,
        *,
        tokenizer: Any = None,
        max_tokens: int = 65536,
        ngram_range: tuple[int, int] = (1, 1),
    ):
        self.tokenizer = tokenizer
        self.max_tokens = max_tokens
        self.ngram_range = ngram_range

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the parameters.

        Parameters
        ----------
        X : documents or Tokens
            Not used.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted estimator.
        """
        return self

    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Check the parameters: there is nothing to learn.

        Parameters
        ----------
        X : documents or Tokens
            Not used.
        y : None
            Ignored.

        Returns
        -------
        self
            The estimator: there is nothing to learn.
        """
        return self.fit(X, y)

    def transform(self, X: Any) -> Ragged:
        """Turn documents into rows of ids.

        Parameters
        ----------
        X : documents or Tokens
            Raw documents (list, array, Series or one-column frame of str) or Tokens.

        Returns
        -------
        Ragged of int32
            One row a document, of ids from 2 to ``max_tokens - 1``.
        """
        if is_dask(X):
            return mapped(self.transform, X)
        if is_stream(X):
            return transform_stream(self.transform, X)
        if type(self.max_tokens) is not int or not FIRST < self.max_tokens <= _MOST_IDS:
            self._validate_params()  # says what is expected, of what no `fit` need have seen
        tokens = token_ngrams(as_tokens(X, self.tokenizer), self.ngram_range)
        distinct = tokens.vocabulary
        ids = FIRST + hash_tokens(distinct.buffer, distinct.offsets, self.max_tokens - FIRST)
        return trusted_rows(ids[tokens.values], tokens.offsets, n_ids=self.max_tokens)

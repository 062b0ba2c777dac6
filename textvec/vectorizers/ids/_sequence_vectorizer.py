"""Documents as sequences of token ids."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ..._ragged import Ragged
from ..._tokens import refuse_tokens
from ..._vocabulary import FIRST, PAD, UNKNOWN, UNKNOWN_NAME
from ._vocabulary_vectorizer import VocabularyVectorizer


class SequenceVectorizer(VocabularyVectorizer):
    """Turn documents into sequences of token ids.

    Ids go by falling frequency in `fit`, ties by code point: 0 is kept for padding, 1 stands
    for any unknown token, the most frequent token is 2. The same documents in another order
    give the same ids.

    Parameters
    ----------
    tokenizer : tokenizer, callable or None, default=None
        Makes Tokens of raw documents, or lists of tokens of one each; None is
        ``WordTokenizer()``. Not used for Tokens.
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
        ids from 2 on. The four limits do not apply then.
    oov : {"index", "drop", "error"}, default="index"
        An unknown token in `transform` becomes 1, is left out, or raises.

    Attributes
    ----------
    vocabulary_ : Vocabulary
        A read-only mapping from token to id; ids from 2.
    n_tokens_ : int
        Number of ids, padding and unknown included; every id is below it.

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
        return self._ids(X)

    def inverse_transform(self, X: Any) -> list[list[str]]:
        """Turn ids back into tokens.

        Parameters
        ----------
        X : Ragged of int, or array-like of int of shape (n_documents, length)
            Rows of ids. Padding is left out, 1 becomes ``"[UNK]"``.

        Returns
        -------
        list of list of str

        Raises
        ------
        TypeError
            If a row is no sequence, or X is Tokens, whose numbers are not these ids.
        ValueError
            If an id is not in the vocabulary, or is no integer.
        """
        check_is_fitted(self)
        refuse_tokens(X)
        rows = X if isinstance(X, Ragged) else Ragged.from_rows(X)
        ids = rows.values
        if ids.size and (ids.ndim != 1 or ids.dtype.kind not in "iu"):
            raise ValueError(
                "ids must be rows of integers, got items of shape "
                f"{ids.shape[1:]} and dtype {ids.dtype}."
            )
        if ids.size and (ids.min() < 0 or ids.max() >= self.n_tokens_):
            raise ValueError(
                f"ids run from {ids.min()} to {ids.max()}, expected 0 to {self.n_tokens_ - 1}."
            )
        names = np.empty(self.n_tokens_, dtype=object)
        names[UNKNOWN], names[FIRST:] = UNKNOWN_NAME, self.vocabulary_.tokens
        return [names[row[row != PAD]].tolist() for row in rows]

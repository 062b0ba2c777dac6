"""Documents as sequences of pretrained vectors."""

from __future__ import annotations

import os
import warnings
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from .._compat import HasMethods, StrOptions, _fit_context
from .._embedded_sequences import EmbeddedSequences
from .._ragged import Ragged
from .._tokens import Tokens
from .._vocabulary import FIRST, UNKNOWN, Vocabulary
from ..vectorizers._base import as_tokens, check_known
from ._word_vectors import WordVectors

_NO_VECTOR = 'which has no vector: set oov="zero", oov="mean" or oov="random".'
_MANY_UNKNOWN = 0.5  # share of tokens without a vector that looks like a mistake


class EmbeddingVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn documents into sequences of pretrained word vectors.

    The result holds ids and one table of vectors, not the vectors of every token: see
    :class:`EmbeddedSequences`. All words of `vectors` are kept, so words that `fit` has not
    seen are found in `transform`.

    Parameters
    ----------
    vectors : WordVectors, str or path
        The vectors. A path is loaded in `fit` as :meth:`WordVectors.load` does.
    tokenizer : tokenizer or None, default=None
        Makes Tokens of raw documents; None is ``WordTokenizer()``. Not used for Tokens.
    oov : {"zero", "mean", "random", "error"}, default="zero"
        What a token without a vector gets. It stays a step of its sequence in any case.

        - ``"zero"``: zeros.
        - ``"mean"``: the mean of all vectors.
        - ``"random"``: each unknown token of `fit` a vector of its own, drawn from normal
          distributions with the mean and standard deviation of each dimension; those first met
          in `transform` share one.
        - ``"error"``: a ValueError that names the first one.
    random_state : int, RandomState instance or None, default=None
        Draws the vectors of ``oov="random"``. An int gives the same vectors each time, whatever
        the order of the documents.

    Attributes
    ----------
    vocabulary_ : Vocabulary
        A read-only mapping from token to id; ids from 2.
    table_ : ndarray of shape (n_tokens_, embedding_dim_)
        The vector of each id: 0 is padding, all zeros, and 1 an unknown token. Read-only.
    n_tokens_ : int
        Number of ids, padding and unknown included; every id is below it.
    embedding_dim_ : int
        Width of the vectors.
    oov_rate_ : float
        Share of the tokens in `fit`, each counted as often as it occurs, that `vectors` lacks.

    Warns
    -----
    UserWarning
        If `vectors` lacks more than half of the tokens in `fit`.

    See Also
    --------
    WordVectors : Loads vectors.
    SequenceVectorizer : Ids for an embedding that is learned.

    Notes
    -----
    With ``oov="zero"`` or ``"error"`` the table is the memory of the loaded vectors itself.
    The two other ways copy it, and so does any way with a WordVectors that was not loaded.

    Examples
    --------
    >>> import numpy as np
    >>> from textvec import EmbeddingVectorizer, WordVectors
    >>> vectors = WordVectors(["a", "frog"], [[1, 1], [2, 3]])
    >>> vectorizer = EmbeddingVectorizer(vectors).fit(["a frog", "A FROG on"])
    >>> vectorizer.oov_rate_
    0.2
    >>> np.asarray(vectorizer.transform(["a green frog"]))
    array([[[1., 1.],
            [0., 0.],
            [2., 3.]]], dtype=float32)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "vectors": [WordVectors, str, os.PathLike],
        "tokenizer": [HasMethods("transform"), None],
        "oov": [StrOptions({"zero", "mean", "random", "error"})],
        "random_state": ["random_state"],
    }

    vocabulary_: Vocabulary
    table_: NDArray[Any]
    n_tokens_: int
    embedding_dim_: int
    oov_rate_: float

    def __init__(
        self,
        vectors: WordVectors | str | os.PathLike[str],
        *,
        tokenizer: Any = None,
        oov: Literal["zero", "mean", "random", "error"] = "zero",
        random_state: int | RandomState | None = None,
    ):
        self.vectors = vectors
        self.tokenizer = tokenizer
        self.oov = oov
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Load the vectors, and find out which tokens they lack.

        Parameters
        ----------
        X : documents or Tokens
            Raw documents (list, array, Series or one-column frame of str) or Tokens.
        y : None
            Ignored.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If there are no documents, the vectors can't be loaded, or, with ``oov="error"``,
            a token has no vector.
        """
        tokens = as_tokens(X, self.tokenizer)
        if not len(tokens):
            raise ValueError("there are no documents to fit on: X is empty.")
        vectors = self.vectors
        if not isinstance(vectors, WordVectors):
            vectors = WordVectors.load(vectors)
        words = _renumbered(vectors.vocabulary)
        is_unknown = words.lookup(tokens.vocabulary) < 0
        if self.oov == "error":
            check_known(tokens, is_unknown, _NO_VECTOR)
        counts = np.bincount(tokens.values, minlength=len(is_unknown))
        self.oov_rate_ = float(counts[is_unknown].sum() / max(1, counts.sum()))
        if self.oov_rate_ > _MANY_UNKNOWN:
            _warn_of_many_unknown(self.oov_rate_, tokens, is_unknown & (counts > 0))
        self.vocabulary_, self.table_ = words, vectors.lookup_table()
        if self.oov == "mean":
            self.table_ = _with_rows(vectors, vectors.matrix.mean(axis=0, dtype=np.float64)[None])
        elif self.oov == "random":
            unknown = tokens.vocabulary.take(np.flatnonzero(is_unknown & (counts > 0)))
            rows = _drawn(vectors.matrix, 1 + len(unknown), check_random_state(self.random_state))
            self.vocabulary_ = _joined(words, unknown.take(unknown.argsort()))
            self.table_ = _with_rows(vectors, rows)
        self.n_tokens_, self.embedding_dim_ = self.table_.shape
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X: Any, y: Any = None) -> EmbeddedSequences:
        """Fit, and transform the same documents, which are tokenized once.

        Parameters
        ----------
        X : documents or Tokens
            As in `fit`.
        y : None
            Ignored.

        Returns
        -------
        EmbeddedSequences
        """
        tokens = as_tokens(X, self.tokenizer)
        self.fit(tokens)
        return self.transform(tokens)

    def transform(self, X: Any) -> EmbeddedSequences:
        """Turn documents into sequences of vectors.

        Parameters
        ----------
        X : documents or Tokens
            Raw documents (list, array, Series or one-column frame of str) or Tokens.

        Returns
        -------
        EmbeddedSequences
            One sequence a document, of as many vectors as tokens; all share ``table_``.

        Raises
        ------
        ValueError
            With ``oov="error"``, naming the first token without a vector and its row.
        """
        check_is_fitted(self)
        tokens = as_tokens(X, self.tokenizer)
        # Each distinct token is looked up once, whatever the length of the documents.
        id_of = self.vocabulary_.lookup(tokens.vocabulary)
        is_unknown = id_of < 0
        if self.oov == "error":
            check_known(tokens, is_unknown, _NO_VECTOR)
        id_of[is_unknown] = UNKNOWN
        ids = Ragged(id_of[tokens.values], tokens.offsets, n_ids=self.n_tokens_)
        return EmbeddedSequences(ids, self.table_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def _renumbered(words: Vocabulary) -> Vocabulary:
    """Give the same words with the ids of an embedding; their bytes are shared."""
    return Vocabulary.from_buffer(words.buffer, words.offsets, first_id=FIRST, check=False)


def _joined(words: Vocabulary, more: Vocabulary) -> Vocabulary:
    """Append tokens known to be new."""
    buffer = np.concatenate([words.buffer, more.buffer])
    offsets = np.concatenate([words.offsets, more.offsets[1:] + words.offsets[-1]])
    return Vocabulary.from_buffer(buffer, offsets, first_id=words.first_id, check=False)


def _with_rows(vectors: WordVectors, rows: NDArray[np.float64]) -> NDArray[Any]:
    """Give the table with these rows: the first for an unknown token, the others at the end."""
    n_words = len(vectors)
    shape = (FIRST + n_words + len(rows) - 1, vectors.embedding_dim)
    table = np.zeros(shape, vectors.matrix.dtype)  # (V, D)
    table[UNKNOWN] = rows[0]
    table[FIRST : FIRST + n_words] = vectors.matrix
    table[FIRST + n_words :] = rows[1:]
    table.flags.writeable = False
    return table


def _drawn(matrix: NDArray[Any], n_rows: int, generator: RandomState) -> NDArray[np.float64]:
    """Draw vectors from normal distributions with the moments of each dimension."""
    mean = matrix.mean(axis=0, dtype=np.float64)  # (D,)
    # A dimension at a time: the squares of the whole matrix in float64 would be twice its size.
    deviation = np.array([column.std(dtype=np.float64) for column in matrix.T])  # (D,)
    return generator.normal(mean, deviation, size=(n_rows, len(mean)))


def _warn_of_many_unknown(rate: float, tokens: Tokens, is_unknown: NDArray[np.bool_]) -> None:
    some = tokens.vocabulary.take(np.flatnonzero(is_unknown)[:3]).tokens
    warnings.warn(
        f"{rate:.0%} of the tokens have no vector, {', '.join(map(repr, some))} among them: do the "
        "tokenizer and the vectors agree on lower case and language?",
        stacklevel=4,
    )

"""Documents as sequences of pretrained vectors, or as one vector each."""

from __future__ import annotations

import os
import warnings
from numbers import Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._compat import HasMethods, Interval, StrOptions, _fit_context
from .._embedded_sequences import EmbeddedSequences
from .._ragged import Ragged
from .._read_only import read_only
from .._tokens import Tokens, check_known
from .._vocabulary import UNKNOWN, Vocabulary
from ..tokenizers import TextInput, as_tokens
from ._document_pooling import (
    Pooling,
    common_component,
    pool,
    token_weights,
    unseen_weight,
    without_component,
)
from ._out_of_vocabulary import (
    MoreRows,
    drawn,
    from_subwords,
    joined,
    only_used,
    renumbered,
    table_with,
)
from ._word_vectors import WordVectors

_NO_VECTOR = 'which has no vector: set oov="zero", oov="mean" or oov="random".'
_MANY_UNKNOWN = 0.5  # share of tokens without a vector that looks like a mistake


def _pools(self: EmbeddingVectorizer) -> bool:
    return self.pooling is not None


class EmbeddingVectorizer(TextInput, TransformerMixin, BaseEstimator):
    """Turn documents into sequences of pretrained word vectors, or into one vector each.

    A sequence is held as ids and one table of vectors, not as the vectors of every token: see
    :class:`EmbeddedSequences`. With `pooling`, the vectors of a document become one, and the
    result is a plain array for any model. All words of `vectors` are kept, so words that `fit`
    has not seen are found in `transform`.

    Parameters
    ----------
    vectors : WordVectors, str or path
        The vectors. A path is loaded in `fit` as :meth:`WordVectors.load` does. Where they have
        `subwords`, as fastText models do, a token they lack gets the vector of its pieces.
    tokenizer : tokenizer or None, default=None
        Makes Tokens of raw documents; None is ``WordTokenizer()``. Not used for Tokens.
    oov : {"zero", "mean", "random", "error"}, default="zero"
        What a token without a vector gets, if it has no subwords with one either. It stays a
        step of its sequence in any case.

        - ``"zero"``: zeros. With `pooling` such tokens play no part at all, in the count of
          tokens neither.
        - ``"mean"``: the mean of all vectors.
        - ``"random"``: each unknown token of `fit` a vector of its own, drawn from normal
          distributions with the mean and standard deviation of each dimension; those first met
          in `transform` share one.
        - ``"error"``: a ValueError that names the first one.
    pooling : {"mean", "max", "idf", "sif"} or None, default=None
        How the vectors of a document become one. None leaves sequences. A document without
        vectors becomes zeros.

        - ``"mean"``: their mean; a token counts as often as it occurs.
        - ``"max"``: the greatest number of each dimension.
        - ``"idf"``: the mean weighted by the tokens' smoothed inverse document frequency,
          learned in `fit` as :class:`~sklearn.feature_extraction.text.TfidfTransformer` does.
        - ``"sif"``: the smooth inverse frequency of [1]_: each vector is weighted by
          ``a / (a + p)``, where `p` is the share of the token among those of `fit`; the mean is
          then freed of the direction that the documents of `fit` have in common.
    sif_a : float, default=1e-3
        The `a` of ``pooling="sif"``, greater than 0; [1]_ recommends 1e-4 to 1e-3. Not used
        otherwise.
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
        Share of the tokens in `fit`, each counted as often as it occurs, that get no vector from
        `vectors`.
    token_weights_ : ndarray of shape (n_tokens_,), float32
        With `pooling`: what each id weighs. A token not seen in `fit` weighs the most, and so
        does one made of subwords. With ``oov="mean"``, all tokens without a vector are counted
        as one token.
    common_component_ : ndarray of shape (embedding_dim_,), float32
        With ``pooling="sif"``: the direction, of length 1, that is removed.

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
    The two other ways copy it, and so does any way with a WordVectors that was not loaded, or
    with tokens made of subwords if there is no `pooling`.

    A pickle holds the vectors once, and of those mapped from a folder (see `WordVectors.load`)
    only its path: worker processes share the pages of one file.

    Words made of subwords have rows behind the table's, those of `fit` for good and those of
    `transform` in its result only: a network that goes on learning the table knows only the
    former.

    Pooled rows are float32. Sums are carried in double precision, so that long documents are
    as exact as short ones.

    References
    ----------
    .. [1] S. Arora, Y. Liang and T. Ma, "A Simple but Tough-to-Beat Baseline for Sentence
       Embeddings", ICLR 2017.

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
    >>> EmbeddingVectorizer(vectors, pooling="mean").fit_transform(["a green frog"])
    array([[1.5, 2. ]], dtype=float32)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "vectors": [WordVectors, str, os.PathLike],
        "tokenizer": [HasMethods("transform"), None],
        "oov": [StrOptions({"zero", "mean", "random", "error"})],
        "pooling": [StrOptions({"mean", "max", "idf", "sif"}), None],
        "sif_a": [Interval(Real, 0, None, closed="neither")],
        "random_state": ["random_state"],
    }

    vocabulary_: Vocabulary
    table_: NDArray[Any]
    n_tokens_: int
    embedding_dim_: int
    oov_rate_: float
    token_weights_: NDArray[np.float32]
    common_component_: NDArray[np.float32]

    def __init__(
        self,
        vectors: WordVectors | str | os.PathLike[str],
        *,
        tokenizer: Any = None,
        oov: Literal["zero", "mean", "random", "error"] = "zero",
        pooling: Pooling | None = None,
        sif_a: float = 1e-3,
        random_state: int | RandomState | None = None,
    ):
        self.vectors = vectors
        self.tokenizer = tokenizer
        self.oov = oov
        self.pooling = pooling
        self.sif_a = sif_a
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
        self._learn(as_tokens(X, self.tokenizer))
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """Fit, and transform the same documents, which are tokenized once.

        Parameters
        ----------
        X : documents or Tokens
            As in `fit`.
        y : None
            Ignored.

        Returns
        -------
        EmbeddedSequences, or ndarray of shape (n_documents, embedding_dim_)
            As in `transform`.
        """
        tokens = as_tokens(X, self.tokenizer)
        self._learn(tokens)
        return self._transformed(tokens)

    def transform(self, X: Any) -> Any:
        """Turn documents into sequences of vectors, or into one vector each.

        Parameters
        ----------
        X : documents or Tokens
            Raw documents (list, array, Series or one-column frame of str) or Tokens.

        Returns
        -------
        EmbeddedSequences, or ndarray of shape (n_documents, embedding_dim_), float32
            Without `pooling`, one sequence a document, of as many vectors as tokens; all share
            ``table_``. With it, one row a document; `set_output` makes a frame of them.

        Raises
        ------
        ValueError
            With ``oov="error"``, naming the first token without a vector and its row.
        """
        check_is_fitted(self)
        return self._transformed(as_tokens(X, self.tokenizer))

    def set_output(self, *, transform: str | None = None) -> Self:
        """Choose the container of pooled rows.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"} or None
            None leaves it as it is.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a frame is asked for without `pooling`: it can't hold sequences.
        """
        if self.pooling is None:
            if transform not in (None, "default"):
                raise ValueError(
                    f"EmbeddingVectorizer(pooling=None) gives sequences of vectors, which no "
                    f'{transform} frame can hold: set pooling, such as pooling="mean", for one row '
                    "a document, or leave the output as it is."
                )
            return self
        super().set_output(transform=transform)
        return self

    @available_if(_pools)
    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Name the columns of pooled rows; there is no such method without `pooling`.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of shape (embedding_dim_,), object
            ``"embeddingvectorizer0"`` and so on.
        """
        check_is_fitted(self)
        prefix = type(self).__name__.lower()
        return np.array([f"{prefix}{d}" for d in range(self.embedding_dim_)], dtype=object)

    def _learn(self, tokens: Tokens) -> None:
        if not len(tokens):
            raise ValueError("there are no documents to fit on: X is empty.")
        vectors = self.vectors
        if not isinstance(vectors, WordVectors):
            vectors = WordVectors.load(vectors)
        counts = np.bincount(tokens.values, minlength=len(tokens.vocabulary))
        is_unknown = (vectors.vocabulary.lookup(tokens.vocabulary) < 0) & (counts > 0)
        made, rows = from_subwords(vectors, tokens.vocabulary, is_unknown)
        is_unknown[made] = False
        if self.oov == "error":
            check_known(tokens, is_unknown, _NO_VECTOR)
        rate = float(counts[is_unknown].sum() / max(1, counts.sum()))
        if rate > _MANY_UNKNOWN:
            _warn_of_many_unknown(rate, tokens, is_unknown)
        if self.pooling is not None:  # then no network asks for rows that last
            made, rows = made[:0], rows[:0]
        more = self._more_rows(vectors, tokens.vocabulary, made, rows, is_unknown)
        self._set_table(vectors, more)
        self.oov_rate_ = rate
        self._learn_pooling(tokens)

    def _more_rows(
        self,
        vectors: WordVectors,
        words: Vocabulary,
        made: NDArray[np.int64],
        rows: NDArray[Any],
        is_unknown: NDArray[np.bool_],
    ) -> MoreRows | None:
        """Give the rows of the table for tokens of `fit` that `vectors` lacks, if there are any."""
        at = words.take(made)
        order = at.argsort()  # not that of the documents
        at, rows, unknown = at.take(order), rows[order], np.zeros(vectors.embedding_dim)
        if self.oov == "mean":
            unknown = vectors.matrix.mean(axis=0, dtype=np.float64)
        elif self.oov == "random":
            missing = words.take(np.flatnonzero(is_unknown))
            generator = check_random_state(self.random_state)
            unknown, *others = drawn(vectors.matrix, 1 + len(missing), generator)
            at = joined(at, missing.take(missing.argsort()))
            rows = np.concatenate([rows, np.reshape(others, (-1, len(unknown)))])
        elif not len(at):
            return None
        return MoreRows(unknown, at, rows)

    def _set_table(self, vectors: WordVectors, more: MoreRows | None) -> None:
        words = renumbered(vectors.vocabulary)
        if more is None:
            table = vectors.lookup_table()
        else:
            words, table = joined(words, more.words), table_with(vectors, more)
        self._vectors, self._more = vectors, more
        self.vocabulary_, self.table_ = words, table
        self.n_tokens_, self.embedding_dim_ = table.shape

    def __getstate__(self) -> dict[str, Any]:
        # The table is made anew: of vectors that are mapped, only the path goes into a pickle.
        state = dict(super().__getstate__())
        if "_vectors" in state:
            del state["vocabulary_"], state["table_"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "_vectors" in state:
            self._set_table(self._vectors, self._more)

    def _learn_pooling(self, tokens: Tokens) -> None:
        self.__dict__.pop("token_weights_", None)
        self.__dict__.pop("common_component_", None)
        if self.pooling is None:
            return
        ids, rows = self._ids(tokens)
        drop_unknown = self.oov in ("zero", "error")
        weights = token_weights(self.pooling, ids, drop_unknown=drop_unknown, sif_a=self.sif_a)
        self.token_weights_ = weights[: self.n_tokens_]
        self._unseen_weight = unseen_weight(self.pooling, len(tokens))
        if self.pooling == "sif":
            self.common_component_ = common_component(self._pooled(ids, rows))

    def _transformed(self, tokens: Tokens) -> Any:
        ids, rows = self._ids(tokens)
        if self.pooling is None:
            table = np.concatenate([self.table_, rows]) if len(rows) else self.table_
            return EmbeddedSequences(ids, read_only(table))
        pooled = self._pooled(ids, rows)
        if self.pooling == "sif":
            return without_component(pooled, self.common_component_)
        return pooled

    def _pooled(self, ids: Ragged, rows: NDArray[Any]) -> NDArray[np.float32]:
        """Pool rows of ids, of which those from `n_tokens_` on stand for `rows`."""
        assert self.pooling is not None
        if not len(rows):
            return pool(self.pooling, ids, self.table_, self.token_weights_)
        used = only_used(ids, self.table_, self.token_weights_, rows, self._unseen_weight)
        return pool(self.pooling, *used)

    def _ids(self, tokens: Tokens) -> tuple[Ragged, NDArray[Any]]:
        """Give ids, and the vectors of those from `n_tokens_` on, which subwords make."""
        # Each distinct token is looked up once, whatever the length of the documents.
        id_of = self.vocabulary_.lookup(tokens.vocabulary)
        is_unknown = id_of < 0
        if self._vectors.subwords is not None:
            is_unknown &= np.bincount(tokens.values, minlength=len(id_of)) > 0
        made, rows = from_subwords(self._vectors, tokens.vocabulary, is_unknown)
        is_unknown[made] = False
        if self.oov == "error":
            check_known(tokens, is_unknown, _NO_VECTOR)
        id_of[made] = np.arange(self.n_tokens_, self.n_tokens_ + len(made))
        id_of[id_of < 0] = UNKNOWN
        n_ids = self.n_tokens_ + len(made)
        return Ragged(read_only(id_of[tokens.values]), tokens.offsets, n_ids=n_ids), rows


def _warn_of_many_unknown(rate: float, tokens: Tokens, is_unknown: NDArray[np.bool_]) -> None:
    some = tokens.vocabulary.take(np.flatnonzero(is_unknown)[:3]).tokens
    warnings.warn(
        f"{rate:.0%} of the tokens have no vector, {', '.join(map(repr, some))} among them: do the "
        "tokenizer and the vectors agree on lower case and language?",
        stacklevel=5,
    )

"""Documents as sequences of pretrained vectors, or as one vector each."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, ClassVar, Self, get_args

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from .._compat import _fit_context
from .._containers._embedded_sequences import EmbeddedSequences
from .._containers._ragged import Ragged
from .._containers._read_only import read_only
from .._containers._tokens import Tokens, check_known
from .._containers._vocabulary import FIRST, UNKNOWN, Vocabulary, numbered_from
from .._counting._count_settings import Settings, check_same_settings, settings_of
from .._counting._mergeable import Mergeable
from .._counting._token_counts import TokenCounts
from .._estimators._constraints import POSITIVE, TOKENIZER, one_of
from .._estimators._fitted_state import (
    atomic_fit,
    learned_at_once,
    of_one_moment,
    replace_fitted,
)
from .._estimators._reported_fit import ReportedFit
from .._inputs._streams import is_stream, reads_again
from .._reporting._caller_warnings import warn_caller
from ..blocks import count_blocks, learn_part, transform_stream
from ..blocks._growing_vocabulary import joined_vocabularies
from ..distributed import counted, is_dask, mapped
from ..tokenizers import TextInput, as_tokenizer, as_tokens
from ..tokenizers._case_warning import warn_of_case
from ._composed_words import ComposedWords, compose_missing
from ._document_pooling import (
    Pooling,
    pool,
    token_weights,
    unseen_weight,
    without_component,
)
from ._embedding_counts import EmbeddingCounts
from ._out_of_vocabulary import (
    ExtraRows,
    OutOfVocabulary,
    extended_table,
    extra_rows,
    used_rows,
)
from ._pooled_output import PooledOutput
from ._square_sums import SquareSums
from ._word_vectors import WordVectors

_NO_VECTOR = 'which has no vector: set oov="zero", oov="mean", oov="token" or oov="random".'
_MANY_UNKNOWN = 0.5  # share of tokens without a vector that looks like a mistake


class EmbeddingVectorizer(Mergeable, ReportedFit, PooledOutput, TextInput):
    """Transform documents to sequences of pretrained word vectors, or to one vector each.

    A sequence is held as ids and one table of vectors, not as the vectors of every token: see
    :class:`EmbeddedSequences`. With `pooling`, the vectors of a document become one, and the
    result is a plain array for any model. All words of `vectors` are kept, so words that did not
    occur in `fit` have their vectors in `transform`.

    Of a Dask collection of documents, `fit` counts on the workers, and `transform` returns a Dask
    array with `pooling`, else a bag of `EmbeddedSequences`.

    Parameters
    ----------
    vectors : WordVectors, str or path
        The vectors. A path is loaded in `fit` as :meth:`WordVectors.load` does. If they have
        `subwords`, as fastText models do, a token they lack gets the vector of its subwords.
    tokenizer : tokenizer or None, default=None
        Makes Tokens of raw documents; None is ``WordTokenizer()``. Not used for Tokens; rows of
        tokens need None.
    oov : {"zero", "mean", "random", "token", "error"}, default="zero"
        The vector of an out-of-vocabulary token, one that has no vector and no subwords with one.
        It stays a step of its sequence in any case.

        - ``"zero"``: zeros. With `pooling` such tokens are ignored; they do not count towards
          the mean either.
        - ``"mean"``: the mean of all vectors.
        - ``"random"``: each unknown token of `fit` gets a vector of its own, drawn from normal
          distributions with the mean and standard deviation of each dimension; those first seen
          in `transform` share one. Choose it if the vectors are fine-tuned.
        - ``"token"``: the vector of `oov_token`, which some files have for this.
        - ``"error"``: a ValueError that names the first one.
    oov_token : str, default="<unk>"
        The word of `vectors` whose vector out-of-vocabulary tokens get with ``oov="token"``:
        ``"<unk>"`` in files of GloVe, ``"[UNK]"`` in those of model2vec. Not used otherwise.
    pooling : {"mean", "max", "idf", "sif"} or None, default=None
        How the vectors of a document become one; begin with ``"mean"`` or ``"idf"``. None leaves
        sequences. A document without vectors becomes zeros.

        - ``"mean"``: their mean; a token counts as often as it occurs.
        - ``"max"``: the maximum of each dimension.
        - ``"idf"``: the mean weighted by the tokens' smoothed inverse document frequency,
          learned in `fit` as :class:`~sklearn.feature_extraction.text.TfidfTransformer` does.
        - ``"sif"``: the smooth inverse frequency of [1]_: each vector is weighted by
          ``a / (a + p)``, where `p` is the share of the token among those of `fit`; then the
          projection on the first singular vector of the documents of `fit` is removed.
    sif_a : float, default=1e-3
        The `a` of ``pooling="sif"``, greater than 0; [1]_ recommends 1e-4 to 1e-3. Not used
        otherwise.
    random_state : int, RandomState instance or None, default=None
        Draws the vectors of ``oov="random"``. With an int the vectors are the same each time,
        whatever the order of the documents.

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
        Share of the tokens in `fit`, each counted as often as it occurs, that are out of
        vocabulary.
    token_weights_ : ndarray of shape (n_tokens_,), float32
        With `pooling`: the weight of each id. A token not seen in `fit` has the greatest weight,
        and so has one made of subwords. With ``oov="mean"``, all tokens without a vector are
        counted as one token.
    common_component_ : ndarray of shape (embedding_dim_,), float32
        With ``pooling="sif"``: the singular vector, of norm 1, whose projection is removed.

    Warns
    -----
    UserWarning
        If `vectors` lack more than half of the tokens in `fit`.

    See Also
    --------
    WordVectors : Loads vectors.
    SequenceVectorizer : Ids for an embedding that is learned.

    Notes
    -----
    With ``oov="zero"`` or ``"error"`` the table shares the memory of the loaded vectors.
    The other two copy it, and so does any of them with vectors that were not loaded, or
    with tokens made of subwords if there is no `pooling`.

    A pickle holds the vectors once, and of those mapped from a folder (see `WordVectors.load`)
    only its path: worker processes share the pages of one file.

    Tokens of `fit` that are made of subwords have rows at the end of the table. Those of
    `transform` have rows after it in the result only, so a network that fine-tunes the table
    does not know them.

    Pooled rows are float32. Sums are computed in double precision, so that long documents are
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
        "tokenizer": TOKENIZER,
        "oov": [one_of(OutOfVocabulary)],
        "oov_token": [str],
        "pooling": [one_of(Pooling), None],
        "sif_a": [POSITIVE],
        "random_state": ["random_state"],
    }

    vocabulary_: Vocabulary
    table_: NDArray[Any]
    n_tokens_: int
    embedding_dim_: int
    oov_rate_: float
    token_weights_: NDArray[np.float32]
    common_component_: NDArray[np.float32]
    _vectors: WordVectors
    _extra: ExtraRows | None
    _unseen_weight: float
    _fitted_pooling: Pooling | None

    def __init__(
        self,
        vectors: WordVectors | str | os.PathLike[str],
        *,
        tokenizer: Any = None,
        oov: OutOfVocabulary = "zero",
        oov_token: str = "<unk>",
        pooling: Pooling | None = None,
        sif_a: float = 1e-3,
        random_state: int | RandomState | None = None,
    ):
        self.vectors = vectors
        self.tokenizer = tokenizer
        self.oov = oov
        self.oov_token = oov_token
        self.pooling = pooling
        self.sif_a = sif_a
        self.random_state = random_state

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Load the vectors, and find the tokens they lack.

        Parameters
        ----------
        X : documents or Tokens
            Raw documents (list, array, Series or one-column frame of str) or Tokens.
        y : None
            Ignored.

        Returns
        -------
        self
            If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            If there are no documents, the vectors can't be loaded, or, with ``oov="error"``,
            a token has no vector, or, with ``oov="token"``, `oov_token` has none.
        """
        with learned_at_once(self) as learning:
            if is_dask(X):
                learning._learn_counted(X, counted)
            elif is_stream(X) and (self.pooling != "sif" or reads_again(X)):
                learning._learn_counted(X, count_blocks)
            else:
                tokens = as_tokens(X, self.tokenizer)
                learning._learn(tokens)
                learning._warn_of_case(X, tokens)
        return self

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Learn from documents that come in parts.

        All parts together lead to what one `fit` of them learns. A `fit` forgets the parts
        before.

        Parameters
        ----------
        X : documents or Tokens
            As in `fit`.
        y : None
            Ignored.

        Returns
        -------
        self
            The estimator, which has learned from these documents as well.

        Raises
        ------
        ValueError
            With ``pooling="sif"``, which reads all documents again once it knows the weights; if
            `fit` was called before; or as in `fit`.
        """
        if self.pooling == "sif":
            raise ValueError(
                'pooling="sif" reads all documents twice, so that it can\'t learn in parts: fit it '
                "on all of them, such as read_text returns or a collection of Dask, or set "
                'pooling="idf".'
            )
        learn_part(self, X)
        self._warn_of_many_unknown(self._counts.tokens)
        return self

    @atomic_fit
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
        if is_dask(X):
            return self.fit(X).transform(X)
        tokens = as_tokens(X, self.tokenizer)
        with learned_at_once(self) as learning:
            learning._learn(tokens)
            learning._warn_of_case(X, tokens)
        return learning._transformed(tokens)

    @of_one_moment
    def transform(self, X: Any) -> Any:
        """Transform documents to sequences of vectors, or to one vector each.

        Parameters
        ----------
        X : documents or Tokens
            Raw documents (list, array, Series or one-column frame of str) or Tokens.

        Returns
        -------
        EmbeddedSequences, or ndarray of shape (n_documents, embedding_dim_), float32
            Without `pooling`, one sequence a document, with a vector for each token; all share
            ``table_``. With it, one row a document; `set_output` makes a frame of them.

        Raises
        ------
        ValueError
            With ``oov="error"``, naming the first token without a vector and its row.
        """
        check_is_fitted(self)
        if is_dask(X):
            return mapped(self.transform, X)
        if is_stream(X) and (self.pooling is not None or self._vectors.subwords is None):
            return transform_stream(self.transform, X)
        tokens = as_tokens(X, self.tokenizer)
        self._warn_of_case(X, tokens)
        return self._transformed(tokens)

    @property
    def _n_features_out(self) -> int:
        return self.embedding_dim_

    def _learn_counted(self, X: Any, count: Callable[[Any, Any], Any]) -> None:
        """Learn from documents that are counted part by part, twice where it takes two passes."""
        vars(self).pop("_counts", None)
        self._fit_from_all(count(self, X))
        if self.pooling == "sif":
            self.common_component_ = count(_PooledSquares(self), X).first_direction()

    def _learn(self, tokens: Tokens) -> None:
        _check_any_documents(len(tokens))
        vars(self).pop("_counts", None)
        vectors = self._loaded()
        counts = self._counted(tokens, vectors)
        self._learn_counts(counts, vectors)
        self._warn_of_many_unknown(counts.tokens)
        if self.pooling == "sif":
            self.common_component_ = self._squares(tokens).first_direction()

    def _part_counts(self, X: Any, y: Any = None) -> EmbeddingCounts:
        return self._counted(as_tokens(X, self.tokenizer))

    def _fit_from(self, counts: EmbeddingCounts) -> None:
        check_same_settings(self._settings(), counts.settings)
        self._learn_counts(counts, self._loaded())
        self._counts = counts

    def _fit_from_all(self, counts: EmbeddingCounts) -> None:
        _check_any_documents(counts.tokens.n_documents)
        super()._fit_from_all(counts)
        self._warn_of_many_unknown(counts.tokens)

    def _settings(self) -> Settings:
        tokenizer = as_tokenizer(self.tokenizer)
        return settings_of({"tokenizer": tokenizer, "vectors": self.vectors})

    def _loaded(self) -> WordVectors:
        """Return the vectors; those of a path are loaded once for all parts."""
        if isinstance(self.vectors, WordVectors):
            return self.vectors
        return self._vectors if hasattr(self, "_counts") else WordVectors.load(self.vectors)

    def _counts_unknown_documents(self) -> bool:
        return self.pooling == "idf" and self.oov in ("mean", "token")

    def _counted(self, tokens: Tokens, vectors: WordVectors | None = None) -> EmbeddingCounts:
        """Count tokens; `vectors` are looked into where it matters which tokens they lack."""
        if self.oov != "error" and not self._counts_unknown_documents():
            return EmbeddingCounts.of(tokens, None, self._settings())
        vectors = self._loaded() if vectors is None else vectors
        occurs = np.bincount(tokens.values, minlength=len(tokens.vocabulary)) > 0
        is_unknown = self._lacking(vectors, tokens.vocabulary, occurs)[0]
        if self.oov == "error":
            check_known(tokens, is_unknown, _NO_VECTOR)
        counted = is_unknown if self._counts_unknown_documents() else None
        return EmbeddingCounts.of(tokens, counted, self._settings())

    def _lacking(
        self, vectors: WordVectors, words: Vocabulary, occurs: NDArray[np.bool_]
    ) -> tuple[NDArray[np.bool_], ComposedWords]:
        """Return which words have no vector, and which of others have one by their subwords."""
        is_unknown = (vectors.vocabulary.lookup(words) < 0) & occurs
        composed = compose_missing(vectors, words, is_unknown)
        is_unknown[composed.positions] = False
        return is_unknown, composed

    def _learn_counts(self, counts: EmbeddingCounts, vectors: WordVectors) -> None:
        words, occurrences = counts.tokens.vocabulary, counts.tokens.occurrences
        is_unknown, composed = self._lacking(vectors, words, occurrences > 0)
        rate = float(occurrences[is_unknown].sum() / max(1, occurrences.sum()))
        if self.pooling is not None:  # then no network fine-tunes the table
            composed = ComposedWords(composed.positions[:0], composed.rows[:0])
        extra = extra_rows(
            vectors,
            words,
            composed,
            is_unknown,
            oov=self.oov,
            oov_token=self.oov_token,
            random_state=self.random_state,
        )
        replace_fitted(self, {"oov_rate_": rate})
        self._fitted_pooling = self.pooling
        self._set_table(vectors, extra)
        self._learn_weights(counts, is_unknown)

    def _set_table(self, vectors: WordVectors, extra: ExtraRows | None) -> None:
        words = numbered_from(vectors.vocabulary, FIRST)
        if extra is None:
            table = vectors.lookup_table()
        else:
            words = joined_vocabularies([words, extra.words])
            table = extended_table(vectors, extra)
        self._vectors, self._extra = vectors, extra
        self.vocabulary_, self.table_ = words, table
        self.n_tokens_, self.embedding_dim_ = table.shape

    def __getstate__(self) -> dict[str, Any]:
        # The table is made again: of vectors that are mapped, only the path goes into a pickle.
        state = dict(super().__getstate__())
        if "_vectors" in state:
            del state["vocabulary_"], state["table_"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "_vectors" in state:
            self._set_table(self._vectors, self._extra)

    def _learn_weights(self, counts: EmbeddingCounts, is_unknown: NDArray[np.bool_]) -> None:
        if self.pooling is None:
            return
        self.token_weights_ = token_weights(
            self.pooling,
            counts.by_id(self.vocabulary_, is_unknown),
            ignore_unknown=self.oov in ("zero", "error"),
            sif_a=self.sif_a,
        )
        self._unseen_weight = unseen_weight(self.pooling, counts.tokens.n_documents)

    def _warn_of_many_unknown(self, counts: TokenCounts) -> None:
        if self.oov_rate_ <= _MANY_UNKNOWN:
            return
        is_unknown = self._lacking(self._vectors, counts.vocabulary, counts.occurrences > 0)[0]
        some = counts.vocabulary.take(np.flatnonzero(is_unknown)[:3]).tokens
        warn_caller(
            f"{self.oov_rate_:.0%} of the tokens have no vector, {', '.join(map(repr, some))} "
            "among them: do the tokenizer and the vectors agree on lower case and language?"
        )

    def _warn_of_case(self, X: Any, tokens: Tokens) -> None:
        """Warn of words without a vector that have one in another case, if nothing else did."""
        is_warned = self.oov_rate_ > _MANY_UNKNOWN or self._vectors.subwords is not None
        if self.tokenizer is None and not is_warned:
            warn_of_case(X, tokens.vocabulary, self._vectors.vocabulary)

    def _transformed(self, tokens: Tokens) -> Any:
        if self.oov not in get_args(OutOfVocabulary):
            self._validate_params()  # says what is expected
        if self.pooling != self._fitted_pooling:
            raise ValueError(
                f"pooling was {self._fitted_pooling!r} in fit, and is {self.pooling!r} now: fit "
                "again."
            )
        ids, rows = self._ids(tokens)
        if self.pooling is None:
            table = np.concatenate([self.table_, rows]) if len(rows) else self.table_
            return EmbeddedSequences(ids, read_only(table))
        pooled = self._pooled(ids, rows)
        if self.pooling == "sif":
            return without_component(pooled, self.common_component_)
        return pooled

    def _pooled(self, ids: Ragged, rows: NDArray[Any]) -> NDArray[np.float32]:
        """Pool rows of ids; `rows` are the vectors of those from `n_tokens_` on."""
        assert self.pooling is not None
        if not len(rows):
            return pool(self.pooling, ids, self.table_, self.token_weights_)
        used = used_rows(ids, self.table_, self.token_weights_, rows, self._unseen_weight)
        return pool(self.pooling, *used)

    def _squares(self, tokens: Tokens) -> SquareSums:
        return SquareSums.of(self._pooled(*self._ids(tokens)))

    def _ids(self, tokens: Tokens) -> tuple[Ragged, NDArray[Any]]:
        """Return ids, and the vectors of those from `n_tokens_` on, composed of subwords."""
        # Each distinct token is looked up once, whatever the length of the documents.
        id_of = self.vocabulary_.lookup(tokens.vocabulary)
        is_unknown = id_of < 0
        if self._vectors.subwords is not None:
            is_unknown &= np.bincount(tokens.values, minlength=len(id_of)) > 0
        composed = compose_missing(self._vectors, tokens.vocabulary, is_unknown)
        is_unknown[composed.positions] = False
        if self.oov == "error":
            check_known(tokens, is_unknown, _NO_VECTOR)
        n_ids = self.n_tokens_ + len(composed.rows)
        id_of[composed.positions] = np.arange(self.n_tokens_, n_ids)
        id_of[id_of < 0] = UNKNOWN
        ids = Ragged(read_only(id_of[tokens.values]), tokens.offsets, n_ids=n_ids)
        return ids, composed.rows


class _PooledSquares(Mergeable, BaseEstimator):
    """Adds up the squares of pooled documents, once the weights of tokens are known."""

    def __init__(self, vectorizer: EmbeddingVectorizer):
        self.vectorizer = vectorizer

    def __sklearn_clone__(self) -> Self:
        return self  # of which the vectorizer is fitted

    def _part_counts(self, X: Any, y: Any = None) -> SquareSums:
        return self.vectorizer._squares(as_tokens(X, self.vectorizer.tokenizer))


def _check_any_documents(n_documents: int) -> None:
    if not n_documents:
        raise ValueError("there are no documents to fit on: X is empty.")

"""The base of estimators that learn vectors: fitting, pooling of documents."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np
from numpy.random import RandomState
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from .._compat import _fit_context
from .._containers._tokens import Tokens
from .._estimators._constraints import POSITIVE_INT, TOKENIZER, one_of
from .._estimators._estimator_mixin import EstimatorMixin
from .._estimators._fitted_state import atomic_fit, of_one_moment, replace_fitted
from ..distributed import is_dask, mapped
from ..tokenizers import TextInput, as_tokens
from ..vectors import EmbeddingVectorizer, WordVectors
from ..vectors._document_pooling import Pooling
from ..vectors._embedding_counts import EmbeddingCounts
from ..vectors._pooled_output import PooledOutput
from ._epoch_reporter import EpochReporter


class VectorLearner(PooledOutput, EstimatorMixin, TextInput):
    """Learn vectors of tokens in `fit`, and transform documents to their pooled vectors.

    A subclass implements :meth:`_learn`.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "embedding_dim": [POSITIVE_INT],
        "window": [POSITIVE_INT],
        "min_count": [POSITIVE_INT],
        "pooling": [one_of(Pooling), None],
        "tokenizer": TOKENIZER,
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    embedding_dim: int
    max_iter: int
    pooling: Pooling | None
    tokenizer: Any
    random_state: int | RandomState | None
    verbose: int | bool

    vectors_: WordVectors
    vectorizer_: EmbeddingVectorizer

    def _learn(self, tokens: Tokens, reporter: EpochReporter) -> dict[str, Any]:
        """Learn from documents, at least one, and return the fitted attributes.

        Those of :meth:`_fitted` must be among them. Each epoch is reported.
        """
        raise NotImplementedError

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the vectors.

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
            If there are no documents, or no token occurs `min_count` times.
        """
        self._fit_alone(X, y)
        return self

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """Learn the vectors, and transform the same documents, which are tokenized once.

        Parameters
        ----------
        X : documents or Tokens
            As in `fit`.
        y : None
            Ignored.

        Returns
        -------
        ndarray of shape (n_documents, embedding_dim), or EmbeddedSequences
            As in `transform`.
        """
        if is_dask(X):
            return self.fit(X, y).transform(X)
        return self._transformed(self._fit(X, y))

    @of_one_moment
    def transform(self, X: Any) -> Any:
        """Transform documents to one vector each, or to sequences of vectors.

        Parameters
        ----------
        X : documents or Tokens
            Raw documents (list, array, Series or one-column frame of str) or Tokens.

        Returns
        -------
        ndarray of shape (n_documents, embedding_dim), float32, or EmbeddedSequences
            As an :class:`EmbeddingVectorizer` of ``vectors_`` does it: with `pooling` a row a
            document, zeros where no token has a vector; without, sequences of vectors.
        """
        check_is_fitted(self)
        if is_dask(X):
            return mapped(self.transform, X)
        return self._transformed(self._tokens(X))

    @property
    def _n_features_out(self) -> int:
        return self.vectors_.embedding_dim

    def _fit_alone(self, X: Any, y: Any) -> None:
        """Learn from documents that are not transformed as well."""
        self._fit(X, y)

    def _fit(self, X: Any, y: Any) -> Tokens:
        tokens = self._tokens(X)
        self._run(X, y, len(tokens), lambda reporter: self._learn(tokens, reporter))
        return tokens

    def _run(
        self, X: Any, y: Any, n_documents: int, learn: Callable[[EpochReporter], dict[str, Any]]
    ) -> None:
        """Call `learn` and set the fitted attributes that it returns."""
        if not n_documents:
            raise ValueError("there are no documents to learn vectors from: X is empty.")
        reporter = EpochReporter(self, X, y)
        replace_fitted(self, learn(reporter))
        vars(self).pop("_counts", None)  # of parts before
        reporter.close()

    def _tokens(self, X: Any) -> Tokens:
        return as_tokens(X, self.tokenizer)

    def _transformed(self, tokens: Tokens) -> Any:
        return self.vectorizer_.transform(tokens)

    def _fitted(self, documents: Tokens | EmbeddingCounts, vectors: WordVectors) -> dict[str, Any]:
        """Return the fitted attributes that follow from the vectors and the documents' tokens."""
        vectorizer = EmbeddingVectorizer(vectors, pooling=self.pooling)
        with warnings.catch_warnings():
            # Rare tokens have no vector: that there are many is no mistake of the user's.
            warnings.filterwarnings("ignore", message=".* of the tokens have no vector")
            if isinstance(documents, Tokens):
                vectorizer.fit(documents)
            else:
                vectorizer._fit_from_all(documents)
        return {"vectors_": vectors, "vectorizer_": vectorizer}

    def _seed(self) -> int:
        """Return a seed for other generators: `random_state` itself if it is an int."""
        if isinstance(self.random_state, (int, np.integer)):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31 - 1))

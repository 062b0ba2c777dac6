"""What the learners of vectors share: fitting, reporting of passes, pooling of documents."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._compat import HasMethods, StrOptions, _fit_context
from .._constraints import POSITIVE_INT
from .._tokens import Tokens
from ..tokenizers import TextInput, as_tokens
from ..vectors import EmbeddingVectorizer, WordVectors
from ..vectors._document_pooling import Pooling


def _pools(self: VectorLearner) -> bool:
    return self.pooling is not None


class VectorLearner(TextInput, CallbackSupportMixin, TransformerMixin, BaseEstimator):
    """Learn vectors of tokens in `fit`, and give documents as their pooled vectors.

    A subclass gives :meth:`_learn`. What it learns becomes the estimator's only once all of it
    is there: a fit that is interrupted leaves the estimator as it was.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "embedding_dim": [POSITIVE_INT],
        "window": [POSITIVE_INT],
        "min_count": [POSITIVE_INT],
        "pooling": [StrOptions({"mean", "max", "idf", "sif"}), None],
        "tokenizer": [HasMethods("transform"), None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    embedding_dim: int
    max_iter: int = 0
    pooling: Pooling | None
    tokenizer: Any
    random_state: int | RandomState | None
    verbose: int | bool

    vectors_: WordVectors
    vectorizer_: EmbeddingVectorizer

    def _learn(self, tokens: Tokens, passes: Passes) -> dict[str, Any]:
        """Learn from documents, of which there is one at least, and give the fitted attributes.

        Those of :meth:`_fitted` must be among them. `passes` is told of each pass.
        """
        raise NotImplementedError

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
        self._fit(X, y)
        return self

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
        return self._transformed(self._fit(X, y))

    def transform(self, X: Any) -> Any:
        """Give documents as one vector each, or as sequences of vectors.

        Parameters
        ----------
        X : documents or Tokens
            Raw documents (list, array, Series or one-column frame of str) or Tokens.

        Returns
        -------
        ndarray of shape (n_documents, embedding_dim), float32, or EmbeddedSequences
            What an :class:`EmbeddingVectorizer` of ``vectors_`` gives: with `pooling` a row a
            document, zeros where no token has a vector; without, sequences of vectors.
        """
        check_is_fitted(self)
        return self._transformed(self._tokens(X))

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
        if self.pooling is not None:
            super().set_output(transform=transform)
        elif transform not in (None, "default"):
            raise ValueError(
                f"{type(self).__name__}(pooling=None) gives sequences of vectors, which no "
                f'{transform} frame can hold: set pooling, such as pooling="mean", or leave the '
                "output as it is."
            )
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
        ndarray of shape (embedding_dim,), object
            The name of the class in lower case, and a number from 0.
        """
        check_is_fitted(self)
        return self._column_names(self.vectors_.embedding_dim)

    def _column_names(self, n_columns: int) -> NDArray[np.object_]:
        prefix = type(self).__name__.lower()
        return np.array([f"{prefix}{d}" for d in range(n_columns)], dtype=object)

    def _fit(self, X: Any, y: Any) -> Tokens:
        tokens = self._tokens(X)
        self._run(X, y, tokens, lambda passes: self._learn(tokens, passes))
        return tokens

    def _run(
        self, X: Any, y: Any, tokens: Tokens, learn: Callable[[Passes], dict[str, Any]]
    ) -> None:
        """Call `learn` and take on the fitted attributes it gives."""
        if not len(tokens):
            raise ValueError("there are no documents to learn vectors from: X is empty.")
        passes = Passes(self, X, y, self.max_iter)
        state = learn(passes)
        for name in [n for n in vars(self) if n.endswith("_") and not n.startswith("_")]:
            self.__dict__.pop(name)
        self.__dict__.update(state)
        passes.close()

    def _tokens(self, X: Any) -> Tokens:
        return as_tokens(X, self.tokenizer)

    def _transformed(self, tokens: Tokens) -> Any:
        return self.vectorizer_.transform(tokens)

    def _fitted(self, tokens: Tokens, vectors: WordVectors) -> dict[str, Any]:
        """Give the fitted attributes that come with such vectors of the documents' tokens."""
        vectorizer = EmbeddingVectorizer(vectors, pooling=self.pooling)
        with warnings.catch_warnings():
            # Rare tokens get no vector: that many of them are rare is no mistake of the user's.
            warnings.filterwarnings("ignore", message=".* of the tokens have no vector")
            vectorizer.fit(tokens)
        return {"vectors_": vectors, "vectorizer_": vectorizer}

    def _seed(self) -> int:
        """Give a number for other generators; an int as `random_state` is taken as it is."""
        if isinstance(self.random_state, (int, np.integer)):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31 - 1))


class Passes:
    """Report passes over the documents: to scikit-learn's callbacks and, if asked, in a line.

    Parameters
    ----------
    estimator : VectorLearner
        That learns.
    X, y : Any
        What `fit` was given, for the callbacks.
    n_passes : int
        How many there will be.

    Attributes
    ----------
    losses : list of float
        The loss of each pass, where there is one.
    n_done : int
        Number of passes that ended.
    """

    def __init__(self, estimator: VectorLearner, X: Any, y: Any, n_passes: int):
        self.losses: list[float] = []
        self.n_done = 0
        self._estimator = estimator
        self._n_passes = n_passes
        self._given = {"X": X, "y": y, "metadata": None}
        self._context = estimator._init_callback_context(max_subtasks=n_passes)
        self._context.call_on_fit_task_begin(estimator=estimator, **self._given)

    def begin(self) -> None:
        """Say that a pass begins."""
        self._task = self._context.subcontext(task_name="pass")
        self._task.call_on_fit_task_begin(estimator=self._estimator, **self._given)

    def end(self, fitted: Callable[[], dict[str, Any]], loss: float | None = None) -> bool:
        """Say that a pass ended.

        Parameters
        ----------
        fitted : callable
            Gives the fitted attributes the estimator would have if learning ended now.
        loss : float or None, default=None
            Of this pass.

        Returns
        -------
        bool
            Whether a callback wants learning to stop.
        """
        self.n_done += 1
        if loss is not None:
            self.losses.append(loss)
        if self._estimator.verbose:
            figure = "" if loss is None else f", loss {loss:.5f}"
            name = type(self._estimator).__name__
            print(f"[{name}] pass {self.n_done} of {self._n_passes}{figure}")
        return bool(
            self._task.call_on_fit_task_end(
                estimator=self._estimator, reconstruction_attributes=fitted, **self._given
            )
        )

    def close(self) -> None:
        """Say that the fit ended; the estimator has its fitted attributes by now."""
        self._context.call_on_fit_task_end(
            estimator=self._estimator, reconstruction_attributes=dict, **self._given
        )

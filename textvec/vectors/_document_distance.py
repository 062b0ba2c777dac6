"""Distances between documents, computed from the vectors of their words."""

from __future__ import annotations

import os
from functools import partial
from typing import Any, ClassVar, Literal, Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .._compat import StrOptions, _fit_context, import_optional
from .._estimators._constraints import N_JOBS, TOKENIZER
from .._estimators._fitted_state import atomic_fit
from .._estimators._reported_fit import ReportedFit
from .._inputs._plain_array import integer
from .._reporting._progress_bars import tracked
from ..tokenizers import TextInput, as_tokens
from ._word_mover import (
    Bags,
    MoverTask,
    Solver,
    bags_of,
    cosine_distances,
    mover_distance,
    mover_tasks,
    nearest_by_mover_distance,
    relaxed_distances,
)
from ._word_vectors import WordVectors

# Pivots of the network simplex. Documents of some thousand words reach POT's own limit.
_MAX_PIVOTS = 10_000_000


class DocumentDistance(ReportedFit, ClassNamePrefixFeaturesOutMixin, TransformerMixin, TextInput):
    """Compute distances between documents from the vectors of their words.

    :meth:`pairwise` computes the distances between documents. As a step of a pipeline,
    `fit` stores its documents and `transform` computes the distances to them, which
    scikit-learn's neighbours and clustering take as ``metric="precomputed"``.

    Parameters
    ----------
    vectors : WordVectors, str or path
        The vectors. A path is loaded as :meth:`WordVectors.load` does.
    metric : {"cosine", "rwmd", "wmd"}, default="cosine"
        - ``"cosine"``: one minus the cosine between the mean vectors of the two documents.
        - ``"wmd"``: the Word Mover's Distance [1]_: the minimum cost of moving one document's
          words to the other's, where each word weighs its share of the document and the cost is
          the Euclidean distance between vectors. Exact; needs POT.
        - ``"rwmd"``: the relaxed Word Mover's Distance [1]_, a tight lower bound of it that
          needs no POT: every word moves to the nearest of the other document, and the
          maximum of both directions is taken.

        Begin with ``"cosine"``, which is by far the fastest; ``"wmd"`` suits short documents.
    normalize : bool, default=True
        Whether the vectors of words are scaled to norm 1 first. gensim's ``wmdistance`` does,
        unless called with ``norm=False``; [1]_ takes the vectors as they are.
    tokenizer : tokenizer or None, default=None
        Makes Tokens of raw documents; None is ``WordTokenizer()``. Not used for Tokens; rows of
        tokens need None.
    n_jobs : int or None, default=None
        Number of threads for ``"wmd"``, by joblib's convention. The result does not depend on
        it.

    Attributes
    ----------
    n_documents_ : int
        Number of documents in `fit`: the columns of `transform`.

    See Also
    --------
    EmbeddingVectorizer : With `pooling`, makes vectors of documents for any metric.

    Notes
    -----
    A token without a vector gets that of its subwords, if `vectors` have such; other tokens
    without a vector are ignored. A document without any other counts as one word whose
    vector is zero. With ``metric="cosine"`` its distance from all others is therefore 1; with the
    other two it is the mean norm of the other's vectors, which is 1 if they are normalized. The
    distance between two such documents is 0, and none is infinite or NaN. (gensim's is infinite,
    which scikit-learn's estimators reject.)

    For two documents with `n` distinct words each, the exact distance takes O(n³ log n), the
    relaxed one O(n²), shared among documents as in [2]_. What both documents have in common
    is removed from the problem, which does not change the result. The rest is solved by POT
    [3]_. :meth:`nearest` skips most of these problems by lower bounds.

    The relaxed distance is not a metric: it is 0 between documents of the same words, however
    often each occurs.

    References
    ----------
    .. [1] M. Kusner, Y. Sun, N. Kolkin and K. Weinberger, "From Word Embeddings To Document
       Distances", ICML 2015.
    .. [2] K. Atasu et al., "Linear-Complexity Relaxed Word Mover's Distance with GPU
       Acceleration", IEEE Big Data 2017.
    .. [3] R. Flamary et al., "POT: Python Optimal Transport", JMLR 22(78), 2021.

    Examples
    --------
    >>> from textvec import DocumentDistance, WordVectors
    >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 0.1], [1, 0], [0, 1]])
    >>> distance = DocumentDistance(vectors, metric="rwmd")
    >>> distance.pairwise(["a frog", "the toad"], ["king frog", "frog"]).round(2)
    array([[0.67, 0.  ],
           [0.76, 0.1 ]])

    In a pipeline:

    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> model = make_pipeline(distance, KNeighborsClassifier(1, metric="precomputed"))
    >>> model.fit(["one frog", "the king"], ["amphibian", "person"]).predict(["a toad"]).tolist()
    ['amphibian']
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "vectors": [WordVectors, str, os.PathLike],
        "metric": [StrOptions({"cosine", "rwmd", "wmd"})],
        "normalize": ["boolean"],
        "tokenizer": TOKENIZER,
        "n_jobs": N_JOBS,
    }

    n_documents_: int
    _bags: Bags
    _vectors: WordVectors
    _is_normalized: bool

    def __init__(
        self,
        vectors: WordVectors | str | os.PathLike[str],
        *,
        metric: Literal["cosine", "rwmd", "wmd"] = "cosine",
        normalize: bool = True,
        tokenizer: Any = None,
        n_jobs: int | None = None,
    ):
        self.vectors = vectors
        self.metric = metric
        self.normalize = normalize
        self.tokenizer = tokenizer
        self.n_jobs = n_jobs

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Store documents, and load the vectors.

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
            If there are no documents, or the vectors can't be loaded.
        """
        self._store(X)
        return self

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """Store documents, and compute the distances between them.

        Parameters
        ----------
        X : documents or Tokens
            As in `fit`.
        y : None
            Ignored.

        Returns
        -------
        ndarray of shape (n_documents_, n_documents_), float64
            Symmetric, with zeros on the diagonal.
        """
        self._store(X)
        return self._distances(self._bags, self._bags)

    def transform(self, X: Any) -> Any:
        """Compute the distances to the documents of `fit`.

        Parameters
        ----------
        X : documents or Tokens
            As in `fit`.

        Returns
        -------
        ndarray of shape (n_documents, n_documents_), float64
            The distance of each document to each of `fit`.
        """
        check_is_fitted(self)
        return self._distances(self._new_bags(X), self._bags)

    @_fit_context(prefer_skip_nested_validation=True)
    def pairwise(self, X: Any, Y: Any = None) -> NDArray[np.float64]:
        """Compute the distances between documents; needs no `fit`.

        Parameters
        ----------
        X : documents or Tokens
            Raw documents (list, array, Series or one-column frame of str) or Tokens.
        Y : documents, Tokens or None, default=None
            Documents to compare X with; None takes X itself.

        Returns
        -------
        ndarray of shape (n_documents_X, n_documents_Y), float64
            The distance of each document of `X` to each of `Y`.

        Raises
        ------
        ImportError
            With ``metric="wmd"``, if POT is missing.
        """
        vectors = self._loaded()
        left = self._bags_of(X, vectors)
        return self._distances(left, left if Y is None else self._bags_of(Y, vectors, left))

    def nearest(self, X: Any, k: int = 5) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Find the documents of `fit` that are nearest to each document.

        Parameters
        ----------
        X : documents or Tokens
            As in `fit`.
        k : int, default=5
            Number of documents to find, from 1 to the number of those in `fit`.

        Returns
        -------
        distances : ndarray of shape (n_documents, k), float64
            Ascending in each row.
        rows : ndarray of shape (n_documents, k), int64
            Their rows in `fit`; ties in the order of rows.

        Raises
        ------
        TypeError
            If `k` is no integer.
        ValueError
            If `k` is less than 1, or greater than the number of documents.
        """
        check_is_fitted(self)
        if not 1 <= integer(k, "k") <= self.n_documents_:
            raise ValueError(f"k must be from 1 to {self.n_documents_}, got {k}.")
        bags = self._new_bags(X)
        if self.metric != "wmd":
            distances = self._distances(bags, self._bags)
            rows = np.argsort(distances, axis=1, kind="stable")[:, :k]
            return np.take_along_axis(distances, rows, axis=1), rows
        solve = _solver()
        found = Parallel(n_jobs=self.n_jobs, prefer="threads")(
            delayed(nearest_by_mover_distance)(bags, row, self._bags, k, solve)
            for row in tracked(range(len(bags)), "distances", "documents")
        )
        table = np.array(found, dtype=np.float64).reshape(len(bags), k, 2)
        return table[..., 0], table[..., 1].astype(np.int64)

    @property
    def _n_features_out(self) -> int:
        return self.n_documents_

    def _store(self, X: Any) -> None:
        tokens = as_tokens(X, self.tokenizer)
        if not len(tokens):
            raise ValueError("there are no documents to fit on: X is empty.")
        vectors = self._loaded()
        self._bags = self._bags_of(tokens, vectors)
        self._vectors = vectors
        self._is_normalized = self.normalize
        self.n_documents_ = len(tokens)

    def _loaded(self) -> WordVectors:
        if isinstance(self.vectors, WordVectors):
            return self.vectors
        return WordVectors.load(self.vectors)

    def _new_bags(self, X: Any) -> Bags:
        """Return documents as bags to compare with those of `fit`."""
        self._validate_params()  # which may have been set after fit
        if self.normalize != self._is_normalized:
            raise ValueError(
                f"normalize was {self._is_normalized} in fit, and is {self.normalize} now: fit "
                "again."
            )
        return self._bags_of(X, self._vectors, self._bags)

    def _bags_of(self, X: Any, vectors: WordVectors, others: Bags | None = None) -> Bags:
        tokens = as_tokens(X, self.tokenizer)
        return bags_of(tokens, vectors, normalize=self.normalize, others=others)

    def _distances(self, X: Bags, Y: Bags) -> NDArray[np.float64]:
        if self.metric == "wmd":
            return self._mover_distances(X, Y)
        distances = (cosine_distances if self.metric == "cosine" else relaxed_distances)(X, Y)
        if Y is X:
            np.fill_diagonal(distances, 0)
        return distances

    def _mover_distances(self, X: Bags, Y: Bags) -> NDArray[np.float64]:
        distances = np.zeros((len(X), len(Y)))
        solve = _solver()

        def fill(task: MoverTask) -> None:
            found = [mover_distance(X, task.row, Y, column, solve) for column in task.columns]
            distances[task.row, task.columns] = found

        tasks = mover_tasks(len(X), len(Y), symmetric=Y is X)
        Parallel(n_jobs=self.n_jobs, prefer="threads")(
            delayed(fill)(task) for task in tracked(tasks, "distances", "documents", total=len(X))
        )
        return distances + distances.T if Y is X else distances


def _solver() -> Solver:
    optimal_transport = import_optional("ot", needed_for='DocumentDistance(metric="wmd")')
    return partial(optimal_transport.emd2, numItermax=_MAX_PIVOTS)

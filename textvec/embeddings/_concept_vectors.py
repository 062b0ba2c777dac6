"""Vectors of concepts, such as medical codes, learned from how often they occur together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
from joblib import effective_n_jobs
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from .._compat import StrOptions, _fit_context
from .._containers._tokens import Tokens
from .._containers._vocabulary import Vocabulary
from .._estimators._constraints import N_JOBS, POSITIVE, POSITIVE_INT, Interval
from .._estimators._fitted_state import atomic_fit
from .._reporting._caller_warnings import warn_caller
from ..distributed import refuse_dask
from ..tokenizers import WordTokenizer
from ..vectors import WordVectors
from ..vectors._document_pooling import Pooling
from ..vectors._embedding_counts import EmbeddingCounts
from ._cooccurrence_counts import Cooccurrences, window_sums
from ._cooccurrence_table import read_counts, read_pairs
from ._counted_documents import CountedDocuments
from ._epoch_reporter import EpochReporter
from ._glove import GloVe
from ._learns_from_counts import LearnsFromCounts
from ._pmi import PairCounts, factor, row_sums, shifted_positive_pmi
from ._word2vec import Word2Vec

_ZERO = 1e-6  # of the longest vector: what is left is rounding


class ConceptVectors(LearnsFromCounts):
    """Learn a vector for each concept from how often concepts occur together.

    The recipe of cui2vec [1]_: counts of pairs, their shifted positive pointwise mutual
    information (PMI), and its largest singular vectors. Word2vec's skip-gram factors the same
    matrix implicitly [2]_. It is learned from sequences of concepts, such as the codes of
    patients, or from a table of counts: :meth:`fit_cooccurrence`. Where other learners take
    documents, rows may also be lists of concepts.

    Of a Dask collection of rows, `fit` counts pairs on the workers in a second pass, after one for
    the concepts, and learns here; with ``"word2vec"``, concepts come here as ids. `transform`
    returns a Dask array.

    Parameters
    ----------
    method : {"svd", "glove", "word2vec"}, default="svd"
        How vectors are learned: ``"svd"`` is the recipe above; for comparison, ``"glove"`` trains
        :class:`GloVe` on the same counts, and ``"word2vec"`` trains :class:`Word2Vec` on the
        sequences.
    embedding_dim : int, default=100
        Width of the vectors; for ``"svd"`` below the number of concepts.
    window : int or None, default=None
        Maximum distance of two concepts that occur together; each such pair counts as 1. None
        takes all concepts of a row together, whatever their order, and counts the rows that hold
        both: a row should then be what belongs together, such as the codes of one patient within
        30 days. With ``"word2vec"`` it is the longest row.
    min_count : int, default=5
        Minimum number of occurrences of a concept to get a vector.
    vocabulary : Vocabulary, iterable of str or None, default=None
        The concepts that get vectors, in this order, if they occur; such as the `vocabulary_` of a
        :class:`SequenceVectorizer` with `min_count`, which is not used here then. With it,
        `partial_fit` counts each part and forgets it. None finds them in the rows; ``"word2vec"``
        takes no other value.
    shift : float, default=1.0
        Its logarithm is subtracted from each PMI, before negative ones become 0; greater than 0.
        It is word2vec's number of negative samples; 1 shifts nothing, as the authors do.
    smoothing : float, default=0.75
        Exponent of each concept's probability, on both sides of a pair, greater than 0 and at
        most 1. The authors' program takes 0.75; 1 is PMI itself, which rare concepts dominate.
    n_total : float or None, default=None
        What counts are divided by for probabilities. None takes the number of rows if `window` is
        None, else the sum of all counts.
    add_context : bool, default=True
        Whether a vector is ``(U + V) sqrt(S)``, as in the authors' program, or ``U sqrt(S)``, of
        the singular value decomposition ``U S V'``. For ``"glove"`` see :class:`GloVe`.
    max_iter : int, default=25
        Number of epochs of ``"glove"`` and ``"word2vec"``; ``"svd"`` needs none.
    method_params : dict or None, default=None
        More parameters of the other learner, such as ``{"x_max": 10}``.
    pooling : {"mean", "max", "idf", "sif"} or None, default="mean"
        How `transform` pools the vectors of a row; None leaves sequences of vectors. See
        :class:`EmbeddingVectorizer`.
    tokenizer : tokenizer or None, default=None
        Makes Tokens of rows that are str; None splits at white space and changes no letter. Not
        used for Tokens; lists of concepts need None.
    n_jobs : int or None, default=None
        Number of threads, by joblib's convention.
    random_state : int, RandomState instance or None, default=None
        Draws the start of the search for singular vectors; also passed to the other learner.
    verbose : int or bool, default=0
        Whether to print a line after each epoch, to the standard output.

    Attributes
    ----------
    vectors_ : WordVectors
        Of the concepts, by falling frequency; of a frame of counts, in alphabetical order. With
        ``"svd"`` a concept that has no positive PMI with any other has no vector.
    vectorizer_ : EmbeddingVectorizer
        Of these vectors.
    sppmi_ : csr_array of shape (n_concepts, n_concepts)
        The matrix that was factored, in the order of `vectors_`; only with ``"svd"``.
    loss_curve_ : list of float
    n_iter_ : int
        As the other learners have them; not with ``"svd"``.

    Warns
    -----
    UserWarning
        If concepts have vectors of zeros, with ``"svd"``: they take no part in the components.

    See Also
    --------
    GloVe, Word2Vec : Learn from text.
    WordVectors : Queries of the vectors.

    Notes
    -----
    PMI is ``log(p_ij / (p_i p_j) ** smoothing)``. In rows, a concept does not occur together
    with itself; in windows it does where it is repeated. The diagonal of a table is used as it
    is. The authors' program doubles the diagonal of the PMI when it makes the matrix symmetric;
    this one does not.

    A large diagonal makes vectors of rare concepts that are similar to nothing but themselves:
    leave it out of a table to compare concepts with each other.

    References
    ----------
    .. [1] A. L. Beam et al., "Clinical Concept Embeddings Learned from Massive Sources of
       Multimodal Medical Data", arXiv:1804.01486, 2018. Program:
       https://github.com/beamandrew/cui2vec
    .. [2] O. Levy and Y. Goldberg, "Neural Word Embedding as Implicit Matrix Factorization",
       NIPS 2014.

    Examples
    --------
    >>> from textvec import ConceptVectors
    >>> patients = [["I10", "E11.9", "N18.3"], ["I10", "E11.9"], ["J45", "J30"], ["J30", "J45"]]
    >>> concepts = ConceptVectors(embedding_dim=2, min_count=1, random_state=0).fit(patients)
    >>> concepts.vectors_
    WordVectors(5 words, 2 dimensions, float32)
    >>> concepts.transform([["J45", "J30"], ["N18.3"]]).shape
    (2, 2)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **LearnsFromCounts._parameter_constraints,
        "method": [StrOptions({"svd", "glove", "word2vec"})],
        "window": [POSITIVE_INT, None],
        "shift": [POSITIVE],
        "smoothing": [Interval(Real, 0, 1, closed="right")],
        "n_total": [POSITIVE, None],
        "add_context": ["boolean"],
        "max_iter": [POSITIVE_INT],
        "method_params": [dict, None],
        "n_jobs": N_JOBS,
    }

    sppmi_: Any
    loss_curve_: list[float]
    n_iter_: int

    def __init__(
        self,
        method: Literal["svd", "glove", "word2vec"] = "svd",
        *,
        embedding_dim: int = 100,
        window: int | None = None,
        min_count: int = 5,
        vocabulary: Vocabulary | Iterable[str] | None = None,
        shift: float = 1.0,
        smoothing: float = 0.75,
        n_total: float | None = None,
        add_context: bool = True,
        max_iter: int = 25,
        method_params: dict[str, Any] | None = None,
        pooling: Pooling | None = "mean",
        tokenizer: Any = None,
        n_jobs: int | None = None,
        random_state: int | RandomState | None = None,
        verbose: int | bool = 0,
    ):
        self.method = method
        self.embedding_dim = embedding_dim
        self.window = window
        self.min_count = min_count
        self.vocabulary = vocabulary
        self.shift = shift
        self.smoothing = smoothing
        self.n_total = n_total
        self.add_context = add_context
        self.max_iter = max_iter
        self.method_params = method_params
        self.pooling = pooling
        self.tokenizer = tokenizer
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def fit_cooccurrence(
        self,
        table: Any,
        counts: Any = None,
        *,
        vocabulary: Vocabulary | Sequence[str] | None = None,
    ) -> Self:
        """Learn the vectors from counts made elsewhere.

        Parameters
        ----------
        table : frame of three columns, or matrix of shape (n_concepts, n_concepts)
            How often two concepts occur together. A frame's columns are a concept, another, and
            their count; a matrix may be of scipy or an array. A pair may be given once or both
            ways.
        counts : mapping, frame of two columns, array-like or None, default=None
            How often each concept occurs, in the unit of `n_total`, which is then needed. None
            takes the sums of the table's rows.
        vocabulary : Vocabulary, sequence of str or None, default=None
            Names of the rows of a matrix.

        Returns
        -------
        self
            If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            If the table or the counts are not as above, `method` is ``"word2vec"``, which needs
            sequences, or `pooling` is ``"idf"`` or ``"sif"``, which need rows.

        Notes
        -----
        `window` and `min_count` are not used.
        """
        refuse_dask(table, "table")
        self._check_learns_from_counts()
        names, pairs = read_pairs(table, vocabulary)
        if counts is None:
            pair_counts = PairCounts.of_pairs(names, pairs)
        elif self.n_total is None:
            raise ValueError("counts need n_total, the number of rows that they were counted in.")
        else:
            pair_counts = PairCounts(names, pairs, read_counts(counts, names), self.n_total)
        # The names as one row: pooling by mean or maximum learns nothing else from rows.
        row = Tokens(np.arange(len(names)), [0, len(names)], names)
        self._run(table, None, 1, lambda rep: self._learn_from(pair_counts, rep, row))
        return self

    def _check_learns_from_counts(self) -> None:
        if self.method == "word2vec":
            raise ValueError('method="word2vec" learns from sequences: a table of counts has none.')
        if self.pooling in ("idf", "sif"):
            raise ValueError(
                f'pooling="{self.pooling}" weights tokens by the rows they are in, which are '
                "unknown for a table of counts."
            )

    def _default_tokenizer(self) -> Any:
        return WordTokenizer("whitespace", lowercase=False)

    def _counts_suffice(self) -> bool:
        return self.method != "word2vec" and super()._counts_suffice()

    def _learn(self, tokens: Tokens, reporter: EpochReporter) -> dict[str, Any]:
        if self.method != "word2vec":
            return super()._learn(tokens, reporter)
        if self.vocabulary is not None:
            raise ValueError('method="word2vec" takes no vocabulary: set min_count.')
        window = self.window or max(1, int(tokens.lengths.max(initial=1)) - 1)
        learner = Word2Vec(pooling=self.pooling, window=window, **self._shared_params())
        learner._validate_params()
        return learner._learn(tokens, reporter)

    def _count(self, tokens: Tokens, vocabulary: Vocabulary) -> Any:
        if self.window is None:
            return row_sums(tokens, vocabulary)
        options = {"window": self.window, "n_threads": effective_n_jobs(self.n_jobs)}
        return window_sums(tokens, vocabulary, weighting="flat", **options)

    def _counted_with(self) -> dict[str, Any]:
        return {"method": self.method, "window": self.window}

    def _prepared(self, counts: CountedDocuments) -> PairCounts:
        names, sums = counts.vocabulary, counts.sums
        if self.window is None:
            return PairCounts.of_rows(names, sums, counts.n_documents)
        return PairCounts.of_pairs(names, Cooccurrences.of_sums(names, sums, "flat").matrix)

    def _learn_from(
        self, prepared: PairCounts, reporter: EpochReporter, documents: Tokens | EmbeddingCounts
    ) -> dict[str, Any]:
        if not prepared.pairs.nnz:
            raise ValueError(
                f"no two of the {len(prepared.vocabulary)} concepts kept occur together."
            )
        if self.method == "svd":
            return self._factor(documents, prepared)
        learner = GloVe(add_context=self.add_context, weighting="flat", **self._shared_params())
        learner._validate_params()
        model = learner._model(Cooccurrences.of_matrix(prepared.vocabulary, prepared.pairs))
        return learner._train(model, reporter, lambda vectors: self._fitted(documents, vectors))

    def _factor(self, documents: Tokens | EmbeddingCounts, counts: PairCounts) -> dict[str, Any]:
        if self.n_total is not None:
            counts = counts._replace(n_total=self.n_total)
        matrix = shifted_positive_pmi(counts, shift=self.shift, smoothing=self.smoothing)
        names, matrix = self._connected(counts.vocabulary, matrix)
        factors = factor(
            matrix,
            self.embedding_dim,
            add_context=self.add_context,
            generator=check_random_state(self.random_state),
        )
        self._warn_of_zeros(names, factors)
        return self._fitted(documents, WordVectors(names, factors)) | {"sppmi_": matrix}

    def _warn_of_zeros(self, names: Vocabulary, factors: NDArray[np.float64]) -> None:
        norms = np.linalg.norm(factors, axis=1)
        zeros = np.flatnonzero(norms <= _ZERO * norms.max())
        if len(zeros):
            some = ", ".join(map(repr, names.take(zeros[:3]).tokens))
            warn_caller(
                f"{len(zeros)} of {len(names)} concepts have vectors of zeros up to rounding, "
                f"{some} among them: they take no part in the {self.embedding_dim} largest "
                "components. Raise embedding_dim, or set smoothing=1.",
            )

    def _connected(self, names: Vocabulary, matrix: Any) -> tuple[Vocabulary, Any]:
        """Drop the concepts whose row is empty."""
        keep = np.flatnonzero(np.diff(matrix.indptr))
        if len(keep) <= self.embedding_dim:
            raise ValueError(
                f"embedding_dim={self.embedding_dim} must be below the number of concepts with a "
                f"positive PMI, {len(keep)} of {len(names)}: lower it, lower shift={self.shift} or "
                f"raise smoothing={self.smoothing}."
            )
        return names.take(keep), matrix[keep][:, keep]

    def _shared_params(self) -> dict[str, Any]:
        return {
            "embedding_dim": self.embedding_dim,
            "min_count": self.min_count,
            "max_iter": self.max_iter,
            "n_jobs": self.n_jobs,
            "random_state": self.random_state,
            **(self.method_params or {}),
        }

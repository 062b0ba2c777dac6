"""GloVe: vectors of tokens, learned from co-occurrence counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from joblib import effective_n_jobs
from numpy.random import RandomState

from .._containers._tokens import Tokens
from .._containers._vocabulary import Vocabulary
from .._estimators._constraints import (
    N_IDS,
    N_JOBS,
    NOT_NEGATIVE,
    POSITIVE,
    POSITIVE_INT,
    one_of,
)
from ..vectors import WordVectors
from ..vectors._document_pooling import Pooling
from ..vectors._embedding_counts import EmbeddingCounts
from ._cooccurrence_counts import Cooccurrences, Weighting, window_sums
from ._counted_documents import CountedDocuments
from ._epoch_reporter import EpochReporter
from ._glove_model import GloVeModel
from ._learns_from_counts import LearnsFromCounts


class GloVe(LearnsFromCounts):
    """Learn a vector for each token from its co-occurrence counts with other tokens.

    The windows of all documents are counted once; each epoch is then a pass over the counts, not
    over the documents. With the same seed the vectors are the same to the last bit, whatever
    `n_jobs` is and whatever order the documents come in.

    Of a Dask collection of documents, `fit` counts windows on the workers in a second pass, after
    one for the tokens, and trains here; `transform` returns a Dask array.

    Parameters
    ----------
    embedding_dim : int, default=50
        Width of the vectors, at least 1; 50 to 300 are common.
    window : int, default=15
        Maximum distance of a neighbour, on either side. The authors take 10 to 15.
    weighting : {"harmonic", "flat"}, default="harmonic"
        Whether a neighbour at distance d counts as 1/d or as 1.
    min_count : int, default=5
        Minimum number of occurrences of a token to get a vector. Rarer tokens are dropped
        before distances are counted, so the tokens on either side of them are neighbours.
    max_tokens : int or None, default=None
        Maximum number of rows of an embedding of the vectors, padding and unknown included: the
        most frequent ``max_tokens - 2`` tokens get vectors. None sets no limit.
    vocabulary : Vocabulary, iterable of str or None, default=None
        The tokens that get vectors, in this order, if they occur; such as the `vocabulary_` of a
        :class:`SequenceVectorizer` with `min_count`; here `min_count` and `max_tokens` are not used
        then. With it, `partial_fit` counts each part and forgets it. None finds them in the
        documents.
    x_max : float, default=100
        Count from which on a pair has full weight, greater than 0. Lower it on a small corpus,
        to 10 for example.
    alpha : float, default=0.75
        A smaller count x has the weight ``(x / x_max) ** alpha``; at least 0.
    learning_rate_init : float, default=0.05
        Initial learning rate of AdaGrad [2]_, which lowers that of each parameter by its
        gradients.
    max_iter : int, default=25
        Number of epochs: passes over the counts. The authors take 50, and 100 for 300 dimensions
        and more.
    add_context : bool, default=True
        Whether a token's vector is the sum of its two: as a word, and as a context of words.
        The sum is what the authors publish.
    pooling : {"mean", "max", "idf", "sif"} or None, default="mean"
        How `transform` pools the vectors of a document; None leaves sequences of vectors. See
        :class:`EmbeddingVectorizer`.
    tokenizer : tokenizer or None, default=None
        Makes Tokens of raw documents; None is ``WordTokenizer()``. Not used for Tokens; rows of
        tokens need None.
    n_jobs : int or None, default=None
        Number of threads for counting and training, by joblib's convention. The result does not
        depend on it.
    random_state : int, RandomState instance or None, default=None
        Draws initial vectors, and the order of the counts in each epoch.
    verbose : int or bool, default=0
        Whether to print a line after each epoch, to the standard output. Progress bars and monitors
        of scikit-learn are set by `set_callbacks`.

    Attributes
    ----------
    vectors_ : WordVectors
        Of the tokens that occur `min_count` times, by falling frequency.
    vectorizer_ : EmbeddingVectorizer
        Of these vectors, fitted on the same documents.
    loss_curve_ : list of float
        The loss of each epoch: half the weighted squared error, each before its own step,
        averaged over the counts. It is the cost that Stanford's program prints.
    n_iter_ : int
        Number of epochs run.

    See Also
    --------
    Word2Vec : Learns from the documents window by window.
    ConceptVectors : Factors a matrix of such counts.
    WordVectors.load : Loads the vectors the authors publish.

    Notes
    -----
    The vectors w of words and c of contexts minimize the sum over all counts x of
    ``f(x) (w @ c + b_w + b_c - log(x)) ** 2``, where f is the weight [1]_. The steps are those of
    Stanford's first program: gradients are clipped at 100, biases learn at the same rate as
    vectors, and no vector for unknown words is made. That program draws one order of the counts
    for all epochs; here each epoch draws its own.

    Memory is 12 bytes a token of the documents while windows are counted, and 16 bytes a pair of
    tokens that co-occur, 24 while these are prepared. A stream that can be read again, and a
    collection of Dask, are counted block by block in a second pass. With ``pooling="sif"``, the
    documents are held as ids.

    References
    ----------
    .. [1] J. Pennington, R. Socher and C. D. Manning, "GloVe: Global Vectors for Word
       Representation", EMNLP 2014. Program: https://github.com/stanfordnlp/GloVe
    .. [2] J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods for Online Learning
       and Stochastic Optimization", Journal of Machine Learning Research 12, 2011.

    Examples
    --------
    >>> from textvec import GloVe
    >>> documents = ["the frog sat on the log", "the toad sat on the log"] * 20
    >>> glove = GloVe(embedding_dim=8, max_iter=5, random_state=0).fit(documents)
    >>> glove.vectors_
    WordVectors(6 words, 8 dimensions, float32)
    >>> glove.loss_curve_[-1] < glove.loss_curve_[0]
    True
    >>> glove.transform(["the frog and the toad"]).shape
    (1, 8)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **LearnsFromCounts._parameter_constraints,
        "weighting": [one_of(Weighting)],
        "max_tokens": [N_IDS, None],
        "x_max": [POSITIVE],
        "alpha": [NOT_NEGATIVE],
        "learning_rate_init": [POSITIVE],
        "max_iter": [POSITIVE_INT],
        "add_context": ["boolean"],
        "n_jobs": N_JOBS,
    }

    loss_curve_: list[float]
    n_iter_: int

    def __init__(
        self,
        *,
        embedding_dim: int = 50,
        window: int = 15,
        weighting: Weighting = "harmonic",
        min_count: int = 5,
        max_tokens: int | None = None,
        vocabulary: Vocabulary | Iterable[str] | None = None,
        x_max: float = 100.0,
        alpha: float = 0.75,
        learning_rate_init: float = 0.05,
        max_iter: int = 25,
        add_context: bool = True,
        pooling: Pooling | None = "mean",
        tokenizer: Any = None,
        n_jobs: int | None = None,
        random_state: int | RandomState | None = None,
        verbose: int | bool = 0,
    ):
        self.embedding_dim = embedding_dim
        self.window = window
        self.weighting = weighting
        self.min_count = min_count
        self.max_tokens = max_tokens
        self.vocabulary = vocabulary
        self.x_max = x_max
        self.alpha = alpha
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.add_context = add_context
        self.pooling = pooling
        self.tokenizer = tokenizer
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def _prepared(self, counts: CountedDocuments) -> GloVeModel:
        if not counts.sums.nnz:
            raise ValueError(
                f"no two of the {len(counts.vocabulary)} tokens kept occur in one document: there "
                "is nothing to learn from."
            )
        return self._model(Cooccurrences.of_sums(counts.vocabulary, counts.sums, self.weighting))

    def _learn_from(
        self, prepared: GloVeModel, reporter: EpochReporter, documents: Tokens | EmbeddingCounts
    ) -> dict[str, Any]:
        return self._train(prepared, reporter, lambda vectors: self._fitted(documents, vectors))

    def _train(
        self,
        model: GloVeModel,
        reporter: EpochReporter,
        fitted: Callable[[WordVectors], dict[str, Any]],
    ) -> dict[str, Any]:
        """Train a model, and return the fitted attributes: those of `fitted`, and the losses."""

        def state() -> dict[str, Any]:
            vectors = model.vectors(add_context=self.add_context)
            losses = list(reporter.losses)
            return fitted(vectors) | {"loss_curve_": losses, "n_iter_": reporter.n_done}

        for _ in range(self.max_iter):
            reporter.begin()
            if reporter.end(state, model.run_epoch()):
                break
        return state()

    def _count(self, tokens: Tokens, vocabulary: Vocabulary) -> Any:
        return window_sums(
            tokens,
            vocabulary,
            window=self.window,
            weighting=self.weighting,
            n_threads=effective_n_jobs(self.n_jobs),
        )

    def _counted_with(self) -> dict[str, Any]:
        return {"window": self.window, "weighting": self.weighting}

    def _max_tokens(self) -> int | None:
        return self.max_tokens

    def _model(self, counts: Cooccurrences) -> GloVeModel:
        return GloVeModel(
            counts,
            embedding_dim=int(self.embedding_dim),
            x_max=self.x_max,
            alpha=self.alpha,
            learning_rate=self.learning_rate_init,
            seed=self._seed(),
            n_threads=effective_n_jobs(self.n_jobs),
        )

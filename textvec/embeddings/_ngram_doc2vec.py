"""Doc2vec of n-grams: vectors of documents that predict their n-grams by cosine similarity."""

from __future__ import annotations

from functools import partial
from numbers import Integral
from operator import index
from typing import Any, ClassVar

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from .._containers._ragged import Ragged
from .._containers._tokens import Tokens
from .._containers._vocabulary import FIRST, Vocabulary
from .._estimators._constraints import N_IDS, N_JOBS, POSITIVE, POSITIVE_INT, Interval
from .._inputs._ngram_ranges import checked_range
from ..vectorizers.ids import SequenceVectorizer
from ..vectors import WordVectors
from ..vectors._document_pooling import Pooling
from ._epoch_reporter import EpochReporter
from ._frequent_enough import check_frequent_enough
from ._held_parts import LearnsFromParts
from ._inferred_rows import inferred_rows
from ._ngram_document_model import NgramDocumentModel, StepSettings, infer


class NgramDoc2Vec(LearnsFromParts):
    """Learn a vector for each document from the n-grams in it, and infer those of new documents.

    The vector of a document predicts its words, pairs and triples of words, by the cosine of its
    angle to theirs [1]_. Pairs such as "not good" make the vectors better features for a linear
    model than those of :class:`Doc2Vec`, which predict single words. With the same seed the vectors
    are the same to the last bit, and an inferred vector depends on its document alone.

    Of a Dask collection of documents, `fit` tokenizes on the workers and trains here, on ids, four
    bytes a token. `transform` returns a Dask array.

    Parameters
    ----------
    embedding_dim : int, default=256
        Width of the vectors, at least 1; 100 to 500 are common.
    ngram_range : tuple of (min_n, max_n), default=(1, 3)
        Minimum and maximum number of tokens of an n-gram, 1 or more.
    min_count : int, default=5
        Minimum number of occurrences of an n-gram to be learned from. Lower it on a small corpus.
    max_tokens : int or None, default=None
        Maximum number of rows of an embedding of the n-grams, padding and unknown included: the
        most frequent ``max_tokens - 2`` n-grams are learned from. None sets no limit.
    negative : int, default=5
        Number of negative samples, 1 to 1,000: random n-grams that contrast with each n-gram.
    scale : float, default=6.0
        Factor of the cosine in the logit, greater than 0; 4 to 10 are common.
    learning_rate_init : float, default=1.4
        Initial learning rate of AdaGrad, in radians: it falls for each vector with the steps that
        the vector has taken. 0.7 to 2 are common.
    max_iter : int, default=6
        Number of epochs: passes over the documents. 5 to 20 are common.
    infer_iter : int or None, default=None
        Number of epochs of the inference of a new document in `transform`, up to 1,000,000; None
        is `max_iter`.
    tokenizer : tokenizer or None, default=None
        Makes Tokens of raw documents; None is ``WordTokenizer()``. Not used for Tokens; rows of
        tokens need None.
    n_jobs : int or None, default=None
        Number of threads of `transform`, by joblib's convention. `fit` has one thread.
    random_state : int, RandomState instance or None, default=None
        Draws initial vectors, the order of the documents and negative samples.
    verbose : int or bool, default=0
        Whether to print a line after each epoch, to the standard output. Progress bars and monitors
        of scikit-learn are set by `set_callbacks`.

    Attributes
    ----------
    document_vectors_ : ndarray of shape (n_documents, embedding_dim), float32
        The learned vectors of the documents in `fit`, of length 1; zeros without a known n-gram.
    vectors_ : WordVectors
        Of the n-grams, their tokens joined by a space: ``vectors_.nearest("not good")``.
    ngram_vectorizer_ : SequenceVectorizer
        Numbers the n-grams of documents.
    noise_ : ndarray of shape (n_noise,), int32
        Rows of n-grams that negative samples are drawn from, each as often as the n-gram occurs.
    infer_settings_ : dict of str to number
        `n_negative`, `scale` and `learning_rate` of the `fit`, by which `transform` infers.
    loss_curve_ : list of float
        The loss of each epoch: the log loss of an n-gram and its negative samples, before their
        steps, averaged over the n-grams.
    n_iter_ : int
        Number of epochs run.

    See Also
    --------
    Doc2Vec : Predicts single tokens, by gensim.
    NBLogCountRatio : Weights of n-grams where documents have labels.

    Notes
    -----
    `fit_transform` is `fit`, then `transform`: it infers the vectors of the same documents.
    The learned ones are ``document_vectors_``; train a model on one kind only. Documents without
    labels are worth adding in `fit`: wrap the fitted estimator in scikit-learn's `FrozenEstimator`
    to put it into a pipeline that is fitted to the labelled ones.

    It takes many texts of some length: of a few thousand sentences, a linear model learns more by
    :class:`TfidfVectorizer`.

    Negative samples are n-grams as frequent as they occur. AdaGrad sums squared gradients over a
    vector, not over each of its numbers, and steps are turns on the unit sphere: in the
    reference, whose vectors are free, a vector's growing length lowers its rate just so.

    References
    ----------
    .. [1] T. Thongtan and T. Phienthrakul, "Sentiment Classification Using Document Embeddings
       Trained with Cosine Similarity", ACL Student Research Workshop 2019.
    .. [2] B. Li, T. Liu, X. Du, D. Zhang and Z. Zhao, "Learning Document Embeddings by Predicting
       N-grams for Sentiment Classification of Long Movie Reviews", ICLR Workshop 2016.

    Examples
    --------
    >>> from textvec import NgramDoc2Vec
    >>> documents = ["the frog sat on the log", "the toad sat on the log"] * 20
    >>> doc2vec = NgramDoc2Vec(embedding_dim=8, random_state=0).fit(documents)
    >>> doc2vec.vectors_
    WordVectors(19 words, 8 dimensions, float32)
    >>> doc2vec.document_vectors_.shape
    (40, 8)
    >>> doc2vec.transform(["a frog"]).shape
    (1, 8)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **LearnsFromParts._parameter_constraints,
        "ngram_range": ["array-like"],
        "max_tokens": [N_IDS, None],
        "negative": [Interval(Integral, 1, 1000, closed="both")],
        "scale": [POSITIVE],
        "learning_rate_init": [POSITIVE],
        "max_iter": [POSITIVE_INT],
        "infer_iter": [Interval(Integral, 1, 10**6, closed="both"), None],
        "n_jobs": N_JOBS,
    }
    del _parameter_constraints["pooling"], _parameter_constraints["window"]

    pooling: Pooling = "mean"  # one row a document, in any case

    document_vectors_: NDArray[np.float32]
    ngram_vectorizer_: SequenceVectorizer
    noise_: NDArray[np.int32]
    infer_settings_: dict[str, Any]
    loss_curve_: list[float]
    n_iter_: int

    def __init__(
        self,
        *,
        embedding_dim: int = 256,
        ngram_range: tuple[int, int] = (1, 3),
        min_count: int = 5,
        max_tokens: int | None = None,
        negative: int = 5,
        scale: float = 6.0,
        learning_rate_init: float = 1.4,
        max_iter: int = 6,
        infer_iter: int | None = None,
        tokenizer: Any = None,
        n_jobs: int | None = None,
        random_state: int | RandomState | None = None,
        verbose: int | bool = 0,
    ):
        self.embedding_dim = embedding_dim
        self.ngram_range = ngram_range
        self.min_count = min_count
        self.max_tokens = max_tokens
        self.negative = negative
        self.scale = scale
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.infer_iter = infer_iter
        self.tokenizer = tokenizer
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def _learn(self, tokens: Tokens, reporter: EpochReporter) -> dict[str, Any]:
        vectorizer = self._vectorizer()
        check_frequent_enough(len(tokens.values), 1, self.min_count)
        try:
            rows = _from_zero(vectorizer.fit_transform(tokens))
        except ValueError:  # in words of limits that are no parameters here
            raise ValueError(
                f"no n-gram of ngram_range={self.ngram_range} occurs min_count={self.min_count} "
                "times: lower min_count or fit on more documents."
            ) from None
        model = NgramDocumentModel(
            rows,
            vectorizer.token_counts_,
            embedding_dim=int(self.embedding_dim),
            settings=self._step_settings(),
            seed=self._seed(),
        )
        names = Vocabulary(vectorizer.vocabulary_.tokens)

        def fitted(*, copy: bool) -> dict[str, Any]:
            vectors = model.documents, model.ngrams
            documents, ngrams = (array.copy() if copy else array for array in vectors)
            return {
                "document_vectors_": documents,
                "vectors_": WordVectors(names, ngrams),
                "ngram_vectorizer_": vectorizer,
                "noise_": model.noise,
                "infer_settings_": model.settings._asdict(),
                "loss_curve_": list(reporter.losses),
                "n_iter_": reporter.n_done,
            }

        for _ in range(self.max_iter):
            reporter.begin()
            loss = model.run_epoch()
            self._check_finite(model, reporter.n_done + 1)
            if reporter.end(partial(fitted, copy=True), loss):
                break
        return fitted(copy=False)

    def _check_finite(self, model: NgramDocumentModel, epoch: int) -> None:
        if not np.isfinite(model.ngrams.sum()):
            raise ValueError(
                f"vectors are no longer finite after epoch {epoch}: lower "
                f"learning_rate_init={self.learning_rate_init} or scale={self.scale}."
            )

    def _vectorizer(self) -> SequenceVectorizer:
        return SequenceVectorizer(
            ngram_range=checked_range(self.ngram_range),
            min_count=self.min_count,
            max_tokens=self.max_tokens,
            oov="drop",
        )

    def _transformed(self, tokens: Tokens) -> NDArray[np.float32]:
        rows = _from_zero(self.ngram_vectorizer_.transform(tokens))
        settings = StepSettings(**self.infer_settings_)
        n_epochs = index(self.infer_iter or self.max_iter)

        def inferred(start: int, stop: int) -> NDArray[np.float32]:
            matrix = self.vectors_.matrix
            return infer(
                rows[start:stop], matrix, self.noise_, settings=settings, n_epochs=n_epochs
            )

        return inferred_rows(inferred, len(rows), self._n_features_out, self.n_jobs)

    def _step_settings(self) -> StepSettings:
        return StepSettings(int(self.negative), self.scale, self.learning_rate_init)


def _from_zero(rows: Ragged) -> Ragged:
    """Return the ids of n-grams as rows of their table."""
    return Ragged(rows.values - np.int32(FIRST), rows.offsets)

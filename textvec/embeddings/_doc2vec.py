"""Doc2vec: vectors of documents, learned with those of their tokens or alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from numbers import Integral
from operator import index
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from .._compat import StrOptions
from .._containers._tokens import Tokens
from .._estimators._constraints import Interval
from ..vectors._document_pooling import Pooling
from ._doc2vec_inference import Inference
from ._doc2vec_state import model_of, model_state
from ._epoch_reporter import EpochReporter
from ._gensim import (
    GENSIM_CONSTRAINTS,
    TokenLists,
    build_vocabulary,
    gensim_parameters,
    import_models,
    train,
    word_vectors,
)
from ._held_parts import LearnsFromParts
from ._inferred_rows import inferred_rows


class Doc2Vec(LearnsFromParts):
    """Learn a vector for each document from the tokens in it, and infer those of new documents.

    Training is gensim's, in C; this is its scikit-learn side. With ``n_jobs=1`` and the
    same seed the learned vectors are gensim's to the last bit. The inferred ones differ: here
    they depend on the document alone, not on what was inferred before or by which process.

    Of a Dask collection of documents, `fit` tokenizes on the workers and trains here, on ids, four
    bytes a token. `transform` returns a Dask array.

    Parameters
    ----------
    method : {"dm", "dbow"}, default="dm"
        Distributed memory predicts a token from the mean of its neighbours' vectors and the
        document's; distributed bag of words predicts the tokens from the document's alone, is
        faster, and often makes better features.
    embedding_dim : int, default=100
        Width of the vectors, at least 1; 50 to 300 are common.
    window : int, default=5
        Maximum distance of a neighbour. The window of each token is drawn from 1 to `window`.
    min_count : int, default=5
        Minimum number of occurrences of a token to be learned from. Lower it on a small corpus.
    negative : int, default=5
        Number of negative samples: random tokens that contrast with each token; 0 for none.
        5 to 20 on a small corpus, 2 to 5 on a large one.
    hierarchical_softmax : bool, default=False
        Whether to train a binary tree of the tokens; instead of negative samples if
        ``negative=0``, or in addition to them.
    sample : float, default=1e-3
        Subsampling of frequent tokens: above this share of all tokens, a token is skipped at
        random, the more often the more frequent it is. 1e-5 to 1e-3 are common; 0 keeps all.
    learn_tokens : bool, default=False
        With ``method="dbow"``: whether to learn the tokens' vectors too, by skip-gram, which
        takes several times longer. ``"dm"`` learns them in any case.
    learning_rate_init : float, default=0.025
        Initial learning rate; it falls linearly to 1e-4, in `fit` and in each inference.
    max_iter : int, default=10
        Number of epochs: passes over the documents. 10 to 20 are common.
    infer_iter : int or None, default=None
        Number of epochs of the inference of a new document in `transform`, up to 1,000,000; None
        is `max_iter`.
    tokenizer : tokenizer or None, default=None
        Makes Tokens of raw documents; None is ``WordTokenizer()``. Not used for Tokens; rows of
        tokens need None.
    n_jobs : int or None, default=None
        Number of threads, by joblib's convention. In `fit` they update the same vectors without
        locks: with more than one the result differs from run to run. The result of `transform`
        does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Draws initial vectors, windows and negative samples. An int is gensim's ``seed``.
    verbose : int or bool, default=0
        Whether to print a line after each epoch, to the standard output. Progress bars and monitors
        of scikit-learn are set by `set_callbacks`.

    Attributes
    ----------
    document_vectors_ : ndarray of shape (n_documents, embedding_dim), float32
        The learned vectors of the documents in `fit`.
    vectors_ : WordVectors
        Of the tokens, where these are learned: not with ``method="dbow"`` alone.
    model_ : gensim.models.Doc2Vec
        The trained model, which infers vectors.
    n_iter_ : int
        Number of epochs run.

    See Also
    --------
    NgramDoc2Vec : Predicts words, pairs and triples of words: better features of documents.
    Word2Vec : Learns vectors of tokens, and pools them for documents.

    Notes
    -----
    `fit_transform` is `fit`, then `transform`: it infers the vectors of the same documents.
    The learned ones are ``document_vectors_``; train a model on one kind only. A document without
    a known token becomes zeros.

    Documents are read in the order they come in, while the learning rate falls: shuffle those
    sorted by label. A document of more than 10,000 tokens is split, as gensim would cut it off.

    References
    ----------
    .. [1] Q. Le and T. Mikolov, "Distributed Representations of Sentences and Documents",
       ICML 2014.
    .. [2] G. Mesnil, T. Mikolov, M. Ranzato and Y. Bengio, "Ensemble of Generative and
       Discriminative Techniques for Sentiment Analysis of Movie Reviews", ICLR Workshop 2015.

    Examples
    --------
    >>> from textvec import Doc2Vec
    >>> documents = ["the frog sat on the log", "the toad sat on the log"] * 20
    >>> doc2vec = Doc2Vec("dbow", embedding_dim=8, min_count=1, random_state=0).fit(documents)
    >>> doc2vec.document_vectors_.shape
    (40, 8)
    >>> doc2vec.transform(["a frog"]).shape
    (1, 8)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **LearnsFromParts._parameter_constraints,
        **GENSIM_CONSTRAINTS,
        "method": [StrOptions({"dm", "dbow"})],
        "learn_tokens": ["boolean"],
        "infer_iter": [Interval(Integral, 1, 10**6, closed="both"), None],
    }
    del _parameter_constraints["pooling"]

    pooling: Pooling = "mean"  # one row a document, in any case

    document_vectors_: NDArray[np.float32]
    model_: Any
    n_iter_: int

    def __init__(
        self,
        method: Literal["dm", "dbow"] = "dm",
        *,
        embedding_dim: int = 100,
        window: int = 5,
        min_count: int = 5,
        negative: int = 5,
        hierarchical_softmax: bool = False,
        sample: float = 1e-3,
        learn_tokens: bool = False,
        learning_rate_init: float = 0.025,
        max_iter: int = 10,
        infer_iter: int | None = None,
        tokenizer: Any = None,
        n_jobs: int | None = None,
        random_state: int | RandomState | None = None,
        verbose: int | bool = 0,
    ):
        self.method = method
        self.embedding_dim = embedding_dim
        self.window = window
        self.min_count = min_count
        self.negative = negative
        self.hierarchical_softmax = hierarchical_softmax
        self.sample = sample
        self.learn_tokens = learn_tokens
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.infer_iter = infer_iter
        self.tokenizer = tokenizer
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        return {**state, "model_": model_state(state["model_"])} if "model_" in state else state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if "model_" in state:
            state = {**state, "model_": model_of(state["model_"])}
        super().__setstate__(state)

    @property
    def _n_features_out(self) -> int:
        return int(self.document_vectors_.shape[1])

    def _learn(self, tokens: Tokens, reporter: EpochReporter) -> dict[str, Any]:
        models = import_models(type(self).__name__)
        is_dm = self.method == "dm"
        model = models.Doc2Vec(
            dm=int(is_dm), dbow_words=int(self.learn_tokens), **gensim_parameters(self)
        )
        corpus = _TaggedLists(TokenLists(tokens), models.doc2vec.TaggedDocument)
        build_vocabulary(model, corpus, self.min_count)

        def fitted(model: Any) -> dict[str, Any]:
            state = {"model_": model, "document_vectors_": model.dv.vectors}
            if is_dm or self.learn_tokens:
                state["vectors_"] = word_vectors(model.wv)
            return state

        return train(model, corpus, reporter, fitted)

    def _transformed(self, tokens: Tokens) -> NDArray[np.float32]:
        corpus = TokenLists(tokens)
        inference = Inference(self.model_, index(self.infer_iter or self.max_iter))
        rows = partial(inference.rows, corpus)
        return inferred_rows(rows, len(tokens), self.model_.vector_size, self.n_jobs)


class _TaggedLists:
    """Documents as gensim's Doc2Vec reads them: lists of str, tagged with their row.

    Parameters
    ----------
    corpus : TokenLists
        The documents.
    tagged : callable
        Makes one of gensim's documents of a list and its tags.
    """

    def __init__(self, corpus: TokenLists, tagged: Callable[[list[str], list[int]], Any]):
        self._corpus = corpus
        self._tagged = tagged

    def __iter__(self) -> Iterator[Any]:
        return (self._tagged(part, [row]) for row, part in self._corpus.with_rows())

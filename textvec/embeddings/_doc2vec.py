"""Doc2vec: vectors of documents, learned with those of their tokens or alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from numbers import Integral
from typing import Any, ClassVar, Literal

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from .._compat import Interval, StrOptions
from .._constraints import NOT_NEGATIVE, POSITIVE, POSITIVE_INT
from .._tokens import Tokens
from ..vectors._document_pooling import Pooling
from ._doc2vec_inference import Inference
from ._gensim import (
    PassReports,
    TokenLists,
    check_vocabulary,
    gensim_parameters,
    import_models,
    train,
    word_vectors,
)
from ._vector_learner import Passes, VectorLearner

_ROWS_PER_TASK = 64  # small enough to share out, large enough that handing out costs nothing


class Doc2Vec(VectorLearner):
    """Learn a vector for each document from the tokens in it, and infer those of new documents.

    The learning is gensim's, in C; this is its scikit-learn side. With ``n_jobs=1`` and the
    same seed the learned vectors are gensim's to the last bit. The inferred ones differ from
    its: they depend on the document alone, not on what was inferred before or by which process.

    Parameters
    ----------
    method : {"dm", "dbow"}, default="dm"
        Distributed memory predicts a token from the mean of its neighbours' vectors and the
        document's; distributed bag of words predicts the tokens from the document's alone, is
        faster, and often does better as features.
    embedding_dim : int, default=100
        Width of the vectors.
    window : int, default=5
        Greatest distance of a neighbour. Each token draws its own from 1 to `window`.
    min_count : int, default=5
        Least number of occurrences of a token that is learned from.
    negative : int, default=5
        Number of random tokens that each token is told from; 0 for none.
    hierarchical_softmax : bool, default=False
        Whether to learn a binary tree of the tokens; in place of ``negative=0``, or beside it.
    sample : float, default=1e-3
        Share of all tokens above which a token is left out at random, the more often the more
        frequent it is; 0 keeps all.
    learn_tokens : bool, default=False
        With ``method="dbow"``: whether to learn the tokens' vectors too, by skip-gram, which
        takes several times longer. ``"dm"`` learns them in any case.
    learning_rate_init : float, default=0.025
        Learning rate at the start; it falls linearly to 1e-4, in fit and in each inference.
    max_iter : int, default=10
        Number of passes over the documents.
    infer_iter : int or None, default=None
        Number of passes over a document that `transform` infers a vector of; None is
        `max_iter`.
    tokenizer : tokenizer or None, default=None
        Makes Tokens of raw documents; None is ``WordTokenizer()``. Not used for Tokens.
    n_jobs : int or None, default=None
        Number of threads, by joblib's convention. In `fit` they write to the same vectors as
        they come: with more than one the result differs from run to run. In `transform` they
        change nothing.
    random_state : int, RandomState instance or None, default=None
        Draws first vectors, neighbours and random tokens. An int is gensim's ``seed``.
    verbose : int or bool, default=0
        Whether to print a line after each pass. Progress bars and monitors of scikit-learn go
        through `set_callbacks`.

    Attributes
    ----------
    document_vectors_ : ndarray of shape (n_documents, embedding_dim), float32
        Of the documents in `fit`, as they were learned.
    vectors_ : WordVectors
        Of the tokens, where these are learned: not with ``method="dbow"`` alone.
    model_ : gensim.models.Doc2Vec
        Infers vectors.
    n_iter_ : int
        Number of passes made.

    See Also
    --------
    Word2Vec : Learns tokens, and pools documents of them.

    Notes
    -----
    `fit_transform` is `fit`, then `transform`: it infers the vectors of the same documents.
    Those learned are ``document_vectors_``; a model on top had better see only one kind. A
    document without a known token becomes zeros.

    Documents come in the order they are given in, and the learning rate falls meanwhile: those
    sorted by label are better shuffled. A document of more than 10,000 tokens goes to gensim in
    parts of so many, which it would cut off otherwise.

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
        **{
            name: allowed
            for name, allowed in VectorLearner._parameter_constraints.items()
            if name != "pooling"
        },
        "method": [StrOptions({"dm", "dbow"})],
        "negative": [Interval(Integral, 0, None, closed="left")],
        "hierarchical_softmax": ["boolean"],
        "sample": [NOT_NEGATIVE],
        "learn_tokens": ["boolean"],
        "learning_rate_init": [POSITIVE],
        "max_iter": [POSITIVE_INT],
        "infer_iter": [POSITIVE_INT, None],
        "n_jobs": [Integral, None],
    }

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

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Name the columns of inferred vectors.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of shape (embedding_dim,), object
            ``"doc2vec0"`` and so on.
        """
        check_is_fitted(self)
        return self._column_names(self.document_vectors_.shape[1])

    def _learn(self, tokens: Tokens, passes: Passes) -> dict[str, Any]:
        models = import_models(type(self).__name__)
        is_dm = self.method == "dm"
        model = models.Doc2Vec(
            dm=int(is_dm), dbow_words=int(self.learn_tokens), **gensim_parameters(self)
        )
        corpus = _TaggedLists(TokenLists(tokens), models.doc2vec.TaggedDocument)
        model.build_vocab(corpus)
        check_vocabulary(model, self.min_count)

        def fitted(model: Any) -> dict[str, Any]:
            state = {"model_": model, "document_vectors_": model.dv.vectors}
            if is_dm or self.learn_tokens:
                state["vectors_"] = word_vectors(model.wv)
            return state

        train(model, corpus, PassReports(passes, fitted))
        return fitted(model) | {"n_iter_": passes.n_done}

    def _transformed(self, tokens: Tokens) -> NDArray[np.float32]:
        corpus = TokenLists(tokens)
        inference = Inference(self.model_, int(self.infer_iter or self.max_iter))
        parts = Parallel(n_jobs=effective_n_jobs(self.n_jobs), backend="threading")(
            delayed(inference.rows)(corpus, start, min(start + _ROWS_PER_TASK, len(tokens)))
            for start in range(0, len(tokens), _ROWS_PER_TASK)
        )
        return np.concatenate([np.empty((0, self.model_.vector_size), np.float32), *parts])


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

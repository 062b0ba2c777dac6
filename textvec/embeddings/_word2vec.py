"""Word2vec: vectors of tokens by their neighbours."""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar, Literal

from numpy.random import RandomState

from .._compat import Interval, StrOptions
from .._constraints import NOT_NEGATIVE, POSITIVE, POSITIVE_INT
from .._tokens import Tokens
from ..vectors._document_pooling import Pooling
from ._gensim import (
    METHODS,
    LossMeter,
    PassReports,
    TokenLists,
    check_vocabulary,
    gensim_parameters,
    import_models,
    train,
    word_vectors,
)
from ._vector_learner import Passes, VectorLearner


class Word2Vec(VectorLearner):
    """Learn a vector for each token by predicting it from its neighbours, or them from it.

    The learning is gensim's, in C; this is its scikit-learn side. With ``n_jobs=1`` and the
    same seed the vectors are gensim's to the last bit.

    Parameters
    ----------
    method : {"cbow", "skipgram"}, default="cbow"
        Continuous bag of words predicts a token from the mean of its neighbours, and is several
        times faster; skip-gram predicts each neighbour from a token, and learns rare tokens
        better.
    embedding_dim : int, default=100
        Width of the vectors.
    window : int, default=5
        Greatest distance of a neighbour. Each token draws its own from 1 to `window`, so that
        near neighbours count more.
    min_count : int, default=5
        Least number of occurrences of a token that gets a vector.
    negative : int, default=5
        Number of random tokens that each neighbour is told from; 0 for none.
    hierarchical_softmax : bool, default=False
        Whether to learn a binary tree of the tokens; in place of ``negative=0``, or beside it.
    sample : float, default=1e-3
        Share of all tokens above which a token is left out at random, the more often the more
        frequent it is; 0 keeps all.
    learning_rate_init : float, default=0.025
        Learning rate at the start; it falls linearly to 1e-4.
    max_iter : int, default=5
        Number of passes over the documents.
    pooling : {"mean", "max", "idf", "sif"} or None, default="mean"
        How `transform` makes one vector of a document; None leaves sequences of vectors. See
        :class:`EmbeddingVectorizer`.
    tokenizer : tokenizer or None, default=None
        Makes Tokens of raw documents; None is ``WordTokenizer()``. Not used for Tokens.
    n_jobs : int or None, default=None
        Number of threads that learn, by joblib's convention. They write to the same vectors as
        they come: with more than one the result differs from run to run.
    random_state : int, RandomState instance or None, default=None
        Draws first vectors, neighbours and random tokens. An int is gensim's ``seed``.
    verbose : int or bool, default=0
        Whether to print a line after each pass. Progress bars and monitors of scikit-learn go
        through `set_callbacks`.

    Attributes
    ----------
    vectors_ : WordVectors
        Of the tokens that occur `min_count` times, by falling frequency.
    vectorizer_ : EmbeddingVectorizer
        Of these vectors, fitted on the same documents.
    loss_curve_ : list of float
        Of each pass, the mean loss of a token that was trained on: what gensim computes.
    n_iter_ : int
        Number of passes made.

    See Also
    --------
    FastText : Also learns parts of words, and so has vectors for unknown ones.
    Doc2Vec : Learns vectors of documents.
    EmbeddingVectorizer : Pools vectors learned elsewhere.

    Notes
    -----
    Documents come in the order they are given in, and the learning rate falls meanwhile: those
    sorted by label are better shuffled. A document of more than 10,000 tokens goes to gensim in
    parts of so many, which it would cut off otherwise.

    References
    ----------
    .. [1] T. Mikolov, K. Chen, G. Corrado and J. Dean, "Efficient Estimation of Word
       Representations in Vector Space", ICLR Workshop 2013.
    .. [2] T. Mikolov, I. Sutskever, K. Chen, G. Corrado and J. Dean, "Distributed
       Representations of Words and Phrases and their Compositionality", NIPS 2013.
    .. [3] R. Řehůřek and P. Sojka, "Software Framework for Topic Modelling with Large
       Corpora", LREC 2010 Workshop on New Challenges for NLP Frameworks.

    Examples
    --------
    >>> from textvec import Word2Vec
    >>> documents = ["the frog sat on the log", "the toad sat on the log"] * 20
    >>> word2vec = Word2Vec(embedding_dim=8, min_count=1, random_state=0)
    >>> word2vec.fit_transform(documents).shape
    (40, 8)
    >>> word2vec.vectors_
    WordVectors(6 words, 8 dimensions, float32)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **VectorLearner._parameter_constraints,
        "method": [StrOptions(set(METHODS))],
        "negative": [Interval(Integral, 0, None, closed="left")],
        "hierarchical_softmax": ["boolean"],
        "sample": [NOT_NEGATIVE],
        "learning_rate_init": [POSITIVE],
        "max_iter": [POSITIVE_INT],
        "n_jobs": [Integral, None],
    }

    loss_curve_: list[float]
    n_iter_: int

    def __init__(
        self,
        method: Literal["cbow", "skipgram"] = "cbow",
        *,
        embedding_dim: int = 100,
        window: int = 5,
        min_count: int = 5,
        negative: int = 5,
        hierarchical_softmax: bool = False,
        sample: float = 1e-3,
        learning_rate_init: float = 0.025,
        max_iter: int = 5,
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
        self.negative = negative
        self.hierarchical_softmax = hierarchical_softmax
        self.sample = sample
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.pooling = pooling
        self.tokenizer = tokenizer
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def _learn(self, tokens: Tokens, passes: Passes) -> dict[str, Any]:
        models = import_models(type(self).__name__)
        model = models.Word2Vec(sg=METHODS[self.method], **gensim_parameters(self))
        corpus = TokenLists(tokens)
        model.build_vocab(corpus)
        check_vocabulary(model, self.min_count)

        def fitted(model: Any) -> dict[str, Any]:
            return self._fitted(tokens, word_vectors(model.wv))

        reports = PassReports(passes, fitted, LossMeter(model))
        train(model, corpus, reports, compute_loss=True)
        return fitted(model) | {"loss_curve_": passes.losses, "n_iter_": passes.n_done}

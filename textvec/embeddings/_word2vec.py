"""Word2vec: vectors of tokens, learned from their neighbours."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from numpy.random import RandomState

from .._compat import StrOptions
from .._containers._tokens import Tokens
from ..vectors._document_pooling import Pooling
from ._epoch_reporter import EpochReporter
from ._gensim import (
    GENSIM_CONSTRAINTS,
    METHODS,
    TokenLists,
    build_vocabulary,
    gensim_parameters,
    import_models,
    train,
    word_vectors,
)
from ._held_parts import LearnsFromParts


class Word2Vec(LearnsFromParts):
    """Learn a vector for each token by predicting it from its neighbours, or them from it.

    Training is gensim's, in C; this is its scikit-learn side. With ``n_jobs=1`` and the
    same seed the vectors are gensim's to the last bit.

    Of a Dask collection of documents, `fit` tokenizes on the workers and trains here, on ids, four
    bytes a token. `transform` returns a Dask array.

    Parameters
    ----------
    method : {"cbow", "skipgram"}, default="cbow"
        Continuous bag of words predicts a token from the mean of its neighbours, and is several
        times faster; skip-gram predicts each neighbour from a token, and learns rare tokens
        better. Begin with ``"cbow"`` on a large corpus, with ``"skipgram"`` on a small one.
    embedding_dim : int, default=100
        Width of the vectors, at least 1; 50 to 300 are common.
    window : int, default=5
        Maximum distance of a neighbour. The window of each token is drawn from 1 to `window`, so
        near neighbours count more.
    min_count : int, default=5
        Minimum number of occurrences of a token to get a vector. Lower it on a small corpus.
    negative : int, default=5
        Number of negative samples: random tokens that contrast with each neighbour; 0 for none.
        5 to 20 on a small corpus, 2 to 5 on a large one.
    hierarchical_softmax : bool, default=False
        Whether to train a binary tree of the tokens; instead of negative samples if
        ``negative=0``, or in addition to them.
    sample : float, default=1e-3
        Subsampling of frequent tokens: above this share of all tokens, a token is skipped at
        random, the more often the more frequent it is. 1e-5 to 1e-3 are common; 0 keeps all.
    learning_rate_init : float, default=0.025
        Initial learning rate; it falls linearly to 1e-4.
    max_iter : int, default=5
        Number of epochs: passes over the documents. Increase it on a small corpus.
    pooling : {"mean", "max", "idf", "sif"} or None, default="mean"
        How `transform` pools the vectors of a document; None leaves sequences of vectors. See
        :class:`EmbeddingVectorizer`.
    tokenizer : tokenizer or None, default=None
        Makes Tokens of raw documents; None is ``WordTokenizer()``. Not used for Tokens; rows of
        tokens need None.
    n_jobs : int or None, default=None
        Number of threads for training, by joblib's convention. They update the same vectors
        without locks: with more than one the result differs from run to run.
    random_state : int, RandomState instance or None, default=None
        Draws initial vectors, windows and negative samples. An int is gensim's ``seed``.
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
        The loss of each epoch, as gensim computes it: the mean over the tokens trained on.
    n_iter_ : int
        Number of epochs run.

    See Also
    --------
    FastText : Also learns parts of words, and so has vectors for out-of-vocabulary words.
    Doc2Vec : Learns vectors of documents.
    EmbeddingVectorizer : Pools vectors learned elsewhere.

    Notes
    -----
    Documents are read in the order they come in, while the learning rate falls: shuffle those
    sorted by label. A document of more than 10,000 tokens is split, as gensim would cut it off.

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
        **LearnsFromParts._parameter_constraints,
        **GENSIM_CONSTRAINTS,
        "method": [StrOptions(set(METHODS))],
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

    def _learn(self, tokens: Tokens, reporter: EpochReporter) -> dict[str, Any]:
        models = import_models(type(self).__name__)
        model = models.Word2Vec(sg=METHODS[self.method], **gensim_parameters(self))
        corpus = TokenLists(tokens)
        build_vocabulary(model, corpus, self.min_count)

        def fitted(model: Any) -> dict[str, Any]:
            return self._fitted(tokens, word_vectors(model.wv))

        return train(model, corpus, reporter, fitted, has_loss=True)

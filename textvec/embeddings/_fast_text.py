"""fastText: vectors of tokens and of their n-grams of characters."""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.random import RandomState

from .._compat import Interval, StrOptions
from .._constraints import NOT_NEGATIVE, POSITIVE, POSITIVE_INT
from .._tokens import Tokens
from ..vectors._document_pooling import Pooling
from ..vectors._subword_vectors import SubwordVectors
from ._gensim import (
    METHODS,
    PassReports,
    TokenLists,
    check_vocabulary,
    gensim_parameters,
    import_models,
    train,
    word_vectors,
)
from ._vector_learner import Passes, VectorLearner


class FastText(VectorLearner):
    """Learn vectors of tokens as sums of those of their n-grams of characters.

    Word2vec in which a token is the mean of its own vector and of its n-grams'. Inflected and
    rare words share what their pieces have learned, and a word never seen has a vector too. The
    learning is gensim's, in C; this is its scikit-learn side. With ``n_jobs=1`` and the same
    seed the vectors are gensim's to the last bit, those of unknown words included.

    Parameters
    ----------
    method : {"cbow", "skipgram"}, default="cbow"
        Continuous bag of words predicts a token from the mean of its neighbours, and is several
        times faster; skip-gram predicts each neighbour from a token, and learns rare tokens
        better.
    min_n, max_n : int, default=3 and 6
        Characters of the shortest and the longest n-gram, the token's ends counted as one each.
    n_buckets : int, default=200_000
        Number of n-gram vectors; n-grams of the same hash share one. They take
        ``4 * n_buckets * embedding_dim`` bytes: at 2,000,000, fastText's own default, 800 MB
        for 100 dimensions.
    embedding_dim : int, default=100
        Width of the vectors.
    window : int, default=5
        Greatest distance of a neighbour. Each token draws its own from 1 to `window`.
    min_count : int, default=5
        Least number of occurrences of a token that gets a vector of its own.
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
        :class:`EmbeddingVectorizer`. A token without a vector of its own weighs as much as one
        never seen.
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
        Of the tokens that occur `min_count` times, by falling frequency, and with ``subwords``
        that make vectors of any others.
    vectorizer_ : EmbeddingVectorizer
        Of these vectors, fitted on the same documents.
    n_iter_ : int
        Number of passes made.

    See Also
    --------
    Word2Vec : Learns tokens whole.
    WordVectors.load : Reads fastText's own files.

    Notes
    -----
    gensim has no loss for this model. A document of more than 10,000 tokens goes to it in parts
    of so many, which it would cut off otherwise.

    References
    ----------
    .. [1] P. Bojanowski, E. Grave, A. Joulin and T. Mikolov, "Enriching Word Vectors with
       Subword Information", TACL 5, 2017.

    Examples
    --------
    >>> from textvec import FastText
    >>> documents = ["the frog sat on the log", "the toad sat on the log"] * 20
    >>> fast_text = FastText(n_buckets=1_000, embedding_dim=8, min_count=1, random_state=0)
    >>> vectors = fast_text.fit(documents).vectors_
    >>> "frogs" in vectors
    False
    >>> vectors.vectors(["frogs"]).shape
    (1, 8)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **VectorLearner._parameter_constraints,
        "method": [StrOptions(set(METHODS))],
        "min_n": [POSITIVE_INT],
        "max_n": [POSITIVE_INT],
        "n_buckets": [POSITIVE_INT],
        "negative": [Interval(Integral, 0, None, closed="left")],
        "hierarchical_softmax": ["boolean"],
        "sample": [NOT_NEGATIVE],
        "learning_rate_init": [POSITIVE],
        "max_iter": [POSITIVE_INT],
        "n_jobs": [Integral, None],
    }

    n_iter_: int

    def __init__(
        self,
        method: Literal["cbow", "skipgram"] = "cbow",
        *,
        min_n: int = 3,
        max_n: int = 6,
        n_buckets: int = 200_000,
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
        self.min_n = min_n
        self.max_n = max_n
        self.n_buckets = n_buckets
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
        if self.min_n > self.max_n:
            raise ValueError(f"expected min_n <= max_n, got {self.min_n} and {self.max_n}.")
        model = import_models(type(self).__name__).FastText(
            sg=METHODS[self.method],
            min_n=int(self.min_n),
            max_n=int(self.max_n),
            bucket=int(self.n_buckets),
            **gensim_parameters(self),
        )
        corpus = TokenLists(tokens)
        model.build_vocab(corpus)
        check_vocabulary(model, self.min_count)

        def fitted(model: Any) -> dict[str, Any]:
            model.wv.adjust_vectors()  # gensim does so after the last pass
            return self._fitted(tokens, word_vectors(model.wv, _subwords(model.wv)))

        train(model, corpus, PassReports(passes, fitted))
        return fitted(model) | {"n_iter_": passes.n_done}


def _subwords(keyed_vectors: Any) -> SubwordVectors:
    return SubwordVectors(
        np.array(keyed_vectors.vectors_ngrams, dtype=np.float32),
        min_n=keyed_vectors.min_n,
        max_n=keyed_vectors.max_n,
    )

"""fastText: vectors of tokens and of their character n-grams."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from .._compat import StrOptions
from .._containers._read_only import read_only
from .._containers._tokens import Tokens, check_known
from .._containers._vocabulary_checks import is_utf8
from ..vectors._document_pooling import Pooling
from ..vectors._subword_vectors import SubwordVectors
from ._epoch_reporter import EpochReporter
from ._gensim import (
    GENSIM_CONSTRAINTS,
    METHODS,
    NATIVE_COUNT,
    TokenLists,
    build_vocabulary,
    gensim_parameters,
    import_models,
    train,
    word_vectors,
)
from ._held_parts import LearnsFromParts

_NO_BYTES = (
    "which holds a lone surrogate, and so has no bytes to hash: read the text in its own encoding, "
    'or with errors="replace".'
)


class FastText(LearnsFromParts):
    """Learn vectors of tokens as means of the vectors of their character n-grams.

    Word2vec in which the vector of a token is the mean of its own and those of its character
    n-grams [1]_. Inflected and rare words share what their n-grams have learned, and
    out-of-vocabulary words have vectors too. Training is gensim's, in C; this is its scikit-learn
    side. With ``n_jobs=1`` and the same seed the vectors are gensim's to the last bit, those of
    out-of-vocabulary words included.

    Of a Dask collection of documents, `fit` tokenizes on the workers and trains here, on ids, four
    bytes a token. `transform` returns a Dask array.

    Parameters
    ----------
    method : {"cbow", "skipgram"}, default="cbow"
        Continuous bag of words predicts a token from the mean of its neighbours, skip-gram each
        neighbour from a token; see :class:`Word2Vec`.
    min_n, max_n : int, default=3 and 6
        Number of characters of the shortest and of the longest n-gram, at least 1; the markers
        ``<`` and ``>`` at the ends of a token count.
    n_buckets : int, default=200_000
        Number of vectors for n-grams; n-grams of the same hash share one. They take
        ``4 * n_buckets * embedding_dim`` bytes: at 2,000,000, the default of the fastText program,
        800 MB for 100 dimensions.
    embedding_dim : int, default=100
        Width of the vectors, at least 1; 50 to 300 are common.
    window : int, default=5
        Maximum distance of a neighbour. The window of each token is drawn from 1 to `window`.
    min_count : int, default=5
        Minimum number of occurrences of a token to get a vector of its own. Lower it on a small
        corpus.
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
        :class:`EmbeddingVectorizer`. A token without a vector of its own weighs as much as one
        never seen.
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
        Of the tokens that occur `min_count` times, by falling frequency, with ``subwords``
        that make vectors of any others.
    vectorizer_ : EmbeddingVectorizer
        Of these vectors, fitted on the same documents.
    n_iter_ : int
        Number of epochs run.

    See Also
    --------
    Word2Vec : Learns whole tokens.
    WordVectors.load : Reads fastText's own files.

    Notes
    -----
    gensim computes no loss for this model. A document of more than 10,000 tokens is split, as
    gensim would cut it off.

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
        **LearnsFromParts._parameter_constraints,
        **GENSIM_CONSTRAINTS,
        "method": [StrOptions(set(METHODS))],
        "min_n": [NATIVE_COUNT],
        "max_n": [NATIVE_COUNT],
        "n_buckets": [NATIVE_COUNT],
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

    def _learn(self, tokens: Tokens, reporter: EpochReporter) -> dict[str, Any]:
        if self.min_n > self.max_n:
            raise ValueError(f"expected min_n <= max_n, got {self.min_n} and {self.max_n}.")
        check_known(tokens, self._has_no_bytes(tokens), _NO_BYTES)
        model = import_models(type(self).__name__).FastText(
            sg=METHODS[self.method],
            min_n=int(self.min_n),
            max_n=int(self.max_n),
            bucket=int(self.n_buckets),
            **gensim_parameters(self),
        )
        corpus = TokenLists(tokens)
        build_vocabulary(model, corpus, self.min_count)

        def fitted(model: Any) -> dict[str, Any]:
            model.wv.adjust_vectors()  # gensim does so after the last epoch
            return self._fitted(tokens, word_vectors(model.wv, _subwords(model.wv)))

        return train(model, corpus, reporter, fitted)

    def _has_no_bytes(self, tokens: Tokens) -> NDArray[np.bool_]:
        """Return which tokens gensim would hash in vain: those of lone surrogates."""
        vocabulary = tokens.vocabulary
        if is_utf8(vocabulary.buffer.tobytes()):
            return np.zeros(len(vocabulary), dtype=bool)
        counts = np.bincount(tokens.values, minlength=len(vocabulary))
        is_lone = [not is_utf8(token.encode("utf-8", "surrogatepass")) for token in vocabulary]
        lone: NDArray[np.bool_] = np.array(is_lone) & (counts >= self.min_count)
        return lone


def _subwords(keyed_vectors: Any) -> SubwordVectors:
    return SubwordVectors(
        read_only(np.array(keyed_vectors.vectors_ngrams, dtype=np.float32)),
        min_n=keyed_vectors.min_n,
        max_n=keyed_vectors.max_n,
    )

"""dna2vec: vectors of k-mers of several lengths, in one space."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from joblib import effective_n_jobs
from numpy.random import RandomState
from numpy.typing import NDArray

from .._containers._tokens import Tokens
from .._estimators._constraints import Interval, one_of
from .._inputs._dask_collections import refuse_dask
from .._inputs._documents import as_documents
from .._reporting._caller_warnings import warn_caller
from ..tokenizers import KmerTokenizer
from ..vectors._document_pooling import Pooling
from ._epoch_reporter import EpochReporter
from ._gensim import (
    GENSIM_CONSTRAINTS,
    MIN_LEARNING_RATE,
    MOST_NEGATIVE,
    import_models,
    train,
    word_vectors,
)
from ._kmer_fragments import Fragmentation, Fragments, as_dna, encode
from ._vector_learner import VectorLearner

_K = Interval(Integral, 1, 12, closed="both")  # a table of all longer k-mers fits no memory

# What to learn from, of sequences on many machines: they are cut anew in each epoch, here.
_SOME = (
    "Of more than fits, learn from some, as X.random_sample(0.01).compute(); transform takes X as "
    "it is."
)


class Dna2Vec(VectorLearner):
    """Learn vectors of k-mers of several lengths from DNA.

    Sequences are cut into k-mers of random lengths, differently in each epoch, and skip-gram
    word2vec learns from the neighbours of the k-mers. So the vectors of all lengths are in one
    space, where the sum of two vectors is close to that of the two k-mers joined, and the cosine
    of two correlates with how well they align [1]_.

    Parameters
    ----------
    k_min, k_max : int, default=3 and 8
        Minimum and maximum length of a k-mer, 1 to 12.
    fragmentation : {"sliding", "disjoint"}, default="sliding"
        Whether a k-mer begins at every letter, or where the previous one ends.
    reverse_complement : bool, default=True
        Whether to read each fragment, of 2,500 to 4,999 letters, on either strand with equal
        probability.
    embedding_dim : int, default=100
        Width of the vectors, at least 1; 50 to 300 are common.
    window : int, default=10
        Maximum distance of a neighbour, in k-mers. The window of each k-mer is drawn from 1 to
        `window`.
    min_count : int, default=5
        Minimum number of occurrences of a k-mer, over all epochs, to get a vector.
    negative : int, default=5
        Number of negative samples: random k-mers that contrast with each neighbour. 5 to 20 for
        small genomes, 2 to 5 for large ones.
    sample : float, default=1e-3
        Subsampling of frequent k-mers: above this share of all k-mers, one is skipped at
        random, the more often the more frequent it is; 0 keeps all.
    learning_rate_init : float, default=0.025
        Initial learning rate; it falls linearly to 1e-4.
    max_iter : int, default=10
        Number of epochs: passes over the sequences, each of which cuts them differently.
    pooling : {"mean", "max", "idf", "sif"} or None, default="mean"
        How `transform` pools the vectors of a sequence's k-mers; None leaves sequences of
        vectors. See :class:`EmbeddingVectorizer`.
    pooling_k : int or None, default=None
        Length of the k-mers that `transform` takes, from `k_min` to `k_max`, one at every letter;
        None is `k_max`. Shorter ones occur more often, and are learned better from a small
        genome.
    n_jobs : int or None, default=None
        Number of threads for training, by joblib's convention. They update the same vectors
        without locks: with more than one the result differs from run to run.
    random_state : int, RandomState instance or None, default=None
        Draws the cuts, strands, initial vectors and negative samples.
    verbose : int or bool, default=0
        Whether to print a line after each epoch, to the standard output. Progress bars and monitors
        of scikit-learn are set by `set_callbacks`.

    Attributes
    ----------
    vectors_ : WordVectors
        Of the k-mers that occur `min_count` times, by falling frequency, in upper case.
    vectorizer_ : EmbeddingVectorizer
        Of these vectors, fitted on the k-mers of one length of the same sequences.
    loss_curve_ : list of float
        The loss of each epoch: the mean over the k-mers trained on.
    n_iter_ : int
        Number of epochs run.

    See Also
    --------
    KmerTokenizer : Cuts k-mers of one length.
    Word2Vec : The same learner, on any tokens.

    Notes
    -----
    Letters may be of either case. Any other than A, C, G and T, N above all, ends a sequence,
    and the next letter begins another; in `transform`, k-mers that contain one have no vector.

    As in the authors' code, sliding cuts end where fewer than `k_max` letters are left, so
    there is nothing to learn from a sequence shorter than `k_max`. That code makes ten cuts for
    one of gensim's epochs; here they are ten epochs, and the learning rate falls the same.

    References
    ----------
    .. [1] P. Ng, "dna2vec: Consistent vector representations of variable-length k-mers",
       arXiv:1701.06279, 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from textvec import Dna2Vec
    >>> genome = "".join(np.random.default_rng(0).choice(list("ACGT"), size=3_000))
    >>> dna2vec = Dna2Vec(2, 4, embedding_dim=8, max_iter=2, random_state=0).fit([genome])
    >>> dna2vec.vectors_["GAT"].shape
    (8,)
    >>> dna2vec.transform(["GATTACA", "gattaca"]).shape
    (2, 8)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **VectorLearner._parameter_constraints,
        **GENSIM_CONSTRAINTS,
        "k_min": [_K],
        "k_max": [_K],
        "fragmentation": [one_of(Fragmentation)],
        "reverse_complement": ["boolean"],
        "negative": [Interval(Integral, 1, MOST_NEGATIVE, closed="both")],
        "pooling_k": [_K, None],
    }
    del _parameter_constraints["tokenizer"], _parameter_constraints["hierarchical_softmax"]

    loss_curve_: list[float]
    n_iter_: int

    def __init__(
        self,
        k_min: int = 3,
        k_max: int = 8,
        *,
        fragmentation: Fragmentation = "sliding",
        reverse_complement: bool = True,
        embedding_dim: int = 100,
        window: int = 10,
        min_count: int = 5,
        negative: int = 5,
        sample: float = 1e-3,
        learning_rate_init: float = 0.025,
        max_iter: int = 10,
        pooling: Pooling | None = "mean",
        pooling_k: int | None = None,
        n_jobs: int | None = None,
        random_state: int | RandomState | None = None,
        verbose: int | bool = 0,
    ):
        self.k_min = k_min
        self.k_max = k_max
        self.fragmentation = fragmentation
        self.reverse_complement = reverse_complement
        self.embedding_dim = embedding_dim
        self.window = window
        self.min_count = min_count
        self.negative = negative
        self.sample = sample
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.pooling = pooling
        self.pooling_k = pooling_k
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def _fit(self, X: Any, y: Any) -> Tokens:
        refuse_dask(X, "X", _SOME)
        sequences = as_documents(X)
        tokens = self._tokens(sequences)
        self._run(X, y, len(tokens), lambda reporter: self._learn_from(sequences, tokens, reporter))
        return tokens

    def _tokens(self, X: Any) -> Tokens:
        if isinstance(X, Tokens):
            return X
        k = self.k_max if self.pooling_k is None else self.pooling_k
        if not self.k_min <= k <= self.k_max:
            raise ValueError(
                f"expected k_min <= pooling_k <= k_max, got k_min={self.k_min}, pooling_k={k} and "
                f"k_max={self.k_max}."
            )
        return KmerTokenizer(k).transform([as_dna(s) for s in as_documents(X)])

    def _transformed(self, tokens: Tokens) -> Any:
        rows = self.vectors_.vocabulary.lookup(tokens.vocabulary)
        if len(rows) and (rows < 0).all():
            self._warn_of_lengths(tokens)
        return super()._transformed(tokens)

    def _warn_of_lengths(self, tokens: Tokens) -> None:
        """Warn if no vector is of a k-mer as long as those of tokens."""
        lengths = np.diff(self.vectors_.vocabulary.offsets)  # of ASCII
        k = np.diff(tokens.vocabulary.offsets)
        if not np.isin(k, lengths).any():
            warn_caller(
                f"no k-mer of {k[0]} letters has a vector, only those of {lengths.min()} to "
                f"{lengths.max()}: set pooling_k to one of these lengths."
            )

    def _learn_from(
        self, sequences: list[str], tokens: Tokens, reporter: EpochReporter
    ) -> dict[str, Any]:
        seed = self._seed()
        fragments = self._fragments(sequences, seed)
        counts = fragments.counts(int(self.max_iter))
        frequent = np.flatnonzero(counts >= self.min_count)
        if not counts.any():
            raise ValueError(
                f"{self.max_iter} epochs cut no k-mer from the sequences: they are too short, or "
                "of other letters than A, C, G and T."
            )
        if not len(frequent):
            raise ValueError(
                f"no k-mer occurs min_count={self.min_count} times in {self.max_iter} epochs: "
                "lower min_count or fit on more or longer sequences of A, C, G and T."
            )
        corpus = _KmerLists(fragments, frequent)
        model = self._model(seed)
        model.build_vocab_from_freq(dict(zip(corpus.names, counts[frequent].tolist())))

        def fitted(model: Any) -> dict[str, Any]:
            return self._fitted(tokens, word_vectors(model.wv))

        total = max(1, int(counts[frequent].sum()) // int(self.max_iter))
        return train(model, corpus, reporter, fitted, has_loss=True, total_words=total)

    def _fragments(self, sequences: list[str], seed: int) -> Fragments:
        return Fragments(
            [encode(sequence) for sequence in sequences],
            self.k_min,
            self.k_max,
            fragmentation=self.fragmentation,
            reverse_complement=self.reverse_complement,
            seed=seed,
        )

    def _model(self, seed: int) -> Any:
        return import_models(type(self).__name__).Word2Vec(
            sg=1,
            vector_size=int(self.embedding_dim),
            window=int(self.window),
            min_count=1,
            negative=int(self.negative),
            sample=self.sample,
            alpha=self.learning_rate_init,
            min_alpha=min(self.learning_rate_init, MIN_LEARNING_RATE),
            epochs=int(self.max_iter),
            workers=effective_n_jobs(self.n_jobs),
            seed=seed,
        )


class _KmerLists:
    """The k-mers of fragments as lists of str: each iteration is the next epoch.

    Parameters
    ----------
    fragments : Fragments
        Cut differently on each iteration.
    ids : ndarray of int64
        Of the k-mers to keep, in rising order.
    """

    def __init__(self, fragments: Fragments, ids: NDArray[np.int64]):
        self.names = fragments.names.names(ids)
        self._fragments = fragments
        self._name_of = np.empty(fragments.names.n_ids, dtype=object)
        self._name_of[ids] = self.names
        self._is_kept = np.zeros(fragments.names.n_ids, dtype=bool)
        self._is_kept[ids] = True
        self._n_epochs = 0

    def __iter__(self) -> Iterator[list[str]]:
        epoch = self._n_epochs
        self._n_epochs += 1
        for ids in self._fragments.of_epoch(epoch):
            yield self._name_of[ids[self._is_kept[ids]]].tolist()

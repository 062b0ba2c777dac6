"""Vectors of sentences, learned from their neighbouring sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from .._compat import StrOptions, _fit_context
from .._containers._ragged import Ragged
from .._containers._tokens import Tokens
from .._containers._vocabulary import FIRST, UNKNOWN
from .._estimators._constraints import N_IDS, POSITIVE_INT, TOKENIZER
from .._estimators._fitted_state import of_one_moment
from .._inputs._documents import as_documents
from .._inputs._items import materialized
from ..nn import (
    AdaptiveSoftmax,
    Batch,
    NeighborCriterion,
    Randomness,
    RecurrentStack,
    SequenceData,
    SequenceEncoder,
    SequenceNet,
    SkipThoughtModel,
    device_of,
    learned_embedding,
    neighbor_data,
)
from ..tokenizers import TextInput, as_tokens
from ..vectorizers import SequenceVectorizer
from ..vectors import WordVectors
from ._estimator import NetworkEstimator
from ._parameters import fitted
from ._records import FitData, TrainingPlan, errors_of_validation
from ._recurrent_estimator import RECURRENT_CONSTRAINTS
from .inputs._sentence_neighbors import SentenceNeighbors, read_sentences, sentence_neighbors
from .inputs._sequences import Sequences
from .inputs._text_input import fit_vectorizer
from .inputs._vocabulary_expansion import linear_map, mapped_words, shared_words


@dataclass(frozen=True)
class _NeighboringSentences:
    """Sentences to learn from, with their neighbours as targets.

    Parameters
    ----------
    ids : Ragged
        Of all sentences.
    neighbors : SentenceNeighbors
        Those that have a neighbour, and which.
    max_length : int or None
        Words of a sentence that are read and predicted.
    """

    ids: Ragged
    neighbors: SentenceNeighbors
    max_length: int | None

    def on(self, device: torch.device) -> SequenceData:
        """Return the sentences on a device; they share the ids with their neighbours."""
        lengths = self.ids.lengths
        if self.max_length is not None:
            lengths = np.minimum(lengths, self.max_length)
        found = self.neighbors
        return neighbor_data(device, self.ids, lengths, found.rows, found.before, found.after)


class SkipThought(TextInput, ClassNamePrefixFeaturesOutMixin, TransformerMixin, NetworkEstimator):
    """Transform sentences to vectors, learned without labels from neighbouring sentences.

    As in [1]_, an encoder reads a sentence; from its last hidden state, one decoder predicts the
    sentence before word by word, another the one after. The hidden state comes to hold what is
    needed for that, and `transform` returns it: sentences that occur in like contexts have similar
    vectors.

    Parameters
    ----------
    tokenizer : tokenizer or None, default=None
        Makes Tokens of sentences; a copy is fitted. None is ``WordTokenizer()``.
    max_tokens : int or None, default=20_000
        Greatest number of ids, at least 3, padding and unknown included; the most frequent words
        have one. None: all.
    min_count : int, default=1
        Least number of occurrences of a word that has an id. Begin with 2 to 5.
    softmax : {"auto", "full", "adaptive"}, default="auto"
        The output layer of the decoders: one softmax, or an adaptive one, where rare words are
        first a group [2]_. Both are exact; ``"auto"`` chooses the one that is faster.
    sentence_splitter : callable of str to iterable of str, or None, default=None
        Splits a document into sentences in `fit`. None is :func:`split_sentences`.
    max_length : int or None, default=30
        Words of a sentence that `fit` reads and predicts, at least 1; the rest of it is cut off.
        `transform` reads all. None: all.
    embedding_dim : int, default=100
        Width of the word vectors, at least 1, which encoder and decoders share.
    cell : {"rnn", "gru", "lstm"}, default="gru"
        Kind of recurrent cell, of the encoder and the decoders.
    hidden_size : int, default=200
        Width of the hidden state, of each direction, at least 1. Begin with 200; the authors take
        2,400.
    num_layers : int, default=1
        Recurrent layers, each over the outputs of the one below, 1 to 1000. Begin with 1.
    bidirectional : bool, default=False
        Whether the encoder also reads from the end: the last hidden states of both directions,
        concatenated, are the sentence's vector (bi-skip).
    expand_from : WordVectors or None, default=None
        Pretrained vectors of many more words. A linear map, fitted on the shared words, takes
        them to the encoder's own, so that `transform` has vectors of words that the encoder has
        not learned. Without, such a word is out of vocabulary.
    batch_size : int, default=64
        Rows of a batch, at least 1.

    Attributes
    ----------
    vectorizer_ : SequenceVectorizer
        Makes the encoder's ids of texts; ``vectorizer_.vocabulary_`` has its words.
    expansion_ : ndarray of shape (width of `expand_from`, embedding_dim), float32, or None
        The linear map.
    n_sentences_ : int
        Sentences with a neighbour, from which it has learned.

    See Also
    --------
    split_sentences : The default rule to split documents.
    EmbeddingVectorizer : Pools word vectors, which ignores the order of words.
    Doc2Vec : Learns a vector of each document from its own words.

    Notes
    -----
    Neighbours are within one document; a document of one sentence is not used. Sentences without a
    word are skipped.

    The loss is the mean over the words and EOS of both neighbours, unknown words included; the
    score of `early_stopping` is its negative. The authors trained on 74 million sentences for two
    weeks: vectors learned from much less text are worse features than the mean of good word
    vectors, and are best concatenated with it.

    References
    ----------
    .. [1] R. Kiros, Y. Zhu, R. Salakhutdinov, R. S. Zemel, A. Torralba, R. Urtasun and
       S. Fidler (2015). Skip-thought vectors. NeurIPS. Its section 2.2 has the map.
    .. [2] E. Grave et al. (2017). Efficient softmax approximation for GPUs. ICML.

    Examples
    --------
    >>> from textvec import SkipThought
    >>> stories = ["The cat sleeps. It purrs.", "A dog sleeps! It snores.", "The dog ran. It fell."]
    >>> model = SkipThought(hidden_size=8, embedding_dim=4, random_state=0).fit(stories)
    >>> model.n_sentences_
    6
    >>> model.transform(["A cat ran.", "It purrs"]).shape
    (2, 8)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "tokenizer": TOKENIZER,
        "max_tokens": [N_IDS, None],
        "min_count": [POSITIVE_INT],
        "softmax": [StrOptions({"auto", "full", "adaptive"})],
        "sentence_splitter": [callable, None],
        "max_length": [POSITIVE_INT, None],
        "embedding_dim": [POSITIVE_INT],
        **RECURRENT_CONSTRAINTS,
        "bidirectional": ["boolean"],
        "expand_from": [WordVectors, None],
    }
    _of_network: ClassVar[tuple[str, ...]] = (
        "max_tokens",
        "min_count",
        "softmax",
        "embedding_dim",
        "cell",
        "hidden_size",
        "num_layers",
        "bidirectional",
    )

    tokenizer: Any = None
    max_tokens: int | None = 20_000
    min_count: int = 1
    softmax: str = "auto"
    sentence_splitter: Callable[[str], Iterable[str]] | None = None
    max_length: int | None = 30
    embedding_dim: int = 100
    cell: str = "gru"
    hidden_size: int = 200
    num_layers: int = 1
    bidirectional: bool = False
    expand_from: WordVectors | None = None
    batch_size: int = 64

    vectorizer_: SequenceVectorizer = fitted()
    expansion_: NDArray[np.float32] | None = fitted()
    n_sentences_: int = fitted()

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None, *, X_val: Any = None) -> Self:
        """Fit the network to documents of several sentences.

        Parameters
        ----------
        X : documents, or list of lists of str
            Raw text (list, array, Series or one-column frame of str), which is split; or the
            sentences of each document.
        y : None
            Ignored.
        X_val : as `X`, default=None
            Validation documents, which are scored after every epoch: ``validation_losses_`` and
            ``validation_scores_``. With `early_stopping` they take the place of those held out.

        Returns
        -------
        SkipThought
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            If there are no documents, none has two sentences, or `expand_from` shares no word
            with them.
        """
        validation = None if X_val is None else FitData(X_val)
        return self._fit(FitData(X, y, validation=validation))

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Continue training, by one epoch over these documents.

        Parameters
        ----------
        X : documents, or list of lists of str
            As in `fit`. Those of the first call determine the vocabulary.
        y : None
            Ignored.

        Returns
        -------
        SkipThought
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            As `fit`; or if `early_stopping` or `checkpoint` is set.
        """
        return self._partial_fit(FitData(X, y))

    def score(self, X: Any, y: Any = None) -> float:
        """Return the mean log probability of a word of the neighbouring sentences.

        Parameters
        ----------
        X : documents, or list of lists of str
            As in `fit`.
        y : None
            Ignored.

        Returns
        -------
        float
            Mean over the words of all neighbours, EOS included: as ``validation_scores_``.

        Raises
        ------
        ValueError
            If no document has two sentences.
        """
        check_is_fitted(self)
        examples = self._examples_of(materialized(X), self.vectorizer_)
        return self.net_.score_of(examples.on(device_of(self.net_.module_)))

    def fit_transform(self, X: Any, y: Any = None) -> NDArray[np.float32]:
        """Fit the network, and transform the same documents, which are read once.

        Parameters
        ----------
        X : documents
            As in `fit`.
        y : None
            Ignored.

        Returns
        -------
        ndarray of shape (n_documents, n_features_out), float32
            As in `transform`: each document is read as one sentence.
        """
        X = materialized(X)
        return self.fit(X, y).transform(X)

    @of_one_moment
    def transform(self, X: Any) -> NDArray[np.float32]:
        """Transform sentences to vectors.

        Parameters
        ----------
        X : documents or Tokens
            Sentences or other short texts, each read as one sentence: raw (list, array, Series
            or one-column frame of str) or as Tokens.

        Returns
        -------
        ndarray of shape (n_sentences, n_features_out), float32
            The encoder's last hidden state: `hidden_size` numbers, or twice as many if it is
            `bidirectional`. Zeros for a sentence without words.

        Raises
        ------
        ValueError
            If `expand_from` was set to vectors of another width after `fit`.
        """
        data = self._rows_to_predict(X)
        module: SkipThoughtModel = self.net_.module_

        def encode(batch: Batch) -> Tensor:
            return module.encode(batch.values, batch.lengths)

        return self.net_.by_row(data, encode).numpy()

    @property
    def _n_features_out(self) -> int:
        return self.net_.module_.encoder.output_size  # type: ignore[no-any-return]

    def _plan(self, data: FitData, previous: SequenceNet | None) -> TrainingPlan:
        sentences, offsets = self._sentences(data.X)
        if previous is None:
            vectorizer, tokens = fit_vectorizer(
                sentences, self.tokenizer, max_tokens=self.max_tokens, min_count=self.min_count
            )
        else:
            vectorizer = self.vectorizer_
            tokens = as_tokens(sentences, vectorizer.tokenizer)
        examples = self._examples(vectorizer.transform(tokens), offsets)
        validation = None
        if data.validation is not None:
            with errors_of_validation():
                validation = self._examples_of(data.validation.X, vectorizer)
        if self.expand_from is not None:  # better to fail now than after hours
            shared_words(vectorizer.vocabulary_, self.expand_from)
        n_ids = vectorizer.n_tokens_
        return TrainingPlan(
            examples=examples,
            criterion=NeighborCriterion(n_ids),
            build=partial(self._build, n_ids),
            attributes={"vectorizer_": vectorizer, "n_sentences_": len(examples.neighbors.rows)},
            validation=validation,
            after_training=partial(self._expansion, vectorizer),
        )

    def _sentences(self, X: Any) -> tuple[list[str], NDArray[np.int64]]:
        return read_sentences(X, self.sentence_splitter, type(self).__name__)

    def _examples_of(self, X: Any, vectorizer: SequenceVectorizer) -> _NeighboringSentences:
        """Return the sentences of documents in the words of a fitted vectorizer."""
        sentences, offsets = self._sentences(X)
        ids = vectorizer.transform(as_tokens(sentences, vectorizer.tokenizer))
        return self._examples(ids, offsets)

    def _examples(self, ids: Ragged, offsets: NDArray[np.int64]) -> _NeighboringSentences:
        """Return the sentences of documents that have a neighbour."""
        neighbors = sentence_neighbors(ids.lengths, offsets)
        if not len(neighbors.rows):
            raise ValueError(
                f"none of the {len(offsets) - 1} documents has two sentences with words: "
                "SkipThought learns from neighbouring sentences. Pass longer documents, another "
                "sentence_splitter, or lists of sentences."
            )
        return _NeighboringSentences(ids, neighbors, self.max_length)

    def _build(self, n_ids: int, randomness: Randomness) -> SkipThoughtModel:
        """Make the network."""
        generator = randomness.generator("cpu")
        embedding = learned_embedding(n_ids, self.embedding_dim, generator)
        body = RecurrentStack(
            self.cell,
            self.embedding_dim,
            self.hidden_size,
            num_layers=self.num_layers,
            bidirectional=self.bidirectional,
            dropout=self.dropout,
            randomness=randomness,
        )
        weight = learned_embedding(n_ids, self.hidden_size, generator).weight
        return SkipThoughtModel(
            SequenceEncoder(embedding, body),
            AdaptiveSoftmax(weight, AdaptiveSoftmax.cutoffs_for(n_ids, self.softmax), generator),
            dropout=self.dropout,
            randomness=randomness,
        )

    def _expansion(self, vectorizer: SequenceVectorizer, net: SequenceNet) -> Mapping[str, Any]:
        """Compute the map from the vectors of `expand_from` to those that a net has learned."""
        if self.expand_from is None:
            return {"expansion_": None}
        table = _table_of(net)[FIRST:]
        return {"expansion_": linear_map(vectorizer.vocabulary_, table, self.expand_from)}

    def _rows_to_predict(self, X: Any) -> SequenceData:
        check_is_fitted(self)
        # Lists would be sentences in `fit`, and tokens elsewhere: they are neither here.
        documents = X if isinstance(X, Tokens) else as_documents(X)
        tokens = as_tokens(documents, self.vectorizer_.tokenizer)
        # Each distinct word is looked up once; position 0 of their table is padding.
        words = self._word_vectors(tokens)
        sequences = Sequences(
            tokens.values + np.int32(1),
            tokens.offsets[:-1],
            tokens.lengths,
            table=np.concatenate([np.zeros((1, words.shape[1]), words.dtype), words]),
        )
        return SequenceData.on(device_of(self.net_.module_), sequences)

    def _word_vectors(self, tokens: Tokens) -> NDArray[np.float32]:
        """Return a vector for each distinct word of tokens: learned, mapped, or that of unknown."""
        words = tokens.vocabulary
        rows = self.vectorizer_.vocabulary_.lookup(words)
        table = _table_of(self.net_)[np.where(rows < 0, UNKNOWN, rows)]  # a copy
        if self.expand_from is None:
            return table
        width = self.expand_from.embedding_dim
        if self.expansion_ is None or len(self.expansion_) != width:
            raise ValueError(f"expand_from, of {width} dimensions, was another in fit: fit again.")
        unknown = np.flatnonzero(rows < 0)
        more, mapped = mapped_words(words.take(unknown), self.expand_from, self.expansion_)
        table[unknown[more]] = mapped
        return table


def _table_of(net: SequenceNet) -> NDArray[np.float32]:
    """Return the word vectors of the encoder of a net, by id."""
    weight: Tensor = net.module_.encoder.embedding.weight
    return weight.detach().cpu().numpy()

"""Vectors of sentences, learned from the sentences beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from .._compat import HasMethods, StrOptions, _fit_context
from .._constraints import N_IDS, POSITIVE_INT
from .._ragged import Ragged
from .._tokens import Tokens
from .._vocabulary import FIRST, UNKNOWN
from ..nn import (
    AdaptiveSoftmax,
    Batch,
    NeighborCriterion,
    Randomness,
    SequenceData,
    SequenceEncoder,
    Sequences,
    SkipThoughtModel,
    device_of,
    learned_embedding,
    neighbor_data,
)
from ..tokenizers import TextInput, as_tokens
from ..vectors import WordVectors
from ._parameters import declares_parameters
from ._recurrent import RecurrentLayers
from ._training import Task
from .inputs._sentence_neighbors import SentenceNeighbors, read_sentences, sentence_neighbors
from .inputs._text_input import fit_vectorizer
from .inputs._vocabulary_expansion import linear_map, mapped_words, shared_words


@declares_parameters
class SkipThought(TextInput, ClassNamePrefixFeaturesOutMixin, TransformerMixin, RecurrentLayers):  # type: ignore[misc]
    """Vectors of sentences, learned without labels from which sentences stand together [1]_.

    An encoder reads a sentence; of its last state, one decoder tells the sentence before word
    by word, another the one after. What it takes to tell them is what the state holds, and
    `transform` gives that state: sentences that would stand in the same places come near each
    other.

    Parameters
    ----------
    tokenizer : tokenizer or None, default=None
        Makes Tokens of sentences; a copy is fitted. None is ``WordTokenizer()``.
    max_tokens : int or None, default=20_000
        Greatest number of ids, padding and unknown included; the most frequent words have one.
    min_count : int, default=1
        Least number of occurrences of a word that has an id.
    softmax : {"auto", "full", "adaptive"}, default="auto"
        The output layer of the decoders: one softmax, or one in two steps, where rare words are
        first a group [2]_. Both are exact; ``"auto"`` takes the second where it is faster.
    sentence_splitter : callable of str to iterable of str, or None, default=None
        Makes sentences of a document in `fit`. None is :func:`split_sentences`.
    max_length : int or None, default=30
        Words of a sentence that `fit` reads and asks for; the rest of it is cut off. `transform`
        reads all.
    embedding_dim : int, default=100
        Width of the word vectors, which encoder and decoders share.
    cell : {"rnn", "gru", "lstm"}, default="gru"
        Kind of recurrent cell, of the encoder and the decoders.
    hidden_size : int, default=200
        Width of the state, of each direction.
    bidirectional : bool, default=False
        Whether the encoder also reads from the end: the last states of both directions, side
        by side, are the sentence's vector (bi-skip).
    expand_from : WordVectors or None, default=None
        Vectors of many more words, learned elsewhere. The linear map that takes those of
        shared words nearest to the encoder's own gives `transform` a vector for each word that
        the encoder has not learned but these have. Without, such a word is unknown.
    batch_size : int, default=64
        Rows of a batch.

    Attributes
    ----------
    vectorizer_ : SequenceVectorizer
        From text to the encoder's ids; ``vectorizer_.vocabulary_`` has its words.
    expansion_ : ndarray of shape (width of `expand_from`, embedding_dim), float32, or None
        The map.
    n_sentences_ : int
        Sentences that were learned from: those with a neighbour.

    See Also
    --------
    split_sentences : The rule that cuts documents.
    EmbeddingVectorizer : Pooled word vectors, which do not mind the order of words.
    Doc2Vec : Learns a vector of each document from its own words.

    Notes
    -----
    Neighbours are of one document; a document of one sentence teaches nothing. Sentences
    without a word are passed over.

    The loss is the mean over the words and ends of both neighbours, unknown words included; the
    score of `early_stopping` is its negative. The authors learned from 74 million sentences for
    two weeks: much less text gives vectors that know less than the mean of good word vectors,
    and are best put beside that.

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
        "tokenizer": [HasMethods("transform"), None],
        "max_tokens": [N_IDS, None],
        "min_count": [POSITIVE_INT],
        "softmax": [StrOptions({"auto", "full", "adaptive"})],
        "sentence_splitter": [callable, None],
        "max_length": [POSITIVE_INT, None],
        "embedding_dim": [POSITIVE_INT],
        "bidirectional": ["boolean"],
        "expand_from": [WordVectors, None],
    }

    tokenizer: Any = None
    max_tokens: int | None = 20_000
    min_count: int = 1
    softmax: str = "auto"
    sentence_splitter: Callable[[str], Iterable[str]] | None = None
    max_length: int | None = 30
    embedding_dim: int = 100
    cell: str = "gru"
    hidden_size: int = 200
    bidirectional: bool = False
    expand_from: WordVectors | None = None
    batch_size: int = 64

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn from documents of several sentences.

        Parameters
        ----------
        X : documents, or list of lists of str
            Raw text (list, array, Series or one-column frame of str), which is split; or the
            sentences of each document.
        y : None
            Ignored.

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
        sentences, offsets = read_sentences(X, self.sentence_splitter, type(self).__name__)
        state = self._continued() if self.warm_start else {}
        ids = self._ids(sentences, state)
        found = sentence_neighbors(ids.lengths, offsets)
        if not len(found.rows):
            raise ValueError(
                f"none of the {len(offsets) - 1} documents has two sentences with words: "
                "SkipThought learns from sentences that stand beside each other. Give longer "
                "documents, another sentence_splitter, or lists of sentences."
            )
        if self.expand_from is not None:  # better to fail now than after hours
            shared_words(state["vectorizer_"].vocabulary_, self.expand_from)
        state |= {"n_sentences_": len(found.rows), "expansion_": None}
        criterion = NeighborCriterion(state["vectorizer_"].n_tokens_)
        self._learn(
            Task(found.rows, criterion, None),
            lambda randomness: self._module(criterion.n_outputs, randomness),
            lambda device: self._data(ids, found, device),
            epochs=self.max_iter,
            state=state,
            given={"X": X, "y": y, "metadata": None},
        )
        return self

    def transform(self, X: Any) -> NDArray[np.float32]:
        """Give the vectors of sentences.

        Parameters
        ----------
        X : documents or Tokens
            Sentences or other short texts, each read as one sentence: raw (list, array, Series
            or one-column frame of str) or as Tokens.

        Returns
        -------
        ndarray of shape (n_sentences, n_features_out), float32
            The encoder's last state: `hidden_size` numbers, or twice as many if it is
            `bidirectional`. Zeros for a sentence without words.
        """
        check_is_fitted(self)
        tokens = as_tokens(X, self.vectorizer_.tokenizer)
        module: SkipThoughtModel = self.net_.module_
        # Each distinct word is looked up once; position 0 of their table is padding.
        sequences = Sequences(
            tokens.values + np.int32(1),
            tokens.offsets[:-1],
            tokens.lengths,
            table=np.concatenate([np.zeros_like(self._table()[:1]), self._word_vectors(tokens)]),
        )

        def encode(batch: Batch) -> Tensor:
            return module.encode(batch.values, batch.lengths)

        data = SequenceData.on(device_of(module), sequences)
        return self.net_.by_row(data, encode).numpy()  # type: ignore[no-any-return]

    @property
    def _n_features_out(self) -> int:
        return self.net_.module_.encoder.output_size  # type: ignore[no-any-return]

    def _become(self, state: dict[str, Any]) -> None:
        super()._become(state)
        if self.expand_from is not None:
            vocabulary = self.vectorizer_.vocabulary_
            self.expansion_ = linear_map(vocabulary, self._table()[FIRST:], self.expand_from)

    def _ids(self, sentences: list[str], state: dict[str, Any]) -> Ragged:
        """Give the ids of sentences, and put what gives them into the state."""
        if "vectorizer_" not in state:
            state["vectorizer_"], tokens = fit_vectorizer(
                sentences, self.tokenizer, max_tokens=self.max_tokens, min_count=self.min_count
            )
        else:
            tokens = as_tokens(sentences, state["vectorizer_"].tokenizer)
        return state["vectorizer_"].transform(tokens)  # type: ignore[no-any-return]

    def _module(self, n_ids: int, randomness: Randomness) -> SkipThoughtModel:
        generator = randomness.generator("cpu")
        embedding = learned_embedding(n_ids, self.embedding_dim, generator)
        body = self._stack(self.embedding_dim, randomness, bidirectional=self.bidirectional)
        weight = learned_embedding(n_ids, self.hidden_size, generator).weight
        return SkipThoughtModel(
            SequenceEncoder(embedding, body),
            AdaptiveSoftmax(weight, AdaptiveSoftmax.cutoffs_for(n_ids, self.softmax), generator),
            dropout=self.dropout,
            randomness=randomness,
        )

    def _data(self, ids: Ragged, found: SentenceNeighbors, device: torch.device) -> SequenceData:
        """Put sentences on a device, with their neighbours, which share the ids."""
        lengths = ids.lengths
        if self.max_length is not None:
            lengths = np.minimum(lengths, self.max_length)
        return neighbor_data(device, ids, lengths, found.rows, found.before, found.after)

    def _table(self) -> NDArray[np.float32]:
        """Give the encoder's word vectors, by id."""
        weight: Tensor = self.net_.module_.encoder.embedding.weight
        return weight.detach().cpu().numpy()

    def _word_vectors(self, tokens: Tokens) -> NDArray[np.float32]:
        """Give a vector for each distinct word of tokens: learned, mapped, or that of unknown."""
        words = tokens.vocabulary
        rows = self.vectorizer_.vocabulary_.lookup(words)
        table = self._table()[np.where(rows < 0, UNKNOWN, rows)]  # a copy
        unknown = np.flatnonzero(rows < 0)
        if self.expansion_ is not None and self.expand_from is not None:
            more, mapped = mapped_words(words.take(unknown), self.expand_from, self.expansion_)
            table[unknown[more]] = mapped
        return table

"""One sequence from another, of any length: translation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, NamedTuple, Self, cast

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from .._compat import HasMethods
from .._embedded_sequences import EmbeddedSequences
from .._ragged import Ragged
from .._tokens import Tokens
from ..nn import (
    IGNORE_INDEX,
    EncoderDecoder,
    EvaluationBatches,
    LastPooling,
    Randomness,
    RecurrentStack,
    SequenceData,
    SequenceEncoder,
    targets_on,
)
from ..tokenizers import TextInput, as_tokens
from ..vectorizers import SequenceVectorizer
from ._parameters import declares_parameters
from ._recurrent import RecurrentNetwork
from ._sequence_writer import END_NAME, SequenceWriter
from .inputs._text_input import fit_vectorizer, holds_texts


class AttentionMap(NamedTuple):
    """What each token written looked at.

    Parameters
    ----------
    source : list of str
        The tokens read.
    target : list of str
        The tokens written, and ``"[END]"``.
    weights : ndarray of shape (n_target, n_source), float32
        Each row sums to 1.
    """

    source: list[str]
    target: list[str]
    weights: NDArray[np.float32]


@declares_parameters
class Seq2Seq(TextInput, SequenceWriter, RecurrentNetwork):
    """Sequences from sequences: texts translated, in the first place.

    An encoder reads the source to a state after each token; a decoder, started from the last
    of them, writes the target token by token until it writes the end [1]_ [2]_. It looks at
    all states of the encoder before each token [3]_. In training it is told the true token
    before (teacher forcing), in prediction its own.

    Parameters
    ----------
    tokenizer : tokenizer or None, default=None
        Makes Tokens of the texts to read; a copy of it is fitted. None is
        ``WordTokenizer()``.
    attention : bool, default=True
        Whether the decoder looks at the encoder's states. If not, all it knows of the source is
        one vector, which it gets at every step.
    bidirectional : bool, default=True
        Whether every layer of the encoder also reads from the end.
    max_tokens : int or None, default=None
        Greatest number of ids of tokens on either side, padding (or the end) and unknown
        included; the most frequent tokens are kept. None: all.
    min_count : int, default=1
        Least number of occurrences of a token that is kept, on either side. A token that is not
        is unknown, and never written.
    embedding_dim : int, default=64
        Width of the learned embeddings of either side.

    Attributes
    ----------
    vectorizer_ : SequenceVectorizer
        Makes ids of the texts to read; absent if `fit` saw ids or vectors.

    See Also
    --------
    SequenceGenerator : A sequence from a vector.
    RNNTagger : A label for each step.
    AttentionDisplay : Plots what the tokens written looked at.

    Notes
    -----
    `X` may be texts or Tokens, or any of the forms that :class:`RNNClassifier` reads: ids,
    vectors of words, series of numbers. `y` may be texts, Tokens, or rows of labels as Ragged
    or list of lists; `predict` gives the same kind.

    The default tokenizer lower-cases and drops punctuation. To write whole sentences, give
    one that doesn't, as :class:`SubwordTokenizer`, which also has no unknown words.

    Loss and the score of `early_stopping`, the part of right tokens, are means over tokens,
    ends included, with the true tokens before each.

    References
    ----------
    .. [1] I. Sutskever, O. Vinyals and Q. V. Le (2014). Sequence to sequence learning with
       neural networks. NeurIPS.
    .. [2] K. Cho et al. (2014). Learning phrase representations using RNN encoder-decoder
       for statistical machine translation. EMNLP.
    .. [3] T. Luong, H. Pham and C. D. Manning (2015). Effective approaches to
       attention-based neural machine translation. EMNLP.

    Examples
    --------
    >>> from itertools import product
    >>> from textvec import Seq2Seq
    >>> words = {"ein": "a", "rotes": "red", "altes": "old", "haus": "house", "auto": "car"}
    >>> X = [" ".join(s) for s in product(["ein"], ["rotes", "altes"], ["haus", "auto"])]
    >>> y = [" ".join(words[word] for word in text.split()) for text in X]
    >>> model = Seq2Seq(
    ...     hidden_size=16, learning_rate_init=0.02, max_iter=50, metric="exact", random_state=0
    ... )
    >>> model.fit(X, y).predict(["ein altes auto", "ein rotes haus"])
    array(['a old car', 'a red house'], dtype=object)
    >>> model.score(X, y)
    1.0
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "tokenizer": [HasMethods("transform"), None],
        "attention": ["boolean"],
    }

    tokenizer: Any = None
    attention: bool = True
    bidirectional: bool = True
    max_tokens: int | None = None
    min_count: int = 1
    embedding_dim: int = 64

    def attention_maps(self, X: Any, y: Any = None) -> list[AttentionMap]:
        """Give which tokens of the source each token of the target looked at.

        Parameters
        ----------
        X : as in `fit`
            What to read.
        y : as in `fit`, or None
            The targets to follow; None: those that `predict` writes.

        Returns
        -------
        list of AttentionMap
            Of each row: ``source``, ``target`` and ``weights``.

        Raises
        ------
        ValueError
            If the network was fitted with ``attention=False``.
        """
        check_is_fitted(self)
        if holds_texts(X) and hasattr(self, "vectorizer_"):
            X = as_tokens(X, self.vectorizer_.tokenizer)
        data = self._data(X)
        ids = self._write(data) if y is None else self.targets_.encode(y)
        check_consistent_length(data, ids)
        data = replace(data, targets=targets_on(data.device, ids))
        sources = X.to_list() if isinstance(X, Tokens) else _step_names(data)
        rows = zip(sources, ids, self._attention(data), strict=True)
        return [
            AttentionMap(source, [*self.targets_.names(row), END_NAME], weights)
            for source, row, weights in rows
        ]

    @torch.inference_mode()
    def _attention(self, data: SequenceData) -> list[NDArray[np.float32]]:
        """Give the weights of each row, (n_target + 1, n_source), by the data's targets."""
        module: EncoderDecoder = self.net_.module_.eval()
        maps: list[NDArray[np.float32]] = []
        ordered, rows = data.by_length()
        for batch, y in EvaluationBatches(ordered):
            weights = module.attention_weights(batch, y).cpu().numpy()  # (B, T + 1, S)
            n_read = ordered.lengths_cpu[len(maps) : len(maps) + len(batch)]
            n_written = (y != IGNORE_INDEX).sum(dim=0).tolist()
            maps += [w[: m + 1, :n] for w, m, n in zip(weights, n_written, n_read, strict=True)]
        return [maps[place] for place in np.argsort(rows)]

    def _train(
        self, X: Any, y: Any, sample_weight: Any, *, epochs: int, state: dict[str, Any]
    ) -> Self:
        if "net_" not in state and holds_texts(X):
            state["vectorizer_"], X = fit_vectorizer(
                X, self.tokenizer, max_tokens=self.max_tokens, min_count=self.min_count
            )
        X = self._as_ids(X, state.get("vectorizer_"))
        return super()._train(X, y, sample_weight, epochs=epochs, state=state)

    def _data(self, X: Any) -> SequenceData:
        check_is_fitted(self)
        return super()._data(self._as_ids(X, getattr(self, "vectorizer_", None)))

    def _as_ids(self, X: Any, vectorizer: SequenceVectorizer | None) -> Any:
        """Give the ids of texts, and anything else as it is."""
        is_text = holds_texts(X)
        if vectorizer is None and is_text:
            raise ValueError(
                f"X holds texts, but {type(self).__name__} was fitted on ids or vectors: give it "
                "what the vectorizer of the training rows makes of them."
            )
        if vectorizer is None or (isinstance(X, (Ragged, EmbeddedSequences)) and not is_text):
            return X
        return vectorizer.transform(X)

    def _module(
        self, encoder: SequenceEncoder, n_outputs: int, randomness: Randomness
    ) -> EncoderDecoder:
        body = cast("RecurrentStack", encoder.body)
        pooling = LastPooling(body, randomness.generator("cpu"))
        return self._model(encoder, pooling, n_outputs, randomness, attends=self.attention)

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


def _step_names(data: SequenceData) -> list[list[str]]:
    """Give the ids of each row as names, or where they are not told, the steps' numbers."""
    values = data.rows.values.cpu().numpy()
    names = []
    for start, length in zip(data.starts.tolist(), data.lengths_cpu, strict=True):
        ids = (
            values[start : start + length]
            if values.ndim == 1 and data.table is None
            else np.arange(length)
        )
        names.append([str(i) for i in ids])
    return names

"""Sequences from sequences of any length: translation."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from .._containers._embedded_sequences import EmbeddedSequences
from .._containers._ragged import Ragged
from .._containers._tokens import Tokens
from .._estimators._constraints import TOKENIZER
from .._inputs._items import materialized
from ..nn import (
    DECODER_EMBEDDING_BOUND,
    IGNORE_INDEX,
    EncoderDecoder,
    EvaluationBatches,
    RecurrentStack,
    SequenceData,
    SequenceNet,
    plain_torch,
    targets_on,
)
from ..tokenizers import TextInput
from ..vectorizers import SequenceVectorizer
from ._encoder_decoder_estimator import EncoderDecoderEstimator
from ._parameters import fitted, with_plain_parameters
from ._parts import Parts
from ._records import FitData, TrainingPlan, errors_of_validation
from ._sequence_estimator import SequenceEstimator
from .heads._outputs import row_pooling
from .inputs._text_input import fit_vectorizer, holds_documents, tokens_of

# Name of EOS where tokens are named.
END_NAME = "[END]"


class AttentionMap(NamedTuple):
    """Attention of the tokens of a predicted sequence to those of its source.

    Parameters
    ----------
    source : list of str
        Tokens of the source.
    target : list of str
        Tokens of the target, and ``"[END]"`` for EOS.
    weights : ndarray of shape (n_target, n_source), float32
        Attention weights; each row sums to 1.

    See Also
    --------
    Seq2Seq.attention : Returns it.
    AttentionDisplay : Plots it.

    Examples
    --------
    >>> from textvec import Seq2Seq
    >>> model = Seq2Seq(hidden_size=4, max_iter=1, random_state=0)
    >>> model.fit(["ein haus", "ein auto"], ["a house", "a car"])
    Seq2Seq(hidden_size=4, max_iter=1, random_state=0)
    >>> attention = model.attention_maps(["ein auto"], ["a car"])[0]
    >>> attention.source, attention.target
    (['ein', 'auto'], ['a', 'car', '[END]'])
    >>> attention.weights.shape
    (3, 2)
    """

    source: list[str]
    target: list[str]
    weights: NDArray[np.float32]


class Seq2Seq(  # type: ignore[misc]  # its partial_fit takes no classes
    TextInput, EncoderDecoderEstimator, SequenceEstimator
):
    """Predict sequences from sequences, such as translations, by an encoder and a decoder.

    The encoder computes a hidden state after each token of the source; the decoder, initialized
    with the last of them, predicts the target token by token until EOS [1]_ [2]_, with attention
    to all states of the encoder [3]_. In training its input is the true token before (teacher
    forcing), in prediction its own.

    Parameters
    ----------
    tokenizer : tokenizer or None, default=None
        Makes Tokens of the source texts; a copy of it is fitted. None is ``WordTokenizer()``. Rows
        of tokens need None.
    attention : bool, default=True
        Whether the decoder attends to the encoder's states. If not, its only input from the source
        is one vector, at every step.
    bidirectional : bool, default=True
        Whether every layer of the encoder also reads from the end.
    max_tokens : int or None, default=None
        Greatest number of ids of tokens on either side, at least 3, padding (or EOS) and unknown
        included; the most frequent tokens are kept. None: all. Begin with some 10,000 for words.
    min_count : int, default=1
        Least number of occurrences of a token that is kept, on either side. One that is not is
        unknown, and never predicted. Begin with 2 for words.
    embedding_dim : int, default=64
        Width of the learned embeddings of either side, at least 1. Begin with 128 to 256 for
        translation.

    Attributes
    ----------
    vectorizer_ : SequenceVectorizer
        Makes ids of the source texts; absent if `fit` saw ids or vectors.

    See Also
    --------
    SequenceGenerator : Predicts a sequence from a vector.
    RNNTagger : Predicts a label for each step.
    AttentionDisplay : Plots the attention of a predicted sequence.

    Notes
    -----
    `X` may be texts or Tokens, or any of the forms that :class:`RNNClassifier` reads: ids,
    vectors of words, series of numbers. `y` may be texts, Tokens, or rows of labels as Ragged
    or list of lists; `predict` returns the same kind.

    The default tokenizer lower-cases and drops punctuation. To predict whole sentences, pass one
    that does not, such as :class:`SubwordTokenizer`, which also has no unknown words.

    The loss and the score of `early_stopping`, the token accuracy, are means over tokens, EOS
    included, with teacher forcing.

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
        "tokenizer": TOKENIZER,
        "attention": ["boolean"],
        "bidirectional": ["boolean"],
    }
    _of_network: ClassVar[tuple[str, ...]] = ("attention", "bidirectional")

    tokenizer: Any = None
    attention: bool = True
    bidirectional: bool = True
    max_tokens: int | None = None
    min_count: int = 1
    embedding_dim: int = 64

    vectorizer_: SequenceVectorizer = fitted()

    def attention_maps(self, X: Any, y: Any = None) -> list[AttentionMap]:
        """Return the attention of each token of the target to the tokens of the source.

        Parameters
        ----------
        X : as in `fit`
            Sources.
        y : as in `fit`, or None
            Targets; None: those that `predict` returns.

        Returns
        -------
        list of AttentionMap
            One for each row.

        Raises
        ------
        ValueError
            If the network was fitted with ``attention=False``.
        """
        check_is_fitted(self)
        X = materialized(X)
        if holds_documents(X) and hasattr(self, "vectorizer_"):
            X = tokens_of(X, self.tokenizer, self.vectorizer_.tokenizer)
        data = self._rows_to_predict(X)
        if y is None:
            head = with_plain_parameters(self)._sequence_head()
            ids = head.generate(self.net_, data, vars(self))
        else:
            ids = self.targets_.encode(y)
        check_consistent_length(data, ids)
        data = replace(data, targets=targets_on(data.device, ids))
        sources = X.to_list() if isinstance(X, Tokens) else _step_names(data)
        rows = zip(sources, ids, self._attention(data), strict=True)
        return [
            AttentionMap(source, [*self.targets_.names(row), END_NAME], weights)
            for source, row, weights in rows
        ]

    @plain_torch()
    @torch.inference_mode()
    def _attention(self, data: SequenceData) -> list[NDArray[np.float32]]:
        """Return the weights of each row, (n_target + 1, n_source), for the data's targets."""
        module: EncoderDecoder = self.net_.evaluating()
        maps: list[NDArray[np.float32]] = []
        ordered, rows = data.by_length()
        for batch, y in EvaluationBatches(ordered):
            weights = module.attention_weights(batch, y).cpu().numpy()  # (B, T + 1, S)
            n_source = ordered.lengths_cpu[len(maps) : len(maps) + len(batch)]
            n_target = (y != IGNORE_INDEX).sum(dim=0).tolist()
            maps += [w[: m + 1, :n] for w, m, n in zip(weights, n_target, n_source, strict=True)]
        return [maps[place] for place in np.argsort(rows)]

    def _parts(self) -> Parts:
        body = partial(
            RecurrentStack,
            self.cell,
            hidden_size=self.hidden_size,
            num_layers=self.num_layers,
            bidirectional=self.bidirectional,
            dropout=self.dropout,
            input_dropout=self.embedding_dropout,
        )
        encoder = replace(self._encoder(body), embedding_bound=DECODER_EMBEDDING_BOUND)
        output = partial(
            self._decoder_output, pooling=row_pooling("last"), attention=self.attention
        )
        return Parts(encoder, output, self._sequence_head())

    def _plan(self, data: FitData, previous: SequenceNet | None) -> TrainingPlan:
        vectorizer, X = data.known.get("vectorizer_"), data.X
        if previous is None and holds_documents(X, if_missing=True):
            vectorizer, X = fit_vectorizer(
                X, self.tokenizer, max_tokens=self.max_tokens, min_count=self.min_count
            )
        data = replace(data, X=self._as_ids(X, vectorizer))
        if data.validation is not None:
            with errors_of_validation():
                held_out = self._as_ids(data.validation.X, vectorizer)
            data = replace(data, validation=replace(data.validation, X=held_out))
        plan = SequenceEstimator._plan(self, data, previous)
        if vectorizer is None:
            return plan
        return replace(plan, attributes={**plan.attributes, "vectorizer_": vectorizer})

    def _rows_to_predict(self, X: Any) -> SequenceData:
        check_is_fitted(self)
        ids = self._as_ids(materialized(X), getattr(self, "vectorizer_", None))
        return SequenceEstimator._rows_to_predict(self, ids)

    def _as_ids(self, X: Any, vectorizer: SequenceVectorizer | None) -> Any:
        """Return the ids of texts, and anything else as it is."""
        is_text = holds_documents(X)
        if vectorizer is None and is_text:
            raise ValueError(
                f"X holds texts, but {type(self).__name__} was fitted on ids or vectors: transform "
                "them by the vectorizer of the training rows."
            )
        if vectorizer is None or (isinstance(X, (Ragged, EmbeddedSequences)) and not is_text):
            return X
        return vectorizer.transform(tokens_of(X, self.tokenizer, vectorizer.tokenizer))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


def _step_names(data: SequenceData) -> list[list[str]]:
    """Return the ids of each row as names, or of vectors the numbers of the steps."""
    values = data.rows.values.cpu().numpy()
    names = []
    for start, length in zip(data.starts_cpu, data.lengths_cpu, strict=True):
        ids = (
            values[start : start + length]
            if values.ndim == 1 and data.table is None
            else np.arange(length)
        )
        names.append([str(i) for i in ids])
    return names

"""Estimators that write a sequence of tokens for each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_consistent_length

from .._compat import HasMethods, StrOptions, _fit_context
from .._constraints import N_IDS, NOT_NEGATIVE, POSITIVE_INT
from .._documents import as_documents
from .._ragged import Ragged, offsets_from_lengths
from ..nn import (
    DECODER_EMBEDDING_BOUND,
    Batch,
    EncoderDecoder,
    Randomness,
    RecurrentDecoder,
    SequenceData,
    SequenceEncoder,
    Sequences,
    TokenCrossEntropy,
    learned_embedding,
)
from ._parameters import declares_parameters
from ._recurrent import RecurrentLayers
from ._training import Task
from .heads._target_codec import TargetCodec, fit_target_codec
from .heads._text_scores import METRICS
from .inputs._text_input import holds_texts

# What stands for the end of a sequence where tokens are named.
END_NAME = "[END]"


@declares_parameters
class SequenceWriter(RecurrentLayers):
    """Estimators with a decoder.

    A subclass says how rows are read to learn and to predict from, by ``_train`` and ``_data``
    as :class:`BaseNetwork` has them, and makes its network by :meth:`_model`.

    Parameters
    ----------
    target_tokenizer : tokenizer or None, default=None
        Makes Tokens of the texts to write and joins tokens to texts; a copy of it is fitted.
        None is ``WordTokenizer()``, which writes lower-cased words without punctuation.
    max_tokens : int or None, default=None
        Greatest number of ids of tokens, the end and unknown included; the most frequent
        tokens are kept. None: all.
    min_count : int, default=1
        Least number of occurrences of a token that is kept. A token that is not is unknown,
        and never written.
    embedding_dim : int, default=64
        Width of the learned embeddings.
    beam_width : int, default=1
        Beginnings of a sequence that are followed at each step, in search of the likeliest as a
        whole. With 1, the likeliest token is taken at each step (greedy search).
    length_penalty : float, default=0.6
        In a beam search, the log probability of a sequence of n tokens, its end included, is
        divided by ``((5 + n) / 6) ** length_penalty``, which favours longer ones; 0: not.
    max_length : int or None, default=None
        Most tokens to write for a row; None: as many as the longest target in `fit` has.
    metric : {"bleu", "chrf", "exact"} or callable, default="bleu"
        What `score` gives: BLEU or chrF, 0 to 100, as sacrebleu counts them with its
        defaults, or the part of rows that are written exactly as given. A callable takes the
        true texts and the written ones, and gives a float, larger for better.

    Attributes
    ----------
    targets_ : object
        How targets become ids: of texts, ``targets_.vectorizer`` is the fitted
        SequenceVectorizer; of rows of labels, ``targets_.labels`` are these, sorted.
    longest_target_ : int
        Tokens of the longest target in `fit`.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "target_tokenizer": [HasMethods("transform"), None],
        "max_tokens": [N_IDS, None],
        "min_count": [POSITIVE_INT],
        "embedding_dim": [POSITIVE_INT],
        "beam_width": [POSITIVE_INT],
        "length_penalty": [NOT_NEGATIVE],
        "max_length": [POSITIVE_INT, None],
        "metric": [StrOptions(set(METRICS)), callable],
    }

    _embedding_bound: ClassVar[float] = DECODER_EMBEDDING_BOUND

    target_tokenizer: Any = None
    max_tokens: int | None = None
    min_count: int = 1
    embedding_dim: int = 64
    beam_width: int = 1
    length_penalty: float = 0.6
    max_length: int | None = None
    metric: str | Callable[[Sequence[str], Sequence[str]], float] = "bleu"

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the network to rows and what is to be written of them.

        Parameters
        ----------
        X : documents, Tokens, Ragged, EmbeddedSequences or array-like
            Of Seq2Seq: texts, or sequences as for :class:`RNNClassifier`. Of
            SequenceGenerator: vectors, of shape (n_samples, n_features).
        y : documents, Tokens, Ragged or list of lists
            What to write: texts, or rows of labels.
        sample_weight : array-like of shape (n_samples,), default=None
            What the tokens of each row count in the loss and in the validation score.

        Returns
        -------
        estimator
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        TypeError
            If a text is no str; the message names its row.
        ValueError
            If there are no rows, no token is within the limits, or `X` is not of a known form
            or holds NaN or infinity; or if the loss becomes infinite.
        """
        state = self._continued() if self.warm_start else {}
        self._train(X, y, sample_weight, epochs=self.max_iter, state=state)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> Self:
        """Go on training, by one pass over these rows.

        Parameters
        ----------
        X, y, sample_weight
            As for `fit`. The first call settles which tokens are known.

        Returns
        -------
        estimator
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            As `fit`; or if `early_stopping` is set.
        """
        self._train(X, y, sample_weight, epochs=1, state=self._continued_in_part())
        return self

    def predict(self, X: Any) -> NDArray[np.object_] | Ragged:
        """Write a sequence for each row.

        Parameters
        ----------
        X : as in `fit`
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) of str, or Ragged
            Texts, if `fit` saw texts as targets; a row of tokens for each row, if it saw
            Tokens; else a row of labels. Unknown tokens are never written.
        """
        ids = self._write(self._data(X))
        targets: TargetCodec = self.targets_
        written: NDArray[np.object_] | Ragged = targets.decode(ids)
        return written

    def score(self, X: Any, y: Any) -> float:
        """Give how near the written sequences come to the true ones.

        Parameters
        ----------
        X : as in `fit`
            Rows.
        y : as in `fit`
            What should be written. Of rows of labels or tokens, these are compared as texts
            with spaces between them.

        Returns
        -------
        float
            The `metric`.

        Raises
        ------
        ImportError
            If the metric is sacrebleu's, and this is missing.
        ValueError
            If there are no rows.
        """
        written = self.predict(X)
        check_consistent_length(written, y)
        if not len(written):
            raise ValueError("there are no rows to score: X is empty.")
        metric = METRICS[self.metric] if isinstance(self.metric, str) else self.metric
        return metric(_as_texts(y), _as_texts(written))

    def _read_task(
        self,
        y: Any,
        sample_weight: NDArray[np.floating] | None,
        sequences: Sequences,
        state: dict[str, Any],
    ) -> Task:
        """Encode the targets; `state` keeps their codec."""
        if "targets_" in state:
            ids = state["targets_"].encode(y)
        else:
            state["targets_"], ids = fit_target_codec(
                y,
                type(self).__name__,
                self.target_tokenizer,
                max_tokens=self.max_tokens,
                min_count=self.min_count,
            )
        longest = int(ids.lengths.max(initial=1))
        state["longest_target_"] = max(longest, state.get("longest_target_", 1))
        return Task(ids, TokenCrossEntropy(state["targets_"].n_ids), sample_weight)

    def _model(
        self,
        encoder: SequenceEncoder,
        pooling: torch.nn.Module,
        n_ids: int,
        randomness: Randomness,
        *,
        attends: bool,
    ) -> EncoderDecoder:
        """Put a decoder on an encoder, with attention, or with the context at every step."""
        generator, bound = randomness.generator("cpu"), self._embedding_bound
        embedding = learned_embedding(n_ids, self.embedding_dim, generator, bound=bound)
        decoder = RecurrentDecoder(
            embedding,
            self.cell,
            self.hidden_size,
            num_layers=self.num_layers,
            context_size=encoder.output_size,
            join_context=not attends,
            attended_size=encoder.output_size if attends else None,
            dropout=self.dropout,
            randomness=randomness,
        )
        return EncoderDecoder(encoder, pooling, decoder, randomness=randomness)

    def _write(self, data: SequenceData) -> Ragged:
        """Search the ids to write for each row."""
        max_length = self.max_length or self.longest_target_
        module: EncoderDecoder = self.net_.module_

        def written(batch: Batch) -> torch.Tensor:
            return module.generate(
                batch,
                width=self.beam_width,
                max_length=max_length,
                length_penalty=self.length_penalty,
            )

        padded = self.net_.by_row(data, written).numpy()  # (n, max_length)
        real = padded != 0
        return Ragged(padded[real], offsets_from_lengths(real.sum(axis=1)))

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.one_d_labels = False
        return tags


def _as_texts(rows: Any) -> list[str]:
    """Give texts as they are, and rows of labels or tokens as texts."""
    if isinstance(rows, Ragged):
        rows = rows.to_list()
    elif holds_texts(rows):
        return as_documents(rows)
    return [" ".join(map(str, row)) for row in rows]

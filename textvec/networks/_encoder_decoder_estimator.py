"""Estimators that predict a sequence of tokens for each row, by an encoder and a decoder."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_consistent_length

from .._compat import StrOptions, _fit_context, validate_parameter_constraints
from .._containers._ragged import Ragged
from .._estimators._constraints import N_IDS, NOT_NEGATIVE, POSITIVE_INT, HasMethods, Interval
from .._inputs._documents import as_documents
from ..nn import (
    DECODER_EMBEDDING_BOUND,
    EncoderDecoder,
    Randomness,
    RecurrentDecoder,
    SequenceData,
    SequenceEncoder,
    learned_embedding,
)
from ._estimator import NetworkEstimator
from ._parameters import fitted, with_plain_parameters
from ._records import FitData, validation_rows
from ._recurrent_estimator import RECURRENT_CONSTRAINTS
from .heads._outputs import PoolingBuilder
from .heads._sequence_head import Hypothesis, SequenceHead
from .heads._sequence_labels import label_rows
from .heads._target_codec import TargetCodec, is_table
from .heads._text_scores import METRICS
from .inputs._input_spec import InputSpec
from .inputs._text_input import holds_texts

# Hypotheses at each step: all are held, so that without end the memory would be full.
_BEAM = Interval(Integral, 1, 10**5, closed="both")


class EncoderDecoderEstimator(NetworkEstimator):
    """Base of estimators that predict a sequence of tokens for each row.

    Parameters
    ----------
    target_tokenizer : tokenizer or None, default=None
        Makes Tokens of the target texts and joins predicted tokens to texts; a copy of it is
        fitted. None is ``WordTokenizer()``, which predicts lower-cased words without punctuation.
    max_tokens : int or None, default=None
        Greatest number of ids of tokens, at least 3, EOS and unknown included; the most frequent
        tokens are kept. None: all. Begin with some 10,000 for words.
    min_count : int, default=1
        Least number of occurrences of a token that is kept. One that is not is unknown, and never
        predicted. Begin with 2 for words.
    embedding_dim : int, default=64
        Width of the learned embeddings, at least 1. Begin with 128 to 256 for translation.
    cell : {"rnn", "gru", "lstm"}, default="lstm"
        Kind of recurrent cell (Hochreiter and Schmidhuber, 1997; Cho et al., 2014); ``"rnn"`` is
        the plain tanh cell.
    hidden_size : int, default=64
        Width of the hidden state, at least 1. Begin with 256 for translation.
    num_layers : int, default=1
        Recurrent layers, each over the outputs of the one below, 1 to 1000. Begin with 1.
    beam_width : int, default=1
        Hypotheses that a beam search keeps at each step, 1 to 100,000. With 1, the most likely
        token is taken at each step (greedy search). Begin with 5.
    length_penalty : float, default=0.6
        In a beam search, the log probability of a sequence of n tokens, EOS included, is divided
        by ``((5 + n) / 6) ** length_penalty`` (Wu et al., 2016), which favours longer ones; at
        least 0, which is no penalty.
    max_length : int or None, default=None
        Most tokens to predict for a row, 1 to 1,000,000; None: as many as the longest target in
        `fit` has.
    metric : {"bleu", "chrf", "exact"} or callable, default="bleu"
        What `score` returns: BLEU or chrF, 0 to 100, computed by sacrebleu with its defaults, or
        the fraction of rows that are predicted exactly. A callable takes the true texts and the
        predicted ones, and returns a float, larger for better.

    Attributes
    ----------
    targets_ : object
        How targets become ids: of texts, ``targets_.vectorizer`` is the fitted
        SequenceVectorizer; of rows of labels, ``targets_.labels`` are these, sorted.
    longest_target_ : int
        Tokens of the longest target in `fit`.

    Examples
    --------
    A decoder that attends to the steps of ids:

    >>> from functools import partial
    >>> from textvec import Ragged
    >>> from textvec.networks.custom import EncoderDecoderEstimator, Parts, SequenceEstimator
    >>> from textvec.networks.custom import row_pooling
    >>> from textvec.nn import IdentityBody
    >>> class Translator(EncoderDecoderEstimator, SequenceEstimator):
    ...     _rows_to_predict = SequenceEstimator._rows_to_predict
    ...
    ...     def _parts(self):
    ...         output = self._decoder_output
    ...         output = partial(output, pooling=row_pooling("mean"), attention=True)
    ...         return Parts(self._encoder(IdentityBody), output, self._sequence_head())
    >>> X = Ragged.from_rows([[2, 3], [2, 4]] * 20)
    >>> y = ["a house", "a car"] * 20
    >>> Translator(learning_rate_init=0.02, random_state=0).fit(X, y).predict(X[:2])
    array(['a house', 'a car'], dtype=object)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "target_tokenizer": [HasMethods("transform"), None],
        "max_tokens": [N_IDS, None],
        "min_count": [POSITIVE_INT],
        "embedding_dim": [POSITIVE_INT],
        **RECURRENT_CONSTRAINTS,
        "beam_width": [_BEAM],
        "length_penalty": [NOT_NEGATIVE],
        "max_length": [Interval(Integral, 1, 10**6, closed="both"), None],
        "metric": [StrOptions(set(METRICS)), callable],
    }
    _of_network: ClassVar[tuple[str, ...]] = (
        "max_tokens",
        "min_count",
        "embedding_dim",
        "cell",
        "hidden_size",
        "num_layers",
    )

    target_tokenizer: Any = None
    max_tokens: int | None = None
    min_count: int = 1
    embedding_dim: int = 64
    cell: str = "lstm"
    hidden_size: int = 64
    num_layers: int = 1
    beam_width: int = 1
    length_penalty: float = 0.6
    max_length: int | None = None
    metric: str | Callable[[Sequence[str], Sequence[str]], float] = "bleu"

    targets_: TargetCodec = fitted()
    longest_target_: int = fitted()
    _inputs: InputSpec = fitted()

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: ArrayLike | None = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: ArrayLike | None = None,
    ) -> Self:
        """Fit the network to rows and their target sequences.

        Parameters
        ----------
        X : documents, Tokens, Ragged, EmbeddedSequences or array-like
            Of Seq2Seq: texts, or sequences as for :class:`RNNClassifier`. Of
            SequenceGenerator: vectors, of shape (n_samples, n_features).
        y : documents, Tokens, Ragged or list of lists
            Target sequences: texts, or rows of labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of the tokens of each row in the loss and in the validation score.
        X_val, y_val : as `X` and `y`, default=None
            Validation rows, which are scored after every epoch: ``validation_losses_`` and
            ``validation_scores_``. With `early_stopping` they take the place of those held out.
        sample_weight_val : array-like of shape (n_samples,), default=None
            Their weights.

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
        validation = validation_rows(X_val, y_val, sample_weight_val)
        return self._fit(FitData(X, y, sample_weight, validation=validation))

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> Self:
        """Continue training, by one epoch over these rows.

        Parameters
        ----------
        X, y, sample_weight : object
            As in `fit`. The first call determines the vocabulary.

        Returns
        -------
        estimator
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            As `fit`; or if `early_stopping` or `checkpoint` is set.
        """
        return self._partial_fit(FitData(X, y, sample_weight))

    def predict(self, X: Any) -> NDArray[np.object_] | Ragged:
        """Predict the target sequence of each row, by beam search.

        Parameters
        ----------
        X : as in `fit`
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) of str, or Ragged
            Texts, if the targets of `fit` were texts; a row of tokens for each row, if they were
            Tokens; else a row of labels. Unknown tokens are never predicted.
        """
        data = self._rows_to_predict(X)
        head = with_plain_parameters(self)._sequence_head()
        return head.predict(self.net_, data, vars(self))

    def predict_n_best(self, X: Any, n_best: int = 5) -> list[list[Hypothesis]]:
        """Predict the best sequences of each row, with their scores, by beam search.

        Parameters
        ----------
        X : as in `fit`
            Rows.
        n_best : int, default=5
            Sequences for each row, 1 to 100,000. The beam is as wide, if `beam_width` is less.

        Returns
        -------
        list of list of Hypothesis
            For each row, hypotheses of a ``sequence`` and a ``score``, the best first. There are
            fewer than `n_best` if the search has found no more.
        """
        caller = f"{type(self).__name__}.predict_n_best"
        validate_parameter_constraints({"n_best": [_BEAM]}, {"n_best": n_best}, caller)
        data = self._rows_to_predict(X)
        head = with_plain_parameters(self)._sequence_head()
        return head.predict_n_best(self.net_, data, vars(self), int(n_best))

    def score(self, X: Any, y: Any) -> float:
        """Return how close the predicted sequences are to the true ones.

        Parameters
        ----------
        X : as in `fit`
            Rows.
        y : as in `fit`
            The true sequences. Rows of labels or tokens are compared as texts, joined by spaces.

        Returns
        -------
        float
            The `metric`, larger for better.

        Raises
        ------
        ImportError
            If the metric is sacrebleu's, and this is missing.
        ValueError
            If there are no rows.
        """
        predicted = self.predict(X)
        check_consistent_length(predicted, y)
        if not len(predicted):
            raise ValueError("there are no rows to score: X is empty.")
        metric = METRICS[self.metric] if isinstance(self.metric, str) else self.metric
        return metric(_as_texts(y), _as_texts(predicted))

    @abstractmethod
    def _rows_to_predict(self, X: Any) -> SequenceData:
        """Read rows as `fit` has read its own, onto the network's device."""

    def _sequence_head(self) -> SequenceHead:
        """Return the head, by the parameters of targets and search."""
        return SequenceHead(
            self.target_tokenizer,
            self.max_tokens,
            self.min_count,
            self.beam_width,
            self.length_penalty,
            self.max_length,
        )

    def _decoder_output(
        self,
        encoder: SequenceEncoder,
        n_outputs: int,
        randomness: Randomness,
        *,
        pooling: PoolingBuilder,
        attention: bool,
    ) -> EncoderDecoder:
        """Put a decoder on an encoder, with attention, or with the context at every step."""
        generator = randomness.generator("cpu")
        pool = pooling(encoder, generator)
        embedding = learned_embedding(
            n_outputs, self.embedding_dim, generator, bound=DECODER_EMBEDDING_BOUND
        )
        decoder = RecurrentDecoder(
            embedding,
            self.cell,
            self.hidden_size,
            num_layers=self.num_layers,
            context_size=encoder.output_size,
            join_context=not attention,
            attended_size=encoder.output_size if attention else None,
            dropout=self.dropout,
            randomness=randomness,
        )
        return EncoderDecoder(encoder, pool, decoder, randomness=randomness)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.one_d_labels = False
        return tags


def _as_texts(rows: Any) -> list[str]:
    """Return texts as they are, and rows of labels or tokens as texts."""
    if isinstance(rows, Ragged):
        rows = rows.to_list()
    elif not is_table(rows) and holds_texts(rows):
        return as_documents(rows)
    else:
        rows = label_rows(rows, "score").to_list()
    return [" ".join(map(str, row)) for row in rows]

"""A label for each step of a sequence, by a recurrent network."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_consistent_length

from .._compat import _check_sample_weight, _fit_context
from .._ragged import Ragged, offsets_from_lengths
from ..nn import (
    Batch,
    ChainCriterion,
    ChainHead,
    ChainModel,
    EncoderModel,
    Randomness,
    SequenceEncoder,
    Sequences,
    StepCrossEntropy,
    StepModel,
    linear,
    read_sequences,
)
from ._parameters import declares_parameters
from ._recurrent import StartedNetwork
from ._training import Task
from .heads._label_encoding import announced_classes, class_numbers
from .heads._sequence_labels import align_labels, read_labels


@declares_parameters
class RNNTagger(StartedNetwork):
    """Labels for the steps of sequences: embedding, recurrent layers, dense head at each step.

    Words get parts of speech, phrases get begin and inside marks, readings of a sensor get a
    state. What `X` may be is said at :class:`RNNClassifier`; `y` has a row of labels for each
    row of `X`, as many as it has steps.

    Parameters
    ----------
    crf : bool, default=False
        Whether labels are chosen as a whole sequence: a linear-chain conditional random field
        [1]_ over the network's outputs learns which label follows which [2]_, and prediction
        takes the likeliest sequence (Viterbi). If not, each step's label is its own likeliest.
    bidirectional : bool, default=True
        Whether every layer also reads each row from its end: a label mostly depends on what
        follows, too.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.

    See Also
    --------
    RNNClassifier : One label a row.

    Notes
    -----
    Padding has no label: where ids or vectors have zeros at either end of a row, `y` may hold
    as many labels as the row has real steps, or one for each padded step as well, which are
    then dropped. Predictions are always those of the real steps.

    Loss and validation score are means over steps, not rows.

    References
    ----------
    .. [1] J. Lafferty, A. McCallum and F. Pereira (2001). Conditional random fields:
       probabilistic models for segmenting and labeling sequence data. ICML.
    .. [2] Z. Huang, W. Xu and K. Yu (2015). Bidirectional LSTM-CRF models for sequence
       tagging. arXiv:1508.01991.

    Examples
    --------
    Is a number larger than the next?

    >>> import numpy as np
    >>> from textvec import Ragged, RNNTagger
    >>> rng = np.random.default_rng(0)
    >>> rows = [rng.integers(2, 9, size=rng.integers(1, 9)) for _ in range(300)]
    >>> y = [["falls" if a > b else "stays" for a, b in zip(r, [*r[1:], 9])] for r in rows]
    >>> X = Ragged.from_rows(rows)
    >>> model = RNNTagger(hidden_size=16, learning_rate_init=0.02, random_state=0)
    >>> bool(model.fit(X[:200], y[:200]).score(X[200:], y[200:]) > 0.95)
    True
    >>> model.predict(Ragged.from_rows([[5, 3, 4], [7, 2]])).to_list()
    [['falls', 'stays', 'stays'], ['falls', 'stays']]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {"crf": ["boolean"]}

    crf: bool = False
    bidirectional: bool = True

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X: Any,
        y: Any,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Go on training, by one pass over these rows.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form of the first call.
        y : Ragged or list of lists
            A row of labels for each row.
        classes : array-like of shape (n_classes,), default=None
            All labels there can be; needed on the first call.
        sample_weight : array-like of shape (n_samples,), default=None
            What each row counts in the loss.

        Returns
        -------
        estimator
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            As `fit`; if `classes` is missing on the first call or differs from it later; if
            `early_stopping` is set.
        """
        state = self._continued_in_part()
        announced_classes(classes, state)
        return self._train(X, y, sample_weight, epochs=1, state=state)

    def predict(self, X: Any) -> Ragged:
        """Predict the label of each step.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.

        Returns
        -------
        Ragged of labels
            A row for each row; ``.to_list()`` makes lists of it.
        """
        data = self._data(X)
        net = self.net_

        def decide(batch: Batch) -> Any:
            return net.criterion_.decide(net.infer(batch))

        numbers = net.by_step(data, decide).numpy()
        return Ragged(self.classes_[numbers], offsets_from_lengths(data.lengths_cpu))

    def predict_proba(self, X: Any) -> Ragged:
        """Predict the probability of each label at each step.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.

        Returns
        -------
        Ragged of items of shape (n_classes,), float32
            In the order of ``classes_``. With `crf`, over all sequences of labels; the
            likeliest label of a step need not be part of the likeliest sequence.
        """
        data = self._data(X)
        net = self.net_

        def proba(batch: Batch) -> Any:
            return net.criterion_.proba(net.infer(batch))

        return Ragged(net.by_step(data, proba).numpy(), offsets_from_lengths(data.lengths_cpu))

    def score(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> float:
        """Give the part of steps whose label is predicted rightly.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.
        y : Ragged or list of lists
            The labels.
        sample_weight : array-like of shape (n_samples,), default=None
            What each step of a row counts.

        Returns
        -------
        float
            Accuracy over steps.

        Raises
        ------
        ValueError
            If a row has as many labels as it has no steps; the message names it.
        """
        predicted = self.predict(X)
        sequences = read_sequences(X, mask_value=self.mask_value, estimator=self)
        check_consistent_length(sequences, y, sample_weight)
        labels = align_labels(read_labels(y, type(self).__name__), sequences)
        right = predicted.values == labels.values
        weights = None
        if sample_weight is not None:
            weights = np.repeat(_check_sample_weight(sample_weight, predicted), predicted.lengths)
        return float(np.average(right, weights=weights))

    def _module(
        self, encoder: SequenceEncoder, n_outputs: int, randomness: Randomness
    ) -> EncoderModel:
        generator = randomness.generator("cpu")
        make = ChainHead if self.crf else linear
        model = ChainModel if self.crf else StepModel
        head = make(encoder.output_size, n_outputs, generator)
        return model(encoder, head, dropout=self.dropout, randomness=randomness)

    def _read_task(
        self,
        y: Any,
        sample_weight: NDArray[np.floating] | None,
        sequences: Sequences,
        state: dict[str, Any],
    ) -> Task:
        name = type(self).__name__
        labels = align_labels(read_labels(y, name), sequences)
        numbers = class_numbers(labels.values, state, name)
        criterion = ChainCriterion if self.crf else StepCrossEntropy
        return Task(
            Ragged(numbers, labels.offsets), criterion(len(state["classes_"])), sample_weight
        )

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.one_d_labels = False
        # scikit-learn's own checks would give one label a row.
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags

"""What estimators on sequences have in common: their inputs, and the network over them."""

from __future__ import annotations

from abc import abstractmethod
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_consistent_length, check_is_fitted
from torch import Tensor, nn

from .._compat import (
    Interval,
    _check_feature_names,
    _check_sample_weight,
    _fit_context,
    _get_feature_names,
)
from .._constraints import POSITIVE_INT
from ..nn import (
    EMBEDDING_BOUND,
    EncoderModel,
    InputSpec,
    Randomness,
    SequenceData,
    SequenceEncoder,
    Sequences,
    device_of,
    learned_embedding,
    pretrained_embedding,
    read_sequences,
)
from ._parameters import declares_parameters
from ._training import Task, TrainedNetwork


@declares_parameters
class BaseNetwork(TrainedNetwork):
    """Estimators that learn from sequences of ids or vectors.

    A subclass gives the network's body, by :meth:`_body`; what stands on it, by
    :meth:`_module`; and what is learned, by :meth:`_read_task`. Its ``fit`` calls
    :meth:`_train`.

    Parameters
    ----------
    embedding_dim : int, default=64
        Width of the learned embedding of ids. Not used for vectors.
    n_tokens : int, default=None
        Rows of the embedding of ids. None takes what the input knows (``Ragged.n_ids``, set
        by SequenceVectorizer), and for plain arrays the largest id in `fit` plus 1; only in
        that last case, larger ids at prediction read as unknown (1). Else they are an error.
    fine_tune : bool, default=False
        Whether the table of EmbeddedSequences is learned further. If not, the vectors are
        mere input, and the fitted network doesn't hold them.
    mask_value : float or None, default=0.0
        In three-dimensional arrays, steps at either end of a row in which all features have
        this value are padding. None: every step is real.

    Attributes
    ----------
    n_features_in_ : int
        Columns of a two-dimensional array, else width of the vectors; absent for Ragged ids.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Column names, if `fit` saw a data frame.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "embedding_dim": [POSITIVE_INT],
        "n_tokens": [Interval(Integral, 2, None, closed="left"), None],
        "fine_tune": ["boolean"],
        "mask_value": [Real, None],
    }

    # Learned embeddings start uniform between this and its negative.
    _embedding_bound: ClassVar[float] = EMBEDDING_BOUND

    embedding_dim: int = 64
    n_tokens: int | None = None
    fine_tune: bool = False
    mask_value: float | None = 0.0

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the network to sequences and what belongs to them.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences; see :class:`RNNClassifier` for what each form means.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Classes: labels of any type, or a column of 0 and 1 for each label of which a row
            may have any number. Regression: numbers. Tagging: a row of labels for each row,
            as Ragged or list of lists.
        sample_weight : array-like of shape (n_samples,), default=None
            What each row counts in the loss and in the validation score.

        Returns
        -------
        estimator
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            If the input is not of a known form, holds NaN or infinity or negative ids, has
            only one class, or cannot be split as `early_stopping` asks; if the loss becomes
            infinite; or if the folder `checkpoint` holds something else.
        MemoryError
            If the network, the rows or a batch do not fit; the message says what to lower.
        KeyboardInterrupt
            If interrupted. In this case self is as if `max_iter` had been the number of
            passes that were whole; before the end of the first, as it was.
        """
        state = self._continued() if self.warm_start else {}
        return self._train(X, y, sample_weight, epochs=self.max_iter, state=state)

    @abstractmethod
    def _body(self, width: int, randomness: Randomness) -> nn.Module:
        """Make what reads vectors of such width; see :class:`SequenceEncoder`."""

    @abstractmethod
    def _module(
        self, encoder: SequenceEncoder, n_outputs: int, randomness: Randomness
    ) -> EncoderModel:
        """Put the head of so many outputs on an encoder."""

    @abstractmethod
    def _read_task(
        self,
        y: Any,
        sample_weight: NDArray[np.floating] | None,
        sequences: Sequences,
        state: dict[str, Any],
    ) -> Task:
        """Check targets, and say what is to be learned.

        `state` holds the fitted attributes known so far, with ``net_`` if training goes on,
        and takes those of the targets.
        """

    def _train(
        self, X: Any, y: Any, sample_weight: Any, *, epochs: int, state: dict[str, Any]
    ) -> Self:
        """Fit, or go on from the ``net_`` in `state`; nothing of self changes before the end."""
        sequences = read_sequences(X, mask_value=self.mask_value, estimator=self)
        state |= shape_attributes(X, sequences.n_columns or sequences.width)
        weights = row_weights(sample_weight, X)
        check_consistent_length(sequences, y, weights)
        task = self._read_task(y, weights, sequences, state)
        if "net_" not in state:
            state["_inputs"] = self._input_spec(sequences)
        inputs: InputSpec = state["_inputs"]
        rows = inputs.conform(sequences, type(self).__name__)

        def build(randomness: Randomness) -> EncoderModel:
            encoder = self._encoder(inputs, sequences.table, randomness)
            return self._module(encoder, task.criterion.n_outputs, randomness)

        def read(device: torch.device) -> SequenceData:
            return SequenceData.on(device, rows, task.targets, task.weights)

        given = {"X": X, "y": y, "metadata": metadata(sample_weight)}
        self._learn(task, build, read, epochs=epochs, state=state, given=given)
        return self

    def _input_spec(self, sequences: Sequences) -> InputSpec:
        """Settle what a network reads that is built for these rows."""
        return InputSpec.of(
            sequences,
            n_tokens=self.n_tokens,
            embedding_dim=self.embedding_dim,
            tuned=self.fine_tune,
        )

    def _encoder(
        self, inputs: InputSpec, table: NDArray[np.float32] | None, randomness: Randomness
    ) -> SequenceEncoder:
        embedding = None
        if inputs.kind == "ids" and table is not None:
            embedding = pretrained_embedding(torch.tensor(table), trainable=True)
        elif inputs.kind == "ids":
            generator = randomness.generator("cpu")
            size, bound = inputs.size, self._embedding_bound
            embedding = learned_embedding(size, self.embedding_dim, generator, bound=bound)
        width = inputs.size if embedding is None else embedding.embedding_dim
        return SequenceEncoder(embedding, self._body(width, randomness), longest=inputs.longest)

    def _data(self, X: Any) -> SequenceData:
        """Read rows to predict from, as `fit` read its own, to the network's device."""
        check_is_fitted(self)
        _check_feature_names(self, X, reset=False)
        sequences = read_sequences(X, mask_value=self.mask_value, estimator=self, min_rows=0)
        sequences = self._inputs.conform(sequences, type(self).__name__)
        return SequenceData.on(device_of(self.net_.module_), sequences)

    def _outputs(self, X: Any) -> Tensor:
        """Give the network's outputs for each row of `X`, on the CPU."""
        data = self._data(X)
        return self.net_.outputs(data)  # type: ignore[no-any-return]


def row_weights(sample_weight: Any, X: Any) -> NDArray[np.floating] | None:
    if sample_weight is None:
        return None
    return _check_sample_weight(sample_weight, X, ensure_non_negative=True)  # type: ignore[no-any-return]


def metadata(sample_weight: Any) -> dict[str, Any] | None:
    return None if sample_weight is None else {"sample_weight": sample_weight}


def shape_attributes(X: Any, width: int | None) -> dict[str, Any]:
    """Give ``n_features_in_`` and ``feature_names_in_``, where `X` has such."""
    state: dict[str, Any] = {} if width is None else {"n_features_in_": width}
    names = _get_feature_names(X)
    return state if names is None else state | {"feature_names_in_": names}

"""A sequence from a vector, as image captioning does it."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils import check_array
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from .._compat import _check_feature_names
from ..nn import (
    EncoderDecoder,
    IdentityBody,
    MeanPooling,
    Randomness,
    SequenceData,
    SequenceEncoder,
    Sequences,
    device_of,
)
from ._base import metadata, row_weights, shape_attributes
from ._parameters import declares_parameters
from ._sequence_writer import SequenceWriter


@declares_parameters
class SequenceGenerator(SequenceWriter):
    """Sequences from vectors: what is known of a row, put into words.

    The vector sets the first state of a recurrent decoder and is part of its every input;
    this writes token by token until it writes the end, as a captioner does it with the
    vector of an image [1]_.

    See Also
    --------
    Seq2Seq : A sequence from a sequence.

    Notes
    -----
    The features should be of like size, about 1: put a ``StandardScaler`` before.

    Loss and the score of `early_stopping`, the part of right tokens, are means over tokens,
    ends included, with the true tokens before each.

    References
    ----------
    .. [1] O. Vinyals, A. Toshev, S. Bengio and D. Erhan (2015). Show and tell: a neural image
       caption generator. CVPR. There the vector is the first input only.

    Examples
    --------
    Numbers, spelt:

    >>> import numpy as np
    >>> from textvec import CharTokenizer, SequenceGenerator
    >>> X = np.eye(4)
    >>> y = ["one", "two", "three", "four"]
    >>> model = SequenceGenerator(
    ...     target_tokenizer=CharTokenizer(),
    ...     hidden_size=32,
    ...     learning_rate_init=0.02,
    ...     max_iter=60,
    ...     metric="exact",
    ...     random_state=0,
    ... )
    >>> model.fit(X, y).predict(X)
    array(['one', 'two', 'three', 'four'], dtype=object)
    """

    def _train(
        self, X: Any, y: Any, sample_weight: Any, *, epochs: int, state: dict[str, Any]
    ) -> Self:
        """Fit, or go on from the ``net_`` in `state`; nothing of self changes before the end."""
        vectors = check_array(X, dtype=np.float32, estimator=self, input_name="X")
        if "net_" in state:
            self._check_width(vectors)
        state |= shape_attributes(X, vectors.shape[1])
        weights = row_weights(sample_weight, vectors)
        check_consistent_length(vectors, y, weights)
        rows = _single_steps(vectors)
        task = self._read_task(y, weights, rows, state)

        def build(randomness: Randomness) -> EncoderDecoder:
            width = vectors.shape[1]
            body = IdentityBody(width, dropout=self.dropout, randomness=randomness)
            encoder, n_ids = SequenceEncoder(None, body), task.criterion.n_outputs
            return self._model(encoder, MeanPooling(), n_ids, randomness, attends=False)

        def read(device: torch.device) -> SequenceData:
            return SequenceData.on(device, rows, task.targets, task.weights)

        given = {"X": X, "y": y, "metadata": metadata(sample_weight)}
        self._learn(task, build, read, epochs=epochs, state=state, given=given)
        return self

    def _data(self, X: Any) -> SequenceData:
        check_is_fitted(self)
        _check_feature_names(self, X, reset=False)
        vectors = check_array(
            X, dtype=np.float32, estimator=self, input_name="X", ensure_min_samples=0
        )
        self._check_width(vectors)
        return SequenceData.on(device_of(self.net_.module_), _single_steps(vectors))

    def _check_width(self, vectors: NDArray[np.float32]) -> None:
        if vectors.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {vectors.shape[1]} features, but {type(self).__name__} is expecting "
                f"{self.n_features_in_} features as input."
            )


def _single_steps(vectors: NDArray[np.float32]) -> Sequences:
    """Give vectors (n, D) as sequences of one step."""
    starts = np.arange(len(vectors))
    return Sequences(vectors, starts, np.ones_like(starts))

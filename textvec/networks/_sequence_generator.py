"""Sequences from vectors of features, as in image captioning."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from .._compat import _check_feature_names, _check_n_features
from .._inputs._items import items_of
from .._inputs._plain_array import plain_array
from ..nn import IdentityBody, SequenceData, SequenceNet, device_of
from ._encoder_decoder_estimator import EncoderDecoderEstimator
from ._parameters import fitted
from ._parts import NewEncoder, Parts, planned, with_validation
from ._records import FitData, TrainingPlan
from .heads._outputs import row_pooling
from .inputs._sequences import Sequences, shape_attributes


class SequenceGenerator(EncoderDecoderEstimator):
    """Predict sequences from vectors of features, such as captions, by a recurrent decoder.

    The vector determines the first hidden state of the decoder and is part of its input at every
    step; the sequence is predicted token by token until EOS, as a caption from the vector of an
    image [1]_.

    Attributes
    ----------
    n_features_in_ : int
        Width of the vectors.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Column names, if `fit` saw a data frame.

    See Also
    --------
    Seq2Seq : Predicts a sequence from a sequence.

    Notes
    -----
    The features should be of like size, about 1: scale them by a ``StandardScaler`` first.

    The loss and the score of `early_stopping`, the token accuracy, are means over tokens, EOS
    included, with teacher forcing.

    References
    ----------
    .. [1] O. Vinyals, A. Toshev, S. Bengio and D. Erhan (2015). Show and tell: a neural image
       caption generator. CVPR. There the vector is only the first input.

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

    n_features_in_: int = fitted()
    feature_names_in_: NDArray[np.object_] = fitted()

    def _parts(self) -> Parts:
        encoder = NewEncoder(partial(IdentityBody, dropout=self.dropout), self.embedding_dim)
        output = partial(self._decoder_output, pooling=row_pooling("mean"), attention=False)
        return Parts(encoder, output, self._sequence_head())

    def _plan(self, data: FitData, previous: SequenceNet | None) -> TrainingPlan:
        parts, name = self._parts(), type(self).__name__
        vectors = self._vectors(data.X)
        if previous is not None:
            _check_n_features(self, vectors, reset=False)
        plan = planned(
            parts,
            replace(data, X=vectors),
            _single_steps(vectors),
            inputs=None if previous is None else self._inputs,
            previous=previous,
            name=name,
        )
        plan = with_validation(plan, parts, data.validation, self._read, name)
        shape = shape_attributes(data.X, vectors.shape[1])
        return replace(plan, attributes={**shape, **plan.attributes})

    def _rows_to_predict(self, X: Any) -> SequenceData:
        check_is_fitted(self)
        _check_feature_names(self, X, reset=False)
        vectors = self._vectors(X, min_rows=0)
        _check_n_features(self, vectors, reset=False)
        return SequenceData.on(device_of(self.net_.module_), _single_steps(vectors))

    def _read(self, X: Any) -> Sequences:
        return _single_steps(self._vectors(X))

    def _vectors(self, X: Any, *, min_rows: int = 1) -> NDArray[np.float32]:
        items = plain_array(items_of(X, "X"), "X")
        if items.dtype.kind not in "biuf":
            items = plain_array(items, "X", np.float64)
        vectors: NDArray[np.float32] = check_array(
            items,
            dtype=np.float32,
            estimator=self,
            input_name="X",
            ensure_min_samples=min_rows,
        )
        return vectors


def _single_steps(vectors: NDArray[np.float32]) -> Sequences:
    """Return vectors (n, D) as sequences of one step."""
    starts = np.arange(len(vectors))
    return Sequences(vectors, starts, np.ones_like(starts))

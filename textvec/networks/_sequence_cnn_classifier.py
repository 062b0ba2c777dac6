"""Classification of sequences by convolutions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from .._constraints import POSITIVE_INT
from ..nn import (
    ConvolutionBody,
    EncoderModel,
    MaxPooling,
    Randomness,
    SequenceEncoder,
    SequenceModel,
    linear,
)
from ._classification import SequenceClassifier
from ._parameters import declares_parameters
from ._training import positive_sizes


@declares_parameters
class SequenceCNNClassifier(SequenceClassifier):
    """Classifier of sequences by filters over neighbouring steps [1]_.

    Embedding, filters of several widths side by side, of each its largest output over the
    steps of a row, dense head. A baseline for :class:`RNNClassifier`, on the same inputs: a
    filter is an n-gram that need not match exactly, wherever it stands.

    Parameters
    ----------
    kernel_sizes : sequence of int, default=(3, 4, 5)
        Steps that a filter sees, for each group of filters.
    n_filters : int, default=100
        Filters of each group.

    See Also
    --------
    SequenceMLPClassifier : Sees no neighbours.

    Notes
    -----
    Beyond a row's ends stand zeros, and every step is the middle of a window, so that rows
    shorter than a filter are read as well.

    References
    ----------
    .. [1] Y. Kim (2014). Convolutional neural networks for sentence classification. EMNLP.

    Examples
    --------
    Does 7 stand right before 9?

    >>> import numpy as np
    >>> from textvec import Ragged, SequenceCNNClassifier
    >>> rng = np.random.default_rng(0)
    >>> rows = [rng.permutation(np.arange(2, 12)) for _ in range(300)]
    >>> rows = [r if i % 2 else [*r[r != 9][: i % 7], 7, 9] for i, r in enumerate(rows)]
    >>> y = ["7 9" in " ".join(map(str, r)) for r in rows]
    >>> X = Ragged.from_rows(rows)
    >>> model = SequenceCNNClassifier(
    ...     kernel_sizes=(2, 3), n_filters=16, learning_rate_init=0.02, random_state=0
    ... )
    >>> bool(model.fit(X[:200], y[:200]).score(X[200:], y[200:]) > 0.9)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "kernel_sizes": ["array-like"],
        "n_filters": [POSITIVE_INT],
    }

    kernel_sizes: Sequence[int] = (3, 4, 5)
    n_filters: int = 100

    def _body(self, width: int, randomness: Randomness) -> ConvolutionBody:
        return ConvolutionBody(
            width,
            positive_sizes(self, "kernel_sizes", at_least=1),
            self.n_filters,
            dropout=self.dropout,
            randomness=randomness,
        )

    def _module(
        self, encoder: SequenceEncoder, n_outputs: int, randomness: Randomness
    ) -> EncoderModel:
        return SequenceModel(
            encoder,
            MaxPooling(),
            linear(encoder.output_size, n_outputs, randomness.generator("cpu")),
            dropout=self.dropout,
            randomness=randomness,
        )

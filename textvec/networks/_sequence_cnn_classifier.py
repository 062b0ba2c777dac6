"""Classification of sequences by convolutions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from .._estimators._constraints import POSITIVE_INT
from ..nn import ConvolutionBody, Randomness
from ._parts import Parts
from ._sequence_classifier import SequenceClassifier
from ._sizes import positive_sizes
from .heads._outputs import pooled_output, row_pooling


class SequenceCNNClassifier(SequenceClassifier):
    """Classify sequences by a convolutional network: filters over neighbouring steps.

    As in [1]_: embedding, filters of several widths, the largest output of each over the steps of
    a row, dense layer. A baseline for :class:`RNNClassifier`, on the same inputs: a filter matches
    n-grams alike to one it has learned, at any position.

    Parameters
    ----------
    kernel_sizes : sequence of int, default=(3, 4, 5)
        Widths of the filters in steps, at least 1 each.
    n_filters : int, default=100
        Filters of each width, at least 1.

    See Also
    --------
    SequenceMLPClassifier : Ignores the order of steps, or has weights for each position.

    Notes
    -----
    Rows are padded with zeros at both ends so that every step is the middle of a window: rows
    shorter than a filter are read as well.

    References
    ----------
    .. [1] Y. Kim (2014). Convolutional neural networks for sentence classification. EMNLP.

    Examples
    --------
    Is 7 followed by 9?

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
    _of_network: ClassVar[tuple[str, ...]] = ("kernel_sizes", "n_filters")

    kernel_sizes: Sequence[int] = (3, 4, 5)
    n_filters: int = 100

    def _parts(self) -> Parts:
        output = partial(pooled_output, pooling=row_pooling("max"), dropout=self.dropout)
        return Parts(self._encoder(self._body), output, self._head())

    def _body(self, width: int, /, *, randomness: Randomness) -> ConvolutionBody:
        return ConvolutionBody(
            width,
            positive_sizes(self, "kernel_sizes", at_least=1),
            self.n_filters,
            dropout=self.dropout,
            input_dropout=self.embedding_dropout,
            randomness=randomness,
        )

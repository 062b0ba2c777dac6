"""Classification of sequences by dense layers over their embedding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from torch import nn

from .._compat import StrOptions
from .._constraints import POSITIVE_INT
from ..nn import (
    EncoderModel,
    FlattenPooling,
    IdentityBody,
    MaxPooling,
    MeanPooling,
    Randomness,
    SequenceEncoder,
    SequenceModel,
    dense_layers,
)
from ._classification import SequenceClassifier
from ._parameters import declares_parameters
from ._training import positive_sizes


@declares_parameters
class SequenceMLPClassifier(SequenceClassifier):
    """Classifier of sequences without a memory: embedding, mean or flatten, dense layers.

    A baseline for :class:`RNNClassifier`, on the same inputs. With ``pooling="mean"`` it is the
    deep averaging network [1]_, to which the order of words is nothing; with
    ``pooling="flatten"`` the first network of most courses, which learns each place for itself.

    Parameters
    ----------
    hidden_layer_sizes : sequence of int, default=(100,)
        Widths of the dense layers, relu after each, as in scikit-learn's MLPClassifier; empty:
        a linear classifier.
    pooling : {"mean", "max", "flatten"}, default="mean"
        How a row's vectors become one: their mean or maximum, or side by side.
    length : int, default=None
        Steps that ``"flatten"`` takes; longer rows lose their end, shorter ones are filled with
        zeros. None: the steps of the longest row that the first `fit` saw.

    See Also
    --------
    SequenceCNNClassifier : Sees neighbours, but no order beyond them.

    References
    ----------
    .. [1] M. Iyyer, V. Manjunatha, J. Boyd-Graber and H. Daumé III (2015). Deep unordered
       composition rivals syntactic methods for text classification. ACL.

    Examples
    --------
    >>> from textvec import SequenceMLPClassifier, SequenceVectorizer
    >>> from sklearn.pipeline import make_pipeline
    >>> model = make_pipeline(
    ...     SequenceVectorizer(),
    ...     SequenceMLPClassifier(learning_rate_init=0.05, random_state=0),
    ... )
    >>> documents = ["good film", "a good plot", "bad film", "a bad, bad plot"]
    >>> model.fit(documents, ["yes", "yes", "no", "no"]).predict(["good good", "bad"])
    array(['yes', 'no'], dtype='<U3')
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "hidden_layer_sizes": ["array-like"],
        "pooling": [StrOptions({"mean", "max", "flatten"})],
        "length": [POSITIVE_INT, None],
    }

    hidden_layer_sizes: Sequence[int] = (100,)
    pooling: str = "mean"
    length: int | None = None

    def _body(self, width: int, randomness: Randomness) -> IdentityBody:
        return IdentityBody(width, dropout=self.dropout, randomness=randomness)

    def _module(
        self, encoder: SequenceEncoder, n_outputs: int, randomness: Randomness
    ) -> EncoderModel:
        pooling = self._pooling(encoder)
        width = getattr(pooling, "output_size", encoder.output_size)
        sizes = [width, *positive_sizes(self, "hidden_layer_sizes"), n_outputs]
        head = dense_layers(sizes, dropout=self.dropout, randomness=randomness)
        return SequenceModel(encoder, pooling, head, dropout=self.dropout, randomness=randomness)

    def _pooling(self, encoder: SequenceEncoder) -> nn.Module:
        if self.pooling == "flatten":
            return FlattenPooling(self.length or max(1, encoder.longest), encoder.output_size)
        return MeanPooling() if self.pooling == "mean" else MaxPooling()

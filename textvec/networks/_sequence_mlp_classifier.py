"""Classification of sequences by dense layers over their embedding."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from torch import nn

from .._compat import StrOptions
from .._estimators._constraints import POSITIVE_INT
from ..nn import (
    FlattenPooling,
    IdentityBody,
    MaxPooling,
    MeanPooling,
    Randomness,
    SequenceEncoder,
    SequenceModel,
    dense_layers,
)
from ._parts import Parts
from ._sequence_classifier import SequenceClassifier
from ._sizes import positive_sizes


class SequenceMLPClassifier(SequenceClassifier):
    """Classify sequences by dense layers over their embedding, pooled or flattened.

    A baseline for :class:`RNNClassifier`, on the same inputs. With ``pooling="mean"`` it is the
    deep averaging network [1]_, which ignores the order of words; with ``pooling="flatten"`` the
    first network of most courses, which has weights of its own for each position.

    Parameters
    ----------
    hidden_layer_sizes : sequence of int, default=(100,)
        Widths of the dense layers, at least 1 each, with a ReLU after each, as in scikit-learn's
        MLPClassifier; empty: a linear classifier.
    pooling : {"mean", "max", "flatten"}, default="mean"
        How the vectors of a row become one: their mean or maximum, or all concatenated.
    length : int, default=None
        Steps that ``"flatten"`` takes, at least 1; longer rows are truncated at their end, shorter
        ones padded with zeros. None: the steps of the longest row that the first `fit` saw.

    See Also
    --------
    SequenceCNNClassifier : Depends on the order of neighbouring steps only.

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
    _of_network: ClassVar[tuple[str, ...]] = ("hidden_layer_sizes", "pooling", "length")

    hidden_layer_sizes: Sequence[int] = (100,)
    pooling: str = "mean"
    length: int | None = None

    def _parts(self) -> Parts:
        body = partial(IdentityBody, dropout=self.dropout, input_dropout=self.embedding_dropout)
        return Parts(self._encoder(body), self._output, self._head())

    def _output(
        self, encoder: SequenceEncoder, n_outputs: int, randomness: Randomness
    ) -> SequenceModel:
        pooling = self._pooling(encoder)
        width = getattr(pooling, "output_size", encoder.output_size)
        sizes = [width, *positive_sizes(self, "hidden_layer_sizes"), n_outputs]
        head = dense_layers(sizes, dropout=self.dropout, randomness=randomness)
        return SequenceModel(encoder, pooling, head, dropout=self.dropout, randomness=randomness)

    def _pooling(self, encoder: SequenceEncoder) -> nn.Module:
        if self.pooling == "flatten":
            return FlattenPooling(self.length or max(1, encoder.longest), encoder.output_size)
        return MeanPooling() if self.pooling == "mean" else MaxPooling()

"""Recurrent estimators on sequences: their parameters, and the start from a pretrained model."""

from __future__ import annotations

from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar

from .._compat import StrOptions
from .._estimators._constraints import POSITIVE_INT, HasMethods, Interval
from .._estimators._model_steps import model_steps
from ..nn import CELLS, RecurrentStack
from ._parts import EncoderPart, OutputBuilder, Parts
from ._records import FineTuning
from ._sequence_estimator import SequenceEstimator
from .heads._head import Head
from .inputs._pretrained_encoder import PretrainedEncoder

# Of the parameters cell, hidden_size and num_layers, wherever they are.
RECURRENT_CONSTRAINTS: dict[str, list[Any]] = {
    "cell": [StrOptions(set(CELLS))],
    "hidden_size": [POSITIVE_INT],
    "num_layers": [Interval(Integral, 1, 1000, closed="both")],  # of more none would be made
}


class RecurrentEstimator(SequenceEstimator):
    """Base of estimators on sequences whose encoder is recurrent.

    Parameters
    ----------
    cell : {"rnn", "gru", "lstm"}, default="lstm"
        Kind of recurrent cell (Hochreiter and Schmidhuber, 1997; Cho et al., 2014); ``"rnn"`` is
        the plain tanh cell, which forgets after some ten steps.
    hidden_size : int, default=64
        Number of units of a recurrent layer, in each direction, at least 1: the width of its hidden
        state. Begin with 32 to 64; more with more rows.
    num_layers : int, default=1
        Number of stacked recurrent layers, 1 to 1000. Begin with 1.
    bidirectional : bool, default=True
        Whether every layer also reads each row backwards, which takes twice the time. With `init`,
        as its layers do.
    learning_rate_init : float, default=0.005
        Learning rate, above 0; the largest one, where `learning_rate` changes it. Begin with 1e-3
        for more than some 10,000 rows, or for pretrained weights.
    average : bool, default=True
        Whether the weights after each epoch, which validation, callbacks and predictions use, are
        the moving average of those of the last fifth of all steps, at most of an epoch (Polyak and
        Juditsky, 1992; Izmailov et al., 2018). Training itself goes on from its own weights.
    init : estimator or None, default=None
        A fitted estimator whose embedding and recurrent layers training starts from, such as
        :class:`RNNLanguageModel` (Dai and Le, 2015); they are copied. Pass it as
        ``sklearn.frozen.FrozenEstimator(model)``: a search clones its estimators, and a clone has
        learned nothing. `cell`, `hidden_size`, `num_layers`, `bidirectional`, `embedding_dim` and
        `n_tokens` are then its own; those passed here are ignored. The ids must be those that it
        was fitted on: of its ``vectorizer_``.
    unfreeze : bool, default=False
        Whether the head learns alone in the first epoch, and one more layer in each that follows,
        the embedding last (gradual unfreezing; Howard and Ruder, 2018).
    rate_decay : float, default=1.0
        From the head down to the embedding, the learning rate of a layer is that of the layer
        above divided by this, 1 to 1000 (discriminative fine-tuning; Howard and Ruder, 2018, take
        2.6).

    Examples
    --------
    Several numbers of each row, from the last hidden state:

    >>> from functools import partial
    >>> from sklearn.base import RegressorMixin
    >>> from textvec import Ragged
    >>> from textvec.networks.custom import NumberHead, RecurrentEstimator
    >>> from textvec.networks.custom import pooled_output, row_pooling
    >>> class LastStateRegressor(RegressorMixin, RecurrentEstimator):
    ...     def _parts(self):
    ...         output = partial(pooled_output, pooling=row_pooling("last"), dropout=self.dropout)
    ...         return self._recurrent_parts(output, NumberHead("absolute_error"))
    >>> X = Ragged.from_rows([[2, 3], [3, 3, 2]] * 20)
    >>> y = [[2.0, 0.1], [3.0, 0.2]] * 20
    >>> model = LastStateRegressor(learning_rate_init=0.02, random_state=0).fit(X, y)
    >>> bool(model.score(X, y) > 0.9)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **RECURRENT_CONSTRAINTS,
        "bidirectional": ["boolean"],
        "init": [HasMethods(["fit"]), None],
        "unfreeze": ["boolean"],
        "rate_decay": [Interval(Real, 1, 1000, closed="both")],
    }
    _of_network: ClassVar[tuple[str, ...]] = (
        "cell",
        "hidden_size",
        "num_layers",
        "bidirectional",
        "unfreeze",
        "rate_decay",
    )

    cell: str = "lstm"
    hidden_size: int = 64
    num_layers: int = 1
    bidirectional: bool = True
    learning_rate_init: float = 5e-3
    average: bool = True
    init: Any = None
    unfreeze: bool = False
    rate_decay: float = 1.0

    def _recurrent_parts(self, output: OutputBuilder, head: Head) -> Parts:
        """Return the parts of an estimator with such an output and head."""
        return Parts(
            self._recurrent_encoder(), output, head, FineTuning(self.unfreeze, self.rate_decay)
        )

    def _recurrent_encoder(self) -> EncoderPart:
        if self.init is not None:
            return PretrainedEncoder(
                model_steps(self.init)[-1],
                self.dropout,
                self.embedding_dropout,
                self.token_dropout,
            )
        return self._encoder(
            partial(
                RecurrentStack,
                self.cell,
                hidden_size=self.hidden_size,
                num_layers=self.num_layers,
                bidirectional=self.bidirectional,
                dropout=self.dropout,
                input_dropout=self.embedding_dropout,
            )
        )

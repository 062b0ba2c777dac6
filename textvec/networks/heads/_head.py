"""What a head is: targets in, predictions out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..._containers._ragged import Ragged
from ...nn import Criterion, SequenceData, SequenceNet
from ..inputs._sequences import Sequences


@dataclass(frozen=True)
class Targets:
    """Targets, read and checked.

    Parameters
    ----------
    values : ndarray of shape (n_rows, ...) or Ragged
        As the criterion takes them: one a row, or one a step.
    criterion : Criterion
        Loss, decision and score.
    weights : ndarray of shape (n_rows,) or None
        Weight of each row.
    strata : ndarray of shape (n_rows,) or None
        What a validation split keeps in proportion.
    attributes : mapping of str to object
        Fitted attributes that the targets settle.

    Examples
    --------
    >>> import numpy as np
    >>> from textvec.networks.custom import Targets
    >>> from textvec.nn import CategoricalCrossEntropy
    >>> numbers = np.array([0, 2, 1])
    >>> Targets(numbers, CategoricalCrossEntropy(3), strata=numbers).criterion.n_outputs
    3
    """

    values: NDArray[Any] | Ragged
    criterion: Criterion
    weights: NDArray[np.floating] | None = None
    strata: NDArray[Any] | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


class Head(Protocol):
    """Reads the targets of an estimator, and turns the network's outputs into predictions.

    One that can also say how likely each class is has ``predict_proba`` or
    ``predict_log_proba``, with the arguments of ``predict``.

    Examples
    --------
    A head for counts, whose logarithm is learned:

    >>> from functools import partial
    >>> import numpy as np
    >>> from textvec import Ragged
    >>> from textvec.networks.custom import NumberHead, RecurrentEstimator
    >>> from textvec.networks.custom import pooled_output, row_pooling
    >>> class CountHead:
    ...     log = NumberHead("squared_error")
    ...
    ...     def read(self, y, weights, rows, **more):
    ...         return self.log.read(np.log1p(y), weights, rows, **more)
    ...
    ...     def predict(self, net, data, known):
    ...         return np.expm1(self.log.predict(net, data, known))
    >>> class CountRegressor(RecurrentEstimator):
    ...     def _parts(self):
    ...         output = partial(pooled_output, pooling=row_pooling("mean"), dropout=0.0)
    ...         return self._recurrent_parts(output, CountHead())
    >>> X = Ragged.from_rows([[2], [3, 3], [4]] * 20)
    >>> model = CountRegressor(hidden_size=8, random_state=0).fit(X, [0, 10, 1000] * 20)
    >>> bool((model.predict(X) > -1).all())
    True
    """

    def read(
        self,
        y: Any,
        weights: NDArray[np.floating] | None,
        rows: Sequences,
        *,
        known: Mapping[str, Any],
        criterion: Criterion | None,
        name: str,
    ) -> Targets:
        """Read targets.

        Parameters
        ----------
        y : object
            As the user passed them.
        weights : ndarray of shape (n_rows,) or None
            The sample weights.
        rows : Sequences
            The rows that the targets belong to.
        known : mapping of str to object
            The fitted attributes that are settled: by the fit that training continues from, or
            the ``classes_`` that were passed to ``partial_fit``.
        criterion : Criterion or None
            What the targets must fit: that of the net that training continues from, or of the
            training rows. None: the targets settle it.
        name : str
            Of the estimator, for messages.

        Returns
        -------
        Targets
            The targets, and what they settle.
        """
        ...

    def predict(self, net: SequenceNet, data: SequenceData, known: Mapping[str, Any]) -> Any:
        """Predict the targets of rows; `known` are the fitted attributes of the estimator.

        Parameters
        ----------
        net : SequenceNet
            The trained network.
        data : SequenceData
            The rows, on the device of the network.
        known : mapping of str to object
            The fitted attributes of the estimator.

        Returns
        -------
        object
            The predictions, as the estimator returns them.
        """
        ...

"""Numbers of rows as what a network learns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.utils import check_array
from torch import Tensor

from ..._inputs._items import items_of
from ..._inputs._target_arrays import check_has_targets, check_numbers
from ...nn import REGRESSION_LOSSES, Criterion, RegressionCriterion, SequenceData, SequenceNet
from ..inputs._sequences import Sequences
from ._head import Targets


@dataclass(frozen=True)
class NumberHead:
    """One number or several for each row, learned in units of mean 0 and standard deviation 1.

    Parameters
    ----------
    loss : {"squared_error", "absolute_error"}
        The loss.

    Examples
    --------
    >>> from textvec.networks.custom import NumberHead
    >>> head = NumberHead("squared_error")
    >>> y = [10.0, 20.0, 30.0]
    >>> targets = head.read(y, None, None, known={}, criterion=None, name="MyRegressor")
    >>> targets.values.ravel().round(2)
    array([-1.22,  0.  ,  1.22], dtype=float32)
    """

    loss: str

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
        """Read numbers; their units are those of the first training."""
        check_has_targets(y, name)
        if not issparse(y):
            y = items_of(y, "y")
            check_numbers(y)
        numbers = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y", estimator=name)
        if criterion is None:
            units = REGRESSION_LOSSES[self.loss].of(numbers, weights)
        else:
            units = cast("RegressionCriterion", criterion)
            _check_shape(numbers, units, name)
        return Targets(units.scaled(numbers), units, weights)

    def predict(
        self, net: SequenceNet, data: SequenceData, known: Mapping[str, Any]
    ) -> NDArray[np.float64]:
        """Return the numbers of each row, in the units of the targets."""
        return self.decided(net.criterion_, net.outputs(data), known)

    def decided(
        self, criterion: RegressionCriterion, outputs: Tensor, known: Mapping[str, Any]
    ) -> NDArray[np.float64]:
        """Return predictions from the network's outputs.

        Parameters
        ----------
        criterion : Criterion
            Loss, decision and score.
        outputs : Tensor
            The outputs of the network.
        known : mapping of str to object
            The fitted attributes of the estimator.

        Returns
        -------
        ndarray of float64
            The predictions of the rows.
        """
        return criterion.original(outputs)


def _check_shape(numbers: NDArray[np.float64], criterion: RegressionCriterion, name: str) -> None:
    if numbers.shape[1:] != criterion.mean.shape:
        raise ValueError(
            f"y has shape {numbers.shape}, but {name} was fitted on targets of shape "
            f"(n_samples, {', '.join(map(str, criterion.mean.shape))})."
        )

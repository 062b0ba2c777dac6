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

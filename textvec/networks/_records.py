"""The records of a fit: what it is given, what it plans to train, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from .._containers._ragged import Ragged
from .._inputs._items import materialized
from .._reporting._named_errors import errors_of
from ..nn import Criterion, EncoderModel, Randomness, SequenceData, SequenceModel, SequenceNet
from .inputs._sequences import Sequences


@dataclass(frozen=True)
class FitData:
    """The arguments of a call to `fit` or `partial_fit`.

    Parameters
    ----------
    X, y, sample_weight : object
        As the user passed them.
    known : mapping of str to object
        Fitted attributes that are settled: all those of the fit that training continues from, or
        the ``classes_`` that were passed to `partial_fit`.
    validation : FitData or None
        The validation rows, if there are any of their own.
    is_part : bool
        Whether the rows are but some of those to learn from, as those of `partial_fit`.

    Examples
    --------
    A plan is made of them, here with labels in lower case:

    >>> from dataclasses import replace
    >>> from textvec import Ragged, RNNClassifier
    >>> class LowerCaseLabels(RNNClassifier):
    ...     def _plan(self, data, previous):
    ...         lower = [label.lower() for label in data.y]
    ...         return super()._plan(replace(data, y=lower), previous)
    >>> X = Ragged.from_rows([[2, 3], [4], [2]])
    >>> LowerCaseLabels(max_iter=1).fit(X, ["yes", "No", "YES"]).classes_
    array(['no', 'yes'], dtype='<U3')
    """

    X: Any
    y: Any = None
    sample_weight: Any = None
    known: Mapping[str, Any] = field(default_factory=dict)
    validation: FitData | None = None
    is_part: bool = False


def materialized_data(data: FitData) -> FitData:
    """Return the same arguments, iterators read into lists: they are read more than once."""
    validation = None if data.validation is None else materialized_data(data.validation)
    return replace(data, X=materialized(data.X), y=materialized(data.y), validation=validation)


def validation_rows(
    X: Any, y: Any, sample_weight: Any = None, *, needs_X: bool = True
) -> FitData | None:
    """Return the validation rows that `fit` was given, if any.

    Parameters
    ----------
    X, y, sample_weight : object
        As the user passed them; None: not passed.
    needs_X : bool, default=True
        Whether there are no rows without an X.

    Returns
    -------
    FitData or None
        The rows; None if nothing was passed.

    Raises
    ------
    ValueError
        If there is only one of their X and y, and both are needed.
    """
    if X is None and y is None and sample_weight is None:
        return None
    if y is None or (needs_X and X is None):
        missing = "X_val" if needs_X and X is None else "y_val"
        raise ValueError(f"validation rows are X_val and y_val: {missing} is None.")
    return FitData(X, y, sample_weight)


def errors_of_validation() -> AbstractContextManager[None]:
    """Return the context to read the X of validation rows in: errors say so."""
    return errors_of("of X_val, which a Pipeline does not transform")


class Examples(Protocol):
    """Rows to learn from, with their targets and weights, in the memory of the host."""

    def on(self, device: torch.device) -> SequenceData:
        """Return them on a device."""
        ...


@dataclass(frozen=True)
class SequenceExamples:
    """Sequences with a target for each row or each step.

    Parameters
    ----------
    rows : Sequences
        What the network reads.
    targets : ndarray of shape (n_rows, ...) or Ragged
        As the criterion takes them: one a row, or one a step.
    weights : ndarray of shape (n_rows,) or None
        Weight of each row in loss and score.

    Examples
    --------
    Short rows count as much as long ones where each step has a loss:

    >>> from dataclasses import replace
    >>> from textvec import Ragged, RNNTagger
    >>> from textvec.networks.custom import SequenceExamples
    >>> class RowTagger(RNNTagger):
    ...     def _plan(self, data, previous):
    ...         plan = super()._plan(data, previous)
    ...         rows, targets = plan.examples.rows, plan.examples.targets
    ...         return replace(plan, examples=SequenceExamples(rows, targets, 1 / rows.lengths))
    >>> X = Ragged.from_rows([[2], [3, 2, 3]])
    >>> RowTagger(max_iter=1).fit(X, [["a"], ["b", "a", "b"]]).n_iter_
    1
    """

    rows: Sequences
    targets: NDArray[Any] | Ragged
    weights: NDArray[np.floating] | None = None

    def on(self, device: torch.device) -> SequenceData:
        """Return the examples on a device.

        Parameters
        ----------
        device : torch.device
            The device.

        Returns
        -------
        SequenceData
            The examples there.
        """
        return SequenceData.on(device, self.rows, self.targets, self.weights)


@dataclass(frozen=True)
class FineTuning:
    """How the layers of a pretrained network learn.

    Parameters
    ----------
    unfreeze : bool
        Whether the head learns alone in the first epoch, and one more layer in each that follows.
    rate_decay : float
        The learning rate of a layer is that of the layer above divided by this.

    Examples
    --------
    >>> from textvec import RNNClassifier
    >>> RNNClassifier(unfreeze=True, rate_decay=2.6)._parts().fine_tuning
    FineTuning(unfreeze=True, rate_decay=2.6)
    """

    unfreeze: bool
    rate_decay: float


# Chooses the validation rows: (n_rows, validation_fraction) to the rows to train on and the rest.
HoldOut = Callable[[int, float], tuple[NDArray[np.int64], NDArray[np.int64]]]


# Sets weights that are not trained step by step, of a network and its training rows.
BeforeTraining = Callable[[SequenceNet, SequenceData], None]


def as_it_is(net: SequenceNet, train: SequenceData) -> None:
    """Leave a network as it is before the training."""


def as_planned(model: EncoderModel, before_training: BeforeTraining) -> EncoderModel:
    """Return a new network as the table of its layers is to show it: fitted where it will be."""
    if before_training is SequenceNet.fit_wide and isinstance(model, SequenceModel):
        model.expect_wide_fit()
    return model


def _nothing_more(net: SequenceNet) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class TrainingPlan:
    """What is to be trained: the one thing that an estimator passes to the :class:`Trainer`.

    Parameters
    ----------
    examples : Examples
        Rows, targets and weights, read and checked.
    criterion : Criterion
        Loss, decision and score.
    build : callable of Randomness to EncoderModel
        Makes the network. Not called where training continues.
    attributes : mapping of str to object
        Fitted attributes that reading has settled, such as ``classes_``.
    strata : ndarray of shape (n_rows,) or None
        What a validation split keeps in proportion.
    hold_out : callable or None
        Chooses the validation rows; None: at random, in proportion to `strata`.
    validation : Examples or None
        Validation rows of their own; None: `hold_out` or a random split, where there are any.
    fine_tuning : FineTuning or None
        How the layers of a pretrained network learn.
    before_training : callable of SequenceNet and SequenceData
        Sets weights of the network that are not trained step by step, from the training rows. Not
        called by `partial_fit`, which has but some of them.
    after_training : callable of SequenceNet to mapping of str to object
        Computes further fitted attributes from the trained network.

    Examples
    --------
    Early stopping by the last rows, as where rows are sorted by time:

    >>> from dataclasses import replace
    >>> import numpy as np
    >>> from textvec import Ragged, RNNClassifier
    >>> class LastRowsHeldOut(RNNClassifier):
    ...     def _plan(self, data, previous):
    ...         def hold_out(n_rows, fraction):
    ...             n_train = n_rows - round(n_rows * fraction)
    ...             return np.arange(n_train), np.arange(n_train, n_rows)
    ...
    ...         return replace(super()._plan(data, previous), hold_out=hold_out)
    >>> X = Ragged.from_rows([[2], [3]] * 8 + [[4]] * 4)
    >>> model = LastRowsHeldOut(early_stopping=True, validation_fraction=0.2, random_state=0)
    >>> len(model.fit(X, ["a", "b"] * 10).validation_scores_) == model.n_iter_
    True
    """

    examples: Examples
    criterion: Criterion
    build: Callable[[Randomness], EncoderModel]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    strata: NDArray[Any] | None = None
    hold_out: HoldOut | None = None
    validation: Examples | None = None
    fine_tuning: FineTuning | None = None
    before_training: BeforeTraining = as_it_is
    after_training: Callable[[SequenceNet], Mapping[str, Any]] = _nothing_more


@dataclass(frozen=True)
class Fitted:
    """The result of a training.

    Parameters
    ----------
    net : SequenceNet
        Trained; its history has a row for each epoch.
    n_before : int
        Epochs that the net had made before this training.
    validated : bool
        Whether rows were held out.
    attributes : mapping of str to object
        The fitted attributes that the plan settled.
    interruption : KeyboardInterrupt or None
        What ended the training early; it is to be raised once the estimator has taken this on.
    """

    net: SequenceNet
    n_before: int
    validated: bool
    attributes: Mapping[str, Any]
    interruption: KeyboardInterrupt | None = None

    @property
    def loss_curve(self) -> list[float]:
        """Mean training loss of each epoch."""
        return self.net.history[:, "train_loss"]  # type: ignore[no-any-return]

    @property
    def validation_scores(self) -> list[float] | None:
        """Validation score of each epoch."""
        return self.net.history[:, "valid_score"] if self.validated else None

    @property
    def validation_losses(self) -> list[float] | None:
        """Mean loss on the validation rows after each epoch."""
        return self.net.history[:, "valid_loss"] if self.validated else None

    @property
    def best_validation_score(self) -> float | None:
        """The largest validation score of this training's epochs."""
        scores = self.validation_scores
        return max(scores[self.n_before - len(scores) :]) if scores else None

    def as_attributes(self) -> dict[str, Any]:
        """Return the fitted attributes of an estimator, by name."""
        return {
            **self.attributes,
            "net_": self.net,
            "n_iter_": len(self.net.history),
            "loss_curve_": self.loss_curve,
            "validation_losses_": self.validation_losses,
            "validation_scores_": self.validation_scores,
            "best_validation_score_": self.best_validation_score,
        }

"""Classes of rows as what a network learns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse
from sklearn.utils import assert_all_finite, column_or_1d
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets

from ..._estimators._constraints import NOT_NEGATIVE
from ..._inputs._target_arrays import check_has_targets, read_targets
from ..._reporting._caller_warnings import warn_caller
from ...nn import ClassCriterion, Criterion, MultiLabelCrossEntropy, SequenceData, SequenceNet
from ..inputs._sequences import Sequences, near_one
from ._head import Targets


@dataclass(frozen=True)
class ClassHead:
    """A class for each row, or with targets of several columns any number of labels.

    Parameters
    ----------
    class_weight : dict, "balanced" or None, default=None
        Weight of the rows of each class.
    label_smoothing : float, default=0.0
        Part of each target that is shared out among the classes.

    Examples
    --------
    >>> from textvec.networks.custom import ClassHead
    >>> head = ClassHead(class_weight={"spam": 3})
    >>> y = ["ham", "spam", "ham"]
    >>> targets = head.read(y, None, None, known={}, criterion=None, name="MyClassifier")
    >>> targets.values.tolist(), targets.attributes["classes_"]
    ([0.0, 1.0, 0.0], array(['ham', 'spam'], dtype='<U4'))
    >>> targets.criterion
    BinaryCrossEntropy()
    """

    class_weight: dict[Any, float] | str | None = None
    label_smoothing: float = 0.0

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
        """Read labels; ``classes_`` is settled by the first."""
        check_has_targets(y, name)
        classes = known.get("classes_")
        array = y.toarray() if issparse(y) else read_targets(y)
        if array.ndim == 2 and array.shape[1] > 1:
            values, classes = _read_indicators(array, classes, name)
            loss: ClassCriterion = MultiLabelCrossEntropy(len(classes), self.label_smoothing)
        else:
            numbers, classes = _read_labels(array, classes, name)
            loss = ClassCriterion.of(len(classes), self.label_smoothing)
            values = numbers.astype(_numpy_dtype(loss))
        return Targets(
            values,
            loss,
            self._weights(array, weights),
            strata=values if values.ndim == 1 else None,
            attributes={"classes_": classes},
        )

    def predict(
        self, net: SequenceNet, data: SequenceData, known: Mapping[str, Any]
    ) -> NDArray[Any]:
        """Return the most likely class of each row, or 1 for each label likelier than not."""
        return self.decided(net.criterion_, net.outputs(data), known)

    def decided(
        self, criterion: Criterion, outputs: torch.Tensor, known: Mapping[str, Any]
    ) -> NDArray[Any]:
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
        ndarray
            The predictions of the rows.
        """
        decided: NDArray[np.int64] = criterion.decide(outputs).numpy()
        return decided if decided.ndim == 2 else known["classes_"][decided]

    def predict_proba(
        self, net: SequenceNet, data: SequenceData, known: Mapping[str, Any]
    ) -> NDArray[np.float32]:
        """Return the probability of each class.

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
        ndarray of shape (n_rows, n_classes), float32
            The probabilities.
        """
        return np.exp(self.predict_log_proba(net, data, known))

    def predict_log_proba(
        self, net: SequenceNet, data: SequenceData, known: Mapping[str, Any]
    ) -> NDArray[np.float32]:
        """Return the logarithm of the probability of each class.

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
        ndarray of shape (n_rows, n_classes), float32
            Their logarithms.
        """
        log_proba: torch.Tensor = net.criterion_.log_proba(net.outputs(data))
        return log_proba.numpy()

    def _weights(
        self, y: NDArray[Any], weights: NDArray[np.floating] | None
    ) -> NDArray[np.floating] | None:
        if self.class_weight is None:
            return weights
        product = label_weights(self.class_weight, y)
        if weights is not None:
            product = near_one(product) * weights
        if not product.any():
            raise ValueError(
                f"class_weight={self.class_weight!r} and sample_weight leave no row a weight above "
                "0: there is nothing to learn from."
            )
        return near_one(product)


def label_weights(class_weight: dict[Any, float] | str, y: NDArray[Any]) -> NDArray[np.floating]:
    """Return the weight of each label.

    Parameters
    ----------
    class_weight : dict or "balanced"
        As of the estimator.
    y : ndarray of shape (n,) or (n, n_labels)
        Labels.

    Returns
    -------
    ndarray of shape (n,)
        The weights.

    Raises
    ------
    ValueError
        If a weight is negative, infinite or no number.
    """
    if isinstance(class_weight, dict):
        _check_class_weight(class_weight, y)
    weights: NDArray[np.floating] = compute_sample_weight(class_weight, y)
    return weights


def _check_class_weight(weights: dict[Any, Any], y: NDArray[Any]) -> None:
    if y.ndim == 2 and y.shape[1] > 1:
        raise ValueError(
            "class_weight of a target of several columns must be 'balanced' or None, got "
            f"{weights!r}: weights of rows are sample_weight."
        )
    for label, weight in weights.items():
        if not (isinstance(weight, (int, float, np.number)) and weight in NOT_NEGATIVE):
            raise ValueError(
                f"class_weight of {label!r} must be a finite number of at least 0, got {weight!r}."
            )


def _read_labels(
    y: NDArray[Any], classes: NDArray[Any] | None, name: str
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    labels = column_or_1d(y, warn=True)
    assert_all_finite(labels, input_name="y", estimator_name=name)
    check_classification_targets(labels)
    return encode_labels(labels, classes, name)


def _read_indicators(
    y: NDArray[Any], classes: NDArray[Any] | None, name: str
) -> tuple[NDArray[np.float32], NDArray[Any]]:
    """Read a target of several columns of 0 and 1, whose classes are the columns' numbers."""
    if y.dtype.kind not in "biuf" or not np.isin(y, (0, 1)).all():
        raise ValueError(
            f"{name} takes a target of several columns as labels of which a row has some: it must "
            "hold 0 and 1 only."
        )
    if classes is None and (y.sum(axis=1) == 1).all():
        warn_caller(
            "every row of y has one 1, as one-hot labels have: y is read as several labels a row, "
            "and predict returns such rows. For one class a row pass y.argmax(axis=1).",
        )
    if classes is None:
        classes = np.arange(y.shape[1])
    if len(classes) != y.shape[1]:
        raise ValueError(f"`y` has {y.shape[1]} columns, but {name} has {len(classes)} classes.")
    return y.astype(np.float32), classes


def _numpy_dtype(criterion: ClassCriterion) -> np.dtype[Any]:
    return torch.empty(0, dtype=criterion.target_dtype).numpy().dtype


def encode_labels(
    labels: NDArray[Any], classes: NDArray[Any] | None, name: str
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Return the class number of each label, and the classes.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        Of any type that can be sorted.
    classes : ndarray of shape (n_classes,) or None
        All there can be, sorted; None: those that occur.
    name : str
        Of the estimator, for messages.

    Returns
    -------
    numbers : ndarray of shape (n,), int64
    classes : ndarray of shape (n_classes,)

    Raises
    ------
    ValueError
        If there are fewer than two classes, or a label is none of `classes`.
    """
    if classes is None:
        classes = np.unique(labels)
    if not len(classes):
        raise ValueError(f"{name} needs at least 2 classes, got none.")
    if len(classes) < 2:
        raise ValueError(
            f"{name} needs at least 2 classes, got one class: {classes.tolist()[0]!r}."
        )
    if (labels.dtype.kind in "biuf") != (classes.dtype.kind in "biuf"):
        raise ValueError(
            f"`y` has labels {labels[:3]}, of another kind than the classes {classes}."
        )
    unseen = np.setdiff1d(labels, classes)
    if len(unseen):
        raise ValueError(
            f"`y` has classes not in self.classes_: {unseen} not in {classes}. The classes are "
            "those of the first fit: pass all to partial_fit(..., classes=...), or set "
            "warm_start=False."
        )
    return np.searchsorted(classes, labels), classes


def announced_classes(classes: ArrayLike | None, known: NDArray[Any] | None) -> NDArray[Any]:
    """Return the classes that were passed to ``partial_fit``, now or in a call before.

    Raises
    ------
    ValueError
        If they are missing on the first call, or differ from it later.
    """
    if classes is None and known is None:
        raise ValueError("classes must be passed on the first call to partial_fit.")
    if classes is None:
        return known  # type: ignore[return-value]
    given = column_or_1d(read_targets(classes), warn=False)
    check_classification_targets(given)
    announced = np.unique(given)
    if known is not None and not np.array_equal(announced, known):
        raise ValueError(
            f"`classes={classes!r}` is not the same as on last call to partial_fit, was: {known!r}"
        )
    return announced

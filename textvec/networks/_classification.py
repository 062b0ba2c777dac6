"""Classes of rows as what a network learns."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse
from sklearn.base import ClassifierMixin
from sklearn.utils import Tags, assert_all_finite, column_or_1d
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets

from .._compat import StrOptions, _fit_context
from ..nn import ClassCriterion, MultiLabelCrossEntropy, Sequences
from ._base import BaseNetwork
from ._parameters import declares_parameters
from ._training import Task
from .heads._label_encoding import announced_classes, class_numbers


@declares_parameters
class SequenceClassifier(ClassifierMixin, BaseNetwork):  # type: ignore[misc]
    """Classifiers of sequences, whatever their network.

    Parameters
    ----------
    class_weight : dict, "balanced" or None, default=None
        What the rows of each class count; ``"balanced"`` makes all classes count alike.
        Multiplied with `sample_weight`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted; with a target of several columns, the columns' numbers.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "class_weight": [StrOptions({"balanced"}), dict, None],
    }

    class_weight: dict[Any, float] | str | None = None

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X: Any,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Go on training, by one pass over these rows.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form of the first call. An embedding keeps the rows that call
            gave it: pass `n_tokens` to the constructor if larger ids may follow.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels.
        classes : array-like of shape (n_classes,), default=None
            All labels there can be; needed on the first call. With a target of several
            columns, their numbers.
        sample_weight : array-like of shape (n_samples,), default=None
            What each row counts in the loss.

        Returns
        -------
        estimator
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            As `fit`; if `classes` is missing on the first call or differs from it later; if
            `early_stopping` is set.
        """
        state = self._continued_in_part()
        announced_classes(classes, state)
        return self._train(X, y, sample_weight, epochs=1, state=state)

    def predict_log_proba(self, X: Any) -> NDArray[np.float32]:
        """Predict the logarithm of each class's probability.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), float32
            Columns in the order of ``classes_``; with a target of several columns, of each
            label for itself.
        """
        outputs = self._outputs(X)
        return self.net_.criterion_.log_proba(outputs).numpy()  # type: ignore[no-any-return]

    def predict_proba(self, X: Any) -> NDArray[np.float32]:
        """Predict each class's probability.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), float32
            Columns in the order of ``classes_``; with a target of several columns, of each
            label for itself.
        """
        return np.exp(self.predict_log_proba(X))

    def predict(self, X: Any) -> NDArray[Any]:
        """Predict the likeliest class, or all labels that are likelier than not.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples,), or (n_samples, n_labels) of 0 and 1
            Labels.
        """
        outputs = self._outputs(X)
        decided = self.net_.criterion_.decide(outputs).numpy()
        return decided if decided.ndim == 2 else self.classes_[decided]  # type: ignore[no-any-return]

    def _read_task(
        self,
        y: Any,
        sample_weight: NDArray[np.floating] | None,
        sequences: Sequences,
        state: dict[str, Any],
    ) -> Task:
        name = type(self).__name__
        if y is None:
            raise ValueError(f"{name} requires y to be passed, but the target y is None.")
        labels, criterion = _read_labels(y, state, name)
        if self.class_weight is not None:
            balance = compute_sample_weight(self.class_weight, y)
            sample_weight = balance if sample_weight is None else balance * sample_weight
        strata = labels if labels.ndim == 1 else None
        return Task(labels, criterion, sample_weight, strata)

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        assert tags.classifier_tags is not None
        tags.classifier_tags.multi_label = True
        return tags


def _read_labels(y: Any, state: dict[str, Any], name: str) -> tuple[NDArray[Any], ClassCriterion]:
    """Give labels as a loss over the classes in `state` takes them, and that loss."""
    array = y.toarray() if issparse(y) else np.asarray(y)
    if array.ndim == 2 and array.shape[1] > 1:
        return _read_indicators(array, state, name)
    labels = column_or_1d(array, warn=True)
    assert_all_finite(labels, input_name="y", estimator_name=name)
    check_classification_targets(labels)
    numbers = class_numbers(labels, state, name)
    criterion = ClassCriterion.of(len(state["classes_"]))
    return numbers.astype(_numpy_dtype(criterion)), criterion


def _read_indicators(
    y: NDArray[Any], state: dict[str, Any], name: str
) -> tuple[NDArray[Any], ClassCriterion]:
    """Give a target of several columns of 0 and 1, and its loss."""
    if y.dtype.kind not in "biuf" or not np.isin(y, (0, 1)).all():
        raise ValueError(
            f"{name} takes a target of several columns as labels of which a row has some: it must "
            "hold 0 and 1 only."
        )
    classes = state.setdefault("classes_", np.arange(y.shape[1]))
    if len(classes) != y.shape[1]:
        raise ValueError(f"`y` has {y.shape[1]} columns, but {name} has {len(classes)} classes.")
    return y.astype(np.float32), MultiLabelCrossEntropy(y.shape[1])


def _numpy_dtype(criterion: ClassCriterion) -> np.dtype[Any]:
    return torch.empty(0, dtype=criterion.target_dtype).numpy().dtype

"""Classifiers of sequences: the weights of classes, and the score of labels of any form."""

from __future__ import annotations

from typing import Any, ClassVar

from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils import Tags

from .._compat import StrOptions
from .._estimators._constraints import FRACTION
from .._inputs._target_arrays import read_targets
from ._parameters import fitted
from ._sequence_estimator import SequenceEstimator
from .heads._class_head import ClassHead


class SequenceClassifier(ClassifierMixin, SequenceEstimator):
    """Base of the estimators that predict a class, or several labels, for each sequence.

    Parameters
    ----------
    class_weight : dict, "balanced" or None, default=None
        Weights of the rows of each class, by label; ``"balanced"`` weights classes inversely to
        their frequency. Multiplied with `sample_weight`.
    label_smoothing : float, default=0.0
        Part of each target, in [0, 1), that is shared out evenly among the classes in training
        (Szegedy et al., 2016), so that probabilities are less extreme. Begin with 0.1.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted; with a target of several columns, the columns' numbers.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "label_smoothing": [FRACTION],
    }

    class_weight: dict[Any, float] | str | None = None
    label_smoothing: float = 0.0

    classes_: NDArray[Any] = fitted()

    def score(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> float:
        """Return the accuracy of the predicted labels.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.
        y : array-like of shape (n_samples,) or (n_samples, n_classes)
            The true labels, in any form that `fit` takes.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row.

        Returns
        -------
        float
            The share of rows whose labels are all right.
        """
        labels = y if issparse(y) else read_targets(y)
        return float(accuracy_score(labels, self.predict(X), sample_weight=sample_weight))

    def _head(self) -> ClassHead:
        return ClassHead(self.class_weight, self.label_smoothing)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

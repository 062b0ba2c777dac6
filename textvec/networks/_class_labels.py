"""What all classifiers of rows have in common: the score of labels of any form."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike
from scipy.sparse import issparse
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score

from .._inputs._target_arrays import read_targets


class LabelClassifier(ClassifierMixin):
    """Mixin of the classifiers, whose labels `score` reads as `fit` does."""

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
        predicted = self.predict(X)  # type: ignore[attr-defined]
        return float(accuracy_score(labels, predicted, sample_weight=sample_weight))

"""The scikit-learn tags of estimators that read text."""

from __future__ import annotations

from sklearn.base import BaseEstimator
from sklearn.utils import Tags


class TextInput(BaseEstimator):
    """Base of estimators whose X is a one-dimensional collection of documents."""

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

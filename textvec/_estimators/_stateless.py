"""Estimators that learn nothing."""

from __future__ import annotations

from sklearn.base import BaseEstimator
from sklearn.utils import Tags


class Stateless(BaseEstimator):
    """Mixin of estimators that learn nothing, and need no `fit`."""

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags

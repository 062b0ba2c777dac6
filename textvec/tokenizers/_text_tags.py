"""What scikit-learn is told about an estimator that reads text."""

from __future__ import annotations

from typing import Any


class TextInput:
    """Mixin of estimators whose X is a one-dimensional collection of documents."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

"""What belongs to the rows of any input: their weights, and the shape scikit-learn asks for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._compat import _check_sample_weight, _get_feature_names


def row_weights(sample_weight: Any, X: Any) -> NDArray[np.floating] | None:
    """Return the weights of the rows of `X`, checked; None if there are none."""
    if sample_weight is None:
        return None
    weights: NDArray[np.floating] = _check_sample_weight(sample_weight, X, ensure_non_negative=True)
    return weights


def shape_attributes(X: Any, width: int | None) -> dict[str, Any]:
    """Return ``n_features_in_`` and ``feature_names_in_``, where `X` has such."""
    attributes: dict[str, Any] = {} if width is None else {"n_features_in_": width}
    names = _get_feature_names(X)
    return attributes if names is None else attributes | {"feature_names_in_": names}

from numbers import Number
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, DTypeLike, NDArray

def assert_all_finite(
    X: Any, *, allow_nan: bool = ..., estimator_name: str | None = ..., input_name: str = ...
) -> None: ...
def check_array(
    array: Any,
    accept_sparse: str | bool | list[str] = ...,
    *,
    dtype: Any = ...,
    copy: bool = ...,
    ensure_all_finite: bool | str = ...,
    ensure_2d: bool = ...,
    allow_nd: bool = ...,
    ensure_min_samples: int = ...,
    ensure_min_features: int = ...,
    estimator: Any = ...,
    input_name: str = ...,
) -> Any: ...
def check_consistent_length(*arrays: Any) -> None: ...
def check_is_fitted(estimator: Any, attributes: Any = ..., *, msg: str | None = ...) -> None: ...
def check_non_negative(X: Any, whom: str) -> None: ...
def check_random_state(seed: int | RandomState | None) -> RandomState: ...
def check_scalar(
    x: Any,
    name: str,
    target_type: type | tuple[type, ...],
    *,
    min_val: float | None = ...,
    max_val: float | None = ...,
    include_boundaries: str = ...,
) -> Number: ...
def column_or_1d(
    y: Any, *, dtype: DTypeLike | None = ..., input_name: str = ..., warn: bool = ...
) -> NDArray[Any]: ...
def validate_data(
    _estimator: Any, /, X: Any = ..., y: Any = ..., reset: bool = ..., **check_params: Any
) -> Any: ...
def _check_feature_names(estimator: Any, X: Any, *, reset: bool) -> None: ...
def _check_n_features(estimator: Any, X: Any, *, reset: bool) -> None: ...
def _check_sample_weight(
    sample_weight: ArrayLike | None,
    X: Any,
    *,
    dtype: Any = ...,
    ensure_non_negative: bool = ...,
) -> NDArray[np.floating[Any]]: ...
def _get_feature_names(X: Any) -> NDArray[np.object_] | None: ...

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

def train_test_split(
    *arrays: Any,
    test_size: float | None = ...,
    train_size: float | None = ...,
    random_state: int | RandomState | None = ...,
    shuffle: bool = ...,
    stratify: Any = ...,
) -> list[Any]: ...

class TimeSeriesSplit:
    def __init__(
        self,
        n_splits: int = ...,
        *,
        max_train_size: int | None = ...,
        test_size: int | None = ...,
        gap: int = ...,
    ) -> None: ...
    def split(
        self, X: Any, y: Any = ..., groups: Any = ...
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]: ...

from typing import Any

from numpy.random import RandomState

def train_test_split(
    *arrays: Any,
    test_size: float | None = ...,
    train_size: float | None = ...,
    random_state: int | RandomState | None = ...,
    shuffle: bool = ...,
    stratify: Any = ...,
) -> list[Any]: ...

from typing import Any

import numpy as np
from numpy.typing import NDArray

class NumberRows:
    dtype: np.dtype[Any]
    item_shape: tuple[int, ...]
    n_items: int
    longest: int
    def __len__(self) -> int: ...
    def pad(
        self, target: NDArray[Any], fill: NDArray[Any], head_of_long: int, fills_front: bool
    ) -> None: ...
    def flat(self) -> tuple[NDArray[Any], NDArray[np.int64]]: ...

def number_rows(rows: list[Any]) -> NumberRows | None: ...
def pad_rows(
    values: NDArray[Any],
    offsets: NDArray[np.int64],
    target: NDArray[Any],
    fill: NDArray[Any],
    head_of_long: int,
    fills_front: bool,
) -> None: ...

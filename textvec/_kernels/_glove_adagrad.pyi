from typing import Any

import numpy as np
from numpy.typing import NDArray

ENTRY: np.dtype[np.void]

def row_length(n_dimensions: int) -> int: ...
def group_entries(
    data: NDArray[np.float32],
    indices: NDArray[np.int32],
    indptr: NDArray[np.int64],
    *,
    n_blocks: int,
    x_max: float,
    alpha: float,
) -> tuple[NDArray[Any], NDArray[np.int64]]: ...
def train_block(
    entries: NDArray[Any],
    words: NDArray[np.float32],
    contexts: NDArray[np.float32],
    n_dimensions: int,
    *,
    learning_rate: float,
    clip: float,
    seed: int,
) -> float: ...

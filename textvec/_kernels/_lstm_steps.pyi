from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Factor = TypeVar("_Factor", np.float32, np.uint16)

def multiplies_bfloat16() -> bool: ...
def lstm_forward(
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    stride: int,
    backward: bool,
    sums: NDArray[_Factor],
    gates: NDArray[np.float32],
    before: NDArray[_Factor],
    cells: NDArray[np.float32],
    squashed: NDArray[np.float32],
    weights: NDArray[np.float32],
    hidden: NDArray[np.float32],
    cell: NDArray[np.float32],
    outputs: NDArray[np.float32],
) -> None: ...
def lstm_backward(
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    stride: int,
    backward: bool,
    gates: NDArray[np.float32],
    before: NDArray[_Factor],
    cells: NDArray[np.float32],
    squashed: NDArray[np.float32],
    weights: NDArray[np.float32],
    first_cell: NDArray[np.float32],
    by_hidden: NDArray[np.float32],
    by_cell: NDArray[np.float32],
    by_outputs: NDArray[np.float32],
    by_gates: NDArray[_Factor],
) -> None: ...

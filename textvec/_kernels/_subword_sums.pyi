import numpy as np
from numpy.typing import NDArray

def add_subwords(
    buffer: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    min_n: int,
    max_n: int,
    table: NDArray[np.float32],
    sums: NDArray[np.float32],
) -> NDArray[np.int64]: ...

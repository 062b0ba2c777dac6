from typing import Literal

import numpy as np
from numpy.typing import NDArray

def pooled_rows(
    table: NDArray[np.float32],
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    weights: NDArray[np.float32],
    how: Literal["mean", "sum_per_item", "max"],
) -> NDArray[np.float32]: ...

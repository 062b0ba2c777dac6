import numpy as np
from numpy.typing import NDArray

def trimmed_rows(
    values: NDArray[np.bool_] | NDArray[np.int32] | NDArray[np.int64], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], int, int]: ...

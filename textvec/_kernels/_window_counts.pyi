import numpy as np
from numpy.typing import NDArray

UNITS_OF_ONE: int

def count_neighbours(
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    n_words: int,
    *,
    window: int,
    harmonic: bool,
    left: bool = True,
    right: bool = True,
    n_threads: int = 1,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]: ...

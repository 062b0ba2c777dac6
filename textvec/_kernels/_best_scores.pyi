from typing import Any

import numpy as np
from numpy.typing import NDArray

def take_candidates(
    scores: NDArray[Any],
    highest: NDArray[Any],
    margins: NDArray[Any],
    floors: NDArray[Any],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]: ...

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

def compute_sample_weight(
    class_weight: Any, y: ArrayLike, *, indices: ArrayLike | None = ...
) -> NDArray[np.float64]: ...

import numpy as np
from numpy.typing import NDArray

def document_counts(
    ids: NDArray[np.int32], offsets: NDArray[np.int64], n_ids: int
) -> NDArray[np.int64]: ...

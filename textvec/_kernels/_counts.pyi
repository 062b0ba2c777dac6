import numpy as np
from numpy.typing import NDArray

def column_counts(columns: NDArray[np.int32 | np.int64], n_columns: int) -> NDArray[np.int64]: ...
def document_counts(
    ids: NDArray[np.int32], offsets: NDArray[np.int64], n_ids: int
) -> NDArray[np.int64]: ...
def row_counts(
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    columns: NDArray[np.int32] | None,
    n_columns: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]: ...

import numpy as np
from numpy.typing import NDArray

def learn_documents(
    documents: NDArray[np.float32],
    document_squares: NDArray[np.float32],
    ngrams: NDArray[np.float32],
    ngram_squares: NDArray[np.float32],
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    noise: NDArray[np.int32],
    *,
    n_negative: int,
    scale: float,
    learning_rate: float,
    seed: int,
) -> float: ...
def infer_documents(
    documents: NDArray[np.float32],
    ngrams: NDArray[np.float32],
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    noise: NDArray[np.int32],
    *,
    n_negative: int,
    scale: float,
    learning_rate: float,
    n_passes: int,
    seed: int,
) -> None: ...

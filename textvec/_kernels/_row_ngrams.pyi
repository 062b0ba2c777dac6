import numpy as np
from numpy.typing import NDArray

def row_ngrams(
    ids: NDArray[np.int64],
    max_ngram: int,
    n_tokens: int,
    n_buckets: int,
    last_unnamed: int,
    factor: int,
    prime: int,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]: ...

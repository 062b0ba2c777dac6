"""What reading a vectors file gives."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class VectorsTable(NamedTuple):
    """Tokens and their vectors, as they stand in a file.

    Parameters
    ----------
    buffer : ndarray of uint8
        The tokens in UTF-8, end to end; all distinct.
    offsets : ndarray of shape (n_tokens + 1,), int64
        Where each token begins in `buffer`, and the end of the last.
    matrix : ndarray of shape (n_blank + n_tokens, embedding_dim), float32
        The vectors, below as many rows of zeros as the reader was asked for.
    format : str
        Of the file.
    n_duplicates : int
        Vectors left out because their token came before.
    """

    buffer: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    matrix: NDArray[np.float32]
    format: str
    n_duplicates: int

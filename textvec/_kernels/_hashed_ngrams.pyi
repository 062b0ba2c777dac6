from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

def hash_tokens(
    buffer: NDArray[np.uint8], offsets: NDArray[np.int64], n_columns: int
) -> NDArray[np.int32]: ...

class HashedRows:
    def __init__(
        self,
        *,
        unit: Literal["joined", "adjacent", "inside"],
        min_n: int,
        max_n: int,
        n_columns: int,
        alternate_sign: bool,
        dtype: DTypeLike,
        norm: Literal["l1", "l2"] | None = None,
        n_threads: int = 1,
    ) -> None: ...
    def add_symbols(self, buffer: NDArray[np.uint8], offsets: NDArray[np.int64]) -> None: ...
    def add(self, ids: NDArray[np.int32], offsets: NDArray[np.int64]) -> None: ...
    def finish(self) -> tuple[NDArray[Any], NDArray[np.int32], NDArray[np.int64]]: ...

def hash_rows(
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    buffer: NDArray[np.uint8],
    symbol_offsets: NDArray[np.int64],
    *,
    unit: Literal["joined", "adjacent", "inside"],
    min_n: int,
    max_n: int,
    n_columns: int,
    alternate_sign: bool,
    dtype: DTypeLike,
    norm: Literal["l1", "l2"] | None = None,
    n_threads: int = 1,
) -> tuple[NDArray[Any], NDArray[np.int32], NDArray[np.int64]]: ...

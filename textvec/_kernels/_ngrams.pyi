from collections.abc import Iterable, Sequence
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

Unit = Literal["joined", "adjacent", "inside"]

class Block(Protocol):
    @property
    def ids(self) -> NDArray[np.int32]: ...
    @property
    def offsets(self) -> NDArray[np.int64]: ...
    @property
    def n_symbols(self) -> int: ...

class Source(Protocol):
    def blocks(self) -> Iterable[Block]: ...
    def symbols(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]: ...

class NgramCounts:
    n_rows: int
    n_ids: int
    is_term: NDArray[np.bool_]

    def __init__(
        self,
        ids: NDArray[np.int32],
        offsets: NDArray[np.int64],
        buffer: NDArray[np.uint8],
        symbol_offsets: NDArray[np.int64],
        *,
        unit: Unit,
        min_n: int,
        max_n: int,
        n_threads: int = 1,
    ) -> None: ...
    @classmethod
    def of_sources(
        cls, sources: Sequence[Source], *, unit: Unit, min_n: int, max_n: int
    ) -> NgramCounts: ...
    def frequencies(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]: ...
    def sort(self, keep: NDArray[np.bool_]) -> NDArray[np.int32]: ...
    def positions(self, ids: NDArray[np.int32]) -> NDArray[np.int32]: ...
    def names(self, ids: NDArray[np.int32]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]: ...
    def matrix(
        self, columns: NDArray[np.int32], *, by_column: bool, n_columns: int, dtype: DTypeLike
    ) -> tuple[NDArray[Any], NDArray[np.int32], NDArray[np.int64]]: ...

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ._token_bytes import TokenIndex

# ids, offsets, the vocabulary's buffer and offsets, spans
_Scanned = tuple[
    NDArray[np.int32],
    NDArray[np.int64],
    NDArray[np.uint8],
    NDArray[np.int64],
    NDArray[np.int32] | None,
]

class Scanner:
    def __init__(
        self, rule: str | None, *, lowercase: bool, width: int = 0, stride: int = 1
    ) -> None: ...
    def scan(
        self, documents: list[str], *, spans: bool = False, n_threads: int = 1
    ) -> _Scanned: ...
    def ids_of(
        self, document: str, known: TokenIndex, first_id: int, unknown: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]: ...
    def reading(self, *, spans: bool = False, n_threads: int = 1) -> Reading: ...

class Reading:
    def read(self, documents: list[str]) -> None: ...
    def take(
        self,
    ) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32] | None]: ...
    @property
    def n_distinct(self) -> int: ...
    def distinct(self, first: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.int64]]: ...
    def finish(self) -> _Scanned: ...

class TokenBuilder:
    def __init__(self) -> None: ...
    def add(self, tokens: list[str], spans: Sequence[tuple[int, int]] | None = None) -> None: ...
    def finish(self, *, spans: bool = False) -> _Scanned: ...

def drop_tokens(
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    buffer: NDArray[np.uint8],
    token_offsets: NDArray[np.int64],
    spans: NDArray[np.int32] | None,
    found: NDArray[np.int32],
) -> _Scanned: ...

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

SLACK: int

Wanted = tuple[NDArray[np.uint8], NDArray[np.int64]] | None

class Problem(IntEnum):
    kNone = 0
    kWidth = 1
    kNotFinite = 2
    kEncoding = 3
    kToken = 4

class _Vectors:
    n_vectors: int
    n_duplicates: int
    n_repaired: int

    def finish(self) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[Any]]: ...

class VectorLines(_Vectors):
    n_line_ends: int

    def __init__(
        self,
        width: int,
        n_blank: int,
        dtype: np.dtype[Any],
        wanted: Wanted,
        errors: str,
        any_token: bool,
        max_vectors: int,
    ) -> None: ...
    def feed(
        self, block: bytes | bytearray, size: int
    ) -> tuple[int, tuple[Problem, int, int, bytes] | None]: ...

class BinaryVectors(_Vectors):
    def __init__(
        self,
        width: int,
        n_blank: int,
        dtype: np.dtype[Any],
        wanted: Wanted,
        errors: str,
        max_vectors: int,
    ) -> None: ...
    def feed(
        self, block: bytes | bytearray, size: int
    ) -> tuple[int, tuple[Problem, int, bytes] | None]: ...

def as_halves(values: NDArray[np.float32]) -> NDArray[np.float16]: ...
def trailing_numbers(block: bytes | bytearray, size: int, max_lines: int) -> list[int]: ...
def vector_lines(
    buffer: NDArray[np.uint8], offsets: NDArray[np.int64], matrix: NDArray[np.float32]
) -> bytes: ...

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

SLACK: int

class Problem(IntEnum):
    kNone = 0
    kWidth = 1
    kNotFinite = 2
    kEncoding = 3

class VectorLines:
    n_lines: int
    n_line_ends: int
    n_duplicates: int

    def __init__(self, width: int, n_blank: int, any_token: bool, max_lines: int) -> None: ...
    def feed(
        self, block: bytes | bytearray, size: int
    ) -> tuple[int, tuple[Problem, int, int, bytes] | None]: ...
    def finish(self) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.float32]]: ...

def trailing_numbers(block: bytes | bytearray, size: int, max_lines: int) -> list[int]: ...

"""Where arrays that come in parts are put together: in memory, or in the files of a folder."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .._storage._array_files import ArrayWriter, mapped_array, release

_CHUNK = 1 << 22  # items that are converted at a time


class ArrayStore(Protocol):
    """Arrays by name, to which rows are appended."""

    def append(self, name: str, rows: NDArray[Any]) -> None:
        """Put rows behind those of an array, which is new with the first."""

    def convert(self, name: str, dtype: DTypeLike) -> None:
        """Change the dtype of an array, to which nothing is appended any more."""


class MemoryStore:
    """Arrays in memory, that grow where they are.

    Attributes
    ----------
    arrays : dict of str to ndarray
    """

    def __init__(self) -> None:
        self.arrays: dict[str, NDArray[Any]] = {}

    def append(self, name: str, rows: NDArray[Any]) -> None:
        """Put rows behind those of an array, which is new with the first."""
        whole = self.arrays.get(name)
        if whole is None:
            self.arrays[name] = np.array(rows, order="C")
            return
        n_before = len(whole)
        # The operating system moves the pages of large arrays, not what is in them. Nobody else
        # has the array yet.
        whole.resize((n_before + len(rows), *whole.shape[1:]), refcheck=False)
        whole[n_before:] = rows

    def convert(self, name: str, dtype: DTypeLike) -> None:
        """Change the dtype of an array."""
        self.arrays[name] = self.arrays[name].astype(dtype, copy=False)


class FolderStore:
    """Arrays in files of a folder.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._writers: dict[str, ArrayWriter] = {}

    def append(self, name: str, rows: NDArray[Any]) -> None:
        """Put rows behind those of an array, which is new with the first."""
        if name not in self._writers:
            self._writers[name] = ArrayWriter(self._folder / f"{name}.npy", rows)
        self._writers[name].append(rows)

    def convert(self, name: str, dtype: DTypeLike) -> None:
        """Change the dtype of an array, whose file is written again."""
        writer = self._writers.pop(name)
        writer.close()
        if writer.dtype == dtype:
            return
        old = writer.path.rename(writer.path.with_suffix(".old"))
        array = mapped_array(old, (writer.dtype.str,), (None,) * writer.n_dimensions)
        for first in range(0, len(array), _CHUNK):
            self.append(name, array[first : first + _CHUNK].astype(dtype))
            release(array)
        del array  # no file that is mapped can be removed on Windows
        old.unlink()

    def close(self) -> None:
        """Complete and close all files."""
        with ExitStack() as stack:  # one that fails keeps none of the others open
            for writer in self._writers.values():
                stack.callback(writer.close)

"""Arrays in files of NumPy's format: written part by part, and mapped instead of read."""

from __future__ import annotations

import mmap
import re
import sys
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

# NumPy evaluates headers as Python and may raise anything: these are all that are written.
_HEADER = re.compile(
    rb"\{'descr': '([^']{1,9})', 'fortran_order': (True|False), "
    rb"'shape': \(([0-9]{0,15}(?:, ?[0-9]{1,15})*),?\), \} *\n"
)
_DIGITS = 15  # room for the number of rows, which is known only at the end


def mapped_array(
    path: Path, dtypes: tuple[str, ...], shape: tuple[int | None, ...]
) -> NDArray[Any]:
    """Map an array after checking its header and size on disk.

    Parameters
    ----------
    path : Path
    dtypes : tuple of str
        The dtypes it may be of, little-endian.
    shape : tuple of int or None
        Its shape; None stands for any size.

    Returns
    -------
    ndarray
        Read-only.

    Raises
    ------
    ValueError
        If the file is missing, or holds another array or none.
    """
    try:
        with open(path, "rb") as file:
            found, is_fortran, dtype = _array_header(file)
            start = file.tell()
    except FileNotFoundError as error:
        raise ValueError(f"{path} is missing: the folder is damaged.") from error
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path} is damaged: it has no header of NumPy ({error}).") from error
    wanted = " or ".join(dtypes)
    described = f"of shape ({', '.join('any' if n is None else str(n) for n in shape)}), {wanted}"
    is_right = len(found) == len(shape) and all(
        want in (None, have) and have >= 0 for want, have in zip(shape, found, strict=True)
    )
    # Of this machine's byte order or of the other: files are written little-endian.
    little = [np.dtype(name).newbyteorder("<") for name in dtypes]
    if not is_right or is_fortran or dtype not in little:
        raise ValueError(f"{path}: expected an array {described}, found {found}, {dtype}.")
    size = start + dtype.itemsize * int(np.prod(found, dtype=object))
    if path.stat().st_size != size:
        raise ValueError(
            f"{path}: expected {size} bytes for an array {described}, found "
            f"{path.stat().st_size}: the file is damaged or cut short."
        )
    if not all(found):
        return np.empty(found, dtype)
    # A plain array on the map: slices of a memmap are slower to make.
    return np.asarray(np.memmap(path, dtype, mode="r", offset=start, shape=found))


def _array_header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    magic = file.read(10)
    text = file.read(int.from_bytes(magic[8:], "little"))
    match = _HEADER.fullmatch(text)
    if magic[:8] != npy.magic(1, 0) or match is None:
        raise ValueError("expected version 1.0")
    descr, order, shape = match.groups()
    sizes = tuple(int(size) for size in shape.replace(b",", b" ").split())
    return sizes, order == b"True", np.dtype(descr.decode("ascii"))


class ArrayWriter:
    """A new file of an array, whose rows are appended.

    Parameters
    ----------
    path : Path
        There must be no such file.
    like : ndarray
        Of the dtype and the shape, but for the number of rows.
    """

    def __init__(self, path: Path, like: NDArray[Any]):
        self.path = path
        self.dtype = like.dtype
        self.n_rows = 0
        self.n_dimensions = like.ndim
        self._row_shape = like.shape[1:]
        self._file = open(path, "xb")  # noqa: SIM115
        self._file.write(self._header())

    def append(self, rows: NDArray[Any]) -> None:
        """Write rows behind those that are there."""
        little = np.ascontiguousarray(rows, self.dtype.newbyteorder("<"))
        self._file.write(little.reshape(-1).view(np.uint8).data)
        self.n_rows += len(rows)

    def close(self) -> None:
        """Write the number of rows, and close the file; that even where the disk is full."""
        if self._file.closed:
            return
        try:
            self._file.seek(0)
            self._file.write(self._header())
        finally:
            self._file.close()

    def _header(self) -> bytes:
        """Return a header of the same length whatever the number of rows."""
        shape = "".join(f"{n}, " for n in (self.n_rows, *self._row_shape))
        descr = npy.dtype_to_descr(self.dtype.newbyteorder("<"))
        text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape[:-1]}), }}"
        if self._row_shape:
            text = text.replace(",)", ")")
        room = _DIGITS - len(str(self.n_rows))
        start = npy.magic(1, 0)
        padding = -(len(start) + 2 + len(text) + room + 1) % npy.ARRAY_ALIGN
        text += " " * (room + padding) + "\n"
        return start + len(text).to_bytes(2, "little") + text.encode("ascii")


def map_of(array: NDArray[Any]) -> np.memmap[Any, Any] | None:
    """Return the memory map of a file that an array lies in; None for one in memory."""
    part: Any = array
    found = None
    while isinstance(part, np.ndarray):
        if isinstance(part, np.memmap):
            found = part  # the last one is the map itself, and those before are parts of it
        part = part.base
    return found


def release(array: NDArray[Any]) -> None:
    """Drop the pages of a mapped file from this process's memory; they are read again if needed.

    Nothing is lost: it is done only with maps whose changes, if any, go to the file.
    """
    found = map_of(array)
    memory = None if found is None else getattr(found, "_mmap", None)
    # Pages that a process has changed for itself alone ("c") would be lost.
    if memory is None or found is None or found.mode == "c" or sys.platform == "win32":
        return
    memory.madvise(mmap.MADV_DONTNEED)

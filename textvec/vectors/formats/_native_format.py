"""textvec's own format: a folder of plain arrays, memory-mapped instead of read.

``metadata.json``
    The version of this format, `n_words`, `embedding_dim`, where the vectors came from, and
    a checksum of the arrays.
``vectors.npy``
    The matrix, float32 or float16, after two rows of zeros for padding and for unknown words:
    the table of an embedding.
``words.npy``, ``offsets.npy``
    The UTF-8 of all words, end to end (uint8), and the start of each, with the end of the last
    (int64).
``subwords.npy``
    Vectors of character n-grams, if there are any.

No array of objects and no pickle is ever written or read.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ..._containers._vocabulary_checks import checked_arrays
from ..._storage._array_files import mapped_array
from ..._storage._files import read_description, replacing_folder
from ._vectors_table import ReadOptions, SubwordTable, VectorsTable, first_not_finite, select

METADATA = "metadata.json"
N_RESERVED = 2  # rows of zeros that vectors.npy begins with

_NAME, _VERSION = "textvec vectors", 1
_CHUNK = 1 << 22  # bytes written, hashed or measured at a time
_UNIT_NORM_TOLERANCE = 2e-3  # more than the rounding to float16 changes a norm


def is_native(path: str | os.PathLike[str]) -> bool:
    """Return whether a path is a folder in this format."""
    return os.path.isfile(os.path.join(path, METADATA))


def read_native(path: str | os.PathLike[str], options: ReadOptions) -> VectorsTable:
    """Open a folder of vectors.

    Parameters
    ----------
    path : str or path
        The folder.
    options : ReadOptions
        Unless they select words, or another dtype or number of reserved rows than there are,
        nothing is copied, and the matrix is not read: its pages are loaded when they are
        used, and processes share them.

    Returns
    -------
    VectorsTable

    Raises
    ------
    ValueError
        If a file is not in the format; the message names it. The format, the sizes and the
        words are checked, the numbers only where they are copied; repeated words are found at
        the first look-up.
    """
    folder = Path(path)
    metadata = read_metadata(folder)
    n_words, width = _sizes(folder, metadata)
    options.check_width(width, folder)
    shape = (N_RESERVED + n_words, width)
    matrix = mapped_array(folder / "vectors.npy", ("float32", "float16"), shape)
    words = mapped_array(folder / "words.npy", ("uint8",), (None,))
    offsets = mapped_array(folder / "offsets.npy", ("int64",), (n_words + 1,))
    try:
        words, offsets = checked_arrays(words, offsets)
    except ValueError as error:
        raise ValueError(f"{folder}: offsets.npy does not fit words.npy: {error}") from error
    if matrix[:N_RESERVED].any():
        raise ValueError(f"{folder / 'vectors.npy'}: the first {N_RESERVED} rows must be zeros.")
    table = VectorsTable(
        words,
        offsets,
        matrix,
        "native",
        n_duplicates=_count(folder, metadata, "n_duplicates"),
        n_repaired=_count(folder, metadata, "n_repaired") if "n_repaired" in metadata else 0,
        subwords=_subwords(folder, metadata, width),
        mapped=str(metadata.get("checksum")),
    )
    return _selected(folder, table, options)


def _selected(folder: Path, table: VectorsTable, options: ReadOptions) -> VectorsTable:
    same_dtype = options.dtype in (None, table.matrix.dtype)
    if options.words is None and same_dtype and options.n_reserved in (0, N_RESERVED):
        end = len(table.offsets) - 1
        if options.limit is not None:
            end = min(end, options.limit)
        return table._replace(
            buffer=table.buffer[: table.offsets[end]],
            offsets=table.offsets[: end + 1],
            matrix=table.matrix[N_RESERVED - options.n_reserved : N_RESERVED + end],
        )
    selected = select(table._replace(matrix=table.matrix[N_RESERVED:]), options)
    row = first_not_finite(selected.matrix)
    if row is not None:
        raise ValueError(
            f"{folder / 'vectors.npy'}: the vector of word {row - options.n_reserved} among those "
            f"chosen holds a number that is not finite in {selected.matrix.dtype}."
        )
    return selected


def read_metadata(folder: Path) -> dict[str, Any]:
    """Return the contents of ``metadata.json``.

    Raises
    ------
    ValueError
        If it is not in this format, or of an unknown version.
    """
    return read_description(folder / METADATA, format=_NAME, version=_VERSION)


def _sizes(folder: Path, metadata: dict[str, Any]) -> tuple[int, int]:
    n_words = _count(folder, metadata, "n_words")
    width = _count(folder, metadata, "embedding_dim")
    if not width:
        raise ValueError(f"{folder / METADATA}: embedding_dim must be at least 1.")
    return n_words, width


def _count(folder: Path, metadata: dict[str, Any], key: str) -> int:
    value = metadata.get(key)
    if type(value) is not int or not 0 <= value < 2**48:
        raise ValueError(f"{folder / METADATA}: {key} must be a whole number, found {value!r}.")
    return value


def _subwords(folder: Path, metadata: dict[str, Any], width: int) -> SubwordTable | None:
    described = metadata.get("subwords")
    if described is None:
        return None
    if not isinstance(described, dict):
        raise ValueError(f"{folder / METADATA}: subwords must be an object.")
    sizes = (_count(folder, described, key) for key in ("n_buckets", "min_n", "max_n"))
    n_buckets, min_n, max_n = sizes
    if not n_buckets or not 1 <= min_n <= max_n:
        raise ValueError(f"{folder / METADATA}: no subwords are of these sizes: {described}.")
    table = mapped_array(folder / "subwords.npy", ("float32",), (n_buckets, width))
    return SubwordTable(table, min_n, max_n)


def write_native(
    path: Path, table: VectorsTable, *, n_reserved: int, source: dict[str, Any]
) -> None:
    """Write a new folder of vectors, which then replaces the old one.

    Parameters
    ----------
    path : Path
        The folder. An existing one must be in this format.
    table : VectorsTable
        The vectors.
    n_reserved : int
        Number of rows of zeros that its matrix begins with.
    source : dict
        Where the vectors came from, stored in the metadata.

    Raises
    ------
    FileExistsError
        If there is something else at this path.
    """
    with replacing_folder(path, is_native, "folder of vectors") as folder:
        matrix = table.matrix[n_reserved:]
        checksum = hashlib.sha256()
        arrays: dict[str, NDArray[Any]] = {"words": table.buffer, "offsets": table.offsets}
        metadata: dict[str, Any] = {
            "format": _NAME,
            "format_version": _VERSION,
            "n_words": len(matrix),
            "embedding_dim": matrix.shape[1],
            "dtype": matrix.dtype.name,
            "normalized": _is_normalized(matrix),
            "n_duplicates": table.n_duplicates,
            "n_repaired": table.n_repaired,
            "source": source,
        }
        if table.subwords is not None:
            arrays["subwords"], min_n, max_n = table.subwords
            metadata["subwords"] = {
                "n_buckets": len(arrays["subwords"]),
                "min_n": min_n,
                "max_n": max_n,
            }
        for name, array in arrays.items():
            _write_array(folder / f"{name}.npy", array, 0, checksum.update)
        _write_array(folder / "vectors.npy", matrix, N_RESERVED, checksum.update)
        metadata["checksum"] = f"sha256:{checksum.hexdigest()}"
        text = json.dumps(metadata, indent=2) + "\n"
        (folder / METADATA).write_text(text, encoding="utf-8")


def _write_array(
    path: Path, array: NDArray[Any], n_reserved: int, update_checksum: Callable[[bytes], None]
) -> None:
    dtype = array.dtype.newbyteorder("<")
    shape = (n_reserved + len(array), *array.shape[1:])
    with open(path, "xb") as file:
        header = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
        npy.write_array_header_1_0(file, header)
        _write(file, np.zeros((n_reserved, *array.shape[1:]), dtype).tobytes(), update_checksum)
        for part in _parts(array):
            _write(file, part.astype(dtype, copy=False).tobytes(), update_checksum)


def _write(file: BinaryIO, data: bytes, update_checksum: Callable[[bytes], None]) -> None:
    file.write(data)
    update_checksum(data)


def _parts(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield slices of an array of some megabytes."""
    row_bytes = max(1, array.nbytes // max(1, len(array)))
    step = max(1, _CHUNK // row_bytes)
    for start in range(0, len(array), step):
        yield array[start : start + step]


def _is_normalized(matrix: NDArray[Any]) -> bool:
    """Return whether all vectors are of norm 1; zeros have no direction, and pass."""
    for part in _parts(matrix):
        squares = np.einsum("ij,ij->i", part, part, dtype=np.float32)
        if (np.abs(np.sqrt(squares[squares > 0]) - 1) > _UNIT_NORM_TOLERANCE).any():
            return False
    return bool(len(matrix))

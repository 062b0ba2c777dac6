"""Write the file of a saved model, hashing and deflating while the disk is busy."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from .._kernels._threads import submit
from .._storage._files import replacing
from .._version import __version__
from ._deflated import deflated, may_shrink, unpacked_form
from ._model_file import (
    CODES,
    FORMAT,
    FORMAT_VERSION,
    ArrayEntry,
    checksum,
    header_checksum,
)

_ALIGNMENT = 64
_WORTH_SYNCING = 1 << 22  # bytes: fewer are on the disk as fast at the end
_NO_CHECKSUM = "0" * 32  # as long as one

Manifest = dict[str, Any]


def write_model_file(path: Path, manifest: Manifest, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write a file, which then replaces the one at `path`.

    A process that dies, or a power failure, leaves the one or the other, whole.

    Parameters
    ----------
    path : Path
    manifest : dict
        As JSON has it.
    arrays : mapping of str to ndarray
        C-contiguous, of dtypes of which `has_code` is true.
    """
    little = {n: a.astype(a.dtype.newbyteorder("<"), copy=False) for n, a in arrays.items()}
    # Floats in this order begin at a multiple of their item size, for which they are mapped.
    plain = dict(sorted(little.items(), key=_place))
    at_once = [array for array in plain.values() if not may_shrink(array)]
    data_start = _longest_header(manifest, plain)
    with replacing(path, durable=True) as file, ThreadPoolExecutor(1) as disk:
        file.seek(data_start)
        written = submit(disk, _write, file, at_once)
        stored, packed = deflated(plain)
        sums = {name: checksum(array) for name, array in stored.items()}
        written.result()
        for array in list(stored.values())[len(at_once) :]:
            file.write(_bytes(array))
        file.seek(0)
        file.write(_header({**manifest, "deflated": packed, "checksums": sums}, stored, data_start))


def _write(file: BinaryIO, arrays: Iterable[NDArray[Any]]) -> None:
    n_bytes = sum(file.write(_bytes(array)) for array in arrays)
    if n_bytes >= _WORTH_SYNCING:
        file.flush()
        os.fsync(file.fileno())


def _bytes(array: NDArray[Any]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data


def _place(item: tuple[str, NDArray[Any]]) -> tuple[bool, int]:
    """Return what arrays are sorted by: those that are deflated last, the most aligned first."""
    _, array = item
    n_bytes = array.nbytes
    alignment = min(n_bytes & -n_bytes, _ALIGNMENT) if n_bytes else _ALIGNMENT
    return may_shrink(array), -alignment


def _longest_header(manifest: Manifest, arrays: Mapping[str, NDArray[Any]]) -> int:
    """Return the length of the longest header that a file may get, in which all is deflated."""
    packed = {name: unpacked_form(array) for name, array in arrays.items() if may_shrink(array)}
    sums = dict.fromkeys(arrays, _NO_CHECKSUM)
    stored = {n: a.reshape(-1).view(np.uint8) if n in packed else a for n, a in arrays.items()}
    header = _header({**manifest, "deflated": packed, "checksums": sums}, stored, 0)
    return len(header) + -len(header) % _ALIGNMENT


def _header(manifest: Manifest, arrays: Mapping[str, NDArray[Any]], length: int) -> bytes:
    """Return the header of a file, padded to a length."""
    text = json.dumps(manifest, separators=(",", ":"), allow_nan=False)
    tensors = {name: entry.as_json() for name, entry in _entries(arrays).items()}
    metadata = {
        "format": FORMAT,
        "format_version": str(FORMAT_VERSION),
        "textvec_version": __version__,
        "checksum": header_checksum(__version__, text, tensors),
        "manifest": text,
    }
    header = json.dumps({"__metadata__": metadata, **tensors}, separators=(",", ":")).encode()
    header = header.ljust(length - 8)
    return len(header).to_bytes(8, "little") + header


def _entries(arrays: Mapping[str, NDArray[Any]]) -> dict[str, ArrayEntry]:
    entries: dict[str, ArrayEntry] = {}
    start = 0
    for name, array in arrays.items():
        stop = start + array.nbytes
        entries[name] = ArrayEntry(CODES[array.dtype], array.shape, start, stop)
        start = stop
    return entries

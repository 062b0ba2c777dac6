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
    plain = {n: a.astype(a.dtype.newbyteorder("<"), copy=False) for n, a in arrays.items()}
    # Floats in this order begin at a multiple of their item size, for which they are mapped.
    order = sorted(plain, key=lambda n: (may_shrink(plain[n]), -_alignment(plain[n].nbytes)))
    at_once = [plain[name] for name in order if not may_shrink(plain[name])]
    data_start = _longest_header(manifest, {name: plain[name] for name in order})
    with replacing(path, durable=True) as file, ThreadPoolExecutor(1) as disk:
        file.seek(data_start)
        written = disk.submit(_write, file, at_once)
        stored, packed = deflated({name: plain[name] for name in order})
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


def _alignment(n_bytes: int) -> int:
    return min(n_bytes & -n_bytes, _ALIGNMENT) if n_bytes else _ALIGNMENT


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

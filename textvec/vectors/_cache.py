"""Files of vectors parsed once: each kept in native format, in the user's cache folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from .._storage._files import data_folder, locked
from .formats import Format, ReadOptions, VectorsTable, read_vectors
from .formats._native_format import is_native, read_metadata, read_native, write_native


def read_cached(
    path: str | os.PathLike[str],
    format: Format | None,
    options: ReadOptions,
    *,
    member: str | None,
    cache: bool | str | os.PathLike[str],
) -> tuple[VectorsTable, Path]:
    """Read the vectors of a file from a folder that is written on first use.

    Parameters
    ----------
    path, format, options, member
        As `read_vectors` takes them.
    cache : bool or path
        The folder of such folders, or True for the user's own.

    Returns
    -------
    table : VectorsTable
        Memory-mapped.
    folder : Path
        The folder it is mapped from.

    Notes
    -----
    A folder is for one path and one choice of key. It is written again once the file has
    another size or time of change, while other processes wait.
    """
    home = data_folder(None) / "vectors" if cache is True else data_folder(cache, "cache")
    folder = home / f"{Path(path).name}-{_key(path, format, options, member)}"
    stamp = _stamp(path)
    mapped = ReadOptions(n_reserved=options.n_reserved)
    table = _opened(folder, stamp, mapped)
    if table is not None:
        return table, folder
    with locked(folder):
        table = _opened(folder, stamp, mapped)  # another process may have written it meanwhile
        if table is None:
            parsed = read_vectors(path, format, replace(options, n_reserved=0), member=member)
            _clear(folder)
            source = {"name": Path(path).name, **stamp, "checksum": _checksum(path)}
            write_native(folder, parsed, n_reserved=0, source=source)
            del parsed  # the mapped pages replace it
            table = read_native(folder, mapped)
    return table, folder


def _opened(folder: Path, stamp: dict[str, int], options: ReadOptions) -> VectorsTable | None:
    """Open a folder; None if it is missing, damaged, or of another state of the file."""
    if not is_native(folder):
        return None
    try:
        source = read_metadata(folder).get("source")
        if not isinstance(source, dict) or not stamp.items() <= source.items():
            return None
        return read_native(folder, options)
    except ValueError:
        return None


def _clear(folder: Path) -> None:
    """Remove what a killed process has left, or what is damaged."""
    for left in folder.parent.glob(f"{folder.name}.*.tmp"):
        shutil.rmtree(left, ignore_errors=True)
    if folder.exists() and not is_native(folder):
        shutil.rmtree(folder)


def _key(
    path: str | os.PathLike[str], format: str | None, options: ReadOptions, member: str | None
) -> str:
    chosen: Any = None
    if options.words is not None:
        words = options.words.take(options.words.argsort())  # their order does not matter
        chosen = [_digest(words.buffer.tobytes()), _digest(words.offsets.tobytes())]
    dtype = None if options.dtype is None else options.dtype.name
    key = [format, member, options.embedding_dim, options.limit, dtype, chosen]
    if options.errors != "strict":  # which stays the key that it was
        key.append(options.errors)
    return _digest(json.dumps([os.path.abspath(path), *key]).encode("utf-8"))[:16]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _stamp(path: str | os.PathLike[str]) -> dict[str, int]:
    status = os.stat(path)
    return {"size": status.st_size, "mtime_ns": status.st_mtime_ns}


def _checksum(path: str | os.PathLike[str]) -> str:
    with open(path, "rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"

"""The file of a saved model: arrays in a file of safetensors, all else as JSON in its header.

.. code-block:: text

    8 bytes    length of the header, little-endian
    header     JSON: "__metadata__", and of each array its dtype, shape and place
    data       the arrays, end to end, C-contiguous and little-endian, beginning at a multiple
               of 64 bytes

``docs/saved_models.md`` describes the format; it is written and read here without the package
``safetensors``, which would copy each array.
"""

from __future__ import annotations

import hashlib
import json
import math
import mmap
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from .._kernels._threads import submit
from .._version import __version__
from ._deflated import check_unpacked_size, inflated

FORMAT, FORMAT_VERSION = "textvec model", 1

_DTYPES = {
    **{"F64": "<f8", "F32": "<f4", "F16": "<f2", "BOOL": "|b1"},
    **{"I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1"},
    **{"U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1"},
}
CODES = {np.dtype(text): code for code, text in _DTYPES.items()}
_OTHERS = {  # what other files of models begin with
    b"\x80": " It may be a pickle: joblib.load reads it, and runs what it holds.",
    b"P": " It may be a file of skops.io.dump or torch.save, or another zip archive.",
}
_KEYS = {"trusted": list, "objects": list, "versions": dict, "deflated": dict}  # of a manifest
_MAPPED = 1 << 16  # bytes from which an array of floats is mapped, not read
_BLOCK = 1 << 18  # bytes that are summed together
_WORDS = 512  # of eight bytes, in a row of the sums of a block


class DamagedModelError(ValueError):
    """A file holds no saved model, or not as it was written.

    See Also
    --------
    load : Raises it.

    Examples
    --------
    >>> import tempfile, textvec
    >>> from pathlib import Path
    >>> from textvec.saving import DamagedModelError
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "model.textvec")
    ...     size = path.write_bytes(b"half of a download")
    ...     try:
    ...         model = textvec.load(path)
    ...     except DamagedModelError:
    ...         print("Download it again.")
    Download it again.
    """


@dataclass(frozen=True)
class ArrayEntry:
    """Where an array lies in a file.

    Parameters
    ----------
    dtype : str
        As safetensors names it.
    shape : tuple of int
    start, stop : int
        First byte of its data and the one behind the last, counted from the end of the header.
    """

    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int

    def as_json(self) -> dict[str, Any]:
        """Return the entry as it is in the header."""
        places = [self.start, self.stop]
        return {"dtype": self.dtype, "shape": list(self.shape), "data_offsets": places}


@dataclass(frozen=True)
class Header:
    """What the header of a file says.

    Parameters
    ----------
    manifest : dict
        What was saved, but for the arrays.
    arrays : dict of str to ArrayEntry
    data_start : int
        First byte of the data.
    n_bytes : int
        Length of the file.
    written_by : str
        The version of textvec.
    """

    manifest: dict[str, Any]
    arrays: dict[str, ArrayEntry]
    data_start: int
    n_bytes: int
    written_by: str

    def shown(self, name: str) -> tuple[str, tuple[int, ...]]:
        """Return the dtype and the shape that an array has once it is read."""
        packed = self.manifest["deflated"].get(name)
        if packed is None:
            return self.arrays[name].dtype, self.arrays[name].shape
        return CODES[np.dtype(packed["dtype"])], tuple(packed["shape"])

    def is_mapped(self, name: str) -> bool:
        """Return whether an array is one of floating-point numbers, large, and aligned."""
        entry = self.arrays[name]
        is_large = entry.dtype.startswith("F") and entry.stop - entry.start >= _MAPPED
        item_size = np.dtype(_DTYPES[entry.dtype]).itemsize
        return is_large and (self.data_start + entry.start) % item_size == 0


def has_code(dtype: np.dtype[Any]) -> bool:
    """Return whether safetensors has a name for a dtype."""
    return dtype.newbyteorder("<") in CODES


def checksum(array: NDArray[Any]) -> str:
    """Return a checksum of the bytes of a contiguous array, against accidents.

    BLAKE2b over the sums, modulo 2**64, of the columns of each whole block of 256 KiB, seen as 64
    rows of 512 words of eight bytes; and over the bytes of the rest. So it takes a tenth of the
    time that reading the file does, where BLAKE2b over all takes twice as long.
    """
    flat = array.reshape(-1).view(np.uint8)
    whole = flat.size - flat.size % _BLOCK
    blocks = flat[:whole].view("<u8").reshape(-1, _BLOCK // 8 // _WORDS, _WORDS)
    total = hashlib.blake2b(digest_size=16)
    total.update(blocks.sum(axis=1, dtype=np.uint64).astype("<u8", copy=False).data)
    total.update(flat[whole:].data)
    return total.hexdigest()


def header_checksum(version: str, manifest: str, tensors: dict[str, Any]) -> str:
    """Return the checksum of what a header says."""
    text = json.dumps([version, manifest, list(tensors.items())], separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file to be read; it stays the same file if another takes its place meanwhile."""
    if path.is_dir():
        raise DamagedModelError(f"{path} is a folder, and so no saved model: name a file in it.")
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
        raise DamagedModelError(f"{path} is no file, and so no saved model.")
    with open(path, "rb") as file:
        yield file


def read_header(path: Path, file: BinaryIO) -> Header:
    """Read and check all of a file but its arrays.

    Raises
    ------
    DamagedModelError
        If it is no saved model, is damaged, or of a later version of the format.
    """
    n_bytes = os.fstat(file.fileno()).st_size
    length = int.from_bytes(file.read(8), "little")
    if n_bytes < 10 or length > n_bytes - 8 or file.read(1) != b"{":
        file.seek(0)
        hint = _OTHERS.get(file.read(1), "")
        raise DamagedModelError(f"{path} is no saved model, or cut short.{hint}")
    try:
        header = json.loads(b"{" + file.read(length - 1))
        metadata = header.pop("__metadata__")
        version = metadata["format_version"]
        if type(version) is not str:
            raise ValueError("the version of the format is no text")
        found = metadata["format"], int(version), metadata["textvec_version"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedModelError(
            f"{path} is no saved model: its header is not that of one."
        ) from error
    _check_format(path, *found)
    try:
        text = metadata["manifest"]
        if metadata["checksum"] != header_checksum(found[2], text, header):
            raise ValueError("the checksum of its header does not match")
        entries = {name: _entry(name, described) for name, described in header.items()}
        data_start = 8 + length
        _check_places(entries, n_bytes - data_start)
        manifest = _manifest(text, entries)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedModelError(f"{path} is damaged: {error}.") from error
    return Header(manifest, entries, data_start, n_bytes, found[2])


def _manifest(text: str, entries: dict[str, ArrayEntry]) -> dict[str, Any]:
    """Read the manifest of a file of these arrays; raise a ValueError or KeyError for any other."""
    manifest: dict[str, Any] = json.loads(text)
    if set(manifest["checksums"]) != set(entries):
        raise ValueError("the checksums are those of other arrays")
    manifest.setdefault("deflated", {})
    for key, kind in _KEYS.items():
        if type(manifest[key]) is not kind:
            raise ValueError(f"its {key} are no {kind.__name__}")
    if not set(manifest["deflated"]) <= set(entries):
        raise ValueError("it unpacks arrays that it does not hold")
    return manifest


def _check_format(path: Path, name: Any, version: int, written_by: Any) -> None:
    if name != FORMAT:
        raise DamagedModelError(f"{path} is a file of safetensors, but no saved model of textvec.")
    if version > FORMAT_VERSION:
        raise DamagedModelError(
            f"{path} was written by textvec {written_by} in version {version} of the format; this "
            f"textvec {__version__} reads versions up to {FORMAT_VERSION}: install "
            f"'textvec-learn>={written_by}'."
        )
    if version < 1:
        raise DamagedModelError(f"{path} is damaged: there is no version {version} of the format.")


def _entry(name: str, described: Any) -> ArrayEntry:
    shape, (start, stop) = described["shape"], described["data_offsets"]
    numbers = [*shape, start, stop]
    if not all(type(number) is int and 0 <= number < 1 << 62 for number in numbers):
        raise ValueError(f"the array {name!r} has a shape or a place that is none")
    if described["dtype"] not in _DTYPES:
        raise ValueError(f"the array {name!r} is of the dtype {described['dtype']!r:.20}")
    entry = ArrayEntry(described["dtype"], tuple(shape), start, stop)
    if math.prod(shape) * np.dtype(_DTYPES[entry.dtype]).itemsize != stop - start:
        raise ValueError(f"the array {name!r} has a shape of another size than its data")
    return entry


def _check_places(entries: Mapping[str, ArrayEntry], n_bytes: int) -> None:
    """Check that the arrays lie end to end, and fill the data."""
    end = 0
    for name, entry in sorted(entries.items(), key=lambda item: (item[1].start, item[1].stop)):
        if entry.start != end:
            raise ValueError(f"the array {name!r} begins at byte {entry.start} of the data")
        end = entry.stop
    if end != n_bytes:
        wrong = "it is cut short" if n_bytes < end else "something is behind the model"
        raise ValueError(f"it holds {n_bytes} bytes of data, expected {end}: {wrong}")


def read_arrays(path: Path, file: BinaryIO, header: Header) -> dict[str, NDArray[Any]]:
    """Read the arrays of a file, and check them.

    Large arrays of floating-point numbers are mapped: processes share their memory, and what is
    written to it is seen by this process alone. What may be an index of other memory is read.

    Raises
    ------
    DamagedModelError
        If the checksum of one does not match, or it is not what was deflated.
    """
    forms = header.manifest["deflated"]
    try:
        check_unpacked_size(forms, header.n_bytes - header.data_start)
        with ThreadPoolExecutor(1) as helper:  # unpacks while the others are summed
            jobs = {n: submit(helper, _inflated, n, _read(file, header, n), header) for n in forms}
            others = (name for name in header.arrays if name not in forms)
            plain = dict(_others(file, header, others))
            found = {
                name: jobs[name].result() if name in jobs else plain[name] for name in header.arrays
            }
    except (ValueError, TypeError, KeyError) as error:
        raise DamagedModelError(f"{path} is damaged: {error}.") from error
    return {name: _native(array) for name, array in found.items()}


def _inflated(name: str, array: NDArray[Any], header: Header) -> NDArray[Any]:
    return inflated(name, _checked(name, array, header), header.manifest["deflated"][name])


def _others(
    file: BinaryIO, header: Header, names: Iterable[str]
) -> Iterator[tuple[str, NDArray[Any]]]:
    mapped = None
    for name in names:
        if header.is_mapped(name):
            mapped = mapped or mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
            array = _mapped(mapped, header, name)
        else:
            array = _read(file, header, name)
        yield name, _checked(name, array, header)


def _checked(name: str, array: NDArray[Any], header: Header) -> NDArray[Any]:
    if checksum(array) != header.manifest["checksums"][name]:
        raise ValueError(f"the checksum of the array {name!r} does not match")
    return array


def _mapped(memory: mmap.mmap, header: Header, name: str) -> NDArray[Any]:
    entry = header.arrays[name]
    # Each array has a base of its own, so that it alone becomes read-only.
    start = header.data_start + entry.start
    flat = np.frombuffer(memory, _DTYPES[entry.dtype], math.prod(entry.shape), start)
    return flat.reshape(entry.shape)


def _read(file: BinaryIO, header: Header, name: str) -> NDArray[Any]:
    entry = header.arrays[name]
    array = np.empty(entry.shape, _DTYPES[entry.dtype])
    file.seek(header.data_start + entry.start)
    file.readinto(array.reshape(-1).view(np.uint8))  # type: ignore[attr-defined]
    return array


def _native(array: NDArray[Any]) -> NDArray[Any]:
    return array if sys.byteorder == "little" else array.astype(array.dtype.newbyteorder("="))

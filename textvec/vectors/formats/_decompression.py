"""Opening vectors files: plain, compressed, or in a zip archive."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, BinaryIO

Source = str | os.PathLike[str] | BinaryIO
Opener = Callable[[BinaryIO], Any]

# The first bytes of each kind. Names may be wrong, and often end in .txt.
_COMPRESSED: dict[bytes, Opener] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")

# What other programs write as a zip archive, by the end of a name in it.
_NO_ARCHIVES = {
    "/data.pkl": (
        "a file of torch, which holds more than vectors: open it with torch, as in words, _, "
        "matrix, _ = torch.load(path, weights_only=True) for torchtext's, and convert it: "
        "WordVectors(words, matrix.numpy())"
    ),
    ".npy": "a file of several arrays of NumPy: use WordVectors(words, numpy.load(path)[name])",
    "[Content_Types].xml": "a document of an office program: write the table as CSV",
}

_DAMAGED = (
    EOFError,
    OSError,
    RuntimeError,  # of zipfile: encrypted
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)

# Vectors compress to a half or a third, repetitive ones to a tenth. A file that grows a hundred
# times is a decompression bomb, unless it is small: a few vectors of zeros compress as much.
MAX_EXPANSION = 100
FREE_EXPANSION = 1 << 21  # bytes that any file may grow to


def name_of(path: Source) -> str:
    """Return the name of a file in messages.

    Raises
    ------
    TypeError
        If it is neither a path nor a binary file that can be searched.
    """
    if isinstance(path, (str, os.PathLike)):
        return os.fspath(path)
    if not all(hasattr(path, method) for method in ("readinto", "seek")) or not path.seekable():
        raise TypeError(
            "path must be a path, or a file open for reading bytes, as by open(path, 'rb'), got "
            f"{type(path).__name__}."
        )
    return str(getattr(path, "name", type(path).__name__))


@contextmanager
def open_stream(path: Source, member: str | None = None) -> Iterator[Any]:
    """Open a file for reading bytes, decompressing gzip, bzip2, xz and zip.

    Parameters
    ----------
    path : str, path or binary file
        The file; one that is open is read from its beginning, and stays open.
    member : str or None, default=None
        Which file of a zip archive; None takes the only one. Nothing is ever extracted to disk.

    Yields
    ------
    binary file
        With ``readinto``.

    Raises
    ------
    ValueError
        If the compression is damaged, or an archive has no such member or several.
    """
    name = name_of(path)
    with ExitStack() as stack:
        if isinstance(path, (str, os.PathLike)):
            file: Any = stack.enter_context(open(path, "rb", buffering=0))
        else:
            file = path
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        first = file.read(8)
        file.seek(0)
        if first.startswith(_ZIP):
            stream = stack.enter_context(_open_member(file, name, member))
            yield _Decompressed(stream, name, size)
            return
        if member is not None:
            raise ValueError(f"{name} is no zip archive: it has no member {member!r}.")
        opener = next((o for magic, o in _COMPRESSED.items() if first.startswith(magic)), None)
        if opener is None:
            yield file
            return
        stream = stack.enter_context(opener(file))
        yield _Decompressed(stream, name, size)


@contextmanager
def _open_member(file: BinaryIO, name: str, member: str | None) -> Iterator[Any]:
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGED as error:
        raise _damaged(name, error) from error
    with archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        for end, kind in _NO_ARCHIVES.items():
            if member is None and any(entry.endswith(end) for entry in names):
                raise ValueError(f"{name} is {kind}.")
        if member is None and len(names) == 1:
            member = names[0]
        if member not in names:
            found = ", ".join(map(repr, names[:10])) + (", ..." if len(names) > 10 else "")
            which = "holds several files" if member is None else f"holds no {member!r}"
            if not names:
                raise ValueError(f"{name}: the archive is empty.")
            raise ValueError(f"{name}: the archive {which}: name one with member=, of {found}.")
        try:
            stream = archive.open(member)
        except (*_DAMAGED, NotImplementedError) as error:
            raise _damaged(name, error) from error
        with stream:
            yield stream


class _Decompressed:
    """A compressed stream that raises a ValueError if the compression is damaged.

    Parameters
    ----------
    stream : binary file
        With a method ``readinto`` that decompresses.
    name : str
        Its name in messages.
    size : int
        Of the compressed file, in bytes.
    """

    def __init__(self, stream: Any, name: str, size: int):
        self._stream = stream
        self._name = name
        self._limit = max(FREE_EXPANSION, MAX_EXPANSION * size)
        self._n_read = 0

    def readinto(self, part: memoryview) -> int:
        try:
            n_read = int(self._stream.readinto(part))
        except _DAMAGED as error:
            raise _damaged(self._name, error) from error
        self._n_read += n_read
        if self._n_read > self._limit:
            raise ValueError(
                f"{self._name} grows to more than {MAX_EXPANSION} times its size: this is no "
                "file of vectors. If it is, decompress it first."
            )
        return n_read


def _damaged(name: str, error: Exception) -> ValueError:
    return ValueError(
        f"{name}: the compressed file is damaged or cut short ({error}): get it again."
    )

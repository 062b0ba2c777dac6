"""Bytes of a file, compressed or not, as text; what is wrong is named with its line."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from .._compat import import_optional

_CHUNK = 1 << 20  # bytes that are read at a time


def _open_zstd(path: Path) -> BinaryIO:
    pyarrow = import_optional("pyarrow", needed_for="reading .zst files")
    return cast(BinaryIO, pyarrow.CompressedInputStream(pyarrow.OSFile(str(path)), "zstd"))


#: How files are opened, by the last suffix of their names.
COMPRESSIONS: dict[str, Callable[[Path], Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zst": _open_zstd,
}
_DAMAGED = (EOFError, OSError, zlib.error, lzma.LZMAError)


def open_bytes(path: Path) -> BinaryIO:
    """Open a file for reading bytes, decompressed if its name ends as that of such a file."""
    opener = COMPRESSIONS.get(path.suffix.lower())
    return open(path, "rb") if opener is None else cast(BinaryIO, opener(path))


def carriage_returns_alone(name: str) -> str:
    """Return the message for a file whose lines end as on the first Macintosh."""
    return (
        f"{name}: lines end with carriage returns alone: write it anew, as "
        "Path(path).write_text(Path(path).read_text()) does."
    )


class DecodedText:
    """Text of a file, piece by piece, with the number of the line that is being read.

    Parameters
    ----------
    file : binary file
    name : str
        Its name in messages.
    encoding, errors : str
        As of ``bytes.decode``. A byte order mark is left out.
    """

    def __init__(self, file: BinaryIO, name: str, *, encoding: str, errors: str):
        self._file = file
        self._name = name
        self._encoding = encoding
        is_utf8 = codecs.lookup(encoding).name == "utf-8"
        make = codecs.getincrementaldecoder("utf-8-sig" if is_utf8 else encoding)
        self._decoder = make(errors)
        self._n_lines = 0  # that have ended

    def __iter__(self) -> Iterator[str]:
        is_last = False
        while not is_last:
            data = self._read()
            is_last = not data
            text = self._decoded(data, is_last)
            if text:
                yield text
                self._n_lines += text.count("\n")

    def lines(self) -> Iterator[str]:
        """Yield the lines, without their ends: a line feed, or it behind a carriage return."""
        start: list[str] = []
        for text in self:
            first, *others = text.split("\n")
            start.append(first)
            if others:
                yield "".join(start).removesuffix("\r")
                for line in others[:-1]:
                    yield line.removesuffix("\r")
                start = others[-1:]
        if any(start):
            last = "".join(start).removesuffix("\r")
            if not self._n_lines and "\r" in last:  # the whole file would be one line
                raise ValueError(carriage_returns_alone(self._name))
            yield last

    def _read(self) -> bytes:
        try:
            return self._file.read(_CHUNK)
        except _DAMAGED as error:
            raise ValueError(
                f"{self._name}, after line {self._n_lines}: the file is damaged or cut short, or "
                f"not compressed as its name says ({error})."
            ) from error

    def _decoded(self, data: bytes, is_last: bool) -> str:
        try:
            return self._decoder.decode(data, is_last)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(error.encoding, "ignore")
            raise ValueError(
                f"{self._name}, line {self._n_lines + before.count(chr(10)) + 1}: "
                f"not {self._encoding}: {error.reason} (byte 0x{error.object[error.start]:02x}). "
                'Pass the encoding of the file as encoding=, or errors="replace".'
            ) from error


class Recoded(io.RawIOBase):
    """A file of UTF-8 whatever the encoding of another, for readers of UTF-8.

    Parameters
    ----------
    text : DecodedText
        What the other file holds.
    """

    def __init__(self, text: DecodedText):
        self._pieces = iter(text)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = memoryview(next(self._pieces, "").encode("utf-8", "surrogatepass"))
        n_bytes = min(len(buffer), len(self._rest))
        buffer[:n_bytes] = self._rest[:n_bytes]
        self._rest = self._rest[n_bytes:]
        return n_bytes

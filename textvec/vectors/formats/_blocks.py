"""The bytes of a file, plain or compressed, a block at a time."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from ..._kernels._text_vectors import SLACK

Opener = Callable[[BinaryIO], Any]

# How files of each kind begin. A name may lie, and often ends in .txt.
_COMPRESSED: dict[bytes, Opener] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
_FOREIGN = {
    b"PK\x03\x04": "a zip archive: extract the text file it holds, and load that",
    b"\xff\xfe": "text in UTF-16: write it anew in UTF-8",
    b"\xfe\xff": "text in UTF-16: write it anew in UTF-8",
    b"\xba\x16\x4f\x2f": "a binary fastText model: load the .vec file that comes with it",
}
_BOM = b"\xef\xbb\xbf"

BLOCK_SIZE = 1 << 20  # fits the cache of a core, so that a block is parsed where it was put
MAX_LINE = 1 << 26  # a million numbers of 64 characters


class Blocks:
    """A stream in blocks that begin with a line; the last one ends with a newline in any case.

    Parameters
    ----------
    stream : binary file
        Must have ``readinto``.
    name : str
        What messages call it.

    Attributes
    ----------
    buffer : bytearray
        The block, and at least `SLACK` bytes of no meaning behind it.
    size : int
        Of the block.
    start : int
        Where in the stream the block begins.
    """

    def __init__(self, stream: Any, name: str):
        self.name = name
        self.buffer = bytearray(BLOCK_SIZE + SLACK)
        self.size = 0
        self.start = 0
        self._stream = stream
        self._at_end = False
        self._fill()
        if self.buffer.startswith(_BOM, 0, self.size):
            self.advance(len(_BOM))

    def advance(self, n_used: int) -> bool:
        """Drop the first `n_used` bytes and read on; tell whether there was more to read.

        Raises
        ------
        ValueError
            If a line is longer than any vector, or the stream is damaged.
        """
        rest = self.size - n_used
        self.start += n_used
        if rest == len(self.buffer) - SLACK:  # a line that the buffer can't hold
            self._grow()
        else:
            self.buffer[:rest] = self.buffer[n_used : self.size]
        self.size = rest
        return self._fill()

    def first_line(self) -> bytes:
        """Give the first line of the block, without its newline; empty at the end."""
        while (end := self.buffer.find(b"\n", 0, self.size)) < 0:
            if not self.advance(0):
                return b""
        return bytes(self.buffer[:end])

    def _grow(self) -> None:
        if len(self.buffer) > MAX_LINE:
            raise ValueError(
                f"{self.name}: the line at byte {self.start} is longer than {MAX_LINE} bytes: "
                "this is no file of vectors as text."
            )
        self.buffer += bytes(len(self.buffer) - SLACK)

    def _fill(self) -> bool:
        before = self.size
        free = len(self.buffer) - SLACK
        while self.size < free and not self._at_end:
            with memoryview(self.buffer) as view, view[self.size : free] as part:
                n_read = self._stream.readinto(part)
            self.size += n_read
            self._at_end = not n_read
        if self._at_end and self.size and self.buffer[self.size - 1 : self.size] != b"\n":
            # There is room: had the buffer been full, the end would not have been seen.
            self.buffer[self.size : self.size + 1] = b"\n"
            self.size += 1
        return self.size > before


@contextmanager
def open_blocks(path: str | os.PathLike[str]) -> Iterator[Blocks]:
    """Open a file, decompressed if it is of gzip, bzip2 or xz.

    Raises
    ------
    ValueError
        If it is of a kind that holds no vectors as text, or its compression is damaged.
    """
    name = os.fspath(path)
    with open(path, "rb", buffering=0) as file:
        first = file.read(8)
        file.seek(0)
        for magic, kind in _FOREIGN.items():
            if first.startswith(magic):
                raise ValueError(f"{name} is {kind}.")
        opener = next((o for magic, o in _COMPRESSED.items() if first.startswith(magic)), None)
        if opener is None:
            yield Blocks(file, name)
            return
        with opener(file) as stream:
            yield Blocks(_Decompressed(stream, name), name)


class _Decompressed:
    """A compressed stream whose errors are told apart from those of reading the file."""

    def __init__(self, stream: Any, name: str):
        self._stream = stream
        self._name = name

    def readinto(self, part: memoryview) -> int:
        try:
            return int(self._stream.readinto(part))
        except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
            raise ValueError(
                f"{self._name}: the compressed file is damaged or cut short ({error}): "
                "get it again."
            ) from error

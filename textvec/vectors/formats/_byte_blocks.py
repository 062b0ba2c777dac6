"""Reading the bytes of a file block by block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._kernels._text_vectors import SLACK

_BOM = b"\xef\xbb\xbf"

BLOCK_SIZE = 1 << 20  # fits the cache of a core, where a block is then parsed
MAX_LINE = 1 << 26  # a million numbers of 64 characters


class Blocks:
    """Read a stream in blocks that begin with a line; the last one ends with a newline.

    Parameters
    ----------
    stream : binary file
        With a method ``readinto``.
    name : str
        Its name in messages.
    report : callable, default=bool
        Called with the number of bytes of each read.

    Attributes
    ----------
    buffer : bytearray
        The block, followed by at least `SLACK` undefined bytes.
    size : int
        Size of the block.
    start : int
        Position of the block in the stream.
    """

    def __init__(self, stream: Any, name: str, report: Callable[[int], object] = bool):
        self.name = name
        self.buffer = bytearray(BLOCK_SIZE + SLACK)
        self.size = 0
        self.start = 0
        self._stream = stream
        self._report = report
        self._at_end = False
        self._is_text = True
        self._has_extra_newline = False
        self._fill()
        if self.buffer.startswith(_BOM, 0, self.size):
            self.advance(len(_BOM))

    def advance(self, n_used: int) -> bool:
        """Drop the first `n_used` bytes and read on; return whether there was more to read.

        Raises
        ------
        ValueError
            If a line is longer than any vector, or the stream is damaged.
        """
        rest = self.size - n_used
        self.start += n_used
        if rest == len(self.buffer) - SLACK:  # a line longer than the buffer
            self._grow()
        else:
            self.buffer[:rest] = self.buffer[n_used : self.size]
        self.size = rest
        return self._fill()

    def first_line(self) -> bytes:
        """Return the first line of the block, without its newline; empty at the end."""
        while (end := self.buffer.find(b"\n", 0, self.size)) < 0:
            if not self.advance(0):
                return b""
        return bytes(self.buffer[:end])

    def open_line(self) -> bytes | None:
        """Return the last line of the block if the stream ends in it, without a newline."""
        if not self._has_extra_newline:
            return None
        return bytes(self.buffer[self.buffer.rfind(b"\n", 0, self.size - 1) + 1 : self.size - 1])

    def switch_to_binary(self) -> None:
        """Read the stream as binary from here on: no newline is added at its end."""
        self._is_text = False
        if self._has_extra_newline and self.size:
            self.size -= 1
        self._has_extra_newline = False

    def read(self, count: int) -> bytearray:
        """Return the next `count` bytes of a binary stream.

        Memory is allocated as they come, so a wrong count takes no more than the file.

        Raises
        ------
        ValueError
            If there are fewer.
        """
        data = bytearray()
        while len(data) < count:
            if not self.size and not self.advance(0):
                raise ValueError(
                    f"{self.name}: expected {count} bytes at byte {self.start - len(data)}, found "
                    f"{len(data)}: the file is cut short, get it again."
                )
            n_taken = min(self.size, count - len(data))
            with memoryview(self.buffer) as view:
                data += view[:n_taken]
            self.advance(n_taken)
        return data

    def _grow(self) -> None:
        if len(self.buffer) > MAX_LINE:
            raise ValueError(
                f"{self.name}: the line or vector at byte {self.start} is longer than {MAX_LINE} "
                "bytes: this is no file of vectors."
            )
        self.buffer += bytes(len(self.buffer) - SLACK)

    def _fill(self) -> bool:
        before = self.size
        free = len(self.buffer) - SLACK
        while self.size < free and not self._at_end:
            with memoryview(self.buffer) as view, view[self.size : free] as part:
                n_read = self._stream.readinto(part)
            self.size += n_read
            self._report(n_read)
            self._at_end = not n_read
        is_open_line = self.size and self.buffer[self.size - 1 : self.size] != b"\n"
        if self._at_end and self._is_text and is_open_line:
            # There is room: had the buffer been full, the end would not have been reached.
            self.buffer[self.size : self.size + 1] = b"\n"
            self.size += 1
            self._has_extra_newline = True
        return self.size > before

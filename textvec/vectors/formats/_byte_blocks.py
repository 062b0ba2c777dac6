"""The bytes of a file, a block at a time."""

from __future__ import annotations

from typing import Any

from ..._kernels._text_vectors import SLACK

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
        self._is_text = True
        self._has_extra_newline = False
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

    def be_binary(self) -> None:
        """Take the stream for what it is from here on, without a newline at its end."""
        self._is_text = False
        if self._has_extra_newline and self.size:
            self.size -= 1
        self._has_extra_newline = False

    def read(self, count: int) -> bytearray:
        """Give the next `count` bytes of a binary stream.

        Memory is taken as they come, so that a count that lies costs no more than the file.

        Raises
        ------
        ValueError
            If there are not as many.
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
            self._at_end = not n_read
        is_open_line = self.size and self.buffer[self.size - 1 : self.size] != b"\n"
        if self._at_end and self._is_text and is_open_line:
            # There is room: had the buffer been full, the end would not have been seen.
            self.buffer[self.size : self.size + 1] = b"\n"
            self.size += 1
            self._has_extra_newline = True
        return self.size > before

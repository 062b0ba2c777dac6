"""Documents in files, read anew by each iteration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from .._inputs._documents import Missing
from .._reporting._progress_bars import tracked
from ._text_columns import Layout


class _Stamp(NamedTuple):
    """What identifies a file, to find out whether it changed between two passes."""

    size: int
    changed: int  # in nanoseconds

    @classmethod
    def of(cls, path: Path) -> _Stamp:
        found = path.stat()
        return cls(found.st_size, found.st_mtime_ns)


@dataclass(frozen=True, repr=False, eq=False)
class TextFiles:
    """Documents in files, in the order of the files, as `read_text` returns them.

    Each ``iter()`` reads the files anew. How many documents there are is not known.

    Parameters
    ----------
    paths : tuple of Path
    layout : Layout
    missing : {"error", "empty"}
    """

    paths: tuple[Path, ...]
    layout: Layout
    missing: Missing
    _stamps: dict[Path, _Stamp] = field(default_factory=dict, init=False)

    def __iter__(self) -> Iterator[str]:
        for path in tracked(self.paths, "reading files", "files"):
            self._check_same(path)
            for row, document in enumerate(self.layout.documents(path)):
                if document is None:
                    document = self._filled(path, row)
                yield document
            self._check_same(path)

    def __repr__(self) -> str:
        names = ", ".join(repr(str(path)) for path in self.paths[:2])
        more = f", ... {len(self.paths)} files" if len(self.paths) > 2 else ""
        return f"{type(self).__name__}({names}{more})"

    def _filled(self, path: Path, row: int) -> str:
        if self.missing == "empty":
            return ""
        raise ValueError(
            f"{path}, row {row} (from 0): the document is missing. Fill it in, drop it, or pass "
            'missing="empty" to read_text.'
        )

    def _check_same(self, path: Path) -> None:
        """Check that a file is the one of the first pass, or of the beginning of this one."""
        try:
            found = _Stamp.of(path)
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f"{path}, file {self.paths.index(path) + 1} of {len(self.paths)}, has vanished."
            ) from error
        known = self._stamps.setdefault(path, found)
        if found != known:
            what = (
                f"its size was {known.size} bytes and is {found.size}"
                if found.size != known.size
                else "it was written again"
            )
            raise RuntimeError(
                f"{path} has changed since it was first read: {what}. Call read_text again, and "
                "do not change the files while something learns from them."
            )

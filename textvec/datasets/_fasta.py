"""Records of FASTA files: sequences under headers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ._text_decoding import DecodedText, carriage_returns_alone

# W. R. Pearson and D. J. Lipman (1988). Improved tools for biological sequence comparison. PNAS 85.
SUFFIXES = (".fa", ".fasta", ".fas", ".fna", ".ffn", ".faa", ".frn")


class Record(NamedTuple):
    """A sequence, and its header without the ``>``, of which the first word is the id."""

    sequence: str
    id: str
    description: str


def records(path: Path, text: DecodedText) -> Iterator[Record]:
    """Yield the records of a file, whose sequences are as written, but for white space.

    Raises
    ------
    ValueError
        If a line is out of place; the message names it.
    """
    description: str | None = None
    parts: list[str] = []
    for number, line in enumerate(text.lines(), 1):
        if "\r" in line:
            raise ValueError(carriage_returns_alone(f"{path}, line {number}"))
        if line.startswith(">"):
            if description is not None:
                yield _record(description, parts)
            description, parts = line[1:].strip(), []
        elif line.startswith(";"):  # a comment, as old files have
            continue
        elif ">" in line:
            raise ValueError(
                f"{path}, line {number}: a header begins inside of a line: {line[:50]!r}."
            )
        elif description is not None:
            parts.append("".join(line.split()))
        elif line.strip():
            raise ValueError(
                f"{path}, line {number}: expected a header, which begins with '>', got "
                f"{line[:50]!r}."
            )
    if description is not None:
        yield _record(description, parts)


def _record(description: str, parts: list[str]) -> Record:
    name = description.split(maxsplit=1)
    return Record("".join(parts), name[0] if name else "", description)

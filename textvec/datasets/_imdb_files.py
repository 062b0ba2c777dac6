"""The files of the IMDb reviews: reading the archive, writing and reading compressed CSV."""

from __future__ import annotations

import csv
import io
import lzma
import re
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

from .._reporting._progress_bars import tracked
from .._storage._files import replacing
from ._download import RemoteFile


class Review(NamedTuple):
    """A row of a data set."""

    text: str
    label: int  # -1 if there is none
    rating: int  # stars, 0 if there are none
    id: int
    name: str  # in the archive


class RatedText(NamedTuple):
    """A file of the archive."""

    text: str
    rating: int


Reviews: TypeAlias = dict[str, dict[int, RatedText]]  # by folder and id


@dataclass(frozen=True)
class Source:
    """The archive, and the number of reviews in each of its folders."""

    archive: RemoteFile
    counts: Mapping[str, int]


SOURCE = Source(
    RemoteFile(
        name="aclImdb_v1.tar.gz",
        url="https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
        known_hash="md5:7c2ac02c03563afcf9b574c7e56c153a",
        size=84_125_825,
    ),
    {
        "train/pos": 12_500,
        "train/neg": 12_500,
        "test/pos": 12_500,
        "test/neg": 12_500,
        "train/unsup": 50_000,
    },
)

# Label and folder of the rows of each file, in order. -1 marks unlabelled rows for
# scikit-learn's semi-supervised estimators.
_FOLDERS = {
    "train": {1: "train/pos", 0: "train/neg"},
    "test": {1: "test/pos", 0: "test/neg"},
    "unsup": {-1: "train/unsup"},
}
_LABELLED = ["text", "label", "rating", "id"]
_UNLABELLED = ["text", "id"]

_MEMBER = re.compile(r"aclImdb/((?:train|test)/(?:pos|neg|unsup))/([0-9]{1,6})_([0-9]{1,2})\.txt")
# The longest review has 14,282 characters. Python's csv module rejects longer fields than this,
# unless its limit is raised for the whole process.
_MAX_BYTES = 131_072


def file_name(part: str) -> str:
    """Return the name of the file of "train", "test" or "unsup"."""
    return f"imdb_{part}.csv.xz"


def load(folder: Path, part: str, source: Source) -> list[Review]:
    """Read one file.

    Raises
    ------
    ValueError
        If it is damaged, or holds another number of rows.
    """
    path = folder / file_name(part)
    try:
        rows = [_as_review(part, fields) for fields in _read_csv(path, _header(part))]
        _check_counts({part: len(rows)}, {part: _n_rows(part, source)})
    except (lzma.LZMAError, EOFError, csv.Error, KeyError, ValueError) as error:
        raise ValueError(
            f"'{path}' cannot be read as IMDb reviews ({error}): "
            "remove it and call fetch_imdb again."
        ) from error
    return rows


def _header(part: str) -> list[str]:
    return _UNLABELLED if part == "unsup" else _LABELLED


def _n_rows(part: str, source: Source) -> int:
    return sum(source.counts[folder] for folder in _FOLDERS[part].values())


def _read_csv(path: Path, header: list[str]) -> Iterator[list[str]]:
    # In one piece: 20 % faster than lzma.open. Only "\n" ends a line: reviews may hold U+0085.
    data = io.BytesIO(lzma.decompress(path.read_bytes()))
    reader = csv.reader(io.TextIOWrapper(data, encoding="utf-8", newline="\n"), strict=True)
    found = next(reader, [])
    if found != header:
        raise ValueError(f"its columns are {found}, not {header}")
    return reader


def _as_review(part: str, fields: list[str]) -> Review:
    if part == "unsup":
        text, number = fields
        label = rating = "-1"
    else:
        text, label, rating, number = fields
    stars = max(int(rating), 0)
    name = f"{_FOLDERS[part][int(label)]}/{number}_{stars}.txt"
    return Review(text, int(label), stars, int(number), name)


def convert(archive: Path, folder: Path, source: Source) -> None:
    """Write those of the three files that are missing in `folder`.

    Raises
    ------
    ValueError
        If the archive is damaged or holds another number of reviews.
    """
    try:
        reviews = _read_archive(archive, source)
    except (tarfile.TarError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ValueError(f"'{archive}' cannot be read as an archive of reviews: {error}") from error
    _check_counts({name: len(found) for name, found in reviews.items()}, source.counts)
    for part in _FOLDERS:
        if not (folder / file_name(part)).exists():
            _write(folder / file_name(part), part, reviews)


def _check_counts(found: Mapping[str, int], expected: Mapping[str, int]) -> None:
    for name, count in expected.items():
        if found[name] != count:
            raise ValueError(f"found {found[name]:,} reviews in {name}, expected {count:,}")


def _read_archive(path: Path, source: Source) -> Reviews:
    """Read the reviews and nothing else, without extracting anything to disk."""
    reviews: Reviews = {folder: {} for folder in source.counts}
    with tarfile.open(path, "r:gz") as archive:
        for member in tracked(archive, f"reading {path.name}", "files"):
            match = _MEMBER.fullmatch(member.name)
            if match is None or match[1] not in reviews or not _is_plain(member):
                continue
            text = _read_member(archive, member)
            reviews[match[1]][int(match[2])] = RatedText(text, int(match[3]))
    return reviews


def _is_plain(member: tarfile.TarInfo) -> bool:
    return member.isreg() and not member.issparse() and member.size <= _MAX_BYTES


def _read_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = archive.extractfile(member)
    assert file is not None  # only of links and folders
    return file.read().decode("utf-8")


def _write(path: Path, part: str, reviews: Reviews) -> None:
    with (
        replacing(path) as file,
        # Preset 1 is nine times as fast as the default, for files larger by a third.
        lzma.LZMAFile(file, "wb", preset=1) as compressed,
        io.TextIOWrapper(compressed, encoding="utf-8", newline="") as text,
    ):
        text.write(",".join(_header(part)) + "\n")
        # Texts are always quoted: older versions of csv leave a lone "\r" unquoted.
        writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
        writer.writerows(_rows(part, reviews))


def _rows(part: str, reviews: Reviews) -> Iterator[tuple[str | int, ...]]:
    for label, folder in _FOLDERS[part].items():
        for number, (text, rating) in sorted(reviews[folder].items()):
            yield (text, number) if part == "unsup" else (text, label, rating, number)

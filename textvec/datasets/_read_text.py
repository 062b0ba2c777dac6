"""Read documents from files, one after the other."""

from __future__ import annotations

import codecs
import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from .._inputs._documents import Missing
from .._inputs._named_arguments import naming_arguments
from .._inputs._paths import checked_path
from ._fasta import SUFFIXES as FASTA_SUFFIXES
from ._text_columns import Kind, Layout
from ._text_decoding import COMPRESSIONS
from ._text_files import TextFiles

_KINDS: dict[str, Kind] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    **dict.fromkeys(FASTA_SUFFIXES, "fasta"),
}
_NO_TEXT = {
    **dict.fromkeys((".zip", ".tar", ".tgz", ".7z"), "an archive: extract it, and pass the folder"),
    **dict.fromkeys((".arrow", ".feather"), "a table of Arrow: pass pyarrow.dataset.dataset(path)"),
    **dict.fromkeys((".xlsx", ".ods"), "a table of an office program: write it as CSV or Parquet"),
    **dict.fromkeys((".fastq", ".fq"), 'FASTQ: pass str(r.seq) of Bio.SeqIO.parse(path, "fastq")'),
    **dict.fromkeys((".pdf", ".docx"), "no plain text: extract the text first"),
}

_HIDDEN = (".", "_")  # as names of files begin that are not data

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


@naming_arguments()
def read_text(
    paths: Paths,
    *,
    column: str | None = None,
    document: Literal["line", "file"] = "line",
    encoding: str = "utf-8",
    errors: str = "strict",
    missing: Missing = "error",
) -> TextFiles:
    r"""Read documents from files, which may hold more text than memory does.

    Nothing is read before the result is iterated over, and then only a few documents at a time.
    Every tokenizer and vectorizer takes the result in place of a list of documents.

    Parameters
    ----------
    paths : str, path, or list of them
        A file, a pattern such as ``"data/*.csv.gz"``, or a folder, which stands for all files in it
        and its folders but hidden ones; links to folders are not followed. Files of a pattern or
        folder are in the order of their names. All must be of one kind:

        - ``.csv``, ``.tsv``, ``.parquet`` (with pyarrow: extra ``data``) and ``.jsonl`` are tables;
        - ``.fa``, ``.fasta``, ``.fas``, ``.fna``, ``.ffn``, ``.faa`` and ``.frn`` are FASTA, whose
          sequences are the documents: on one line or many, in upper and lower case as written;
        - any other suffix is plain text.

        With ``.gz``, ``.bz2``, ``.xz`` or ``.zst`` (with pyarrow) behind, they are decompressed.
    column : str or None, default=None
        The column of a table that holds the text; None takes the only one. Of FASTA ``"sequence"``,
        ``"id"``, the first word of the header, or ``"description"``, all of it; None takes the
        sequences.
    document : {"line", "file"}, default="line"
        Whether a line of plain text is a document, or a file. Empty lines are empty documents.
    encoding, errors : str, default="utf-8" and "strict"
        As in :func:`open`; "replace" reads files with errors. Parquet has its own encoding.
    missing : {"error", "empty"}, default="error"
        How to treat rows of a table without text: an error, or an empty document. In CSV, these are
        empty fields without quotes. An empty sequence is an empty document.

    Returns
    -------
    iterable of str
        Each ``iter()`` reads the files anew, so that a `fit` with several passes can use it. The
        number of documents is not known.

    Raises
    ------
    FileNotFoundError
        If there is no such file, a pattern or folder stands for none, a link leads nowhere, or,
        while it is read, a file has vanished.
    PermissionError
        If a folder or file may not be read.
    ValueError
        If files are of several kinds or of none; while they are read, for text that is not in the
        encoding, a row without text, a missing column. Messages name the file and the line.
    RuntimeError
        While they are read, if a file has changed since it was first read.

    See Also
    --------
    textvec.transform_blocks : Results that do not fit memory.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from textvec import WordTokenizer
    >>> from textvec.datasets import read_text
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.txt").write_text("to be\nor not to be\n")
    >>> _ = (folder / "b.txt").write_text("that is it\n")
    >>> documents = read_text(folder)
    >>> list(documents)
    ['to be', 'or not to be', 'that is it']
    >>> WordTokenizer().transform(documents)
    Tokens(3 documents, 9 tokens, 7 distinct)
    """
    _check_options(column, document, encoding, errors, missing)
    found = tuple(path for item in _items(paths) for path in _files_of(item))
    if not found:
        raise ValueError("paths is empty: there are no files to read.")
    kind = _kind_of_all(found)
    if kind == "text" and column is not None:
        raise ValueError(f"{found[0]} is plain text, which has no column {column!r}.")
    if kind != "text" and document == "file":
        what = "FASTA" if kind == "fasta" else "a table"
        raise ValueError(f'document="file" is for plain text, and {found[0]} is {what}.')
    return TextFiles(found, Layout(kind, column, document, encoding, errors), missing)


def _check_options(column: Any, document: Any, encoding: Any, errors: Any, missing: Any) -> None:
    if column is not None and not isinstance(column, str):
        raise TypeError(f"column must be a name, got {column!r:.50}.")
    for name, value, choices in (
        ("document", document, ("line", "file")),
        ("missing", missing, ("error", "empty")),
    ):
        if value not in choices:
            raise ValueError(f"{name} must be {choices[0]!r} or {choices[1]!r}, got {value!r:.50}.")
    for lookup, name, value in (
        (codecs.lookup, "encoding", encoding),
        (codecs.lookup_error, "errors", errors),
    ):
        try:
            lookup(value)
        except (LookupError, TypeError) as error:
            raise ValueError(f"{name}={value!r:.50} is not known to Python.") from error


def _items(paths: Any) -> list[str | os.PathLike[str]]:
    if isinstance(paths, (str, bytes, os.PathLike)):
        return [os.fsdecode(paths)]
    if hasattr(paths, "read"):
        raise TypeError(
            "paths is an open file, which can be read once: pass its path, or the file itself "
            "to a tokenizer or vectorizer that reads it once."
        )
    are_several = isinstance(paths, Iterable) and getattr(paths, "ndim", None) != 0
    items = list(paths) if are_several else [paths]
    for item in items:
        if not isinstance(item, (str, os.PathLike)):
            raise TypeError(f"paths must be str or paths, got {type(item).__name__}: {item!r:.50}")
    return items


def _files_of(item: str | os.PathLike[str]) -> list[Path]:
    name = os.fspath(item)
    if "://" in name:
        raise ValueError(f"{name} is no file on this machine: mount or download it.")
    path = checked_path(name, "paths").expanduser()
    if path.is_dir():
        files = sorted(filter(_is_file, _in_folder(path)))
        return _not_empty(files, f"the folder {path} holds no files")
    if path.exists():
        if not path.is_file():
            raise ValueError(
                f"{path} is no regular file, and may be read once only: open it, and pass the open "
                "file to a tokenizer or vectorizer."
            )
        return [path]
    if glob.has_magic(name):
        files = sorted(filter(_is_file, map(Path, glob.glob(str(path), recursive=True))))
        return _not_empty(files, f"no file matches {name!r} in {Path.cwd()}")
    raise FileNotFoundError(f"there is no file {name!r} in {Path.cwd()}.")


def _not_empty(files: list[Path], message: str) -> list[Path]:
    if not files:
        raise FileNotFoundError(f"{message}.")
    return files


def _in_folder(folder: Path) -> Iterator[Path]:
    """Yield what is in a folder and its folders, but what is hidden."""
    for place, folders, names in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if not name.startswith(_HIDDEN)]
        yield from (Path(place, name) for name in names if not name.startswith(_HIDDEN))


def _raise(error: OSError) -> None:
    raise error  # of a folder that may not be read, which os.walk leaves out


def _is_file(path: Path) -> bool:
    """Return whether this is a file, or raise an error for a link to none."""
    if path.is_symlink() and not path.exists():
        raise FileNotFoundError(f"{path} is a link to {os.readlink(path)!r}, which is not there.")
    return path.is_file()


def _kind_of_all(paths: tuple[Path, ...]) -> Kind:
    first = _kind_of(paths[0])
    for path in paths[1:]:
        if _kind_of(path) != first:
            raise ValueError(
                f"the files are of several kinds: {paths[0]} is {first}, {path} is "
                f"{_kind_of(path)}. Pass those of one kind, as with the pattern "
                f"'*{paths[0].suffix}'."
            )
    return first


def _kind_of(path: Path) -> Kind:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    is_compressed = bool(suffixes) and suffixes[-1] in COMPRESSIONS
    suffix = "".join(suffixes[-2:-1] if is_compressed else suffixes[-1:])
    if suffix in _NO_TEXT:
        raise ValueError(f"{path} is {_NO_TEXT[suffix]}.")
    kind = _KINDS.get(suffix, "text")
    if kind == "parquet" and is_compressed:
        raise ValueError(f"{path}: decompress it, Parquet is compressed inside.")
    return kind

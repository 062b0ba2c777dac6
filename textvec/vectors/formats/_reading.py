"""Reading a vectors file of any format, which is detected from its first bytes."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from io import RawIOBase
from typing import Literal, get_args

from ..._kernels._text_vectors import trailing_numbers
from ..._reporting._progress_bars import progress_bar
from ._byte_blocks import Blocks
from ._csv_format import find_delimiter, read_csv
from ._decompression import Source, name_of, open_stream
from ._fasttext_format import MAGIC as FASTTEXT_MAGIC
from ._fasttext_format import is_old_model, read_fasttext
from ._glove_format import read_glove
from ._model2vec_format import is_model2vec, read_model2vec
from ._native_format import is_native, read_native
from ._safetensors_format import is_safetensors, read_safetensors
from ._vectors_table import ReadOptions, VectorsTable
from ._word2vec_format import is_binary, is_header, read_word2vec, read_word2vec_binary

Format = Literal[
    "csv",
    "fasttext",
    "glove",
    "model2vec",
    "native",
    "safetensors",
    "word2vec",
    "word2vec-binary",
]

_READERS: dict[str, Callable[[Blocks, ReadOptions], VectorsTable]] = {
    "csv": read_csv,
    "fasttext": read_fasttext,
    "glove": read_glove,
    "word2vec": read_word2vec,
    "word2vec-binary": read_word2vec_binary,
}
_FOLDERS: dict[str, Callable[[str | os.PathLike[str], ReadOptions], VectorsTable]] = {
    "native": read_native,
    "model2vec": read_model2vec,
}

_SAMPLE = 1000  # lines that tell a header from a vector
_PICKLES = (
    *(bytes([0x80, protocol]) for protocol in range(2, 6)),
    *(
        b"(dp",
        b"(lp",
        b"(ip",
        b"ccopy_reg\n",
        b"ccopyreg\n",
        b"c__builtin__\n",
        b"cnumpy",
    ),  # protocol 0
    *(b"}q\x00", b"]q\x00"),  # protocol 1
)
_TAR, _TAR_AT = b"ustar", 257
_FOREIGN = {
    b"\xff\xfe\0\0": "text in UTF-32: convert it to UTF-8",
    b"\xff\xfe": "text in UTF-16: convert it to UTF-8",
    b"\xfe\xff": "text in UTF-16: convert it to UTF-8",
    b"\x93NUMPY": "an array without words: use WordVectors(words, numpy.load(...))",
    b"\x89HDF": "an HDF5 file, which holds more than vectors: write them as text",
    b"7z\xbc\xaf": "a 7z archive: extract the file it holds, and load that",
    b"(\xb5/\xfd": "compressed by zstd: decompress it first",
    b"PK\x03\x04": "an archive in an archive: extract the outer one",
    b"\x1f\x8b": "compressed twice: decompress it first",
    b"]\x00\x00": "compressed by lzma, of the old kind: decompress it first",
    b"Rar!": "a rar archive: extract the file it holds, and load that",
    b"version https://": "a pointer of Git LFS, not the file: fetch it by git lfs pull",
    b"<!DOCTYPE html": "a page of HTML, not a file of vectors: download the file that it links to",
    b"<!doctype html": "a page of HTML, not a file of vectors: download the file that it links to",
    b"ARROW1": "a table of Arrow: use WordVectors(frame.index, frame) of pandas.read_feather",
    b"PAR1": "a table of parquet: use WordVectors(frame.index, frame) of pandas.read_parquet",
    b"SQLite format 3": "a database of SQLite, which holds more than vectors: write them as text",
}


def read_vectors(
    path: Source,
    format: Format | None = None,
    options: ReadOptions | None = None,
    *,
    member: str | None = None,
) -> VectorsTable:
    """Read a file of vectors, plain or compressed by gzip, bzip2, xz or zip, or a folder of them.

    Parameters
    ----------
    path : str, path or binary file
        The file or folder.
    format : str or None, default=None
        One of `Format`; None detects it from the first bytes.
    options : ReadOptions or None, default=None
        What to read of it; None reads everything.
    member : str or None, default=None
        Which file of a zip archive; None takes the only one.

    Returns
    -------
    VectorsTable

    Raises
    ------
    ValueError
        If the file is not in the format; the message names the line or byte, what was
        expected and what was found.
    """
    options = ReadOptions() if options is None else options
    _check(format, options)
    name = name_of(path)
    if isinstance(path, (str, os.PathLike)) and (
        format in _FOLDERS or (format is None and os.path.isdir(path))
    ):
        return _FOLDERS[_format_of_folder(path, format)](path, options)
    if format in _FOLDERS:
        raise ValueError(f"a folder of vectors needs a path, got {name}.")
    with ExitStack() as stack:
        stream = stack.enter_context(open_stream(path, member))
        is_plain = isinstance(stream, RawIOBase)
        total = os.fstat(stream.fileno()).st_size if is_plain else None
        what = f"reading {os.path.basename(name)}"
        report = stack.enter_context(progress_bar(what, total, "bytes"))
        blocks = Blocks(stream, name, report)
        found = format or detect_format(blocks)
        if found != "safetensors":
            return _READERS[found](blocks, options)
    if not isinstance(path, (str, os.PathLike)):
        raise ValueError(f"{name} holds safetensors, which are mapped from a path: pass that.")
    if not is_plain:
        raise ValueError(f"{name} holds safetensors, compressed: decompress it first.")
    return read_safetensors(name, options)


def _format_of_folder(path: str | os.PathLike[str], format: str | None) -> str:
    found = "native" if is_native(path) else "model2vec" if is_model2vec(path) else None
    if found is None or format not in (None, found):
        raise ValueError(
            f"{os.fspath(path)} is no folder of vectors: it holds neither metadata.json, as save "
            "writes it, nor tokenizer.json and model.safetensors of model2vec."
            if format is None
            else f"{os.fspath(path)} is no folder of format={format!r}."
        )
    return found


def _check(format: str | None, options: ReadOptions) -> None:
    known = list(get_args(Format))
    if format is not None and format not in known:
        raise ValueError(f"format must be one of {known} or None, got {format!r}.")
    if options.errors not in ("strict", "replace", "ignore"):
        raise ValueError(f'errors must be "strict", "replace" or "ignore", got {options.errors!r}.')
    for name, value in (("embedding_dim", options.embedding_dim), ("limit", options.limit)):
        if value is None:
            continue
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise TypeError(f"{name} must be an int or None, got {value!r}.")
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}.")
        if value >= 2**63:
            raise ValueError(f"{name} must be less than 2**63, got {value}.")


def detect_format(blocks: Blocks) -> Format:
    """Detect the format from the first bytes of a file.

    Raises
    ------
    ValueError
        If it is in another format; the message names it.
    """
    first = bytes(blocks.buffer[: min(blocks.size, 16)])
    if blocks.buffer.startswith(_TAR, _TAR_AT, blocks.size):
        raise ValueError(f"{blocks.name} is a tar archive: extract the file it holds, load that.")
    if first.startswith(FASTTEXT_MAGIC):
        return "fasttext"
    if is_safetensors(first):
        return "safetensors"
    if first.startswith(_PICKLES):
        raise ValueError(
            f"{blocks.name} is a pickle, which can run any program when it is opened: textvec "
            "opens none. If you trust it, open it with gensim and convert it: WordVectors."
            "from_gensim(gensim.models.KeyedVectors.load(path)).save(new_path)."
        )
    for magic, kind in _FOREIGN.items():
        if first.startswith(magic):
            raise ValueError(f"{blocks.name} is {kind}.")
    if is_old_model(bytes(blocks.buffer[: min(blocks.size, 256)])):
        return "fasttext"
    if b"\0" in first[:4]:  # a header of word2vec is no shorter
        raise ValueError(
            f"{blocks.name} is binary, and of no format that is read here; or text in UTF-16 or "
            "UTF-32: convert that to UTF-8."
        )
    return _format_by_header(blocks)


def _format_by_header(blocks: Blocks) -> Format:
    """Take two integers for a header, unless all lines are that short."""
    header = blocks.first_line()
    if not is_header(header):
        return "glove" if find_delimiter(blocks) is None else "csv"
    counts = trailing_numbers(blocks.buffer, blocks.size, _SAMPLE)
    # A single line after it may have been cut short.
    if len(counts) > 2 and set(counts) == {1} and int(header.split()[1]) != 1:
        return "glove"
    return "word2vec-binary" if is_binary(blocks) else "word2vec"

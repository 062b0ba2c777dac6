"""Which format a vectors file is of."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import RawIOBase
from typing import Literal

from ..._kernels._text_vectors import trailing_numbers
from ._byte_blocks import Blocks
from ._decompression import open_stream
from ._fasttext_format import MAGIC as FASTTEXT_MAGIC
from ._fasttext_format import read_fasttext
from ._glove_format import read_glove
from ._native_format import is_native, read_native
from ._safetensors_format import looks_like_safetensors, read_safetensors
from ._vectors_table import Request, VectorsTable
from ._word2vec_format import is_binary, is_header, read_word2vec, read_word2vec_binary

Format = Literal["fasttext", "glove", "native", "safetensors", "word2vec", "word2vec-binary"]

_READERS: dict[str, Callable[[Blocks, Request], VectorsTable]] = {
    "fasttext": read_fasttext,
    "glove": read_glove,
    "word2vec": read_word2vec,
    "word2vec-binary": read_word2vec_binary,
}
FORMATS = sorted([*_READERS, "native", "safetensors"])

_SAMPLE = 1000  # lines that decide whether a header is one
_PICKLES = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
_FOREIGN = {
    b"\xff\xfe": "text in UTF-16: write it anew in UTF-8",
    b"\xfe\xff": "text in UTF-16: write it anew in UTF-8",
    b"\x93NUMPY": "an array without words: use WordVectors(words, numpy.load(...))",
    b"\x89HDF": "an HDF5 file, which holds more than vectors: write them as text",
    b"7z\xbc\xaf": "a 7z archive: extract the file it holds, and load that",
    b"(\xb5/\xfd": "compressed by zstd: decompress it first",
    b"PK\x03\x04": "an archive in an archive: extract the outer one",
    b"\x1f\x8b": "compressed twice: decompress it first",
}


def read_vectors(
    path: str | os.PathLike[str],
    format: Format | None = None,
    request: Request | None = None,
    *,
    member: str | None = None,
) -> VectorsTable:
    """Read a file of vectors, plain or compressed by gzip, bzip2, xz or zip, or a folder of them.

    Parameters
    ----------
    path : str or path
        Of the file or folder.
    format : str or None, default=None
        One of `FORMATS`; None decides by the first bytes.
    request : Request or None, default=None
        What to read of it; None reads all.
    member : str or None, default=None
        Which file of a zip archive; None takes the only one.

    Returns
    -------
    VectorsTable

    Raises
    ------
    ValueError
        If the file is not what it should be; the message names the line or byte, what was
        expected and what was found. Nothing of it is returned then.
    """
    request = Request() if request is None else request
    _check(format, request)
    name = os.fspath(path)
    if format == "native" or (format is None and os.path.isdir(path)):
        if not is_native(path):
            raise ValueError(f"{name} is no folder of vectors: it holds no metadata.json.")
        return read_native(path, request)
    with open_stream(path, member) as stream:
        is_plain = isinstance(stream, RawIOBase)
        blocks = Blocks(stream, name)
        found = format or sniff(blocks)
        if found != "safetensors":
            return _READERS[found](blocks, request)
    if not is_plain:
        raise ValueError(f"{name} holds safetensors, compressed: decompress it first.")
    return read_safetensors(name, request)


def _check(format: str | None, request: Request) -> None:
    if format is not None and format not in FORMATS:
        raise ValueError(f"format must be one of {FORMATS} or None, got {format!r}.")
    for name, value in (("embedding_dim", request.embedding_dim), ("limit", request.limit)):
        if value is not None and value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}.")


def sniff(blocks: Blocks) -> Format:
    """Decide on the format by how a file begins.

    Raises
    ------
    ValueError
        If it is of none; the message says what it is.
    """
    first = bytes(blocks.buffer[: min(blocks.size, 16)])
    if first.startswith(FASTTEXT_MAGIC):
        return "fasttext"
    if looks_like_safetensors(first):
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
    return _sniff_header(blocks)


def _sniff_header(blocks: Blocks) -> Format:
    """Two whole numbers are a header unless all lines are so short."""
    header = blocks.first_line()
    if not is_header(header):
        return "glove"
    counts = trailing_numbers(blocks.buffer, blocks.size, _SAMPLE)
    # A single line behind it may have been cut short.
    if len(counts) > 2 and set(counts) == {1} and int(header.split()[1]) != 1:
        return "glove"
    return "word2vec-binary" if is_binary(blocks) else "word2vec"

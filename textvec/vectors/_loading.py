"""From files, folders and gensim's objects to tables of vectors, and back to files."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .._containers._read_only import read_only
from .._containers._vocabulary import FIRST, Vocabulary
from .._inputs._paths import checked_path
from .._inputs._words import word_list
from .._reporting._caller_warnings import warn_caller
from ._cache import read_cached
from ._subword_vectors import SubwordVectors
from ._word_table import Subwords
from .formats import (
    DecodingErrors,
    Format,
    ReadOptions,
    Source,
    SubwordTable,
    VectorsTable,
    name_of,
    read_vectors,
)
from .formats._native_format import read_native, write_native
from .formats._writing import WRITERS, write_vectors

# Names that files have, by the format that is meant; a folder of such a name surprises.
_OF_FILES = {
    ".bin": "word2vec-binary",
    **dict.fromkeys((".txt", ".vec", ".gz", ".bz2", ".xz"), "word2vec"),
}


class Origin(NamedTuple):
    """The folder that vectors are mapped from.

    Parameters
    ----------
    folder : str
        Its absolute path.
    checksum : str
        Of its contents.
    n_words : int
        Number of words that are used, from the top.
    """

    folder: str
    checksum: str
    n_words: int


def load_table(
    path: Source,
    *,
    format: Format | None,
    member: str | None,
    embedding_dim: int | None,
    limit: int | None,
    words: Iterable[str] | None,
    dtype: DTypeLike | None,
    errors: DecodingErrors,
    cache: bool | str | os.PathLike[str],
) -> tuple[VectorsTable, Origin | None]:
    """Read vectors into the table of an embedding; for the parameters see `WordVectors.load`."""
    name = name_of(path)
    options = ReadOptions(embedding_dim, limit, _wanted(words), _float_dtype(dtype), errors, FIRST)
    if not isinstance(cache, (bool, str, os.PathLike)):
        raise TypeError(f"cache must be a bool or the path of a folder, got {cache!r:.50}.")
    if not isinstance(path, (str, os.PathLike)):
        if cache is not False:
            raise ValueError(f"cache needs a path, got {type(path).__name__}.")
        table = read_vectors(path, format, options, member=member)
        _warn_of_words(name, table, options)
        return table, None
    folder = checked_path(path, "path")
    _check_is_file(folder)
    if cache is False or folder.is_dir():
        table = read_vectors(path, format, options, member=member)
    else:
        table, folder = read_cached(path, format, options, member=member, cache=cache)
    _warn_of_words(name, table, options)
    if table.mapped is None:
        return table, None
    return table, Origin(os.path.abspath(folder), table.mapped, len(table.offsets) - 1)


def _check_is_file(path: Path) -> None:
    """Check that there is a file that can be searched, or a folder."""
    if path.is_file() or path.is_dir():
        return
    if path.exists():
        raise ValueError(
            f"{path} is no regular file, and may be read once only: pass what it holds, as "
            "io.BytesIO(file.read()), or write that to a file."
        )
    hint = "no such file or folder"
    if "glove" in path.name.lower():
        hint += " (textvec.datasets.fetch_glove downloads the vectors of GloVe)"
    raise FileNotFoundError(errno.ENOENT, hint, os.fspath(path))


def _warn_of_words(name: str, table: VectorsTable, options: ReadOptions) -> None:
    """Warn the caller of `WordVectors.load` of words that are not as in the file."""
    said = []
    if table.n_duplicates:
        said.append(
            f"{table.n_duplicates} vectors are left out, as their words came before; the first of "
            "each is kept."
        )
    if table.n_repaired:
        said.append(
            f"{table.n_repaired} words are not UTF-8, and were read with errors={options.errors!r}."
        )
    if options.words is not None and len(options.words) and len(table.offsets) == 1:
        said.append("none of `words` was found: do they agree with the file in lower case?")
    is_part = options.words is not None or options.limit == len(table.offsets) - 1
    if table.subwords is not None and is_part:
        said.append(
            "words left out by `words` or `limit` get vectors of their subwords alone, other than "
            "those in the file: leave out the two where this matters."
        )
    for text in said:
        warn_caller(f"{name}: {text}")


def reopen(origin: Origin) -> VectorsTable:
    """Map vectors again, in another process or later.

    Raises
    ------
    FileNotFoundError
        If the folder is gone.
    ValueError
        If it holds other vectors now.
    """
    remedy = "load the vectors again, or pickle a copy: WordVectors(v.vocabulary, v.matrix.copy())"
    if not os.path.isdir(origin.folder):
        raise FileNotFoundError(
            f"the vectors were mapped from {origin.folder}, which is gone: {remedy}."
        )
    table = read_native(origin.folder, ReadOptions(limit=max(1, origin.n_words), n_reserved=FIRST))
    if table.mapped != origin.checksum:
        raise ValueError(
            f"{origin.folder} holds other vectors than when these were pickled: {remedy}."
        )
    return table


def save_table(
    path: str | os.PathLike[str], table: VectorsTable, *, format: str | None, n_reserved: int
) -> None:
    """Write a table; for the parameters see `WordVectors.save`."""
    path = checked_path(path, "path")
    meant = _OF_FILES.get(path.suffix)
    if format is None and meant is not None:
        raise ValueError(
            f"{path} is named as a file, and what is written without format= is a "
            f'folder: set format="{meant}", or leave out {path.suffix}.'
        )
    if format in (None, "native"):
        write_native(path, table, n_reserved=n_reserved, source={})
        return
    if format not in WRITERS:
        choices = sorted([*WRITERS, "native"])
        raise ValueError(f"format must be one of {choices} or None, got {format!r}.")
    write_vectors(path, table._replace(matrix=table.matrix[n_reserved:]), format)


def subword_vectors(table: SubwordTable | None) -> SubwordVectors | None:
    """Convert subwords of a file to those of `WordVectors`."""
    if table is None:
        return None
    return SubwordVectors(read_only(table.table), min_n=table.min_n, max_n=table.max_n)


def subword_table(subwords: Subwords | None) -> SubwordTable | None:
    """Convert subwords of `WordVectors` to those of a file.

    Raises
    ------
    TypeError
        If they are not fastText's.
    """
    if subwords is None:
        return None
    if not isinstance(subwords, SubwordVectors):
        raise TypeError(f"only SubwordVectors can be saved, got {type(subwords).__name__}.")
    return SubwordTable(subwords.table, subwords.min_n, subwords.max_n)


def gensim_parts(
    keyed_vectors: Any,
) -> tuple[list[str], NDArray[Any], SubwordVectors | None]:
    """Copy words, matrix and subwords of gensim's vectors.

    Raises
    ------
    TypeError
        If they are something else.
    """
    if hasattr(keyed_vectors, "wv"):
        raise TypeError(
            f"keyed_vectors must be the vectors of the {type(keyed_vectors).__name__}: pass its .wv"
        )
    if not hasattr(keyed_vectors, "index_to_key") or not hasattr(keyed_vectors, "vectors"):
        raise TypeError(
            f"keyed_vectors must be gensim's KeyedVectors, got {type(keyed_vectors).__name__}."
        )
    # Doc2Vec's tags may be integers.
    words = [key if isinstance(key, str) else str(key) for key in keyed_vectors.index_to_key]
    # gensim may go on changing its own.
    matrix = read_only(np.array(keyed_vectors.vectors[: len(words)]))
    table = getattr(keyed_vectors, "vectors_ngrams", None)
    if table is None or not len(table) or not getattr(keyed_vectors, "bucket", 0):
        return words, matrix, None
    subwords = SubwordVectors(
        read_only(np.array(table[: keyed_vectors.bucket], dtype=np.float32)),
        min_n=keyed_vectors.min_n,
        max_n=keyed_vectors.max_n,
    )
    return words, matrix, subwords


def _wanted(words: Iterable[str] | None) -> Vocabulary | None:
    if words is None or isinstance(words, Vocabulary):
        return words
    return Vocabulary(dict.fromkeys(word_list(words)))


def _float_dtype(dtype: DTypeLike | None) -> np.dtype[Any] | None:
    if dtype is None:
        return None
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found is None or found not in (np.float16, np.float32):
        raise ValueError(f'dtype must be "float16", "float32" or None, got {dtype!r}.')
    return found

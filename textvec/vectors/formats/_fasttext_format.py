"""fastText's binary models: words, and vectors of their character n-grams."""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._containers._vocabulary import Vocabulary
from ..._containers._vocabulary_checks import is_utf8
from ..._kernels._subword_sums import add_subwords
from ._byte_blocks import Blocks
from ._text_lines import NOT_UTF8, quoted
from ._vectors_table import (
    DecodingErrors,
    ReadOptions,
    SubwordTable,
    VectorsTable,
    first_not_finite,
    select,
)

MAGIC = b"\xba\x16\x4f\x2f"

_VERSIONS = (11, 12)  # they differ for classifiers only
_VERSION = struct.Struct("<i")  # after the magic number; models before version 11 have neither
_SETTINGS = struct.Struct(
    "<12i"  # dim, ws, epoch, minCount, neg, wordNgrams, loss, model, bucket, minn, maxn, ...
    "d"  # t
    "3iq"  # entries, words, labels, tokens
)
_PRUNED = struct.Struct("<q")  # entries of the pruned index, from version 11 on
_ENTRY = struct.Struct("<qb")  # count and type, after a word and a NUL
_QUANTISED = struct.Struct("<?")  # from version 11 on
_MATRIX = struct.Struct("<2q")  # number of rows, of columns
_END_OF_SENTENCE = b"</s>"  # the only word without n-grams, from version 11 on


class _Words(NamedTuple):
    vocabulary: Vocabulary
    rows: list[int]  # of the first vector of each word
    n_repaired: int


class _Header(NamedTuple):
    is_old: bool
    width: int
    n_buckets: int
    min_n: int
    max_n: int
    n_words: int


def read_fasttext(blocks: Blocks, options: ReadOptions) -> VectorsTable:
    """Read a binary model of fastText.

    Parameters
    ----------
    blocks : Blocks
        The file.
    options : ReadOptions

    Returns
    -------
    VectorsTable
        With `subwords`, unless the model was trained without.

    Raises
    ------
    ValueError
        If the file is no such model, is quantised, or is a classifier.

    Notes
    -----
    A word's vector is the mean of its own and those of its character n-grams, the word being
    put between ``<`` and ``>`` [1]_. The output matrix, which follows in the file, is not read.

    References
    ----------
    .. [1] P. Bojanowski, E. Grave, A. Joulin and T. Mikolov, "Enriching Word Vectors with Subword
       Information", TACL 5, 2017. Format: ``src/fasttext.cc`` and ``src/dictionary.cc`` of
       https://github.com/facebookresearch/fastText, version 0.9.2.
    """
    blocks.switch_to_binary()
    header = _header(blocks)
    options.check_width(header.width, blocks.name)
    words = _words(blocks, header.n_words, options.errors)
    matrix = _matrix(blocks, header)
    own, ngrams = matrix[: header.n_words], matrix[header.n_words :]
    if first_not_finite(matrix) is not None:
        raise ValueError(f"{blocks.name} holds numbers that are not finite: it is damaged.")
    has_subwords = len(ngrams) > 0 and header.max_n > 0
    subwords = SubwordTable(ngrams, header.min_n, header.max_n) if has_subwords else None
    table = VectorsTable(
        words.vocabulary.buffer,
        words.vocabulary.offsets,
        own if len(words.rows) == len(own) else own[words.rows],
        "fasttext",
        n_duplicates=len(own) - len(words.rows),
        n_repaired=words.n_repaired,
        subwords=subwords,
    )
    chosen = select(table, ReadOptions(limit=options.limit, words=options.words))
    if subwords is not None:
        chosen = chosen._replace(matrix=_composed(chosen, subwords, header.is_old))
    table = select(chosen, ReadOptions(dtype=options.float_dtype, n_reserved=options.n_reserved))
    if first_not_finite(table.matrix) is not None:
        raise ValueError(f"{blocks.name} holds numbers that are not finite in float16.")
    return table


def is_old_model(first: bytes) -> bool:
    """Return whether a file begins as a model of before version 11, which has no magic number."""
    return len(first) >= _SETTINGS.size and _is_sound(_SETTINGS.unpack(first[: _SETTINGS.size]))


def _is_sound(settings: tuple[Any, ...]) -> bool:
    width, window, epochs, _, _, _, loss, kind, n_buckets, min_n, max_n, _, progress = settings[:13]
    return (
        all(0 < count < 1 << 24 for count in (width, window, epochs, n_buckets + 1))
        and 1 <= loss <= 3
        and 1 <= kind <= 3
        and 0 <= min_n <= max_n < 100
        and 0 <= progress < 1
    )


def _header(blocks: Blocks) -> _Header:
    first = bytes(blocks.read(len(MAGIC)))
    is_old = first != MAGIC
    if not is_old:
        (version,) = _VERSION.unpack(blocks.read(_VERSION.size))
        if version not in _VERSIONS:
            raise ValueError(
                f"{blocks.name}: expected a model of fastText in version 11 or 12 of its format, "
                f"found {version}."
            )
        first = b""
    values: tuple[Any, ...] = _SETTINGS.unpack(first + blocks.read(_SETTINGS.size - len(first)))
    if is_old and not _is_sound(values):
        raise ValueError(f"{blocks.name}: expected a model of fastText, a .bin file.")
    n_pruned = 0 if is_old else _PRUNED.unpack(blocks.read(_PRUNED.size))[0]
    width, n_buckets, min_n, max_n = values[0], *values[8:11]
    n_entries, n_words, n_labels, _ = values[13:]
    if n_labels or n_pruned > 0:
        raise ValueError(
            f"{blocks.name} is a classifier of fastText, of {n_labels} labels: only models of "
            "words are read."
        )
    sizes = (width - 1, n_buckets, min_n, max_n, n_words - 1)
    if min(sizes) < 0 or n_entries != n_words or (max_n and min_n < 1):
        raise ValueError(f"{blocks.name}: the header of the fastText model is damaged.")
    return _Header(is_old, width, n_buckets, min_n, max_n, n_words)


def _words(blocks: Blocks, n_words: int, errors: DecodingErrors) -> _Words:
    tokens: list[bytes] = []
    position = 0
    while len(tokens) < n_words:
        end = blocks.buffer.find(b"\0", position, blocks.size)
        if end < 0 or end + 1 + _ENTRY.size > blocks.size:
            if not blocks.advance(position):
                raise ValueError(
                    f"{blocks.name}, byte {blocks.start}: expected {n_words} words, found "
                    f"{len(tokens)}: the file is cut short, get it again."
                )
            position = 0
            continue
        tokens.append(bytes(blocks.buffer[position:end]))
        position = end + 1 + _ENTRY.size
    blocks.advance(position)
    return _decoded(blocks.name, tokens, errors)


def _decoded(name: str, tokens: list[bytes], errors: DecodingErrors) -> _Words:
    broken = [number for number, token in enumerate(tokens) if not is_utf8(token)]
    if broken and errors == "strict":
        raise ValueError(
            f"{name}, word {broken[0] + 1}: expected UTF-8, found {quoted(tokens[broken[0]])}: "
            f"{NOT_UTF8}"
        )
    words = [token.decode("utf-8", errors) for token in tokens]
    rows = list(range(len(words)))
    if broken:  # of which several may have become the same
        first = {word: row for row, word in reversed(list(enumerate(words)))}
        rows = sorted(first.values())
    try:
        return _Words(Vocabulary(words[row] for row in rows), rows, len(broken))
    except ValueError as error:
        raise ValueError(f"{name} is damaged: {error}") from error


def _matrix(blocks: Blocks, header: _Header) -> NDArray[np.float32]:
    is_quantised = not header.is_old and _QUANTISED.unpack(blocks.read(_QUANTISED.size))[0]
    if is_quantised:
        raise ValueError(
            f"{blocks.name} is a quantised model: get the .bin or .vec file of the same vectors."
        )
    n_rows, width = _MATRIX.unpack(blocks.read(_MATRIX.size))
    if width != header.width or n_rows != header.n_words + header.n_buckets:
        raise ValueError(
            f"{blocks.name}: expected a matrix of {header.n_words + header.n_buckets} x "
            f"{header.width} numbers, found one of {n_rows} x {width}: the file is damaged."
        )
    data = np.frombuffer(blocks.read(4 * n_rows * width), np.dtype("<f4"))
    return data.astype(np.float32, copy=False).reshape(n_rows, width)


def _composed(table: VectorsTable, subwords: SubwordTable, is_old: bool) -> NDArray[np.float32]:
    """Compute the means of words' own vectors and those of their n-grams."""
    sums = np.array(table.matrix)
    counts = add_subwords(table.buffer, table.offsets, *subwords[1:], subwords.table, sums)
    end_of_sentence = table.vocabulary.get(_END_OF_SENTENCE.decode())
    if end_of_sentence is not None and not is_old:
        sums[end_of_sentence] = table.matrix[end_of_sentence]
        counts[end_of_sentence] = 0
    sums /= (counts + 1)[:, None].astype(np.float32)
    return sums

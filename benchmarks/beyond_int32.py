"""More than 2**31 of something: figures of ``scale.py`` that check what they make.

``scale.py int32-tokens int32-ids int32-counts --mb 9000 --threads 1`` makes 2.25 billion tokens of
short words, which a generator repeats, on disk; ``scale.py int32-document --mb 2200 --threads 1``
reads them as one document. Whatever is wrong is an AssertionError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain, cycle, islice, product
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import numpy as np

import textvec
from textvec import CountVectorizer, SequenceVectorizer, Tokens, WordTokenizer, transform_blocks

_LIMIT = 2**31
_N_WORDS = 1000  # of a document, which are all different
_N_DOCUMENTS = 64  # different ones
_LAST = "the last document of all"


@cache
def _words() -> list[str]:
    return ["".join(letters) for letters in product(ascii_lowercase, repeat=3)]


@cache
def _texts() -> list[str]:
    starts = range(0, 251 * _N_DOCUMENTS, 251)
    return [" ".join(_words()[start : start + _N_WORDS]) for start in starts]


def _n_documents(mb: int) -> int:
    n = mb * 1_000_000 // (len(_texts()[0]) + 1)
    assert n * _N_WORDS > _LIMIT, f"{mb} MB are {n * _N_WORDS} tokens, not more than {_LIMIT}."
    return n


def _stream(mb: int) -> Iterator[str]:
    return chain(islice(cycle(_texts()), _n_documents(mb)), [_LAST])


def _expected(mb: int) -> dict[int, list[str]]:
    """Return the words of the first row, of one behind 2**31 tokens, and of the last row."""
    n = _n_documents(mb)
    behind = _LIMIT // _N_WORDS + 1
    texts = {0: _texts()[0], behind: _texts()[behind % _N_DOCUMENTS], n: _LAST}
    return {row: text.split() for row, text in texts.items()}


def tokens_on_disk(mb: int, folder: Path) -> Tokens:
    """Tokenize, and check what a later process opens."""
    transform_blocks(WordTokenizer(), _stream(mb), out=folder / "tokens")
    tokens = textvec.load(folder / "tokens")
    _check_rows(tokens, mb, lambda row: tokens[row].tolist(), tokens.vocabulary)
    assert isinstance(tokens, Tokens)
    return tokens


def ids_on_disk(tokens: Tokens, mb: int, folder: Path) -> Any:
    """Learn a vocabulary from mapped tokens, and write their ids."""
    vectorizer = SequenceVectorizer().fit(tokens)
    ids = transform_blocks(vectorizer, tokens, out=folder / "ids")
    _check_rows(ids, mb, lambda row: ids[row].tolist(), vectorizer.vocabulary_)
    return ids


def _check_rows(
    rows: Any, mb: int, ids_of: Callable[[int], list[int]], vocabulary: textvec.Vocabulary
) -> None:
    expected = _expected(mb)
    n_items = (len(rows) - 1) * _N_WORDS + len(_LAST.split())
    _check((rows.values.dtype, rows.offsets.dtype), (np.int32, np.int64))
    _check((len(rows), len(rows.values), rows.offsets[-1]), (max(expected) + 1, n_items, n_items))
    for row, words in expected.items():
        _check([vocabulary.id_to_token(i) for i in ids_of(row)], words)
    picked = rows[np.array(list(expected))]
    _check(picked.to_list(), [rows[row : row + 1].to_list()[0] for row in expected])


def _check(found: Any, expected: Any) -> None:
    assert found == expected, f"{found!r:.200} is not {expected!r:.200}"


def counts_on_disk(mb: int, folder: Path) -> Any:
    """Count words, of which there are more than 2**31 pairs of a document and a word."""
    vectorizer = CountVectorizer(vocabulary=[*_words(), "last", "document"], dtype=np.uint8)
    counts = transform_blocks(vectorizer, _stream(mb), out=folder / "counts")
    _check((counts.indices.dtype, counts.indptr.dtype), (np.int64, np.int64))
    names = vectorizer.get_feature_names_out()
    known = {row: sorted(set(words) & set(names)) for row, words in _expected(mb).items()}
    for row, words in known.items():
        _check(sorted(names[counts[row].indices]), words)
        _check(counts[row].data.tolist(), [1] * len(words))
    _check(counts.nnz, (counts.shape[0] - 1) * _N_WORDS + len(known[max(known)]))
    return counts


def one_document(mb: int) -> list[str]:
    """Return a document of so many MB."""
    text = _texts()[0] + " "
    n_times = mb * 1_000_000 // len(text)
    assert n_times * len(text) > _LIMIT, f"{mb} MB are no more than {_LIMIT} characters."
    return [text * n_times]


def read_document(X: list[str]) -> Any:
    """Tokenize a document of more than 2**31 characters, and ask for its spans."""
    n_times = len(X[0]) // (len(_texts()[0]) + 1)
    tokens = WordTokenizer().transform(X)
    _check(tokens.lengths.tolist(), [n_times * _N_WORDS])
    _check(tokens.values[-_N_WORDS:].tolist(), list(range(_N_WORDS)))
    _check("spans are int32" in _message(WordTokenizer(spans=True), X), True)
    return tokens


def _message(tokenizer: WordTokenizer, X: list[str]) -> str:
    """Return what an error says of documents."""
    try:
        tokenizer.transform(X)
    except ValueError as error:
        return str(error)
    return ""

"""Containers made of the arrays that a store holds, without a copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, csr_matrix

from .._containers._embedded_sequences import EmbeddedSequences
from .._containers._ragged import Ragged, trusted_rows
from .._containers._read_only import read_only
from .._containers._tokens import Tokens, trusted_tokens
from ._joining import Facts

Arrays = Mapping[str, NDArray[Any]]


def container_of(facts: Facts, arrays: Arrays) -> Any:
    """Return the container of these arrays, which are trusted and not checked again.

    Raises
    ------
    KeyError
        If an array or an option is missing, or there is no such kind.
    """
    return _MAKERS[facts.kind](facts.options, arrays)


def _ragged(options: dict[str, Any], arrays: Arrays) -> Ragged:
    return trusted_rows(arrays["values"], arrays["offsets"], n_ids=options["n_ids"])


def _tokens(options: dict[str, Any], arrays: Arrays) -> Tokens:
    spans = arrays["spans"] if options["has_spans"] else None
    names = ("values", "offsets", "words", "word_offsets")
    values, offsets, words, word_offsets = (arrays[name] for name in names)
    return trusted_tokens((values, offsets, words, word_offsets, spans))


def _embedded(options: dict[str, Any], arrays: Arrays) -> EmbeddedSequences:
    if "table" in arrays:
        table: Any = read_only(arrays["table"])
    else:
        parts = tuple(arrays[f"table_{name}"] for name in ("data", "indices", "indptr"))
        table = csr_array(parts, shape=(options["n_table_rows"], options["embedding_dim"]))
    ids = _ragged(options, arrays)
    return EmbeddedSequences(ids, table, length=options["length"], padding=options["padding"])


def _sparse(make: Callable[..., Any]) -> Callable[[dict[str, Any], Arrays], Any]:
    def matrix(options: dict[str, Any], arrays: Arrays) -> Any:
        data, indices, indptr = (arrays[name] for name in ("data", "indices", "indptr"))
        shape = (len(indptr) - 1, options["n_columns"])
        if not indices.dtype == indptr.dtype == np.int64:
            return make((data, indices, indptr), shape=shape)
        # The constructor would read all of them, to see whether fewer bits would do.
        wide = make(shape, dtype=data.dtype)
        wide.data, wide.indices, wide.indptr = data, indices, indptr
        return wide

    return matrix


_MAKERS: dict[str, Callable[[dict[str, Any], Arrays], Any]] = {
    "Ragged": _ragged,
    "Tokens": _tokens,
    "EmbeddedSequences": _embedded,
    "csr_matrix": _sparse(csr_matrix),
    "csr_array": _sparse(csr_array),
    "ndarray": lambda options, arrays: arrays["array"],
}

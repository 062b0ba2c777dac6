"""Co-occurrence counts made elsewhere: frames, mappings and matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, issparse

from .._containers._vocabulary import Vocabulary
from .._inputs._plain_array import plain_array


def read_pairs(table: Any, vocabulary: Vocabulary | Sequence[str] | None) -> tuple[Vocabulary, Any]:
    """Read a table of how often two concepts occur together.

    Parameters
    ----------
    table : frame of three columns, or matrix of shape (n_concepts, n_concepts)
        A frame's columns are a concept, another, and their count; a matrix may be of scipy or an
        array. A pair may be given once or both ways.
    vocabulary : Vocabulary, sequence of str or None
        Names of the rows of a matrix; None for a frame.

    Returns
    -------
    vocabulary : Vocabulary
        With ids from 0, a frame's in alphabetical order.
    pairs : csr_array of shape (n_concepts, n_concepts), float64
        Symmetric, all above 0.

    Raises
    ------
    ValueError
        If the table is of another shape, a count is negative or not finite, a pair is given
        twice, or both ways with different counts.
    """
    if hasattr(table, "columns"):
        if vocabulary is not None:
            raise ValueError("vocabulary names the rows of a matrix: a frame names its concepts.")
        names, entries = _of_frame(table)
    else:
        names, entries = _of_matrix(table, vocabulary)
    if not np.isfinite(entries.data).all() or (entries.data < 0).any():
        raise ValueError("counts must be finite and not negative.")
    matrix = csr_array(entries)
    matrix.eliminate_zeros()
    if not matrix.nnz:
        raise ValueError("the table holds no counts above 0.")
    return names, _mirrored(matrix, names)


def read_counts(counts: Any, vocabulary: Vocabulary) -> NDArray[np.float64]:
    """Read how often each concept occurs.

    Parameters
    ----------
    counts : mapping, frame of two columns, or array-like of shape (n_concepts,)
        A frame's columns are a concept and its count; an array is in the order of the vocabulary.
    vocabulary : Vocabulary
        The concepts.

    Returns
    -------
    ndarray of shape (n_concepts,), float64

    Raises
    ------
    ValueError
        If a concept has no count above 0; the message names one.
    """
    if isinstance(counts, Mapping):
        counts = [counts.get(concept, 0) for concept in vocabulary.tokens]
    elif hasattr(counts, "columns"):
        concepts, numbers = _columns(counts, 2)
        known = dict(zip(_names(concepts), numbers))
        counts = [known.get(concept, 0) for concept in vocabulary.tokens]
    values = plain_array(counts, "counts", np.float64)
    if values.shape != (len(vocabulary),):
        raise ValueError(
            f"counts must be of shape ({len(vocabulary)},), one for each concept, got "
            f"{values.shape}."
        )
    wrong = np.flatnonzero(~(np.isfinite(values) & (values > 0)))
    if wrong.size:
        raise ValueError(
            f"each concept needs a count above 0, {vocabulary.id_to_token(int(wrong[0]))!r} has "
            f"{values[wrong[0]]:g}."
        )
    return values


def _of_frame(table: Any) -> tuple[Vocabulary, Any]:
    first, second, numbers = _columns(table, 3)
    rows, columns = _names(first), _names(second)
    names = Vocabulary(sorted({*rows, *columns}))
    i, j = names.lookup(rows), names.lookup(columns)
    entries = coo_array((np.asarray(numbers, dtype=np.float64), (i, j)), shape=(len(names),) * 2)
    _, first_rows, times = np.unique(
        i.astype(np.int64) * len(names) + j, return_index=True, return_counts=True
    )
    if (times > 1).any():
        row = int(first_rows[times > 1][0])
        raise ValueError(f"the pair {rows[row]!r}, {columns[row]!r} is in the table twice.")
    return names, entries


def _of_matrix(table: Any, vocabulary: Vocabulary | Sequence[str] | None) -> tuple[Vocabulary, Any]:
    if vocabulary is None:
        raise ValueError("a matrix needs vocabulary=, the names of its rows.")
    tokens = vocabulary.tokens if isinstance(vocabulary, Vocabulary) else vocabulary
    names = Vocabulary(tokens)
    entries = coo_array(table if issparse(table) else plain_array(table, "table", np.float64))
    if entries.shape != (len(names), len(names)):
        raise ValueError(
            f"the table must be of shape ({len(names)}, {len(names)}), a row and a column for "
            f"each name, got {entries.shape}."
        )
    return names, entries.astype(np.float64)


def _mirrored(matrix: Any, names: Vocabulary) -> Any:
    """Set both ways of each pair to the count that one of them has, or that both have."""
    flipped = csr_array(matrix.T)
    both = matrix.astype(bool).multiply(flipped.astype(bool))
    clash = ((matrix - flipped).multiply(both)).tocoo()
    clash.eliminate_zeros()
    if clash.nnz:
        i, j = (int(c[0]) for c in clash.coords)
        raise ValueError(
            f"the pair {names.id_to_token(i)!r}, {names.id_to_token(j)!r} has two counts, "
            f"{matrix[i, j]:g} and {matrix[j, i]:g}."
        )
    return csr_array(matrix.maximum(flipped))


def _columns(frame: Any, n_columns: int) -> list[NDArray[Any]]:
    names = list(frame.columns)
    if len(names) != n_columns:
        raise ValueError(f"the frame must have {n_columns} columns, got {len(names)}: {names}.")
    return [np.asarray(frame[name]) for name in names]


def _names(column: Any) -> list[str]:
    names = column.tolist()
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"concepts must be str, got {type(name).__name__}: {name!r:.50}")
    return names  # type: ignore[no-any-return]

"""Chunks of labelled steps, such as entities: where they are, and their F1.

A label is ``"O"``, or ``"B-"``, ``"I-"``, ``"E-"`` or ``"S-"`` and a type: begin, inside, end,
single. The rules are those of the CoNLL evaluation (Tjong Kim Sang and Buchholz, 2000), which
seqeval applies by default: a chunk also begins at an ``"I-"`` or ``"E-"`` that does not go on with
a chunk of its type, so that IOB1, IOB2 (BIO), IOE1, IOE2 and IOBES (BIOES) labels can all be read.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from .._containers._ragged import row_of_item

TAGS = "OBIES"
_O, _B, _I, _E, _S = range(len(TAGS))
_UNTYPED = "_"
# The tags of other schemes that are here another letter's.
_OTHER_TAGS = {"L": "E", "U": "S", "W": "S", "M": "I"}


class ChunkLabels(NamedTuple):
    """Labels of chunks, taken apart.

    Parameters
    ----------
    tags : ndarray of shape (n_labels,), int64
        Position of each label's letter in ``"OBIES"``.
    types : ndarray of shape (n_labels,), int64
        Number of each label's type.
    """

    tags: NDArray[np.int64]
    types: NDArray[np.int64]

    @classmethod
    def of(cls, labels: NDArray[Any]) -> Self:
        """Take labels apart.

        Raises
        ------
        ValueError
            If one is no label of a chunk; the message names it.
        """
        for label in labels.tolist():
            _check_label(label)
        names = [label[2:] or _UNTYPED for label in labels.tolist()]
        types = np.unique([_UNTYPED, *names], return_inverse=True)[1][1:]
        return cls(np.array([TAGS.index(x[0]) for x in labels.tolist()], dtype=np.int64), types)

    def begin(self, before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return whether a chunk begins with the second of two labels, by their numbers.

        Either is -1 beyond the end of a row, which counts as ``"O"``.
        """
        tag, next_tag, other_type = self._pairs(before, after)
        anew = (next_tag == _B) | (next_tag == _S)
        behind_end = np.isin(tag, (_O, _E, _S)) & np.isin(next_tag, (_I, _E))
        begins: NDArray[np.bool_] = anew | behind_end | ((next_tag != _O) & other_type)
        return begins

    def end(self, before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return whether a chunk ends with the first of two labels, as :meth:`begin`."""
        tag, next_tag, other_type = self._pairs(before, after)
        at_end = (tag == _E) | (tag == _S)
        before_new = np.isin(tag, (_B, _I)) & np.isin(next_tag, (_O, _B, _S))
        ends: NDArray[np.bool_] = at_end | before_new | ((tag != _O) & other_type)
        return ends

    def _pairs(
        self, before: NDArray[np.int64], after: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Return the tags of two labels, and whether their types differ."""
        tags = np.append(self.tags, _O)  # -1 is "O"
        types = np.append(self.types, -1)
        return tags[before], tags[after], types[before] != types[after]


class _Chunks(NamedTuple):
    """Chunks by the item they begin with, the one they end with, and their types."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    types: NDArray[np.int64]


def chunk_counts(
    labels: ChunkLabels,
    true: NDArray[np.int64],
    predicted: NDArray[np.int64],
    lengths: NDArray[np.int64],
    weights: NDArray[np.floating] | None = None,
) -> NDArray[np.float64]:
    """Count the chunks that are right, true and predicted.

    Parameters
    ----------
    labels : ChunkLabels
        All labels.
    true, predicted : ndarray of shape (n_items,)
        Label numbers, row after row.
    lengths : ndarray of shape (n_rows,)
        Items of each row.
    weights : ndarray of shape (n_rows,), default=None
        Weight of the chunks of each row; None: 1.

    Returns
    -------
    ndarray of shape (3,), float64
    """
    found, expected = (_find(labels, numbers, lengths) for numbers in (predicted, true))
    weight = np.ones(len(lengths)) if weights is None else np.asarray(weights, np.float64)
    item_weight = weight[row_of_item(lengths)]
    _, i, j = np.intersect1d(found.first, expected.first, return_indices=True)
    right = (found.last[i] == expected.last[j]) & (found.types[i] == expected.types[j])
    begins = (found.first[i][right], expected.first, found.first)
    return np.array([item_weight[first].sum() for first in begins])


def f1_of_counts(n_right: float, n_true: float, n_predicted: float) -> float:
    """Return the harmonic mean of precision and recall; 0 if there are no chunks."""
    total = n_true + n_predicted
    return float(2 * n_right / total) if total else 0.0


def _find(labels: ChunkLabels, numbers: NDArray[np.int64], lengths: NDArray[np.int64]) -> _Chunks:
    """Find the chunks of rows of label numbers; none goes over the end of a row."""
    row = row_of_item(lengths)
    same_row = row[1:] == row[:-1]
    before = np.append(-1, np.where(same_row, numbers[:-1], -1))[: len(numbers)]
    after = np.append(np.where(same_row, numbers[1:], -1), -1)[: len(numbers)]
    first = np.flatnonzero(labels.begin(before, numbers))
    last = np.flatnonzero(labels.end(numbers, after))
    return _Chunks(first, last, labels.types[numbers[first]])


def _check_label(label: Any) -> None:
    if isinstance(label, str) and (
        label in tuple(TAGS) or (label[:1] in TAGS[1:] and label[1:2] == "-")
    ):
        return
    hint = ""
    if isinstance(label, str) and label[:1] in _OTHER_TAGS and label[1:2] in ("", "-"):
        hint = f" Write {_OTHER_TAGS[label[0]] + label[1:]!r} for it."
    raise ValueError(
        f"chunks need labels such as 'O', 'B-NP' and 'I-NP' (or 'E-', 'S-'), got {label!r}.{hint}"
    )

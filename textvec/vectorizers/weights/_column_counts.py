"""What is counted of the columns of a matrix of counts, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._counting._count_settings import Settings, check_same_settings
from ..._counting._packed_counts import packed, unpacked


class CountedColumns(NamedTuple):
    """The columns of a matrix: their number, their names if it was a frame, their dtype."""

    number: int
    names: NDArray[np.object_] | None
    dtype: str

    @classmethod
    def of(cls, estimator: Any, counts: Any) -> CountedColumns:
        """Return those of counts that an estimator has just read."""
        names = getattr(estimator, "feature_names_in_", None)
        return cls(counts.shape[1], names, counts.dtype.name)

    def merge(self, *others: CountedColumns) -> CountedColumns:
        """Return the columns of rows of several parts together, which must be the same."""
        columns = self
        for other in others:
            if other.number != columns.number:
                raise ValueError(
                    f"parts have {columns.number} and {other.number} features: all must come from "
                    "one vectorizer with one vocabulary."
                )
            if columns.names is None:
                columns = columns._replace(names=other.names)
            elif other.names is not None and not np.array_equal(columns.names, other.names):
                raise ValueError("parts have features of other names, or in another order.")
            dtype = np.result_type(columns.dtype, other.dtype).name
            columns = columns._replace(dtype=dtype)
        return columns

    def attributes(self) -> dict[str, Any]:
        """Return the fitted attributes that scikit-learn's estimators have of their columns."""
        names = {} if self.names is None else {"feature_names_in_": self.names}
        return {"n_features_in_": self.number, **names}


class DocumentCounts(NamedTuple):
    """How many documents hold each term, how many there are, and how long they are together."""

    columns: CountedColumns
    documents: NDArray[np.int64]  # (V,)
    n_documents: int
    total_length: float
    settings: Settings = ()

    def merge(self, *others: DocumentCounts) -> DocumentCounts:
        """Return the counts of the documents of this one and of others."""
        parts = (self, *others)
        return self._replace(
            columns=self.columns.merge(*(other.columns for other in others)),
            documents=_sum([part.documents for part in parts]),
            n_documents=sum(part.n_documents for part in parts),
            total_length=sum(part.total_length for part in parts),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return _documents_of, (packed(self.documents), self._replace(documents=None)[:])  # type: ignore[arg-type]


class ClassCounts(NamedTuple):
    """The sums of the counts of terms in the documents of each class."""

    columns: CountedColumns
    classes: NDArray[Any]  # (C,), sorted
    sums: NDArray[np.float64]  # (C, V)
    settings: Settings = ()

    def merge(self, *others: ClassCounts) -> ClassCounts:
        """Return the sums of the documents of this one and of others, of all their classes.

        Raises
        ------
        ValueError
            If they were counted with other parameters, or the labels are of several kinds.
        """
        for other in others:
            check_same_settings(self.settings, other.settings)
        parts = (self, *others)
        columns = self.columns.merge(*(other.columns for other in others))
        classes = joined_classes([part.classes for part in parts])
        sums = np.zeros((len(classes), columns.number))
        for part in parts:
            sums[np.searchsorted(classes, part.classes)] += part.sums
        return self._replace(columns=columns, classes=classes, sums=sums)

    def __reduce__(self) -> tuple[Any, ...]:
        return _sums_of, (packed(self.sums), self._replace(sums=None)[:])  # type: ignore[arg-type]


def joined_classes(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return the classes of all parts, sorted; str and numbers do not mix."""
    known = [part for part in parts if len(part)] or parts[:1]
    if len({isinstance(part.tolist()[0], str) for part in known if len(part)}) > 1:
        raise ValueError("labels are str in one part and numbers in another.")
    return np.unique(np.concatenate(known))


def _sum(counts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    total: NDArray[np.int64] = np.sum(counts, axis=0)
    return total


def _documents_of(documents: Any, others: tuple[Any, ...]) -> DocumentCounts:
    return DocumentCounts(*others)._replace(documents=unpacked(documents))


def _sums_of(sums: Any, others: tuple[Any, ...]) -> ClassCounts:
    return ClassCounts(*others)._replace(sums=unpacked(sums))

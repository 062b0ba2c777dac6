"""What a padder and a truncator have in common: which items of long rows stay."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from sklearn.base import BaseEstimator

from ..._containers._ragged import Ragged
from ..._estimators._constraints import NOT_NEGATIVE_INT, one_of
from ..._estimators._sequence_output import SequenceOutput
from ..._inputs._padding_options import Side

SIDE = [one_of(Side)]


class RowTruncation(SequenceOutput, BaseEstimator):
    """Base of transformers of rows that truncate the long ones."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "truncating": SIDE,
        "keep_first": [NOT_NEGATIVE_INT],
        "keep_last": [NOT_NEGATIVE_INT],
    }

    truncating: Side
    keep_first: int
    keep_last: int

    @abstractmethod
    def _length(self) -> int:
        """Return the greatest length of a row of the result."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False  # rows of different length, not a table of features
        tags.input_tags.three_d_array = True
        return tags


def length_after(step: RowTruncation) -> int:
    """Return the greatest length of a row that a step leaves."""
    return step._length()


def truncated_rows(step: RowTruncation, rows: Ragged) -> Ragged:
    """Return rows as a step truncates them, before any is padded."""
    return rows.truncated(
        length_after(step),
        truncating=step.truncating,
        keep_first=step.keep_first,
        keep_last=step.keep_last,
    )

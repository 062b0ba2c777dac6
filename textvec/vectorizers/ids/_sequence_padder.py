"""Sequences of one length."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar, NamedTuple, Self, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from ..._compat import _fit_context
from ..._containers._cut_rows import FlatRows, padded_rows
from ..._containers._embedded_sequences import EmbeddedSequences
from ..._containers._ragged import Ragged
from ..._containers._tokens import refuse_tokens
from ..._estimators._constraints import POSITIVE_INT
from ..._estimators._fitted_state import atomic_fit
from ..._estimators._reported_fit import ReportedFit
from ..._inputs._padding_options import Side
from ..._inputs._row_arrays import numbers_of_rows, rows_of
from ..._kernels._row_lists import NumberRows
from ...distributed import is_dask, learn, mapped
from ._row_truncation import SIDE, RowTruncation, truncated_rows


class LongestRow(NamedTuple):
    """The length of the longest of some rows, and their number."""

    n_rows: int
    length: int

    def merge(self, *others: LongestRow) -> LongestRow:
        """Return that of these rows and of others."""
        parts = (self, *others)
        return LongestRow(sum(p.n_rows for p in parts), max(p.length for p in parts))


class SequencePadder(ReportedFit, RowTruncation):
    """Pad and truncate sequences to one length.

    Returns what Keras' ``pad_sequences`` returns, with the same defaults: a short sequence is
    filled before its first item, a long one loses its first items. Of a Dask bag of sequences, it
    returns a Dask array of `length_` columns.

    Parameters
    ----------
    length : int or None, default=None
        Length of every sequence of the result, 1 or more; begin with one that leaves 90 % of the
        documents whole. `transform` needs no `fit` then. None takes the longest seen in `fit`.
    padding : {"pre", "post"}, default="pre"
        The side of a short sequence that is filled.
    truncating : {"pre", "post"}, default="pre"
        The side of a long sequence that is cut.
    value : scalar or str, default=0
        What short sequences are filled with; a str, such as ``"[PAD]"``, for sequences of str,
        which become wide enough for it. Keep 0 for ids and embedded sequences: recurrent
        estimators take it for padding. For series of numbers see the notes.
    keep_first, keep_last : int, default=0
        Number of items at the start and at the end of a sequence that stay whatever is cut,
        together at most `length_`: 1 and 1 for BOS and EOS tokens.

    Attributes
    ----------
    length_ : int
        Length of every sequence of the result.

    See Also
    --------
    SequenceTruncator : Only truncates: rows stay ragged.
    SequenceVectorizer : Makes the sequences of ids.

    Notes
    -----
    Recurrent estimators need no padding: they take sequences of different length, and
    :class:`SequenceTruncator` cuts them. Use this step to tune their length together with their
    sides, or to make an array for another library. What the padded array means to a recurrent
    estimator:

    - ids, and embedded sequences: the same as the ragged rows, whichever side is filled.
    - series of numbers or vectors, with ``value=np.nan`` here and ``mask_value=np.nan`` there: the
      same, too. With the zeros that are the default of both, real zeros at the ends of a series
      can't be told from padding.

    Examples
    --------
    >>> from textvec import Ragged, SequencePadder
    >>> rows = Ragged.from_rows([[3, 1, 4, 1], [5, 9]])
    >>> SequencePadder(length=3).fit_transform(rows)
    array([[1, 4, 1],
           [0, 5, 9]])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **RowTruncation._parameter_constraints,
        "length": [POSITIVE_INT, None],
        "padding": SIDE,
        "value": [Real, str],
    }

    length_: int

    def __init__(
        self,
        length: int | None = None,
        *,
        padding: Side = "pre",
        truncating: Side = "pre",
        value: float | str = 0,
        keep_first: int = 0,
        keep_last: int = 0,
    ):
        self.length = length
        self.padding = padding
        self.truncating = truncating
        self.value = value
        self.keep_first = keep_first
        self.keep_last = keep_last

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the length.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences, or list of array-like
            The sequences: of ids, of numbers, or of vectors.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted estimator.

        Raises
        ------
        TypeError
            If a row is no sequence, or X is Tokens, which are no ids.
        ValueError
            If there are no sequences, or `length` is None and all are empty.
        """
        if not is_dask(X):
            self._fit_from_all(self._part_counts(X))
        elif self.length is None:
            learn(self, X)
        else:
            self.length_ = self.length
        return self

    def _part_counts(self, X: Any) -> LongestRow:
        rows = _as_sequences(X)
        return LongestRow(len(rows), _longest(rows) if len(rows) else 0)

    def _fit_from_all(self, counts: LongestRow) -> None:
        if not counts.n_rows:
            raise ValueError("there are no sequences to learn a length from: X is empty.")
        length = counts.length if self.length is None else self.length
        if length == 0:
            raise ValueError("all sequences are empty: pass a length.")
        self.length_ = length

    @atomic_fit
    def fit_transform(self, X: Any, y: Any = None) -> NDArray[Any] | EmbeddedSequences:
        """Learn the length, then cut and fill the sequences.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences, or iterable of array-like
            The sequences, which are read once.
        y : None
            Ignored.

        Returns
        -------
        ndarray of shape (n_sequences, length_, ...), or EmbeddedSequences
            As of `transform`.
        """
        rows = X if is_dask(X) else _as_sequences(X)
        return self.fit(rows, y).transform(rows)

    def transform(self, X: Any) -> NDArray[Any] | EmbeddedSequences:
        """Cut and fill sequences.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences, or list of array-like
            The sequences.

        Returns
        -------
        ndarray of shape (n_sequences, length_, ...), or EmbeddedSequences
            An array of the dtype of the items. EmbeddedSequences stay what they are, cut, and
            their ``np.asarray`` is of this length; so their vectors are never all made.

        Raises
        ------
        ValueError
            If `value` does not fit the dtype, or is not 0 for EmbeddedSequences.
        """
        length = self._length()
        if is_dask(X):
            return mapped(self.transform, X, of_rows=True)
        rows = _as_sequences(X)
        if isinstance(rows, EmbeddedSequences):
            if self.value != 0:
                raise ValueError(
                    f"value={self.value!r}, but embedded sequences are padded with zero vectors."
                )
            ids = truncated_rows(self, rows.ids)
            return EmbeddedSequences(ids, rows.table, length=length, padding=self.padding)
        return padded_rows(
            FlatRows(rows.values, rows.offsets) if isinstance(rows, Ragged) else rows,
            length,
            padding=self.padding,
            truncating=self.truncating,
            value=self.value,
            keep_first=self.keep_first,
            keep_last=self.keep_last,
        )

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return a name for each of the `length_` columns of an array.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of shape (length_,), object
            The name of the class in lower case, and a number from 0.
        """
        return np.array([f"sequencepadder{i}" for i in range(self._length())], dtype=object)

    def _length(self) -> int:
        """Return the length of every sequence of the result: that of `fit`, or the one given."""
        fitted: int | None = vars(self).get("length_")
        if fitted is not None:
            return fitted
        check_is_fitted(self)
        self._validate_params()
        return cast("int", self.length)

    def __sklearn_is_fitted__(self) -> bool:
        return "length_" in vars(self) or self.length is not None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = self.length is None
        return tags


def _as_sequences(X: Any) -> Ragged | EmbeddedSequences | NumberRows:
    """Return the sequences; those of numbers in a list where they are, not copied."""
    refuse_tokens(X)
    if isinstance(X, (Ragged, EmbeddedSequences, NumberRows)):
        return X
    rows = rows_of(X)
    numbers = numbers_of_rows(rows)
    return Ragged.from_rows(rows) if numbers is None else numbers


def _longest(rows: Ragged | EmbeddedSequences | NumberRows) -> int:
    return rows.longest if isinstance(rows, NumberRows) else int(rows.lengths.max())

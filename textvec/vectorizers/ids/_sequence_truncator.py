"""Sequences of at most one length."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from ..._compat import _fit_context
from ..._containers._embedded_sequences import EmbeddedSequences
from ..._containers._ragged import Ragged
from ..._estimators._constraints import POSITIVE_INT
from ..._estimators._reported_fit import ReportedFit
from ..._estimators._sequence_names import SequenceNames
from ..._estimators._stateless import Stateless
from ..._inputs._padding_options import Side
from ...distributed import is_dask, mapped
from ._row_truncation import RowTruncation, truncated_rows


class SequenceTruncator(ReportedFit, SequenceNames, Stateless, RowTruncation):
    """Truncate long sequences, and leave all of them ragged.

    For estimators that take rows of different length, as all recurrent ones here do: a row keeps
    its own length and ids their number, which the array of :class:`SequencePadder` can't hold.

    Parameters
    ----------
    length : int
        Greatest length of a sequence, 1 or more; begin with one that leaves 90 % of the documents
        whole.
    truncating : {"pre", "post"}, default="pre"
        The side of a long sequence that is cut.
    keep_first, keep_last : int, default=0
        Number of items at the start and at the end of a sequence that stay whatever is cut,
        together at most `length`: 1 and 1 for BOS and EOS tokens.

    See Also
    --------
    SequencePadder : Truncates, and pads to an array.

    Notes
    -----
    There is nothing to learn: `transform` needs no `fit`.

    Examples
    --------
    >>> from textvec import Ragged, SequenceTruncator
    >>> rows = Ragged.from_rows([[2, 7, 8, 9, 3], [2, 3]], n_ids=10)
    >>> cut = SequenceTruncator(4, keep_first=1, keep_last=1).fit_transform(rows)
    >>> cut.to_list(), cut.n_ids
    ([[2, 8, 9, 3], [2, 3]], 10)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **RowTruncation._parameter_constraints,
        "length": [POSITIVE_INT],
    }

    def __init__(
        self,
        length: int,
        *,
        truncating: Side = "pre",
        keep_first: int = 0,
        keep_last: int = 0,
    ):
        self.length = length
        self.truncating = truncating
        self.keep_first = keep_first
        self.keep_last = keep_last

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the parameters.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences, Tokens or list of array-like
            Not used.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted estimator.
        """
        return self

    def transform(self, X: Any) -> Ragged | EmbeddedSequences:
        """Truncate sequences.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences, Tokens or list of array-like
            The sequences.

        Returns
        -------
        Ragged, EmbeddedSequences or Tokens
            What X is; Ragged for a list.

        Raises
        ------
        TypeError
            If a row is no sequence.
        ValueError
            If `length` has no room for the items that always stay.
        """
        if is_dask(X):
            return mapped(self.transform, X)
        if isinstance(X, EmbeddedSequences):
            length = None if X.length is None else min(X.length, self.length)
            ids = truncated_rows(self, X.ids)
            return EmbeddedSequences(ids, X.table, length=length, padding=X.padding)
        return truncated_rows(self, X if isinstance(X, Ragged) else Ragged.from_rows(X))

    def _length(self) -> int:
        return self.length

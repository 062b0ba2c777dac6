"""Sequences of at most one length."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags

from ..._compat import StrOptions, _fit_context
from ..._containers._embedded_sequences import EmbeddedSequences
from ..._containers._ragged import Ragged
from ..._estimators._constraints import NOT_NEGATIVE_INT, POSITIVE_INT
from ..._estimators._reported_fit import ReportedFit
from ..._estimators._sequence_names import SequenceNames
from ..._estimators._versioned_state import VersionedState
from ..._inputs._constructor_calls import NamedParameters
from ..._inputs._padding_options import Side
from ...distributed import is_dask, mapped


class SequenceTruncator(
    ReportedFit,
    SequenceNames,
    VersionedState,
    TransformerMixin,
    BaseEstimator,
    metaclass=NamedParameters,
    auto_wrap_output_keys=None,  # sequences fit no data frame
):
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
        "length": [POSITIVE_INT],
        "truncating": [StrOptions({"pre", "post"})],
        "keep_first": [NOT_NEGATIVE_INT],
        "keep_last": [NOT_NEGATIVE_INT],
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
            ids = self.truncated(X.ids)
            return EmbeddedSequences(ids, X.table, length=length, padding=X.padding)
        return self.truncated(X if isinstance(X, Ragged) else Ragged.from_rows(X))

    def truncated(self, rows: Ragged) -> Ragged:
        """Return rows of a container as `transform` truncates them.

        Parameters
        ----------
        rows : Ragged
            The rows.

        Returns
        -------
        Ragged
            The truncated rows.
        """
        return rows.truncated(
            self.length,
            truncating=self.truncating,
            keep_first=self.keep_first,
            keep_last=self.keep_last,
        )

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False  # rows of different length, not a table of features
        tags.input_tags.three_d_array = True
        return tags

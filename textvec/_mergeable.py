"""The base of estimators that learn by counting: in parts, on any number of machines."""

from __future__ import annotations

from typing import Any, Protocol, Self

from sklearn.exceptions import NotFittedError

from ._count_settings import NEUTRAL, Settings, check_same_settings, settings_of
from ._fitted_state import fitted_names

_AFTER_FIT = (
    "partial_fit after fit would forget what fit learned, whose counts are not kept: begin with "
    "partial_fit, on a new {name}."
)


class Counts(Protocol):
    """What is counted of some documents: a small record, that adds up.

    It pickles compactly, never changes, and says in `settings` what it was counted with.
    """

    @property
    def settings(self) -> Settings: ...

    def merge(self, *others: Self) -> Self:
        """Return the counts of these documents and of all others.

        It is associative and, up to the order of the tokens, which means nothing, commutative.
        """


class Mergeable:
    """Mixin of estimators that learn from counts, which are the same in any partition.

    What one machine does in `partial_fit`, a cluster does part by part: `_part_counts` of each
    part, on any machine; `merge` of these, in any order; `_fit_from_all` of the result.
    """

    _counts: Any  # of all parts, after `partial_fit` and `merge`

    def _part_counts(self, X: Any, y: Any = None) -> Any:
        """Return the counts of some documents, without those of the parts before."""
        raise NotImplementedError

    def _fit_from(self, counts: Any) -> None:
        """Learn from counts, and keep them, so that more may be added."""
        raise NotImplementedError

    def _fit_from_all(self, counts: Any) -> None:
        """Learn from the counts of all documents, as `fit` does, and do not keep them."""
        self._fit_from(counts)
        vars(self).pop("_counts", None)

    def _has_learned_at_once(self) -> bool:
        """Return whether `fit` has learned something, whose counts are not kept."""
        return "_counts" not in vars(self) and bool(fitted_names(self))

    def _check_may_grow(self) -> None:
        """Raise a ValueError where another part would make forgotten what `fit` learned."""
        if self._has_learned_at_once():
            raise ValueError(_AFTER_FIT.format(name=type(self).__name__))

    def _grow(self, X: Any) -> None:
        """Learn from another part of the documents, as `partial_fit` does."""
        self._check_may_grow()
        self._add_part(self._part_counts(X))

    def _add_part(self, counts: Any) -> None:
        """Learn from all parts before, and from the counts of another one."""
        before = getattr(self, "_counts", None)
        self._fit_from(counts if before is None else before.merge(counts))

    def _kept_counts(self) -> Any:
        """Return the counts of all parts, or say why there are none."""
        counts = getattr(self, "_counts", None)
        if counts is not None:
            return counts
        name = type(self).__name__
        if fitted_names(self):
            raise ValueError(
                f"this {name} has learned by fit, which does not keep the counts of all it has "
                "read: merge takes what has learned by partial_fit."
            )
        raise NotFittedError(
            f"this {name} is not fitted yet: call partial_fit with its part of the documents "
            "before merge."
        )

    def merge(self, *others: Self) -> Self:
        """Return a new estimator that has learned from the documents of this one and of others.

        It is what one `fit` of all these documents learns, whatever their order and grouping.
        Each estimator has learned by `partial_fit`, which keeps all counts, or by `merge`; none
        is changed.

        Parameters
        ----------
        *others : estimators of the same class
            With the same parameters, but for `n_jobs` and `verbose`.

        Returns
        -------
        estimator of this class

        Raises
        ------
        NotFittedError
            If one has learned nothing yet.
        TypeError
            If one is of another class.
        ValueError
            If one has other parameters, the first of which is named, or has learned by `fit`.
        """
        ours = settings_of(_parameters(self))
        for other in others:
            _check_class(self, other)
            there = settings_of(_parameters(other))
            check_same_settings(ours, there, f"{type(self).__name__} was merged with one")
        counts, *more = [estimator._kept_counts() for estimator in (self, *others)]
        merged = type(self).__new__(type(self))
        vars(merged).update(vars(self))
        merged._fit_from(counts.merge(*more))
        return merged


def _parameters(estimator: Any) -> dict[str, Any]:
    found = estimator.get_params(deep=False)
    return {name: value for name, value in found.items() if name not in NEUTRAL}


def _check_class(estimator: Any, other: Any) -> None:
    if type(other) is not type(estimator):
        raise TypeError(
            f"merge takes estimators of the same class, {type(estimator).__name__}, got "
            f"{type(other).__name__}."
        )

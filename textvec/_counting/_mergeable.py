"""The base of estimators that learn by counting: in parts, on any number of machines."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, Self

from sklearn.exceptions import NotFittedError

from .._estimators._fitted_state import (
    as_it_is,
    fitted_names,
    learned_at_once,
    own_copy,
    replace_fitted,
)
from ._count_settings import NEUTRAL, Settings, check_same_settings, settings_of

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


class Parts(NamedTuple):
    """Counts of parts in their order, merged as in a tree.

    Each part is merged with others only as often as the number of parts doubles. Like counts, it
    never changes.
    """

    waiting: tuple[tuple[int, Any], ...] = ()  # number of parts, and their counts

    def add(self, counts: Any) -> Parts:
        """Return these parts and another."""
        waiting, n_parts = self.waiting, 1
        while waiting and waiting[-1][0] == n_parts:
            *others, (n_before, before) = waiting
            waiting, n_parts, counts = tuple(others), n_parts + n_before, before.merge(counts)
        return Parts((*waiting, (n_parts, counts)))

    def all(self) -> Any:
        """Return the counts of all parts, of which there must be one."""
        first, *others = (counts for _, counts in self.waiting)
        return first.merge(*others) if others else first


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

    def _within_limits(self, counts: Any) -> Any:
        """Return the counts, of all documents, of those tokens that `_fit_from_all` may choose."""
        return counts

    def _fit_from_all(self, counts: Any) -> None:
        """Learn from the counts of all documents, as `fit` does, and do not keep them."""
        with learned_at_once(self) as learning:
            learning._fit_from(counts)
            vars(learning).pop("_counts", None)

    def _has_learned_at_once(self) -> bool:
        """Return whether `fit` has learned something, whose counts are not kept."""
        return "_counts" not in vars(self) and bool(fitted_names(self))

    def _check_may_grow(self) -> None:
        """Raise a ValueError where another part would make forgotten what `fit` learned."""
        if self._has_learned_at_once():
            raise ValueError(_AFTER_FIT.format(name=type(self).__name__))

    def _add_part(self, counts: Any) -> None:
        """Learn from all parts before, and from the counts of another one."""
        before = getattr(self, "_counts", None)
        self._take(counts if before is None else before.merge(counts))

    def _take(self, counts: Any) -> None:
        """Learn from the counts of all parts so far."""
        with learned_at_once(self) as learning:
            learning._fit_from(counts)

    def _kept_counts(self) -> Any:
        """Return the counts of all parts, or say why there are none."""
        counts = getattr(self, "_counts", None)
        if counts is not None:
            return counts.all() if isinstance(counts, Parts) else counts
        name = type(self).__name__
        if fitted_names(self):
            raise ValueError(
                f"this {name} has learned by fit, which does not keep the counts of all it has "
                "read, those outside of the limits included: merge takes what has learned by "
                "partial_fit or, where there are no limits, by fit with keep_counts=True."
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
            What a fit of the documents of all would be.

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
        merged = own_copy(self)
        merged._take(counts.merge(*more))
        return merged


class LearnsLater(Mergeable):
    """Mixin of estimators that learn from parts when a result is first needed.

    To learn anew after each part would take longer the more parts there are. Whatever reads
    ``vars`` for what was learned calls `_settle` first. A pickle holds the counts alone then.
    """

    _held = "counts"  # what is held of parts, in messages

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in _declared_names(cls):
            if not hasattr(cls, name):
                setattr(cls, name, Learned(name))

    def _add_part(self, counts: Any) -> None:
        parts = vars(self).get("_counts", Parts())
        if not isinstance(parts, Parts):
            parts = Parts().add(parts)
        for _, before in parts.waiting[:1]:
            check_same_settings(counts.settings, before.settings, f"{self._held} were made")
        self._take(parts.add(counts))

    def _take(self, counts: Any) -> None:
        """Hold the counts of all parts so far, and forget what was learned from fewer."""
        replace_fitted(self, {"_counts": counts})

    def _settle(self) -> Self:
        """Learn from the parts, if that was not needed before; return what has learned."""
        if "_counts" not in vars(self):
            return self
        now = as_it_is(self)
        if not fitted_names(now):
            now._learn_parts()
        return now

    def _learn_parts(self) -> None:
        # On a copy: another thread that reads meanwhile finds all that is learned, or nothing. If
        # it adds a part meanwhile, what is learned here is forgotten with the parts before.
        held = vars(self)
        learned = own_copy(self)
        learned._fit_from(learned._kept_counts())
        held.update(vars(learned))

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()  # type: ignore[assignment]
        if isinstance(state.get("_counts"), Parts):
            state = {**state, "_counts": state["_counts"].all()}
        return state

    def __sklearn_is_fitted__(self) -> bool:
        return "_counts" in vars(self) or bool(fitted_names(self))


class Learned:
    """A fitted attribute that parts are learned from for; one that is there is found before."""

    def __init__(self, name: str):
        self._name = name

    def __get__(self, estimator: Any, owner: type | None = None) -> Any:
        if estimator is None:
            return self
        try:
            return vars(estimator._settle())[self._name]
        except KeyError:
            raise AttributeError(
                f"{type(estimator).__name__!r} object has no attribute {self._name!r}"
            ) from None


def _declared_names(cls: type) -> set[str]:
    """Return the names of the fitted attributes that a class declares."""
    declared = {name for c in cls.__mro__ for name in vars(c).get("__annotations__", {})}
    return {name for name in declared if name.endswith("_") and not name.startswith("_")}


def _parameters(estimator: Any) -> dict[str, Any]:
    found = estimator.get_params(deep=False)
    return {name: value for name, value in found.items() if name not in NEUTRAL}


def _check_class(estimator: Any, other: Any) -> None:
    if type(other) is not type(estimator):
        raise TypeError(
            f"merge takes estimators of the same class, {type(estimator).__name__}, got "
            f"{type(other).__name__}."
        )

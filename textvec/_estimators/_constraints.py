"""Constraints that the parameters of many estimators share."""

from __future__ import annotations

import sys
from numbers import Integral, Real
from typing import Any, get_args

import numpy as np

from .._compat import HasMethods as OfMethods
from .._compat import Interval as OpenInterval
from .._compat import StrOptions
from .._containers._vocabulary import FIRST
from .._inputs._contents import InputKind
from .._inputs._documents import Missing

_INT64 = 2**63


class Interval(OpenInterval):
    """An interval of numbers that a machine can hold: integers of 64 bits, or floats.

    Python's integers have no end: in C and in arithmetic with floats they would overflow. A bool is
    no number, though it is an Integral: ``wide=True`` would mean n-grams of one token.
    """

    def is_satisfied_by(self, val: Any) -> bool:
        # By type: in a request for one row, calls cost more than what they do.
        return type(val) is not bool and isinstance(val, self.type) and val in self

    def __contains__(self, value: Any) -> bool:
        if isinstance(value, Integral):
            largest = _INT64 - 1 if self.type is Integral else int(sys.float_info.max)
            if not -largest <= int(value) <= largest:
                return False
        elif not isinstance(value, (float, np.floating)):  # fractions, which no kernel reads
            return False
        else:
            value = float(value)  # a half is compared to ends that it could not hold
        return bool(super().__contains__(value))

    def __str__(self) -> str:
        text = str(super().__str__())
        return text.replace("inf", "2**63") if self.type is Integral else text


class HasMethods(OfMethods):
    """An object that has methods; its class, which has them too, is none."""

    def is_satisfied_by(self, val: Any) -> bool:
        return not isinstance(val, type) and super().is_satisfied_by(val)


class _IntervalOfSklearn(Interval):
    """One whose message is scikit-learn's, and which takes a bool as that does."""

    __str__ = OpenInterval.__str__
    is_satisfied_by = OpenInterval.is_satisfied_by


def bounded(constraints: dict[str, Any]) -> dict[str, Any]:
    """Return constraints of scikit-learn, in its words, of numbers that a machine can hold."""
    return {
        name: allowed if isinstance(allowed, str) else [_bounded(item) for item in allowed]
        for name, allowed in constraints.items()
    }


def _bounded(constraint: Any) -> Any:
    if not isinstance(constraint, OpenInterval):
        return constraint
    ends = constraint.left, constraint.right
    return _IntervalOfSklearn(constraint.type, *ends, closed=constraint.closed)


def one_of(choices: Any) -> StrOptions:
    """Return the constraint of a parameter whose type is a Literal of strings."""
    return StrOptions(set(get_args(choices)))


POSITIVE_INT = Interval(Integral, 1, None, closed="left")
NOT_NEGATIVE_INT = Interval(Integral, 0, None, closed="left")
POSITIVE = Interval(Real, 0, None, closed="neither")
NOT_NEGATIVE = Interval(Real, 0, None, closed="left")
FRACTION = Interval(Real, 0, 1, closed="left")  # 0 may be, 1 would leave nothing
PROPORTION = Interval(Real, 0, 1, closed="both")
# Longest n-gram of a linear path: one of each length is held for each step of a batch.
NGRAM = Interval(Integral, 0, 100, closed="both")
# Rows of an embedding: padding, the unknown token and at least one token.
N_IDS = Interval(Integral, FIRST + 1, None, closed="left")
# A tokenizer, a function that returns the tokens of one document, or the default one.
TOKENIZER = [HasMethods("transform"), callable, None]
# What documents come as, and what None and NaN among them are.
INPUT = [one_of(InputKind)]
MISSING = [one_of(Missing)]
# Threads; None is one, as in joblib. More than these no system starts.
N_JOBS = [Interval(Integral, None, 4096, closed="right"), None]

"""Parameters that list sizes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._estimators._constraints import POSITIVE_INT


def positive_sizes(estimator: Any, parameter: str, *, at_least: int = 0) -> list[int]:
    """Return a parameter that lists positive integers, checked.

    Raises
    ------
    ValueError
        If it lists anything else, or fewer than `at_least`.
    """
    given = getattr(estimator, parameter)
    sizes = list(np.ravel(np.asarray(given, dtype=object)))  # as they are, bools too
    if len(sizes) < at_least or not all(map(POSITIVE_INT.is_satisfied_by, sizes)):
        some = ", at least one" if at_least > 0 else ""
        raise ValueError(
            f"The {parameter!r} parameter of {type(estimator).__name__} must list "
            f"positive integers{some}. Got {given!r} instead."
        )
    return [int(n) for n in sizes]

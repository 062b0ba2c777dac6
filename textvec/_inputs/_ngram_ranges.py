"""How many tokens an n-gram has, from and to."""

from __future__ import annotations

from typing import Any

from ._plain_array import integer


def checked_range(ngram_range: Any) -> tuple[int, int]:
    """Return a range of n as two int, or raise a ValueError."""
    try:
        min_n, max_n = (integer(n, "ngram_range") for n in ngram_range)
    except (TypeError, ValueError):
        min_n, max_n = 0, 0
    if not 1 <= min_n <= max_n:
        raise ValueError(
            "ngram_range must be two integers from 1 on, the least first, such as (1, 2), got "
            f"{ngram_range!r}."
        )
    return min_n, max_n

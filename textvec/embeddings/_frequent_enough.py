"""The check that there is something to learn vectors of."""

from __future__ import annotations


def check_frequent_enough(n_tokens: int, n_frequent: int, min_count: int) -> None:
    """Check that documents hold tokens, and some that are frequent enough.

    Raises
    ------
    ValueError
        If not; the message says which of the two.
    """
    if not n_tokens:
        raise ValueError("the documents hold no tokens to learn vectors of: all are empty.")
    if not n_frequent:
        raise ValueError(
            f"no token occurs min_count={min_count} times: lower min_count or fit on more "
            "documents."
        )

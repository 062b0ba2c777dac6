"""Errors of what is read for another purpose than its own: the message says of what they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def errors_of(what: str) -> Iterator[None]:
    """Put a few words before the messages of errors in an input.

    Parameters
    ----------
    what : str
        The words.

    Raises
    ------
    TypeError, ValueError
        What is raised inside.

    Examples
    --------
    >>> from textvec._reporting._named_errors import errors_of
    >>> with errors_of("of the validation rows"):
    ...     int("one")
    Traceback (most recent call last):
    ValueError: of the validation rows: invalid literal for int() with base 10: 'one'
    """
    try:
        yield
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{what}: {error}") from error

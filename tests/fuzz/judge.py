"""What is an acceptable answer to any argument."""

from __future__ import annotations

import linecache
import re
import traceback
import warnings
from pathlib import Path

import sklearn

import textvec

OURS = str(Path(textvec.__file__).parent)
OF_SKLEARN = str(Path(sklearn.__file__).parent)
# Messages of ours or of scikit-learn's checks. NotFittedError is a ValueError.
ALLOWED = (ValueError, TypeError, KeyError, FileNotFoundError, ImportError)
# Rows and ids are selected as from a sequence, which has IndexError.
OF_SELECTION = (*ALLOWED, IndexError, AttributeError, OverflowError)


class Finding(AssertionError):
    """An error that is no answer."""


def finding(error: BaseException) -> str | None:
    """Return where an error that is no answer comes from; None if it is one.

    An answer is raised by a statement of ours or by scikit-learn, and says something.
    """
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1]
    place = f"{type(error).__name__} at {last.filename}:{last.lineno}"
    raised = linecache.getline(last.filename, last.lineno or 0).strip().startswith("raise")
    by_us = last.filename.startswith(OURS) and (raised or last.filename.endswith(".pyx"))
    by_kernel = "_kernels" in last.filename
    # Or by what scikit-learn calls to check: containers compare and convert by themselves.
    known = [f.filename for f in frames if f.filename.startswith((OURS, OF_SKLEARN))]
    by_sklearn = bool(known) and known[-1].startswith(OF_SKLEARN)
    allowed = OF_SELECTION if raised and by_us else ALLOWED
    if by_sklearn:  # and what it says of parameters of its own, which may be compared to anything
        allowed = (*ALLOWED, NotImplementedError, re.error)
    if isinstance(error, allowed) and str(error) and (by_us or by_kernel or by_sklearn):
        return None
    return place


def ask(function, argument, known=frozenset()):
    """Call a function; raise a `Finding` if its error is no answer and not known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            function(argument)
        except Exception as error:
            place = finding(error)
            if place is not None and place not in known:
                raise Finding(place) from error

"""Warnings at the line that called textvec."""

from __future__ import annotations

import sys
import warnings

# scikit-learn wraps `fit`, and calls it in a Pipeline by joblib; decorators are of contextlib.
_NOT_THE_CALLER = ("textvec", "sklearn", "joblib", "contextlib", "pickle")


def warn_caller(message: str | Warning) -> None:
    """Warn at the nearest line that is the user's: of none of the modules that fit by others."""
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] in _NOT_THE_CALLER:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)

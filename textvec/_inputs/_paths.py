"""Paths that users pass."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def checked_path(path: Any, name: str) -> Path:
    """Return a path that the file system can have; `name` is of the parameter.

    Raises
    ------
    TypeError
        If it is no path.
    ValueError
        If it is empty, holds NUL, or a lone surrogate that stands for no byte.
    """
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise TypeError(f"{name} must be a str or a path, got {type(path).__name__}: {path!r:.50}.")
    if not (text := os.fsdecode(path)):  # the folder of the process to pathlib
        raise ValueError(f"{name}='' names no file and no folder.")
    found = Path(text)
    try:
        has_nul = b"\0" in os.fsencode(found)
    except UnicodeEncodeError:
        raise ValueError(f"{name}={str(found)!a} holds a lone surrogate, as no path can.") from None
    if has_nul:
        raise ValueError(f"{name}={str(found)!a} holds a NUL character, as no path can.")
    return found

"""Kernels of an editable install, compiled again when their sources have changed."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_NEEDED = {"Cython": (3, 1), "setuptools": (77, 0)}  # as pyproject.toml has it
_SUFFIXES = (".pyx", ".pxd", ".hpp")


def rebuild(stamp: Path) -> None:
    """Build in place, as setup.py did when it wrote the stamp, if a source is newer than that.

    Without Cython or a compiler there is a warning, and the kernels stay as they are.
    """
    if not _is_stale(stamp):
        return
    if not _can_build():
        warnings.warn(
            "textvec's kernels are older than their sources. To rebuild them on import, have a "
            "C++ compiler and `pip install -U Cython setuptools`.",
            RuntimeWarning,
            stacklevel=2,
        )
        return
    with _locked(stamp):
        if _is_stale(stamp):  # no other process was first
            _build(root=stamp.parents[2])


def _is_stale(stamp: Path) -> bool:
    built = stamp.stat().st_mtime_ns
    with os.scandir(stamp.parent) as entries:
        return any(
            entry.stat().st_mtime_ns > built for entry in entries if entry.name.endswith(_SUFFIXES)
        )


def _can_build() -> bool:
    compiler = shlex.split(os.environ.get("CXX") or sysconfig.get_config_var("CXX") or "cl")[0]
    return shutil.which(compiler) is not None and all(
        _has(package, least) for package, least in _NEEDED.items()
    )


def _has(package: str, least: tuple[int, int]) -> bool:
    try:
        major, minor = version(package).split(".")[:2]
    except PackageNotFoundError:
        return False
    return (int(major), int(minor)) >= least


@contextmanager
def _locked(stamp: Path) -> Iterator[None]:
    """Let one process build at a time, where the system has such locks."""
    try:
        from fcntl import LOCK_EX, flock
    except ImportError:
        yield
        return
    with stamp.open() as file:
        flock(file, LOCK_EX)
        yield


def _build(root: Path) -> None:
    command = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if run.returncode:
        raise ImportError(f"rebuilding textvec's kernels failed:\n{run.stdout}{run.stderr}")

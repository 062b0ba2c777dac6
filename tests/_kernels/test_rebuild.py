"""Kernels compiled again on import."""

from __future__ import annotations

import os
import runpy
import shutil
from importlib.machinery import EXTENSION_SUFFIXES

import pytest

from textvec import _kernels
from textvec._kernels import _rebuild


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """Make a checkout with one kernel, built; list the folders that are built in."""
    kernels = tmp_path / "textvec" / "_kernels"
    kernels.mkdir(parents=True)
    for name in ("_one.pyx", "one.hpp", "_one.py"):
        (kernels / name).touch()
        os.utime(kernels / name, (1, 1))
    stamp = kernels / ".built"
    stamp.touch()
    built = []
    monkeypatch.setattr(_rebuild, "_build", lambda root: built.append(root))
    return stamp, built


def test_only_a_changed_source_is_a_reason(checkout):
    stamp, built = checkout
    later = stamp.stat().st_mtime + 10
    os.utime(stamp.with_name("_one.py"), (later, later))
    _rebuild.rebuild(stamp)
    assert built == []
    os.utime(stamp.with_name("one.hpp"), (later, later))
    _rebuild.rebuild(stamp)
    assert built == [stamp.parents[2]]


def test_without_a_compiler_the_kernels_stay(checkout, monkeypatch):
    stamp, built = checkout
    later = stamp.stat().st_mtime + 10
    os.utime(stamp.with_name("one.hpp"), (later, later))
    monkeypatch.setattr(_rebuild.shutil, "which", lambda name: None)
    with pytest.warns(RuntimeWarning, match="older than their sources"):
        _rebuild.rebuild(stamp)
    assert built == []
    monkeypatch.undo()
    monkeypatch.setattr(_rebuild, "_NEEDED", {"no-such-distribution": (1, 0)})
    assert not _rebuild._can_build()


def test_a_build_that_fails_is_an_import_error(tmp_path):
    tmp_path.joinpath("setup.py").write_text("raise SystemExit('no good')", encoding="utf-8")
    with pytest.raises(ImportError, match="no good"):
        _rebuild._build(tmp_path)


def test_a_checkout_that_is_not_compiled_is_an_import_error(checkout):
    stamp, _ = checkout
    stamp.unlink()
    package = shutil.copy(_kernels.__file__, stamp.parent)
    with pytest.raises(ImportError, match="not compiled, in .*: start Python in another folder"):
        runpy.run_path(package)
    stamp.with_name(f"_tokenize{EXTENSION_SUFFIXES[0]}").touch()
    runpy.run_path(package)

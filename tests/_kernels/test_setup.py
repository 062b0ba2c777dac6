"""What an installation from source says where it cannot compile."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Headers of Python that are elsewhere, as far as setup.py can see.
WITHOUT_HEADERS = """
import runpy, sysconfig
there = sysconfig.get_path
sysconfig.get_path = lambda name, *args: "/nowhere" if name == "include" else there(name, *args)
runpy.run_path("setup.py", run_name="__main__")
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="setuptools looks for MSVC itself")


def refusal(command, folder, **variables):
    """Return what a build that fails writes."""
    pytest.importorskip("Cython")
    args = ["build_ext", "--force", "--build-lib", folder, "--build-temp", folder]
    run = subprocess.run(
        [sys.executable, *command, "--quiet", *args],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )
    assert run.returncode
    assert not any(Path(folder).iterdir())  # before anything is translated
    return run.stderr


def test_no_compiler(tmp_path):
    said = refusal(["setup.py"], str(tmp_path), CXX="/nowhere/g++ -pipe")
    assert "a C++ compiler, but there is no '/nowhere/g++'" in said
    assert "apt install g++" in said
    assert "Traceback" not in said


def test_no_headers_of_python(tmp_path):
    said = refusal(["-c", WITHOUT_HEADERS], str(tmp_path))
    assert "the headers of Python" in said
    assert "python3-dev" in said

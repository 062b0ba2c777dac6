"""mypy sees what an estimator has: it rejects a method that does not exist, in every one."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sklearn.base import BaseEstimator

import textvec

ROOT = Path(__file__).parents[1]
PUBLIC = [getattr(textvec, name) for name in textvec.__all__]
ESTIMATORS = [c for c in PUBLIC if isinstance(c, type) and issubclass(c, BaseEstimator)]
PLANTED = """
    def _planted(self) -> None:
        self._no_such_method()
"""


def plant(source: Path, class_name: str) -> int:
    """Add a method with an error to the end of a class, and return the line of the error."""
    text = source.read_text(encoding="utf-8")
    (node,) = (
        n for n in ast.parse(text).body if isinstance(n, ast.ClassDef) and n.name == class_name
    )
    lines = text.splitlines(keepends=True)
    lines.insert(node.end_lineno, PLANTED)
    source.write_text("".join(lines), encoding="utf-8")
    return node.end_lineno + PLANTED.count("\n")


def test_mypy_rejects_a_method_that_does_not_exist(request, tmp_path):
    pytest.importorskip("mypy", reason="mypy is not installed")
    if not (ROOT / "typings").is_dir():
        pytest.skip("the tests are not in a checkout: there are no stubs to check with")
    ignored = shutil.ignore_patterns("*.so", "*.pyd", "*.cpp", "__pycache__")
    for folder in ("textvec", "typings"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = {}  # name of each estimator by the place of its error
    for estimator in ESTIMATORS:
        path = "/".join(estimator.__module__.split(".")) + ".py"
        line = plant(tmp_path / path, estimator.__name__)
        planted[f"{path}:{line}"] = estimator.__name__
    # What mypy knows of torch and NumPy is kept from run to run: it takes most of the time.
    cache = request.config.cache.mkdir("mypy")
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(cache)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    if "prevented further checking" in run.stdout:
        pytest.skip(f"mypy can't read the installed packages: {run.stdout[:200]}")
    places = re.findall(r'^(\S+:\d+): error: .* no attribute "_no_such_method"', run.stdout, re.M)
    seen = {planted[place.replace("\\", "/")] for place in places}
    assert seen == set(planted.values())

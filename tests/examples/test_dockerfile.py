"""What the Dockerfile of example 27 names exists; no image is built."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = [
    line.split(" ", 1)
    for line in (ROOT / "examples" / "27_serve.Dockerfile").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def arguments(instruction):
    return [rest for name, rest in LINES if name == instruction]


def test_what_is_copied_is_there():
    sources = [rest.split()[-2:] for rest in arguments("COPY") if "--from" not in rest]
    assert sources == [[".", "."], ["examples/27_serve.py", "/app/serve.py"]]
    assert (ROOT / "examples" / "27_serve.py").is_file()
    stages = {found[1] for rest in arguments("FROM") if (found := re.search(r"AS (\w+)", rest))}
    copied = {found[1] for rest in arguments("COPY") if (found := re.search(r"--from=(\w+)", rest))}
    assert copied == stages == {"build"}


def test_the_build_folder_has_no_environments_or_history():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", ".venv"} <= set(ignored)
    named = ("constraints.txt", "pyproject.toml", "setup.py", "README.md", "LICENSE", "textvec")
    assert not {*named, "examples"} & set(ignored)


def test_what_is_installed_is_an_extra():
    [install] = [rest for rest in arguments("RUN") if "pip install" in rest]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [extra] = re.findall(r'"\.\[(\w+)\]"', install)
    assert extra in project["optional-dependencies"]
    assert (ROOT / re.search(r"-c (\S+)", install)[1]).is_file()
    assert "--no-cache-dir" in install


def test_the_python_is_one_that_the_project_supports():
    [version] = [
        found[1] for rest in arguments("ARG") if (found := re.match(r"PYTHON=(\S+)", rest))
    ]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"Programming Language :: Python :: {version}" in project["classifiers"]


@pytest.mark.parametrize("instruction", ["CMD", "HEALTHCHECK"])
def test_commands_run_what_was_copied(instruction):
    [rest] = arguments(instruction)
    command = json.loads(rest.removeprefix("CMD "))
    assert command[0] == "/venv/bin/python"
    if instruction == "CMD":
        assert command[1:4] == ["/app/serve.py", "serve", "/model"]
        options = (ROOT / "examples" / "27_serve.py").read_text(encoding="utf-8")
        assert all(f'"{option}"' in options for option in command if option.startswith("--"))
    else:
        compile(command[2], "HEALTHCHECK", "exec")
        [port] = arguments("EXPOSE")
        assert f"127.0.0.1:{port}/health" in command[2]
        assert f'"--port", type=int, default={port}' in (ROOT / "examples/27_serve.py").read_text()


def test_the_server_is_not_root():
    names = [name for name, _ in LINES]
    assert names.index("USER") < names.index("CMD")
    [user] = arguments("USER")
    assert f"useradd --no-create-home {user}" in arguments("RUN")


def test_training_needs_no_more_than_is_installed(tmp_path):
    """The extra has no matplotlib, which other examples draw with."""
    code = "import sys; sys.modules['matplotlib'] = None; import _data; print('imported')"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "examples", capture_output=True, text=True
    )
    assert run.stdout == "imported\n", run.stderr

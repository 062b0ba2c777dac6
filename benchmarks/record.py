"""Run a benchmark, and keep what it prints for the site, with command, machine and date.

    TEXTVEC_DATA=folder python benchmarks/record.py counts --repeat 3 --only "^counts"

runs ``benchmarks/counts.py`` with the arguments after its name; ``examples/23_airline`` is a script
of another folder. The record replaces that of the same command in ``docs/benchmarks.json``, of
which the site's chart and its page of benchmarks are made.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import re
import shlex
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
RECORDS = ROOT / "docs" / "benchmarks.json"
PACKAGES = ("numpy", "scikit-learn", "torch")


@dataclass(frozen=True)
class Record:
    """What one command printed, where and when."""

    command: str
    machine: str
    date: str
    output: str


def main() -> None:
    name, *arguments = sys.argv[1:]
    script = Path(name if "/" in name else f"benchmarks/{name}").with_suffix(".py")
    run = subprocess.run(
        [sys.executable, str(script), *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    print(run.stdout)
    if run.returncode:
        raise SystemExit(run.returncode)
    command = shlex.join(["python", script.as_posix(), *arguments])
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    keep(Record(command, machine(), today, run.stdout.rstrip()))


def keep(record: Record) -> None:
    """Write the record in the place of the one of the same command."""
    records = json.loads(RECORDS.read_text("utf-8")) if RECORDS.exists() else []
    records = [r for r in records if r["command"] != record.command]
    records = sorted([*records, asdict(record)], key=lambda r: r["command"])
    RECORDS.write_text(json.dumps(records, indent=2, ensure_ascii=False) + "\n", "utf-8")


def machine() -> str:
    """Return processor, cores, system and versions, as a line."""
    cpu = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
        cpu = found[1] if found else cpu
    versions = ", ".join(f"{p} {version(p)}" for p in PACKAGES)
    return (
        f"{os.cpu_count()} cores of {cpu}, {platform.system()}, "
        f"Python {platform.python_version()}, {versions}"
    )


if __name__ == "__main__":
    main()

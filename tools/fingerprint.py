"""Print digests of results, so that a refactoring can be held to the same bits.

    python tools/fingerprint.py before.json              # in one checkout
    python tools/fingerprint.py after.json               # in another
    python tools/fingerprint.py --compare before.json after.json

Each case is a small computation with fixed inputs and seeds, by public names only. Its results go
into a JSON file as SHA-256 digests over type, shape and bytes, with a few numbers to look at. A
case that raises is recorded with the kind of its error. ``--compare`` lists what differs and exits
with 1; names of weights (``... names``) and words of errors (``... message``) are listed, but not
counted.

Digests depend on the processor and on the versions of NumPy and torch: compare runs of one machine.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy and torch: sums in a fixed order

import argparse
import json
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

Digest = dict[str, str]
Case = tuple[str, Callable[[], Any]]
TEMPORARY = re.compile(r"\S*[/\\]tmp\w{8}[/\\]")
UNCOUNTED = (" names", " message")
MODULES = (
    "_text_cases",
    "_vector_cases",
    "_learner_cases",
    "_network_cases",
    "_fit_cases",
    "_model_cases",
)


def all_cases() -> Iterator[Case]:
    for name in MODULES:
        yield from import_module(name).cases()


def parts_of(name: str, result: Any) -> Iterator[tuple[str, Any]]:
    """Split a dict of results into one entry each."""
    if not isinstance(result, Mapping):
        yield name, result
        return
    for key, value in result.items():
        yield from parts_of(f"{name}/{key}", value)


def run_case(name: str, compute: Callable[[], Any]) -> dict[str, Digest]:
    from _digests import digest  # imports textvec, which comparing does without

    try:
        result = compute()
    except Exception as error:  # the kind of an error is a result, too
        result = {"error": type(error).__name__, "error message": TEMPORARY.sub("", str(error))}
    return {part: digest(value) for part, value in parts_of(name, result)}


def run(only: str, *, verbose: bool) -> dict[str, Digest]:
    found: dict[str, Digest] = {}
    for name, compute in all_cases():
        if not name.startswith(only):
            continue
        begin = time.perf_counter()
        parts = run_case(name, compute)
        assert not parts.keys() & found.keys(), f"two cases are called {name}"
        found |= parts
        if verbose:
            print(f"{time.perf_counter() - begin:7.2f} s  {name}", file=sys.stderr)
    return found


def compare(before: dict[str, Digest], after: dict[str, Digest]) -> int:
    """Print what differs; return the number of differences that count."""
    n_counted = 0
    for name in sorted(before.keys() | after.keys()):
        a, b = before.get(name), after.get(name)
        if a is not None and b is not None and a["digest"] == b["digest"]:
            continue
        counted = not name.endswith(UNCOUNTED)
        n_counted += counted
        print(name if counted else f"({name})")
        print(f"    {'missing' if a is None else a['summary']}")
        print(f"    {'missing' if b is None else b['summary']}")
    print(f"{len(before)} and {len(after)} results, {n_counted} differences")
    return n_counted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, help="the file to write, or two to compare")
    parser.add_argument("--compare", action="store_true", help="compare two files")
    parser.add_argument("--only", default="", help="run only the cases whose name begins so")
    parser.add_argument("--verbose", action="store_true", help="print the time of each case")
    arguments = parser.parse_args()
    if len(arguments.files) != 1 + arguments.compare:
        parser.error("name one file to write, or two with --compare")
    if arguments.compare:
        before, after = (json.loads(path.read_text()) for path in arguments.files)
        return int(compare(before, after) > 0)
    warnings.simplefilter("ignore")
    found = run(arguments.only, verbose=arguments.verbose)
    arguments.files[0].write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(found)} results")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Save a small model of every estimator under ``tests/golden/``, for later versions to read.

Run with ``python tools/make_golden.py`` when there is a new estimator. Files that are there stay as
they are: they are what an earlier version wrote. ``--replace NAME`` writes one anew.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "saving"))

from models import CONTAINERS, MODELS  # noqa: E402

from textvec import save  # noqa: E402

GOLDEN = ROOT / "tests" / "golden"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replace", nargs="*", default=[], metavar="NAME")
    replaced = set(parser.parse_args().replace)
    GOLDEN.mkdir(exist_ok=True)
    for name, make in CONTAINERS.items():
        path = GOLDEN / f"{name}.textvec"
        if not path.exists() or name in replaced:
            save(make(), path)
    for name, case in MODELS.items():
        path = GOLDEN / f"{name}.textvec"
        if not path.exists() or name in replaced:
            model = case.fitted()
            save(model, path)
            results = json.dumps(case.results(model), indent=None, ensure_ascii=False)
            path.with_suffix(".json").write_text(results + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

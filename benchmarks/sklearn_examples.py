"""Three of scikit-learn's own examples of text classification, with only an import line changed.

    TEXTVEC_DATA=folder python benchmarks/sklearn_examples.py scikit-learn/examples [--repeat 3]

The examples come with scikit-learn's source; the grid search draws with plotly. Each is run as it
is and with its vectorizers imported from textvec, in processes of their own that take turns.
Everything both print must be equal, but for the times; the seconds are those of the whole script
and, within it, of the vectorizers (not seen where the script has processes of its own).
"""

from __future__ import annotations

import argparse
import codecs
import difflib
import os
import pickle
import re
import runpy
import subprocess
import sys
import time
from collections import defaultdict
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

EXAMPLES = (
    "text/plot_document_classification_20newsgroups.py",
    "semi_supervised/plot_semi_supervised_newsgroups.py",
    "model_selection/plot_grid_search_text_feature_extraction.py",
)
VECTORIZERS = ("CountVectorizer", "HashingVectorizer", "TfidfVectorizer")
_IMPORT = re.compile(r"^from sklearn\.feature_extraction\.text import (.+)$", re.MULTILINE)
_TIMES = re.compile(r"\d[\d.e-]*(?=s\b)|[\d.]+(?=\s?MB/s)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("examples", type=Path, help="the folder of scikit-learn's examples")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each script")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        run_here(options.examples)
        return
    with TemporaryDirectory() as folder:
        write_newsgroups(Path(folder))
        for name in EXAMPLES:
            compare(options.examples / name, Path(folder), options.repeat)


def compare(example: Path, folder: Path, repeat: int) -> None:
    theirs = example.read_text()
    scripts = {"sklearn": theirs, "textvec": changed(theirs)}
    print(f"\n{example.name}")
    for line in difflib.ndiff(theirs.splitlines(), scripts["textvec"].splitlines()):
        if line.startswith(("-", "+")):
            print(f"    {line}")
    seconds, printed = defaultdict(list), defaultdict(list)
    for _ in range(repeat):
        for library, script in scripts.items():
            path = folder / f"{library}.py"
            path.write_text(script)
            output, times = run(path, folder)
            printed[library].append(_TIMES.sub("...", output))
            seconds[library].append(times)
    if len({*printed["sklearn"], *printed["textvec"]}) != 1:
        raise SystemExit(
            "\n".join(
                difflib.unified_diff(
                    *(printed[library][0].splitlines() for library in scripts),
                    *scripts,
                    lineterm="",
                )
            )
        )
    medians = {library: np.median(times, axis=0) for library, times in seconds.items()}
    n_lines = len(printed["textvec"][0].splitlines())
    print(f"    all {n_lines} printed lines are equal")
    for i, part in enumerate(("whole script", "vectorizers")):
        a, b = (medians[library][i] for library in ("sklearn", "textvec"))
        if a and b:
            print(f"    {part:13} sklearn {a:7.2f} s  textvec {b:7.2f} s  {a / b:5.1f}x")


def changed(script: str) -> str:
    """Import the vectorizers from textvec, and the rest from where it was."""

    def split(match: re.Match[str]) -> str:
        names = [name.strip() for name in match[1].split(",")]
        ours = ", ".join(name for name in names if name in VECTORIZERS)
        rest = ", ".join(name for name in names if name not in VECTORIZERS)
        lines = [f"from textvec import {ours}"] if ours else []
        lines += [f"from sklearn.feature_extraction.text import {rest}"] if rest else []
        return "\n".join(lines)

    return _IMPORT.sub(split, script)


def run(script: Path, data: Path) -> tuple[str, tuple[float, float]]:
    environment = os.environ | {"SCIKIT_LEARN_DATA": str(data), "MPLBACKEND": "agg"}
    command = [sys.executable, __file__, "--child", str(script)]
    start = time.perf_counter()
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    whole = time.perf_counter() - start
    if result.returncode:
        raise SystemExit(result.stderr)
    output, _, vectorizers = result.stdout.rstrip().rpartition("\n")
    return output, (whole, float(vectorizers))


def run_here(script: Path) -> None:
    """Run a script, its random choices fixed, and print the seconds its vectorizers took."""
    library = __import__(
        "textvec" if script.stem == "textvec" else "sklearn.feature_extraction.text",
        fromlist=VECTORIZERS,
    )
    seconds, depth = [0.0], [0]
    for name in VECTORIZERS:
        for method in ("fit_transform", "transform"):
            add_timer(getattr(library, name), method, seconds, depth)
    np.random.seed(0)  # noqa: NPY002  (what the examples draw from)
    runpy.run_path(str(script), run_name="__main__")
    print(f"\n{seconds[0]}")


def add_timer(cls: type, method: str, seconds: list[float], depth: list[int]) -> None:
    """Add up the seconds of a method, but not of those it calls."""
    call = getattr(cls, method)

    @wraps(call)
    def timed(*args: Any, **kwargs: Any) -> Any:
        depth[0] += 1
        start = time.perf_counter()
        try:
            return call(*args, **kwargs)
        finally:
            depth[0] -= 1
            if not depth[0]:
                seconds[0] += time.perf_counter() - start

    setattr(cls, method, timed)


def write_newsgroups(folder: Path) -> None:
    """Put 20 Newsgroups where, and in the form that, scikit-learn's own fetcher keeps it."""
    cache = {}
    for subset in ("train", "test"):
        name = f"newsgroups20_bydate_{subset}.csv.xz"
        posts = pd.read_csv(Path(os.environ["TEXTVEC_DATA"], name), keep_default_na=False)
        names = posts.groupby("label")["newsgroup"].first().tolist()
        cache[subset] = Bunch(
            data=posts["text"].tolist(),
            target=posts["label"].to_numpy(),
            target_names=names,
            filenames=(posts["newsgroup"] + "/" + posts["id"].astype(str)).to_numpy(object),
        )
    packed = codecs.encode(pickle.dumps(cache), "zlib_codec")
    (folder / "20news-bydate_py3.pkz").write_bytes(packed)


if __name__ == "__main__":
    main()

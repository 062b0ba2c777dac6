"""The first prediction of a saved network in a new process: CPU seconds.

    OMP_NUM_THREADS=1 python benchmarks/cold_start.py [--rounds 5]

A network with default parameters on the shipped reviews is saved. Each round starts one process
that loads it and predicts one document, and one that only imports torch and scikit-learn; medians.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from sklearn.pipeline import make_pipeline

import textvec
from textvec import RNNClassifier, SequenceVectorizer
from textvec.datasets import load_reviews

USED = """
import time
print(time.process_time())
"""
PROCESSES = {
    "torch and scikit-learn imported": "import torch, sklearn.base",
    "a network loaded, one document predicted": (
        "import textvec\ntextvec.load({path!r}).predict_proba(['Not a dull minute.'])"
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    model = make_pipeline(SequenceVectorizer(), RNNClassifier(max_iter=1, random_state=0))
    model.fit(*load_reviews(return_X_y=True))
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "model"))
        textvec.save(model, path)
        codes = {name: code.format(path=path) + USED for name, code in PROCESSES.items()}
        found = [[used(code) for code in codes.values()] for _ in range(rounds)]  # in turns
    for name, runs in zip(codes, zip(*found, strict=True), strict=True):
        print(f"{name:42} {statistics.median(runs):5.2f} CPU seconds")


def used(code: str) -> float:
    """Run a process, and return its CPU seconds."""
    command = [sys.executable, "-c", code]
    return float(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


if __name__ == "__main__":
    main()

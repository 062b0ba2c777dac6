"""Training in two processes is training in one: losses, checkpoint, early stopping, reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from .one_of_two import results

SCRIPT = Path(__file__).parent / "one_of_two.py"
pytestmark = pytest.mark.skipif(
    not torch.distributed.is_available(), reason="torch is built without torch.distributed"
)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Return the results of this process alone (-1) and of each of two, and what they print."""
    both = tmp_path_factory.mktemp("both")
    package = str(Path(__file__).parents[2])
    started = {
        rank: subprocess.Popen(
            [sys.executable, str(SCRIPT), str(rank), str(both)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": package, "OMP_NUM_THREADS": "1"},
        )
        for rank in (0, 1)
    }
    alone = results(tmp_path_factory.mktemp("alone"))
    output = {rank: process.communicate(timeout=300) for rank, process in started.items()}
    for rank, process in started.items():
        assert process.returncode == 0, output[rank][1]
    found = {rank: json.loads((both / f"results{rank}.json").read_text()) for rank in started}
    return found | {-1: alone}, {rank: text for rank, (text, _) in output.items()}, both


@pytest.mark.parametrize("name", ["plain", "stopped", "tagger", "language"])
def test_losses_are_those_of_one_process(runs, name):
    found = runs[0]
    np.testing.assert_allclose(found[0][name], found[-1][name], rtol=1e-5, atol=1e-6)


def test_all_processes_have_the_same_results(runs):
    """Early stopping at the same epoch and predictions among them, also of random numbers."""
    assert runs[0][0] == runs[0][1]


def test_one_process_reports_and_writes(runs):
    _, output, folder = runs
    assert output[0].count("[RNNClassifier] epoch ") == 4  # three, and one more of a warm start
    assert output[0].count("RNNClassifier - fit") == 2  # two fits, a bar each
    assert output[1] == ""
    assert len(list((folder / "checkpoint").glob("epoch-*"))) == 2


def test_other_rows_are_an_error_in_all(runs):
    for rank in (0, 1):
        assert "got [(33, 111), (32, 110)] in the processes 0 to 1" in runs[0][rank]["error"]

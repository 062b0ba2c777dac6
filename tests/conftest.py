"""What all tests share: where real data is, if it is there."""

from __future__ import annotations

import csv
import gc
import gzip
import importlib
import io
import lzma
import os
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No deadlines: how long an example takes is up to what else the machine does. The same examples
# in every run: what fails does so for the change that is tested, and not by chance.
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("textvec", derandomize=True, **PATIENT)
# For fuzzing by hand: --hypothesis-profile=fuzz, stopped when one has waited long enough.
settings.register_profile("fuzz", max_examples=10_000_000, **PATIENT)
settings.load_profile("textvec")

# The libraries and the tests themselves are millions of objects, which each full collection visits.
gc.set_threshold(50_000, 20, 20)

# Tests run side by side; threads of torch that wait for each other on the same cores would
# make small networks slower by an order of magnitude. Read when torch is first imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# What networks compute is compared with loops written by hand, on a GPU too: in whole float32.
os.environ.setdefault("NVIDIA_TF32_OVERRIDE", "0")

collect_ignore = ["smoke.py"]  # a script for installed packages


def pytest_collection_finish() -> None:
    """Take what is there before the first test, which lives to the end, from all collections."""
    gc.freeze()


def _data_file(name: str) -> Path:
    folder = os.environ.get("TEXTVEC_DATA")
    if not folder:
        pytest.skip("TEXTVEC_DATA names no folder of real data")
    path = Path(folder, name)
    if not path.exists():
        pytest.skip(f"the folder TEXTVEC_DATA holds no {name}")
    return path


@pytest.fixture(scope="session")
def data_file():
    """Return the path of a file of real data, or skip the test."""
    return _data_file


@pytest.fixture(scope="session")
def imdb_train() -> list[str]:
    with lzma.open(_data_file("imdb_train.csv.xz"), "rt", encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


@pytest.fixture(scope="session")
def parallel_sentences() -> dict[str, list[str]]:
    """The same 1,000 sentences in nine languages, by language."""
    with gzip.open(_data_file("pud_parallel_9lang.tsv.gz"), "rt", encoding="utf-8") as file:
        header, *rows = (line.rstrip("\n").split("\t") for line in file)
    return {name: [row[i] for row in rows] for i, name in enumerate(header) if name != "id"}


@pytest.fixture(scope="session")
def keras():
    """Keras on torch, which is what the rest of the suite runs on; it holds the legacy classes."""
    os.environ["KERAS_BACKEND"] = "torch"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what importing Keras warns of is not ours
        return pytest.importorskip("keras", reason="Keras is not installed")


@pytest.fixture(scope="session")
def keras_text(keras):
    """Return Keras' module of the legacy Tokenizer and what goes with it."""
    return importlib.import_module("keras.src.legacy.preprocessing.text")


@pytest.fixture
def full_disk():
    """Let no file grow above 4 kB: an error of the system, as that of a full disk is."""
    resource = pytest.importorskip("resource", reason="limits of a process are those of Unix")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def terminal(monkeypatch):
    """Let rich draw on a terminal of 100 columns, whose text is the value of the fixture."""
    console = pytest.importorskip("rich.console")
    screen = io.StringIO()
    drawn_on = console.Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr("rich._console", drawn_on)
    return screen

"""Kernels called by several threads at once, with and without the GIL."""

from __future__ import annotations

import importlib
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest

import textvec._kernels
from textvec._kernels._row_lists import number_rows
from textvec._kernels._token_bytes import TokenIndex, encode_tokens
from textvec._kernels._tokenize import Scanner

N_THREADS = 8
# A process of its own: the tables of characters are filled once.
FILLED_WHILE_READ = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from textvec._kernels._tokenize import Scanner

together = Barrier(8)

def scan(i):
    scanner = Scanner("words", lowercase=True)
    documents = ["Où est le café d'été ? " * 20_000] if i % 2 else ["Ἀρχὴ Жизнь e\u0301te\u0301"]
    together.wait()
    return [array.tobytes() for array in scanner.scan(documents)[:4]]

with ThreadPoolExecutor(8) as threads:
    results = list(threads.map(scan, range(8)))
assert all(results[i] == scan_alone for i, scan_alone in enumerate(results[:2] * 4))
scan_again = Scanner("words", lowercase=True).scan(["Ἀρχὴ Жизнь e\u0301te\u0301"])
assert results[0] == [array.tobytes() for array in scan_again[:4]]
assert bytes(scan_again[2]).decode() == "ἀρχὴжизньe\u0301te\u0301"
"""


def in_all_threads(function):
    """Return the results of a function that all threads begin at the same moment."""
    together = Barrier(N_THREADS)

    def begin(i):
        together.wait()
        return function(i)

    with ThreadPoolExecutor(N_THREADS) as threads:
        return list(threads.map(begin, range(N_THREADS)))


@pytest.mark.skipif(
    not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="needs a free-threaded Python"
)
def test_no_kernel_turns_the_gil_on():
    for path in Path(textvec._kernels.__file__).parent.glob("_*.pyi"):
        importlib.import_module(f"textvec._kernels.{path.stem}")
    assert not sys._is_gil_enabled()


def test_one_scanner_for_short_documents_of_all_threads():
    scanner = Scanner("words", lowercase=True)
    known = TokenIndex(*encode_tokens([f"w{i}" for i in range(0, 500, 2)]))
    documents = [" ".join(f"W{(i * j) % 500}" for j in range(i % 9)) for i in range(300)]

    def read(i):
        return [scanner.ids_of(d, known, 2, 1)[0].tolist() for d in documents[i:] + documents[:i]]

    expected = read(0)
    for i, rows in enumerate(in_all_threads(read)):
        assert rows == expected[i:] + expected[:i]


def test_characters_beyond_latin_1_are_prepared_while_others_are_read():
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", FILLED_WHILE_READ], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr


def test_rows_that_another_thread_changes():
    rows = [[1, 2, 3] for _ in range(50)]

    def work(i):
        if i % 2:
            for k in range(200):
                rows[k % 50][:] = [k] * (k % 4)
            return True
        for _ in range(50):
            with suppress(RuntimeError):  # the rows were changed
                read = number_rows(rows)
                if read is None:  # a row was cut while it was surveyed
                    continue
                values, offsets = read.flat()
                assert len(offsets) == 51
                assert len(values) == offsets[-1]
                assert (values >= 0).all()
                assert (values < 200).all()
        return True

    assert all(in_all_threads(work))
    for row in rows:
        row[:] = [7]
    assert np.array_equal(number_rows(rows).flat()[0], [7] * 50)

"""Optional packages are imported to their end."""

from __future__ import annotations

import signal
import subprocess
import sys
from importlib import import_module

import pytest

from textvec._compat import import_whole

INTERRUPTED = """
import signal

signal.raise_signal(signal.SIGINT)
for _ in range(50_000):  # the main thread hears it now
    pass
whole = True
"""
# The first fit of a process imports torch's compiler, and sympy with it.
FIRST_FIT = """
import signal, sys
from textvec import RNNClassifier

class Interrupting:
    def find_spec(self, name, *args):
        if name == "sympy.core.expr":
            signal.raise_signal(signal.SIGINT)

def fit():
    RNNClassifier(max_iter=1, random_state=0).fit([[2, 3], [3, 2]], ["a", "b"])

sys.meta_path.insert(0, Interrupting())
try:
    fit()
except KeyboardInterrupt:
    fit()
    print("fitted")
"""


def test_an_interrupted_import_is_whole(tmp_path, monkeypatch):
    name = "imported_by_test_compat"
    (tmp_path / f"{name}.py").write_text(INTERRUPTED)
    monkeypatch.syspath_prepend(tmp_path)
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            import_whole(name)
        assert sys.modules[name].whole
    finally:
        signal.signal(signal.SIGINT, handler)
        sys.modules.pop(name, None)


def test_an_import_keeps_its_error():
    for read in (import_whole, import_module):
        with pytest.raises(ModuleNotFoundError) as error:
            read("textvec_has_none")
        assert error.value.name == "textvec_has_none"


def test_a_network_can_be_fitted_after_its_first_fit_was_interrupted_early():
    run = subprocess.run([sys.executable, "-c", FIRST_FIT], capture_output=True, text=True)
    assert run.stdout == "fitted\n", run.stderr


def test_a_module_is_imported_where_the_interpreter_ends():
    at_exit = (
        "import atexit; from textvec._compat import import_whole; "
        "atexit.register(lambda: print(import_whole('colorsys').__name__))"
    )
    run = subprocess.run([sys.executable, "-c", at_exit], capture_output=True, text=True)
    assert run.stdout == "colorsys\n", run.stderr

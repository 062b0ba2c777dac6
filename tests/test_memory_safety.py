"""Whatever is done to containers and what they are handed to, the process lives.

The attacks run in a process of their own: a step must end with a result or with an error.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ATTACKS = Path(__file__).with_name("memory_attacks.py")
GROUPS = ["containers", "states", "attributes", "estimators", "functions", "parameters"]


@pytest.mark.parametrize("group", GROUPS)
def test_the_process_lives(group):
    run = subprocess.run(
        [sys.executable, "-X", "faulthandler", str(ATTACKS), group],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, f"{run.stdout[-2000:]}\n{run.stderr[-4000:]}"
    steps, errors = map(int, run.stdout.split()[-2:])
    assert steps > 20
    assert 0 < errors < steps

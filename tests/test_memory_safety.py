"""Whatever is done to containers and what they are handed to, the process lives.

The attacks run in a process of their own: a step must end with a result or with an error.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ATTACKS = Path(__file__).with_name("memory_attacks.py")
GROUPS = ["containers", "states", "attributes", "estimators", "functions", "parameters"]


def test_the_process_lives():
    command = [sys.executable, "-X", "faulthandler", str(ATTACKS), *GROUPS]
    run = subprocess.run(command, capture_output=True, text=True, timeout=3000)
    said = f"{run.stdout[-2000:]}\n{run.stderr[-4000:]}"
    assert run.returncode == 0, said
    # Whatever else is printed stands before the three of a group.
    ended = [line.split()[-3:] for line in run.stdout.splitlines() if line.split()[-3:-2]]
    found = {group: (int(steps), int(errors)) for group, steps, errors in ended if group in GROUPS}
    assert found.keys() == set(GROUPS), said
    for group, (steps, errors) in found.items():
        assert steps > 20, group
        assert 0 < errors < steps, group

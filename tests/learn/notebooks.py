"""Running notebooks, as a reader would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

nbclient = pytest.importorskip("nbclient", reason="notebooks are run by nbclient")


def execute(notebook: Any, folder: Path) -> Any:
    """Return the notebook with its outputs; the folder is that of the kernel."""
    resources = {"metadata": {"path": str(folder)}}
    limits = {"timeout": 600, "startup_timeout": 300}
    client = nbclient.NotebookClient(notebook, kernel_name="python3", resources=resources, **limits)
    return client.execute()

"""The built site: TEXTVEC_SITE names its folder, which CONTRIBUTING says how to build."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def site() -> Path:
    folder = os.environ.get("TEXTVEC_SITE")
    if not folder:
        pytest.skip("TEXTVEC_SITE names no built site")
    path = Path(folder).resolve()
    assert (path / "index.html").exists(), f"{path} holds no built site"
    return path


@pytest.fixture(scope="session")
def pages(site) -> list[Path]:
    return [p for p in sorted(site.rglob("*.html")) if "_static" not in p.parts]

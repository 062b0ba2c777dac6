"""Figures are closed after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def closed_figures() -> Iterator[None]:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    yield
    pyplot.close("all")

"""Collections of Dask that are computed in the thread of the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def in_this_thread() -> Iterator[None]:
    dask = pytest.importorskip("dask")
    with dask.config.set(scheduler="synchronous"):
        yield

"""The built site: TEXTVEC_SITE names its folder, which CONTRIBUTING says how to build."""

from __future__ import annotations

import importlib.util
import os
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

spec = importlib.util.spec_from_file_location("browser", Path(__file__).with_name("browser.py"))
browser_module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(browser_module)


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


@pytest.fixture(scope="session")
def browser(site):
    if browser_module.executable() is None:
        pytest.skip("Chromium is not installed")
    browser = browser_module.Browser()
    yield browser
    browser.close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format, *args):
        """Say nothing of each request."""


@pytest.fixture(scope="session")
def server(site) -> str:
    """Return the address of the site on a server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()

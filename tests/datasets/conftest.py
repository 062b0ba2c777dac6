"""A web server on this machine whose connections break as a test wants."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Server:
    """What is served, how, and what was asked for."""

    payload: bytes = b""
    cuts: list[int] = field(default_factory=list)  # bytes sent by the first answers
    statuses: list[int] = field(default_factory=list)  # errors answered first
    ignore_range: bool = False
    shift: int = 0  # a 206 answer begins this many bytes too late
    ranges: list[str | None] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    state: Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.state.ranges.append(asked)
        if self.state.statuses:
            self._answer(self.state.statuses.pop(0), b"")
        elif asked is None or self.state.ignore_range:
            self._answer(200, self.state.payload)
        else:
            self._answer_range(int(asked.removeprefix("bytes=").removesuffix("-")))

    def _answer_range(self, start: int) -> None:
        total = len(self.state.payload)
        if start >= total:
            self._answer(416, b"", f"bytes */{total}")
            return
        start += self.state.shift
        self._answer(206, self.state.payload[start:], f"bytes {start}-{total - 1}/{total}")

    def _answer(self, status: int, body: bytes, content_range: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if content_range is not None:
            self.send_header("Content-Range", content_range)
        self.end_headers()
        n_sent = self.state.cuts.pop(0) if body and self.state.cuts else len(body)
        # Noted first: who has read the last byte may look at once.
        self.state.sent.append(min(n_sent, len(body)))
        with suppress(ConnectionError):  # the other side has enough
            self.wfile.write(body[:n_sent])

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    state = Server()
    handler = type("BoundHandler", (Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        state.url = f"http://127.0.0.1:{http.server_address[1]}/archive.tar.gz"
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield state
        http.shutdown()
        thread.join()

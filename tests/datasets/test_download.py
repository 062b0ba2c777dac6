"""Downloads that resume, and their checksums."""

from __future__ import annotations

import hashlib
import re

import pytest

from textvec.datasets._download import (
    CHUNK_SIZE,
    RemoteFile,
    ResumingDownloader,
    is_intact,
    retrieve,
)

pytest.importorskip("pooch", reason="downloads are pooch's work")

PAYLOAD = bytes(range(256)) * 4000  # 1,024,000 bytes: several chunks


def remote_file(server, payload=PAYLOAD):
    digest = hashlib.md5(payload).hexdigest()
    return RemoteFile("archive.tar.gz", server.url, f"md5:{digest}", len(payload))


def fetch(server, folder, n_retries=3):
    server.payload = server.payload or PAYLOAD
    return retrieve(remote_file(server), folder, n_retries=n_retries, delay=0.001)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


class TestRetrieve:
    def test_whole(self, server, tmp_path):
        path = fetch(server, tmp_path)
        assert path == tmp_path / "archive.tar.gz"
        assert path.read_bytes() == PAYLOAD
        assert names(tmp_path) == ["archive.tar.gz"]
        assert is_intact(remote_file(server), tmp_path)

    def test_what_is_there_is_not_downloaded(self, server, tmp_path):
        (tmp_path / "archive.tar.gz").write_bytes(PAYLOAD)
        fetch(server, tmp_path)
        assert server.ranges == []

    def test_other_file_of_that_name_is_replaced(self, server, tmp_path):
        (tmp_path / "archive.tar.gz").write_bytes(b"half")
        assert not is_intact(remote_file(server), tmp_path)
        assert fetch(server, tmp_path).read_bytes() == PAYLOAD

    def test_cut_connections_are_resumed(self, server, tmp_path, caplog):
        server.cuts = [40 * CHUNK_SIZE, CHUNK_SIZE, 60 * CHUNK_SIZE]
        assert fetch(server, tmp_path).read_bytes() == PAYLOAD
        assert server.ranges == [None, "bytes=327680-", "bytes=335872-", "bytes=827392-"]
        assert sum(server.sent) == len(PAYLOAD)
        assert names(tmp_path) == ["archive.tar.gz"]
        assert caplog.text.count("Trying again.") == 3

    def test_cut_within_a_chunk(self, server, tmp_path):
        server.cuts = [CHUNK_SIZE + 1, 1]
        assert fetch(server, tmp_path).read_bytes() == PAYLOAD
        assert server.ranges == [None, "bytes=8192-", "bytes=8192-"]

    def test_next_call_resumes(self, server, tmp_path):
        server.cuts = [CHUNK_SIZE, CHUNK_SIZE]
        with pytest.raises(OSError, match=r"could not be downloaded to .* \(2 tries\)") as info:
            fetch(server, tmp_path, n_retries=1)
        assert info.value.__cause__ is not None
        assert names(tmp_path) == ["archive.tar.gz.part"]
        assert fetch(server, tmp_path).read_bytes() == PAYLOAD
        assert sum(server.sent) == len(PAYLOAD)

    def test_server_ignores_range(self, server, tmp_path):
        server.cuts = [CHUNK_SIZE]
        server.ignore_range = True
        assert fetch(server, tmp_path).read_bytes() == PAYLOAD
        assert server.sent == [CHUNK_SIZE, len(PAYLOAD)]

    def test_server_sends_another_range(self, server, tmp_path):
        server.cuts = [CHUNK_SIZE]
        server.shift = 5
        assert fetch(server, tmp_path).read_bytes() == PAYLOAD
        assert server.ranges == [None, "bytes=8192-", None]

    def test_part_beyond_the_file_on_the_server(self, server, tmp_path):
        (tmp_path / "archive.tar.gz.part").write_bytes(PAYLOAD[:2000])
        server.payload = PAYLOAD[:1500]
        with pytest.raises(OSError, match="got 1,500 bytes where 1,024,000 were expected"):
            fetch(server, tmp_path, n_retries=0)
        assert server.ranges == ["bytes=2000-", None]  # 416, then all of it

    def test_part_longer_than_the_file(self, server, tmp_path):
        (tmp_path / "archive.tar.gz.part").write_bytes(PAYLOAD + b"x")
        assert fetch(server, tmp_path).read_bytes() == PAYLOAD
        assert server.ranges == [None]

    def test_complete_part_needs_no_connection(self, server, tmp_path):
        (tmp_path / "archive.tar.gz.part").write_bytes(PAYLOAD)
        assert fetch(server, tmp_path).read_bytes() == PAYLOAD
        assert server.ranges == []

    @pytest.mark.parametrize("length", [1000, len(PAYLOAD)])
    def test_part_of_another_file(self, server, tmp_path, length):
        (tmp_path / "archive.tar.gz.part").write_bytes(b"?" * length)
        assert fetch(server, tmp_path).read_bytes() == PAYLOAD
        assert server.ranges[-1] is None

    def test_wrong_checksum(self, server, tmp_path):
        server.payload = PAYLOAD[::-1]
        with pytest.raises(OSError, match="does not match the known hash"):
            fetch(server, tmp_path, n_retries=1)
        assert server.ranges == [None, None]
        assert names(tmp_path) == []

    def test_too_long_an_answer_is_not_read_to_its_end(self, server, tmp_path):
        server.payload = PAYLOAD * 10
        with pytest.raises(OSError, match="where 1,024,000 were expected"):
            fetch(server, tmp_path, n_retries=0)
        assert (tmp_path / "archive.tar.gz.part").stat().st_size < 2 * len(PAYLOAD)

    def test_busy_server_is_asked_again(self, server, tmp_path):
        server.statuses = [503, 429]
        assert fetch(server, tmp_path).read_bytes() == PAYLOAD

    def test_missing_page_is_not_asked_again(self, server, tmp_path):
        server.statuses = [404]
        with pytest.raises(OSError, match=r"\(1 try\): 404"):
            fetch(server, tmp_path)
        assert server.ranges == [None]

    def test_full_disk_is_not_tried_again(self, server, tmp_path, monkeypatch):
        def write(*args):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(ResumingDownloader, "_write", write)
        with pytest.raises(OSError, match=r"\(1 try\): .*No space left"):
            fetch(server, tmp_path)

    def test_progress_in_a_pipe(self, server, tmp_path, capsys):
        fetch(server, tmp_path)
        assert capsys.readouterr() == ("", "")

    def test_progress_without_rich(self, server, tmp_path, monkeypatch, terminal):
        monkeypatch.setattr("textvec._reporting._progress_bars.find_spec", lambda name: None)
        fetch(server, tmp_path)
        assert not terminal.getvalue()

    def test_progress_in_a_terminal(self, server, tmp_path, terminal):
        fetch(server, tmp_path)
        assert re.search(r"downloading archive.tar.gz.*100%.*1.0 MB", terminal.getvalue())

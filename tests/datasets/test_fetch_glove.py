from __future__ import annotations

import hashlib
import io
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from textvec import WordVectors
from textvec.datasets import _download, _fetch_glove, fetch_glove
from textvec.datasets._download import RemoteFile
from textvec.datasets._fetch_glove import SOURCES, Source

pytest.importorskip("pooch", reason="downloads are pooch's work")

ARCHIVE = "glove.6B.zip"
# Of width 50 in the real archive; here words that hold blanks and numbers as "840B" has them.
TEXTS = {
    "glove.6B.2d.txt": "the 0.1 0.2\n. . . 1 2\nroute 66 3 4\n",
    "glove.6B.3d.txt": "the 0.1 0.2 0.3\nfrog 1 2 3\n",
}
WORDS = ["the", ". . .", "route 66"]


def make_archive(texts=TEXTS):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
    return file.getvalue()


@pytest.fixture
def publish(server, monkeypatch):
    """Make the server's archive, and its checksum, those of a corpus."""

    def publish(payload):
        server.payload = payload
        digest = hashlib.sha1(payload).hexdigest()
        remote = RemoteFile(ARCHIVE, server.url, f"sha1:{digest}", len(payload))
        monkeypatch.setitem(SOURCES, "6B", Source(remote, (2, 3)))

    return publish


@pytest.fixture
def published(publish, server):
    publish(make_archive())
    return server


@pytest.fixture
def fetch(tmp_path):
    return lambda dim=2, **options: fetch_glove(
        "6B", dim, data_home=tmp_path, delay=1e-3, **options
    )


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def test_vectors(published, fetch):
    vectors = fetch()
    assert isinstance(vectors, WordVectors)
    assert list(vectors) == WORDS
    np.testing.assert_array_equal(vectors.matrix, np.float32([[0.1, 0.2], [1, 2], [3, 4]]))
    assert list(fetch(dim=3)) == ["the", "frog"]


def test_one_download_for_all_widths(published, fetch, tmp_path):
    for dim in (2, 3, 2):
        fetch(dim)
    assert len(published.ranges) == 1
    assert names(tmp_path) == ["glove.6B.2d", "glove.6B.3d"]  # no archive, no text


def test_cut_connection(published, fetch, monkeypatch):
    monkeypatch.setattr(_download, "CHUNK_SIZE", 50)
    published.cuts = [100, 50]
    assert list(fetch()) == WORDS
    assert published.ranges == [None, "bytes=100-", "bytes=150-"]


def test_corrupted(published, fetch, tmp_path):
    published.payload = published.payload[:-1] + b"?"
    with pytest.raises(OSError, match="does not match the known hash"):
        fetch(n_retries=1)
    assert names(tmp_path) == []


def test_failure_says_what_to_do(published, fetch, tmp_path):
    published.statuses = [404]
    with pytest.raises(OSError, match="404") as info:
        fetch()
    for part in [published.url, str(tmp_path), "glove.6B.2d.txt", ARCHIVE]:
        assert part in str(info.value)


def test_offline(published, fetch, tmp_path):
    with pytest.raises(OSError, match="not found") as info:
        fetch(download_if_missing=False)
    assert str(info.value) == (
        f"The GloVe vectors glove.6B.2d are not in '{tmp_path}': not found. With a connection and "
        f"download_if_missing=True, fetch_glove downloads 0 MB from {published.url}; without, put "
        f"glove.6B.2d.txt, or {ARCHIVE} from that address, into '{tmp_path}'."
    )
    assert published.ranges == []
    assert names(tmp_path) == []


def test_text_put_there_by_hand(published, fetch, tmp_path):
    (tmp_path / "glove.6B.2d.txt").write_text("toad 5 6\n")
    assert list(fetch(download_if_missing=False)) == ["toad"]
    assert names(tmp_path) == ["glove.6B.2d", "glove.6B.2d.txt"]  # the user's file stays
    assert list(fetch(dim=3)) == ["the", "frog"]
    assert list(fetch()) == ["toad"]


def test_archive_put_there_by_hand(published, fetch, tmp_path):
    (tmp_path / ARCHIVE).write_bytes(published.payload)
    assert list(fetch(download_if_missing=False)) == WORDS
    assert published.ranges == []
    assert names(tmp_path) == ["glove.6B.2d", "glove.6B.3d", ARCHIVE]


def test_wrong_archive_put_there_by_hand(published, fetch, tmp_path):
    (tmp_path / ARCHIVE).write_bytes(published.payload[:-10])
    with pytest.raises(OSError, match="has another checksum than sha1:"):
        fetch(download_if_missing=False)
    assert list(fetch()) == WORDS


def test_fetched_twice_at_once(published, fetch):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(fetch, [2, 3, 2, 3]))
    assert [len(vectors) for vectors in found] == [3, 2, 3, 2]
    assert len(published.ranges) == 1


def test_interrupted_conversion(published, fetch, tmp_path, monkeypatch):
    def read(path, dim, *, member):
        if dim == 3:
            raise KeyboardInterrupt
        return WordVectors.load(path, member=member, embedding_dim=dim)

    with monkeypatch.context() as patch:
        patch.setattr(_fetch_glove, "_read", read)
        with pytest.raises(KeyboardInterrupt):
            fetch(dim=3)
    assert names(tmp_path) == ["glove.6B.2d", ARCHIVE]  # nothing half
    assert list(fetch(dim=3)) == ["the", "frog"]
    assert len(published.ranges) == 1


def test_warm_read_only_folder(published, fetch, tmp_path):
    fetch()
    (tmp_path / f"{ARCHIVE}.lock").unlink()
    tmp_path.chmod(0o555)
    try:
        assert list(fetch(download_if_missing=False)) == WORDS
    finally:
        tmp_path.chmod(0o755)
    assert f"{ARCHIVE}.lock" not in os.listdir(tmp_path)


def test_text_in_a_read_only_folder(published, fetch, tmp_path, monkeypatch):
    (tmp_path / "glove.6B.2d.txt").write_text("toad 5 6\n")
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    assert list(fetch(download_if_missing=False)) == ["toad"]
    assert names(tmp_path) == ["glove.6B.2d.txt"]


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (b"<html>Moved</html>", "no zip archive"),
        (make_archive({"other.txt": "the 1 2"}), r"holds no 'glove\.6B\.2d\.txt'"),
    ],
)
def test_no_archive_of_vectors(publish, fetch, tmp_path, payload, message):
    publish(payload)
    with pytest.raises(ValueError, match=message):
        fetch()
    assert names(tmp_path) == [ARCHIVE]


def test_damaged_member(publish, fetch, tmp_path):
    payload = bytearray(make_archive())
    payload[60] ^= 0xFF  # within the first text, whose checksum the archive holds
    publish(bytes(payload))
    with pytest.raises(ValueError, match="damaged or cut short"):
        fetch()
    assert names(tmp_path) == [ARCHIVE]


def test_damaged_text_put_there_by_hand(published, fetch, tmp_path):
    (tmp_path / "glove.6B.2d.txt").write_text("toad 5 6\nfrog 1\n")
    with pytest.raises(ValueError, match="line 2"):
        fetch()
    assert names(tmp_path) == ["glove.6B.2d.txt"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"corpus": "7B"}, "'corpus' parameter of fetch_glove"),
        ({"dim": "50"}, "'dim' parameter of fetch_glove"),
        ({"corpus": "42B", "dim": 50}, "corpus '42B' have dim 300, not 50"),
        ({"n_retries": 0}, "'n_retries' parameter"),
    ],
)
def test_parameters(options, message):
    with pytest.raises(ValueError, match=message):
        fetch_glove(**options)


def test_names_are_those_of_the_authors():
    assert [SOURCES["6B"].name(d) for d in (50, 300)] == ["glove.6B.50d", "glove.6B.300d"]
    assert SOURCES["840B"].name(300) == "glove.840B.300d"
    assert SOURCES["twitter.27B"].name(25) == "glove.twitter.27B.25d"
    for source in SOURCES.values():
        assert source.archive.url == f"https://nlp.stanford.edu/data/{source.archive.name}"
        assert len(source.archive.known_hash) == len("sha1:") + 40


def test_real_file(data_file, tmp_path):
    import gzip

    packed = data_file("glove.6B.50d.top40k.txt.gz")
    (tmp_path / "glove.6B.50d.txt").write_bytes(gzip.decompress(packed.read_bytes()))
    assert fetch_glove(data_home=tmp_path) == WordVectors.load(packed)

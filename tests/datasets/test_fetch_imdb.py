from __future__ import annotations

import csv
import gzip
import hashlib
import io
import lzma
import os
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from textvec.datasets import _download, _fetch_imdb, _imdb_files, fetch_imdb
from textvec.datasets._download import RemoteFile
from textvec.datasets._imdb_files import Source

pytest.importorskip("pooch", reason="downloads are pooch's work")

FILES = ["imdb_test.csv.xz", "imdb_train.csv.xz", "imdb_unsup.csv.xz"]
ARCHIVE = "aclImdb_v1.tar.gz"
HARD_TEXT = 'Said "no",\rthen\x85left.<br />\n \0 \U0001f600 é '

# In the archive's order, which is not that of the rows.
REVIEWS = {
    "test/neg/0_2.txt": "Bad.",
    "test/pos/0_10.txt": "Best.",
    "train/neg/1_1.txt": "Awful.",
    "train/neg/0_3.txt": "Dull.",
    "train/pos/10_9.txt": "Grand.",
    "train/pos/2_7.txt": HARD_TEXT,
    "train/unsup/1_0.txt": "Who knows?",
    "train/unsup/0_0.txt": HARD_TEXT,
    "train/unsup/2_0.txt": "",
}
COUNTS = {"train/pos": 2, "train/neg": 2, "test/pos": 1, "test/neg": 1, "train/unsup": 3}
TRAIN = [HARD_TEXT, "Grand.", "Dull.", "Awful."]


def add(archive, name, data=b"", **fields):
    member = tarfile.TarInfo(name)
    member.size = len(data)
    for field, value in fields.items():
        setattr(member, field, value)
    archive.addfile(member, io.BytesIO(data))


def make_archive(reviews=REVIEWS, more=lambda archive: None):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        add(archive, "aclImdb/README", b"Large Movie Review Dataset v1.0")
        add(archive, "aclImdb/train/unsupBow.feat", b"0 0:9 1:1")
        for name, text in reviews.items():
            add(archive, f"aclImdb/{name}", text.encode())
        more(archive)
    return file.getvalue()


@pytest.fixture(scope="module")
def archive():
    return make_archive()


@pytest.fixture
def publish(server, monkeypatch):
    """Make the server's archive, and its checksum, those of the data set."""

    def publish(payload):
        server.payload = payload
        digest = hashlib.md5(payload).hexdigest()
        remote = RemoteFile(ARCHIVE, server.url, f"md5:{digest}", len(payload))
        monkeypatch.setattr(_fetch_imdb, "SOURCE", Source(remote, COUNTS))

    return publish


@pytest.fixture
def published(publish, archive, server):
    publish(archive)
    return server


@pytest.fixture
def fetch(tmp_path):
    return lambda **options: fetch_imdb(data_home=tmp_path, delay=0.001, **options)


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


class TestContent:
    def test_train(self, published, fetch):
        bunch = fetch()
        assert bunch.data == TRAIN
        assert bunch.target.tolist() == [1, 1, 0, 0]
        assert bunch.target.dtype == bunch.rating.dtype == bunch.id.dtype == np.int64
        assert bunch.rating.tolist() == [7, 9, 3, 1]
        assert bunch.id.tolist() == [2, 10, 0, 1]
        assert bunch.target_names == ["negative", "positive"]
        assert bunch.filenames[0] == "train/pos/2_7.txt"
        assert "Maas" in bunch.DESCR
        assert bunch.frame is None

    def test_filenames_are_those_of_the_archive(self, published, fetch):
        filenames = [*fetch(subset="all").filenames, *fetch(subset="unsup").filenames]
        assert sorted(filenames) == sorted(REVIEWS)

    def test_all_is_train_then_test(self, published, fetch):
        assert fetch(subset="all").data == [*TRAIN, "Best.", "Bad."]

    def test_unsup(self, published, fetch):
        bunch = fetch(subset="unsup")
        assert bunch.data == [HARD_TEXT, "Who knows?", ""]
        assert bunch.target.tolist() == [-1, -1, -1]
        assert bunch.rating.tolist() == [0, 0, 0]

    def test_return_X_y(self, published, fetch):
        X, y = fetch(subset="test", return_X_y=True)
        assert X == ["Best.", "Bad."]
        assert y.tolist() == [1, 0]

    def test_as_frame(self, published, fetch):
        pandas = pytest.importorskip("pandas")
        bunch = fetch(as_frame=True)
        assert bunch.frame.columns.tolist() == ["text", "label", "rating", "id"]
        assert bunch.data.tolist() == TRAIN
        X, y = fetch(as_frame=True, return_X_y=True)
        pandas.testing.assert_series_equal(X, bunch.frame["text"])
        pandas.testing.assert_series_equal(y, bunch.frame["label"])

    def test_files_are_plain_csv(self, published, fetch, tmp_path):
        fetch()
        with lzma.open(tmp_path / "imdb_train.csv.xz", "rt", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert list(rows[0].values()) == [HARD_TEXT, "1", "7", "2"]
        with lzma.open(tmp_path / "imdb_unsup.csv.xz", "rt", encoding="utf-8") as file:
            assert file.readline() == "text,id\n"

    def test_field_size_limit_is_left_alone(self, published, fetch):
        before = csv.field_size_limit()
        fetch()
        assert csv.field_size_limit() == before


class TestDownload:
    def test_one_download_for_all_subsets(self, published, fetch, tmp_path):
        for subset in ["train", "test", "unsup", "all"]:
            fetch(subset=subset)
        assert len(published.ranges) == 1
        assert names(tmp_path) == FILES  # the archive is gone

    def test_cut_connection(self, published, fetch, archive, monkeypatch):
        monkeypatch.setattr(_download, "CHUNK_SIZE", 50)
        published.cuts = [100, 50]
        assert fetch().data == TRAIN
        assert published.ranges == [None, "bytes=100-", "bytes=150-"]
        assert sum(published.sent) == len(archive)

    def test_corrupted(self, published, fetch, tmp_path, archive):
        published.payload = archive[:-1] + b"?"
        with pytest.raises(OSError, match="does not match the known hash"):
            fetch(n_retries=1)
        assert len(published.ranges) == 2
        assert names(tmp_path) == []

    def test_existing_files_are_kept(self, published, fetch, tmp_path):
        fetch()
        kept = (tmp_path / "imdb_train.csv.xz").stat()
        (tmp_path / "imdb_test.csv.xz").unlink()
        fetch(subset="all")
        assert (tmp_path / "imdb_train.csv.xz").stat().st_ino == kept.st_ino

    def test_failure_says_what_to_do(self, published, fetch, tmp_path):
        published.statuses = [404]
        with pytest.raises(OSError, match="404") as info:
            fetch(subset="all")
        message = str(info.value)
        for part in [published.url, str(tmp_path), *FILES[:2], ARCHIVE]:
            assert part in message
        assert isinstance(info.value.__cause__, OSError)

    def test_no_server(self, published, fetch, monkeypatch):
        remote = RemoteFile(ARCHIVE, "http://127.0.0.1:9/a", "md5:0", 10)
        monkeypatch.setattr(_fetch_imdb, "SOURCE", Source(remote, COUNTS))
        with pytest.raises(OSError, match=r"\(2 tries\).*into '"):
            fetch(n_retries=1)

    def test_fetched_twice_at_once(self, published, fetch, tmp_path):
        # The lock is held against threads and processes alike: see test_download.py.
        with ThreadPoolExecutor(4) as pool:
            bunches = list(pool.map(lambda subset: fetch(subset=subset), ["train"] * 4))
        assert [bunch.data for bunch in bunches] == [TRAIN] * 4
        assert len(published.ranges) == 1
        assert names(tmp_path) == FILES

    def test_interrupted_write(self, published, fetch, tmp_path, monkeypatch):
        def rows(part, reviews):
            yield "first", 1, 7, 0
            if part == "test":
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(_imdb_files, "_rows", rows)
            with pytest.raises(KeyboardInterrupt):
                fetch(subset="test")
        assert names(tmp_path) == [ARCHIVE, "imdb_train.csv.xz"]  # no half of a test file
        fetch(subset="test")
        assert len(published.ranges) == 1  # the archive was not downloaded again


class TestHostileArchive:
    def test_only_reviews_are_read(self, publish, fetch, tmp_path):
        def more(archive):
            add(archive, "../escaped_1.txt", b"x")
            add(archive, "aclImdb/train/pos/../../../../escaped_1.txt", b"x")
            add(archive, f"{tmp_path}/absolute.txt", b"x")
            add(archive, "/aclImdb/train/pos/3_9.txt", b"x")
            add(archive, "aclImdb/train/pos/3_9.txt\n", b"x")
            add(archive, "aclImdb/train/pos/٣_9.txt", b"x")
            add(archive, "aclImdb/test/unsup/3_0.txt", b"x")
            add(archive, "aclImdb/train/pos/3_9.txt", type=tarfile.SYMTYPE, linkname="/etc/passwd")
            add(archive, "aclImdb/train/pos/4_9.txt", type=tarfile.LNKTYPE, linkname="../x")
            add(archive, "aclImdb/train/pos/5_9.txt", type=tarfile.CHRTYPE, devmajor=1, devminor=5)
            add(archive, "aclImdb/train/pos/6_9.txt", type=tarfile.FIFOTYPE)
            add(archive, "aclImdb/train/pos/7_9.txt", type=tarfile.DIRTYPE)
            add(archive, "aclImdb/train/pos/8_9.txt", bytes(200_000))

        publish(make_archive(more=more))
        assert fetch().data == TRAIN
        assert names(tmp_path) == FILES
        assert not (tmp_path.parent / "escaped_1.txt").exists()

    @pytest.mark.parametrize(
        ("reviews", "message"),
        [
            ({**REVIEWS, "train/pos/3_9.txt": "x"}, "found 3 reviews in train/pos, expected 2"),
            ({**REVIEWS, "test/neg/0_2.txt": "x" * 200_000}, "found 0 reviews in test/neg"),
            ({}, "found 0 reviews in train/pos, expected 2"),
        ],
    )
    def test_wrong_count(self, publish, fetch, tmp_path, reviews, message):
        publish(make_archive(reviews))
        with pytest.raises(ValueError, match=message):
            fetch()
        assert names(tmp_path) == [ARCHIVE]

    def test_size_that_lies(self, publish, fetch):
        header = tarfile.TarInfo("aclImdb/train/pos/3_9.txt")
        header.size = 100_000
        publish(gzip.compress(header.tobuf() + b"short"))
        with pytest.raises(ValueError, match=r"cannot be read as an archive of reviews"):
            fetch()

    def test_no_archive(self, publish, fetch):
        publish(b"<html>Moved</html>")
        with pytest.raises(ValueError, match=r"cannot be read as an archive of reviews"):
            fetch()

    def test_not_utf8(self, publish, fetch):
        publish(make_archive(more=lambda a: add(a, "aclImdb/train/pos/3_9.txt", b"\xff")))
        with pytest.raises(ValueError, match=r"cannot be read.*utf-8"):
            fetch()


class TestOffline:
    def test_message(self, published, fetch, tmp_path):
        with pytest.raises(OSError, match="not found") as info:
            fetch(subset="unsup", download_if_missing=False)
        assert str(info.value) == (
            f"The IMDb reviews are not in '{tmp_path}': not found. With a connection and "
            f"download_if_missing=True, fetch_imdb downloads 0 MB from {published.url}; "
            f"without, put imdb_unsup.csv.xz, or {ARCHIVE} from that address, "
            f"into '{tmp_path}'."
        )
        assert published.ranges == []
        assert names(tmp_path) == []

    def test_archive_put_there_by_hand(self, published, fetch, tmp_path, archive):
        (tmp_path / ARCHIVE).write_bytes(archive)
        assert fetch(download_if_missing=False).data == TRAIN
        assert published.ranges == []
        assert names(tmp_path) == [ARCHIVE, *FILES]  # the user's file stays

    def test_wrong_archive_put_there_by_hand(self, published, fetch, tmp_path, archive):
        (tmp_path / ARCHIVE).write_bytes(archive[:-10])
        with pytest.raises(OSError, match="has another checksum than md5:"):
            fetch(download_if_missing=False)
        assert fetch().data == TRAIN
        assert names(tmp_path) == FILES

    def test_warm_read_only_folder(self, published, fetch, tmp_path):
        fetch()
        (tmp_path / f"{ARCHIVE}.lock").unlink()
        before = {path: path.stat().st_mtime_ns for path in [tmp_path, *tmp_path.iterdir()]}
        tmp_path.chmod(0o555)
        try:
            assert fetch(subset="all", download_if_missing=False).data[:4] == TRAIN
            assert fetch(subset="unsup").data[0] == HARD_TEXT
        finally:
            tmp_path.chmod(0o755)
        after = {path: path.stat().st_mtime_ns for path in [tmp_path, *tmp_path.iterdir()]}
        assert after == before
        assert len(published.ranges) == 1

    def test_folder_that_cannot_be_made(self, published, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(OSError, match="The IMDb reviews are not in") as info:
            fetch_imdb(data_home=tmp_path / "file" / "folder")
        assert published.url in str(info.value)

    def test_environment_variable(self, published, tmp_path, monkeypatch):
        monkeypatch.setenv("TEXTVEC_DATA", str(tmp_path / "new"))
        fetch_imdb()
        assert names(tmp_path / "new") == FILES


class TestDamagedCache:
    @pytest.fixture(autouse=True)
    def warm(self, published, fetch):
        fetch()

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"not xz", "Input format"),
            (b"", "ended before"),
            (lzma.compress(b"text,id\n"), "its columns are"),
            (lzma.compress(b""), "its columns are"),
            (lzma.compress(b"text,label,rating,id\nx,1,9,0\n"), "found 1 reviews in train"),
            (lzma.compress(b"text,label,rating,id\nx,5,9,0\n"), "5"),
            (lzma.compress(b"text,label,rating,id\nx,1,0\n"), "unpack"),
            (lzma.compress(b'text,label,rating,id\n"x,1,9,0\n'), "unexpected end of data"),
            (lzma.compress(b"text,label,rating,id\n\xff,1,9,0\n"), "utf-8"),
        ],
    )
    def test_names_the_file_and_the_remedy(self, fetch, tmp_path, content, message):
        path = tmp_path / "imdb_train.csv.xz"
        path.write_bytes(content)
        with pytest.raises(ValueError, match=message) as info:
            fetch()
        assert str(path) in str(info.value)
        assert "remove it and call fetch_imdb again" in str(info.value)


@pytest.mark.parametrize(
    ("name", "value", "constraint"),
    [
        ("subset", "validation", r"a str among \{.*'unsup'.*\}"),
        ("subset", None, r"a str among \{"),
        ("data_home", 3, "an instance of 'str'"),
        ("download_if_missing", "no", "an instance of 'bool'"),
        ("return_X_y", 1, "an instance of 'bool'"),
        ("as_frame", None, "an instance of 'bool'"),
        ("n_retries", 0, r"an int in the range \[1, 2\*\*63\)"),
        ("delay", 0, r"a float in the range \(0.0, inf\)"),
    ],
)
def test_bad_parameter(name, value, constraint):
    with pytest.raises(
        ValueError, match=f"The '{name}' parameter of fetch_imdb must be {constraint}.*Got .* inst"
    ):
        fetch_imdb(**{name: value})


@pytest.fixture(scope="module", params=["train", "test", "unsup"])
def subset(request):
    name = _imdb_files.file_name(request.param)
    folder = os.environ.get("TEXTVEC_DATA")
    if not folder or not Path(folder, name).is_file():
        pytest.skip(f"needs {name} in $TEXTVEC_DATA")
    return request.param, fetch_imdb(subset=request.param, download_if_missing=False)


class TestRealData:
    """The published reviews, where the developer has them."""

    def test_known_facts(self, subset):
        name, bunch = subset
        n_reviews, n_distinct = {
            "train": (25_000, 24_904),
            "test": (25_000, 24_801),
            "unsup": (50_000, 49_507),
        }[name]
        assert len(bunch.data) == len(set(bunch.filenames)) == n_reviews
        assert len(set(bunch.data)) == n_distinct
        assert any("\x85" in text for text in bunch.data)
        assert not any("\n" in text for text in bunch.data)

    def test_labels(self, subset):
        name, bunch = subset
        if name == "unsup":
            assert set(bunch.target) == {-1}
            return
        assert bunch.target.tolist() == [1] * 12_500 + [0] * 12_500
        assert np.array_equal(bunch.target == 1, bunch.rating >= 7)
        assert np.array_equal(bunch.target == 0, bunch.rating <= 4)
        assert bunch.id.tolist() == [*range(12_500)] * 2

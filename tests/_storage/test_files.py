"""The user's data folder, locks among processes, and files that are replaced as a whole."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from textvec._storage import _files
from textvec._storage._files import data_folder, locked, replacing, replacing_folder

pytest.importorskip("pooch", reason="pooch knows the user's cache folder")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


class TestDataFolder:
    def test_argument_wins(self, monkeypatch, tmp_path):
        monkeypatch.setenv("TEXTVEC_DATA", "elsewhere")
        assert data_folder(str(tmp_path)) == data_folder(tmp_path) == tmp_path

    def test_environment_variable(self, monkeypatch, tmp_path):
        monkeypatch.setenv("TEXTVEC_DATA", str(tmp_path))
        assert data_folder(None) == tmp_path

    @pytest.mark.parametrize("value", [None, ""])
    def test_user_cache(self, monkeypatch, value):
        monkeypatch.delenv("TEXTVEC_DATA", raising=False)
        if value is not None:
            monkeypatch.setenv("TEXTVEC_DATA", value)
        assert data_folder(None).name == "textvec"

    def test_home_is_expanded(self):
        assert data_folder("~/data") == Path.home() / "data"

    def test_makes_nothing(self, tmp_path):
        data_folder(tmp_path / "new")
        assert names(tmp_path) == []

    def test_a_file_is_none(self, tmp_path):
        (tmp_path / "old").write_text("mine")
        with pytest.raises(NotADirectoryError, match="cache='.*old' is a file: pass a folder"):
            data_folder(tmp_path / "old", "cache")


class TestReplacing:
    def test_appears_when_complete(self, tmp_path):
        path = tmp_path / "a.bin"
        with replacing(path) as file:
            file.write(b"new")
            assert not path.exists()
        assert path.read_bytes() == b"new"
        assert names(tmp_path) == ["a.bin"]

    @pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
    def test_interrupted_leaves_what_was_there(self, tmp_path, error):
        path = tmp_path / "a.bin"
        path.write_bytes(b"old")

        def write_half():
            with replacing(path) as file:
                file.write(b"ne")
                raise error

        with pytest.raises(error):
            write_half()
        assert path.read_bytes() == b"old"
        assert names(tmp_path) == ["a.bin"]

    @pytest.mark.skipif(os.name == "nt", reason="file modes are POSIX'")
    def test_is_readable_as_any_new_file(self, tmp_path):
        with replacing(tmp_path / "a.bin"):
            pass
        (tmp_path / "b.bin").touch()
        assert (tmp_path / "a.bin").stat().st_mode == (tmp_path / "b.bin").stat().st_mode


@pytest.mark.skipif(os.name == "nt", reason="file modes are POSIX'")
def test_the_permissions_of_what_is_replaced_stay(tmp_path):
    (tmp_path / "a").write_bytes(b"secret")
    (tmp_path / "a").chmod(0o600)
    with replacing(tmp_path / "a") as file:
        file.write(b"new")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_lock_excludes_other_processes(tmp_path):
    path = tmp_path / "new" / "a"
    try_it = (
        "import filelock, sys\n"
        "try:\n    filelock.FileLock(sys.argv[1], timeout=0).acquire()\n"
        "except filelock.Timeout:\n    print('held')"
    )
    command = [sys.executable, "-c", try_it, f"{path}.lock"]
    with locked(path):
        assert subprocess.check_output(command, text=True).strip() == "held"
    assert subprocess.check_output(command, text=True).strip() == ""


class TestDurable:
    """After a power failure there is the old file or the new one."""

    @pytest.fixture
    def calls(self, monkeypatch):
        found = []
        for name in ("fsync", "replace"):
            real = getattr(os, name)
            monkeypatch.setattr(
                os, name, lambda *args, name=name, real=real: (found.append(name), real(*args))
            )
        return found

    def test_the_file_is_on_the_disk_before_and_its_name_after(self, calls, tmp_path):
        with replacing(tmp_path / "a", durable=True) as file:
            file.write(b"new")
        assert calls == (["fsync", "replace", "fsync"] if os.name == "posix" else calls)

    def test_others_do_not_wait_for_the_disk(self, calls, tmp_path):
        with replacing(tmp_path / "a") as file:
            file.write(b"new")
        assert calls == ["replace"]

    @pytest.mark.skipif(os.name != "posix", reason="folders are opened on POSIX only")
    @pytest.mark.parametrize("error", [PermissionError(13, "denied"), None])
    def test_folders_that_can_t_be_synced(self, error, monkeypatch, tmp_path):
        real_open, real_sync = os.open, os.fsync

        def opened(path, *args):
            if error and Path(path) == tmp_path:
                raise error
            return real_open(path, *args)

        def sync(descriptor):
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                raise OSError(22, "not on this network share")
            real_sync(descriptor)

        monkeypatch.setattr(os, "open", opened)
        monkeypatch.setattr(os, "fsync", sync)
        with replacing(tmp_path / "a", durable=True) as file:
            file.write(b"new")
        assert (tmp_path / "a").read_bytes() == b"new"


WRITING = """
import sys
from pathlib import Path
from textvec._storage._files import replacing_folder
with replacing_folder(Path(sys.argv[1]), lambda path: True, "folder") as new:
    (new / "half").touch()
    print("begun", flush=True)
    sys.stdin.read()  # until it is killed
"""


@pytest.mark.skipif(os.name != "posix", reason="folders are held by flock")
def test_what_a_killed_process_leaves_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(_files, "_NEW", 0.0)
    path = tmp_path / "out"
    other = tmp_path / f"other.{32 * 'a'}.tmp"
    other.mkdir()

    def write():
        with replacing_folder(path, lambda path: True, "folder") as new:
            (new / "whole").touch()

    command = [sys.executable, "-c", WRITING, path]
    pipes = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    with subprocess.Popen(command, text=True, **pipes) as writing:
        assert writing.stdout.readline() == "begun\n"
        write()  # beside one that writes
        assert len(names(tmp_path)) == 3
        writing.kill()
    assert names(path) == ["whole"]
    assert len(names(tmp_path)) == 3
    write()
    assert names(tmp_path) == [other.name, "out"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("none/a.bin", FileNotFoundError),
        ("file/a.bin", NotADirectoryError),
        ("folder", IsADirectoryError),
        ("", IsADirectoryError),
    ],
)
def test_errors_name_the_file_that_was_to_be_written(name, kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(kind) as raised, replacing(Path(name)) as file:
        file.write(b"a")
    assert raised.value.filename == str(Path(name))
    assert not any(part in str(raised.value) for part in (".tmp", "None"))
    assert ("there is no folder" in str(raised.value)) == (name == "none/a.bin")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no folder that takes none")
def test_a_folder_that_cannot_be_made_is_named_as_the_user_named_it():
    path = Path("/proc/self/model")
    with (
        pytest.raises(OSError, match=rf": '{path}'$"),
        replacing_folder(path, lambda _: False, "folder"),
    ):
        pass

"""Files of ours on the user's disk: where they lie, how they are locked and replaced."""

from __future__ import annotations

import errno
import glob
import json
import os
import shutil
import stat
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from .._compat import import_optional
from .._inputs._paths import checked_path

if sys.platform != "win32":
    import fcntl

_MARK = 32 * "[0-9a-f]"
_NEW = 60.0  # seconds

# Errors of writing, of which the operating system does not say where.
_FULL = (errno.ENOSPC, errno.EFBIG, *([errno.EDQUOT] if hasattr(errno, "EDQUOT") else ()))
_KEPT = 50  # characters of a name in that of the file before it: longer names are allowed, too
_LONGEST_DESCRIPTION = 1 << 20  # bytes
ENVIRONMENT_VARIABLE = "TEXTVEC_DATA"


def data_folder(data_home: Any, name: str = "data_home") -> Path:
    """Return `data_home`, or else ``$TEXTVEC_DATA``, or else the user's cache folder.

    The folder need not exist and is not made; `name` is of the parameter.
    """
    if data_home is None:
        data_home = os.environ.get(ENVIRONMENT_VARIABLE) or _user_cache()
    folder = checked_path(data_home, name).expanduser()
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{name}={str(folder)!r} is a file: pass a folder, new or old.")
    return folder


def _user_cache() -> Path:
    pooch = import_optional("pooch", needed_for="finding the user's cache folder")
    return Path(pooch.os_cache("textvec"))


def read_json(path: Path, *, longest: int | None = None) -> Any:
    """Return what a file of JSON holds.

    Raises
    ------
    ValueError
        If it holds no JSON, or more than `longest` bytes.
    """
    if longest is not None and path.stat().st_size > longest:
        raise ValueError(f"{path} is longer than {longest} bytes: it is damaged.")
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is damaged: it is not JSON ({error}).") from error


def read_description(path: Path, *, format: str, version: int) -> dict[str, Any]:
    """Return what a file of JSON says of the folder that it is in.

    Raises
    ------
    ValueError
        As `read_json` does, or if it is of another format or version.
    """
    found = read_json(path, longest=_LONGEST_DESCRIPTION)
    if not isinstance(found, dict) or found.get("format") != format:
        raise ValueError(f'{path} is damaged: expected "format": "{format}".')
    if found.get("format_version") != version:
        raise ValueError(
            f"{path}: expected version {version} of the format, found "
            f"{found.get('format_version')!r}: a newer textvec may read it."
        )
    return found


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of `path` among all processes; wait for whoever holds it.

    The folder is made if needed. The operating system frees the lock of a
    process that dies; the empty file ``<path>.lock`` stays.
    """
    filelock = import_optional("filelock", needed_for="writing to a cache that others share")
    path.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{path}.lock"):
        yield


@contextmanager
def naming_where(path: Path) -> Iterator[None]:
    """Let an error of a disk that is full say where: at `path`."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno in _FULL:
            error.filename = str(path)
        raise


@contextmanager
def replacing(
    path: Path, *, example: str | None = None, durable: bool = False
) -> Iterator[BinaryIO]:
    """Open a new file that becomes `path` when, and only when, the block ends well.

    It has the permissions of the file that it replaces. With `durable` that holds even if the
    power fails: the file is on the disk before the other goes. Errors name `path`, and of a folder
    a file in it, such as `example`.

    Raises
    ------
    OSError
        As `check_replaceable_file` does, and if the file can't be written.
    """
    check_replaceable_file(path, example)
    # Not tempfile: its files are unreadable for others, and a cache may be shared.
    temporary = path.with_name(f"{path.name[:_KEPT]}.{uuid.uuid4().hex}.tmp")
    try:
        with naming_where(path), open(temporary, "xb") as file:
            if path.is_file():
                temporary.chmod(stat.S_IMODE(path.stat().st_mode))
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(temporary, path)
        if durable:
            _sync_folder(path.parent)
    except OSError as error:
        if error.filename == str(temporary):
            raise type(error)(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        with suppress(OSError):  # an error of the block says more
            temporary.unlink()


def check_replaceable_file(path: Path, example: str | None = None) -> None:
    """Check that what is at a path, if anything, is a file; devices such as /dev/null stay.

    `example` is the name of a file for what is to be written.

    Raises
    ------
    OSError
        If it is a folder, a symbolic link, a device or a pipe, or there is no folder to write in.
    """
    said = None
    if path.is_symlink():
        said = errno.EEXIST, "is a symbolic link, which is not followed: name its target"
    elif path.is_dir():
        such_as = f", such as {str(path / example)!r}" if example else ""
        said = errno.EISDIR, f"is a folder: name a file in it{such_as}"
    elif path.exists() and not path.is_file():
        said = errno.EEXIST, "is no file but a device or a pipe, which is not replaced"
    elif not path.parent.exists():
        said = errno.ENOENT, f"there is no folder {str(path.parent)!r} to write it in"
    if said is not None:
        raise OSError(*said, str(path))


@contextmanager
def replacing_folder(path: Path, is_ours: Callable[[Path], bool], kind: str) -> Iterator[Path]:
    """Make a new folder that replaces `path` if, and only if, the block raises nothing.

    Parameters
    ----------
    path : Path
    is_ours : callable
        Returns whether a folder is of the kind that may be replaced.
    kind : str
        Its name in messages.

    Raises
    ------
    FileExistsError
        If there is something else at `path`.
    FileNotFoundError
        If there is no folder to make it in.
    """
    path = Path(os.path.abspath(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {str(path.parent)!r} to write to.")
    _check_replaceable(path, is_ours, kind)
    mark = uuid.uuid4().hex
    new = path.with_name(f"{path.name}.{mark}.tmp")
    old = path.with_name(f"{path.name}.{mark}.old")
    _remove_abandoned(path)
    try:
        new.mkdir()
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from error
    try:
        with naming_where(path), _held(new):
            yield new
        _check_replaceable(path, is_ours, kind)
        if path.exists():
            path.rename(old)
        try:
            new.rename(path)
        except OSError:
            if old.exists():
                old.rename(path)
            raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _remove_abandoned(path: Path) -> None:
    """Remove the new folders of `path` that processes have left which were killed."""
    for left in path.parent.glob(f"{glob.escape(path.name)}.{_MARK}.tmp"):
        try:
            if time.time() - left.stat().st_mtime < _NEW:  # it may not be held yet
                continue
            with _held(left) as is_free:
                if is_free:
                    shutil.rmtree(left, ignore_errors=True)
        except OSError:  # another process has removed it
            continue


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Hold a folder until this process ends; yield False where another does, or none can be."""
    if sys.platform == "win32":
        yield False
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _check_replaceable(path: Path, is_ours: Callable[[Path], bool], kind: str) -> None:
    if (path.exists() or path.is_symlink()) and (path.is_symlink() or not is_ours(path)):
        raise FileExistsError(f"{path} is there and no {kind}: it is not replaced. Save elsewhere.")


def _sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system and the folder allow it."""
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # one may write to it, but not list it
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # folders of some network shares
            raise
    finally:
        os.close(descriptor)

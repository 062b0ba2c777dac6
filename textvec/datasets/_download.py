"""Downloads of data sets: resumed after a break, and verified by a checksum.

Nothing here depends on a data set. A fetcher describes its file as a :class:`RemoteFile` and
combines :func:`available` with the folder, lock and atomic write of :mod:`textvec._storage._files`.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._compat import import_optional
from .._estimators._constraints import Interval
from .._reporting._progress_bars import progress_bar

# pooch, requests and filelock take a quarter of a second to import and a warm
# cache needs none of them: they are imported where a download begins.
if TYPE_CHECKING:
    import requests

logger = logging.getLogger(__name__)

TIMEOUT = 30.0  # seconds without a byte from the server
CHUNK_SIZE = 1 << 13  # bytes; requests returns nothing of an incomplete chunk


#: Constraints of the parameters that all fetchers share.
FETCHER_CONSTRAINTS: dict[str, list[Any]] = {
    "data_home": [str, os.PathLike, None],
    "download_if_missing": ["boolean"],
    "return_X_y": ["boolean"],
    "as_frame": ["boolean"],
    "n_retries": [Interval(Integral, 1, None, closed="left")],
    "delay": [Interval(Real, 0.0, None, closed="neither")],
}


@dataclass(frozen=True)
class RemoteFile:
    """A file on a server.

    Attributes
    ----------
    name : str
        Its local name.
    url : str
        Its address, http or https.
    known_hash : str
        Checksum as pooch writes it, such as ``"md5:..."`` or ``"sha256:..."``.
    size : int
        Its length in bytes.
    """

    name: str
    url: str
    known_hash: str
    size: int


@dataclass(frozen=True)
class DownloadOptions:
    """Whether and how a fetcher downloads; the parameters that all fetchers share.

    Attributes
    ----------
    if_missing : bool
        Whether to download what is not there.
    n_retries : int
        Number of further tries after a failed one.
    delay : float
        Number of seconds between two tries.
    """

    if_missing: bool
    n_retries: int
    delay: float


@contextmanager
def available(remote: RemoteFile, folder: Path, options: DownloadOptions) -> Iterator[Path]:
    """Provide a file for a block, downloaded if it is not there, and deleted afterwards if so.

    A file that the user has put there stays. Call it under :func:`locked`.

    Raises
    ------
    OSError
        If the file is not there, or is damaged, and may not or can't be downloaded.
    """
    path = folder / remote.name
    if is_intact(remote, folder):
        yield path
        return
    if not options.if_missing:
        raise OSError(f"'{path}' has another checksum than {remote.known_hash}")
    retrieve(remote, folder, n_retries=options.n_retries, delay=options.delay)
    yield path
    path.unlink()


def is_intact(remote: RemoteFile, folder: Path) -> bool:
    """Return whether `folder` holds `remote` with the right checksum."""
    path = folder / remote.name
    if not path.is_file():
        return False
    pooch = import_optional("pooch", needed_for="checking a data set")
    algorithm, _, digest = remote.known_hash.partition(":")
    return bool(pooch.file_hash(str(path), alg=algorithm) == digest)


def retrieve(remote: RemoteFile, folder: Path, *, n_retries: int, delay: float) -> Path:
    """Return the path of `remote` in `folder`, downloading it unless it is there.

    What arrived before a connection broke is kept as ``<name>.part``, and the next try or the
    next call resumes it. Call it under :func:`locked`: two processes must not write to one part
    file.

    Parameters
    ----------
    remote : RemoteFile
        The file. One of that name with another checksum is replaced.
    folder : Path
        The folder to put it in.
    n_retries : int
        Number of further tries after a failed one.
    delay : float
        Number of seconds between two tries.

    Returns
    -------
    Path
        The complete file, its checksum verified.

    Raises
    ------
    OSError
        If the last try failed; the cause is that of the failure.
    """
    tries = 0
    while True:
        tries += 1
        try:
            return _retrieve_once(remote, folder)
        except (OSError, ValueError) as error:
            if tries > n_retries or not _is_transient(error):
                raise OSError(
                    f"{remote.url} could not be downloaded to '{folder}' ({_times(tries)}): {error}"
                ) from error
            logger.warning("%s: %s Trying again.", remote.url, error)
        time.sleep(delay)


def _times(tries: int) -> str:
    return "1 try" if tries == 1 else f"{tries} tries"


def _retrieve_once(remote: RemoteFile, folder: Path) -> Path:
    pooch = import_optional("pooch", needed_for="downloading a data set")
    downloader = ResumingDownloader(folder / f"{remote.name}.part", remote.size)
    path = pooch.retrieve(remote.url, remote.known_hash, remote.name, folder, downloader=downloader)
    return Path(path)


def _is_transient(error: OSError | ValueError) -> bool:
    """Return whether to try again: after a network error or a wrong checksum, not a 404."""
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        status = error.response.status_code
        return status >= 500 or status in (408, 429)
    return isinstance(error, requests.RequestException | ValueError)


class ResumingDownloader:
    """Downloader for pooch that resumes an interrupted download.

    pooch's own starts again after every break. This one appends to a part file and, once that is
    complete, moves it to the path pooch wants; pooch then verifies the checksum. A wrong file
    is deleted, the part file too.

    Parameters
    ----------
    part : Path
        The part file, in the folder of the download.
    size : int
        Size of the complete file in bytes.
    """

    def __init__(self, part: Path, size: int) -> None:
        self.part = part
        self.size = size

    def __call__(self, url: str, output_file: str, pooch: object) -> None:
        """Download `url` to `output_file`; called by pooch."""
        done = self._bytes_done()
        if done < self.size:
            self._continue(url, done)
        os.replace(self.part, output_file)

    def _bytes_done(self) -> int:
        if not self.part.exists():
            return 0
        done = self.part.stat().st_size
        return done if done <= self.size else 0  # longer: of another file

    def _continue(self, url: str, done: int) -> None:
        import requests

        with _request(url, done) as response:
            # 200, not 206: the server ignored the range and sends all of it.
            done = self._write(response, done if response.status_code == 206 else 0)
        if done != self.size:
            raise requests.ConnectionError(f"got {done:,} bytes where {self.size:,} were expected.")

    def _write(self, response: requests.Response, done: int) -> int:
        with (
            open(self.part, "ab" if done else "wb") as file,
            progress_bar(
                f"downloading {self.part.stem}", self.size, "bytes", done=done, always=True
            ) as advance,
        ):
            for chunk in response.iter_content(CHUNK_SIZE):
                done += file.write(chunk)
                advance(len(chunk))
                if done > self.size:  # an endless response must not fill the disk
                    break
        return done


def _request(url: str, start: int) -> requests.Response:
    """Request `url` from byte `start` on, or all of it if the server refuses the range."""
    import requests

    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    response = requests.get(url, headers=headers, stream=True, timeout=TIMEOUT)
    if start and _is_other_range(response, start):
        response.close()
        return _request(url, 0)
    if not response.ok:
        response.close()
    response.raise_for_status()
    return response


def _is_other_range(response: requests.Response, start: int) -> bool:
    content_range = response.headers.get("Content-Range", "")
    return response.status_code == 416 or (
        response.status_code == 206 and not content_range.startswith(f"bytes {start}-")
    )

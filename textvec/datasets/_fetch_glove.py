"""The word vectors published by the authors of GloVe."""

from __future__ import annotations

import os
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path

from .._compat import StrOptions, validate_parameter_constraints
from .._estimators._constraints import Interval
from .._inputs._named_arguments import naming_arguments
from .._storage._files import data_folder, locked
from ..vectors import WordVectors
from ._download import FETCHER_CONSTRAINTS, DownloadOptions, RemoteFile, available


@dataclass(frozen=True)
class Source:
    """An archive, and the widths of the vectors in it."""

    archive: RemoteFile
    dims: tuple[int, ...]

    def name(self, dim: int) -> str:
        """Return the name of the vectors of one width, as in the archive."""
        stem = self.archive.name.removesuffix(".zip").removesuffix(f".{dim}d")
        return f"{stem}.{dim}d"


def _source(name: str, sha1: str, size: int, *dims: int) -> Source:
    url = f"https://nlp.stanford.edu/data/{name}"
    return Source(RemoteFile(name, url, f"sha1:{sha1}", size), dims)


# The authors publish no checksums. These are the ones by which Apache MXNet verified downloads
# (python/mxnet/contrib/text/_constants.py). The lengths of 6B and 840B are those of published
# download logs; those of 42B and twitter.27B stand in one loader's table only.
SOURCES = {
    "6B": _source(
        "glove.6B.zip", "b64e54f1877d2f735bdd000c1d7d771e25c7dfdc", 862_182_613, 50, 100, 200, 300
    ),
    "42B": _source(
        "glove.42B.300d.zip", "f8e722b39578f776927465b71b231bae2ae8776a", 1_877_800_501, 300
    ),
    "840B": _source(
        "glove.840B.300d.zip", "8084fbacc2dee3b1fd1ca4cc534cbfff3519ed0d", 2_176_768_927, 300
    ),
    "twitter.27B": _source(
        "glove.twitter.27B.zip",
        "dce69c404025a8312c323197347695e81fd529fc",
        1_520_408_563,
        *(25, 50, 100, 200),
    ),
}

_CONSTRAINTS = {
    "corpus": [StrOptions(set(SOURCES))],
    "dim": [Interval(Integral, 1, None, closed="left")],
    **FETCHER_CONSTRAINTS,
}


@naming_arguments()
def fetch_glove(
    corpus: str = "6B",
    dim: int = 50,
    *,
    data_home: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
    n_retries: int = 3,
    delay: float = 1.0,
) -> WordVectors:
    """Load the word vectors published by the authors of GloVe.

    The first call downloads the archive of the corpus and keeps the vectors of all its widths
    in native format; every further call memory-maps them, which takes no time.

    =============  =======================  =========  ==================  ========
    Corpus         Text                     Words      Widths              Download
    =============  =======================  =========  ==================  ========
    6B             Wikipedia and news       400,000    50, 100, 200, 300    0.86 GB
    42B            web pages                1.9 M      300                  1.88 GB
    840B           web pages, cased         2.2 M      300                  2.18 GB
    twitter.27B    2 billion tweets         1.2 M      25, 50, 100, 200     1.52 GB
    =============  =======================  =========  ==================  ========

    Parameters
    ----------
    corpus : {"6B", "42B", "840B", "twitter.27B"}, default="6B"
        The corpus they were trained on, named by its number of tokens. All words are in lower
        case except in "840B". Begin with "6B".
    dim : int, default=50
        Width of the vectors, one of those in the table.
    data_home : str or path-like, default=None
        Folder of the data. None means the environment variable
        ``TEXTVEC_DATA`` or, where that is not set, the user's cache folder.
        It may be read-only once the data are there.
    download_if_missing : bool, default=True
        If False, raise an OSError where the data are not in `data_home`.
    n_retries : int, default=3
        Number of further tries after a failed download. Each resumes the
        previous one.
    delay : float, default=1.0
        Number of seconds between two tries.

    Returns
    -------
    WordVectors
        Memory-mapped: processes that load the same vectors share them.

    Raises
    ------
    OSError
        If the data are not there and may not, or cannot, be downloaded. The
        message says which file to put where.
    ValueError
        If a parameter is invalid, or a file in `data_home` is damaged.

    See Also
    --------
    WordVectors.load : Reads files of vectors that you have.

    Notes
    -----
    The vectors of a width are the folder ``glove.6B.50d`` in `data_home`. Without a connection,
    put the text ``glove.6B.50d.txt`` or the archive ``glove.6B.zip`` there: the next call reads
    it and leaves it there. (Other corpora and widths are named likewise.)

    The archive is verified by the SHA-1 that Apache MXNet has published for it, the texts by the
    checksums within the archive. A text that you put there is not verified.

    The vectors are in the public domain (Open Data Commons PDDL 1.0) [1]_.

    References
    ----------
    .. [1] Jeffrey Pennington, Richard Socher and Christopher D. Manning. GloVe: Global Vectors
       for Word Representation. EMNLP 2014. https://nlp.stanford.edu/projects/glove/

    Examples
    --------
    >>> from textvec.datasets import fetch_glove
    >>> fetch_glove("6B", 50)  # doctest: +SKIP
    WordVectors(400000 words, 50 dimensions, float32)
    """
    validate_parameter_constraints(_CONSTRAINTS, locals(), caller_name="fetch_glove")
    source = SOURCES[corpus]
    if dim not in source.dims:
        known = ", ".join(map(str, source.dims))
        raise ValueError(f"the vectors of corpus {corpus!r} have dim {known}, not {dim}.")
    folder = data_folder(data_home)
    cached, text = folder / source.name(dim), folder / f"{source.name(dim)}.txt"
    if not cached.is_dir() and text.is_file() and not os.access(folder, os.W_OK):
        return _read(text, dim)
    _provide(source, folder, dim, DownloadOptions(download_if_missing, n_retries, delay))
    return WordVectors.load(cached)


def _read(path: Path, dim: int, *, member: str | None = None) -> WordVectors:
    # With the width given, words that hold blanks, as in "840B", are read correctly.
    return WordVectors.load(path, format="glove", member=member, embedding_dim=dim)


def _provide(source: Source, folder: Path, dim: int, options: DownloadOptions) -> None:
    """Make the native folder of a width if it is missing."""
    name = source.name(dim)
    if (folder / name).is_dir():
        return
    archive, text = folder / source.archive.name, folder / f"{name}.txt"
    try:
        if not (options.if_missing or archive.is_file() or text.is_file()):
            raise OSError("not found")
        with locked(archive):
            if (folder / name).is_dir():  # another process made it meanwhile
                return
            if text.is_file():
                _read(text, dim).save(folder / name)
            else:
                _convert_archive(source, folder, options)
    except OSError as error:
        raise OSError(_help(source, folder, dim, error)) from error


def _convert_archive(source: Source, folder: Path, options: DownloadOptions) -> None:
    with available(source.archive, folder, options) as archive:
        for dim in source.dims:
            name = source.name(dim)
            if not (folder / name).is_dir():
                _read(archive, dim, member=f"{name}.txt").save(folder / name)


def _help(source: Source, folder: Path, dim: int, error: OSError) -> str:
    remote = source.archive
    return (
        f"The GloVe vectors {source.name(dim)} are not in '{folder}': {error}. With a connection "
        f"and download_if_missing=True, fetch_glove downloads {remote.size / 1e6:.0f} MB from "
        f"{remote.url}; without, put {source.name(dim)}.txt, or {remote.name} from that address, "
        f"into '{folder}'."
    )

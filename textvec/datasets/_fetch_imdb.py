"""The Large Movie Review Dataset v1.0 (IMDb)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Bunch

from .._compat import StrOptions, import_optional, validate_parameter_constraints
from .._inputs._named_arguments import naming_arguments
from .._storage._files import data_folder, locked
from ._download import FETCHER_CONSTRAINTS, DownloadOptions, available
from ._imdb_files import SOURCE, Review, Source, convert, file_name, load

_SUBSETS = {"train": ["train"], "test": ["test"], "unsup": ["unsup"], "all": ["train", "test"]}
_CONSTRAINTS = {"subset": [StrOptions(set(_SUBSETS))], **FETCHER_CONSTRAINTS}

_DESCR = """\
Large Movie Review Dataset v1.0
-------------------------------

Film reviews written for the Internet Movie Database, at most 30 a film, English.

:Reviews: 25,000 for training, 25,000 for testing, 50,000 unlabelled
:Classes: negative (1 to 4 stars of 10), positive (7 to 10 stars); half of each
:Films: those of the training and of the test reviews are different
:Text: as written, with "<br />" for line breaks; 24,904 distinct texts in the
    training set, 24,801 in the test set, 123 of them in both
:Source: https://ai.stanford.edu/~amaas/data/sentiment/
:Terms: no licence is stated; its authors ask to cite the paper

Andrew L. Maas, Raymond E. Daly, Peter T. Pham, Dan Huang, Andrew Y. Ng and
Christopher Potts. Learning Word Vectors for Sentiment Analysis. ACL-HLT 2011,
pages 142-150.
"""


@naming_arguments()
def fetch_imdb(
    *,
    subset: str = "train",
    data_home: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
    n_retries: int = 3,
    delay: float = 1.0,
) -> Any:
    """Load the IMDb film reviews with their sentiment (classification).

    The first call downloads 84 MB and keeps 49 MB.

    =================   =====================================
    Classes                                                 2
    Samples per class                  12,500 train, 12,500 test
    Samples total        50,000, and 50,000 without a label
    Features                                             text
    =================   =====================================

    Parameters
    ----------
    subset : {"train", "test", "unsup", "all"}, default="train"
        The 25,000 training reviews, the 25,000 test reviews, the 50,000
        without a label, or "all": those for training, then those for testing.
    data_home : str or path-like, default=None
        Folder of the data. None means the environment variable
        ``TEXTVEC_DATA`` or, where that is not set, the user's cache folder.
        It may be read-only once the data are there.
    download_if_missing : bool, default=True
        If False, raise an OSError where the data are not in `data_home`.
    return_X_y : bool, default=False
        If True, return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        If True, `data` and `target` are pandas Series, and `frame` is set.
    n_retries : int, default=3
        Number of further tries after a failed download. Each resumes the
        previous one.
    delay : float, default=1.0
        Number of seconds between two tries.

    Returns
    -------
    bunch : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the following attributes.

        data : list of str of length n_samples, or Series
            The reviews.
        target : ndarray of shape (n_samples,), dtype int64, or Series
            0 negative, 1 positive, -1 without a label.
        target_names : list of str
            ``["negative", "positive"]``
        rating : ndarray of shape (n_samples,), dtype int64
            Stars, 1 to 10; 0 where there is no label.
        id : ndarray of shape (n_samples,), dtype int64
            Number of the review within its folder of the archive.
        filenames : ndarray of str of shape (n_samples,)
            Path of the review in the archive, such as "train/pos/0_9.txt".
        frame : DataFrame of shape (n_samples, 4) or None
            Columns text, label, rating and id, if `as_frame` is True.
        DESCR : str
            Description of the data set, with its source and its terms.

    (data, target) : tuple if `return_X_y` is True
        These two alone.

    Raises
    ------
    OSError
        If the data are not there and may not, or cannot, be downloaded. The
        message says which file to put where.
    ValueError
        If a parameter is invalid, or a file in `data_home` is damaged.

    See Also
    --------
    datasets.load_reviews : Short reviews that are shipped, for trying things out.

    Notes
    -----
    The rows are sorted: all positive reviews, then all negative ones. Shuffle
    or stratify before you select a part of them.

    The files are ``imdb_train.csv.xz``, ``imdb_test.csv.xz`` and
    ``imdb_unsup.csv.xz``. Without a connection, put them into `data_home`, or
    put ``aclImdb_v1.tar.gz`` there: the next call reads it and leaves it there.

    The data set states no licence; its authors ask to cite [1]_.

    References
    ----------
    .. [1] Andrew L. Maas, Raymond E. Daly, Peter T. Pham, Dan Huang,
       Andrew Y. Ng and Christopher Potts. Learning Word Vectors for Sentiment
       Analysis. ACL-HLT 2011, pages 142-150.

    Examples
    --------
    >>> from textvec.datasets import fetch_imdb
    >>> reviews = fetch_imdb(subset="train")  # doctest: +SKIP
    >>> len(reviews.data)  # doctest: +SKIP
    25000
    >>> reviews.data[0][:31]  # doctest: +SKIP
    'Bromwell High is a cartoon come'
    >>> reviews.target_names[reviews.target[0]]  # doctest: +SKIP
    'positive'
    """
    validate_parameter_constraints(_CONSTRAINTS, locals(), caller_name="fetch_imdb")
    folder = data_folder(data_home)
    parts = _SUBSETS[subset]
    _provide(SOURCE, folder, parts, DownloadOptions(download_if_missing, n_retries, delay))
    bunch = _as_bunch([row for part in parts for row in load(folder, part, SOURCE)])
    if as_frame:
        _add_frame(bunch)
    return (bunch.data, bunch.target) if return_X_y else bunch


def _provide(source: Source, folder: Path, parts: list[str], options: DownloadOptions) -> None:
    """Make the files of `parts` that are missing."""
    if not _missing(folder, parts):
        return
    archive = folder / source.archive.name
    try:
        if not (options.if_missing or archive.is_file()):
            raise OSError("not found")
        with locked(archive):
            if _missing(folder, parts):  # else another process made them meanwhile
                with available(source.archive, folder, options):
                    convert(archive, folder, source)
    except OSError as error:
        raise OSError(_help(source, folder, parts, error)) from error


def _missing(folder: Path, parts: list[str]) -> list[str]:
    return [name for name in map(file_name, parts) if not (folder / name).is_file()]


def _help(source: Source, folder: Path, parts: list[str], error: OSError) -> str:
    names = " and ".join(_missing(folder, parts))
    remote = source.archive
    return (
        f"The IMDb reviews are not in '{folder}': {error}. With a connection and "
        f"download_if_missing=True, fetch_imdb downloads {remote.size / 1e6:.0f} MB from "
        f"{remote.url}; without, put {names}, or {remote.name} from that address, "
        f"into '{folder}'."
    )


def _as_bunch(rows: list[Review]) -> Bunch:
    texts, labels, ratings, ids, filenames = zip(*rows)
    return Bunch(
        data=list(texts),
        target=_int64(labels),
        target_names=["negative", "positive"],
        rating=_int64(ratings),
        id=_int64(ids),
        filenames=np.array(filenames),
        frame=None,
        DESCR=_DESCR,
    )


def _int64(column: tuple[int, ...]) -> NDArray[np.int64]:
    return np.fromiter(column, np.int64, len(column))


def _add_frame(bunch: Bunch) -> None:
    pandas = import_optional("pandas", needed_for="fetch_imdb(as_frame=True)")
    columns = {"text": bunch.data, "label": bunch.target, "rating": bunch.rating, "id": bunch.id}
    bunch.frame = pandas.DataFrame(columns)
    bunch.data, bunch.target = bunch.frame["text"], bunch.frame["label"]

"""Save a fitted estimator in one file of data, and load it again."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import sklearn

from .._inputs._named_arguments import naming_arguments
from .._inputs._paths import checked_path
from .._storage._files import check_replaceable_file
from ..blocks._block_folder import is_block_folder, open_block_folder
from ._model_file import (
    DamagedModelError,
    Header,
    opened,
    read_arrays,
    read_header,
)
from ._model_writing import write_model_file
from ._node_reader import NodeReader
from ._node_writer import PARTS, NodeWriter
from ._trust import Trust, Trusted


@naming_arguments()
def save(
    estimator: Any,
    path: str | os.PathLike[str],
    *,
    training_state: bool = False,
    trusted: Trusted = (),
) -> None:
    """Save an estimator, or a container of textvec, in one file of data: no pickle, no code.

    An estimator is always saved as the same bytes. A file that is there is replaced,
    by a whole one or not at all.

    Parameters
    ----------
    estimator : estimator, Vocabulary, WordVectors, Ragged, Tokens, EmbeddedSequences
        Of textvec, or of scikit-learn; pipelines, searches and other estimators of scikit-learn
        with all that they hold.
    path : str or path
        The file to write, such as ``"model.textvec"``.
    training_state : bool, default=False
        Whether networks are saved with the state of their optimizer, with which `partial_fit` and
        ``warm_start=True`` continue to the same bits as without the break. The file is then three
        times as large, with `average` four times.
    trusted : list of functions, classes and names, or dict of names to them, default=()
        Functions and classes of your own that the estimator holds. The file has their names only,
        ``"module:name"``; `load` must be passed the same.

    Raises
    ------
    TypeError
        If it holds a function or an object of a class that is neither known nor trusted; the
        message names the parameter and the way out.
    OSError
        If the file can't be written, or `path` is a folder, a device or a symbolic link.

    See Also
    --------
    load : Read the file.
    textvec.saving.info : Show what is in it.

    Examples
    --------
    >>> import tempfile, textvec
    >>> from textvec import CountVectorizer
    >>> vectorizer = CountVectorizer().fit(["the frog", "the toad"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     textvec.save(vectorizer, f"{folder}/model.textvec")
    ...     loaded = textvec.load(f"{folder}/model.textvec")
    >>> loaded.transform(["the frog and the toad"]).toarray()
    array([[1, 2, 1]])
    """
    if isinstance(estimator, (str, os.PathLike)):
        raise TypeError(
            f"the estimator comes first, then the path: save(estimator, {estimator!r})."
        )
    path = checked_path(path, "path")
    check_replaceable_file(path, "model.textvec")  # before anything is computed
    writer = NodeWriter(estimator, Trust(trusted), training_state=training_state)
    try:
        manifest = writer.manifest()
    except RecursionError as error:
        raise TypeError(
            f"{type(estimator).__name__} holds itself, or objects in objects too deeply."
        ) from error
    versions = _versions(has_parts=PARTS in writer.arrays)
    write_model_file(path, {"versions": versions, **manifest}, writer.arrays)


@naming_arguments()
def load(path: str | os.PathLike[str], *, trusted: Trusted = ()) -> Any:
    """Load what `save` or `transform_blocks` has written; no code is run, whoever wrote it.

    All of it is checked. Large tables are mapped, not read: the processes that load one file share
    their memory.

    Parameters
    ----------
    path : str or path
        The file, or a folder of :func:`textvec.transform_blocks`, whose arrays are all mapped.
    trusted : list of functions, classes and names, or dict of names to them, default=()
        As passed to `save`. A name, ``"module:name"``, imports the module.

    Returns
    -------
    object
        As it was saved.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    TypeError
        If the file names functions or classes that are not trusted; the message lists them.
    ValueError
        If it is no saved model, damaged, or written by a later version of the format.

    See Also
    --------
    save : Write the file, with an example.

    Examples
    --------
    >>> import tempfile, textvec
    >>> from textvec import Vocabulary
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     textvec.save(Vocabulary(["to", "be"]), f"{folder}/words.textvec")
    ...     textvec.load(f"{folder}/words.textvec")
    Vocabulary(['to', 'be'])
    """
    path, trust = checked_path(path, "path"), Trust(trusted)
    if is_block_folder(path):
        return open_block_folder(path)
    with opened(path) as file:
        header = read_header(path, file)
        _check_trusted(path, header, trust)
        arrays = read_arrays(path, file, header)
    try:
        return NodeReader(header.manifest, arrays, trust).root()
    except ImportError:
        raise
    except Exception as error:  # a manifest may say anything, and fail anywhere
        raise DamagedModelError(f"{path} is damaged: {error}") from error


def _check_trusted(path: Path, header: Header, trust: Trust) -> None:
    missing = [name for name in header.manifest["trusted"] if trust.find(str(name)) is None]
    if missing:
        raise TypeError(
            f"{path} needs code that is not in it, and has its names only: {missing}. If you trust "
            f"it, pass trusted={missing}, or a dict of these names to your functions."
        )


def _versions(*, has_parts: bool) -> dict[str, str]:
    modules = {"numpy": np, "scipy": scipy, "scikit-learn": sklearn}
    found = {name: module.__version__ for name, module in modules.items()}
    if "torch" in sys.modules:
        found["torch"] = str(sys.modules["torch"].__version__)
    if has_parts:
        found["skops"] = sys.modules["skops"].__version__
    return found

"""A folder that holds a container: its arrays as files of NumPy, to be mapped, and a description.

``blocks.json``
    The version of this format, the kind of the container, and the name, dtype and shape of each
    array.
``values.npy``, ``offsets.npy`` and others
    The arrays.

No array of objects and no pickle is ever written or read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._containers._vocabulary import Vocabulary
from .._storage._array_files import mapped_array, release
from .._storage._files import read_description
from ._containers_of_arrays import Arrays, container_of
from ._joining import Facts

DESCRIPTION = "blocks.json"
_NAME, _VERSION = "textvec blocks", 1
_CHUNK = 1 << 22  # items that are checked at a time


def is_block_folder(path: Path) -> bool:
    """Return whether a path is a folder in this format."""
    return (path / DESCRIPTION).is_file()


def write_description(folder: Path, facts: Facts) -> None:
    """Write what the arrays of a folder, which are there already, mean."""
    arrays = {}
    for path in sorted(folder.glob("*.npy")):
        array = np.load(path, mmap_mode="r", allow_pickle=False)
        arrays[path.stem] = {"dtype": array.dtype.str, "shape": list(array.shape)}
    description = {
        "format": _NAME,
        "format_version": _VERSION,
        "kind": facts.kind,
        "options": facts.options,
        "arrays": arrays,
    }
    (folder / DESCRIPTION).write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")


def open_block_folder(folder: Path, *, is_trusted: bool = False) -> Any:
    """Map the container of a folder.

    Parameters
    ----------
    folder : Path
    is_trusted : bool, default=False
        Whether this process has just written it. Otherwise all ids and offsets are read once and
        checked, as kernels trust them.

    Raises
    ------
    ValueError
        If a file is missing, damaged or of another version; the message names it.
    """
    described = read_description(folder / DESCRIPTION, format=_NAME, version=_VERSION)
    try:
        facts = Facts(described["kind"], dict(described["options"]))
        arrays = {
            name: mapped_array(
                folder / f"{_plain(name)}.npy", (array["dtype"],), tuple(array["shape"])
            )
            for name, array in described["arrays"].items()
        }
        if not is_trusted:
            _check(facts, arrays)
        return container_of(facts, arrays)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{folder / DESCRIPTION} is damaged: {error!r}.") from error
    except ValueError as error:
        message = str(error)
        raise ValueError(
            message if str(folder) in message else f"{folder} is damaged: {message}"
        ) from error


def _plain(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(f"{name!r:.50} is no name of an array.")
    return name


def _check(facts: Facts, arrays: Arrays) -> None:
    """Check whatever kernels index with."""
    if facts.kind in ("csr_matrix", "csr_array"):
        n_items = len(arrays["data"])
        if len(arrays["indices"]) != n_items:
            raise ValueError(f"there are {n_items} data and {len(arrays['indices'])} indices.")
        _check_offsets(arrays["indptr"], n_items)
        _check_ids(arrays["indices"], facts.options["n_columns"])
    elif facts.kind != "ndarray":
        _check_offsets(arrays["offsets"], len(arrays["values"]))
        _check_rows(facts, arrays)


def _check_rows(facts: Facts, arrays: Arrays) -> None:
    values, n_ids = arrays["values"], facts.options.get("n_ids")
    if facts.kind == "Tokens":
        n_ids = len(Vocabulary.from_buffer(arrays["words"], arrays["word_offsets"]))
        spans = arrays.get("spans")
        if values.dtype != np.int32 or (spans is not None and spans.shape != (len(values), 2)):
            raise ValueError("tokens have ids of int32, and spans a row of two for each.")
        if (spans is not None) != facts.options["has_spans"]:
            raise ValueError("the spans are missing.")
    if n_ids is not None:
        _check_ids(values, n_ids)


def _check_offsets(offsets: NDArray[Any], n_items: int) -> None:
    if offsets.ndim != 1 or offsets.dtype.kind != "i" or not len(offsets):
        raise ValueError(f"offsets are of {offsets.dtype} and shape {offsets.shape}.")
    last = 0
    for chunk in _chunks(offsets):
        if chunk[0] < last or (chunk[1:] < chunk[:-1]).any():
            raise ValueError("offsets fall.")
        last = int(chunk[-1])
    if offsets[0] != 0 or last != n_items:
        raise ValueError(f"offsets run from {offsets[0]} to {last}, expected 0 to {n_items}.")


def _check_ids(ids: NDArray[Any], n_ids: int) -> None:
    if ids.ndim != 1 or ids.dtype.kind not in "iu" or type(n_ids) is not int:
        raise ValueError(f"ids are of {ids.dtype} and shape {ids.shape}, below {n_ids!r}.")
    for chunk in _chunks(ids):
        least, largest = int(chunk.min()), int(chunk.max())
        if least < 0 or largest >= n_ids:
            raise ValueError(f"ids run from {least} to {largest}, expected 0 to {n_ids - 1}.")


def _chunks(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield parts of an array, which do not stay in memory."""
    step = max(1, _CHUNK // max(1, math.prod(array.shape[1:])))
    for first in range(0, len(array), step):
        yield array[first : first + step]
        release(array)

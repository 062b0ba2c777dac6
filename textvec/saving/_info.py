"""What a saved model holds, without loading it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from reprlib import Repr
from typing import Any

from .._inputs._named_arguments import naming_arguments
from .._inputs._paths import checked_path
from ._model_file import (
    FORMAT_VERSION,
    DamagedModelError,
    Header,
    opened,
    read_header,
)

_SHOWN = 60  # characters of a parameter in the printed form
_REPR = Repr()  # looks at no more of a value than is shown
_REPR.maxlevel, _REPR.maxstring = 4, 2 * _SHOWN


@dataclass(frozen=True)
class ArrayInfo:
    """An array in a saved model.

    Parameters
    ----------
    name : str
        The path of attributes that leads to it.
    dtype : str
        As safetensors names it.
    shape : tuple of int
        The length of each axis.
    n_bytes : int
        In the file, where integers and text are deflated.
    checksum : str
        Of its bytes in the file.

    See Also
    --------
    saving.ModelInfo : Holds one for each array.

    Examples
    --------
    >>> import tempfile, textvec
    >>> from textvec import CountVectorizer
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     textvec.save(CountVectorizer().fit(["a frog"]), f"{folder}/model.textvec")
    ...     arrays = textvec.saving.info(f"{folder}/model.textvec").arrays
    >>> arrays[0].name, arrays[0].dtype, arrays[0].shape
    ('vocabulary_/buffer', 'U8', (4,))
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    n_bytes: int
    checksum: str


@dataclass(frozen=True, repr=False)
class ModelInfo:
    """What a saved model holds; shown as a table.

    Attributes
    ----------
    path : str
    n_bytes : int
        Length of the file.
    format_version : int
    textvec_version : str
        Of the textvec that wrote it.
    versions : dict of str to str
        Of the packages that it was written with.
    trusted : list of str
        Names of the functions and classes that `load` must be passed.
    model : dict or plain value
        The type, the parameters, and the names of the fitted attributes of the estimator, and of
        all estimators in its parameters.
    arrays : list of ArrayInfo

    See Also
    --------
    saving.info : Makes it.

    Examples
    --------
    Which models of a folder were written by a version of textvec?

    >>> import tempfile, textvec
    >>> from pathlib import Path
    >>> from textvec import CountVectorizer
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     textvec.save(CountVectorizer().fit(["a frog"]), f"{folder}/frogs.textvec")
    ...     found = [textvec.saving.info(path) for path in Path(folder).glob("*.textvec")]
    >>> [Path(i.path).name for i in found if i.textvec_version == textvec.__version__]
    ['frogs.textvec']
    """

    path: str
    n_bytes: int
    format_version: int
    textvec_version: str
    versions: dict[str, str]
    trusted: list[str]
    model: Any
    arrays: list[ArrayInfo]

    def __repr__(self) -> str:
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        lines = [
            f"{self.path}: {self.n_bytes:,} bytes, version {self.format_version} of the format",
            f"written by textvec {self.textvec_version}, {versions}",
            *(f"needs trusted={self.trusted}" for _ in self.trusted[:1]),
            "",
            *_ModelLines().of(self.model, ""),
            "",
        ]
        for array in self.arrays:
            shape = " x ".join(map(str, array.shape)) or "1"
            lines.append(f"{array.n_bytes:>12,}  {array.dtype:<4} {shape:<16} {array.name}")
        return "\n".join(lines)


@naming_arguments()
def info(path: str | os.PathLike[str]) -> ModelInfo:
    """Return what a saved model holds, without loading it: only the header is read and checked.

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    ModelInfo
        What the header of the file says.

    Raises
    ------
    ValueError
        If it is no saved model, its header is damaged, or it was written by a later version of the
        format.

    See Also
    --------
    load : Returns the object.
    saving.ModelInfo : Its result.

    Examples
    --------
    >>> import tempfile, textvec
    >>> from textvec import CountVectorizer
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     textvec.save(CountVectorizer().fit(["a frog"]), f"{folder}/model.textvec")
    ...     found = textvec.saving.info(f"{folder}/model.textvec")
    >>> found.model["type"], found.model["parameters"]["ngram_range"]
    ('textvec.CountVectorizer', [1, 1])
    >>> [(array.name, array.n_bytes) for array in found.arrays]
    [('vocabulary_/buffer', 4), ('vocabulary_/sizes', 1)]
    """
    file_path = checked_path(path, "path")
    with opened(file_path) as file:
        header = read_header(file_path, file)
    try:
        return _info(os.fspath(file_path), header)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise DamagedModelError(f"{path} is damaged: {error}") from error


def _info(path: str, header: Header) -> ModelInfo:
    manifest = header.manifest
    sums = manifest["checksums"]
    arrays = [
        ArrayInfo(name, *header.shown(name), entry.stop - entry.start, sums[name])
        for name, entry in header.arrays.items()
    ]
    described: list[Any] = []
    for found in manifest["objects"]:  # each holds only those before it
        described.append(_object(found, described))
    return ModelInfo(
        path=path,
        n_bytes=header.n_bytes,
        format_version=FORMAT_VERSION,
        textvec_version=header.written_by,
        versions=dict(manifest["versions"]),
        trusted=list(manifest["trusted"]),
        model=_described(manifest["root"], described),
        arrays=arrays,
    )


def _object(found: dict[str, Any], described: list[Any]) -> dict[str, Any]:
    names, state = found.get("parameters", ()), found["state"]
    return {
        "type": found["type"],
        "parameters": {name: _described(state[name], described) for name in names},
        "attributes": sorted(set(state) - set(names)),
    }


def _described(node: Any, described: list[Any]) -> Any:
    """Return a value as JSON, or as a text about it."""
    if isinstance(node, list):
        return [_described(item, described) for item in node]
    if not isinstance(node, dict):
        return node
    if "object" in node:
        return described[node["object"]]
    if "dict" in node:
        return {name: _described(part, described) for name, part in node["dict"].items()}
    for kind in ("tuple", "set", "frozenset"):
        if kind in node:
            return _described(node[kind], described)
    if not node:
        raise ValueError("it holds what is no value: {}")
    kind, content = next(iter(node.items()))
    return f"{kind} {content}" if isinstance(content, (str, int)) else kind


class _ModelLines:
    """The lines about a model, in which an object that several hold is shown once."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def of(self, model: Any, indent: str) -> list[str]:
        """Return the lines about an object or a value."""
        if not isinstance(model, dict) or "type" not in model:
            return [f"{indent}{_short(model)}"]
        if id(model) in self._seen:
            return [f"{indent}{model['type']}, as above"]
        self._seen.add(id(model))
        lines = [f"{indent}{model['type']}"]
        for name, value in model["parameters"].items():
            lines += self._of_parameter(name, value, f"{indent}  ")
        return lines

    def _of_parameter(self, name: str, value: Any, indent: str) -> list[str]:
        if isinstance(value, dict) and "type" in value:
            first, *rest = self.of(value, indent)
            return [f"{indent}{name} = {first.strip()}", *rest]
        if isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
            named = [v if isinstance(v, list) else [str(i), v] for i, v in enumerate(value)]
            lines = [f"{indent}{name}:"]
            for item in named:
                if item[1:]:
                    lines += self._of_parameter(str(item[0]), item[1], f"{indent}  ")
            return lines
        return [f"{indent}{name} = {_short(value)}"]


def _short(value: Any) -> str:
    return f"{_REPR.repr(value):.{_SHOWN}}"

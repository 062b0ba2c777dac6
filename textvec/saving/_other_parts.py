"""Objects of scikit-learn, SciPy and NumPy that are no estimators: by skops."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._compat import import_optional
from ._trust import Trust

_ROOTS = ("sklearn", "scipy", "numpy")
_SCHEMA = "schema.json"  # of a file of skops
_POSITIONS = {"pos": 624, "buffer_pos": 4}  # of MT19937 and Philox, at most
# Which skops makes without their state.
_UNKNOWN = (np.random.SeedSequence, np.random.BitGenerator)


def may_be_part(value: Any) -> bool:
    """Return whether skops may know a value."""
    return type(value).__module__.partition(".")[0] in _ROOTS


def untrusted_types(part: Any, trust: Trust) -> list[str] | None:
    """Return the types in an object that neither skops nor the user trusts.

    None if skops can't save it at all, or only as what may unpack to more than the file holds.
    """
    if not may_be_part(part) or isinstance(part, _UNKNOWN):
        return None
    skops = _skops()
    try:
        data = skops.dumps(part)
        _check_unpacked(data)
        return sorted(set(skops.get_untrusted_types(data=data)) - set(trust.types()))
    except Exception:  # skops raises nothing more special
        return None


def packed(parts: list[Any]) -> NDArray[np.uint8]:
    """Return objects as one file of skops, the same bytes for the same objects."""
    with zipfile.ZipFile(io.BytesIO(_skops().dumps(parts))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    names = _Names()
    schema = names.instead(json.loads(members.pop(_SCHEMA)))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(names.files[name]), content)  # of a date of its own
        archive.writestr(zipfile.ZipInfo(_SCHEMA), json.dumps(schema, separators=(",", ":")))
    return np.frombuffer(buffer.getbuffer(), np.uint8)


class _Names:
    """Numbers in place of the addresses and random names in what skops wrote.

    Plain values are numbered by what they are: whether two of them are one object differs from
    process to process.
    """

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self._numbers: dict[str, int] = {}

    def instead(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self.instead(part) for part in node]
        if not isinstance(node, dict):
            return node
        found = {key: self.instead(part) for key, part in node.items()}
        if not isinstance(node.get("__loader__"), str):  # attributes by their names
            return found
        if "file" in node:
            suffix = PurePath(node["file"]).suffix
            found["file"] = self.files.setdefault(node["file"], f"{len(self.files)}{suffix}")
        if "__id__" in node:
            is_plain = node["__loader__"] in ("JsonNode", "TypeNode")
            what = {**node, "__id__": 0} if is_plain else node["__id__"]
            found["__id__"] = self._numbers.setdefault(json.dumps(what), len(self._numbers))
        return found


def unpacked(data: NDArray[np.uint8], trust: Trust) -> list[Any]:
    """Return the objects of a file of skops.

    Raises
    ------
    ValueError
        If it is damaged, holds types that are not trusted, or would unpack to more than it holds.
    """
    content = data.tobytes()
    try:
        _check_unpacked(content)
        return list(_skops().loads(content, trusted=trust.types()))
    except Exception as error:  # skops raises nothing more special
        raise ValueError(f"the parts of scikit-learn: {error}") from error


def _check_unpacked(content: bytes) -> None:
    """Check that nothing is compressed: what is unpacked takes no more memory than the file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        schema = json.loads(archive.read(_SCHEMA))
    total = sum(member.file_size for member in members)
    if total > len(content) or any(m.compress_type != zipfile.ZIP_STORED for m in members):
        raise ValueError("they unpack to more bytes than the file holds")
    if any(member.filename.endswith(".npz") for member in members):
        raise ValueError("they hold a compressed array")
    _check_generators(schema)


def _check_generators(node: Any) -> None:
    """Check the positions of generators in their buffers, which NumPy believes."""
    if isinstance(node, list):
        for part in node:
            _check_generators(part)
    if not isinstance(node, dict):
        return
    for part in node.values():
        _check_generators(part)
    for key, largest in _POSITIONS.items():
        if key in node and not 0 <= int(node[key]["content"]) <= largest:
            raise ValueError(f"the {key} of a generator of random numbers is out of its range")
    if node.get("__loader__") == "RandomStateNode":  # not a tuple, whose parts have no names
        state = node["content"]
        if {state["__loader__"], state["content"]["state"]["__loader__"]} != {"DictNode"}:
            raise ValueError("the state of a generator of random numbers is of another form")


def _skops() -> Any:
    return import_optional("skops.io", needed_for="saving parts of scikit-learn")

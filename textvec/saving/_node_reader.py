"""From the nodes of a file to objects; every node is checked, and makes only what is listed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, stats
from sklearn.utils import Bunch

from ._node_writer import PARTS, SCALAR_TYPES
from ._object_state import object_from_state
from ._other_parts import unpacked
from ._plain_values import plain_value
from ._trust import Trust, has_known_methods
from ._type_names import UnknownTypeError, class_of_name, function_of_name

_PYTHON_TYPES: dict[str, type] = {cls.__name__: cls for cls in SCALAR_TYPES}
_SPARSE = {f"{form}_{kind}" for form in ("csr", "csc", "coo") for kind in ("array", "matrix")}


class NodeReader:
    """Makes the objects of a manifest.

    Parameters
    ----------
    manifest : dict
        Of the header of a file.
    arrays : dict of str to ndarray
        Of the file.
    trust : Trust
    """

    def __init__(self, manifest: dict[str, Any], arrays: dict[str, NDArray[Any]], trust: Trust):
        self._manifest, self._arrays, self._trust = manifest, arrays, trust
        self._objects: list[Any] = []
        self._made: dict[str, NDArray[Any]] = {}  # arrays that were met, by name
        self._parts: list[Any] | None = None

    def root(self) -> Any:
        """Make the object that was saved."""
        for described in self._manifest["objects"]:  # each holds only those before it
            cls = self._class(described["type"])
            state = {name: self.value(node) for name, node in described["state"].items()}
            self._objects.append(object_from_state(cls, state))
        return self.value(self._manifest["root"])

    def value(self, node: Any) -> Any:
        """Make what a node stands for."""
        if node is None or isinstance(node, (bool, int, float, str)):
            return node
        if isinstance(node, list):
            return [self.value(item) for item in node]
        for kind, decode in _KINDS.items():
            if kind in node:
                return decode(self, node)
        raise ValueError(f"it holds what is no value: {list(node)!r:.80}")

    def _class(self, name: str) -> type:
        if not name.startswith("trusted:"):
            return class_of_name(name)
        found = self._trusted({"trusted": name.removeprefix("trusted:")})
        if not isinstance(found, type):
            raise UnknownTypeError(f"{name!r:.80} is no class")
        return found

    def _trusted(self, node: dict[str, Any]) -> Any:
        found = self._trust.find(node["trusted"])
        if found is None:
            raise UnknownTypeError(f"{node['trusted']!r:.80} is not among those trusted")
        return found

    def _object(self, node: dict[str, Any]) -> Any:
        return _item(self._objects, node["object"])

    def _part(self, node: dict[str, Any]) -> Any:
        if self._parts is None:
            self._parts = unpacked(self._arrays[PARTS], self._trust)
        return _item(self._parts, node["part"])

    def _dict(self, node: dict[str, Any]) -> dict[Any, Any]:
        return {name: self.value(part) for name, part in node["dict"].items()}

    def _pairs(self, node: dict[str, Any]) -> dict[Any, Any]:
        return {self.value(key): self.value(part) for key, part in node["pairs"]}

    def _ordered(self, node: dict[str, Any]) -> OrderedDict[Any, Any]:
        return OrderedDict(self.value(node["ordered"]))

    def _bunch(self, node: dict[str, Any]) -> Bunch:
        return Bunch(**self.value(node["bunch"]))

    def _bytes(self, node: dict[str, Any]) -> bytes:
        return self._arrays[node["bytes"]].tobytes()

    def _float(self, node: dict[str, Any]) -> float:
        return float(node["float"])

    def _partial(self, node: dict[str, Any]) -> Any:
        parts = {name: self.value(part) for name, part in node["partial"].items()}
        return partial(parts["func"], *parts["args"], **parts["keywords"])

    def _type(self, node: dict[str, Any]) -> type:
        name = node["type"]
        found = _PYTHON_TYPES.get(name)
        if found is None and name.startswith("numpy."):
            scalar = getattr(np, name.removeprefix("numpy."), None)
            found = scalar if isinstance(scalar, type) and issubclass(scalar, np.generic) else None
        if found is None:
            raise UnknownTypeError(f"{name!r:.80} is no type that a file may hold")
        return found

    def _array(self, node: dict[str, Any]) -> NDArray[Any]:
        name = node["array"]
        if name not in self._made:
            self._made[name] = self._new_array(node)
        return self._made[name]

    def _new_array(self, node: dict[str, Any]) -> NDArray[Any]:
        array = self._arrays[node["array"]]
        if "dtype" in node:
            dtype = np.dtype(node["dtype"])
            if dtype.kind not in "cmMSU" or not dtype.itemsize or array.dtype != np.uint8:
                raise ValueError(f"an array is of the dtype {dtype}")
            array = array.view(dtype).reshape(node["shape"])
        if "as" in node:
            dtype = np.dtype(node["as"])
            if dtype.kind not in "iuf" or dtype.itemsize > 8 or array.dtype.kind != "u":
                raise ValueError(f"an array is of the dtype {dtype}")
            array = array.astype(dtype)
        if node.get("order") == "F":
            array = array.T
        if node.get("writeable") is False:
            array.setflags(write=False)
            if isinstance(array.base, np.ndarray):
                array.base.setflags(write=False)
        return array

    def _objects_array(self, node: dict[str, Any]) -> NDArray[Any]:
        items = self.value(node["objects"])
        if node["dtype"] == "T":
            missing = [self.value(part) for part in node.get("missing", ())]
            dtype = np.dtypes.StringDType(**dict(zip(["na_object"], missing, strict=False)))
            return np.array(items, dtype).reshape(node["shape"])
        array = np.empty(len(items), object)
        array[:] = items
        return array.reshape(node["shape"])

    def _masked(self, node: dict[str, Any]) -> NDArray[Any]:
        data, mask = map(self.value, node["masked"])
        return np.ma.MaskedArray(data, mask)

    def _scalar(self, node: dict[str, Any]) -> Any:
        return self.value(node["scalar"])[()]

    def _sparse(self, node: dict[str, Any]) -> Any:
        if node["sparse"] not in _SPARSE:
            raise UnknownTypeError(f"{node['sparse']!r:.80} is no kind of sparse matrix")
        parts = {name: self.value(part) for name, part in node["parts"].items()}
        data = parts.pop("data")
        places = tuple(parts.values())
        is_coo = node["sparse"].startswith("coo")
        given = (data, places) if is_coo else (data, *places)
        matrix = getattr(sparse, node["sparse"])(given, shape=tuple(node["shape"]))
        if not is_coo:
            matrix.check_format(full_check=True)  # compiled code trusts the indices
        return matrix

    def _distribution(self, node: dict[str, Any]) -> Any:
        found = getattr(stats, node["distribution"], None)
        if not isinstance(found, (stats.rv_continuous, stats.rv_discrete)):
            raise UnknownTypeError(f"{node['distribution']!r:.80} is no distribution of SciPy")
        return found(*self.value(node["args"]), **self.value(node["kwds"]))

    def _device(self, node: dict[str, Any]) -> Any:
        import torch

        return torch.device(node["device"])

    def _tensor(self, node: dict[str, Any]) -> Any:
        import torch

        tensor = torch.from_numpy(self.value(node["tensor"]))
        if node.get("bits_of") == "bfloat16":
            return tensor.view(torch.bfloat16)
        return tensor

    def _value(self, node: dict[str, Any]) -> Any:
        return plain_value(node["value"]).make(*self.value(node["parts"]))

    def _member(self, node: dict[str, Any]) -> Enum:
        enumeration = self._trusted(node["of"])
        if not (isinstance(enumeration, type) and issubclass(enumeration, Enum)):
            raise UnknownTypeError(f"{node['of']!r:.80} is no enumeration")
        return enumeration[node["member"]]

    def _method(self, node: dict[str, Any]) -> Any:
        owner = self.value(node["of"])
        if not has_known_methods(owner, self._trust):
            raise UnknownTypeError(f"{node['method']!r:.80} is a method of what is not trusted")
        return getattr(owner, node["method"])


def _item(items: list[Any], index: Any) -> Any:
    if type(index) is not int or not 0 <= index < len(items):
        raise ValueError(f"it refers to {index!r:.20}, which it does not hold before")
    return items[index]


# In this order, as some nodes hold keys of others.
_KINDS: dict[str, Callable[[NodeReader, dict[str, Any]], Any]] = {
    "object": NodeReader._object,
    "dict": NodeReader._dict,
    "tuple": lambda reader, node: tuple(reader.value(node["tuple"])),
    "array": NodeReader._array,
    "objects": NodeReader._objects_array,
    "tensor": NodeReader._tensor,
    "scalar": NodeReader._scalar,
    "pairs": NodeReader._pairs,
    "ordered": NodeReader._ordered,
    "bunch": NodeReader._bunch,
    "set": lambda reader, node: set(reader.value(node["set"])),
    "frozenset": lambda reader, node: frozenset(reader.value(node["frozenset"])),
    "value": NodeReader._value,
    "member": NodeReader._member,
    "method": NodeReader._method,
    "float": NodeReader._float,
    "bytes": NodeReader._bytes,
    "slice": lambda reader, node: slice(*reader.value(node["slice"])),
    "partial": NodeReader._partial,
    "type": NodeReader._type,
    "class": lambda reader, node: class_of_name(node["class"]),
    "function": lambda reader, node: function_of_name(node["function"]),
    "trusted": NodeReader._trusted,
    "part": NodeReader._part,
    "masked": NodeReader._masked,
    "sparse": NodeReader._sparse,
    "distribution": NodeReader._distribution,
    "device": NodeReader._device,
    "dtype": lambda reader, node: np.dtype(node["dtype"]),
    "path": lambda reader, node: Path(node["path"]),
}

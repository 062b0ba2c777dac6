"""From objects to what JSON holds, and the arrays in them."""

from __future__ import annotations

import math
import os
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from enum import Enum
from functools import partial
from types import BuiltinMethodType, MethodType
from typing import Any

import numpy as np
from joblib import Memory
from numpy.typing import NDArray
from scipy.sparse import issparse
from scipy.stats import rv_continuous, rv_discrete
from sklearn.base import BaseEstimator
from sklearn.utils import Bunch

from ._array_forms import bits, check_dtype, check_tensor, compacted, is_bfloat16
from ._model_file import has_code
from ._object_state import object_state
from ._other_parts import may_be_part, packed, untrusted_types
from ._plain_values import plain_value, plain_value_name
from ._trust import Trust, has_known_methods
from ._type_names import name_of_class, name_of_function
from ._unsaved_values import refusal, untrusted

# The plain value of a member of an enumeration, whatever the enumeration says.
_PLAIN_METHODS: dict[type, Callable[[Any], Any]] = {
    str: str.__str__,
    int: int.__int__,
    float: float.__float__,
}
SCALAR_TYPES = (int, float, str, bool, bytes, list, tuple, dict, set, object)
_METHODS = (MethodType, BuiltinMethodType)
PARTS = "parts of scikit-learn"  # the name of their array


class NodeWriter:
    """Turns an object, and all that it holds, into nodes of JSON and arrays.

    An object or an array is stored once, however often it is met. Objects stand behind those
    that they hold, so that each can be made at once when it is read.

    Parameters
    ----------
    root : object
        That is saved; it names parameters in messages.
    trust : Trust
    training_state : bool
        Whether networks are saved with all that training continues from.
    """

    def __init__(self, root: Any, trust: Trust, *, training_state: bool):
        self.arrays: dict[str, NDArray[Any]] = {}
        self.objects: list[dict[str, Any]] = []
        self.trusted: set[str] = set()
        self._root, self._trust, self._training_state = root, trust, training_state
        self._parts: list[Any] = []
        self._kept: list[Any] = []  # what is alive keeps its id
        self._nodes: dict[int, Any] = {}  # of objects and arrays that were met, by id

    def manifest(self) -> dict[str, Any]:
        """Encode the root."""
        root = self.node(self._root, ())
        if self._parts:
            self.arrays[PARTS] = packed(self._parts)
        trusted = sorted(self.trusted)
        return {"trusted": trusted, "objects": self.objects, "root": root}

    def node(self, value: Any, path: tuple[str, ...]) -> Any:
        """Return what stands for a value in the manifest.

        Raises
        ------
        TypeError
            If it can't be saved; the message names the parameter or the path.
        """
        cls = type(value)
        if value is None or cls in (bool, int, str):
            return value
        if cls is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        if cls is list:
            return [self.node(item, (*path, str(i))) for i, item in enumerate(value)]
        if id(value) in self._nodes:
            return self._met(value, path)
        encode = _PLAIN.get(cls)
        if encode is not None:
            return encode(self, value, path)
        name = plain_value_name(cls)
        if name is not None:
            return {"value": name, "parts": self.node(plain_value(name).parts(value), path)}
        trusted = self._trust.name_of(value) if callable(value) else None
        if trusted is not None:
            self.trusted.add(trusted)
            return {"trusted": trusted}
        return self._of_kind(value, path)

    def _met(self, value: Any, path: tuple[str, ...]) -> Any:
        node = self._nodes[id(value)]
        if node is None:
            raise TypeError(f"{self._where(value, path)} holds itself, which can't be saved.")
        return node

    def _of_kind(self, value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, np.generic):
            return self._scalar(value, path)
        if isinstance(value, np.ndarray):
            return self._once(value, path, self._array)
        if issparse(value):
            return self._once(value, path, self._sparse)
        if isinstance(value, Enum) and self._trust.name_of(type(value)) is not None:
            return {"member": value.name, "of": self.node(type(value), path)}
        for plain, method in _PLAIN_METHODS.items():  # members of enumerations
            if isinstance(value, plain):
                return self.node(method(value), path)
        if isinstance(value, np.dtype):
            check_dtype(value, lambda: self._where(value, path))
            return {"dtype": value.str}
        if isinstance(value, _METHODS) and has_known_methods(value.__self__, self._trust):
            return {"method": value.__name__, "of": self.node(value.__self__, path)}
        if isinstance(value, os.PathLike):
            return {"path": os.fspath(value)}
        if isinstance(value, Memory):  # the cache of a pipeline, which scikit-learn opens by name
            return self.node(value.location, path)
        if isinstance(value, type):
            return self._class(value, path)
        if "torch" in sys.modules:
            import torch

            if isinstance(value, torch.device):
                return {"device": str(value)}
            if type(value) is torch.Tensor:
                return self._tensor(value.detach().cpu(), path)
        function = name_of_function(value)
        if function is not None:
            return {"function": function}
        return self._once(value, path, self._object)

    def _once(
        self, value: Any, path: tuple[str, ...], encode: Callable[[Any, tuple[str, ...]], Any]
    ) -> Any:
        """Encode what may be met again."""
        self._kept.append(value)
        self._nodes[id(value)] = None
        self._nodes[id(value)] = node = encode(value, path)
        return node

    def _dict(self, value: dict[Any, Any], path: tuple[str, ...]) -> Any:
        if all(type(key) is str for key in value):
            return {"dict": {k: self.node(v, (*path, k)) for k, v in value.items()}}
        pairs = [
            [self.node(k, (*path, "key")), self.node(v, (*path, str(k)))] for k, v in value.items()
        ]
        return {"pairs": pairs}

    def _ordered(self, value: OrderedDict[Any, Any], path: tuple[str, ...]) -> Any:
        return {"ordered": self._dict(value, path)}

    def _bunch(self, value: Bunch, path: tuple[str, ...]) -> Any:
        return {"bunch": self._dict(value, path)}

    def _tuple(self, value: tuple[Any, ...], path: tuple[str, ...]) -> Any:
        return {"tuple": self.node(list(value), path)}

    def _set(self, value: set[Any] | frozenset[Any], path: tuple[str, ...]) -> Any:
        # In one order in every process, so that the same model is the same file.
        return {type(value).__name__: self.node(sorted(value, key=repr), path)}

    def _bytes(self, value: bytes, path: tuple[str, ...]) -> Any:
        return {"bytes": self._stored(np.frombuffer(value, np.uint8), path)}

    def _slice(self, value: slice, path: tuple[str, ...]) -> Any:
        return {"slice": self.node([value.start, value.stop, value.step], path)}

    def _scalar(self, value: np.generic, path: tuple[str, ...]) -> Any:
        return {"scalar": self._array(np.asarray(value), path)}

    def _partial(self, value: partial[Any], path: tuple[str, ...]) -> Any:
        parts = {"func": value.func, "args": value.args, "keywords": value.keywords}
        return {"partial": {name: self.node(part, (*path, name)) for name, part in parts.items()}}

    def _class(self, value: type, path: tuple[str, ...]) -> Any:
        if value in SCALAR_TYPES:
            return {"type": value.__name__}
        if issubclass(value, np.generic):
            return {"type": f"numpy.{value.__name__}"}
        name = name_of_class(value)
        if name is None:
            raise self._refused(value, path)
        return {"class": name}

    def _array(self, value: NDArray[Any], path: tuple[str, ...]) -> Any:
        if isinstance(value, np.ma.MaskedArray):
            parts = [value.data, np.ma.getmaskarray(value)]
            return {"masked": [self._array(part, path) for part in parts]}
        if type(value) not in (np.ndarray, np.memmap):
            raise TypeError(
                f"{self._where(value, path)} is a {type(value).__name__}, which can't be saved: "
                "pass np.asarray of it."
            )
        dtype: Any = value.dtype
        node: dict[str, Any]
        if dtype.kind in "OT":
            node = {
                "objects": self.node(value.ravel().tolist(), path),
                "shape": list(value.shape),
                "dtype": dtype.kind,
            }
            if hasattr(dtype, "na_object"):
                node["missing"] = [self.node(dtype.na_object, path)]
            return node
        check_dtype(dtype, lambda: self._where(value, path))
        is_fortran = value.flags.f_contiguous and not value.flags.c_contiguous
        flat = np.ascontiguousarray(value.T if is_fortran else value).reshape(
            value.shape[::-1] if is_fortran else value.shape
        )
        compact = compacted(flat)
        node = {"array": self._stored(compact, path)}
        if compact.dtype != flat.dtype:
            node["as"] = flat.dtype.newbyteorder("<").str
        if not has_code(value.dtype):
            little = flat.dtype.newbyteorder("<")
            self.arrays[node["array"]] = flat.astype(little).reshape(-1).view(np.uint8)
            node |= {"dtype": little.str, "shape": list(flat.shape)}
        if is_fortran:
            node["order"] = "F"
        return node if value.flags.writeable else node | {"writeable": False}

    def _tensor(self, tensor: Any, path: tuple[str, ...]) -> Any:
        if is_bfloat16(tensor):  # which NumPy does not have
            return {"tensor": self._array(bits(tensor), path), "bits_of": "bfloat16"}
        check_tensor(tensor, lambda: self._where(tensor, path))
        return {"tensor": self._array(tensor.numpy(), path)}

    def _stored(self, array: NDArray[Any], path: tuple[str, ...]) -> str:
        """Store an array by its path, and return the name that it gets."""
        name = base = "/".join(path) or "array"
        number = 1
        while name in self.arrays or name in (PARTS, "__metadata__"):
            number += 1
            name = f"{base} {number}"
        self.arrays[name] = array
        return name

    def _sparse(self, value: Any, path: tuple[str, ...]) -> Any:
        if value.format not in ("csr", "csc", "coo"):
            raise TypeError(
                f"{self._where(value, path)} is a sparse {value.format} matrix: convert it to csr."
            )
        if value.ndim != 2:
            raise TypeError(
                f"{self._where(value, path)} is a sparse array of {value.ndim} axes, expected two."
            )
        names = ("data", *(("row", "col") if value.format == "coo" else ("indices", "indptr")))
        parts = {name: self.node(getattr(value, name), (*path, name)) for name in names}
        shape = list(map(int, value.shape))
        return {"sparse": type(value).__name__, "shape": shape, "parts": parts}

    def _distribution(self, value: Any, path: tuple[str, ...]) -> Any:
        arguments = {"args": value.args, "kwds": value.kwds}
        return {"distribution": value.dist.name} | {
            name: self.node(part, (*path, name)) for name, part in arguments.items()
        }

    def _object(self, value: Any, path: tuple[str, ...]) -> Any:
        name = name_of_class(type(value))
        if name is None:
            trusted = self._trust.name_of(type(value))
            if trusted is None or may_be_part(value):
                return self._part(value, path)
            self.trusted.add(trusted)
            name = f"trusted:{trusted}"
        state = object_state(value, training_state=self._training_state)
        nodes = {key: self.node(part, (*path, key)) for key, part in state.items()}
        described: dict[str, Any] = {"type": name, "state": nodes}
        if isinstance(value, BaseEstimator):
            described["parameters"] = [n for n in value.get_params(deep=False) if n in nodes]
        self.objects.append(described)
        return {"object": len(self.objects) - 1}

    def _part(self, value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(getattr(value, "dist", None), (rv_continuous, rv_discrete)):
            return self._distribution(value, path)
        is_function = callable(value) and not isinstance(value, BaseEstimator)
        if isinstance(value, Iterator) or (is_function and hasattr(value, "__name__")):
            raise self._refused(value, path)
        types = untrusted_types(value, self._trust)
        if types is None:
            raise self._refused(value, path)
        if types:
            raise untrusted(self._where(value, path), types)
        self._parts.append(value)
        return {"part": len(self._parts) - 1}

    def _refused(self, value: Any, path: tuple[str, ...]) -> TypeError:
        return refusal(self._where(value, path), value)

    def _where(self, value: Any, path: tuple[str, ...]) -> str:
        """Name the parameter whose value something is, or the place of it."""
        if isinstance(self._root, BaseEstimator):
            for name, parameter in self._root.get_params(deep=True).items():
                if parameter is value:
                    return f"the parameter {name}"
        return f"{'/'.join(path)}" if path else f"the {type(value).__name__}"


_PLAIN: dict[type, Callable[[NodeWriter, Any, tuple[str, ...]], Any]] = {
    dict: NodeWriter._dict,
    OrderedDict: NodeWriter._ordered,
    Bunch: NodeWriter._bunch,
    tuple: NodeWriter._tuple,
    set: NodeWriter._set,
    frozenset: NodeWriter._set,
    bytes: NodeWriter._bytes,
    slice: NodeWriter._slice,
    partial: NodeWriter._partial,
}

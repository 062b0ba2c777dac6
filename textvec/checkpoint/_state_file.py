"""Files of states: tensors as safetensors, all else as JSON in their header."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .._compat import import_optional
from .._storage._files import replacing


class DamagedFileError(ValueError):
    """A file is not as it was written."""


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Write a state: even if the power fails, the file is whole or not there.

    Parameters
    ----------
    path : Path
        Where to.
    state : dict
        From ``snapshot``.
    """
    safetensors = import_optional("safetensors.torch", needed_for="checkpoint")
    tensors: dict[str, Tensor] = {}
    text = json.dumps(_packed(state, "", tensors))
    metadata = {"state": text, "checksum": digest(text, tensors)}
    with replacing(path, durable=True) as file:
        file.write(safetensors.save(tensors, metadata))


def read_state(path: Path) -> dict[str, Any]:
    """Read a state.

    Raises
    ------
    DamagedFileError
        If the file is not whole, or not as it was written.
    """
    safetensors = import_optional("safetensors", needed_for="checkpoint")
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        text = metadata["state"]
        if metadata["checksum"] != digest(text, tensors):
            raise ValueError("its checksum does not match")
        return _unpacked(json.loads(text), tensors)  # type: ignore[no-any-return]
    except (KeyError, ValueError, OSError, safetensors.SafetensorError) as error:
        raise DamagedFileError(f"{path} is damaged: {error}") from error


def digest(*parts: Any) -> str:
    """Return the digest of text, arrays and tensors, and of dicts and lists of such."""
    total = hashlib.blake2b(digest_size=16)
    for part in parts:
        _add(total, part)
    return total.hexdigest()


def _add(total: Any, part: Any) -> None:
    if isinstance(part, dict):
        for name in sorted(part):
            total.update(f"{name}:".encode())
            _add(total, part[name])
    elif isinstance(part, (list, tuple)):
        for item in part:
            _add(total, item)
    elif isinstance(part, (Tensor, np.ndarray)):
        array = _bytes_of(part)
        total.update(f"{part.dtype} {tuple(part.shape)}".encode())
        total.update(array)
    else:
        total.update(repr(part).encode())


def _bytes_of(array: Any) -> Any:
    """Return a tensor or an array as a buffer of bytes."""
    if isinstance(array, Tensor):  # NumPy has no bfloat16
        return array.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy()
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)


def _packed(value: Any, path: str, tensors: dict[str, Tensor]) -> Any:
    """Return a value as JSON, with its tensors moved to `tensors`."""
    if isinstance(value, Tensor):
        tensors[path] = value.contiguous()
        return {"tensor": path}
    if isinstance(value, np.ndarray):
        tensors[path] = torch.from_numpy(value)
        return {"array": path}
    if isinstance(value, dict):
        return {"dict": [[k, _packed(v, _joined(path, k), tensors)] for k, v in value.items()]}
    if isinstance(value, (list, tuple, set)):
        items = [_packed(v, _joined(path, i), tensors) for i, v in enumerate(value)]
        return items if isinstance(value, list) else {type(value).__name__: items}
    return value


def _joined(path: str, key: Any) -> str:
    return f"{path}/{key}" if path else str(key)


def _unpacked(value: Any, tensors: dict[str, Tensor]) -> Any:
    if isinstance(value, list):
        return [_unpacked(item, tensors) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "tensor":
        return tensors[content]
    if kind == "array":
        return tensors[content].numpy()
    if kind == "dict":
        return {key: _unpacked(item, tensors) for key, item in content}
    items = [_unpacked(item, tensors) for item in content]
    return set(items) if kind == "set" else tuple(items)

"""Files that somebody has made up: their checksums are right, and what they say is not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from textvec.saving._model_file import opened, read_arrays, read_header
from textvec.saving._model_writing import write_model_file

Manifest = dict[str, Any]
Arrays = dict[str, np.ndarray]


def read(path: Path) -> tuple[Manifest, Arrays]:
    with opened(path) as file:
        header = read_header(path, file)
        arrays = read_arrays(path, file, header)
    return header.manifest, {n: np.array(a) for n, a in arrays.items()}


def forge(path: Path, change: Callable[[Manifest, Arrays], None]) -> None:
    """Change what a file says, and write it with checksums of what it says then."""
    manifest, arrays = read(path)
    change(manifest, arrays)
    write_model_file(path, manifest, arrays)


def object_of(manifest: Manifest, name: str) -> Manifest:
    return next(o for o in manifest["objects"] if o["type"] == name)


def places(node: Any, found: list[tuple[Any, Any]] | None = None) -> list[tuple[Any, Any]]:
    """List all places of a manifest that hold a value: a container, and an index or a key."""
    found = [] if found is None else found
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in list(items):
        found.append((node, key))
        if isinstance(value, (dict, list)):
            places(value, found)
    return found


NUMBERS = [0, 1, -1, 2, 7, 2**31 - 1, 2**31, 2**62, -(2**63), 0.5, 1e308]
VALUES = [
    *NUMBERS,
    *(None, True, "", "x", "\ud800", [], {}, {"dict": {}}, {"tuple": []}, {"float": "nan"}),
    *({"object": 0}, {"object": 10**9}, {"part": 0}, {"trusted": "os:system"}, {"type": "int"}),
    *({"class": "torch.optim.Adam"}, {"function": "numpy.exp"}, {"path": "../../etc/passwd"}),
]


def change_at_random(rng: np.random.Generator, manifest: Manifest, arrays: Arrays) -> None:
    """Change some values of a manifest and some arrays."""
    del manifest["checksums"]
    for _ in range(int(rng.integers(1, 3))):
        if arrays and rng.random() < 0.6:
            name = list(arrays)[rng.integers(len(arrays))]
            arrays[name] = _changed(rng, arrays[name])
        else:
            among = places(manifest)
            holder, key = among[rng.integers(len(among))]
            there, index = among[rng.integers(len(among))]
            new = there[index] if rng.random() < 0.4 else VALUES[rng.integers(len(VALUES))]
            holder[key] = copy.deepcopy(new)


def _changed(rng: np.random.Generator, array: np.ndarray) -> np.ndarray:
    kind = rng.integers(6)
    flat = array.reshape(-1).copy()
    if kind == 0:
        return flat[: rng.integers(len(flat) + 1)]
    if kind == 1:
        return np.concatenate([flat, flat])
    if kind == 2:
        return array.astype(rng.choice(["f4", "f8", "i4", "i8", "u1"]))
    if kind == 3 and array.ndim > 1:
        return np.ascontiguousarray(array[:, : rng.integers(array.shape[1] + 1)])
    if len(flat) and array.dtype.kind in "iuf":
        limits = np.iinfo(array.dtype) if array.dtype.kind in "iu" else np.finfo(array.dtype)
        value = [limits.min, limits.max, 0, 1, flat[0]][rng.integers(5)]
        if kind == 4:
            flat[rng.integers(len(flat))] = value
        else:
            flat[:] = value
    return flat.reshape(array.shape)

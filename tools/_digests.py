"""Digests of results: SHA-256 over type, shape and bytes, and a few numbers to look at."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from scipy import sparse

from textvec import EmbeddedSequences, Ragged, Tokens, Vocabulary, WordVectors


def digest(value: Any) -> dict[str, str]:
    """Return the digest of a result, and a line about it for people."""
    sha = hashlib.sha256()
    for piece in _pieces(value):
        sha.update(len(piece).to_bytes(8, "little"))
        sha.update(piece)
    return {"digest": sha.hexdigest()[:24], "summary": _summary(value)}


def _pieces(value: Any) -> Iterator[bytes]:
    """Break a result into bytes, each part with its kind."""
    plain = _plain(value)
    if isinstance(plain, np.ndarray):
        yield f"{plain.dtype.str}{plain.shape}".encode()
        yield np.ascontiguousarray(plain).tobytes()
    elif isinstance(plain, Mapping):
        yield b"mapping"
        for key, item in plain.items():
            yield str(key).encode()
            yield from _pieces(item)
    elif isinstance(plain, Sequence) and not isinstance(plain, (str, bytes)):
        yield f"sequence {len(plain)}".encode()
        for item in plain:
            yield from _pieces(item)
    else:
        yield f"{type(plain).__name__} {plain!r}".encode()  # repr of a float names every bit


def _plain(value: Any) -> Any:
    """Return containers as arrays, sequences and mappings of plain values."""
    if isinstance(value, Tokens):
        spans = value.spans
        return ["Tokens", value.values, value.offsets, value.vocabulary, spans]
    if isinstance(value, Ragged):
        return ["Ragged", value.values, value.offsets, value.n_ids]
    if isinstance(value, Vocabulary):
        return ["Vocabulary", list(value.tokens), value.first_id]
    if isinstance(value, EmbeddedSequences):
        return ["EmbeddedSequences", value.shape, value.to_ragged()]
    if isinstance(value, WordVectors):
        return ["WordVectors", list(value), np.asarray(value.matrix)]
    if sparse.issparse(value):
        return [value.format, value.shape, value.data, value.indices, value.indptr]
    if hasattr(value, "state_dict") or type(value).__module__.startswith("torch"):
        return value.detach().cpu().numpy()
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, np.ndarray) and value.dtype.kind in "OT":
        return ["array", value.shape, value.tolist()]
    return value.item() if isinstance(value, np.generic) else value


def _summary(value: Any) -> str:
    arrays = list(_arrays(value))
    if not arrays:
        return repr(value)[:150]
    flat = np.concatenate([array.ravel().astype(np.float64) for array in arrays])
    shapes = ", ".join(f"{array.dtype}{list(array.shape)}" for array in arrays[:4])
    if len(flat):
        shapes += f" mean {flat.mean():.9g}, norm {np.linalg.norm(flat):.9g}, last {flat[-1]:.9g}"
    return shapes


def _arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    """Find the numeric arrays in a result."""
    plain = _plain(value)
    if isinstance(plain, np.ndarray):
        if plain.dtype.kind in "biuf":
            yield plain
    elif isinstance(plain, Mapping):
        for item in plain.values():
            yield from _arrays(item)
    elif isinstance(plain, (list, tuple)):
        if plain and all(isinstance(item, float) for item in plain):
            yield np.array(plain)
        else:
            for item in plain:
                yield from _arrays(item)

"""safetensors files: a matrix, and words as two arrays of numbers."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._compat import import_optional
from ..._containers._vocabulary import Vocabulary
from ._vectors_table import ReadOptions, VectorsTable, first_not_finite, select

_LAYOUT = (
    "expected the tensors 'embeddings' (n_words x embedding_dim), 'vocabulary' (uint8, the UTF-8 "
    "of the words, end to end) and 'offsets' (int64, where each begins, and the end of the last)"
)


def is_safetensors(first: bytes) -> bool:
    """Return whether the first bytes are those of safetensors: the length of a JSON header."""
    return first[8:10] in (b'{"', b"{}") and int.from_bytes(first[:8], "little") < 1 << 27


def read_safetensors(path: str, options: ReadOptions) -> VectorsTable:
    """Read a file of safetensors.

    Parameters
    ----------
    path : str
        Of the file.
    options : ReadOptions

    Returns
    -------
    VectorsTable

    Raises
    ------
    ValueError
        If the file is damaged, or does not hold the three tensors that are expected.
    """
    tensors = read_tensors(path)
    if not {"embeddings", "vocabulary", "offsets"} <= tensors.keys():
        hint = ""
        if os.path.exists(os.path.join(os.path.dirname(path), "tokenizer.json")):
            hint = " The words of model2vec are in tokenizer.json: load the folder."
        raise ValueError(f"{path}: {_LAYOUT}, found {', '.join(sorted(tensors)) or 'none'}.{hint}")
    return _checked(
        path, tensors["embeddings"], (tensors["vocabulary"], tensors["offsets"]), options
    )


def read_tensors(path: str) -> dict[str, NDArray[Any]]:
    """Read the tensors of a file.

    Raises
    ------
    ValueError
        If the file is damaged, or a tensor is of a type that NumPy lacks.
    """
    safetensors = import_optional("safetensors", needed_for="reading a file of safetensors")
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (safetensors.SafetensorError, TypeError) as error:
        raise ValueError(f"{path}: the file is damaged or cut short ({error}).") from error


def _checked(path: str, matrix: Any, arrays: tuple[Any, Any], options: ReadOptions) -> VectorsTable:
    buffer, offsets = arrays
    if matrix.ndim != 2 or not matrix.shape[1] or matrix.dtype.kind != "f":
        raise ValueError(f"{path}: {_LAYOUT}, found embeddings {matrix.shape}, {matrix.dtype}.")
    if buffer.dtype != np.uint8 or offsets.dtype.kind not in "iu":
        raise ValueError(f"{path}: {_LAYOUT}, found {buffer.dtype} and {offsets.dtype}.")
    options.check_width(matrix.shape[1], path)
    try:
        tokens = Vocabulary.from_buffer(buffer, offsets)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    if len(tokens) != len(matrix):
        raise ValueError(f"{path} holds {len(tokens)} words, but {len(matrix)} vectors.")
    if matrix.dtype not in (np.float16, np.float32):
        with np.errstate(over="ignore"):
            matrix = matrix.astype(np.float32)
    table = select(VectorsTable(tokens.buffer, tokens.offsets, matrix, "safetensors"), options)
    if first_not_finite(table.matrix) is not None:
        raise ValueError(f"{path} holds numbers that are not finite in {table.matrix.dtype}.")
    return table

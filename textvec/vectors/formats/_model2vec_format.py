"""Folders of model2vec: a matrix in safetensors, and its tokens in tokenizer.json."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._containers._vocabulary import Vocabulary
from ..._storage._files import read_json
from ._decompression import FREE_EXPANSION, MAX_EXPANSION
from ._safetensors_format import read_tensors
from ._vectors_table import ReadOptions, VectorsTable, first_not_finite, select

TOKENIZER, TENSORS = "tokenizer.json", "model.safetensors"
_SUBFOLDER = "0_StaticEmbedding"  # of sentence-transformers
_MATRICES = ("embeddings", "embedding.weight")  # names of model2vec, and of that


def is_model2vec(path: str | os.PathLike[str]) -> bool:
    """Return whether a path is a folder of model2vec, or of a static sentence transformer."""
    folder = _folder(path)
    return (folder / TOKENIZER).is_file() and (folder / TENSORS).is_file()


def read_model2vec(path: str | os.PathLike[str], options: ReadOptions) -> VectorsTable:
    """Read the vectors of a folder of model2vec.

    Parameters
    ----------
    path : str or path
        The folder.
    options : ReadOptions

    Returns
    -------
    VectorsTable
        In the order of the tokens' ids, each vector times its weight if there are weights: their
        means are what the model computes.

    Raises
    ------
    ValueError
        If a file is damaged, or they do not belong together; the message names it.
    """
    folder = _folder(path)
    tensors = read_tensors(str(folder / TENSORS))
    matrix = next((tensors[name] for name in _MATRICES if name in tensors), None)
    where = folder / TENSORS
    if matrix is None or matrix.ndim != 2 or not matrix.shape[1] or matrix.dtype.kind not in "fi":
        shapes = ", ".join(f"{name} {tensor.shape}" for name, tensor in sorted(tensors.items()))
        raise ValueError(
            f"{where}: expected the tensor 'embeddings' (n_rows x embedding_dim) of model2vec, "
            f"found {shapes[:200] or 'none'}."
        )
    options.check_width(matrix.shape[1], where)
    words = _words(folder / TOKENIZER)
    matrix = _rows_of_words(folder, matrix, tensors, len(words))
    table = VectorsTable(words.buffer, words.offsets, matrix, "model2vec")
    table = select(table, options)
    if first_not_finite(table.matrix) is not None:
        raise ValueError(f"{where} holds numbers that are not finite in {table.matrix.dtype}.")
    return table


def _folder(path: str | os.PathLike[str]) -> Path:
    inner = Path(path) / _SUBFOLDER
    return inner if inner.is_dir() else Path(path)


def _rows_of_words(
    folder: Path, matrix: NDArray[Any], tensors: dict[str, NDArray[Any]], n_words: int
) -> NDArray[Any]:
    """Return a row for each word, of rows that words may share, and of weights."""
    mapping, weights = tensors.get("mapping"), tensors.get("weights")
    n_rows = len(matrix) if mapping is None else len(np.atleast_1d(mapping))
    if n_rows != n_words:
        raise ValueError(
            f"{folder / TENSORS} holds vectors of {n_rows} tokens, {TOKENIZER} has {n_words}."
        )
    if matrix.dtype not in (np.float16, np.float32):
        with np.errstate(over="ignore"):
            matrix = matrix.astype(np.float32)
    if mapping is not None:
        matrix = _mapped_rows(folder, matrix, mapping)
    if weights is None:
        return matrix
    if weights.shape != (n_words,) or weights.dtype.kind != "f":
        raise ValueError(
            f"{folder / TENSORS}: expected a weight for each of {n_words} tokens, found "
            f"{weights.shape}, {weights.dtype}."
        )
    with np.errstate(over="ignore"):
        weighted: NDArray[Any] = (matrix * weights[:, None]).astype(np.float32)
    return weighted


def _mapped_rows(folder: Path, matrix: NDArray[Any], mapping: NDArray[Any]) -> NDArray[Any]:
    is_id = mapping.ndim == 1 and mapping.dtype.kind in "iu"
    if not is_id or (mapping.size and not 0 <= mapping.min() <= mapping.max() < len(matrix)):
        raise ValueError(
            f"{folder / TENSORS}: expected a mapping of tokens to {len(matrix)} rows, "
            f"found {mapping.shape}, {mapping.dtype}."
        )
    size = sum((folder / name).stat().st_size for name in (TENSORS, TOKENIZER))
    if len(mapping) * matrix[:1].nbytes > max(FREE_EXPANSION, MAX_EXPANSION * size):
        raise ValueError(
            f"{folder / TENSORS} grows to more than {MAX_EXPANSION} times its size: this is no "
            "model of vectors."
        )
    rows: NDArray[Any] = matrix[mapping]
    return rows


def _words(path: Path) -> Vocabulary:
    """Read the tokens of a tokenizer of Hugging Face, by their ids from 0."""
    described = read_json(path)
    token_of = {identifier: token for token, identifier in _entries(path, described)}
    if sorted(token_of) != list(range(len(token_of))):
        raise ValueError(f"{path}: expected tokens of ids 0, 1, 2 and so on, found gaps.")
    try:
        return Vocabulary(token_of[identifier] for identifier in range(len(token_of)))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _entries(path: Path, described: Any) -> list[tuple[str, int]]:
    """Return the tokens of the model, then those that were added, with their ids."""
    try:
        vocabulary = described["model"]["vocab"]
        if isinstance(vocabulary, dict):  # WordPiece, BPE, WordLevel
            entries = list(vocabulary.items())
        else:  # Unigram: tokens and their log probabilities
            entries = [(token, at) for at, (token, _) in enumerate(vocabulary)]
        added = described.get("added_tokens") or []
        entries += [(token["content"], token["id"]) for token in added]
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise ValueError(
            f"{path}: expected a tokenizer of Hugging Face, whose model has a vocab ({error!r})."
        ) from error
    for token, identifier in entries:
        if not isinstance(token, str) or type(identifier) is not int:
            raise ValueError(f"{path}: expected tokens with ids, found {token!r}: {identifier!r}.")
    return entries

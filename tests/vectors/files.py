"""A small table of vectors, and files of every format that hold it."""

from __future__ import annotations

import csv
import io
import json
import struct
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from textvec import WordVectors

WORDS = ["the", "frog", "été", "🐸", "x"]
MATRIX = np.array(
    [[0.5, -1.25], [3, 0.4], [1e-7, -6e4], [0, 0], [0.1, 12345.678]], dtype=np.float32
)
VECTORS = WordVectors(WORDS, MATRIX)
PIECES = np.arange(20, dtype=np.float32).reshape(10, 2)


def word2vec_binary(words=WORDS, matrix=MATRIX, newline: bytes = b"") -> bytes:
    rows = [word.encode() + b" " + row.tobytes() + newline for word, row in zip(words, matrix)]
    return b"%d %d\n" % matrix.shape + b"".join(rows)


def word2vec_text(words=WORDS, matrix=MATRIX) -> bytes:
    return b"%d %d\n" % matrix.shape + glove_text(words, matrix)


def glove_text(words=WORDS, matrix=MATRIX) -> bytes:
    lines = [" ".join([word, *map(repr, row)]) for word, row in zip(words, matrix.tolist())]
    return ("\n".join(lines) + "\n").encode()


def fasttext_model(
    words=WORDS,
    own=MATRIX,
    pieces=PIECES,
    *,
    min_n: int = 3,
    max_n: int = 4,
    **changed: int,
) -> bytes:
    """Return a model as fastText 0.9.2 writes it; `changed` are fields of its header that lie."""
    fields = {
        "magic": 793712314, "version": 12, "dim": own.shape[1], "ws": 5, "epoch": 5,
        "min_count": 1, "neg": 5, "word_ngrams": 1, "loss": 2, "model": 1, "bucket": len(pieces),
        "minn": min_n, "maxn": max_n, "lr_update_rate": 100, "t": 0, "entries": len(words),
        "words": len(words), "labels": 0, "tokens": 99, "pruned": -1, "quantised": 0,
        "rows": len(own) + len(pieces), "columns": own.shape[1],
    } | changed  # fmt: skip
    values = list(fields.values())
    entries = b"".join(word.encode() + b"\0" + struct.pack("<qb", 9, 0) for word in words)
    return (
        struct.pack("<14id3i2q", *values[:20])
        + entries
        + struct.pack("<?2q", *values[20:])
        + np.vstack([own, pieces]).astype("<f4").tobytes()
        + struct.pack("<?2q", 0, 0, own.shape[1])  # what predicts words
    )


def old_fasttext_model(words=WORDS, own=MATRIX, pieces=PIECES, **changed: int) -> bytes:
    """Return a model as fastText wrote it before version 11 of its format."""
    new = fasttext_model(words, own, pieces, **changed)
    head, entries = struct.calcsize("<14id3iq"), struct.calcsize("<14id3i2q")
    matrix = new.index(struct.pack("<?2q", 0, len(own) + len(pieces), own.shape[1]), entries)
    return new[8:head] + new[entries:matrix] + new[matrix + 1 :]


def csv_table(words=WORDS, matrix=MATRIX, *, delimiter: str = ",") -> bytes:
    rows = [["", *(f"V{i + 1}" for i in range(matrix.shape[1]))]]
    rows += [[word, *map(repr, row)] for word, row in zip(words, matrix.tolist())]
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_NONNUMERIC).writerows(rows)
    return file.getvalue().encode()


def model2vec_folder(
    folder: Path, words=WORDS, matrix=MATRIX, *, kind: str = "WordPiece", **tensors
) -> Path:
    """Write a folder as model2vec does."""
    from safetensors.numpy import save_file

    ids = {word: row for row, word in enumerate(words)}
    vocabulary = [[word, -1.5] for word in words] if kind == "Unigram" else ids
    added = [{"id": 0, "content": words[0], "special": True}]
    tokenizer = {"added_tokens": added, "model": {"type": kind, "vocab": vocabulary}}
    folder.mkdir(exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    (folder / "config.json").write_text('{"normalize": true}')
    save_file({"embeddings": matrix, **tensors}, folder / "model.safetensors")
    return folder


def safetensors_file(words=WORDS, matrix=MATRIX) -> bytes:
    from safetensors.numpy import save

    vocabulary = WordVectors(words, matrix).vocabulary
    return save(
        {
            "embeddings": matrix,
            "vocabulary": np.array(vocabulary.buffer),
            "offsets": np.array(vocabulary.offsets),
        }
    )


FILES: dict[str, Callable[[], bytes]] = {
    "glove": glove_text,
    "word2vec": word2vec_text,
    "word2vec-binary": word2vec_binary,
    "csv": csv_table,
    "fasttext": lambda: fasttext_model(pieces=np.empty((0, 2), np.float32), min_n=0, max_n=0),
    "safetensors": safetensors_file,
}


def load(path: Path, **options) -> WordVectors:
    """Load without the warning of double words, which hypothesis brings forth."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return WordVectors.load(path, **options)

"""Peak memory of padding, and of the pretrained pipeline on IMDb at 400 words a review.

Padding is measured in a process of its own for each kind of rows, as a multiple of its result.
Next to the pipeline's is the 25,000 x 400 x 50 array that a textbook would make. Linux and macOS.

    TEXTVEC_DATA=folder python benchmarks/memory.py
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import make_pipeline

from textvec import EmbeddingVectorizer, Ragged, RNNClassifier, SequencePadder, WordVectors
from textvec.datasets import fetch_imdb


def peak_mb() -> float:
    """Return the greatest resident memory of this process so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def ragged(n_rows: int, length: int) -> Ragged:
    # Arrays that cannot be written to are shared, not copied.
    values, offsets = np.ones(n_rows * length, dtype=np.int32), np.arange(n_rows + 1) * length
    values.flags.writeable = offsets.flags.writeable = False
    return Ragged(values, offsets)


def lists(n_rows: int, length: int) -> list[list[int]]:
    return [[1] * length for _ in range(n_rows)]


def arrays(n_rows: int, length: int) -> list[Any]:
    return [np.ones(length, dtype=np.int32) for _ in range(n_rows)]


def padding_peak(make_rows: Callable[[int, int], Any], length: int, n_items: int) -> float:
    """Return what padding needs at its peak, as a multiple of its result."""
    rows = make_rows(n_items // length, length)
    before = peak_mb()
    padded = SequencePadder(length).fit_transform(rows)
    return (peak_mb() - before) / (padded.nbytes / 1e6)


def print_padding(n_items: int = 8_000_000) -> None:
    for length in (4, 200):
        for make_rows in (ragged, lists, arrays):
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                peak = process.submit(padding_peak, make_rows, length, n_items).result()
            rows = f"rows of {length:3} items, {make_rows.__name__}"
            print(f"padding {rows:26} {peak:.2f}x the result")


def main() -> None:
    print_padding()
    X, y = fetch_imdb(subset="train", return_X_y=True)
    vectors = WordVectors.load(Path(os.environ["TEXTVEC_DATA"], "glove.6B.50d.top40k.txt.gz"))
    model = make_pipeline(
        EmbeddingVectorizer(vectors),
        SequencePadder(length=400),
        RNNClassifier(hidden_size=32, pooling="max", max_iter=1, random_state=0),
    )
    before = peak_mb()
    model.fit(X, y)
    fitted = peak_mb()
    model.predict(X)
    sequences = model[:-1].transform(X)
    dense = 4 * sequences.shape[0] * sequences.shape[1] * sequences.shape[2] / 1e6
    print(f"documents, vectors and libraries  {before:7.0f} MB")
    print(f"peak through fit                  {fitted:7.0f} MB  (+{fitted - before:.0f})")
    print(f"peak through predict              {peak_mb():7.0f} MB  (+{peak_mb() - before:.0f})")
    print(f"the {' x '.join(map(str, sequences.shape))} array alone {dense:7.0f} MB, never made")
    print(
        f"ids and table instead             {sequences.ids.nbytes / 1e6:7.0f} MB + "
        f"{sequences.table.nbytes / 1e6:.0f} MB"
    )


if __name__ == "__main__":
    main()

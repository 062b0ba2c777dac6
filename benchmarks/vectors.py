"""Loading GloVe text beside gensim and the loop of the tutorials, and looking IMDb up in it.

    TEXTVEC_DATA=folder python benchmarks/vectors.py [FILE] [--copies 10] [--repeat 5]

FILE is GloVe text, by default the 40,000 words of TEXTVEC_DATA; ``--copies`` writes it so many
times with other words, as large as the 400,000 of the whole file at 10. All read a plain file
from the page cache, in this process and in turns; medians are printed.
"""

from __future__ import annotations

import argparse
import gzip
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import gensim
import numpy as np

from textvec import EmbeddingVectorizer, WordTokenizer, WordVectors
from textvec.datasets import fetch_imdb


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", help="GloVe text, plain or .gz")
    parser.add_argument("--copies", type=int, default=1, help="times the file is written")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each contestant")
    options = parser.parse_args()
    file = options.file or Path(os.environ["TEXTVEC_DATA"], "glove.6B.50d.top40k.txt.gz")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "vectors.txt")
        write_plain(file, path, options.copies)
        compare_loading(path, options.repeat)
        if "TEXTVEC_DATA" in os.environ:
            look_imdb_up(WordVectors.load(path), options.repeat)


def write_plain(file: Path, path: Path, n_copies: int) -> None:
    with file.open("rb") as raw:
        is_gzip = raw.read(2) == b"\x1f\x8b"
    with gzip.open(file) if is_gzip else file.open("rb") as source:
        lines = source.readlines()
    with path.open("wb") as target:
        target.writelines(lines)
        for copy in range(1, n_copies):
            target.writelines(b"copy%d-%b" % (copy, line) for line in lines)


def compare_loading(path: Path, repeat: int) -> None:
    vectors = WordVectors.load(path)
    n_bytes = path.stat().st_size
    print(f"{len(vectors):,} words, {vectors.embedding_dim} dimensions, {n_bytes / 1e6:.1f} MB")
    assert_equal(vectors, path)
    seconds = medians(
        {
            "reading the bytes alone": lambda: read_only(path),
            "textvec": lambda: WordVectors.load(path),
            "loop of the tutorials": lambda: tutorial_loop(path),
            "gensim": lambda: gensim_load(path),
        },
        repeat,
    )
    for name, value in seconds.items():
        print(
            f"{name:24} {value:8.3f} s  {n_bytes / value / 1e6:7.0f} MB/s  "
            f"{value / seconds['textvec']:6.2f} x textvec"
        )


def read_only(path: Path) -> None:
    """Read the file as fast as the page cache gives it."""
    block = bytearray(1 << 20)
    with path.open("rb", buffering=0) as file:
        while file.readinto(block):
            pass


def tutorial_loop(path: Path) -> dict[str, np.ndarray]:
    """Load vectors as books and blogs do: a dict of arrays, a line at a time."""
    vectors = {}
    with path.open(encoding="utf-8") as file:
        for line in file:
            word, *numbers = line.split()
            vectors[word] = np.asarray(numbers, dtype="float32")
    return vectors


def gensim_load(path: Path) -> gensim.models.KeyedVectors:
    return gensim.models.KeyedVectors.load_word2vec_format(path, no_header=True)


def assert_equal(vectors: WordVectors, path: Path) -> None:
    other = gensim_load(path)
    assert list(vectors) == other.index_to_key
    assert np.array_equal(vectors.matrix, other.vectors)
    print("the same words and numbers as gensim's, bit for bit")


def look_imdb_up(vectors: WordVectors, repeat: int) -> None:
    documents, _ = fetch_imdb(subset="train", return_X_y=True)
    documents = list(documents)
    tokenizer = WordTokenizer()
    tokens = tokenizer.transform(documents)
    vectorizer = EmbeddingVectorizer(vectors, tokenizer=tokenizer)
    one = [documents[0]]
    seconds = medians(
        {
            "tokenize": lambda: tokenizer.transform(documents),
            "fit on tokens": lambda: vectorizer.fit(tokens),
            "transform tokens": lambda: vectorizer.transform(tokens),
        },
        repeat,
    )
    print(f"\n{len(documents):,} reviews, {len(tokens.values):,} tokens, ", end="")
    print(f"{vectorizer.oov_rate_:.1%} of them without a vector")
    for name, value in seconds.items():
        print(f"{name:24} {1e3 * value:8.1f} ms")
    single = medians({"one": lambda: [vectorizer.transform(one) for _ in range(1000)]}, repeat)
    print(f"{'one review, from text':24} {1e3 * single['one']:8.1f} us")


def medians(contestants: dict[str, Callable[[], object]], repeat: int) -> dict[str, float]:
    """Give the median seconds of each, which take turns."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(repeat):
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


if __name__ == "__main__":
    main()

"""IMDb's training reviews to one mean vector each, compared with the usual loop.

    TEXTVEC_DATA=folder python benchmarks/pooling.py [--repeat 5] [--copies 10]

All begin with the same list of str, and give the same array. They cut text by scikit-learn's
rule; the loops look words up in a dict or in gensim's KeyedVectors, 50 dimensions. ``--copies``
makes the table as large as the 400,000 words of the whole GloVe file at 10. Contestants take
turns in this process; medians are printed.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from gensim.models import KeyedVectors
from numpy.typing import NDArray

from textvec import DocumentDistance, EmbeddingVectorizer, WordTokenizer, WordVectors
from textvec.datasets import fetch_imdb

WORD = re.compile(r"(?u)\b\w\w+\b")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="runs of each contestant")
    parser.add_argument("--copies", type=int, default=10, help="times the 40,000 words are taken")
    options = parser.parse_args()
    documents, _ = fetch_imdb(subset="train", return_X_y=True)
    vectors = copied(
        WordVectors.load(Path(os.environ["TEXTVEC_DATA"], "glove.6B.50d.top40k.txt.gz")),
        options.copies,
    )
    compare_means(list(documents), vectors, options.repeat)
    show_limit(list(documents), vectors, options.repeat)
    find_nearest(list(documents), vectors)


def copied(vectors: WordVectors, n_copies: int) -> WordVectors:
    names = vectors.vocabulary.tokens
    more = [f"copy{i}-{name}" for i in range(1, n_copies) for name in names]
    return WordVectors(names + more, np.tile(vectors.matrix, (n_copies, 1)))


def compare_means(documents: list[str], vectors: WordVectors, repeat: int) -> None:
    as_dict = dict(zip(vectors, vectors.matrix, strict=True))
    keyed = KeyedVectors(vectors.embedding_dim)
    keyed.add_vectors(vectors.vocabulary.tokens, vectors.matrix)
    tokenizer = WordTokenizer("sklearn")
    pooled = {
        how: EmbeddingVectorizer(vectors, tokenizer=tokenizer, pooling=how).fit(documents[:1])
        for how in ("mean", "max", "idf", "sif")
    }
    contestants: dict[str, Callable[[], Any]] = {
        "textvec, mean": lambda: pooled["mean"].transform(documents),
        "textvec, max": lambda: pooled["max"].transform(documents),
        "textvec, idf": lambda: pooled["idf"].transform(documents),
        "textvec, sif": lambda: pooled["sif"].transform(documents),
        "textvec, mean, with fit": lambda: pooled["mean"].fit_transform(documents),
        "loop over a dict": lambda: loop(documents, as_dict),
        "loop over gensim's": lambda: loop(documents, keyed),
    }
    assert_equal(contestants["textvec, mean"](), contestants["loop over gensim's"]())
    seconds = medians(contestants, repeat)
    print(f"{len(documents):,} reviews from text to rows of {vectors.embedding_dim} numbers:")
    for name, value in seconds.items():
        ratio = value / seconds["textvec, mean"]
        print(f"{name:24} {value:8.3f} s  {ratio:6.1f} x textvec, mean")


def loop(documents: list[str], kv: Any) -> NDArray[np.float32]:
    """Pool as books and blogs do."""
    rows = []
    for document in documents:
        words = WORD.findall(document.lower())
        found = [kv[w] for w in words if w in kv]
        rows.append(np.mean(found, axis=0) if found else np.zeros(50))
    return np.array(rows, dtype=np.float32)


def assert_equal(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> None:
    difference = float(np.abs(ours - theirs).max())
    assert difference < 1e-4, difference
    print(f"largest difference between textvec and the loop: {difference:.1e}")


def show_limit(documents: list[str], vectors: WordVectors, repeat: int) -> None:
    """Print what pooling can't do without: to read the vector of every token."""
    tokens = WordTokenizer("sklearn").transform(documents)
    vectorizer = EmbeddingVectorizer(vectors, pooling="mean").fit(tokens)
    n_known = round(len(tokens.values) * (1 - vectorizer.oov_rate_))
    n_bytes = n_known * vectors.embedding_dim * 4
    source = np.ones(n_bytes // 8 // 8)  # an eighth, eight times: what stays in no cache
    seconds = medians(
        {
            "tokenize": lambda: WordTokenizer("sklearn").transform(documents),
            "pool the tokens": lambda: vectorizer.transform(tokens),
            "read as many bytes": lambda: [source.sum() for _ in range(8)],
        },
        repeat,
    )
    print(f"\n{n_known:,} vectors, {n_bytes / 1e9:.2f} GB, are read:")
    for name, value in seconds.items():
        print(f"{name:24} {1e3 * value:8.1f} ms")


def find_nearest(documents: list[str], vectors: WordVectors, n_train: int = 2000) -> None:
    """Print how many exact distances a search among beginnings of reviews takes."""
    beginnings = [document[:300] for document in documents]
    distance = DocumentDistance(vectors, metric="wmd").fit(beginnings[:: 25_000 // n_train])
    queries = beginnings[3:-1:6000]
    every, nearest = [], []
    for query in queries:
        every.append(timed(lambda query=query: distance.transform([query])))
        nearest.append(timed(lambda query=query: distance.nearest([query], 5)))
    print(f"\none of {distance.n_documents_:,} documents by exact Word Mover's Distance:")
    print(f"{'all distances':24} {statistics.median(every):8.3f} s")
    print(f"{'the nearest 5':24} {statistics.median(nearest):8.3f} s")


def timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def medians(contestants: dict[str, Callable[[], object]], repeat: int) -> dict[str, float]:
    """Return the median seconds of each, which take turns."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(repeat):
        for name, run in contestants.items():
            seconds[name].append(timed(run))
    return {name: statistics.median(values) for name, values in seconds.items()}


if __name__ == "__main__":
    main()

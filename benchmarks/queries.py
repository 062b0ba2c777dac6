"""Queries on word vectors, compared with gensim's.

    TEXTVEC_DATA=folder python benchmarks/queries.py [FILE] [--copies 10] [--repeat 3]

FILE is GloVe text, by default the 40,000 words of TEXTVEC_DATA; ``--copies`` repeats the table
with other words and a little noise, to the size of the whole file at 10. Both hold the same
matrix in one process and take turns; medians are printed. The analogies are the 19,544 that
gensim ships, its figures and ours must be the same; they go without copies.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from pathlib import Path

import gensim
import numpy as np
from measuring import medians

from textvec import WordVectors

N_QUERIES, K = 1000, 10
TEST_DATA = Path(gensim.__file__).parent / "test" / "test_data"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", help="GloVe text, plain or .gz")
    parser.add_argument("--copies", type=int, default=1, help="times the table is repeated")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each contestant")
    parser.add_argument("--no-analogies", action="store_true", help="they take gensim a minute")
    options = parser.parse_args()
    file = options.file or Path(os.environ["TEXTVEC_DATA"], "glove.6B.50d.top40k.txt.gz")
    vectors = WordVectors.load(file)
    larger = repeated(vectors, options.copies)
    print(larger)
    compare_nearest(larger, options.repeat)
    compare_similarity(vectors)
    if not options.no_analogies:
        compare_analogies(vectors)


def repeated(vectors: WordVectors, n_copies: int) -> WordVectors:
    if n_copies == 1:
        return vectors
    generator, matrix = np.random.default_rng(0), vectors.matrix
    noise = 0.1 * matrix.std()
    copies = [
        matrix + noise * generator.standard_normal(matrix.shape, dtype=np.float32)
        for _ in range(1, n_copies)
    ]
    words = [f"copy{i} {word}" if i else word for i in range(n_copies) for word in vectors]
    return WordVectors(words, np.concatenate([matrix, *copies]))


def keyed_vectors(vectors: WordVectors) -> gensim.models.KeyedVectors:
    keyed = gensim.models.KeyedVectors(vectors.embedding_dim)
    keyed.add_vectors(list(vectors), vectors.matrix)
    keyed.fill_norms()
    return keyed


def compare_nearest(vectors: WordVectors, repeat: int) -> None:
    keyed = keyed_vectors(vectors)
    words = list(vectors)[:: len(vectors) // N_QUERIES][:N_QUERIES]
    vectors.nearest("the", K)  # finds the lengths, as fill_norms does
    before = peak_megabytes()
    found = vectors.nearest(words, K)
    print(f"memory that {N_QUERIES} queries took at most: {peak_megabytes() - before:.0f} MB")
    expected = [keyed.most_similar(word, topn=K) for word in words]
    error = max(
        np.abs(ours.scores - [score for _, score in theirs]).max()
        for ours, theirs in zip(found, expected, strict=True)
    )
    n_equal = sum(
        set(ours.words) == {word for word, _ in theirs}
        for ours, theirs in zip(found, expected, strict=True)
    )
    print(f"the same {K} words for {n_equal} of {N_QUERIES}, scores differ by {error:.1g} at most")
    seconds = medians(
        {
            "textvec, all at once": lambda: vectors.nearest(words, K),
            "textvec, one by one": lambda: [vectors.nearest(word, K) for word in words],
            "gensim, one by one": lambda: [keyed.most_similar(word, topn=K) for word in words],
            "the product alone": lambda: product(vectors.matrix, vectors.vectors(words)),
        },
        repeat,
    )
    for name, value in seconds.items():
        ratio = value / seconds["textvec, all at once"]
        print(f"{name:24} {value:8.3f} s  {1e3 * value / N_QUERIES:8.3f} ms each  {ratio:6.1f} x")


def product(matrix: np.ndarray, targets: np.ndarray) -> None:
    """Multiply all rows by all targets, in blocks that a cache holds: the limit of any search."""
    step = 512
    out = np.empty((len(targets), step), matrix.dtype)
    for start in range(0, len(matrix), step):
        rows = matrix[start : start + step]
        np.matmul(targets, rows.T, out=out[:, : len(rows)])


def compare_similarity(vectors: WordVectors) -> None:
    keyed = keyed_vectors(vectors)
    for name in ("wordsim353.tsv", "simlex999.txt"):
        pearson, spearman, _ = keyed.evaluate_word_pairs(TEST_DATA / name)
        report = vectors.evaluate_similarity(TEST_DATA / name)
        print(f"\n{name}; gensim: Pearson {pearson[0]:.3f}, Spearman {spearman[0]:.3f}\n{report}")


def compare_analogies(vectors: WordVectors) -> None:
    keyed, file = keyed_vectors(vectors), str(TEST_DATA / "questions-words.txt")
    start = time.perf_counter()
    report = vectors.evaluate_analogies(file)
    ours = time.perf_counter() - start
    start = time.perf_counter()
    _, sections = keyed.evaluate_word_analogies(file)
    theirs = time.perf_counter() - start
    start = time.perf_counter()
    multiplied = vectors.evaluate_analogies(file, method="mul")
    by_product = time.perf_counter() - start
    print(f"\n{report}")
    same = [s.n_correct for s in report.sections] == [len(s["correct"]) for s in sections[:-1]]
    print(f"the same figures as gensim's in every section: {same}")
    print(f"textvec {ours:.2f} s, gensim {theirs:.2f} s: {theirs / ours:.1f} x")
    print(f'method="mul": {multiplied.accuracy:.1%} in {by_product:.2f} s')


def peak_megabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    main()

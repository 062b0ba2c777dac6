"""The drop-ins and scikit-learn's classes on the 25,000 IMDb training reviews.

Run with TEXTVEC_DATA naming the folder that holds ``imdb_train.csv.xz``::

    TEXTVEC_DATA=... python benchmarks/counts.py [--repeat 3] [--only REGEX]

All contestants of a line run in this process and take turns, and medians are printed: on a busy
machine the ratios hold, the seconds do not. "reading" is the tokenizer alone, which reads every
byte once and interns every token once: nothing built on it can be faster. Peak memory is that of
processes of their own, on Linux. Every matrix is compared with scikit-learn's, bit for bit.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from measuring import load_reviews, medians, resident_mb
from sklearn.feature_extraction import text as reference

import textvec
from textvec import WordTokenizer

# Class, parameters, method, reviews, and the rule the documents are read by.
LINES: dict[str, tuple[str, dict[str, Any], str, int, str]] = {
    "counts, fit_transform": ("CountVectorizer", {}, "fit_transform", 25_000, "sklearn"),
    "counts, transform": ("CountVectorizer", {}, "transform", 25_000, "sklearn"),
    "counts (1, 2), fit_transform": (
        "CountVectorizer",
        {"ngram_range": (1, 2)},
        "fit_transform",
        25_000,
        "sklearn",
    ),
    "tf-idf (1, 2), fit_transform": (
        "TfidfVectorizer",
        {"ngram_range": (1, 2), "min_df": 5, "sublinear_tf": True},
        "fit_transform",
        25_000,
        "sklearn",
    ),
    "hashing, transform": ("HashingVectorizer", {}, "transform", 25_000, "sklearn"),
    "hashing (1, 2), transform": (
        "HashingVectorizer",
        {"ngram_range": (1, 2)},
        "transform",
        25_000,
        "sklearn",
    ),
    "char_wb (3, 5), fit_transform": (
        "CountVectorizer",
        {"analyzer": "char_wb", "ngram_range": (3, 5)},
        "fit_transform",
        5_000,
        "whitespace",
    ),
    "counts (1, 2), transform": (
        "CountVectorizer",
        {"ngram_range": (1, 2)},
        "transform",
        25_000,
        "sklearn",
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each contestant")
    parser.add_argument("--only", default="", help="lines whose name this expression finds")
    parser.add_argument("--peak-of", choices=["textvec", "sklearn"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    X = load_reviews()
    if options.peak_of:
        print(peak_of_fit(options.peak_of, X))
        return
    n_bytes = sum(len(x.encode()) for x in X)
    print(f"{len(X):,} reviews, {n_bytes / 1e6:.1f} MB of UTF-8\n")
    print(f"{'':30} {'sklearn':>9} {'textvec':>9} {'ratio':>7} {'2 threads':>10} {'reading':>9}")
    for name in LINES:
        if re.search(options.only, name):
            compare(name, X, options.repeat)
    if re.search(options.only, "one document"):
        compare_one_document(X)
    if re.search(options.only, "memory"):
        compare_memory()


def compare(name: str, X: list[str], repeat: int) -> None:
    class_name, params, method, n_reviews, rule = LINES[name]
    X = X[:n_reviews]
    ours, theirs = getattr(textvec, class_name)(**params), getattr(reference, class_name)(**params)
    two = getattr(textvec, class_name)(**params, n_jobs=2)
    if method == "transform":
        for vectorizer in (ours, theirs, two):
            vectorizer.fit(X)
    tokenizer = WordTokenizer(rule)
    seconds = medians(
        {
            "sklearn": lambda: getattr(theirs, method)(X),
            "textvec": lambda: getattr(ours, method)(X),
            "two": lambda: getattr(two, method)(X),
            "reading": lambda: tokenizer.transform(X),
        },
        repeat,
    )
    one = seconds["textvec"]
    print(
        f"{name:30} {seconds['sklearn']:7.2f} s {one:7.3f} s {seconds['sklearn'] / one:6.1f}x "
        f"{one / seconds['two']:9.2f}x {seconds['reading']:7.3f} s"
    )
    expected = getattr(theirs, method)(X)
    for vectorizer in (ours, two):
        assert_equal(getattr(vectorizer, method)(X), expected)


def assert_equal(ours: Any, theirs: Any) -> None:
    if ours.shape != theirs.shape:
        raise SystemExit(f"shapes differ: {ours.shape} and {theirs.shape}")
    for part in ("data", "indices", "indptr"):
        a, b = getattr(ours, part), getattr(theirs, part)
        if a.dtype != b.dtype or not np.array_equal(a, b):
            raise SystemExit(f"{part} differs from scikit-learn's")


def compare_one_document(X: list[str]) -> None:
    print("\nOne document of 200 words, transform")
    document = [" ".join(" ".join(X[:2]).split()[:200])]
    contestants = {}
    for ngram_range, n_reviews in (((1, 1), 25_000), ((1, 2), 2_500), ((1, 2), 25_000)):
        params = {"ngram_range": ngram_range}
        ours = textvec.CountVectorizer(**params).fit(X[:n_reviews])
        theirs = reference.CountVectorizer(**params).fit(X[:n_reviews])
        for library, vectorizer in (("sklearn", theirs), ("textvec", ours)):
            name = f"{library} {ngram_range}, {len(ours.vocabulary_):,} terms"
            contestants[name] = lambda v=vectorizer: [v.transform(document) for _ in range(200)]
            vectorizer.transform(document)
    for name, seconds in medians(contestants, 9).items():
        print(f"{name:36} {seconds / 200 * 1e6:8.1f} us")


def compare_memory() -> None:
    print("\nPeak memory of fitting counts (1, 2), above what the documents and libraries take")
    peaks = {}
    for library in ("sklearn", "textvec"):
        command = [sys.executable, __file__, "--peak-of", library]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        peaks[library] = float(run.stdout)
        print(f"{library:30} {peaks[library]:7.0f} MB")
    print(f"{'ratio':30} {peaks['sklearn'] / peaks['textvec']:7.1f}x")


def peak_of_fit(library: str, X: list[str]) -> float:
    """Return how much the peak of resident memory is above what was there, in MB. Linux only."""
    module = textvec if library == "textvec" else reference
    module.CountVectorizer().fit(X[:100])  # what is loaded and made once
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of reading the file
    before = resident_mb("VmRSS")
    module.CountVectorizer(ngram_range=(1, 2)).fit(X)
    return resident_mb("VmHWM") - before


if __name__ == "__main__":
    main()

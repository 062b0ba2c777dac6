"""Tokenizers compared with ``re.findall`` and scikit-learn, on the 25,000 IMDb training reviews.

Run with TEXTVEC_DATA naming the folder that holds ``imdb_train.csv.xz``::

    TEXTVEC_DATA=... python benchmarks/tokenizing.py [--repeat 5] [--parity]

All contestants of a comparison run in this process and take turns; medians are printed.
``--parity`` also compares every token of every review.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping

import numpy as np
from measuring import load_reviews, medians
from sklearn.feature_extraction.text import CountVectorizer

from textvec import CharTokenizer, KmerTokenizer, SequenceVectorizer, WordTokenizer

TOKEN_PATTERN = r"(?u)\b\w\w+\b"
RULES = ("sklearn", "words", "keras", "keras_v3", "whitespace")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="runs of each contestant")
    parser.add_argument("--parity", action="store_true", help="compare the tokens as well")
    options = parser.parse_args()
    X = load_reviews()
    n_bytes = sum(len(x.encode()) for x in X)
    print(f"{len(X):,} reviews, {n_bytes / 1e6:.1f} MB of UTF-8\n")
    compare_rules(X, n_bytes, options.repeat)
    compare_other_tokenizers(X, n_bytes, options.repeat)
    compare_one_document(X)
    if options.parity:
        check_parity(X)


def find_all(X: list[str]) -> list[list[str]]:
    return [re.findall(TOKEN_PATTERN, x.lower()) for x in X]


def compare_rules(X: list[str], n_bytes: int, repeat: int) -> None:
    joined = np.frombuffer("".join(X).encode(), dtype=np.uint8)
    contestants: dict[str, Callable[[], object]] = {
        "re.findall": lambda: find_all(X),
        "one copy of the bytes": joined.copy,
    }
    for rule in RULES:
        for n_jobs in (1, 2):
            tokenizer = WordTokenizer(rule, n_jobs=n_jobs)
            contestants[f"{rule}, n_jobs={n_jobs}"] = lambda t=tokenizer: t.transform(X)
    seconds = medians(contestants, repeat)
    report(seconds, n_bytes)
    print()
    for rule in RULES:
        one, two = seconds[f"{rule}, n_jobs=1"], seconds[f"{rule}, n_jobs=2"]
        print(
            f"rule {rule:10}  re.findall / one thread {seconds['re.findall'] / one:5.1f}x, "
            f"one thread / two threads {one / two:4.2f}x"
        )


def compare_other_tokenizers(X: list[str], n_bytes: int, repeat: int) -> None:
    print("\nOther tokenizers")
    contestants = {
        "list(x)": lambda: [list(x) for x in X],
        "CharTokenizer": lambda: CharTokenizer().transform(X),
        "KmerTokenizer(3)": lambda: KmerTokenizer(3).transform(X),
        "KmerTokenizer(8)": lambda: KmerTokenizer(8).transform(X),
        "pattern=r'\\w+'": lambda: WordTokenizer(pattern=r"\w+").transform(X),
        "rule words, spans": lambda: WordTokenizer(spans=True).transform(X),
        "rule words, english stop words": lambda: WordTokenizer(stop_words="english").transform(X),
    }
    report(medians(contestants, max(1, repeat // 2)), n_bytes)


def compare_one_document(X: list[str]) -> None:
    print("\nOne document of 200 words")
    document = [" ".join(" ".join(X[:2]).split()[:200])]
    counts = CountVectorizer().fit(X[:2000])
    tokenizer, stopping = WordTokenizer(), WordTokenizer(stop_words="english")
    vectorizer = SequenceVectorizer().fit(X[:2000])
    contestants = {
        "CountVectorizer.transform": lambda: counts.transform(document),
        "WordTokenizer().transform": lambda: tokenizer.transform(document),
        "and SequenceVectorizer's": lambda: vectorizer.transform(tokenizer.transform(document)),
        "the same, english stop words": lambda: stopping.transform(document),
    }
    calls = 500
    repeated = {
        name: lambda call=call: [call() for _ in range(calls)] for name, call in contestants.items()
    }
    for name, seconds in medians(repeated, 9).items():
        print(f"{name:32} {seconds / calls * 1e6:8.1f} us")


def check_parity(X: list[str]) -> None:
    analyze = CountVectorizer().build_analyzer()
    tokens = WordTokenizer("sklearn").transform(X)
    for i, row in enumerate(tokens.to_list()):
        if row != analyze(X[i]):
            raise SystemExit(f"review {i}: rule sklearn differs from CountVectorizer's analyzer")
    print(f"\nrule sklearn: all {len(tokens.values):,} tokens equal CountVectorizer's analyzer")


def report(seconds: Mapping[str, float], n_bytes: int) -> None:
    for name, median in seconds.items():
        print(f"{name:32} {median:8.4f} s {n_bytes / median / 1e6:10,.0f} MB/s")


if __name__ == "__main__":
    main()

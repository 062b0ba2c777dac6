"""Rows of symbols, and their n-grams in plain Python."""

from __future__ import annotations

import numpy as np

SYMBOLS = ["the", "frog", "a", "naïve", "ภ", "🐸", "toad's", "log"]


def corpus():
    """Draw rows of symbols: ids, and where each row begins."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(0, 30, size=40)
    ids = rng.integers(0, len(SYMBOLS), size=lengths.sum()).astype(np.int32)
    return ids, np.concatenate([[0], np.cumsum(lengths)])


def in_python(words, unit, min_n, max_n):
    """List the n-grams of a row by rising n, or word by word inside words."""
    if unit == "inside":
        spaced = [f" {word} " for word in words]
        return [
            text[i : i + n]
            for text in spaced
            for n in range(min(min_n, len(text)), max_n + 1)
            for i in range(len(text) - n + 1)
        ]
    joint = " " if unit == "joined" else ""
    return [
        joint.join(words[i : i + n])
        for n in range(min_n, max_n + 1)
        for i in range(len(words) - n + 1)
    ]

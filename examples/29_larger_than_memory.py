"""How do I learn from more text than fits in memory?
==================================================

Text in files, counts and ids in blocks and on disk, a network from there::

    python examples/29_larger_than_memory.py [MEGABYTES]

The text is made on the spot in a temporary folder: the shipped reviews, again and again, with new
words. At 10,000 MB, as at 20, all steps take some hundred MB of memory.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from _data import show_bars
from sklearn.linear_model import SGDClassifier

from textvec import (
    HashingVectorizer,
    RNNClassifier,
    SequenceVectorizer,
    TfidfVectorizer,
    transform_blocks,
)
from textvec.datasets import load_reviews, read_text

MEGABYTES = int(sys.argv[1]) if len(sys.argv) > 1 else 2
FILES = 4
X_test, y_test = load_reviews(subset="test", return_X_y=True)


def reviews(megabytes: float, seed: int) -> Iterator[tuple[str, int]]:
    """Generate reviews with their label; in each, one word is another, now and then a new one."""
    texts, labels = load_reviews(return_X_y=True)
    draw, left = random.Random(seed), megabytes * 1e6
    while left > 0:
        row = draw.randrange(len(texts))
        words = texts[row].split(" ")
        words[draw.randrange(len(words))] = f"w{int(draw.paretovariate(0.5)) % 10**6}"
        text = " ".join(words)
        left -= len(text)
        yield text, labels[row]


def write(folder: Path) -> np.ndarray:
    """Write a review a line into several files, and return the labels, which fit memory."""
    labels = []
    for number in range(FILES):
        with open(folder / f"part{number}.txt", "w", encoding="utf-8") as file:
            for text, label in reviews(MEGABYTES / FILES, number):
                file.write(f"{text}\n")
                labels.append(label)
    return np.array(labels, dtype=np.int8)


with tempfile.TemporaryDirectory() as scratch:
    folder = Path(scratch, "text")
    folder.mkdir()
    y = write(folder)
    documents = read_text(folder / "*.txt")
    print(f"{len(y):,} documents in {documents}")

    # Out of core: counts of a block are learned from and forgotten.
    vectorizer = HashingVectorizer(n_features=2**18)
    bag, first = SGDClassifier(loss="log_loss", random_state=0), 0
    for X in transform_blocks(vectorizer, documents):
        bag.partial_fit(X, y[first : first + X.shape[0]], classes=[0, 1])
        first += X.shape[0]
    accuracy = {"bag of words": bag.score(vectorizer.transform(X_test), y_test)}
    print(f"bag of words: accuracy {accuracy['bag of words']:.2f}")

    # Ids on disk: two passes over the files, one for the vocabulary and one for the ids.
    sequences = SequenceVectorizer(max_tokens=5000).fit(documents)
    ids = transform_blocks(sequences, documents, out=Path(scratch, "ids"))
    print(f"on disk: {ids}")

    # A network reads its batches from the file.
    network = RNNClassifier(
        cell="gru", embedding_dim=16, hidden_size=16, max_iter=1, batch_size=64, random_state=0
    ).fit(ids, y)
    accuracy["network"] = network.score(sequences.transform(X_test), y_test)
    print(f"network: accuracy {accuracy['network']:.2f}")

    # Dask, on a cluster or here: documents are counted where they are read, file by file.
    if find_spec("dask") is not None:
        import dask.bag

        partitions = dask.bag.read_text([str(path) for path in sorted(folder.glob("*.txt"))])
        with dask.config.set(scheduler="threads"):
            tfidf = TfidfVectorizer(min_df=5).fit(partitions.map(str.rstrip))
        print(f"on {partitions.npartitions} partitions: {len(tfidf.vocabulary_):,} terms")
show_bars(accuracy, f"accuracy after {MEGABYTES} MB", "larger_than_memory")

# %%
# What to try next
# ----------------
# - 1,000 megabytes, and the memory of the process in ``htop`` beside it.
# - ``read_text("reviews.parquet", column="text")``: a column of Parquet, CSV or JSON lines.
# - ``transform_blocks`` with a Pipeline of several steps.

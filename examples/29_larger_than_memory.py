"""How do I learn from more text than fits in memory?
==================================================

Text in files, counts and ids in blocks and on disk, a network from there::

    python examples/29_larger_than_memory.py [MEGABYTES]

The text is made on the spot in a temporary folder, which takes twice its size: the shipped reviews,
again and again, with new words. At 10,000 MB, as at 20, each step takes some hundred MB of memory.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from _data import show_bars
from sklearn.linear_model import SGDClassifier

from textvec import (
    HashingVectorizer,
    RNNClassifier,
    SequenceMLPClassifier,
    SequenceVectorizer,
    TfidfVectorizer,
    transform_blocks,
)
from textvec.datasets import load_reviews, read_text

MEGABYTES = int(sys.argv[1]) if len(sys.argv) > 1 else 2
FILES = 4
NETWORK_ROWS = 500_000  # of which networks learn: 300 MB of the text
BEGIN = time.process_time()
X_test, y_test = load_reviews(subset="test", return_X_y=True)


def documents_of(megabytes: float, seed: int) -> Iterator[tuple[str, int]]:
    """Generate documents with their label: five reviews, and a word that is now and then new."""
    texts, labels = load_reviews(return_X_y=True)
    reviews = [[text for text, y in zip(texts, labels, strict=True) if y == of] for of in (0, 1)]
    draw, left = random.Random(seed), megabytes * 1e6
    while left > 0:
        label = draw.randrange(2)
        words = [*draw.choices(reviews[label], k=5), f"w{int(draw.paretovariate(0.5)) % 10**6}"]
        text = " ".join(words)
        left -= len(text)
        yield text, label


def write(folder: Path) -> np.ndarray:
    """Write a document a line into several files, and return the labels, which fit memory."""
    labels = array("b")
    for number in range(FILES):
        with open(folder / f"part{number}.txt", "w", encoding="utf-8") as file:
            for text, label in documents_of(MEGABYTES / FILES, number):
                file.write(f"{text}\n")
                labels.append(label)
    return np.frombuffer(labels, dtype=np.int8)


def say(text: str) -> None:
    """Print what a step has done, and the CPU seconds so far."""
    print(f"{time.process_time() - BEGIN:7.1f} s  {text}", flush=True)


with tempfile.TemporaryDirectory() as scratch:
    folder = Path(scratch, "text")
    folder.mkdir()
    y = write(folder)
    documents = read_text(folder / "*.txt")
    say(f"{len(y):,} documents in {FILES} files")

    # Out of core: counts of a block are learned from and forgotten.
    vectorizer = HashingVectorizer(n_features=2**18)
    bag, first = SGDClassifier(loss="log_loss", random_state=0), 0
    for X in transform_blocks(vectorizer, documents):
        bag.partial_fit(X, y[first : first + X.shape[0]], classes=[0, 1])
        first += X.shape[0]
    accuracy = {"bag of words": bag.score(vectorizer.transform(X_test), y_test)}
    say(f"bag of words: accuracy {accuracy['bag of words']:.2f}")

    # Ids on disk: two passes over the files, one for the vocabulary and one for the ids.
    sequences = SequenceVectorizer(max_tokens=5000).fit(documents)
    ids = transform_blocks(sequences, documents, out=Path(scratch, "ids"))
    say(f"on disk: {ids}")

    # Networks read their batches from the file. They take longer for a word than bags, and need no
    # billion of them: the first rows are in the file, too, and nothing but the time keeps from all.
    rows, labels = ids[:NETWORK_ROWS], y[:NETWORK_ROWS]
    options = {"embedding_dim": 16, "max_iter": 1, "batch_size": 256, "random_state": 0}
    averaged = SequenceMLPClassifier(**options).fit(rows, labels)
    accuracy["averaged words"] = averaged.score(sequences.transform(X_test), y_test)
    say(f"averaged words: accuracy {accuracy['averaged words']:.2f}")

    recurrent = RNNClassifier(cell="gru", hidden_size=16, bidirectional=False, **options)
    recurrent = recurrent.fit(rows, labels)
    accuracy["recurrent"] = recurrent.score(sequences.transform(X_test), y_test)
    say(f"recurrent network: accuracy {accuracy['recurrent']:.2f}")

    # Dask, on a cluster or here: documents are counted where they are read, part by part.
    if find_spec("dask") is not None:
        import dask.bag

        paths = [str(path) for path in sorted(folder.glob("*.txt"))]
        partitions = dask.bag.read_text(paths, blocksize="32MB")
        with dask.config.set(scheduler="threads"):
            tfidf = TfidfVectorizer(min_df=5).fit(partitions.map(str.rstrip))
        say(f"on {partitions.npartitions} partitions: {len(tfidf.idf_):,} terms")
show_bars(accuracy, f"accuracy after {MEGABYTES} MB", "larger_than_memory")

# %%
# What to try next
# ----------------
# - 1,000 megabytes, while ``htop`` shows the memory of the process.
# - ``read_text("reviews.parquet", column="text")``: a column of Parquet, CSV or JSON lines.
# - ``transform_blocks`` with a Pipeline of several steps.

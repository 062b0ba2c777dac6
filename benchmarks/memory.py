"""Peak memory of the pretrained pipeline on IMDb at 400 words a review.

The 25,000 x 400 x 50 array that a textbook would make is named beside it. Linux and macOS.

    TEXTVEC_DATA=folder python benchmarks/memory.py
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

from sklearn.pipeline import make_pipeline

from textvec import EmbeddingVectorizer, RNNClassifier, SequencePadder, WordVectors
from textvec.datasets import fetch_imdb


def peak_mb() -> float:
    """Return the greatest resident memory of this process so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def main() -> None:
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

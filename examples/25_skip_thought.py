"""Which sentences mean the same?
==============================

SkipThought learns sentence vectors from neighbouring sentences, without labels: of 2,000 reviews
of IMDb in some minutes of one core. The authors trained on 74 million sentences for two weeks, so
expect only coarse similarities. If TEXTVEC_DATA names a folder with MR, a linear model then
classifies the sentiment of its sentences (10-fold cross-validation), compared with the mean of
GloVe's vectors and with both concatenated. benchmarks/sentence_vectors.py trains longer and
evaluates all tasks of the paper.
"""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path
from time import perf_counter

import numpy as np
from _data import reviews, show_bars
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from textvec import EmbeddingVectorizer, SkipThought, WordVectors, split_sentences

folder = os.environ.get("TEXTVEC_DATA")
GLOVE = "glove.6B.50d.top40k.txt.gz"
QUERIES = [
    "I loved every minute of it.",
    "The acting is terrible.",
    "What happens next is a surprise.",
    "I give it a 7 out of 10.",
    "It is based on a novel.",
]

data = reviews()
documents = [text.replace("<br />", "\n") for text in data.X_train[:2_000]]
model = SkipThought(
    max_tokens=10_000,
    max_length=25,
    embedding_dim=100,
    expand_from=WordVectors.load(Path(folder, GLOVE)) if folder else None,
    batch_size=32,
    learning_rate_init=2e-3,
    max_iter=1 if data.name == "IMDb" else 10,
    random_state=0,
    verbose=1,
)
start = perf_counter()
model.fit(documents)
print(f"{model.n_sentences_:,} training sentences, fitted in {perf_counter() - start:.0f} s")

# %%
# Neighbours of new sentences
# ---------------------------
# Scaling removes the component that all sentences share, which would otherwise make all cosines
# large.
others = [text.replace("<br />", "\n") for text in data.X_test[:1_000]]
sentences = list(dict.fromkeys(s for text in others for s in split_sentences(text)))
sentences = [s for s in sentences if 3 < len(s.split()) < 20]
scaler = StandardScaler()  # removes the common component
vectors = scaler.fit_transform(model.transform(sentences))
index = NearestNeighbors(n_neighbors=3, metric="cosine").fit(vectors)
distances, nearest = index.kneighbors(scaler.transform(model.transform(QUERIES)))
for query, rows in zip(QUERIES, nearest, strict=True):
    print(f"\n{query}")
    for row in rows:
        print(f"    {sentences[row]}")

# %%
# How close each query is to its nearest sentence
# -----------------------------------------------
show_bars(
    dict(zip(QUERIES, (1 - distances[:, 0]).tolist(), strict=True)),
    "cosine of the nearest sentence",
    "skip_thought",
)


# %%
# As features
# -----------
def sentiment(path: Path) -> None:
    """Classify the sentences of MR by three kinds of vectors."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    texts, labels = [row["text"] for row in rows], [row["label"] for row in rows]
    skip_thought = model.transform(texts)
    glove = EmbeddingVectorizer(path.parent / GLOVE, pooling="mean").fit_transform(texts)
    both = np.hstack([glove, skip_thought])
    print(f"\n{len(texts):,} sentences of MR: accuracy")
    for name, X in (("mean of GloVe", glove), ("SkipThought", skip_thought), ("both", both)):
        classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1_000))
        folds = StratifiedKFold(10, shuffle=True, random_state=0)
        print(f"{name:<14} {cross_val_score(classifier, X, labels, cv=folds).mean():.4f}")


if folder and Path(folder, "mr_sentence_polarity.csv.gz").exists():
    sentiment(Path(folder, "mr_sentence_polarity.csv.gz"))
else:
    print("\nSet TEXTVEC_DATA to a folder with MR for the rest of the example.")

# %%
# What to try next
# ----------------
# - Queries of your own in ``QUERIES``.
# - ``EmbeddingVectorizer(glove, pooling="sif")`` in place of the model: what does word order add?
# - More reviews, more epochs: similarities get finer.

"""What do pretrained word vectors gain with 200 labelled reviews?
===============================================================

The same network twice, over ten random samples: with frozen word vectors pretrained on unlabelled
text, and with an embedding learned from the 200 reviews. With TEXTVEC_DATA, the vectors are
GloVe's (50 dimensions, 40,000 words); otherwise they are a truncated SVD of the positive pointwise
mutual information of words in the shipped reviews.
"""

from __future__ import annotations

import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from _data import neighbourhood_vectors, reviews, show
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from textvec import (
    EmbeddingVectorizer,
    RNNClassifier,
    SequencePadder,
    SequenceVectorizer,
    WordTokenizer,
    WordVectors,
)

N_DRAWS, N_TRAIN, N_TEST, LENGTH = 10, 200, 5000, 100

data = reviews()
if os.environ.get("TEXTVEC_DATA"):
    vectors = WordVectors.load(Path(os.environ["TEXTVEC_DATA"], "glove.6B.50d.top40k.txt.gz"))
else:
    vectors = neighbourhood_vectors(data.X_train + data.X_test)
print(vectors)

# %%
# A fair comparison
# -----------------
# Reviews are tokenized once. The networks are the same but for what stands before them: a lookup
# in the pretrained table, or ids with an embedding of their own; with those, ``wide="auto"`` would
# add a bag of words.
tokenizer = WordTokenizer()
X_train, X_test = tokenizer.transform(data.X_train), tokenizer.transform(data.X_test)
chosen = np.random.default_rng(0).permutation(len(X_test))[:N_TEST]
X_test, y_test = X_test[chosen], data.y_test[chosen]

network = RNNClassifier(
    cell="gru",
    hidden_size=32,
    embedding_dim=vectors.embedding_dim,
    bidirectional=True,
    pooling="max",
    dropout=0.3,
    wide=0,
    batch_size=16,
    learning_rate_init=3e-3,
    max_iter=15,
)
models = {
    "pretrained": make_pipeline(EmbeddingVectorizer(vectors), SequencePadder(LENGTH), network),
    "learned from 200 reviews": make_pipeline(
        SequenceVectorizer(max_tokens=10_000), SequencePadder(LENGTH), network
    ),
}
scores: dict[str, list[float]] = {name: [] for name in models}
for draw in range(N_DRAWS):
    X, _, y, _ = train_test_split(
        X_train, data.y_train, train_size=N_TRAIN, stratify=data.y_train, random_state=draw
    )
    for name, model in models.items():
        model.set_params(rnnclassifier__random_state=draw)
        scores[name].append(model.fit(X, y).score(X_test, y_test))

# %%
# The answer
# ----------
# With 200 reviews, chance decides much: the range over the samples says how far to trust the
# means.
for name, values in scores.items():
    print(
        f"{name:26} test accuracy {np.mean(values):.3f} "
        f"({min(values):.3f} to {max(values):.3f} over {N_DRAWS} draws)"
    )

figure, axis = plt.subplots(figsize=(6, 3.5))
axis.boxplot(list(scores.values()), tick_labels=list(scores))
axis.set(ylabel="test accuracy", title=f"{N_TRAIN} training reviews of {data.name}")
show(figure, "pretrained_vectors")

# %%
# What to try next
# ----------------
# - ``N_TRAIN = 2000``: does the advantage last with more labels?
# - ``RNNClassifier(fine_tune=True)``, which also trains the vectors.
# - ``textvec.datasets.fetch_glove("6B", 300)``: wider vectors.

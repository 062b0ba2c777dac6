"""How good is GloVe when it is trained on your own documents?
===========================================================

GloVe is trained on reviews, and compared with pretrained vectors of the same width. The learner
counts co-occurrences once and then iterates over the counts: the cost of an epoch depends on the
number of distinct pairs, not on the length of the corpus. A logistic regression on the mean word
vectors of the documents compares the vectors.
"""

from __future__ import annotations

import os
from pathlib import Path
from time import perf_counter

import matplotlib.pyplot as plt
from _data import reviews, show
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from textvec import EmbeddingVectorizer, GloVe, WordMapDisplay, WordTokenizer, WordVectors

WORDS = ("film", "actor", "awful", "funny")
ON_THE_MAP = [
    *("good", "great", "excellent", "bad", "awful", "terrible", "boring", "funny"),
    *("actor", "actress", "director", "writer", "film", "movie", "show", "series"),
    *("man", "woman", "boy", "girl", "mother", "father", "he", "she"),
    *("one", "two", "three", "four", "five"),
]

data = reviews()
tokenizer = WordTokenizer(n_jobs=-1)
train, test = tokenizer.transform(data.X_train), tokenizer.transform(data.X_test)

# %%
# Learning
# --------
# Co-occurrences are counted once; ``loss_curve_`` has the mean loss of each epoch.
epochs = 5 * data.epochs
start = perf_counter()
glove = GloVe(
    x_max=10, max_iter=epochs, n_jobs=-1, random_state=0, verbose=data.name == "IMDb"
).fit(train)
seconds = perf_counter() - start
learned = glove.vectors_
print(f"{learned}: {epochs} epochs, {len(train.values):,} tokens, {seconds:.0f} s")
for word in WORDS:
    if word in learned:
        print(f"nearest neighbours of {word!r}:\n{learned.nearest(word, k=5)}")

# %%
# What the vectors are worth
# --------------------------
# Documents become the mean of their words' vectors, and a linear model classifies them.
candidates = {"trained on reviews": learned}
if os.environ.get("TEXTVEC_DATA"):
    path = Path(os.environ["TEXTVEC_DATA"], "glove.6B.50d.top40k.txt.gz")
    candidates["pretrained on six billion words"] = WordVectors.load(path)
for name, vectors in candidates.items():
    model = make_pipeline(
        EmbeddingVectorizer(vectors, pooling="mean"),
        StandardScaler(),
        LogisticRegression(max_iter=1_000),
    )
    model.fit(train, data.y_train)
    print(f"{name}: test accuracy {model.score(test, data.y_test):.4f}")

# %%
# Loss and map
# ------------
# Words of a kind should lie together.
figure, axes = plt.subplots(1, 2, figsize=(11, 4.5))
axes[0].plot(range(1, glove.n_iter_ + 1), glove.loss_curve_, marker="o")
axes[0].set(xlabel="epoch", ylabel="mean loss of a pair", title=f"GloVe on {data.name}")
WordMapDisplay.from_vectors(learned, [w for w in ON_THE_MAP if w in learned], ax=axes[1])
show(figure, "learn_glove")

# %%
# What to try next
# ----------------
# - ``x_max=100``, the authors' choice for billions of tokens.
# - ``window=5``: closer neighbours, more grammar and less topic.
# - ``EmbeddingVectorizer(vectors, pooling="sif")``: another way to pool.

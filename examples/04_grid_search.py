"""Which tokenizer, vocabulary and network are best together?
==========================================================

GridSearchCV tunes the whole pipeline: the tokenizer's rule, the vocabulary size, the recurrent
cell and its width are parameters of one estimator. ``memory`` caches the output of the steps
before the network, so that each of their settings is computed once; ``n_jobs`` trains two networks
at a time.
"""

from __future__ import annotations

import tempfile

import matplotlib.pyplot as plt
import pandas as pd
from _data import reviews, show
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from textvec import RNNClassifier, SequencePadder, SequenceVectorizer, WordTokenizer

data = reviews()
X, y = data.X_train[:2000], data.y_train[:2000]

# %%
# The pipeline and its grid
# -------------------------
# Parameters are named by step and name, joined by two underscores, as everywhere in scikit-learn.
with tempfile.TemporaryDirectory() as memory:
    pipeline = Pipeline(
        [
            ("tokens", WordTokenizer()),
            ("ids", SequenceVectorizer()),
            ("cut", SequencePadder(200)),
            ("rnn", RNNClassifier(pooling="max", dropout=0.3, max_iter=8, random_state=0)),
        ],
        memory=memory,
    )
    grid = {
        "tokens__rule": ["words", "whitespace"],
        "ids__max_tokens": [500, 5000],
        "rnn__cell": ["gru", "lstm"],
        "rnn__hidden_size": [16, 64],
    }
    search = GridSearchCV(pipeline, grid, cv=3, n_jobs=2, verbose=1).fit(X, y)

# %%
# All settings, the best first
# ----------------------------
results = pd.DataFrame(search.cv_results_).sort_values("rank_test_score")
columns = [c for c in results if c.startswith("param_")]
shown = results[[*columns, "mean_test_score", "std_test_score", "mean_fit_time"]]
print(shown.rename(columns=lambda c: c.removeprefix("param_")).to_string(index=False))
print(f"best: {search.best_params_}")
print(f"test accuracy of the best, refitted: {search.score(data.X_test, data.y_test):.3f}")

# %%
# How much the order means
# ------------------------
# Settings whose error bars overlap are equally good as far as three folds can tell: take the
# fastest of them.
figure, axis = plt.subplots(figsize=(8, 4))
labels = [" ".join(map(str, row)) for row in results[columns].itertuples(index=False)]
axis.errorbar(
    results["mean_test_score"], labels, xerr=results["std_test_score"], fmt="o", capsize=3
)
axis.invert_yaxis()
axis.set(xlabel="accuracy, mean and standard deviation of 3 folds", title=" x ".join(grid))
show(figure, "grid_search")

# %%
# What to try next
# ----------------
# - ``RandomizedSearchCV``, which finds as good a setting in fewer fits where many parameters vary.
# - ``"cut__length": [50, 100, 200]`` in the grid.
# - More folds: the error bars say how far to trust the order.

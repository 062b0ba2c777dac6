"""Is a recurrent network better than a bag of words?
==================================================

The bag ignores word order beyond pairs of words and is a strong baseline nevertheless: try it
first. Both models choose their settings on training reviews only; the time is that of ``fit``.
Pairs of sentences with the same words in another order show what only the network can see.
"""

from __future__ import annotations

from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
from _data import reviews, show
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegressionCV
from sklearn.pipeline import make_pipeline

from textvec import RNNClassifier, SequencePadder, SequenceVectorizer

data = reviews()
models = {
    "bag of words and pairs, logistic regression": make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        LogisticRegressionCV(
            Cs=np.logspace(0, 2, 3),
            l1_ratios=(0,),
            cv=3,
            scoring="accuracy",
            use_legacy_attributes=False,
        ),
    ),
    "bidirectional LSTM": make_pipeline(
        SequenceVectorizer(max_tokens=20_000, min_count=2),
        SequencePadder(length=400),
        RNNClassifier(
            cell="lstm",
            hidden_size=32,
            bidirectional=True,
            pooling="max",
            dropout=0.5,
            learning_rate_init=3e-3,
            wide=0,  # the network alone: by default, it has a bag of words and pairs inside
            max_iter=data.epochs,
            random_state=0,
        ),
    ),
}

# %%
# Sentences with the same words
# -----------------------------
# A bag of single words can't distinguish the two of a pair; one with pairs of words sees a little
# of the order.
PAIRS = [
    ("not good, just expensive", "not expensive, just good"),
    ("boring at first, then gripping", "gripping at first, then boring"),
    ("it looks cheap but works well", "it works cheap but looks well"),
]

accuracy = {}
for name, model in models.items():
    start = perf_counter()
    model.fit(data.X_train, data.y_train)
    seconds = perf_counter() - start
    accuracy[name] = model.score(data.X_test, data.y_test)
    print(f"{name}: test accuracy {accuracy[name]:.3f}, fitted in {seconds:.0f} s")
    for pair in PAIRS:
        chances = model.predict_proba(list(pair))[:, 1]
        print("   " + "; ".join(f"{p:.2f} {text!r}" for p, text in zip(chances, pair, strict=True)))

# %%
# The answer
# ----------
figure, axis = plt.subplots(figsize=(7, 2.5))
axis.barh(list(accuracy), list(accuracy.values()))
axis.set(xlim=(0.5, 1), xlabel=f"test accuracy on {data.name}")
show(figure, "bag_baseline")

# %%
# What to try next
# ----------------
# - ``ngram_range=(1, 1)``: a bag of single words gives both sentences of a pair the same
#   probability.
# - ``wide="auto"``, the default of ``RNNClassifier``: the network and a linear model of words and
#   pairs, added up.
# - Set TEXTVEC_DATA: on the 25,000 reviews of IMDb the network has enough to learn from.

"""Do three models that err differently predict better together?
=============================================================

A bag of n-grams knows single telling phrases, averaged vectors know that phrases are alike, and a
recurrent network reads them in order. scikit-learn's ``VotingClassifier`` averages their
probabilities: one object, from raw text to prediction, that can be searched and saved as any other.
The vote gains where members are about equally good, equally sure, and wrong about different
documents: so the share of the errors that two members have in common is printed with the accuracy.
"""

from __future__ import annotations

from time import process_time

import matplotlib.pyplot as plt
import numpy as np
from _data import reviews, show
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer

from textvec import (
    CountVectorizer,
    NBLogCountRatio,
    RNNClassifier,
    SequenceMLPClassifier,
    SequenceTruncator,
    SequenceVectorizer,
    WordTokenizer,
)

data = reviews()
bag = make_pipeline(
    CountVectorizer(ngram_range=(1, 3), binary=True),
    NBLogCountRatio(),
    Normalizer(),  # long reviews else have larger logits
    LogisticRegression(C=30, solver="liblinear", dual=True, random_state=0),
)
averaged = make_pipeline(
    SequenceVectorizer(ngram_range=(1, 3), max_tokens=400_000, min_count=3),
    SequenceMLPClassifier(
        hidden_layer_sizes=(),
        embedding_dim=16,
        learning_rate="linear",
        learning_rate_init=1e-2,
        batch_size=64,
        max_iter=data.epochs + 2,
        random_state=0,
    ),
)
rnn = make_pipeline(
    SequenceVectorizer(max_tokens=30_000),
    SequenceTruncator(500),
    RNNClassifier(
        cell="lstm",
        embedding_dim=32,
        hidden_size=32,
        bidirectional=True,
        pooling=("mean", "max"),
        dropout=0.5,
        token_dropout=0.2,
        label_smoothing=0.1,
        wide=0,  # not a second bag
        learning_rate="linear",
        learning_rate_init=5e-3,
        batch_size=64,
        max_iter=data.epochs + 1,
        random_state=0,
    ),
)
members = [("bag", bag), ("averaged", averaged), ("rnn", rnn)]
# The bag has as many votes as both networks; the tokenizer runs once, for all members.
model = make_pipeline(WordTokenizer(), VotingClassifier(members, voting="soft", weights=[2, 1, 1]))

# %%
# Training
# --------
# CPU seconds, of all threads together.
start = process_time()
model.fit(data.X_train, data.y_train)
print(f"trained in {process_time() - start:.0f} CPU seconds")

# %%
# Accuracy, and errors in common
# ------------------------------
tokens = model[0].transform(data.X_test)
accuracy, wrong = {}, {}
for name, fitted in model[-1].named_estimators_.items():
    wrong[name] = fitted.predict(tokens) != data.y_test
    accuracy[name] = 1 - wrong[name].mean()
accuracy["vote"] = model.score(data.X_test, data.y_test)
for name, value in accuracy.items():
    print(f"{name:8} test accuracy {value:.4f}")

common = np.array([[(a & b).sum() / a.sum() for b in wrong.values()] for a in wrong.values()])
print("share of the errors of a row's model that the column's makes, too:")
for name, row in zip(wrong, common, strict=True):
    print(f"{name:8} " + " ".join(f"{share:.2f}" for share in row))

# %%
# The answer
# ----------
# The smaller the share of common errors, the more a vote can gain.
figure, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
axes[0].barh(list(accuracy), list(accuracy.values()))
axes[0].set(xlim=(0.5, 1), xlabel=f"test accuracy on {data.name}")
image = axes[1].imshow(common, vmin=0, vmax=1)
axes[1].set(xticks=range(3), xticklabels=wrong, yticks=range(3), yticklabels=wrong)
axes[1].set_title("errors in common")
figure.colorbar(image, ax=axes[1])
show(figure, "vote")

# %%
# What to try next
# ----------------
# - Leave out one of the models: what does the vote lose?
# - ``voting="hard"`` in place of probabilities.
# - Your own texts in place of the reviews.

"""Which words determine the prediction of a review classifier?
============================================================

Blue words support the prediction, orange words oppose it. The example compares sentences with the
same words in a different order, explains misclassified test reviews, and lists the words of
highest mean saliency over the test reviews. ``saliency.html`` contains the same as a web page.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
from _data import reviews, show_bars
from sklearn.pipeline import make_pipeline

from textvec import (
    RNNClassifier,
    SequencePadder,
    SequenceVectorizer,
    TokenSaliency,
    token_saliency,
)

data = reviews()
names = np.array(["negative", "positive"])

model = make_pipeline(
    SequenceVectorizer(max_tokens=20_000, min_count=2),
    SequencePadder(length=400),
    RNNClassifier(
        cell="gru",
        hidden_size=32,
        bidirectional=True,
        pooling="max",
        dropout=0.5,
        learning_rate_init=3e-3,
        max_iter=data.epochs,
        random_state=0,
    ),
)
model.fit(data.X_train, names[data.y_train])
print(f"accuracy on test documents: {model.score(data.X_test, names[data.y_test]):.3f}\n")


# %%
# Two ways to explain
# -------------------
# Gradient times input takes one pass over the network; occlusion leaves out each token in turn,
# and is slower but sees what saturated gradients miss.
def section(title: str, saliency: TokenSaliency) -> str:
    """Print a section, and return it as HTML."""
    print(f"{title}\n{saliency}\n")
    return f"<h2>{title}</h2>\n{saliency.html()}"


pairs = [
    "Not good, just expensive.",
    "Not expensive, just good.",
    "Wonderful! Not a dull minute.",
    "Awful. A waste of money, however good the cast.",
]
wrong = np.flatnonzero(model.predict(data.X_test) != names[data.y_test])
short = sorted(wrong, key=lambda row: len(data.X_test[row]))[:3]
page = [
    section("Gradient times input", token_saliency(model, pairs)),
    section("Occlusion", token_saliency(model, pairs, method="occlusion")),
    section(
        "Misclassified test documents",
        token_saliency(model, [data.X_test[row] for row in short], method="occlusion"),
    ),
]

# %%
# In a notebook, as here, a result is shown in colours.
token_saliency(model, pairs)

# %%
# Words over many documents
# -------------------------
# Means over the test documents show what the network has learned about a word, wherever it stands.
some = data.X_test[:: max(1, len(data.X_test) // 150)]
positive = token_saliency(model, some, method="occlusion", target="positive")
by_word: dict[str, list[float]] = defaultdict(list)
for tokens, scores in zip(positive.tokens, positive.scores):
    for token, score in zip(tokens, scores):
        by_word[token].append(score)
means = {word: float(np.mean(found)) for word, found in by_word.items() if len(found) >= 3}
ranked = sorted(means, key=lambda word: means[word])
print(f"Over {len(some)} test documents")
print("support positive:", ", ".join(f"{w} {means[w]:+.2f}" for w in ranked[:-11:-1]))
print("support negative:", ", ".join(f"{w} {means[w]:+.2f}" for w in ranked[:10]))

path = Path("saliency.html")
path.write_text("<!doctype html><meta charset='utf-8'>\n" + "\n".join(page), encoding="utf-8")
print(f"coloured text saved as {path}")

# %%
# The words with the strongest mean
# ---------------------------------
show_bars(
    {word: means[word] for word in [*ranked[:-9:-1], *ranked[7::-1]]},
    "mean support of the class positive",
    "saliency",
)

# %%
# What to try next
# ----------------
# - Sentences of your own in ``pairs``: negation, irony, names.
# - ``pooling="last"``: how far back does the network look then?
# - ``positive.to_frame()``: a row for each token, for pandas.

"""Which words decided? A classifier of reviews explains itself, in colours.

Blue words speak for what the network says, orange ones against it. Two sentences of the same words
show what an average of vectors can't tell apart; then come reviews that the model has never
seen, the mistakes first, and the words that it relies on most over all test reviews. The page
``saliency.html`` has the same in a browser.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
from _data import reviews
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
        max_iter=data.passes,
        random_state=0,
    ),
)
model.fit(data.X_train, names[data.y_train])
print(f"accuracy on test documents: {model.score(data.X_test, names[data.y_test]):.3f}\n")


def section(title: str, saliency: TokenSaliency) -> str:
    """Print one part of the story, and give it as HTML."""
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
        "Mistakes on test documents",
        token_saliency(model, [data.X_test[row] for row in short], method="occlusion"),
    ),
]

some = data.X_test[:: max(1, len(data.X_test) // 150)]
positive = token_saliency(model, some, method="occlusion", target="positive")
by_word: dict[str, list[float]] = defaultdict(list)
for tokens, scores in zip(positive.tokens, positive.scores):
    for token, score in zip(tokens, scores):
        by_word[token].append(score)
means = {word: float(np.mean(found)) for word, found in by_word.items() if len(found) >= 3}
ranked = sorted(means, key=lambda word: means[word])
print(f"Over {len(some)} test documents")
print("speak for positive:", ", ".join(f"{w} {means[w]:+.2f}" for w in ranked[:-11:-1]))
print("speak for negative:", ", ".join(f"{w} {means[w]:+.2f}" for w in ranked[:10]))

path = Path("saliency.html")
path.write_text("<!doctype html><meta charset='utf-8'>\n" + "\n".join(page), encoding="utf-8")
print(f"coloured text saved as {path}")

"""Does pretraining on unlabelled text help with few labels?
=========================================================

A. Dai and Q. Le (2015), Semi-supervised sequence learning; J. Howard and S. Ruder (2018),
Universal language model fine-tuning for text classification. The language model is pretrained on
all training reviews without labels; the classifier is trained on a few labelled ones. The shipped
reviews, 13,000 words, are too few for pretraining and only illustrate the interface; the gain
shows on IMDb (TEXTVEC_DATA).
"""

from __future__ import annotations

from time import perf_counter

from _data import reviews, show_bars
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from textvec import RNNClassifier, RNNLanguageModel, SequencePadder, TfidfVectorizer

data = reviews()
texts, n_labels = data.X_train[:8000], min(1000, len(data.X_train))
X, y = data.X_train[:n_labels], data.y_train[:n_labels]
shape = {"cell": "lstm", "hidden_size": 64, "embedding_dim": 64}

start = perf_counter()
lm = RNNLanguageModel(
    max_tokens=10_000,
    min_count=2,
    n_steps=40,
    dropout=0.2,
    learning_rate_init=5e-3,
    max_iter=data.epochs,
    random_state=0,
    **shape,
).fit(texts)
print(f"language model trained on {len(texts):,} reviews: {perf_counter() - start:.0f} s, ", end="")
print(f"perplexity {lm.perplexity(data.X_test[:500]):.0f} on test reviews")
print("samples:", *lm.sample(3, top_p=0.7, max_length=20, random_state=0), sep="\n  ")


# %%
# Four classifiers
# ----------------
# All but the bag have the language model's architecture; two of them start from its weights.
# ``unfreeze`` trains the upper layers first.
def classifier(**start):
    """Return a classifier on the language model's ids."""
    return make_pipeline(
        FrozenEstimator(lm.vectorizer_),
        SequencePadder(length=200),
        RNNClassifier(
            bidirectional=False,
            pooling="concat",
            dropout=0.3,
            token_dropout=0.0,
            wide=0,
            average=False,
            learning_rate_init=2e-3,
            batch_size=16,
            max_iter=8,
            random_state=0,
            **start,
        ),
    )


models = {
    "bag of words": make_pipeline(TfidfVectorizer(), LogisticRegression(C=10)),
    "from scratch": classifier(**shape),
    "fine-tuned": classifier(init=FrozenEstimator(lm)),
    "fine-tuned gradually": classifier(init=FrozenEstimator(lm), unfreeze=True, rate_decay=1.3),
}

# %%
# The answer
# ----------
print(f"\n{n_labels:,} labels; accuracy on {len(data.X_test):,} test reviews")
accuracy = {}
for name, model in models.items():
    start = perf_counter()
    accuracy[name] = model.fit(X, y).score(data.X_test, data.y_test)
    print(f"{name:<26}{accuracy[name]:.3f}   {perf_counter() - start:4.0f} s")
show_bars(accuracy, f"test accuracy on {data.name}, {n_labels:,} labels", "language_model_start")

# %%
# What to try next
# ----------------
# - ``n_labels = 200``: is the gain larger with fewer labels?
# - ``rate_decay=2.6``, the authors' value: lower layers change less.
# - ``lm.fit`` on your own unlabelled texts, and a classifier with your labels.

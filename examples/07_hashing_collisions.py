"""How many columns does a hashed bag of words need?
=================================================

The hash of a term is its column, so there is no vocabulary to learn or to store. In return, terms
that collide in a column cannot be distinguished, and a column does not determine its term. The
example shows the terms of a column, the number of collisions and the accuracy by ``n_features``.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
from _data import reviews, show
from sklearn.linear_model import LogisticRegression

from textvec import HashingCollisionDisplay, HashingVectorizer, WordTokenizer, hashing_report

sentence = "Data science rocks my socks off!"
small = HashingVectorizer(n_features=8, alternate_sign=False, norm=None, keep_terms=6)
row = small.fit_transform([sentence]).toarray()[0].astype(int)
print(f"{sentence!r} in {len(row)} columns: {row}")
for column in row.nonzero()[0]:
    print(f"   column {column}: {small.get_feature_names_out()[column]}")

# %%
# Collisions
# ----------
# A report counts, for several widths, the columns in use and the terms that share one with others,
# next to what an ideal hash function would make of as many terms.
data = reviews()
tokens = WordTokenizer("sklearn").transform(data.X_train + data.X_test)
X_train, X_test = tokens[: len(data.X_train)], tokens[len(data.X_train) :]
report = hashing_report(X_train)
print(report)

# %%
# Accuracy by width
# -----------------
# The tokens are there; each width only hashes them anew.
accuracy = []
for width in report.n_features:
    vectorizer = HashingVectorizer(n_features=int(width))
    model = LogisticRegression(C=10, max_iter=1000)
    model.fit(vectorizer.transform(X_train), data.y_train)
    accuracy.append(model.score(vectorizer.transform(X_test), data.y_test))
    print(f"{width:12,} columns: test accuracy {accuracy[-1]:.3f}")

# %%
# The answer
# ----------
# A few per cent of colliding terms cost little accuracy: on so few documents, a difference of a
# hundredth or two is chance.
figure, axes = plt.subplots(1, 2, figsize=(9, 3.5))
HashingCollisionDisplay.from_report(report, ax=axes[0])
axes[1].plot(report.n_features, accuracy, marker="o")
axes[1].set_xscale("log", base=2)
axes[1].set(xlabel="number of columns (n_features)", ylabel=f"test accuracy on {data.name}")
show(figure, "hashing_collisions")

# %%
# What to try next
# ----------------
# - ``hashing_report(X_train, ngram_range=(1, 2))``: pairs of words need more columns.
# - Your own documents: choose the smallest width at which a few per cent of the terms collide.
# - ``alternate_sign=False``: collisions then add up instead of cancelling in part.

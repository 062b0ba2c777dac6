"""Do weights by naive Bayes improve a bag of trigrams?
====================================================

Wang and Manning (2012): a linear model on n-grams of up to three words, each weighted by the
log-ratio of its frequencies in the two classes. Both models use the same bag with different
weights; each selects its regularization on the training documents.
"""

from __future__ import annotations

from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
from _data import reviews, show
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Binarizer

from textvec import CountVectorizer, NBLogCountRatio, WordTokenizer

data = reviews()
# Keeps one-letter words, drops punctuation.
start = perf_counter()
tokens = WordTokenizer().transform(data.X_train + data.X_test)
X_train, X_test = tokens[: len(data.X_train)], tokens[len(data.X_train) :]
vectorizer = CountVectorizer(ngram_range=(1, 3), dtype=np.float32)
counts_train = vectorizer.fit_transform(X_train)
counts_test = vectorizer.transform(X_test)
print(f"{counts_train.shape[1]:,} n-grams, counted in {perf_counter() - start:.1f} s")

# %%
# Two kinds of weights
# --------------------
# Each searches for its own regularization, by cross-validation on the training documents.
accuracy = {}
for name, weights in (("0 or 1", Binarizer()), ("log-count ratio", NBLogCountRatio())):
    model = make_pipeline(weights, LogisticRegression(solver="liblinear", dual=True, max_iter=1000))
    grid = {"logisticregression__C": [0.01, 0.1, 1, 10]}
    search = GridSearchCV(model, grid, cv=3).fit(counts_train, data.y_train)
    accuracy[name] = search.score(counts_test, data.y_test)
    C = search.best_params_["logisticregression__C"]
    print(f"{name:16} test accuracy {accuracy[name]:.3f} with C={C}")

# %%
# What the weights say
# --------------------
# The n-grams with the most extreme ratios are those that a reader would name, too.
ratio = search.best_estimator_[0].log_count_ratio_[0]
terms = vectorizer.get_feature_names_out()
by_ratio = ratio.argsort()
print("most negative: " + ", ".join(terms[by_ratio[:8]]))
print("most positive: " + ", ".join(terms[by_ratio[-8:]]))

# %%
# The answer
# ----------
figure, axes = plt.subplots(1, 2, figsize=(9, 3))
axes[0].barh(list(accuracy), list(accuracy.values()))
axes[0].set(xlim=(0.5, 1), xlabel=f"test accuracy on {data.name}")
axes[1].hist(ratio, bins=50)
axes[1].set(xlabel="log-count ratio", ylabel="n-grams", yscale="log")
show(figure, "nb_trigrams")

# %%
# What to try next
# ----------------
# - ``ngram_range=(1, 1)``: how much do pairs and triples of words add?
# - ``BM25Transformer()`` as a third kind of weights.
# - ``Normalizer()`` after the weights, with a larger ``C``: lengths differ less then.
# - ``min_df=2``: most trigrams occur once; does the model miss them?

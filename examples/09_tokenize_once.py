"""How much time does a search save that tokenizes once?
=====================================================

Tokens are split into folds like other rows. A tokenizer that learns nothing can therefore run
before the search instead of within it. The scores are identical.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
from _data import reviews, show_bars
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline

from textvec import CountVectorizer, WordTokenizer

data = reviews()
# Strips accents and removes stop words.
tokenizer = WordTokenizer(strip_accents="unicode", stop_words="english")
steps = (CountVectorizer(binary=True), SelectKBest(chi2), ComplementNB())
grid = {
    "countvectorizer__ngram_range": [(1, 1), (1, 2)],
    "selectkbest__k": [200, 1000],
    "complementnb__alpha": [0.1, 1.0],
}

# %%
# Within the search
# -----------------
# As a step of the pipeline, the tokenizer runs in each fit, on the same documents again and again.
start = perf_counter()
inside = GridSearchCV(make_pipeline(tokenizer, *steps), grid, cv=3)
inside.fit(data.X_train, data.y_train)
seconds_inside = perf_counter() - start

# %%
# Before the search
# -----------------
# Tokens are split into folds as the documents were. The scores are equal, which the script
# asserts.
start = perf_counter()
tokens = tokenizer.transform(data.X_train)
before = GridSearchCV(make_pipeline(*steps), grid, cv=3).fit(tokens, data.y_train)
seconds_before = perf_counter() - start

scores = [search.cv_results_["mean_test_score"] for search in (inside, before)]
assert np.array_equal(*scores)

# %%
# The answer
# ----------
# The time of the tokenizer, once for each fit and each fold that is scored. This tokenizer is fast:
# on a few hundred reviews the search hardly notices.
n_fits = len(scores[0]) * before.n_splits_
print(f"tokenized in each of {n_fits} fits: {seconds_inside:.2f} s")
print(f"tokenized once:              {seconds_before:.2f} s")
print(f"best of both: {before.best_params_}")
print(f"test accuracy {before.score(tokenizer.transform(data.X_test), data.y_test):.3f}")
seconds = {"in each fit": seconds_inside, "once": seconds_before}
show_bars(seconds, f"seconds of {n_fits} fits", "tokenize_once")

# %%
# What to try next
# ----------------
# - A slower tokenizer, such as ``FunctionTokenizer(my_function)``: the gain grows with its share.
# - ``n_jobs=2`` of the search: tokens are passed to the processes as arrays.
# - ``tokens[:100]``, ``train_test_split(tokens, y)``: tokens behave like an array of rows.

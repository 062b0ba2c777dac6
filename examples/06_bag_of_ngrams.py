"""When do two sentences have the same bag of n-grams?
===================================================

All n-grams of one sentence, up to three words. A second sentence with the same words in another
order has the same bag of words; longer n-grams distinguish the two. The plot shows both bags.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from _data import show

from textvec import CountVectorizer

sentence = "Data science rocks my socks off!"
vectorizer = CountVectorizer(ngram_range=(1, 3))
vectorizer.fit([sentence])
terms = vectorizer.get_feature_names_out()
print(f"{len(terms)} terms in {sentence!r}")
for n in (1, 2, 3):
    print(f"   {n} word(s): " + ", ".join(term for term in terms if term.count(" ") == n - 1))

# %%
# Two sentences, the same words
# -----------------------------
# A column for each n-gram, a row for each sentence. By single words the rows are equal; with pairs
# and triples of words they are not.
pair = [sentence, "My data rocks! Socks off, science!"]
figure, axes = plt.subplots(1, 2, figsize=(9, 2.5), width_ratios=(1, 3))
for axis, n in zip(axes, (1, 3), strict=True):
    vectorizer = CountVectorizer(ngram_range=(1, n))
    bags = vectorizer.fit_transform(pair)
    names = vectorizer.get_feature_names_out()
    print(f"\nbags of n-grams up to {n}")
    print(pd.DataFrame(bags.toarray().T, index=names, columns=["first", "second"]).to_string())
    axis.imshow(bags.toarray(), cmap="Blues", vmin=-0.3, aspect="auto")
    axis.set_xticks(range(len(names)), names, rotation=90)
    axis.set(yticks=(0, 1), yticklabels=("first", "second"), title=f"up to {n} word(s)")
show(figure, "bag_of_ngrams")

# %%
# What to try next
# ----------------
# - ``CountVectorizer(analyzer="char", ngram_range=(3, 3))``: n-grams of characters.
# - Two sentences that differ by *not* alone.
# - ``min_df=2``: which columns are left?

"""List the n-grams of one sentence, up to three words.

A second sentence with the same words in another order has the same bag of words. Longer n-grams
distinguish the two.
"""

from __future__ import annotations

import pandas as pd

from textvec import CountVectorizer

sentence = "Data science rocks my socks off!"
vectorizer = CountVectorizer(ngram_range=(1, 3))
vectorizer.fit([sentence])
terms = vectorizer.get_feature_names_out()
print(f"{len(terms)} terms in {sentence!r}")
for n in (1, 2, 3):
    print(f"   {n} word(s): " + ", ".join(term for term in terms if term.count(" ") == n - 1))

pair = [sentence, "My data rocks! Socks off, science!"]
for n in (1, 3):
    vectorizer = CountVectorizer(ngram_range=(1, n))
    bags = vectorizer.fit_transform(pair)
    names = vectorizer.get_feature_names_out()
    print(f"\nbags of n-grams up to {n}")
    print(pd.DataFrame(bags.toarray().T, index=names, columns=["first", "second"]).to_string())

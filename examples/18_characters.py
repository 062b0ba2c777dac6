"""Can a network write reviews letter by letter?
=============================================

A. Karpathy (2015), The unreasonable effectiveness of recurrent neural networks. The network has no
notion of words, spaces or sentences. Its perplexity is compared with that of a unigram model,
which knows the frequency of each character only.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
from _data import reviews, show_bars

from textvec import CharTokenizer, RNNLanguageModel

data = reviews()
texts, test = data.X_train[:1000], data.X_test[:200]

model = RNNLanguageModel(
    tokenizer=CharTokenizer(lowercase=False),
    min_count=5,
    cell="gru",
    hidden_size=192,
    embedding_dim=48,
    n_steps=80,
    learning_rate_init=4e-3,
    max_iter=2 * data.epochs,
    n_iter_no_change=2 * data.epochs,
    random_state=0,
)
start = perf_counter()
model.fit(texts)
print(
    f"{sum(map(len, texts)):,} characters, {model.n_iter_} epochs, {perf_counter() - start:.0f} s"
)

# %%
# How surprised is it?
# --------------------
# Perplexity is the number of characters between which the model hesitates, on average.
_, counts = np.unique(list("".join(texts)), return_counts=True)
shares = counts / counts.sum()
perplexity = {
    "unigram model": float(np.exp(-(shares * np.log(shares)).sum())),
    "network": model.perplexity(test),
}
print(f"perplexity of a unigram model {perplexity['unigram model']:.1f}")
print(f"perplexity of the network on test reviews {perplexity['network']:.1f}")

# %%
# What it writes
# --------------
# A low temperature prefers what is likely, a high one takes chances; ``top_p`` cuts off what is
# unlikely.
for temperature in (0.3, 0.6, 1.0):
    print(f"\ntemperature {temperature}")
    for text in model.sample(3, max_length=120, temperature=temperature, random_state=0):
        print(f"  {text}")
print("\ntop_p=0.9, with a prefix")
for text in model.sample(3, prefix="I would not", max_length=120, top_p=0.9, random_state=0):
    print(f"  {text}")
show_bars(perplexity, "perplexity of a character, the lower the better", "characters")

# %%
# What to try next
# ----------------
# - ``temperature=0.1`` repeats itself, ``2.0`` writes noise.
# - ``WordTokenizer()`` in place of ``CharTokenizer``: words are never misspelt, and there are more
#   of them to learn.
# - Your own texts: a few hundred thousand characters are enough to see words appear.

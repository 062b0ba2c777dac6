"""What are the nearest words in GloVe, and can it solve analogies?
================================================================

Nearest neighbours, analogies, the odd one out and a map of words::

    TEXTVEC_DATA=folder python examples/10_glove_neighbours.py [FILE]

FILE is any file of word vectors, such as glove.6B.50d.txt. The default is the 40,000 words in
TEXTVEC_DATA or, without it, vectors learned from the shipped reviews, which are too few for
neighbours and analogies that make sense.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import matplotlib.pyplot as plt
from _data import neighbourhood_vectors, reviews, show

from textvec import NeighborsDisplay, WordMapDisplay, WordPairsDisplay, WordTokenizer, WordVectors

PAIRS = [
    ("man", "woman"),
    ("king", "queen"),
    ("uncle", "aunt"),
    ("nephew", "niece"),
    ("brother", "sister"),
    ("actor", "actress"),
    ("heir", "heiress"),
    ("boy", "girl"),
]
ON_THE_MAP = [
    *("frog", "toad", "snake", "lizard", "monkey", "dog", "cat", "horse"),
    *("king", "queen", "prince", "princess", "actor", "director", "film"),
    *("france", "germany", "italy", "spain", "paris", "berlin", "rome", "madrid"),
    *("one", "two", "three", "four", "good", "great", "bad", "awful"),
]

data = reviews()
if len(sys.argv) > 1:
    vectors = WordVectors.load(sys.argv[1])
elif os.environ.get("TEXTVEC_DATA"):
    vectors = WordVectors.load(Path(os.environ["TEXTVEC_DATA"], "glove.6B.50d.top40k.txt.gz"))
else:
    print("No GloVe file: pass its path, or set TEXTVEC_DATA. Using the shipped reviews.")
    vectors = neighbourhood_vectors(data.X_train + data.X_test)
print(vectors)
print(vectors.coverage(WordTokenizer().transform(data.X_train), n_missing=8))

# %%
# Nearest neighbours
# ------------------
# By the cosine of their vectors.
word = "frog" if "frog" in vectors else "film"
print(f"\nnearest neighbours of {word!r}:\n{vectors.nearest(word, k=7)}")

# %%
# Analogies
# ---------
# *Man is to woman as king is to* ... is answered by the word nearest to *woman* + *king* - *man*,
# with two ways to combine the three cosines.
pairs = [pair for pair in PAIRS if all(w in vectors for w in pair)]
if len(pairs) > 1:
    man, woman = pairs[0]
    for like_man, _ in pairs[1:]:
        added = vectors.analogy([woman, like_man], man, k=1)
        multiplied = vectors.analogy([woman, like_man], man, k=1, method="mul")
        print(
            f"{man} : {woman} = {like_man} : {added.words[0]} (3CosAdd), "
            f"{multiplied.words[0]} (3CosMul)"
        )
    print("the odd one out of", *pairs[0], *pairs[1], "and", f"{word}:", end=" ")
    print(vectors.odd_one_out([*pairs[0], *pairs[1], word]))

# %%
# Three pictures
# --------------
# The neighbours with their cosines; pairs of words, whose differences should be parallel; and a
# map by the two principal components.
figure, axes = plt.subplots(1, 3, figsize=(15, 4.5))
NeighborsDisplay.from_vectors(vectors, word, k=7, ax=axes[0])
WordPairsDisplay.from_vectors(vectors, pairs, ax=axes[1])
WordMapDisplay.from_vectors(vectors, [w for w in ON_THE_MAP if w in vectors], ax=axes[2])
show(figure, "glove_neighbours")

# %%
# What to try next
# ----------------
# - ``vectors.nearest(["frog", "king"])``: many words in one call.
# - ``vectors.reduce(30, remove=2).nearest(word)``: without the components of word frequency.
# - ``vectors.evaluate_analogies("questions-words.txt")``: the accuracy over thousands of
#   analogies.

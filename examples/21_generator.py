"""Can a network spell the digits in a picture?
============================================

Image captioning: two of scikit-learn's handwritten digits form a picture of 8 x 16 pixels. A
decoder gets the pixels as one vector and generates a caption character by character. Test pictures
consist of digits that are not in the training set.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from _data import show
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from textvec import CharTokenizer, SequenceGenerator

NAMES = np.array(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
rng = np.random.default_rng(0)


def pictures(images, digits, n):
    """Return the pixels of n pairs of digits, and their captions."""
    left, right = rng.integers(len(images), size=(2, n))
    pixels = np.concatenate([images[left], images[right]], axis=2).reshape(n, -1)
    pairs = zip(NAMES[digits[left]], NAMES[digits[right]], strict=True)
    return pixels, [f"two times {a}" if a == b else f"{a} and {b}" for a, b in pairs]


data = load_digits()
parts = train_test_split(data.images, data.target, stratify=data.target, random_state=0)
X_train, y_train = pictures(parts[0], parts[2], 4000)
X_test, y_test = pictures(parts[1], parts[3], 1000)

# %%
# The network
# -----------
# Pixels are scaled, and become the first state of a decoder that writes character by character.
captioner = make_pipeline(
    StandardScaler(),
    SequenceGenerator(
        target_tokenizer=CharTokenizer(),
        cell="gru",
        hidden_size=128,
        dropout=0.1,
        learning_rate_init=3e-3,
        max_iter=8,
        metric="exact",
        random_state=0,
        verbose=1,
    ),
)
captioner.fit(X_train, y_train)

# %%
# How many captions are exact?
# ----------------------------
for width in (1, 5):
    captioner.set_params(sequencegenerator__beam_width=width)
    print(f"beam of {width}: {captioner.score(X_test, y_test):.3f} of the captions are exact")

# %%
# Pictures with their captions
# ----------------------------
# Top: the first test pictures; bottom: errors.
written = captioner.predict(X_test)
wrong = np.flatnonzero(written != np.array(y_test, dtype=object))
figure, axes = plt.subplots(2, 4, figsize=(10, 4))
for row, axis in zip([*range(4), *wrong[:4]], axes.flat, strict=False):
    axis.imshow(X_test[row].reshape(8, 16), cmap="Greys")
    axis.set(title=written[row], xticks=[], yticks=[])
show(figure, "generator")

# %%
# What to try next
# ----------------
# - ``WordTokenizer()`` in place of ``CharTokenizer()``: nothing can be misspelt.
# - Three digits in a picture.
# - Vectors of real pictures from any vision network, and captions of your own.

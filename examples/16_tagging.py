"""How accurate is a tagger of parts of speech with 2,000 sentences?
=================================================================

Trains on the dev part of the UD English Web Treebank and tests on its test part. So few sentences
contain few words; fastText vectors, trained without labels on film reviews, cover all others by
their character n-grams. Further features are GloVe vectors, the spelling, and one-hot prefixes,
suffixes and words. The baseline predicts the most frequent tag of each word. Settings were chosen
on parts of the training sentences. If TEXTVEC_DATA names no folder with the treebank, sentences
are generated from a small grammar.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from time import perf_counter

import numpy as np
from _data import reviews, show_bars
from _tagging import (
    OneHot,
    Tagged,
    data_file,
    glove,
    made_sentences,
    read_columns,
    shapes,
    side_by_side,
    vectors_of,
)

from textvec import FastText, RNNTagger, WordTokenizer

# The treebank's tokenization: can't is ca and n't, it's is it and 's.
TREEBANK_WORDS = r"(?i)\w+(?=n't)|n't|'(?:s|m|d|ll|re|ve)\b|\w+|[^\w\s]"
# Prefixes and suffixes of a lower-cased word, and the minimum count of each.
PARTS = [
    (slice(-1, None), 3),
    (slice(-2, None), 5),
    (slice(-3, None), 8),
    (slice(2), 8),
    (slice(None), 8),
]


def sentences(part: str, n: int) -> Tagged:
    """Read a part of the treebank, or generate `n` sentences."""
    path = data_file(f"en_ewt-ud-{part}.conllu.gz")
    if path is None:
        return made_sentences(n, seed=n)
    words, tags = read_columns(path, 1, 3, separator="\t")
    return Tagged("UD English EWT", words, tags, [])


def parts(rows, part):
    """Return a slice of each word."""
    return [word.lower()[part] for row in rows for word in row]


train, test = sentences("dev", 80), sentences("test", 200)
print(f"{train.name}: {len(train.words):,} sentences for training, {len(test.words):,} for testing")

# %%
# Vectors for words that were never labelled
# ------------------------------------------
# fastText composes the vector of a word from its character n-grams, so that every word has one.
start = perf_counter()
corpus = reviews()
documents = [document.replace("<br />", " ") for document in corpus.X_train]
learner = FastText(
    "skipgram", embedding_dim=64, window=2, max_iter=2, n_buckets=100_000, random_state=0
)
tokens = WordTokenizer(pattern=TREEBANK_WORDS, lowercase=False).transform(documents)
learned = learner.fit(tokens).vectors_
print(f"{learned}, trained in {perf_counter() - start:.0f} s")

# %%
# Features of a word
# ------------------
pretrained = glove()
one_hots = [(part, OneHot(parts(train.words, part), count)) for part, count in PARTS]


def features(rows):
    """Concatenate the features of each word."""
    columns = [one_hot(parts(rows, part)) for part, one_hot in one_hots]
    words = [word for row in rows for word in row]
    return side_by_side(
        rows, vectors_of(rows, pretrained), learned.vectors(words), shapes(rows), *columns
    )


# %%
# The baseline
# ------------
# The most frequent tag of each word, and NOUN for words that were never seen.
seen = defaultdict(Counter)
for row, labels in zip(train.words, train.tags, strict=True):
    for word, label in zip(row, labels, strict=True):
        seen[word][label] += 1
usual = {word: counts.most_common(1)[0][0] for word, counts in seen.items()}
right = [
    usual.get(word, "NOUN") == label
    for row, labels in zip(test.words, test.tags, strict=True)
    for word, label in zip(row, labels, strict=True)
]
accuracy = {"most frequent tag": float(np.mean(right))}
print(f"most frequent tag         accuracy {np.mean(right):.4f}")

# %%
# The tagger
# ----------
# Three seeds, since the differences between settings are often smaller than those between seeds.
X_train, X_test = features(train.words), features(test.words)
for seed in range(3):
    tagger = RNNTagger(
        hidden_size=100, dropout=0.5, learning_rate_init=3e-3, max_iter=12, random_state=seed
    )
    start = perf_counter()
    tagger.fit(X_train, train.tags)
    seconds = perf_counter() - start
    name = f"RNNTagger, seed {seed}"
    accuracy[name] = tagger.score(X_test, test.tags)
    print(f"{name}         accuracy {accuracy[name]:.4f}  {seconds:.0f} s to train")
for row, labels in zip(test.words[:3], tagger.predict(X_test[:3]).to_list(), strict=True):
    print(" ".join(f"{word}/{label}" for word, label in zip(row, labels, strict=True)))
show_bars(accuracy, f"accuracy of tags on {test.name}", "tagging")

# %%
# What to try next
# ----------------
# - Leave out a kind of feature: which one does the tagger miss most?
# - ``RNNTagger(crf=True)``: tags are then chosen for the whole sentence at once.
# - ``bidirectional=False``: the tagger sees only what came before.

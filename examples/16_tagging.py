"""Parts of speech of English: a tagger trained on 2,000 sentences, and reviews to know words from.

The UD English Web Treebank, trained on its dev part and tested on its test part. So few sentences
show few words; what the others are like is learned without labels: fastText vectors of film
reviews, of pieces of words too, so that every word has one. Beside these a word comes with its
GloVe vector, how it is written, and one-hot columns: its first two and its last one to three
letters, and itself, if it is frequent. The baseline gives each word the tag it had most often.
The settings were chosen on parts of the training sentences. Where TEXTVEC_DATA names no folder
with the treebank, the sentences are made up by a small grammar.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from time import perf_counter

import numpy as np
from _data import reviews
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

# Words as the treebank has them: can't is ca and n't, it's is it and 's.
TREEBANK_WORDS = r"(?i)\w+(?=n't)|n't|'(?:s|m|d|ll|re|ve)\b|\w+|[^\w\s]"
# Parts of a lower-cased word, and how often one must occur to have a column.
PARTS = [
    (slice(-1, None), 3),
    (slice(-2, None), 5),
    (slice(-3, None), 8),
    (slice(2), 8),
    (slice(None), 8),
]


def sentences(part: str, n: int) -> Tagged:
    """Give a part of the treebank, or `n` sentences of the grammar."""
    path = data_file(f"en_ewt-ud-{part}.conllu.gz")
    if path is None:
        return made_sentences(n, seed=n)
    words, tags = read_columns(path, 1, 3, separator="\t")
    return Tagged("UD English EWT", words, tags, [])


def parts(rows, part):
    """Give a part of each word."""
    return [word.lower()[part] for row in rows for word in row]


train, test = sentences("dev", 400), sentences("test", 200)
print(f"{train.name}: {len(train.words):,} sentences to learn from, {len(test.words):,} to test on")

start = perf_counter()
corpus = reviews()
documents = [document.replace("<br />", " ") for document in corpus.X_train]
learner = FastText(
    "skipgram", embedding_dim=64, window=2, max_iter=2, n_buckets=100_000, random_state=0
)
tokens = WordTokenizer(pattern=TREEBANK_WORDS, lowercase=False).transform(documents)
learned = learner.fit(tokens).vectors_
print(f"{learned}, learned in {perf_counter() - start:.0f} s")

pretrained = glove()
one_hots = [(part, OneHot(parts(train.words, part), count)) for part, count in PARTS]


def features(rows):
    """Put the features of each word side by side."""
    columns = [one_hot(parts(rows, part)) for part, one_hot in one_hots]
    words = [word for row in rows for word in row]
    return side_by_side(
        rows, vectors_of(rows, pretrained), learned.vectors(words), shapes(rows), *columns
    )


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
print(f"each word's usual tag     accuracy {np.mean(right):.4f}")

X_train, X_test = features(train.words), features(test.words)
for seed in range(3):
    tagger = RNNTagger(
        hidden_size=100, dropout=0.5, learning_rate_init=3e-3, max_iter=12, random_state=seed
    )
    start = perf_counter()
    tagger.fit(X_train, train.tags)
    print(
        f"RNNTagger, seed {seed}         accuracy {tagger.score(X_test, test.tags):.4f}  "
        f"{perf_counter() - start:.0f} s to train"
    )
for row, labels in zip(test.words[:3], tagger.predict(X_test[:3]).to_list(), strict=True):
    print(" ".join(f"{word}/{label}" for word, label in zip(row, labels, strict=True)))

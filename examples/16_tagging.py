"""Parts of speech of English: a tagger trained on 2,000 sentences.

The UD English Web Treebank, trained on its dev part and tested on its test part. A word comes as
its GloVe vector, how it is written, and as one-hot columns: its first two and its last one to
three letters, which say much about words never seen, and itself, if it is frequent. The baseline
gives each word the tag it had most often.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from time import perf_counter

import numpy as np
from _tagging import OneHot, data_file, read_columns, shapes, side_by_side, word_vectors

from textvec import RNNTagger, WordVectors

vectors = WordVectors.load(data_file("glove.6B.50d.top40k.txt.gz"))
words, y_train = read_columns("en_ewt-ud-dev.conllu.gz", 1, 3, separator="\t")
test_words, y_test = read_columns("en_ewt-ud-test.conllu.gz", 1, 3, separator="\t")


# Parts of a lower-cased word, and how often one must occur to have a column.
PARTS = [
    (slice(-1, None), 3),
    (slice(-2, None), 5),
    (slice(-3, None), 8),
    (slice(2), 8),
    (slice(None), 8),
]


def parts(rows, part):
    """Give a part of each word."""
    return [word.lower()[part] for row in rows for word in row]


one_hots = [(part, OneHot(parts(words, part), count)) for part, count in PARTS]


def features(rows):
    """Put the features of each word side by side."""
    columns = [one_hot(parts(rows, part)) for part, one_hot in one_hots]
    return side_by_side(rows, word_vectors(rows, vectors), shapes(rows), *columns)


seen = defaultdict(Counter)
for row, labels in zip(words, y_train, strict=True):
    for word, label in zip(row, labels, strict=True):
        seen[word][label] += 1
usual = {word: counts.most_common(1)[0][0] for word, counts in seen.items()}
right = [
    usual.get(word, "NOUN") == label
    for row, labels in zip(test_words, y_test, strict=True)
    for word, label in zip(row, labels, strict=True)
]
print(f"each word's usual tag     accuracy {np.mean(right):.4f}")

X_train, X_test = features(words), features(test_words)
tagger = RNNTagger(
    hidden_size=100, dropout=0.5, learning_rate_init=3e-3, max_iter=12, random_state=0
)
start = perf_counter()
tagger.fit(X_train, y_train)
print(
    f"{X_train}\nRNNTagger                 accuracy {tagger.score(X_test, y_test):.4f}  "
    f"{perf_counter() - start:.0f} s to train"
)
for row, labels in zip(test_words[:3], tagger.predict(X_test[:3]).to_list(), strict=True):
    print(" ".join(f"{word}/{label}" for word, label in zip(row, labels, strict=True)))

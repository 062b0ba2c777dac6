"""Phrases of CoNLL-2000: a recurrent tagger over several features of a word, with a chain.

A word comes as three things side by side: its GloVe vector, its part of speech (one-hot) and
how it is written. What is judged is the F1 of whole phrases, as in the shared task.
"""

from __future__ import annotations

from time import perf_counter

from _tagging import (
    OneHot,
    chunk_f1,
    data_file,
    read_columns,
    shapes,
    side_by_side,
    word_vectors,
)

from textvec import RNNTagger, WordVectors

vectors = WordVectors.load(data_file("glove.6B.50d.top40k.txt.gz"))
words, tags, y_train = read_columns("conll2000_chunking_train.txt.gz", 0, 1, 2)
test_words, test_tags, y_test = read_columns("conll2000_chunking_test.txt.gz", 0, 1, 2)

one_hot = OneHot([tag for row in tags for tag in row])


def features(words, tags):
    """Put the features of each word side by side."""
    parts = one_hot([tag for row in tags for tag in row])
    return side_by_side(words, word_vectors(words, vectors), parts, shapes(words))


X_train, X_test = features(words, tags), features(test_words, test_tags)
print(f"{X_train}; {X_test} to test")

for crf in (False, True):
    tagger = RNNTagger(
        hidden_size=64,
        crf=crf,
        dropout=0.25,
        learning_rate_init=3e-3,
        max_iter=8,
        random_state=0,
    )
    start = perf_counter()
    tagger.fit(X_train, y_train)
    seconds = perf_counter() - start
    f1 = chunk_f1(y_test, tagger.predict(X_test).to_list())
    print(
        f"crf={crf!s:5}  F1 of phrases {f1:.4f}  accuracy of labels "
        f"{tagger.score(X_test, y_test):.4f}  {seconds:.0f} s to train"
    )

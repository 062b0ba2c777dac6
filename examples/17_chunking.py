"""Does a CRF find phrases better?
===============================

Chunking on CoNLL-2000: a recurrent tagger with several features per word, with and without a
conditional random field, which scores the transitions between labels. The features of a word are
its GloVe vector, its part of speech (one-hot) and its spelling. The metric is the F1 of whole
phrases, as in the shared task. If TEXTVEC_DATA names no folder with its sentences, they are
generated from a small grammar.
"""

from __future__ import annotations

from time import perf_counter

from _data import show_bars
from _tagging import (
    OneHot,
    Tagged,
    chunk_f1,
    data_file,
    glove,
    made_sentences,
    read_columns,
    shapes,
    side_by_side,
    vectors_of,
)

from textvec import RNNTagger


def sentences(part: str, n: int) -> Tagged:
    """Read a part of the shared task's sentences, or generate `n`."""
    path = data_file(f"conll2000_chunking_{part}.txt.gz")
    return (
        made_sentences(n, seed=n)
        if path is None
        else Tagged("CoNLL-2000", *read_columns(path, 0, 1, 2))
    )


train, test = sentences("train", 40), sentences("test", 200)
pretrained = glove()
one_hot = OneHot([tag for row in train.tags for tag in row])


def features(part: Tagged):
    """Concatenate the features of each word."""
    tags = one_hot([tag for row in part.tags for tag in row])
    return side_by_side(part.words, vectors_of(part.words, pretrained), tags, shapes(part.words))


X_train, X_test = features(train), features(test)
print(f"{train.name}: {X_train}; {X_test} to test")

# %%
# With and without transitions
# ----------------------------
# Without a CRF, each label is chosen for itself; with one, the best sequence of labels is.
scores = {}
for crf in (False, True):
    tagger = RNNTagger(
        hidden_size=64,
        crf=crf,
        dropout=0.25,
        learning_rate_init=3e-3,
        max_iter=8 if train.name == "CoNLL-2000" else 20,  # there are few made-up sentences
        random_state=0,
    )
    start = perf_counter()
    tagger.fit(X_train, train.phrases)
    seconds = perf_counter() - start
    f1 = chunk_f1(test.phrases, tagger.predict(X_test).to_list())
    scores["with a CRF" if crf else "without a CRF"] = f1
    print(
        f"crf={crf!s:5}  F1 of phrases {f1:.4f}  accuracy of labels "
        f"{tagger.score(X_test, test.phrases):.4f}  {seconds:.0f} s to train"
    )
show_bars(scores, f"F1 of phrases on {test.name}", "chunking")

# %%
# What to try next
# ----------------
# - ``tagger.predict(X_test[:3])``: does the tagger without a CRF put an I after an O?
# - ``hidden_size=16``: does the CRF help a smaller network more?
# - Your own labels of spans: ``B-kind``, ``I-kind`` and ``O``.

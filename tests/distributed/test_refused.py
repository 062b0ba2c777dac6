"""Collections of Dask where nothing takes them: an error with the way out, and nothing loaded."""

from __future__ import annotations

import numpy as np
import pytest

from textvec import (
    CountVectorizer,
    Dna2Vec,
    Ragged,
    RNNClassifier,
    RNNRegressor,
    SequenceGenerator,
    SequenceVectorizer,
    SubwordTokenizer,
    Tokens,
    WindowTransformer,
    WordTokenizer,
)

dask = pytest.importorskip("dask")
db = pytest.importorskip("dask.bag")
da = pytest.importorskip("dask.array")


def load():
    raise AssertionError("the collection was computed")


BAG = db.from_delayed([dask.delayed(load)()])
ARRAY = da.from_delayed(dask.delayed(load)(), (3, 4), dtype=float)
COUNTS = CountVectorizer().fit(["a frog", "the toad"])
IDS = [[1, 2], [2], [1, 1]]


@pytest.mark.parametrize(
    "call",
    [
        lambda: RNNClassifier().fit(BAG, [0, 1]),
        lambda: RNNClassifier(max_iter=1).fit(IDS, [0, 1, 0]).predict(BAG),
        lambda: RNNClassifier().fit(IDS, ARRAY[:, 0]),
        lambda: RNNRegressor().fit(IDS, ARRAY[:, 0]),
        lambda: SequenceGenerator().fit(ARRAY, [["a"]] * 3),
        lambda: WindowTransformer(2).transform(ARRAY),
        lambda: Dna2Vec(1, 1).fit(BAG),
        lambda: SubwordTokenizer(vocab_size=60).fit(BAG),
        lambda: COUNTS.inverse_transform(ARRAY),
        lambda: WordTokenizer().inverse_transform(BAG),
        lambda: SequenceVectorizer(vocabulary=["a"]).inverse_transform(BAG),
        lambda: Ragged.from_rows(BAG),
        lambda: Ragged(ARRAY[:, 0], np.array([0, 3])),
        lambda: Tokens.from_lists(BAG),
    ],
)
def test_nothing_is_loaded_silently(call):
    with pytest.raises(TypeError, match=r"is a Dask \w+, which is lazy.*\.compute\(\)"):
        call()

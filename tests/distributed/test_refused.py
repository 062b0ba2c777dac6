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


@pytest.mark.parametrize("estimator", [SubwordTokenizer(vocab_size=60), Dna2Vec(1, 1)])
@pytest.mark.parametrize("method", ["fit", "fit_transform"])
def test_learners_in_one_process_take_a_sample(estimator, method):
    with pytest.raises(TypeError, match=r"X\.random_sample\(0\.01\).*transform takes X as it is"):
        getattr(estimator, method)(BAG)


@pytest.mark.parametrize("model", ["bpe", "wordpiece"])
def test_subwords_of_a_sample_and_of_a_file_cut_a_collection(model, tmp_path):
    texts = ["the frog", "the toads", "a newt", "the newts"] * 5
    X = db.from_sequence(texts, npartitions=3)
    tokenizer = SubwordTokenizer(model=model, vocab_size=60)
    sample = X.random_sample(0.9, random_state=0).compute(scheduler="sync")
    assert len(tokenizer.fit(sample).transform(X).compute(scheduler="sync")) == 3
    tokenizer.tokenizer_.save(str(tmp_path / "tokenizer.json"))
    read = SubwordTokenizer(path=tmp_path / "tokenizer.json")
    blocks = read.fit_transform(X).compute(scheduler="sync")
    rows = blocks[0].concat(*blocks[1:]).to_list()
    assert rows == tokenizer.transform(texts).to_list()

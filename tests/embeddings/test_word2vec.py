"""Word2Vec is gensim's to the last bit; and what it shares with the other learners."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.callback import ProgressBar
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from textvec import EmbeddedSequences, EmbeddingVectorizer, FunctionTokenizer, Tokens, Word2Vec

from .corpus import LISTS, REVIEWS, TOKENS, Watch

gensim_models = pytest.importorskip("gensim.models", reason="gensim is not installed")

SMALL = {"embedding_dim": 16, "min_count": 2, "max_iter": 2, "random_state": 3}


def small(**options):
    return Word2Vec(**SMALL | options)


def is_gensims(learner, model) -> bool:
    vectors = learner.vectors_
    return list(vectors) == model.wv.index_to_key and np.array_equal(
        vectors.matrix, model.wv.vectors
    )


# --- gensim's results -------------------------------------------------------------------------


def test_the_defaults_are_gensims():
    learner = Word2Vec(random_state=1).fit(REVIEWS)
    assert is_gensims(learner, gensim_models.Word2Vec(LISTS, workers=1))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({}, {}),
        ({"method": "skipgram"}, {"sg": 1}),
        ({"negative": 0, "hierarchical_softmax": True}, {"negative": 0, "hs": 1}),
        ({"method": "skipgram", "hierarchical_softmax": True}, {"sg": 1, "hs": 1}),
        ({"sample": 0, "window": 2}, {"sample": 0, "window": 2}),
        ({"learning_rate_init": 0.1, "negative": 2}, {"alpha": 0.1, "negative": 2}),
    ],
    ids=str,
)
def test_any_parameters_are_gensims(ours, theirs):
    theirs = {"vector_size": 16, "min_count": 2, "epochs": 2, "seed": 3} | theirs
    model = gensim_models.Word2Vec(LISTS, workers=1, **theirs)
    assert is_gensims(small(**ours).fit(REVIEWS), model)


def test_empty_documents_and_jobs_of_many_are_gensims():
    documents = [*LISTS[:40], []] * 25  # several of gensim's jobs, of 10,000 tokens each
    model = gensim_models.Word2Vec(
        documents, workers=1, vector_size=16, min_count=2, epochs=2, seed=3
    )
    assert is_gensims(small().fit(Tokens.from_lists(documents)), model)


def test_long_documents_are_learned_whole():
    # gensim itself would never see the second half.
    long = Tokens.from_lists([["a", "b", "c"] * 4_000 + ["x", "y", "z"] * 4_000])
    parts = long.to_list()[0]
    parts = [parts[:10_000], parts[10_000:20_000], parts[20_000:]]
    model = gensim_models.Word2Vec(parts, workers=1, vector_size=16, epochs=2, seed=3)
    learner = small(min_count=5).fit(long)
    assert is_gensims(learner, model)
    assert learner.vectors_.similarity("x", "y") > learner.vectors_.similarity("x", "a")


def test_the_loss_is_gensims_per_token():
    model = gensim_models.Word2Vec(
        LISTS, workers=1, vector_size=16, min_count=2, epochs=1, seed=3, sample=0, compute_loss=True
    )
    learner = small(max_iter=1, sample=0).fit(REVIEWS)
    frequent = sum(model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key)
    assert learner.loss_curve_ == [pytest.approx(model.get_latest_training_loss() / frequent)]


def test_the_loss_falls_and_is_of_each_epoch():
    curve = small(max_iter=6, learning_rate_init=0.1).fit(REVIEWS).loss_curve_
    assert len(curve) == 6
    assert curve[-1] < curve[0]


# --- what goes in -----------------------------------------------------------------------------


def test_tokens_and_documents_give_the_same():
    assert small().fit(TOKENS).vectors_ == small().fit(REVIEWS).vectors_
    own = FunctionTokenizer(str.split)
    learner = small(tokenizer=own).fit(REVIEWS)
    assert learner.vectors_ == small().fit(own.transform(REVIEWS)).vectors_
    assert learner.transform(REVIEWS[:3]).shape == (3, 16)


def test_tokens_without_use_are_not_learned():
    part = TOKENS[100:]
    learner = small().fit(part)
    assert learner.vectors_ == small().fit(REVIEWS[100:]).vectors_
    counts = np.bincount(part.values, minlength=len(part.vocabulary))
    assert len(learner.vectors_) == (counts >= 2).sum()


def test_seeds():
    assert small().fit(TOKENS).vectors_ == small().fit(TOKENS).vectors_
    state = np.random.RandomState(5)
    first, second = (clone(small(random_state=state)).fit(TOKENS).vectors_ for _ in range(2))
    assert first == second  # clone copies the generator
    assert small(random_state=4).fit(TOKENS).vectors_ != first
    assert (
        small(random_state=None).fit(TOKENS).vectors_
        != small(random_state=None).fit(TOKENS).vectors_
    )
    assert small(random_state=np.int64(3)).fit(TOKENS).vectors_ == small().fit(TOKENS).vectors_


def test_threads_learn():
    learner = small(n_jobs=2).fit(TOKENS)
    assert list(learner.vectors_) == list(small().fit(TOKENS).vectors_)
    assert np.isfinite(learner.loss_curve_).all()


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="no token occurs min_count=9 times"):
        small(min_count=9).fit(["one of a kind"])
    with pytest.raises(ValueError, match="the documents hold no tokens"):
        small().fit([""])
    with pytest.raises(ValueError, match="X is empty"):
        small().fit([])
    with pytest.raises(ValueError, match="negative=0 needs hierarchical_softmax=True"):
        small(negative=0).fit(REVIEWS)
    with pytest.raises(ValueError, match="The 'random_state' parameter of Word2Vec"):
        small(random_state=-1).fit(REVIEWS)


# --- what comes out ---------------------------------------------------------------------------


@pytest.mark.parametrize("pooling", ["mean", "max", "idf", "sif"])
def test_documents_are_pooled_by_the_vectorizer(pooling):
    learner = small(pooling=pooling).fit(REVIEWS)
    vectorizer = EmbeddingVectorizer(learner.vectors_, pooling=pooling).fit(REVIEWS)
    assert np.array_equal(learner.transform(REVIEWS), vectorizer.transform(REVIEWS))
    assert learner.transform(["zzz", ""]).shape == (2, 16)


def test_without_pooling_there_are_sequences():
    learner = small(pooling=None).fit(REVIEWS)
    sequences = learner.transform(REVIEWS)
    assert isinstance(sequences, EmbeddedSequences)
    assert np.array_equal(sequences[0][0], learner.vectors_[LISTS[0][0]])
    assert not hasattr(learner, "get_feature_names_out")
    with pytest.raises(ValueError, match="which no pandas frame can hold"):
        learner.set_output(transform="pandas")
    assert learner.set_output(transform="default") is learner


def test_frames_and_names():
    learner = small().set_output(transform="pandas")
    frame = learner.fit_transform(REVIEWS)
    assert isinstance(frame, pd.DataFrame)
    assert (
        list(frame) == list(learner.get_feature_names_out()) == [f"word2vec{i}" for i in range(16)]
    )


def test_inside_a_search():
    y = np.arange(len(REVIEWS)) % 2
    pipeline = make_pipeline(small(max_iter=1), LogisticRegression())
    grid = {"word2vec__method": ["cbow", "skipgram"]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(REVIEWS, y)
    assert search.predict(REVIEWS[:2]).shape == (2,)


# --- reports ----------------------------------------------------------------------------------


def test_callbacks_see_every_epoch(capsys):
    watch = Watch()
    learner = small().set_callbacks(watch, ProgressBar()).fit(REVIEWS)
    one_epoch = ["begin epoch", "end epoch"]
    assert watch.tasks == ["setup", "begin fit", *one_epoch, *one_epoch, "end fit", "teardown"]
    assert watch.fitted[-1].vectors_ == learner.vectors_ == small().fit(REVIEWS).vectors_
    assert watch.fitted[0].vectors_ != learner.vectors_
    assert watch.fitted[0].transform(REVIEWS[:2]).shape == (2, 16)
    capsys.readouterr()


def test_a_callback_stops_learning():
    learner = small(max_iter=5).set_callbacks(Watch(stop_after=2)).fit(REVIEWS)
    assert learner.n_iter_ == len(learner.loss_curve_) == 2


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("no more")], ids=repr)
def test_an_interrupted_fit_changes_nothing(error):
    learner = small().set_callbacks(Watch(error=error))
    with pytest.raises(type(error)):
        learner.fit(REVIEWS)
    assert not [name for name in vars(learner) if name.endswith("_")]
    learner.set_callbacks().fit(REVIEWS).set_callbacks(Watch(error=error))
    before = dict(vars(learner))
    with pytest.raises(type(error)):
        learner.fit(REVIEWS[:50])
    assert vars(learner) == before


def test_verbose_prints_a_line_an_epoch(capsys):
    learner = small(verbose=1).fit(REVIEWS)
    lines = capsys.readouterr().out.splitlines()
    line = rf"\[Word2Vec\] epoch 2 of 2: loss {learner.loss_curve_[1]:.4g}, \d+\.\d s"
    assert re.fullmatch(line, lines[1])
    small().fit(REVIEWS)
    assert capsys.readouterr().out == ""

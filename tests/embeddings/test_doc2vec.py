"""Doc2Vec learns gensim's vectors to the last bit, and infers them by the document alone."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from textvec import Doc2Vec, Tokens
from textvec.embeddings._doc2vec_inference import checksum

from .corpus import LISTS, REVIEWS, TOKENS, Watch

doc2vec = pytest.importorskip("gensim.models.doc2vec", reason="gensim is not installed")

SMALL = {"embedding_dim": 16, "min_count": 2, "max_iter": 3, "random_state": 3}
each_method = pytest.mark.parametrize("method", ["dm", "dbow"])


def small(method="dm", **options):
    return Doc2Vec(method, **SMALL | options)


def gensims(documents, **options):
    tagged = [doc2vec.TaggedDocument(words, [row]) for row, words in enumerate(documents)]
    options = {"vector_size": 16, "min_count": 2, "epochs": 3, "seed": 3} | options
    return doc2vec.Doc2Vec(tagged, workers=1, **options)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"method": "dm"}, {"dm": 1}),
        ({"method": "dbow"}, {"dm": 0}),
        ({"method": "dbow", "learn_tokens": True}, {"dm": 0, "dbow_words": 1}),
        ({"negative": 0, "hierarchical_softmax": True}, {"negative": 0, "hs": 1}),
        ({"sample": 0, "window": 2}, {"sample": 0, "window": 2}),
    ],
    ids=str,
)
def test_learned_vectors_are_gensims(ours, theirs):
    model = gensims(LISTS, **theirs)
    learner = small(**ours).fit(REVIEWS)
    assert np.array_equal(learner.document_vectors_, model.dv.vectors)
    if ours.get("method") != "dbow" or "learn_tokens" in ours:
        assert list(learner.vectors_) == model.wv.index_to_key
        assert np.array_equal(learner.vectors_.matrix, model.wv.vectors)
    else:
        assert not hasattr(learner, "vectors_")  # gensim leaves them as they were drawn


@each_method
def test_inferred_vectors_are_gensims_from_the_same_beginning(method, monkeypatch):
    learner = small(method).fit(REVIEWS)
    first = doc2vec.pseudorandom_weak_vector
    for tokens, row in zip(LISTS[:10], learner.transform(REVIEWS[:10])):
        seed = checksum([tokens], 3)
        learner.model_.random.seed(seed)
        monkeypatch.setattr(
            doc2vec,
            "pseudorandom_weak_vector",
            lambda size, seed_string, seed=seed: first(size, seed_string, lambda _: seed),
        )
        np.testing.assert_allclose(learner.model_.infer_vector(tokens), row, atol=1e-6)


@each_method
def test_inference_depends_on_the_document_alone(method):
    learner = small(method).fit(REVIEWS)
    together = learner.transform(REVIEWS)
    assert np.array_equal(learner.transform(REVIEWS), together)
    assert np.array_equal(learner.transform(REVIEWS[::-1]), together[::-1])
    assert np.array_equal(np.vstack([learner.transform([d]) for d in REVIEWS[:9]]), together[:9])
    assert np.array_equal(learner.set_params(n_jobs=2).transform(REVIEWS), together)


PROGRAM = """
import hashlib
from textvec import Doc2Vec, Word2Vec
documents = ["the frog sat on the log", "the toad sat on a log", "no frog"] * 5
small = {"embedding_dim": 8, "min_count": 1, "max_iter": 2, "random_state": 0}
rows = Doc2Vec(**small).fit_transform(documents)
vectors = Word2Vec(**small).fit(documents).vectors_
said = hashlib.sha256(rows.tobytes() + vectors.matrix.tobytes()).hexdigest()
"""


def test_nothing_depends_on_the_process():
    # gensim's own inference begins at numbers drawn by Python's hash, another in each process.
    here: dict[str, str] = {}
    exec(PROGRAM, here)
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM + "print(said)"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "7"},
    )
    assert run.stdout.strip() == here["said"]


def test_documents_without_a_known_token_are_zeros():
    rows = small().fit(REVIEWS).transform(["", "zzz", REVIEWS[0]])
    assert rows.dtype == np.float32
    assert not rows[:2].any()
    assert rows[2].any()


def test_long_documents_are_learned_and_inferred_whole():
    documents = [["a", "b"] * 6_000 + ["x"] * 3_000, ["a", "b", "x"] * 10]
    learner = small(sample=0).fit(Tokens.from_lists(documents))
    assert learner.document_vectors_.shape == (2, 16)
    assert learner.model_.wv.get_vecattr("x", "count") == 3_010
    end = Tokens.from_lists([["a", "b"] * 5_000 + ["x"] * n for n in (0, 2_000)])
    without, with_end = learner.transform(end)
    assert not np.allclose(without, with_end, atol=1e-4)


def test_fit_transform_infers():
    rows = small().fit_transform(TOKENS)
    learner = small().fit(TOKENS)
    assert np.array_equal(rows, learner.transform(TOKENS))
    cosines = np.einsum("nd,nd->n", rows, learner.document_vectors_) / (
        np.linalg.norm(rows, axis=1) * np.linalg.norm(learner.document_vectors_, axis=1)
    )
    assert not np.array_equal(rows, learner.document_vectors_)
    assert np.isfinite(cosines).all()


def test_more_epochs_of_inference_are_another_vector():
    learner = small(infer_iter=1).fit(REVIEWS)
    once = learner.transform(REVIEWS[:5])
    assert not np.array_equal(learner.set_params(infer_iter=20).transform(REVIEWS[:5]), once)
    three, default = (learner.set_params(infer_iter=n).transform(REVIEWS[:5]) for n in (3, None))
    assert np.array_equal(three, default)


def test_frames_names_and_pipelines():
    learner = small().set_output(transform="pandas").fit(REVIEWS)
    assert list(learner.transform(REVIEWS[:2])) == [f"doc2vec{i}" for i in range(16)]
    model = make_pipeline(small("dbow"), LogisticRegression())
    assert model.fit(REVIEWS, np.arange(len(REVIEWS)) % 2).predict(REVIEWS[:3]).shape == (3,)


def test_callbacks_see_every_epoch():
    watch = Watch(stop_after=2)
    learner = small(max_iter=5).set_callbacks(watch).fit(REVIEWS)
    assert learner.n_iter_ == watch.tasks.count("end epoch") == 2
    assert watch.fitted[0].transform(REVIEWS[:2]).shape == (2, 16)

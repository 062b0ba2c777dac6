"""Every row of the tables "From gensim": both sides are run, and what they return is compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import LatentDirichletAllocation
from sklearn.pipeline import make_pipeline

import textvec
from tests.coming_from.tables import each_row, equal, run, same_columns, same_words
from textvec import WordVectors
from textvec.datasets import fetch_glove

# What gensim itself does: a file that it leaves open, and its own deprecated function.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:Call to deprecated `init_sims`:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Adding single vectors:UserWarning"),
]

gensim = pytest.importorskip("gensim", reason="gensim is not installed")

# Row 1 has a word of every count, so that no ids hang on how ties are broken.
X = ["the frog and the toad", "the frog sat on the mat and the frog ran", "the toad"] * 4
WORDS = ["king", "man", "woman", "queen", "frog"]
TABLE = [[1, 0, 2], [1, 0, 0.1], [1, 1, 0.2], [1.1, 1, 2], [3, 0.5, 1]]
QUESTIONS = ": people\nman king woman queen\nman woman king queen\nking man queen frog\n"
PAIRS = "man\twoman\t8.3\nking\tqueen\t8.6\nking\tfrog\t0.5\n"


def key_vectors() -> Any:
    wv = gensim.models.KeyedVectors(3)
    wv.add_vectors(WORDS, np.array(TABLE, np.float32))
    return wv


def names() -> dict[str, Any]:
    return {"X": X, "text": "The frog's day, isn't it? snake_case é2e 3 toads"}


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    wv = key_vectors()
    wv.save("vectors.kv")
    wv.save_word2vec_format("vectors.txt")
    wv.save_word2vec_format("vectors.bin", binary=True)
    wv.save_word2vec_format("glove.txt", write_header=False)
    Path("questions.txt").write_text(QUESTIONS)
    Path("pairs.tsv").write_text(PAIRS)


@pytest.fixture
def theirs(folder):
    sentences = [text.split() for text in X]
    dictionary = gensim.corpora.Dictionary(sentences)
    models = gensim.models
    return (
        vars(models)
        | names()
        | {
            "gensim": gensim,
            "wv": key_vectors(),
            "sentences": sentences,
            "tagged": [models.doc2vec.TaggedDocument(s, [i]) for i, s in enumerate(sentences)],
            "dictionary": dictionary,
            "corpus": [dictionary.doc2bow(s) for s in sentences],
            "corpus2csc": gensim.matutils.corpus2csc,
            "Dictionary": gensim.corpora.Dictionary,
            "simple_preprocess": gensim.utils.simple_preprocess,
        }
    )


@pytest.fixture
def ours(folder):
    public = {name: getattr(textvec, name) for name in textvec.__all__}
    return (
        public
        | names()
        | {
            "v": WordVectors(WORDS, TABLE),
            "KeyedVectors": gensim.models.KeyedVectors,
            "make_pipeline": make_pipeline,
            "LatentDirichletAllocation": LatentDirichletAllocation,
            "fetch_glove": fetch_glove,
        }
    )


def same_vectors(theirs, ours):
    words = list(ours)
    assert set(words) == set(theirs.index_to_key)
    np.testing.assert_array_equal(ours.vectors(words), theirs[words])


def same_files(one: str, other: str):
    def check(_, __):
        assert WordVectors.load(one) == WordVectors.load(other) == WordVectors(WORDS, TABLE)

    return check


def one_more(theirs, ours):
    assert "newt" in ours
    assert len(ours) == len(WORDS) + 1


def inferred(theirs, ours):
    """gensim draws another start in each call; ours is the same in every one."""
    assert ours.shape == (1, *theirs.shape)
    assert np.isfinite(ours).all()


def same_counts(theirs, ours):
    assert sorted(theirs.values()) == sorted(ours.tolist())


def limits(_, ours):
    assert set(ours.fit(X).vocabulary_) == {"frog", "and", "toad", "sat", "on", "mat", "ran"}


def rows_of_weights(n_columns: int | None):
    def check(theirs, ours):
        rows = ours.fit_transform(X)
        assert rows.shape[0] == len(X)
        assert n_columns in (None, rows.shape[1])

    return check


CHECKS = {
    'wv.save_word2vec_format("saved.txt")': same_files("saved.txt", "vectors.txt"),
    'wv.save_word2vec_format("saved.bin", binary=True)': same_files("saved.bin", "vectors.bin"),
    'wv.save_word2vec_format("saved.glove", write_header=False)': (
        same_files("saved.glove", "glove.txt")
    ),
    'KeyedVectors.load_word2vec_format("vectors.txt", limit=3)': same_vectors,
    'KeyedVectors.load_word2vec_format("vectors.txt")': same_vectors,
    'KeyedVectors.load_word2vec_format("vectors.bin", binary=True)': same_vectors,
    'KeyedVectors.load_word2vec_format("glove.txt", no_header=True)': same_vectors,
    'KeyedVectors.load("vectors.kv")': same_vectors,
    'wv.vectors_for_all(["king", "frog"])': same_vectors,
    'wv.add_vector("newt", [1, 2, 3])': one_more,
    "Dictionary(sentences).token2id": same_words,
    "Dictionary(sentences).dfs": same_counts,
    "Dictionary(sentences).cfs": same_counts,
    "corpus2csc([dictionary.doc2bow(s) for s in sentences]).T": same_columns,
    "Dictionary(sentences).filter_extremes(no_below=2, no_above=0.9)": limits,
    "TfidfModel(corpus)": rows_of_weights(None),
    "LdaModel(corpus)": rows_of_weights(10),
    "Phrases(sentences)": rows_of_weights(None),
}
NOT_RUN = {'gensim.downloader.load("glove-wiki-gigaword-50")': lambda _, ours: None}


@each_row("gensim.md", CHECKS | NOT_RUN)
def test_row(row, theirs, ours):
    if row.theirs in NOT_RUN:
        assert "fetch_glove(" in row.ours  # a download
        return
    check = CHECKS.get(row.theirs, equal)
    if row.theirs.endswith(".wv"):
        check = same_vectors
    if ".infer_vector(" in row.theirs:
        check = inferred
    check(run(row.theirs, theirs), run(row.ours, ours))

"""Documents to sequences of pretrained vectors."""

from __future__ import annotations

import copy
import mmap
import pickle
import tracemalloc
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from textvec import (
    EmbeddedSequences,
    EmbeddingVectorizer,
    Tokens,
    Vocabulary,
    WordTokenizer,
    WordVectors,
)

VECTORS = WordVectors(["on", "the", "log", "frog"], [[1, 2], [3, 5], [4, 4], [-1, 0.5]])
DOCUMENTS = ["The frog on the log", "a frog", "", "the newt on the toad on the log"]


def fitted(**options) -> EmbeddingVectorizer:
    return EmbeddingVectorizer(VECTORS, **options).fit(DOCUMENTS)


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "vectors.txt"
    file.write_text("on 1 2\nthe 3 5\nlog 4 4\nfrog -1 0.5\n")
    return file


words = st.sampled_from(["on", "the", "log", "frog", "newt", "toad", "x"])


@settings(deadline=None)
@given(st.lists(st.lists(words), min_size=1), st.lists(st.lists(words)))
def test_equals_a_loop(train, test):
    train, test = ([" ".join(row) for row in rows] for rows in (train, test))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of many unknown tokens
        vectorizer = EmbeddingVectorizer(VECTORS).fit(train)
    embedded = vectorizer.transform(test)
    assert len(embedded) == len(test)
    for row, document in zip(embedded, test, strict=True):
        want = [VECTORS[w] if w in VECTORS else np.zeros(2) for w in document.split()]
        np.testing.assert_array_equal(row, np.reshape(want, (-1, 2)))
    tokens = [w for document in train for w in document.split()]
    n_unknown = sum(w not in VECTORS for w in tokens)
    assert vectorizer.oov_rate_ == (n_unknown / len(tokens) if tokens else 0.0)


def test_fitted_attributes():
    vectorizer = fitted()
    assert dict(vectorizer.vocabulary_) == {"on": 2, "the": 3, "log": 4, "frog": 5}
    assert vectorizer.n_tokens_ == 6
    assert vectorizer.embedding_dim_ == 2
    assert vectorizer.oov_rate_ == 3 / 15
    assert not vectorizer.table_.flags.writeable
    embedded = vectorizer.transform(DOCUMENTS)
    assert embedded.table is vectorizer.table_
    assert embedded.ids.n_ids == 6
    assert embedded.ids.to_list()[1] == [1, 5]
    assert embedded.lengths.tolist() == [5, 2, 0, 8]


def test_a_path_is_loaded_in_fit(path):
    for given_path in (path, str(path)):
        vectorizer = EmbeddingVectorizer(given_path).fit(DOCUMENTS)
        assert vectorizer.transform(DOCUMENTS) == fitted().transform(DOCUMENTS)
        assert vectorizer.vectors is given_path


def test_words_first_seen_in_transform_are_found():
    vectorizer = EmbeddingVectorizer(VECTORS).fit(["the"])
    np.testing.assert_array_equal(vectorizer.transform(["frog"])[0], [VECTORS["frog"]])


def test_oov_mean():
    table = fitted(oov="mean").table_
    np.testing.assert_allclose(table[1], VECTORS.matrix.mean(axis=0))
    np.testing.assert_array_equal(table[2:], VECTORS.matrix)
    assert not table[0].any()


def test_oov_random():
    vectorizer = fitted(oov="random", random_state=3)
    assert list(vectorizer.vocabulary_)[4:] == ["a", "newt", "toad"]
    assert vectorizer.n_tokens_ == 9
    np.testing.assert_array_equal(vectorizer.table_[2:6], VECTORS.matrix)
    assert not vectorizer.table_[0].any()
    drawn = vectorizer.table_[[1, 6, 7, 8]]
    assert len(np.unique(drawn, axis=0)) == 4
    shared = vectorizer.transform(["newt salamander axolotl"]).ids[0]
    assert shared.tolist() == [7, 1, 1]


def test_oov_random_does_not_depend_on_the_order_of_documents():
    forth = fitted(oov="random", random_state=3)
    back = EmbeddingVectorizer(VECTORS, oov="random", random_state=3).fit(DOCUMENTS[::-1])
    assert forth.vocabulary_ == back.vocabulary_
    np.testing.assert_array_equal(forth.table_, back.table_)


def test_oov_random_follows_the_table():
    rng = np.random.default_rng(0)
    matrix = rng.normal([5, -3], [0.1, 4], size=(500, 2))
    vectors = WordVectors([f"w{i}" for i in range(500)], matrix)
    with pytest.warns(UserWarning, match="have no vector"):
        vectorizer = EmbeddingVectorizer(vectors, oov="random", random_state=0).fit(
            [" ".join(f"x{i}" for i in range(4000))]
        )
    drawn = vectorizer.table_[502:]
    np.testing.assert_allclose(drawn.mean(axis=0), matrix.mean(axis=0), atol=0.3)
    np.testing.assert_allclose(drawn.std(axis=0), matrix.std(axis=0), rtol=0.1)


def test_oov_random_leaves_the_global_generator_alone():
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    fitted(oov="random", random_state=0)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


def test_oov_error():
    vectorizer = EmbeddingVectorizer(VECTORS, oov="error")
    with pytest.raises(ValueError, match="row 1 holds the token 'a', which has no vector: set oov"):
        vectorizer.fit(DOCUMENTS)
    vectorizer.fit(["the frog"])
    with pytest.raises(ValueError, match="row 2 holds the token 'newt'"):
        vectorizer.transform(["the", "", "frog newt toad"])
    assert vectorizer.oov_rate_ == 0.0


def test_tokens_that_no_longer_occur_play_no_part():
    tokens = WordTokenizer().transform(DOCUMENTS)[[0, 2]]
    assert "newt" in tokens.vocabulary
    vectorizer = EmbeddingVectorizer(VECTORS, oov="random", random_state=0).fit(tokens)
    assert list(vectorizer.vocabulary_) == list(VECTORS)
    assert vectorizer.oov_rate_ == 0.0
    EmbeddingVectorizer(VECTORS, oov="error").fit(tokens)


def test_half_precision():
    half = WordVectors(VECTORS.vocabulary, VECTORS.matrix.astype(np.float16))
    for oov in ("zero", "mean", "random"):
        vectorizer = EmbeddingVectorizer(half, oov=oov, random_state=0).fit(DOCUMENTS)
        assert vectorizer.table_.dtype == np.float16
        assert np.asarray(vectorizer.transform(DOCUMENTS)).dtype == np.float16


def test_warns_if_most_tokens_are_unknown():
    with pytest.warns(
        UserWarning, match="75% of the tokens have no vector, 'THE', 'FROG'"
    ) as caught:
        EmbeddingVectorizer(VECTORS, tokenizer=WordTokenizer(lowercase=False)).fit(
            ["THE FROG ON the"]
        )
    assert "lower case" in str(caught[0].message)
    assert caught[0].filename == __file__


def test_no_documents():
    with pytest.raises(ValueError, match="there are no documents to fit on"):
        EmbeddingVectorizer(VECTORS).fit([])
    embedded = fitted().transform([])
    assert len(embedded) == 0
    assert np.asarray(embedded).shape == (0, 0, 2)
    assert EmbeddingVectorizer(VECTORS).fit([""]).oov_rate_ == 0.0


def test_not_fitted():
    with pytest.raises(NotFittedError):
        EmbeddingVectorizer(VECTORS).transform(DOCUMENTS)


@pytest.mark.parametrize(
    ("options", "parameter"),
    [({"vectors": None}, "vectors"), ({"oov": "zeros"}, "oov"), ({"tokenizer": 3}, "tokenizer")],
)
def test_parameters_are_checked_in_fit(options, parameter):
    vectorizer = EmbeddingVectorizer(**{"vectors": VECTORS, **options})
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of EmbeddingVectorizer"):
        vectorizer.fit(DOCUMENTS)


def test_a_second_fit_equals_a_first():
    vectorizer = fitted(oov="random", random_state=0)
    with pytest.warns(UserWarning, match="have no vector"):
        vectorizer.set_params(oov="zero").fit(["x y"])
    assert vars(vectorizer).keys() == vars(fitted()).keys()
    assert vectorizer.vocabulary_ == fitted().vocabulary_
    np.testing.assert_array_equal(vectorizer.table_, fitted().table_)


def test_a_fit_that_fails_changes_nothing():
    vectorizer = fitted()
    before = dict(vars(vectorizer))
    with pytest.raises(ValueError, match="no vector"):
        vectorizer.set_params(oov="error").fit(["newt"])
    assert vars(vectorizer.set_params(oov="zero")) == before


def test_clones_share_the_vectors():
    assert clone(fitted()).vectors is VECTORS


def test_pickle_holds_loaded_vectors_once(path):
    vectors = WordVectors.load(path)
    vectorizer = EmbeddingVectorizer(vectors).fit(DOCUMENTS)
    assert vectorizer.table_ is vectors.lookup_table()
    again = pickle.loads(pickle.dumps(vectorizer))
    assert again.table_ is again.vectors.lookup_table()
    assert again.transform(DOCUMENTS) == vectorizer.transform(DOCUMENTS)


@pytest.fixture(scope="module")
def mapped(tmp_path_factory):
    """Return vectors mapped from a folder, of a size that a pickle would show."""
    folder = tmp_path_factory.mktemp("mapped") / "vectors"
    matrix = np.random.default_rng(0).standard_normal((5000, 20), np.float32)
    WordVectors(["on", "the", "log", "frog", *map(str, range(4996))], matrix).save(folder)
    return folder


@pytest.mark.parametrize("is_path", [False, True])
@pytest.mark.parametrize("oov", ["zero", "random"])
def test_pickle_of_mapped_vectors_holds_their_path(mapped, is_path, oov):
    vectors = mapped if is_path else WordVectors.load(mapped)
    vectorizer = EmbeddingVectorizer(vectors, oov=oov, random_state=0).fit(DOCUMENTS)
    pickled = pickle.dumps(vectorizer)
    assert len(pickled) < 4000
    again = pickle.loads(pickled)
    assert again.transform(DOCUMENTS) == vectorizer.transform(DOCUMENTS)
    assert again.vocabulary_ == vectorizer.vocabulary_
    assert not again.table_.flags.writeable
    assert is_mapped(again.table_) == (oov == "zero")
    np.testing.assert_array_equal(copy.deepcopy(vectorizer).table_, vectorizer.table_)


def is_mapped(array) -> bool:
    while isinstance(array, np.ndarray) and not isinstance(array, np.memmap):
        array = array.base
    return isinstance(array, (np.memmap, mmap.mmap))


def test_workers_share_mapped_vectors(mapped):
    def looked_up(vectorizer):  # in here, as a worker may not be able to import this module
        array = vectorizer.table_
        while type(array) is np.ndarray and type(array.base) is np.ndarray:
            array = array.base
        return vectorizer.transform(["frog"])[0], type(array.base).__name__, type(array).__name__

    vectorizer = EmbeddingVectorizer(mapped).fit(DOCUMENTS)
    expected = looked_up(vectorizer)
    for found in Parallel(2)(delayed(looked_up)(vectorizer) for _ in range(2)):
        np.testing.assert_array_equal(found[0], expected[0])
        assert found[1:] == expected[1:]


def test_grid_search_in_two_processes(mapped):
    pipeline = make_pipeline(
        EmbeddingVectorizer(WordVectors.load(mapped), pooling="mean"), LogisticRegression()
    )
    grid = {"embeddingvectorizer__pooling": ["mean", "max"], "logisticregression__C": [0.1, 1]}
    X, y = DOCUMENTS * 4, [0, 1, 1, 0] * 4
    two, one = (GridSearchCV(pipeline, grid, cv=2, n_jobs=n).fit(X, y) for n in (2, None))
    assert (
        two.cv_results_["mean_test_score"].tolist() == one.cv_results_["mean_test_score"].tolist()
    )
    assert len(pickle.dumps(two.best_estimator_)) < 50_000  # of them 20,000 are what tokens weigh


def test_fit_transform_tokenizes_once():
    class Counting(WordTokenizer):
        n_calls = 0

        def transform(self, X):
            type(self).n_calls += 1
            return super().transform(X)

    embedded = EmbeddingVectorizer(VECTORS, tokenizer=Counting()).fit_transform(DOCUMENTS)
    assert Counting.n_calls == 1
    assert embedded == fitted().transform(DOCUMENTS)


def test_in_cross_validation():
    pipeline = make_pipeline(WordTokenizer(), EmbeddingVectorizer(VECTORS), LengthRegressor())
    predicted = cross_val_predict(pipeline, DOCUMENTS * 3, np.arange(12), cv=3)
    assert predicted.tolist() == [5, 2, 0, 8] * 3


class LengthRegressor(FunctionTransformer):
    """Predicts the number of vectors of a sequence."""

    def fit(self, X, y=None):
        assert isinstance(X, EmbeddedSequences)
        return self

    def predict(self, X):
        return X.lengths


class NeverDense(EmbeddedSequences):
    def __array__(self, dtype=None, copy=None):
        raise AssertionError("the dense array was made")


def test_never_makes_the_dense_array(monkeypatch):
    module = "textvec.vectors._embedding_vectorizer.EmbeddedSequences"
    monkeypatch.setattr(module, NeverDense)
    n_rows, n_steps, n_words, dim = 500, 200, 300, 100
    names = [f"w{i}" for i in range(n_words)]
    vectors = WordVectors(names, np.ones((n_words, dim), np.float32))
    rng = np.random.default_rng(0)
    offsets = np.arange(0, n_rows * n_steps + 1, n_steps)
    ids = rng.integers(0, n_words, n_rows * n_steps)
    tokens = Tokens(ids, offsets, Vocabulary(names))
    tracemalloc.start()
    embedded = EmbeddingVectorizer(vectors).fit_transform(tokens)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert embedded.shape == (n_rows, n_steps, dim)
    assert peak < n_rows * n_steps * dim * 4 / 10


def test_equals_a_loop_on_real_text(data_file, imdb_train):
    documents = imdb_train[:300]
    vectors = WordVectors.load(data_file("glove.6B.50d.top40k.txt.gz"))
    tokenizer = WordTokenizer()
    embedded = EmbeddingVectorizer(vectors, tokenizer=tokenizer).fit_transform(documents)
    zeros = np.zeros(50, np.float32)
    table = dict(zip(vectors, vectors.matrix, strict=True))
    for row, document in zip(embedded, tokenizer.transform(documents).to_list(), strict=True):
        np.testing.assert_array_equal(row, [table.get(token, zeros) for token in document])


def test_parameters_set_after_fit_are_checked():
    vectorizer = EmbeddingVectorizer(VECTORS).fit(["the frog"]).set_params(oov="eror")
    with pytest.raises(ValueError, match="The 'oov' parameter of EmbeddingVectorizer"):
        vectorizer.transform(["the newt"])


CASED = WordVectors(["Ann", "lives", "in", "Paris", "at", "IBM"], np.eye(6))
LOWER = WordVectors(["ann", "lives", "in", "paris", "at", "ibm"], np.eye(6))


@pytest.mark.parametrize(
    ("vectors", "X", "message"),
    [
        (CASED, ["Ann lives in Paris"], "^'ann' of X is unknown, 'Ann' is known: texts are split"),
        (CASED, ["lives at in IBM"], "^'ibm' of X is unknown, 'IBM' is known: texts are split"),
        (LOWER, [["Ann", "lives", "in"]], "^'Ann' of X is unknown, 'ann' is known: rows of words"),
    ],
)
def test_words_that_are_unknown_for_their_case_are_warned_of(vectors, X, message):
    fitted = EmbeddingVectorizer(vectors).fit([["lives", "in"]])
    for call in (fitted.transform, fitted.fit, fitted.fit_transform):
        with pytest.warns(UserWarning, match=message):
            call(X)


@pytest.mark.parametrize(
    ("vectors", "X", "options"),
    [
        (CASED, [["Ann", "lives", "in", "paris"]], {}),
        (CASED, ["Ann lives in Paris"], {"tokenizer": WordTokenizer(lowercase=False)}),
        (CASED, WordTokenizer().transform(["IBM lives in at"]), {}),
        (LOWER, ["Ann lives in Paris"], {}),
        (LOWER, [["ann", "lives", "in", "London"]], {}),
    ],
)
def test_other_unknown_words_are_not(vectors, X, options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        EmbeddingVectorizer(vectors, **options).fit_transform(X)

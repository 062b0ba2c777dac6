"""CountVectorizer, held against scikit-learn's."""

from __future__ import annotations

import csv
import io
import json
import lzma
import pickle
import re

import joblib
import numpy as np
import pytest
import sklearn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, csr_matrix
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer as Reference
from sklearn.pipeline import make_pipeline

from textvec import (
    CharTokenizer,
    CountVectorizer,
    FunctionTokenizer,
    HashingVectorizer,
    KmerTokenizer,
    SubwordTokenizer,
    TfidfVectorizer,
    Tokens,
    Vocabulary,
    WordTokenizer,
)
from textvec._kernels import _threads

from .parity import (
    COUNT_DTYPES,
    READING,
    SELECTING,
    assert_same_fit,
    assert_same_matrix,
    corpora,
    parameters,
    sentences,
)

X = ["The frog sat on the log.", "", "the toad, the toad and the frog", "Not a frog", "x"]


@pytest.fixture
def many_threads(monkeypatch):
    monkeypatch.setattr(_threads, "MIN_ITEMS_PER_THREAD", 1)


# --- the same as scikit-learn's ---------------------------------------------------------------


@settings(max_examples=300)
@given(X=corpora, params=parameters(READING, SELECTING, COUNT_DTYPES))
def test_any_corpus_gives_scikit_learns_matrix(X, params):
    assert_same_fit(CountVectorizer(**params), Reference(**params), X)


@given(X=corpora, params=parameters(READING, COUNT_DTYPES), terms=st.sets(st.text(max_size=4)))
def test_a_given_vocabulary_gives_scikit_learns_matrix(X, params, terms):
    vocabulary = list(dict.fromkeys(["the frog", *sorted(terms)[::-1], "frog", "th"]))
    assert_same_fit(
        CountVectorizer(vocabulary=vocabulary, **params),
        Reference(vocabulary=vocabulary, **params),
        X,
    )


@pytest.mark.parametrize("as_what", [list, tuple, set, frozenset, dict, Vocabulary, iter])
def test_a_vocabulary_may_be_given_in_any_form(as_what):
    terms = ["toad", "frog", "the"]
    given = {t: i for i, t in enumerate(terms)} if as_what is dict else as_what(terms)
    expected = {t: i for i, t in enumerate(sorted(terms) if as_what in (set, frozenset) else terms)}
    vectorizer = CountVectorizer(vocabulary=given).fit(X)
    assert vectorizer.vocabulary_ == expected
    assert vectorizer.fixed_vocabulary_
    assert_same_matrix(
        CountVectorizer(vocabulary=expected).transform(X),
        Reference(vocabulary=expected).transform(X),
    )


def test_an_iterator_of_terms_serves_one_fit():
    vectorizer = CountVectorizer(vocabulary=iter(["toad", "frog"])).fit(X)
    with pytest.raises(ValueError, match=r"iterator \(list_iterator\) can be read once, and every"):
        vectorizer.fit(X)
    with pytest.raises(ValueError, match="empty vocabulary passed to fit"):
        CountVectorizer(vocabulary=frozenset()).fit(X)


PARAMETERS = {
    "words": {},
    "bigrams": {"ngram_range": (1, 2), "min_df": 3},
    "characters": {"analyzer": "char", "ngram_range": (1, 3), "max_features": 5000},
    "inside words": {"analyzer": "char_wb", "ngram_range": (3, 5), "binary": True},
}
each_kind = pytest.mark.parametrize("params", PARAMETERS.values(), ids=PARAMETERS)


@each_kind
def test_nine_languages(params, parallel_sentences):
    for sentences_of_one in parallel_sentences.values():
        ours, theirs = CountVectorizer(**params), Reference(**params)
        assert assert_same_fit(ours, theirs, sentences_of_one[:200])


@pytest.fixture(scope="module")
def newsgroups(data_file):
    with lzma.open(data_file("newsgroups20_bydate_train.csv.xz"), "rt", encoding="utf-8") as file:
        csv.field_size_limit(10**7)
        return [row["text"] for row in csv.DictReader(file)]


def test_all_of_20_newsgroups(newsgroups):
    ours, theirs = CountVectorizer(n_jobs=2), Reference()
    assert_same_matrix(ours.fit_transform(newsgroups), theirs.fit_transform(newsgroups))
    assert ours.vocabulary_ == theirs.vocabulary_


@each_kind
def test_some_of_20_newsgroups(params, newsgroups):
    assert assert_same_fit(CountVectorizer(**params), Reference(**params), newsgroups[:100])


def test_all_of_imdb(imdb_train):
    ours, theirs = CountVectorizer(n_jobs=2), Reference()
    assert_same_matrix(ours.fit_transform(imdb_train), theirs.fit_transform(imdb_train))
    assert ours.vocabulary_ == theirs.vocabulary_


@each_kind
def test_some_of_imdb(params, imdb_train):
    assert assert_same_fit(CountVectorizer(**params), Reference(**params), imdb_train[:100])


# --- documents in other forms -----------------------------------------------------------------


def test_bytes_files_and_file_names(tmp_path):
    texts = ["Étude", "frog étude"]
    encoded = [text.encode("latin-1") for text in texts]
    paths = [tmp_path / str(i) for i in range(2)]
    for path, content in zip(paths, encoded):
        path.write_bytes(content)
    expected = Reference().fit_transform(texts)
    for mode, documents in {
        "content": encoded,
        "filename": paths,
        "file": [io.BytesIO(content) for content in encoded],
    }.items():
        vectorizer = CountVectorizer(input=mode, encoding="latin-1")
        assert_same_matrix(vectorizer.fit_transform(documents), expected)
    with pytest.raises(UnicodeDecodeError):
        CountVectorizer().fit(encoded)
    assert list(CountVectorizer(decode_error="ignore").fit(encoded).vocabulary_) == ["frog", "tude"]


@pytest.mark.parametrize("kind", [CountVectorizer, HashingVectorizer])
def test_broken_text_is_named(tmp_path, kind):
    paths = [tmp_path / f"{number}.txt" for number in range(8)]
    for path in paths:
        path.write_bytes(b"a frog\nthe toad\n")
    paths[6].write_bytes(b"a frog\nthe toad\ncaf\xe9\n")
    expected = r"in row 6, the file '.*6\.txt', line 3$"
    with pytest.raises(UnicodeDecodeError, match=expected):
        kind(input="filename").fit_transform(list(map(str, paths)))
    with pytest.raises(UnicodeDecodeError, match=r"in row 1, line 1$"):
        kind().fit_transform(["the frog", b"caf\xe9"])


def test_containers_of_documents():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    expected = CountVectorizer().fit_transform(X)
    frame = pandas.DataFrame({"text": X, "label": 0})
    for documents in (
        tuple(X),
        iter(X),
        dict.fromkeys(X),
        np.array(X),
        np.array(X, dtype=object),
        frame["text"],
        frame[["text"]],
        polars.Series(X),
    ):
        assert_same_matrix(CountVectorizer().fit_transform(documents), expected)
    with pytest.raises(ValueError, match=r"one column of str, got an object of shape \(5, 2\)"):
        CountVectorizer().fit(frame)


@pytest.mark.parametrize("missing", [None, np.nan, float("nan")])
def test_a_missing_document_names_its_row(missing):
    vectorizer = CountVectorizer().fit(X)
    for error in (TypeError, ValueError) if missing is not None else (TypeError,):
        with pytest.raises(error, match="row 2 is missing"):
            vectorizer.transform(["a", "b", missing])
    with pytest.raises(TypeError, match="row 1 is missing"):
        CountVectorizer(analyzer="char", strip_accents="ascii").fit(["a", missing])
    if missing is not None:
        with pytest.raises(ValueError, match="np.nan is an invalid document"):
            CountVectorizer(analyzer=list).fit(["a", missing])


def test_other_mistakes_are_named():
    with pytest.raises(TypeError, match=r"row 1 is int \(7\), expected str"):
        CountVectorizer().fit(["a", 7])
    with pytest.raises(ValueError, match="string object received: put a single document"):
        CountVectorizer().fit("a frog")
    with pytest.raises(ValueError, match="empty vocabulary; there are no documents"):
        CountVectorizer().fit([])
    with pytest.raises(ValueError, match="ngram_range must be two integers"):
        CountVectorizer(ngram_range=(1, "x")).fit(X)
    with pytest.raises(ValueError, match="lower boundary larger than the upper"):
        CountVectorizer(ngram_range=(2, 1)).fit(X)
    for frame in ("pandas", "polars"):
        with pytest.raises(ValueError, match="returns a sparse matrix, which no"):
            CountVectorizer().set_output(transform=frame)
        with pytest.raises(ValueError, match="returns a sparse matrix, which no"):
            make_pipeline(CountVectorizer()).set_output(transform=frame)
    assert CountVectorizer().set_output(transform="default").fit_transform(X).shape == (5, 8)


@pytest.mark.parametrize("Class", [CountVectorizer, TfidfVectorizer, HashingVectorizer])
def test_a_pattern_that_is_none_is_named(Class):
    with pytest.raises(
        ValueError, match=r"token_pattern='\(' is no regular expression: missing \)"
    ):
        Class(token_pattern="(").fit_transform(X)
    with pytest.raises(TypeError, match="token_pattern=None needs a tokenizer"):
        Class(token_pattern=None).fit_transform(X)
    with pytest.raises(ValueError, match="More than 1 capturing group"):  # scikit-learn's
        Class(token_pattern="(a)(b)").fit_transform(X)
    words = Class(token_pattern=None, tokenizer=str.split).fit_transform(X)
    assert words.shape[0] == len(X)


@pytest.mark.parametrize(
    ("vocabulary", "message"),
    [
        ([1, 2], "got int at position 0: 1"),
        (["frog", None], "got NoneType at position 1"),
        ({1: 0}, "got int at position 0"),
        ([b"frog"], "got bytes at position 0"),
        ([["frog"]], "vocabulary must hold str, or map str to columns: unhashable"),
    ],
)
def test_a_vocabulary_of_anything_but_str_is_named(vocabulary, message):
    for Class in (CountVectorizer, TfidfVectorizer):
        with pytest.raises(TypeError, match=message):
            Class(vocabulary=vocabulary).fit(X)
    with pytest.raises(TypeError, match=message):
        CountVectorizer(vocabulary=vocabulary, lowercase=False).transform(X)


def test_a_frame_as_vocabulary_is_named():
    pandas = pytest.importorskip("pandas")  # of which scikit-learn reads the names of columns
    with pytest.raises(TypeError, match="vocabulary is a frame: pass the column"):
        CountVectorizer(vocabulary=pandas.DataFrame({"term": ["frog"]})).fit(X)


def test_a_function_may_make_other_terms_than_str():
    numbers = CountVectorizer(vocabulary=[7, 8], analyzer=lambda text: [7, 7], lowercase=False)
    assert numbers.transform(["x"]).toarray().tolist() == [[2, 0]]


def test_stop_words_are_checked_as_scikit_learn_does():
    with pytest.raises(TypeError, match=r"stop_words must be str, got list at position 0: \['a'\]"):
        CountVectorizer(stop_words=[["a"]]).fit(X)
    vectorizer = CountVectorizer(stop_words=["Frog"])
    with pytest.warns(UserWarning, match=r"inconsistent.*\['frog'\] not in stop_words"):
        vectorizer.fit(X)
    vectorizer.fit(X)  # warns once


def test_a_failed_fit_leaves_the_estimator_as_it_was():
    vectorizer = CountVectorizer().fit(X)
    before = vectorizer.vocabulary_
    with pytest.raises(TypeError):
        vectorizer.fit(["newt", None])
    assert vectorizer.vocabulary_ is before


def test_no_documents_give_no_rows():
    nothing = CountVectorizer().fit(X).transform([])
    assert nothing.shape == (0, 8)
    assert nothing.dtype == np.int64


# --- Tokens -----------------------------------------------------------------------------------


@given(X=st.lists(sentences, min_size=1), params=parameters(SELECTING, COUNT_DTYPES))
@pytest.mark.parametrize("ngram_range", [(1, 1), (1, 2), (2, 3)])
def test_tokens_give_what_their_documents_give(ngram_range, X, params):
    tokens = WordTokenizer("sklearn").transform(X)
    raw, tokenized = (CountVectorizer(ngram_range=ngram_range, **params) for _ in range(2))
    try:
        expected = raw.fit_transform(X)
    except ValueError as error:
        with pytest.raises(ValueError, match=re.escape(str(error)[:16])):
            tokenized.fit(tokens)
    else:
        assert_same_matrix(tokenized.fit_transform(tokens), expected)
        assert_same_matrix(tokenized.transform(tokens[::-1]), raw.transform(X[::-1]))
        assert tokenized.vocabulary_ == raw.vocabulary_


def test_stop_words_are_dropped_from_tokens():
    tokens = WordTokenizer("sklearn").transform(X)
    params = {"stop_words": ["the"], "ngram_range": (1, 2)}
    vectorizer = CountVectorizer(**params)
    assert_same_matrix(vectorizer.fit_transform(tokens), Reference(**params).fit_transform(X))


def test_tokens_that_occur_no_more_are_not_learned():
    tokens = WordTokenizer().transform(X)
    assert list(CountVectorizer().fit(tokens[[3]]).vocabulary_) == ["a", "frog", "not"]


@given(st.lists(st.lists(st.text("ab \t\0é", max_size=3), max_size=6), min_size=1))
def test_tokens_with_spaces_and_control_characters(rows):
    """Their n-grams may have the same name, or another order than the words have."""
    tokens = Tokens.from_lists(rows)
    params = {"ngram_range": (1, 3)}
    theirs = Reference(analyzer=lambda row: Reference(**params)._word_ngrams(row))
    if any(rows):
        ours = CountVectorizer(**params)
        assert_same_matrix(ours.fit_transform(tokens), theirs.fit_transform(rows))
        assert ours.vocabulary_ == theirs.vocabulary_


@pytest.mark.parametrize("Class", [CountVectorizer, TfidfVectorizer, HashingVectorizer])
@pytest.mark.parametrize(
    ("tokenizer", "as_function"),
    [
        (KmerTokenizer(2), lambda text: [text[i : i + 2] for i in range(len(text) - 1)]),
        (WordTokenizer("whitespace"), str.split),
        (FunctionTokenizer(str.split), str.split),
    ],
)
@pytest.mark.parametrize("params", [{}, {"ngram_range": (1, 2), "stop_words": ["the", "th"]}])
def test_a_tokenizer_may_be_an_object(Class, tokenizer, as_function, params):
    params = {**params, "token_pattern": None}
    ours = Class(tokenizer=tokenizer, **params)
    by_function = Class(tokenizer=as_function, **params)
    assert_same_matrix(ours.fit_transform(X), by_function.fit_transform(X))
    assert_same_matrix(ours.transform(X[:1]), by_function.transform(X[:1]))
    assert ours.build_analyzer()("The frog") == by_function.build_analyzer()("The frog")
    assert_same_matrix(ours.to_sklearn().transform(X), by_function.transform(X))
    assert clone(ours).set_params(tokenizer=None).tokenizer is None


def test_a_tokenizer_that_is_not_fitted_is_named():
    with pytest.raises(NotFittedError, match="is not fitted: fit it before"):
        CountVectorizer(tokenizer=SubwordTokenizer(vocab_size=40), token_pattern=None).fit(X)


def test_tokens_are_words():
    tokens = CharTokenizer().transform(["ab"])
    assert list(CountVectorizer(ngram_range=(2, 2)).fit(tokens).vocabulary_) == ["a b"]
    with pytest.raises(ValueError, match="Tokens are counted as words, got analyzer='char'"):
        CountVectorizer(analyzer="char").fit(tokens)


# --- the user's own functions -----------------------------------------------------------------


def shout(text):
    return text.upper()


def stemming(base):
    """Make a subclass as the documentation of scikit-learn has it."""

    class Stemming(base):
        def build_analyzer(self):
            analyze = super().build_analyzer()
            return lambda document: [term.rstrip("s") for term in analyze(document)]

    return Stemming()


OWN = [
    {"preprocessor": shout},
    {"tokenizer": str.split, "token_pattern": None},
    {"tokenizer": str.split, "token_pattern": None, "ngram_range": (1, 2), "stop_words": ["the"]},
    {"analyzer": str.split},
    {"analyzer": lambda text: (word for word in text.split())},
    {"analyzer": list},
    {"strip_accents": str.swapcase},
    {"tokenizer": lambda text: [len(word) for word in text.split()], "token_pattern": None},
    {"analyzer": lambda text: [(word, len(word)) for word in text.split()]},
    {"ngram_range": (0, 2)},
    {"ngram_range": (-1, 1)},
    {"analyzer": "char", "ngram_range": (0, 1)},
]


@pytest.mark.parametrize("params", OWN)
def test_functions_of_the_user(params):
    ours, theirs = CountVectorizer(**params), Reference(**params)
    assert_same_matrix(ours.fit_transform(X), theirs.fit_transform(X))
    assert_same_matrix(ours.transform(X[::-1]), theirs.transform(X[::-1]))
    assert ours.vocabulary_ == theirs.vocabulary_
    np.testing.assert_array_equal(ours.get_feature_names_out(), theirs.get_feature_names_out())
    assert len(ours.inverse_transform(ours.transform(X))) == len(X)


@pytest.mark.parametrize("name", ["preprocessor", "strip_accents"])
@pytest.mark.parametrize("returned", [b"a", None, 3, ["a"]], ids=repr)
def test_functions_that_return_no_text_are_named(name, returned):
    for Class in (CountVectorizer, HashingVectorizer):
        with pytest.raises(TypeError, match=r"preprocessor and strip_accents .* for row 0"):
            Class(**{name: lambda text: returned}).fit_transform(X)


def test_documents_that_are_lists_of_words():
    words = [text.split() for text in X]
    for params in (
        {"analyzer": lambda row: row},
        {"tokenizer": lambda row: row, "token_pattern": None, "lowercase": False},
        {"tokenizer": str.split, "token_pattern": None, "preprocessor": " ".join},
    ):
        assert_same_matrix(
            CountVectorizer(**params).fit_transform(words), Reference(**params).fit_transform(words)
        )


def test_overridden_methods_are_called(monkeypatch):
    expected = stemming(Reference).fit_transform(["frogs frog toads"])
    assert_same_matrix(stemming(CountVectorizer).fit_transform(["frogs frog toads"]), expected)
    vectorizer = CountVectorizer()
    monkeypatch.setattr(vectorizer, "build_tokenizer", lambda: str.split, raising=False)
    assert list(vectorizer.fit(["a-b c"]).vocabulary_) == ["a-b", "c"]
    vectorizer = CountVectorizer()
    monkeypatch.setattr(vectorizer, "decode", lambda document: document["text"], raising=False)
    assert list(vectorizer.fit([{"text": "a frog"}]).vocabulary_) == ["frog"]


# --- threads ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("many_threads")
@given(X=corpora, params=parameters(READING, SELECTING))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_threads_change_nothing(X, params):
    if "token_pattern" in params and params["token_pattern"].startswith("["):
        return
    one, three = CountVectorizer(**params), CountVectorizer(n_jobs=3, **params)
    try:
        expected = one.fit_transform(X)
    except (ValueError, UserWarning):
        return
    assert_same_matrix(three.fit_transform(X), expected)
    assert three.vocabulary_ == one.vocabulary_
    assert_same_matrix(three.transform(X), one.transform(X))


@pytest.mark.parametrize(
    "params",
    [
        {"ngram_range": (1, 2)},
        {"ngram_range": (1, 3)},
        {"ngram_range": (2, 3), "min_df": 2, "max_features": 5_000},
        {"analyzer": "char", "ngram_range": (1, 4)},
        {"analyzer": "char_wb", "ngram_range": (2, 4)},
    ],
)
def test_threads_number_many_ngrams_as_scikit_learn_does(params):
    # So many that each step is shared out, and that the parts bring n-grams of all lengths.
    X = [" ".join(words) for words in zipfian_words((2_000, 50))]
    assert_same_fit(CountVectorizer(n_jobs=5, **params), Reference(**params), X)


def zipfian_words(shape):
    ranks = np.random.default_rng(0).zipf(1.3, shape)
    return np.char.add("w", (ranks % 997).astype(str))


# --- documents in parts -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "reading",
    [{}, {"ngram_range": (1, 2), "binary": True}, {"analyzer": "char_wb", "ngram_range": (4, 4)}],
)
@given(X=st.lists(sentences, min_size=1), cut=st.integers(0, 6), params=parameters(SELECTING))
def test_parts_give_what_the_whole_gives(reading, X, cut, params):
    X = ["the frog", *X]
    whole = CountVectorizer(**reading, **params)
    try:
        whole.fit(X)
    except ValueError:
        return
    # The first part need not hold a term within the limits.
    parts = CountVectorizer(**reading).partial_fit(X[: cut + 1]).set_params(**params)
    parts.partial_fit(X[cut + 1 :])
    assert parts.vocabulary_ == whole.vocabulary_
    assert_same_matrix(parts.transform(X), whole.transform(X))


def test_fit_forgets_the_parts_before_and_no_part_forgets_a_fit():
    vectorizer = CountVectorizer().partial_fit(["newt"]).fit(["frog"])
    assert list(vectorizer.vocabulary_) == ["frog"]
    with pytest.raises(ValueError, match="would forget what fit learned"):
        vectorizer.partial_fit(["toad"])


@pytest.mark.parametrize(
    ("params", "parts"),
    [
        ({"min_df": 2}, [["a frog"], ["a frog"]]),
        ({"min_df": 2}, [["aa bb", "cc dd"], ["aa", "zz"], ["bb"]]),
        ({"max_df": 0.5}, [["frog"], ["toad", "newt"]]),
        ({}, [[""], [], ["frog"]]),
        ({"vocabulary": ["frog"]}, [[""], ["frog"]]),
    ],
)
def test_limits_apply_to_all_parts_together(params, parts):
    vectorizer = CountVectorizer(**params)
    for part in parts:
        vectorizer.partial_fit(part)
    whole = CountVectorizer(**params).fit([document for part in parts for document in part])
    assert vectorizer.vocabulary_ == whole.vocabulary_


def test_transform_says_that_no_term_is_within_the_limits_yet():
    vectorizer = CountVectorizer(min_df=2).partial_fit(["a frog"])
    with pytest.raises(ValueError, match="so far. max_df corresponds .* of 1 documents"):
        vectorizer.transform(["a frog"])
    for part in ([""], []):
        with pytest.raises(ValueError, match="empty vocabulary; the documents so far hold"):
            CountVectorizer().partial_fit(part).transform(["a frog"])


@pytest.mark.parametrize("Class", [CountVectorizer, TfidfVectorizer])
@pytest.mark.parametrize(
    ("params", "documents", "reason"),
    [
        ({}, ["a", "b"], r"token_pattern='.*' finds no words .* of one character: .* counts them"),
        (
            {"token_pattern": "[0-9]+"},
            ["a"],
            r"token_pattern='\[0-9\]\+' finds no words in the doc",
        ),
        ({}, ["", " \n"], "all 2 documents are empty"),
        ({}, [], "there are no documents to learn from: X is empty"),
        ({"stop_words": "english"}, ["It is", "the"], "stop_words left none of the 3 words"),
        ({"ngram_range": (2, 2)}, ["hello", "world"], r"\(2, 2\) asks for 2 words or more, and no"),
        ({"ngram_range": (2, 3), "stop_words": ["of"]}, ["lot of"], "asks for 2 words or more"),
        ({"analyzer": "char", "ngram_range": (2, 4)}, ["a", "b"], "asks for 2 characters or more"),
        ({"analyzer": "char_wb"}, ["\t", ""], "all 2 documents are empty"),
        ({"analyzer": lambda document: []}, ["a"], "the analyzer returned no features for any"),
        ({"tokenizer": lambda text: [], "token_pattern": None}, ["a"], "the tokenizer returned no"),
        ({"min_df": 2}, ["a frog", "the toad"], "Of 3 terms in 2 documents, 3 are in fewer than 2"),
        (
            {"min_df": 2, "max_df": 2},
            ["frog and toad", "frog", "frog"],
            r"2 are in fewer than 2 documents \(min_df=2\) and 1 are in more than 2 documents "
            r"\(max_df=2\). Try a lower min_df or a higher max_df",
        ),
        (
            {"max_df": 0.5},
            ["frog", "frog"],
            "Of 1 terms.* more than 1 doc.* Try a higher max_df",
        ),
        (
            {"min_df": 3, "max_df": 0.5},
            ["frog"] * 4,
            "of 4 documents, max_df=0.5 is 2 and min",
        ),
    ],
)
def test_what_took_all_terms_is_named(Class, params, documents, reason):
    with pytest.raises(ValueError, match=reason):
        Class(**params).fit(documents)


def test_what_took_all_tokens_is_named():
    tokens = WordTokenizer().transform(["the frog", "toad"])
    with pytest.raises(ValueError, match="stop_words left none of the 3 words"):
        CountVectorizer(stop_words=["the", "frog", "toad"]).fit(tokens)
    with pytest.raises(ValueError, match="asks for 3 words or more"):
        CountVectorizer(ngram_range=(3, 3)).fit(tokens)
    with pytest.raises(ValueError, match="all 1 documents are empty"):
        CountVectorizer().fit(WordTokenizer().transform([""]))


def test_dtypes_that_sparse_matrices_lack_are_refused():
    refused = pytest.raises(ValueError, match="is none of SciPy's sparse matrices, which hold")
    for Class in (CountVectorizer, HashingVectorizer):
        for dtype in (np.float16, "nonsense", "datetime64[s]"):
            with refused:
                Class(dtype=dtype).fit_transform(["a frog"])
    with refused:
        TfidfVectorizer(dtype=np.float16).partial_fit(["a frog"])


@pytest.mark.parametrize("Class", [CountVectorizer, TfidfVectorizer, HashingVectorizer])
@pytest.mark.parametrize("method", ["fit_transform", "transform"])
def test_an_iterator_that_was_read_is_named(Class, method):
    documents = iter(["a frog", "a toad"])
    vectorizer = Class()
    vectorizer.fit_transform(documents)
    with pytest.raises(ValueError, match=r"iterator \(list_iterator\) that has none left: it can"):
        getattr(vectorizer, method)(documents)


def test_matrices_of_other_widths_are_named():
    for Class in (CountVectorizer, TfidfVectorizer):
        for n in (1, 9):
            with pytest.raises(ValueError, match=f"X has {n} feat.* {Class.__name__} makes 2"):
                Class().fit(["frog toad"]).inverse_transform(np.ones((1, n)))
    with pytest.raises(ValueError, match="'n_features' parameter of HashingV.* must be"):
        HashingVectorizer(n_features=0).transform(["frog"])


# --- counts that are kept -----------------------------------------------------------------------


def kept_counts(vectorizer):
    assert not vectorizer.token_counts_.flags.writeable
    return (
        dict(zip(vectorizer.vocabulary_, vectorizer.token_counts_.tolist(), strict=True)),
        dict(zip(vectorizer.vocabulary_, vectorizer.document_counts_.tolist(), strict=True)),
        vectorizer.n_documents_,
    )


@pytest.mark.parametrize("Class", [CountVectorizer, TfidfVectorizer])
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"ngram_range": (1, 2), "min_df": 2},
        {"binary": True, "max_features": 2},
        {"vocabulary": ["toad", "newt", "frog"]},
        {"analyzer": "char_wb", "dtype": np.float32},
    ],
)
def test_counts_of_terms_and_documents_are_kept(Class, params):
    documents = ["frog and frog", "", "the frog and the toad", "toad"]
    reference = Reference(**params)
    counts = reference.fit_transform(documents).toarray()
    expected = (
        dict(zip(reference.get_feature_names_out(), counts.sum(axis=0))),
        dict(zip(reference.get_feature_names_out(), (counts > 0).sum(axis=0))),
        4,
    )
    vectorizer = Class(**params, keep_counts=True).fit(documents)
    assert kept_counts(vectorizer) == expected
    assert kept_counts(Class(**params).partial_fit(documents[:1]).partial_fit(documents[1:])) == (
        expected
    )
    vectorizer.set_params(keep_counts=False).fit(documents)
    assert not hasattr(vectorizer, "token_counts_")
    assert not hasattr(vectorizer, "n_documents_")


def test_parts_must_hold_text():
    with pytest.raises(TypeError, match="the analyzer or tokenizer must return str") as info:
        CountVectorizer(analyzer=lambda document: [1, 2]).partial_fit(["a"])
    assert info.type is TypeError


def test_ids_of_a_sequence_vectorizer_are_no_columns():
    vocabulary = Vocabulary(["a", "b"], first_id=2)
    with pytest.raises(ValueError, match="vocabulary has ids from 2, where columns count from 0"):
        CountVectorizer(vocabulary=vocabulary).fit(["a"])


def test_parts_with_a_given_vocabulary():
    vectorizer = CountVectorizer(vocabulary=["frog", "toad"])
    vectorizer.partial_fit(["frog"]).partial_fit(["newt"])
    assert vectorizer.vocabulary_ == {"frog": 0, "toad": 1}


# --- what is kept -----------------------------------------------------------------------------


def test_the_vocabulary_is_a_dict():
    vectorizer = CountVectorizer().fit(["a frog", "a toad"])
    fresh = joblib.hash(vectorizer)
    assert isinstance(vectorizer.vocabulary_, dict)
    assert json.loads(json.dumps(vectorizer.vocabulary_)) == {"frog": 0, "toad": 1}
    assert joblib.hash(vectorizer) == fresh
    assert vectorizer.vocabulary_ | {"eft": 2} == {"frog": 0, "toad": 1, "eft": 2}
    assert vectorizer.transform(["newt toad"]).toarray().tolist() == [[0, 1]]


@pytest.mark.parametrize(
    "change",
    [
        lambda terms: terms.update(newt=2),
        lambda terms: terms.__setitem__("newt", 2),
        lambda terms: terms.__ior__({"newt": 2}),
        lambda terms: terms.setdefault("newt", 2),
    ],
)
def test_a_changed_vocabulary_is_counted(change):
    vectorizer = CountVectorizer().fit(["a frog", "a toad"])
    change(vectorizer.vocabulary_)
    for copy in (vectorizer, pickle.loads(pickle.dumps(vectorizer))):
        assert copy.transform(["newt toad"]).toarray().tolist() == [[0, 1, 1]]
        assert copy.get_feature_names_out().tolist() == ["frog", "toad", "newt"]


def test_dropped_terms_are_not_kept():
    """CVE-2024-5206: a rare term may be a password."""
    vectorizer = CountVectorizer(min_df=2).fit([*X, "hunter2"])
    assert b"hunter2" not in pickle.dumps(vectorizer)
    assert set(vars(vectorizer)) - set(vectorizer.get_params()) == {
        "fixed_vocabulary_",
        "vocabulary_",
        "_stop_words_id",
    }


def test_pickles_are_small_and_hashes_stable(imdb_train):
    documents = imdb_train[:500]
    ours, theirs = (c(ngram_range=(1, 2)).fit(documents) for c in (CountVectorizer, Reference))
    before = joblib.hash(ours)
    assert len(pickle.dumps(ours)) < 0.85 * len(pickle.dumps(theirs))
    ours.transform(documents[:2])
    assert joblib.hash(ours) == before
    copy = pickle.loads(pickle.dumps(ours))
    assert_same_matrix(copy.transform(documents), ours.transform(documents))


def test_a_vocabulary_put_there_by_hand():
    """As when a vectorizer is restored from a file of terms."""
    ours, theirs = CountVectorizer(), Reference()
    ours.vocabulary_ = {"frog": 1, "the": 0}
    theirs.vocabulary_ = {"frog": 1, "the": 0}
    assert_same_matrix(ours.transform(X), theirs.transform(X))
    ours.vocabulary_ = {"frog": 1, "the": 5}  # columns that no Vocabulary can number
    theirs.vocabulary_ = {"frog": 1, "the": 5}
    assert_same_matrix(ours.transform(X), theirs.transform(X))
    synonyms = {"frog": 0, "toad": 0, "the": 1, "a": 1}  # of one column
    for vectorizer in (ours, theirs):
        vectorizer.vocabulary_ = dict(synonyms)
    for _ in range(2):
        assert_same_matrix(ours.transform(X), theirs.transform(X))


@pytest.mark.parametrize(("interface", "kind"), [("sparray", csr_array), ("spmatrix", csr_matrix)])
def test_the_sparse_interface_is_scikit_learns(interface, kind):
    with sklearn.config_context(sparse_interface=interface):
        assert type(CountVectorizer().fit_transform(X)) is kind
        assert_same_matrix(CountVectorizer().fit_transform(X), Reference().fit_transform(X))


@pytest.mark.parametrize("X", [None, 5, {"a": 1}.__contains__])
def test_what_is_no_container_is_named(X):
    with pytest.raises(TypeError, match="documents must come as a list or an array, got"):
        CountVectorizer().fit(X)

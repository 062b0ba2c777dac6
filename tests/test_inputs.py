"""Every public function reads every container as it reads a list."""

from __future__ import annotations

import warnings
from functools import cache

import numpy as np
import pytest
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from textvec import (
    CharTokenizer,
    ConceptVectors,
    CountVectorizer,
    Doc2Vec,
    DocumentDistance,
    EmbeddedSequences,
    EmbeddingVectorizer,
    FastText,
    FunctionTokenizer,
    GloVe,
    HashingSequenceVectorizer,
    HashingVectorizer,
    KmerTokenizer,
    NaiveForecaster,
    NBLogCountRatio,
    NgramDoc2Vec,
    OneHotVectorizer,
    Ragged,
    RNNClassifier,
    RNNEncoder,
    RNNForecaster,
    RNNLanguageModel,
    RNNRegressor,
    RNNTagger,
    Seq2Seq,
    SequenceCNNClassifier,
    SequenceMLPClassifier,
    SequencePadder,
    SequenceVectorizer,
    SkipThought,
    StepwiseTransformer,
    SubwordTokenizer,
    TfidfVectorizer,
    Tokens,
    Vocabulary,
    Word2Vec,
    WordTokenizer,
    WordVectors,
    hashing_report,
)

from .containers import (
    ANY_ITEMS,
    COLUMNS,
    FILES,
    OF_INT,
    OF_STR,
    ROWS,
    ROWS_OF_INT,
    TABLES,
    TABLES_OF_INT,
    holders,
)

DOCUMENTS = ["The frog sat on the log.\n", "Not good the frog\n", "x y the toad the\n"]
CODES = [["A01", "B2"], ["B2"], ["C3", "A01", "A01"]]
WORDS = ["the", "frog", "log", "toad", "sat", "on", "not", "good", "x", "y"]
VECTORS = WordVectors(WORDS, np.eye(10, 3, dtype=np.float32) + 1)
IDS = [[2, 3, 4], [5, 2, 3], [4, 4, 2]]
UNEQUAL = [[2, 3, 4], [5], [4, 2]]
STEPS = [[0.25, 0.5, -1.5], [1.0, 0.75, 0.5], [0.5, -0.25, 2.0]]
UNEQUAL_STEPS = [[0.25, 0.5, -1.5], [1.0], [0.5, -0.25]]
LABELS = ["b", "a", "b"]
STEP_LABELS = [["a", "b", "b"], ["a", "c", "a"], ["c", "c", "c"]]

ONCE = {"max_iter": 1, "random_state": 0}
LEARNER = {"embedding_dim": 4, "min_count": 1, **ONCE}
SMALL = {"hidden_size": 3, "embedding_dim": 4, **ONCE}
CNN = {"embedding_dim": 4, **ONCE}

TOKENIZERS = [
    WordTokenizer(),
    CharTokenizer(),
    KmerTokenizer(3),
    FunctionTokenizer(str.split),
    SubwordTokenizer(vocab_size=60),
]
OF_TOKENS = [
    SequenceVectorizer(),
    OneHotVectorizer(),
    EmbeddingVectorizer(VECTORS, pooling="mean"),
    GloVe(**LEARNER),
    ConceptVectors(embedding_dim=1, min_count=1, smoothing=1.0, random_state=0),
    Word2Vec(**LEARNER),
    FastText(n_buckets=50, **LEARNER),
    Doc2Vec(**LEARNER),
    NgramDoc2Vec(**LEARNER),
    DocumentDistance(VECTORS),
]
BAGS = [CountVectorizer(), TfidfVectorizer(), HashingVectorizer(n_features=16)]


def plain(result):
    """Return a result as lists, which compare as a whole."""
    if isinstance(result, (list, tuple)):
        return [plain(part) for part in result]
    if isinstance(result, Ragged):
        return result.to_list()
    if isinstance(result, EmbeddedSequences):
        return [plain(result.ids), plain(result.table)]
    if issparse(result):
        return result.toarray().tolist()
    return result.tolist() if isinstance(result, np.ndarray) else result


def fitted(estimator, *, fitted_to):
    return clone(estimator).fit(fitted_to)


def fit_transforms(estimators):
    return {
        f"{type(e).__name__}.fit_transform": lambda X, e=e: clone(e).fit_transform(X)
        for e in estimators
    }


def transforms(estimators, documents):
    def of_fitted(estimator):
        once = cache(lambda: clone(estimator).fit(documents))
        return lambda X: once().transform(X)

    return {f"{type(e).__name__}.transform": of_fitted(e) for e in estimators}


@cache
def language_model():
    return RNNLanguageModel(**SMALL).fit(DOCUMENTS)


@cache
def classifier():
    return RNNClassifier(**SMALL).fit(IDS, LABELS)


@cache
def scaler():
    return StepwiseTransformer(StandardScaler()).fit([[1.5, 2.0], [4.0]])


OF_DOCUMENTS = {
    **fit_transforms([*TOKENIZERS, *OF_TOKENS, *BAGS]),
    **transforms([*TOKENIZERS, *OF_TOKENS, *BAGS], DOCUMENTS),
    "RNNLanguageModel.fit": lambda X: RNNLanguageModel(**SMALL).fit(X).loss_curve_,
    "RNNLanguageModel.score_samples": lambda X: language_model().score_samples(X),
    "SkipThought.fit": lambda X: (
        SkipThought(hidden_size=3, sentence_splitter=str.split, **LEARNER).fit(X).loss_curve_
    ),
    "Seq2Seq.fit(X)": lambda X: Seq2Seq(**SMALL).fit(X, LABELS).loss_curve_,
    "Seq2Seq.fit(y)": lambda y: Seq2Seq(**SMALL).fit(IDS, y).loss_curve_,
    "coverage": lambda X: VECTORS.coverage(X).n_known,
    "hashing_report": lambda X: hashing_report(X, n_features=16).n_collisions,
}
OF_TOKEN_ROWS = {
    **fit_transforms(OF_TOKENS),
    **transforms(OF_TOKENS, CODES),
    "Tokens.from_lists": Tokens.from_lists,
}
OF_IDS = {
    "RNNClassifier.fit": lambda X: RNNClassifier(**SMALL).fit(X, LABELS).loss_curve_,
    "RNNRegressor.fit": lambda X: RNNRegressor(**SMALL).fit(X, [0.1, 0.5, 0.7]).loss_curve_,
    "Seq2Seq.fit": lambda X: Seq2Seq(**SMALL).fit(X, LABELS).loss_curve_,
    "SequenceCNNClassifier.fit": lambda X: SequenceCNNClassifier(**CNN).fit(X, LABELS).loss_curve_,
    "SequenceMLPClassifier.fit": lambda X: SequenceMLPClassifier(**CNN).fit(X, LABELS).loss_curve_,
    "RNNClassifier.predict_proba": lambda X: classifier().predict_proba(X),
    "RNNEncoder.fit_transform": lambda X: (
        RNNEncoder(RNNClassifier(**SMALL)).fit(X, LABELS).transform(IDS)
    ),
    "SequencePadder.fit_transform": lambda X: SequencePadder(4).fit_transform(X),
    "Ragged.from_rows": Ragged.from_rows,
    "inverse_transform": lambda X: SequenceVectorizer().fit(DOCUMENTS).inverse_transform(X),
}
OF_STEPS = {
    "StepwiseTransformer.fit_transform": StepwiseTransformer(StandardScaler()).fit_transform,
    "StepwiseTransformer.transform": lambda X: scaler().transform(X),
    "StepwiseTransformer.inverse_transform": lambda X: scaler().inverse_transform(X),
    "SequencePadder.fit_transform": lambda X: SequencePadder(4).fit_transform(X),
    "RNNRegressor.fit": lambda X: RNNRegressor(**SMALL).fit(X, [0.1, 0.5, 0.7]).loss_curve_,
}
OF_LABELS = {
    "RNNClassifier": lambda y: classes_of(RNNClassifier(**SMALL).fit(IDS, y)),
    "SequenceCNNClassifier": lambda y: classes_of(SequenceCNNClassifier(**CNN).fit(IDS, y)),
    "NBLogCountRatio": lambda y: NBLogCountRatio().fit_transform(np.eye(3), y),
}
OF_STEP_LABELS = {
    "RNNTagger": lambda y: classes_of(RNNTagger(**SMALL).fit(IDS, y)),
    "Seq2Seq": lambda y: Seq2Seq(**SMALL).fit(IDS, y).loss_curve_,
}
OF_SERIES = {
    "RNNForecaster": lambda y: np.ravel(
        RNNForecaster(hidden_size=3, n_lags=3, **ONCE).fit(y=y).predict(horizon=2)
    ),
    "NaiveForecaster": lambda y: np.ravel(NaiveForecaster().fit(y=y).predict(horizon=2)),
}
OF_WORDS = {
    "WordVectors.vectors": VECTORS.vectors,
    "WordVectors[...]": VECTORS.__getitem__,
    "WordVectors.nearest": lambda w: str(VECTORS.nearest(w, k=2)),
    "WordVectors.analogy": lambda w: VECTORS.analogy(w, k=2).words,
    "WordVectors.similarity": lambda w: VECTORS.similarity(w, "log"),
    "WordVectors.odd_one_out": VECTORS.odd_one_out,
    "WordVectors": lambda w: WordVectors(w, np.eye(3)).vocabulary.tokens,
    "Vocabulary": lambda w: Vocabulary(w).tokens,
    "Vocabulary.lookup": Vocabulary(WORDS).lookup,
    "Tokens.from_lists([...])": lambda w: Tokens.from_lists([w]),
}

OF_VOCABULARIES = {
    "SequenceVectorizer(vocabulary=)": lambda w: (
        SequenceVectorizer(vocabulary=w).fit(DOCUMENTS).transform(DOCUMENTS)
    ),
}


def classes_of(model):
    return [model.classes_.tolist(), model.loss_curve_]


EXPECTED = {}  # what readers make of lists


def check(readers, items, hold):
    for name, reader in readers.items():
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*have no vector")
            warnings.filterwarnings("ignore", message=".*have vectors of zeros")
            # One of its columns has a name, a list has none.
            warnings.filterwarnings("ignore", message=".*feature names")
            warnings.filterwarnings("ignore", message="The PyTorch API of nested")
            key = (id(reader), repr(items))
            if key not in EXPECTED:
                EXPECTED[key] = plain(reader(items))
            assert plain(reader(hold(items))) == EXPECTED[key], name


@pytest.mark.parametrize("hold", holders(ANY_ITEMS, COLUMNS, OF_STR, FILES))
def test_documents(hold):
    check(OF_DOCUMENTS, DOCUMENTS, hold)


@pytest.mark.parametrize("hold", holders(ROWS))
def test_rows_of_tokens(hold):
    check(OF_TOKEN_ROWS, CODES, hold)


@pytest.mark.parametrize("hold", holders(TABLES, TABLES_OF_INT, ROWS, ROWS_OF_INT))
def test_rows_of_ids(hold):
    check(OF_IDS, IDS, hold)


@pytest.mark.parametrize("hold", holders(ROWS, ROWS_OF_INT))
def test_rows_of_unequal_length(hold):
    check(OF_IDS, UNEQUAL, hold)


@pytest.mark.parametrize("hold", [p for p in holders(TABLES, ROWS) if p.id != "fixed-size polars"])
def test_rows_of_numbers(hold):
    check(OF_STEPS, STEPS, hold)


@pytest.mark.parametrize("hold", holders(ROWS))
def test_rows_of_numbers_of_unequal_length(hold):
    check(OF_STEPS, UNEQUAL_STEPS, hold)


def without_dict_keys(*tables):
    return [param for param in holders(*tables) if param.id != "dict keys"]  # hold one once


@pytest.mark.parametrize("hold", without_dict_keys(ANY_ITEMS, OF_STR))
def test_labels_that_are_str(hold):
    check(OF_LABELS, LABELS, hold)


@pytest.mark.parametrize("hold", without_dict_keys(ANY_ITEMS, OF_INT))
def test_labels_that_are_integers(hold):
    check(OF_LABELS, [5, 3, 5], hold)


@pytest.mark.parametrize("hold", holders(ANY_ITEMS, COLUMNS, OF_INT))
def test_series(hold):
    check(OF_SERIES, [3, 5, 7, 8, 9, 10, 13, 2, 4, 6, 12], hold)


@pytest.mark.parametrize("hold", [p for p in holders(TABLES, ROWS) if p.id != "fixed-size polars"])
def test_labels_of_steps_that_are_str(hold):
    check(OF_STEP_LABELS, STEP_LABELS, hold)


@pytest.mark.parametrize("hold", holders(TABLES, TABLES_OF_INT, ROWS, ROWS_OF_INT))
def test_labels_of_steps_that_are_integers(hold):
    check(OF_STEP_LABELS, [[1, 3, 3], [2, 1, 1], [2, 2, 2]], hold)


@pytest.mark.parametrize("hold", holders(ANY_ITEMS, OF_STR))
def test_words(hold):
    check(OF_WORDS, ["frog", "toad", "the"], hold)


# A parameter that is an iterator would last for one fit only: refused.
@pytest.mark.parametrize(
    "hold",
    [p for p in holders(ANY_ITEMS, OF_STR) if p.id not in ("generator", "iterator", "map")],
)
def test_vocabularies(hold):
    check(OF_VOCABULARIES, ["frog", "toad", "the"], hold)


@pytest.mark.parametrize("estimator", [*TOKENIZERS, *BAGS], ids=repr)
def test_what_splits_documents_takes_no_rows_of_tokens(estimator):
    with pytest.raises(TypeError, match=r"row 0 is list .* go into Tokens.from_lists"):
        clone(estimator).fit_transform(CODES)


@pytest.mark.parametrize(
    ("row", "way_out"),
    [
        (["good", "film"], r"FunctionTransformer\(Tokens.from_lists\)"),
        (["good film"], r"\[row\[0\] for row in X\]"),
        ([3, 5], r"Ragged.from_rows\(X\); codes .*\[\[str\(code\)"),
        ({"text": "good"}, r"\[row\['text'\] for row in X\]"),
        (5, r"\[str\(value\) for value in X\]"),
    ],
)
@pytest.mark.parametrize("estimator", [WordTokenizer(), TfidfVectorizer()], ids=repr)
def test_what_is_no_text_has_a_way_out(estimator, row, way_out):
    with pytest.raises(TypeError, match=f"row 0 is .*, expected str: .*{way_out}"):
        clone(estimator).fit_transform([row])


def test_the_way_out_of_rows_of_tokens_works():
    step = FunctionTransformer(Tokens.from_lists)
    bag = make_pipeline(step, TfidfVectorizer()).fit(CODES)
    expected = TfidfVectorizer(analyzer=list).fit_transform(CODES).toarray()
    np.testing.assert_array_equal(bag.transform(CODES).toarray(), expected)


SPLITTERS = [
    *OF_TOKENS,
    HashingSequenceVectorizer(),
    RNNLanguageModel(tokenizer=None, **SMALL),
]


@pytest.mark.parametrize("estimator", SPLITTERS, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("tokenizer", [str.split, KmerTokenizer(2)], ids=["function", "object"])
def test_a_tokenizer_is_never_passed_over(estimator, tokenizer):
    set_up = clone(estimator).set_params(tokenizer=tokenizer)
    for rows in (CODES, iter(CODES)):
        with pytest.raises(TypeError, match="rows of tokens, as .'A01'.* but tokenizer=.* splits"):
            set_up.fit(rows).transform(rows)


def test_a_network_on_texts_reads_rows_of_tokens_where_no_tokenizer_is_set():
    texts = [" ".join(row).lower() for row in CODES]
    rows = [text.split() for text in texts]
    model = RNNLanguageModel(**SMALL).fit(texts)
    assert model.score(rows) == model.score(iter(rows)) == model.score(texts)
    model = Seq2Seq(**SMALL).fit(texts, texts)
    np.testing.assert_array_equal(model.predict(rows), model.predict(texts))
    split = Seq2Seq(tokenizer=str.split, **SMALL).fit(texts, texts)
    with pytest.raises(TypeError, match="rows of tokens"):
        split.predict(rows)


@pytest.mark.parametrize("estimator", [SequenceVectorizer(), Word2Vec(**LEARNER)], ids=repr)
def test_texts_in_a_list_each(estimator):
    with pytest.warns(UserWarning, match=r"list of one str, as \['not good'\].*row\[0\] for row"):
        clone(estimator).fit([["not good"], ["the frog"]])
    clone(estimator).fit([["frog"], ["the frog"]])  # of which one is a token, without a warning
    clone(estimator).fit(Tokens.from_lists([["not good"], ["the frog"]]))


@pytest.mark.parametrize("make", [KmerTokenizer, lambda k: lambda text: KmerTokenizer(k)(text)])
@pytest.mark.filterwarnings("ignore:The parameter 'token_pattern' will not be used")
def test_a_tokenizer_is_an_object_or_a_function_everywhere(make):
    tokens = KmerTokenizer(3).transform(DOCUMENTS)
    for estimator in [*OF_TOKENS, CountVectorizer(lowercase=False)]:
        mine = clone(estimator).set_params(tokenizer=make(3))
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*have no vector")
            warnings.filterwarnings("ignore", message=".*have vectors of zeros")
            expected = clone(estimator).fit_transform(tokens)
            assert plain(mine.fit_transform(DOCUMENTS)) == plain(expected), estimator
    splitter = RNNLanguageModel(tokenizer=make(3), **SMALL)
    expected = RNNLanguageModel(tokenizer=KmerTokenizer(3), **SMALL).fit(DOCUMENTS)
    assert splitter.fit(DOCUMENTS).loss_curve_ == expected.loss_curve_

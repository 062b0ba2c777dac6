"""What every public estimator must do: scikit-learn's checks, and one table of invariants."""

from __future__ import annotations

import copy
import pickle
from inspect import signature

import numpy as np
import pytest
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_checks, get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.metadata_routing import MetadataRouter

import textvec
from textvec import (
    BM25Transformer,
    CharTokenizer,
    ConceptVectors,
    ConformalForecaster,
    CountVectorizer,
    Dna2Vec,
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
    SequenceGenerator,
    SequenceMLPClassifier,
    SequencePadder,
    SequenceTruncator,
    SequenceVectorizer,
    SkipThought,
    StepwiseTransformer,
    SubwordTokenizer,
    TfidfVectorizer,
    WindowTransformer,
    Word2Vec,
    WordTokenizer,
    WordVectors,
)

DOCUMENTS = [
    "The frog sat on the log.",
    "",
    "Not good, just expensive: the frog's log!",
    "¿Dónde está la rana? Тут! 🐸 กบ",
    "x",
    "the the the toad",
]
WORDS = ["the", "frog", "log", "toad", "sat", "on", "not", "good", "just", "x"]
VECTORS = WordVectors(WORDS, np.eye(len(WORDS), 3, dtype=np.float32) + 1)

TOKENIZERS = [
    WordTokenizer(),
    WordTokenizer("keras", spans=True),
    WordTokenizer(pattern=r"\w+", stop_words=["the"], strip_accents="unicode"),
    CharTokenizer(),
    KmerTokenizer(3, 2),
    FunctionTokenizer(str.split),
    SubwordTokenizer(vocab_size=60),
    SubwordTokenizer("wordpiece", vocab_size=90, spans=True),
    SubwordTokenizer("unigram", vocab_size=60, lowercase=False),
]
VECTORIZERS = [
    SequenceVectorizer(),
    SequenceVectorizer(max_tokens=6, oov="drop"),
    SequenceVectorizer(ngram_range=(1, 2), bos_token="<s>", eos_token="</s>"),
    OneHotVectorizer(),
    OneHotVectorizer(output="sequence", max_tokens=5),
    EmbeddingVectorizer(VECTORS),
    EmbeddingVectorizer(VECTORS, oov="random", random_state=0),
    EmbeddingVectorizer(VECTORS, pooling="mean"),
    EmbeddingVectorizer(VECTORS, pooling="max", oov="mean"),
    EmbeddingVectorizer(VECTORS, pooling="idf", oov="random", random_state=0),
    EmbeddingVectorizer(VECTORS, pooling="sif"),
    CountVectorizer(ngram_range=(1, 2)),
    # Without a norm: one of a row summed in another order has another last bit.
    TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, norm=None),
]
# These learn from counts, which do not depend on the order of the documents.
COUNT_LEARNERS = [
    GloVe(embedding_dim=4, min_count=1, max_iter=2, random_state=0),
    GloVe(embedding_dim=4, min_count=1, max_iter=2, random_state=0, window=2, pooling=None),
    ConceptVectors(embedding_dim=2, min_count=1, random_state=0, tokenizer=WordTokenizer()),
    ConceptVectors(
        "glove", embedding_dim=2, window=3, min_count=1, random_state=0, tokenizer=WordTokenizer()
    ),
]
# What they learn depends on the order of the documents, and where threads are given, on time.
SMALL = {"embedding_dim": 4, "min_count": 1, "max_iter": 2, "random_state": 0}
LEARNERS = [
    Word2Vec(**SMALL),
    Word2Vec("skipgram", pooling=None, **SMALL),
    FastText(n_buckets=50, **SMALL),
    FastText(n_buckets=50, pooling="idf", **SMALL),
    Doc2Vec(**SMALL),
    Doc2Vec("dbow", **SMALL),
    NgramDoc2Vec(**SMALL),
]
# No Tokens of words fit them, or there is nothing to fit.
OTHERS_ON_TEXT = [
    CountVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=2),
    HashingVectorizer(n_features=64),
    HashingSequenceVectorizer(max_tokens=64, ngram_range=(1, 2)),
    HashingVectorizer(n_features=64, analyzer="char", ngram_range=(1, 3), keep_terms=2),
    Dna2Vec(1, 1, **SMALL),
    # A word is a sentence here, so that short documents have neighbours.
    SkipThought(hidden_size=3, sentence_splitter=str.split, **SMALL),
]
NETWORKS = [
    RNNClassifier(),
    RNNRegressor(),
    RNNTagger(crf=True),
    Seq2Seq(),
    SequenceGenerator(),
    SequenceCNNClassifier(),
    SequenceMLPClassifier(),
]
ON_SEQUENCES = [
    SequencePadder(),
    SequenceTruncator(3),
    StepwiseTransformer(StandardScaler()),
    RNNEncoder(RNNClassifier()),
    *NETWORKS,
]
ON_SERIES = [
    NaiveForecaster(),
    RNNForecaster(),
    ConformalForecaster(NaiveForecaster()),
    WindowTransformer(3),
]
# Models of texts themselves: they transform nothing.
OF_TEXT = [RNNLanguageModel(max_iter=1)]
ON_COUNTS = [BM25Transformer(), NBLogCountRatio()]
# Their columns are the documents of `fit`, so that rows of another order are other columns.
ON_DOCUMENTS = [DocumentDistance(VECTORS), DocumentDistance(VECTORS, metric="rwmd")]
ON_TEXT = TOKENIZERS + VECTORIZERS + COUNT_LEARNERS + LEARNERS + OTHERS_ON_TEXT
LEARN_IN_ORDER = {type(e) for e in LEARNERS} | {Dna2Vec, SkipThought}
each_on_text = pytest.mark.parametrize("estimator", ON_TEXT, ids=repr)


def test_every_public_estimator_is_in_the_table():
    public = {getattr(textvec, name) for name in textvec._PUBLIC}
    estimators = {c for c in public if isinstance(c, type) and issubclass(c, BaseEstimator)}
    tested = [*ON_TEXT, *ON_SEQUENCES, *ON_SERIES, *OF_TEXT, *ON_COUNTS, *ON_DOCUMENTS]
    assert {type(e) for e in tested} == estimators


def test_what_passes_metadata_on_is_a_router():
    tested = [*ON_TEXT, *ON_SEQUENCES, *ON_SERIES, *OF_TEXT, *ON_COUNTS, *ON_DOCUMENTS]
    passes_on = {
        type(e)
        for e in tested
        for method in ("fit", "fit_transform", "partial_fit", "predict", "transform", "score")
        for parameter in signature(getattr(e, method, lambda: None)).parameters.values()
        if parameter.kind is parameter.VAR_KEYWORD
        and getattr(e, method).__module__.startswith("textvec")
    }
    routers = {type(e) for e in tested if isinstance(e.get_metadata_routing(), MetadataRouter)}
    # ConformalForecaster holds a forecaster, too, whose fit takes no metadata.
    assert passes_on == routers == {RNNEncoder}


# --- scikit-learn's own checks ----------------------------------------------------------------


EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": (
        "a row of weight 2 is one row of a batch, a row given twice is two"
    ),
}


# A network of these checks has learned: what counts is its accuracy, or what grows with each step.
# For the others it has hardly begun.
PASSES = {RNNClassifier: 6, RNNRegressor: 25, SequenceCNNClassifier: 12, SequenceMLPClassifier: 10}
OF_LEARNED = {"check_classifiers_train", "check_regressors_train", *EXPECTED_FAILURES}


# Some checks pass whole numbers as floats, and numbers far from 0.
@pytest.mark.filterwarnings("ignore:X holds floats, read as series of numbers")
@pytest.mark.filterwarnings("ignore:Numbers in X have the mean")
@parametrize_with_checks(
    [
        RNNClassifier(hidden_size=8, learning_rate_init=0.05, max_iter=2, random_state=0),
        RNNRegressor(hidden_size=8, learning_rate_init=0.03, max_iter=2, random_state=0),
        SequenceCNNClassifier(n_filters=20, learning_rate_init=0.01, max_iter=2, random_state=0),
        SequenceMLPClassifier(
            pooling="flatten", learning_rate_init=0.05, max_iter=2, random_state=0
        ),
    ],
    expected_failed_checks=lambda estimator: EXPECTED_FAILURES,
)
def test_scikit_learn_checks(estimator, check):
    if check.func.__name__ in OF_LEARNED:
        estimator = clone(estimator).set_params(max_iter=PASSES[type(estimator)])
    check(estimator)


OF_SERIES = {
    "check_estimators_empty_data_messages": "no columns are columns that just tell the steps",
    "check_fit2d_1sample": "the message says how many steps there must be",
    "check_methods_sample_order_invariance": "steps have an order",
    "check_methods_subset_invariance": "the first steps after the last are always the same",
    "check_regressors_train": "it forecasts what comes after its rows, not their targets",
    "check_supervised_y_2d": "a column is one series, as a frame gives it",
}


@parametrize_with_checks(
    [
        NaiveForecaster(),
        RNNForecaster(n_lags=2, hidden_size=4, max_iter=2, random_state=0),
        ConformalForecaster(NaiveForecaster(), n_windows=2),
    ],
    expected_failed_checks=lambda estimator: OF_SERIES,
)
def test_scikit_learn_checks_on_series(estimator, check):
    check(estimator)


@parametrize_with_checks([*ON_COUNTS, BM25Transformer(k1=0, b=1), NBLogCountRatio(binarize=False)])
def test_scikit_learn_checks_on_counts(estimator, check):
    check(estimator)


# scikit-learn's suite stops at estimators that take no 2-d array: these of its checks need none.
CHECKS_WITHOUT_ARRAYS = [
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_valid_tag_types,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_mixin_order,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_set_params,
]


@pytest.mark.parametrize("check", CHECKS_WITHOUT_ARRAYS, ids=lambda c: c.__name__)
@pytest.mark.parametrize(
    "estimator", [*ON_TEXT, *ON_DOCUMENTS, *OF_TEXT, *ON_SEQUENCES, *ON_SERIES], ids=repr
)
def test_scikit_learn_checks_without_arrays(estimator, check):
    check(type(estimator).__name__, clone(estimator))


@pytest.mark.parametrize(
    "estimator",
    [*ON_TEXT, *ON_SEQUENCES, *ON_SERIES, *OF_TEXT, *ON_COUNTS, *ON_DOCUMENTS],
    ids=repr,
)
def test_parameters_are_checked_in_fit(estimator):
    constraints = estimator._parameter_constraints
    assert set(constraints) == set(estimator.get_params(deep=False))
    for name, allowed in constraints.items():
        if allowed == "no_validation":
            continue
        broken = clone(estimator)
        broken.set_params(**{name: type("BadType", (), {})()})
        with pytest.raises(
            ValueError, match=f"The '{name}' parameter of {type(estimator).__name__}"
        ):
            broken.fit(DOCUMENTS)


# --- the table of invariants ------------------------------------------------------------------


def same(a, b) -> bool:
    if isinstance(a, (Ragged, EmbeddedSequences)):
        return bool(a == b)
    if issparse(a):
        return a.shape == b.shape and a.dtype == b.dtype and (a != b).nnz == 0
    return np.array_equal(a, b)


def as_lists(X):
    """Return what a transform says, without the numbering of tokens, which may differ."""
    if isinstance(X, EmbeddedSequences):
        X = X.to_ragged()
    if isinstance(X, np.ndarray):
        return X.round(6).tolist()  # sums in another order have another last bit
    return X.toarray().tolist() if issparse(X) else X.to_list()


@each_on_text
def test_transform_is_fit_transform(estimator):
    fitted = clone(estimator).fit(DOCUMENTS)
    assert same(fitted.transform(DOCUMENTS), clone(estimator).fit_transform(DOCUMENTS))


@each_on_text
def test_one_by_one_is_all_at_once(estimator):
    fitted = clone(estimator).fit(DOCUMENTS)
    together = as_lists(fitted.transform(DOCUMENTS))
    assert [as_lists(fitted.transform([d]))[0] for d in DOCUMENTS] == together


@each_on_text
def test_row_order_only_permutes(estimator):
    fitted = clone(estimator).fit(DOCUMENTS)
    if type(estimator) not in LEARN_IN_ORDER:
        backwards = clone(estimator).fit(DOCUMENTS[::-1])
        assert as_lists(fitted.transform(DOCUMENTS)) == as_lists(backwards.transform(DOCUMENTS))
    rows = as_lists(fitted.transform(DOCUMENTS))
    assert as_lists(fitted.transform(DOCUMENTS[::-1])) == rows[::-1]


@each_on_text
def test_pickle_and_copy_are_the_original(estimator):
    fitted = clone(estimator).fit(DOCUMENTS)
    expected = fitted.transform(DOCUMENTS)
    assert same(pickle.loads(pickle.dumps(fitted)).transform(DOCUMENTS), expected)
    assert same(copy.deepcopy(fitted).transform(DOCUMENTS), expected)


@each_on_text
def test_refit_is_a_fresh_fit(estimator):
    refitted = clone(estimator).fit(["log frog the", "toad"]).fit(DOCUMENTS)
    assert same(refitted.transform(DOCUMENTS), clone(estimator).fit(DOCUMENTS).transform(DOCUMENTS))


@each_on_text
def test_input_is_untouched_and_no_documents_give_no_rows(estimator):
    documents = list(DOCUMENTS)
    fitted = clone(estimator).fit(documents)
    width = fitted.transform(documents).shape[1:]
    assert documents == DOCUMENTS
    nothing = fitted.transform([])
    assert nothing.shape[0] == 0
    if issparse(nothing):
        assert nothing.shape[1:] == width


@pytest.mark.filterwarnings("ignore:.* concepts have vectors of zeros")  # of so few dimensions
@each_on_text
def test_threads_change_nothing(estimator):
    if "n_jobs" not in estimator.get_params(deep=False):
        pytest.skip("takes no n_jobs")
    if type(estimator) in LEARN_IN_ORDER:
        pytest.skip("its threads write to the same vectors as they come")
    documents = DOCUMENTS * 50 + ["late words come last"]
    one = clone(estimator).fit_transform(documents)
    assert same(clone(estimator).set_params(n_jobs=2).fit_transform(documents), one)
    assert same(clone(estimator).set_params(n_jobs=-1).fit_transform(documents), one)


@each_on_text
def test_mistaken_documents_are_named(estimator):
    fitted = clone(estimator).fit(DOCUMENTS)
    with pytest.raises(TypeError, match="row 1 is missing"):
        fitted.transform(["a", None])
    with pytest.raises(ValueError, match="put a single document into a list"):
        fitted.transform("a")


@pytest.mark.parametrize("estimator", [*VECTORIZERS, *COUNT_LEARNERS, *LEARNERS], ids=repr)
def test_vectorizers_take_tokens_and_refuse_to_work_unfitted(estimator):
    # scikit-learn's classes read raw documents by scikit-learn's rule.
    rule = "sklearn" if hasattr(estimator, "token_pattern") else "words"
    tokens = WordTokenizer(rule).transform(DOCUMENTS)
    fitted = clone(estimator).fit(DOCUMENTS)
    assert same(clone(estimator).fit(tokens).transform(tokens), fitted.transform(DOCUMENTS))
    # A selection of rows keeps all tokens of the vocabulary: they must not be learned from it.
    part = slice(2, None)
    assert as_lists(clone(estimator).fit(tokens[part]).transform(tokens)) == as_lists(
        clone(estimator).fit(DOCUMENTS[part]).transform(DOCUMENTS)
    )
    with pytest.raises(NotFittedError):
        clone(estimator).transform(DOCUMENTS)
    with pytest.raises(ValueError, match="no documents|is empty"):
        clone(estimator).fit([])


def test_tags_say_that_text_goes_in():
    for estimator in [*ON_TEXT, *OF_TEXT]:
        tags = get_tags(estimator).input_tags
        assert tags.string
        assert not tags.two_d_array

"""What users try first, and the message that says what to write instead."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.sparse import csr_array
from sklearn.callback import ProgressBar
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from skorch.callbacks import EarlyStopping, EpochTimer

from textvec import (
    BM25Transformer,
    CountVectorizer,
    GloVe,
    HashingVectorizer,
    KmerTokenizer,
    LearningCurveDisplay,
    NaiveForecaster,
    OneHotVectorizer,
    Ragged,
    RNNClassifier,
    RNNEncoder,
    RNNForecaster,
    RNNLanguageModel,
    RNNRegressor,
    RNNTagger,
    Seq2Seq,
    SequencePadder,
    SequenceTruncator,
    SequenceVectorizer,
    TfidfVectorizer,
    Tokens,
    Word2Vec,
    WordTokenizer,
    WordVectors,
    backtest,
    token_saliency,
    transform_blocks,
)

SMALL = {"hidden_size": 3, "embedding_dim": 4, "max_iter": 1, "random_state": 0}
X = Ragged.from_rows([[2, 3, 4], [5], [4, 2]])
LABELS = ["a", "b", "a"]
VECTORS = WordVectors(["apple", "frog", "Toad", "apply"], np.eye(4))


def classify(X=X, y=LABELS, **options):
    return RNNClassifier(**SMALL, **options).fit(X, y)


ERRORS = (TypeError, ValueError, KeyError, IndexError, AttributeError, FileNotFoundError)
MISTAKES = {
    "texts": (lambda: classify(["a b", "c", "d"]), r"make_pipeline\(SequenceVectorizer\(\)"),
    "rows of tokens": (lambda: classify([["a", "b"], ["c"], ["d"]]), "Tokens.from_lists"),
    "Tokens": (lambda: classify(Tokens.from_lists([["a"], ["c"], ["d"]])), "SequenceVectorizer"),
    "counts": (lambda: classify(csr_array(np.eye(3))), "which have no order.*SequenceVectorizer"),
    "a place that is missing": (
        lambda: classify(Ragged.from_rows([[0.1, 0.2], [0.3, np.nan], [1.0]])),
        "NaN at row 1, step 1",
    ),
    "mixed labels": (lambda: classify(y=[0, "z", 0]), "all str or all numbers"),
    "mixed objects": (lambda: classify(y=np.array([0, "z", 0], object)), "all str or all numbers"),
    "several labels": (lambda: classify(y=[["a"], ["a", "b"], []]), "MultiLabelBinarizer"),
    "a missing label": (lambda: classify(y=["a", None, "a"]), "the label of row 1 is missing"),
    "a missing token": (
        lambda: Seq2Seq(**SMALL).fit(X, [["a", None], ["b"], ["c"]]),
        "row 0 of y at step 1 is missing",
    ),
    "a device of nobody": (lambda: classify(device="gpu"), "is no device of torch"),
    "skorch's callback": (lambda: RNNClassifier().set_callbacks(EpochTimer()), "callbacks="),
    "skorch's elsewhere": (
        lambda: Word2Vec().set_callbacks(EpochTimer()),
        "networks take",
    ),
    "a class": (lambda: SequenceVectorizer().set_callbacks(ProgressBar), r"write ProgressBar\(\)"),
    "scikit-learn's callback": (lambda: classify(callbacks=[ProgressBar()]), "set_callbacks"),
    "no validation rows": (
        lambda: classify(callbacks=[EarlyStopping(monitor="valid_loss")]),
        "set early_stopping=True",
    ),
    "no file": (lambda: WordVectors.load("glove.6B.50d.txt"), "fetch_glove"),
    "swapped letters": (lambda: VECTORS["appel"], "did you mean 'apple'"),
    "a letter changed": (lambda: VECTORS.nearest("froq"), "did you mean 'frog'"),
    "another case": (lambda: VECTORS.similarity("toad", "frog"), "did you mean 'Toad'"),
    "two candidates": (lambda: VECTORS["applu"], "did you mean 'apple' or 'apply'"),
    "another display": (
        lambda: LearningCurveDisplay.from_estimator(RNNClassifier(), X, LABELS),
        "sklearn.model_selection.LearningCurveDisplay",
    ),
    "another display by name": (
        lambda: LearningCurveDisplay.from_estimator(RNNClassifier(), X=X, y=LABELS),
        "no data are taken",
    ),
    "several words": (
        lambda: VECTORS.odd_one_out(["froq", "toads", "apple"]),
        "'froq', 'toads': did you mean 'frog', in place of 'froq'",
    ),
    "a series as X": (lambda: RNNForecaster().fit(np.arange(30.0)), r"fit\(y=series\)"),
    "NaN among numbers": (lambda: classify(y=[1.0, np.nan, 0.0]), r"label of row 1 is missing"),
    "NaN in a frame's column": (lambda: classify(y=[[1.0], [0.0], [np.nan]]), "label of row 2"),
    "None among numbers": (
        lambda: RNNRegressor(**SMALL).fit(X, [1.0, None, 2.0]),
        "the number of row 1 is missing",
    ),
    "texts for validation": (
        lambda: classify().fit(X, LABELS, X_val=["a b", "c"], y_val=["a", "b"]),
        "of X_val, which a Pipeline does not transform: X holds texts",
    ),
    "other classes later": (
        lambda: classify(warm_start=True).fit(X, ["a", "c", "a"]),
        "not in self.classes_: .*set warm_start=False",
    ),
    "one callback": (lambda: classify(callbacks=EpochTimer()), r"callbacks=\[EpochTimer\("),
    "scikit-learn's one": (lambda: classify(callbacks=ProgressBar()), "set_callbacks"),
    "Keras' name in set_params": (
        lambda: RNNClassifier().set_params(epochs=3),
        "RNNClassifier has no parameter 'epochs': here it is max_iter",
    ),
    "in a pipeline, too": (
        lambda: make_pipeline(RNNClassifier()).set_params(rnnclassifier__hiden_size=3),
        "'hiden_size': did you mean hidden_size",
    ),
    "no peer's name": (lambda: RNNClassifier().set_params(xyzzy=3), "Valid parameters are"),
    "lower": (lambda: WordTokenizer(lower=False), "here it is lowercase"),
    "texts to pad": (lambda: SequencePadder(3).fit(["a b", "c"]), "SequenceVectorizer"),
    "a length of no machine": (
        lambda: SequencePadder(2**62).fit_transform(X),
        r"length=4611686018427387904 makes .* TB of 3 rows",
    ),
    "rows for a linear model": (
        lambda: LogisticRegression().fit(X, LABELS),
        r"to_padded\(\).*TfidfVectorizer\(\)",
    ),
    "a column of rows": (lambda: X[:, 0], r"rows.to_padded\(\)\[:, j\]"),
    "several documents in a call": (lambda: WordTokenizer()(["a", "b"]), "transform"),
    "a missing text": (lambda: SequenceVectorizer().fit([None, "a"]), 'missing="empty"'),
    "counts in a frame": (
        lambda: make_pipeline(CountVectorizer()).set_output(transform="pandas"),
        "a sparse matrix, which no pandas frame",
    ),
    "weights in a frame": (
        lambda: BM25Transformer().set_output(transform="polars"),
        "a sparse matrix, which no polars frame",
    ),
    "one-hot rows in a frame": (
        lambda: OneHotVectorizer().set_output(transform="pandas"),
        "a sparse matrix, which no pandas frame",
    ),
    "Keras' score": (lambda: RNNClassifier().evaluate, r"here it is score\(X, y\)"),
    "Keras' compile": (lambda: RNNClassifier().compile, "use the parameters optimizer="),
    "Keras' saving": (lambda: RNNClassifier().save, r"use textvec.save\(model, path\)"),
    "Keras' word_index": (lambda: SequenceVectorizer().word_index, "here it is vocabulary_"),
    "gensim's wv": (lambda: Word2Vec().wv, "here it is vectors_"),
    "gensim's query of a model": (lambda: Word2Vec().most_similar, r"vectors_.nearest\(word\)"),
    "gensim's query": (lambda: VECTORS.most_similar, r"here it is nearest\(word\)"),
    "what no class has": (lambda: RNNClassifier().most_similar, "'most_similar'$"),
    "what is there on a condition": (
        lambda: OneHotVectorizer(output="sequence").get_feature_names_out,
        "This 'OneHotVectorizer' has no attribute",
    ),
    "Keras' epochs in fit": (
        lambda: RNNClassifier().fit(X, LABELS, epochs=3),
        r"RNNClassifier.fit has no argument 'epochs': .* RNNClassifier\(max_iter=...\)",
    ),
    "Keras' batch_size in fit": (
        lambda: RNNClassifier().fit(X, LABELS, batch_size=8),
        r"it is a parameter, as in RNNClassifier\(batch_size=...\)",
    ),
    "Keras' validation_data": (
        lambda: RNNClassifier().fit(X, LABELS, validation_data=(X, LABELS)),
        "here they are X_val=... and y_val=...",
    ),
    "gensim's epochs in fit": (
        lambda: Word2Vec().fit([["a"]], epochs=3),
        r"Word2Vec.fit has no argument .* Word2Vec\(max_iter=...\)",
    ),
    "a class to explain": (
        lambda: token_saliency(RNNClassifier, X),
        "takes a fitted network, got the class RNNClassifier itself",
    ),
    "cv of text": (
        lambda: backtest(NaiveForecaster(), np.arange(9.0), cv="a"),
        "cv must be an int, a splitter or an iterable of splits, got 'a'",
    ),
    "a device without numbers": (lambda: classify(device="meta"), "device='meta' holds no numbers"),
    "one text": (lambda: transform_blocks(CountVectorizer().fit(["a frog"]), "a frog"), "list"),
    "no labels": (lambda: RNNClassifier().fit(X), "RNNClassifier.fit needs y"),
    "nothing": (lambda: RNNClassifier().fit(), "RNNClassifier.fit needs X and y"),
    "a size without its name": (
        lambda: RNNClassifier(64),
        "pass parameters by name, such as .*=...",
    ),
    "an argument of nobody": (
        lambda: SequenceVectorizer().fit(["a"], xyzzy=3),
        "SequenceVectorizer.fit has no argument 'xyzzy'.$",
    ),
    "a drop-in's parameter": (lambda: CountVectorizer(ngrams=2), "here it is ngram_range"),
    "a drop-in's parameter, misspelt": (
        lambda: TfidfVectorizer(max_feature=2),
        "did you mean max_features",
    ),
    "documents in a drop-in": (
        lambda: HashingVectorizer(["a b"]),
        r"data go to fit, as in HashingVectorizer\(...\).fit\(X\)",
    ),
    "torchtext's GloVe": (lambda: GloVe(name="6B"), "fetch_glove"),
    "no rows": (lambda: classify([], []), r"0 sample\(s\)"),
    "a text among rows of tokens": (
        lambda: SequenceVectorizer().fit([["a"], "b c"]),
        "got str for row 1: 'b c'. Put a single one into a list",
    ),
    "codes that are numbers": (
        lambda: SequenceVectorizer().fit([[250, 401]]),
        r"among the tokens of row 0: 250. .* as by str\(code\)",
    ),
    "a token that is missing": (
        lambda: SequenceVectorizer().fit([["a", None]]),
        "row 0: None. Leave out what is missing",
    ),
    "steps as X": (
        lambda: RNNForecaster(max_iter=1).fit(y=np.arange(30.0)).predict(12),
        "horizon=12",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_the_message_says_what_to_write(name):
    make, message = MISTAKES[name]
    with pytest.raises(ERRORS, match=message):
        make()


NETWORKS = {
    "RNNClassifier": lambda: classify(),
    "RNNTagger": lambda: RNNTagger(**SMALL).fit(X, [["a", "b", "a"], ["b"], ["b", "b"]]),
    "Seq2Seq": lambda: Seq2Seq(**SMALL).fit(X, [["a"], ["b"], ["a"]]),
    "RNNLanguageModel": lambda: RNNLanguageModel(**SMALL).fit(X),
}
NO_ROWS = {
    "None": ([None], r"contains NaN: None at row 0"),
    "NA": ([pd.NA], "contains NaN: <NA> at row 0"),
    "NaN": ([np.nan], "contains NaN: nan at row 0"),
    "None among rows": ([[2, 3], None], "row 1 of X is None, expected a row"),
    "None in a row": ([[None]], "contains NaN: None at row 0, step 0"),
    "a dict": ([{}], "row 0 is a dict, not items in order: pass its values as a list"),
    "one row": ([5, 3], r"got 1D array.* \[X\], is one sequence"),
    "a number": (5, "X must come as a list or an array, got int: 5"),
    "bytes": ([b"x"], "X holds texts|got texts"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_no_row_is_named_as_what_it_is(name):
    model = NETWORKS[name]()
    predict = model.score if name == "RNNLanguageModel" else model.predict
    for X, message in NO_ROWS.values():
        with pytest.raises(ERRORS, match=message):
            predict(X)


def test_a_language_model_of_ids_reads_lists():
    rows = X.to_list()
    model = RNNLanguageModel(**SMALL).fit(rows)
    assert model.score(rows) == RNNLanguageModel(**SMALL).fit(X).score(X)


def test_attributes_that_are_missing_are_missing():
    assert not hasattr(RNNClassifier(), "evaluate")
    assert not hasattr(VECTORS, "wv")
    with pytest.raises(AttributeError) as raised:
        RNNClassifier().evaluate  # noqa: B018
    assert raised.value.name == "evaluate"


def test_pipelines_of_sequences_may_return_frames():
    steps = WordTokenizer(), SequenceVectorizer(), SequenceTruncator(2), SequencePadder(2)
    encoder = RNNEncoder(RNNClassifier(**SMALL))
    model = make_pipeline(*steps, encoder).set_output(transform="pandas")
    frame = model.fit_transform(["a b", "c", "d a b"], LABELS)
    assert frame.columns[0] == "rnnencoder0"
    model.set_output(transform="default")
    np.testing.assert_array_equal(model.transform(["a b", "c", "d a b"]), frame)
    assert isinstance(model[:2].transform(["a"]), Ragged)


WITHOUT_TORCH = """
import sys
class Finder:
    def find_spec(self, name, path, target=None):
        if name == "torch":
            raise ModuleNotFoundError("No module named 'torch'", name="torch")
sys.meta_path.insert(0, Finder())
from textvec import RNNClassifier
"""


def test_a_network_without_torch_names_the_extra():
    command = [sys.executable, "-c", WITHOUT_TORCH]
    run = subprocess.run(command, capture_output=True, text=True)
    last = run.stderr.strip().splitlines()[-1]
    remedy = "pip install 'textvec-learn[rnn]'"
    assert last == f"ImportError: RNNClassifier needs the package 'torch': {remedy}"


def test_a_tokenizer_in_a_drop_in_warns_of_nothing():
    vectorizer = CountVectorizer(tokenizer=KmerTokenizer(2))  # warnings are errors
    assert vectorizer.fit_transform(["acgt"]).shape == (1, 3)
    with pytest.warns(UserWarning, match="'token_pattern' will not be used"):
        vectorizer.set_params(token_pattern="a.").fit(["acgt"])
    with pytest.warns(UserWarning, match="'token_pattern' will not be used"):
        CountVectorizer(tokenizer=str.split).fit(["acgt"])  # as scikit-learn has it


def test_capitals_lost_before_the_tokenizer():
    tokenizer = KmerTokenizer(2, alphabet="ACGT")
    lost = pytest.warns(UserWarning, match="lowercase=False to CountVectorizer, TfidfVectorizer or")
    with lost, pytest.raises(ValueError, match="lowercase=True had lower-cased"):
        CountVectorizer(tokenizer=tokenizer).fit(["ACGT"])
    with lost:
        assert not HashingVectorizer(tokenizer=tokenizer).transform(["ACGT"]).nnz


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("device", ["cuda", "cuda:1", "mps"])
def test_devices_that_are_not_there(device):
    with pytest.raises(ValueError, match=r"device='.*', but torch finds no .*device='auto'"):
        classify(device=device)


@pytest.mark.parametrize(
    "X",
    [
        np.array([[2.0, 3, 0], [3, 4, 5], [1, 0, 0]]),
        np.array([[2.0, 3, 7], [3, 4, 5], [1, 8, 8]]),
        Ragged.from_rows([[2.0, 3.0], [4.0], [5.0]]),
    ],
)
def test_ids_that_became_floats(X):
    with pytest.warns(UserWarning, match=r"If they are ids, pass them as integers"):
        classify(X)
    if isinstance(X, np.ndarray):
        classify(X[:, :, None])  # series, without a warning


def test_ids_beside_numbers():
    rng = np.random.default_rng(0)
    ids, numbers = rng.integers(0, 9, (8, 4)), rng.normal(size=(8, 2))
    y = ["a", "b"] * 4
    with pytest.warns(UserWarning, match="most of its columns hold whole numbers as ids are"):
        classify(np.hstack([ids, numbers]), y)
    classify(np.hstack([numbers, numbers, ids[:, :1]]), y)  # of series, a column may be whole
    classify(rng.normal(size=(8, 6)).round(1), y)


def test_vectors_that_are_not_there():
    with pytest.raises(FileNotFoundError, match="'mine.bin'") as e:
        WordVectors.load("mine.bin")
    assert "glove" not in str(e.value)


def test_one_hot_labels():
    with pytest.warns(UserWarning, match=r"pass y.argmax\(axis=1\)"):
        classify(y=np.eye(3))
    classify(y=[[1, 1], [0, 1], [0, 0]])


def test_ids_of_another_vectorizer():
    model = classify(SequenceVectorizer().fit_transform(["a b", "c", "d"]))
    with pytest.warns(UserWarning, match="do they come from the same vectorizer"):
        model.predict(SequenceVectorizer().fit_transform(["x", "y", "x"]))


def test_x_and_y_padded_on_opposite_sides():
    ids = np.array([[0, 0, 2, 3], [0, 2, 3, 4], [2, 3, 4, 5]])
    behind = [["a", "b", "-", "-"], ["a", "a", "b", "-"], ["a", "b", "b", "a"]]
    before = [["-", "-", "a", "b"], ["-", "a", "a", "b"], ["a", "b", "b", "a"]]
    with pytest.warns(UserWarning, match="padded on the same side"):
        RNNTagger(**SMALL).fit(ids, behind)
    assert RNNTagger(**SMALL).fit(ids, before).classes_.tolist() == ["a", "b"]


def test_labels_that_differ_by_a_nul():
    assert classify(y=["a", "a\0", "a"]).classes_.tolist() == ["a", "a\0"]
    tagger = RNNTagger(**SMALL).fit(X, [["a", "a\0", "b"], ["a"], ["b", "a"]])
    assert tagger.classes_.tolist() == ["a", "a\0", "b"]

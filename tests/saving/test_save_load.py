"""Estimators and containers, saved and loaded, in this process and in another."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import loguniform, randint
from sklearn.base import BaseEstimator, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, StratifiedKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer
from skorch.callbacks import LRScheduler

import textvec
from textvec import (
    CountVectorizer,
    EmbeddingVectorizer,
    FunctionTokenizer,
    NBLogCountRatio,
    RNNClassifier,
    RNNRegressor,
    SequenceVectorizer,
    TfidfVectorizer,
    WordTokenizer,
    WordVectors,
    load,
    save,
)

from .models import CONTAINERS, DOCUMENTS, IDS, LABELS, MODELS, RECURRENT, SCHEDULED, TARGET

ROOT = Path(__file__).parents[2]
RESTARTS = LRScheduler(torch.optim.lr_scheduler.CosineAnnealingWarmRestarts, T_0=2)


def again(estimator, tmp_path, **options):
    save(estimator, tmp_path / "model", **options)
    trusted = {n: v for n, v in options.items() if n == "trusted"}
    return load(tmp_path / "model", **trusted)


def test_every_public_estimator_is_in_the_table():
    public = {getattr(textvec, name) for name in textvec._PUBLIC}
    estimators = {c for c in public if isinstance(c, type) and issubclass(c, BaseEstimator)}
    assert estimators <= {type(case.estimator) for case in MODELS.values()}


@pytest.mark.parametrize("name", MODELS)
def test_a_loaded_model_predicts_the_same_bits(name, tmp_path):
    case = MODELS[name]
    model = case.fitted()
    expected = case.results(model)
    loaded = again(model, tmp_path)
    assert case.results(loaded) == expected
    addresses = re.compile("0x[0-9a-f]+")
    shown = [addresses.sub("", repr(each.get_params())) for each in (loaded, model)]
    assert shown[0] == shown[1]
    written = (tmp_path / "model").read_bytes()
    save(loaded, tmp_path / "once more")
    assert (tmp_path / "once more").read_bytes() == written  # and nothing is lost on the way
    assert case.results(loaded) == expected


@pytest.mark.parametrize("name", MODELS)
def test_an_estimator_is_saved_before_fit_as_well(name, tmp_path):
    case = MODELS[name]
    loaded = again(clone(case.estimator), tmp_path)
    assert case.results(loaded.fit(case.X, case.y)) == case.results(case.fitted())


@pytest.mark.parametrize("name", CONTAINERS)
def test_containers(name, tmp_path):
    container = CONTAINERS[name]()
    assert again(container, tmp_path) == container


def test_another_process_predicts_the_same_bits(tmp_path):
    """In another locale and folder, with other hashes of strings."""
    expected = {}
    for name, case in MODELS.items():
        model = case.fitted()
        save(model, tmp_path / name)
        expected[name] = case.results(model)
    code = (
        f"import sys, json; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from textvec import load; from models import MODELS\n"
        f"from pathlib import Path; folder = Path({str(tmp_path)!r})\n"
        "print(json.dumps({n: c.results(load(folder / n)) for n, c in MODELS.items()}))"
    )
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))},
        **{"LC_ALL": "C", "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "0"},
    }
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=environment, cwd=tmp_path, text=True
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    for name in MODELS:
        assert found[name] == json.loads(json.dumps(expected[name])), name


def test_a_loaded_network_predicts_without_an_optimizer(tmp_path):
    """The first one of a process makes torch import its compiler."""
    save(MODELS["rnn_classifier"].fitted(), tmp_path / "model")
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from textvec import load; from models import MODELS\n"
        f"model = load({str(tmp_path / 'model')!r})\n"
        "MODELS['rnn_classifier'].results(model)\n"
        "assert 'torch._dynamo' not in sys.modules\n"
        "assert model.net_.optimizer_.param_groups\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment)
    assert run.returncode == 0, run.stderr


def words(text):
    return text.lower().split()


def one_more(X):
    return X * 2


class Shouting(WordTokenizer):
    def transform(self, X):
        return super().transform([text.upper() for text in X])


RNN = make_pipeline(SequenceVectorizer(), RNNClassifier(**RECURRENT))
BAG = make_pipeline(TfidfVectorizer(), LogisticRegression())
NB = make_pipeline(CountVectorizer(), NBLogCountRatio(), SGDClassifier(random_state=0))
MANY = DOCUMENTS * 3
META = {
    "pipeline": (BAG, LABELS),
    "neighbors": (make_pipeline(TfidfVectorizer(), KNeighborsClassifier(2)), LABELS),
    "union": (
        make_pipeline(
            FeatureUnion([("a", CountVectorizer()), ("b", TfidfVectorizer(analyzer="char"))]),
            LogisticRegression(),
        ),
        LABELS,
    ),
    "grid": (GridSearchCV(RNN, {"rnnclassifier__hidden_size": [2, 3]}, cv=2), LABELS),
    "grid with a scorer": (
        GridSearchCV(
            BAG,
            {"logisticregression__C": [1, 2], "tfidfvectorizer__norm": [None, "l1"]},
            cv=StratifiedKFold(2),
            scoring=make_scorer(f1_score, pos_label="yes"),
        ),
        LABELS,
    ),
    "random": (
        RandomizedSearchCV(
            BAG,
            {
                "logisticregression__C": loguniform(0.1, 10),
                "tfidfvectorizer__min_df": randint(1, 2),
            },
            n_iter=2,
            cv=2,
            random_state=np.random.RandomState(0),
        ),
        LABELS,
    ),
    "voting": (VotingClassifier([("rnn", RNN), ("bag", BAG)], voting="soft"), LABELS),
    "stacking": (StackingClassifier([("nb", NB), ("bag", BAG)], cv=2), LABELS),
    "calibrated": (CalibratedClassifierCV(NB, cv=2), LABELS),
    "frozen": (FrozenEstimator(clone(BAG).fit(MANY, np.tile(LABELS, 3))), LABELS),
    "one vs rest": (make_pipeline(CountVectorizer(), OneVsRestClassifier(SGDClassifier())), LABELS),
    "target": (
        make_pipeline(TfidfVectorizer(), TransformedTargetRegressor(Ridge())),
        TARGET,
    ),
    "network target": (
        make_pipeline(SequenceVectorizer(), TransformedTargetRegressor(RNNRegressor(**RECURRENT))),
        TARGET,
    ),
    "ufunc": (make_pipeline(CountVectorizer(), FunctionTransformer(np.sqrt), Ridge()), TARGET),
    "outputs": (
        make_pipeline(TfidfVectorizer(), MultiOutputClassifier(SGDClassifier(random_state=0))),
        np.column_stack([LABELS, LABELS[::-1]]),
    ),
}


@pytest.mark.parametrize("name", META)
def test_estimators_of_scikit_learn_that_hold_ours(name, tmp_path):
    estimator, y = META[name]
    y = np.tile(y, (3, 1) if y.ndim > 1 else 3)
    model = estimator if name == "frozen" else clone(estimator).fit(MANY, y)
    loaded = again(model, tmp_path)
    np.testing.assert_array_equal(loaded.predict(MANY), model.predict(MANY))
    assert type(loaded) is type(model)
    if hasattr(model, "cv_results_"):
        np.testing.assert_array_equal(
            loaded.cv_results_["mean_test_score"], model.cv_results_["mean_test_score"]
        )
        assert loaded.score(MANY, y) == model.score(MANY, y)


@pytest.mark.parametrize("name", ["neighbors", "random"])
def test_parts_of_scikit_learn_are_the_same_bytes_each_time(name, tmp_path):
    estimator, y = META[name]
    model = clone(estimator).fit(MANY, np.tile(y, 3))
    loaded = again(model, tmp_path)
    written = (tmp_path / "model").read_bytes()
    for same in (model, loaded):
        save(same, tmp_path / "again")
        assert (tmp_path / "again").read_bytes() == written


def test_column_transformer(tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"text": DOCUMENTS, "other": DOCUMENTS[::-1], "n": TARGET})
    model = ColumnTransformer(
        [("a", CountVectorizer(), "text"), ("b", TfidfVectorizer(), "other")],
        remainder="passthrough",
    ).fit(frame)
    loaded = again(model, tmp_path)
    assert (loaded.transform(frame) != model.transform(frame)).nnz == 0
    assert loaded.get_feature_names_out().tolist() == model.get_feature_names_out().tolist()


# --- what is code ------------------------------------------------------------------------------


def test_a_function_is_refused_by_its_parameter_with_the_way_out(tmp_path):
    model = make_pipeline(
        SequenceVectorizer(tokenizer=FunctionTokenizer(words)), RNNClassifier(**RECURRENT)
    ).fit(DOCUMENTS, LABELS)
    message = r"sequencevectorizer__tokenizer__func is .*:words, .* trusted=\[words\]"
    with pytest.raises(TypeError, match=message):
        save(model, tmp_path / "model")
    assert not list(tmp_path.iterdir())
    save(model, tmp_path / "model", trusted=[words])
    with pytest.raises(TypeError, match=r"needs code .*:words"):
        load(tmp_path / "model")
    expected = model.predict_proba(DOCUMENTS)
    for trusted in ([words], {f"{__name__}:words": words}):
        loaded = load(tmp_path / "model", trusted=trusted)
        np.testing.assert_array_equal(loaded.predict_proba(DOCUMENTS), expected)


def test_names_are_imported(tmp_path):
    model = FunctionTokenizer(os.path.basename)
    name = f"{os.path.basename.__module__}:basename"
    assert again(model, tmp_path, trusted=[name]).func is os.path.basename


def test_a_lambda_is_given_a_name(tmp_path):
    cut = lambda text: text.split("o")  # noqa: E731
    model = CountVectorizer(analyzer=cut).fit(DOCUMENTS)
    with pytest.raises(TypeError, match=r"the parameter analyzer .*trusted=\{'my name'"):
        save(model, tmp_path / "model")
    with pytest.raises(ValueError, match="no name of its own"):
        save(model, tmp_path / "model", trusted=[cut])
    loaded = again(model, tmp_path, trusted={"at o": cut})
    assert loaded.get_params()["analyzer"] is cut
    with pytest.raises(TypeError, match=r"'at o'"):
        load(tmp_path / "model", trusted=[words])


def test_classes_of_the_user(tmp_path):
    model = make_pipeline(Shouting(lowercase=False), CountVectorizer()).fit(DOCUMENTS)
    with pytest.raises(TypeError, match="steps/0/1/kw_args/x is an object of .*Shouting"):
        save(
            Pipeline([("a", FunctionTransformer(None, kw_args={"x": Shouting()}))]), tmp_path / "m"
        )
    with pytest.raises(TypeError, match="the parameter shouting is an object of .*Shouting"):
        save(model, tmp_path / "m")
    loaded = again(model, tmp_path, trusted=[Shouting])
    assert (loaded.transform(DOCUMENTS) != model.transform(DOCUMENTS)).nnz == 0


@pytest.mark.parametrize("trusted", ["os:system", [3], ["os"], ["os:nothing"], {3: words}, 5])
def test_what_can_t_be_trusted(trusted, tmp_path):
    with pytest.raises((TypeError, ValueError), match="trusted"):
        save(WordTokenizer(), tmp_path / "model", trusted=trusted)


def test_what_skops_does_not_trust_is_refused_with_the_way_out(tmp_path):
    from sklearn.tree import DecisionTreeClassifier

    model = make_pipeline(CountVectorizer(), DecisionTreeClassifier(random_state=0))
    model.fit(DOCUMENTS, LABELS)
    name = "sklearn.tree._tree:Tree"
    with pytest.raises(TypeError, match=name):
        save(model, tmp_path / "model")
    loaded = again(model, tmp_path, trusted=[name])
    assert loaded.predict(DOCUMENTS).tolist() == model.predict(DOCUMENTS).tolist()
    with pytest.raises(ValueError, match="damaged|trusted"):
        load(tmp_path / "model")


# --- training continues ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        SCHEDULED,
        {**SCHEDULED, "average": False},
        {**RECURRENT, "dropout": 0.4, "optimizer": "sgd"},
        {**RECURRENT, "optimizer": torch.optim.NAdam, "callbacks": [RESTARTS]},
    ],
)
@pytest.mark.parametrize("how", ["partial_fit", "warm_start"])
def test_training_goes_on_to_the_same_bits(options, how, tmp_path):
    model = RNNClassifier(cell="lstm", **options).fit(IDS, LABELS)
    loaded = again(model, tmp_path, training_state=True)

    def more(estimator):
        if how == "partial_fit":
            return estimator.partial_fit(IDS, LABELS).partial_fit(IDS, LABELS)
        return estimator.set_params(warm_start=True).fit(IDS, LABELS)

    expected = more(model)
    found = more(loaded)
    assert found.loss_curve_ == expected.loss_curve_
    np.testing.assert_array_equal(found.predict_proba(IDS), expected.predict_proba(IDS))


@pytest.mark.parametrize(("n_words", "least", "most"), [(2000, 2.9, 4.1), (2, 1.0, 1.2)])
def test_without_its_training_state_a_network_is_its_weights(n_words, least, most, tmp_path):
    words = [f"w{i}" for i in range(2000)]
    vectors = WordVectors(words, np.ones((2000, 100), np.float32))
    model = RNNClassifier(fine_tune=True, hidden_size=2, max_iter=1, random_state=0)
    documents = [" ".join(words[:n_words]), "w3", "w4 w5 w6", "w7"]
    X = EmbeddingVectorizer(vectors).fit_transform(documents)
    model.fit(X, [0, 1, 0, 1])
    n_weights = sum(p.numel() * 4 for p in model.net_.module_.parameters())
    save(model, tmp_path / "small")
    save(model, tmp_path / "large", training_state=True)
    assert (tmp_path / "small").stat().st_size < 1.05 * n_weights
    large = (tmp_path / "large").stat().st_size
    assert least * n_weights < large < most * n_weights  # its state is that of the words in use
    loaded = load(tmp_path / "small").partial_fit(X, [0, 1, 0, 1])  # with new moments
    assert loaded.n_iter_ == 2


# --- the file ----------------------------------------------------------------------------------


def test_tables_are_stored_once_and_mapped(tmp_path):
    rng = np.random.default_rng(0)
    vectors = WordVectors(
        [f"w{i}" for i in range(5000)], rng.normal(size=(5000, 40)).astype(np.float32)
    )
    union = FeatureUnion(
        [
            ("a", EmbeddingVectorizer(vectors, pooling="mean")),
            ("b", EmbeddingVectorizer(vectors, pooling="max")),
        ]
    ).fit(["w1 w2", "w3"])
    save(union, tmp_path / "model")
    assert (tmp_path / "model").stat().st_size < 1.05 * vectors.matrix.nbytes + 60_000
    loaded = load(tmp_path / "model")
    tables = [loaded.transformer_list[i][1].table_ for i in range(2)]
    assert np.shares_memory(*tables)
    assert not tables[0].flags.writeable
    assert not isinstance(tables[0].base.base, np.ndarray)  # but a map of the file
    np.testing.assert_array_equal(loaded.transform(["w1 w9"]), union.transform(["w1 w9"]))
    # A new file in the place of one that is mapped does not change what was loaded.
    before = loaded.transform(["w1 w9"])
    save(WordTokenizer(), tmp_path / "model")
    np.testing.assert_array_equal(loaded.transform(["w1 w9"]), before)


def test_a_kill_leaves_the_old_file(tmp_path):
    path = tmp_path / "model"
    save(CountVectorizer().fit(["old"]), path)
    code = (
        "import os, numpy as np\n"
        "from textvec import save, WordVectors\n"
        "def die(*args): os.kill(os.getpid(), 9)\n"
        "import textvec._storage._files as files; files.os.replace = die\n"
        f"save(WordVectors(['a'], np.ones((1, 3))), {str(path)!r})"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert run.returncode != 0
    assert load(path).get_feature_names_out().tolist() == ["old"]


def test_an_error_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "model"
    save(CountVectorizer().fit(["old"]), path)
    with pytest.raises(TypeError):
        save(FunctionTokenizer(words), path)
    assert [p.name for p in tmp_path.iterdir()] == ["model"]
    assert load(path).get_feature_names_out().tolist() == ["old"]


def test_the_file_is_one_of_safetensors(tmp_path):
    safetensors = pytest.importorskip("safetensors.numpy")
    vectorizer = CountVectorizer().fit(DOCUMENTS)
    save(vectorizer, tmp_path / "model")
    found = safetensors.load_file(tmp_path / "model")
    assert bytes(found["vocabulary_/buffer"]).decode() == "".join(
        vectorizer.get_feature_names_out()
    )


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(
    "values",
    [
        np.arange(6, dtype="f2").reshape(2, 3),
        np.arange(6, dtype="c16").reshape(2, 3),
        np.array([["a", "กบ"], ["", "ab"]]),
        np.array([[b"a", b"xyz"]]),
        np.array([["2020-01-01", "NaT"]], "M8[D]"),
        np.array([[1, "a", None, 2.5, (1, "b")]], dtype=object),
        np.ma.MaskedArray([[1.0, 2.0]], [[True, False]]),
        np.zeros((0, 3), np.int64),
        np.array([True, False]),
        np.array(3.5),
    ],
    ids=lambda a: str(a.dtype),
)
def test_arrays_of_every_kind(values, order, tmp_path):
    array = np.asanyarray(values, order=order)
    found = again(LogisticRegression(class_weight={"array": array}), tmp_path).class_weight["array"]
    assert (type(found), found.dtype, found.shape) == (type(array), array.dtype, array.shape)
    assert found.flags.f_contiguous == array.flags.f_contiguous
    np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize(
    "value",
    [
        *(float("inf"), -0.0, 1e-320, 2**70, "\ud800 \0 กบ", b"\x00\xff", (1, (2,)), {3, 1}),
        *(frozenset("a"), {1: "a", (2, 3): None}, slice(1, None), np.float32(0.1), np.int8(3)),
        *(np.str_("x"), np.dtype("i2"), np.float64, int, Path("a/b"), np.datetime64("2020", "Y")),
    ],
    ids=repr,
)
def test_values_of_every_kind(value, tmp_path):
    found = again(LogisticRegression(class_weight=[value]), tmp_path).class_weight[0]
    assert (type(found), found) == (type(value), value)


def test_what_holds_itself_is_refused(tmp_path):
    model = FunctionTransformer(kw_args={})
    model.kw_args["self"] = model
    with pytest.raises(TypeError, match="holds itself"):
        save(model, tmp_path / "model")

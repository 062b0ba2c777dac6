"""What users build of scikit-learn around estimators of ours: saved, read in another process."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sklearn
from joblib import Memory
from scipy.stats import loguniform, uniform
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import RFECV, SelectKBest, SelectPercentile, mutual_info_classif
from sklearn.frozen import FrozenEstimator
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.gaussian_process.kernels import RBF, ConstantKernel
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.metrics import accuracy_score, f1_score, make_scorer
from sklearn.metrics.pairwise import linear_kernel
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    HalvingGridSearchCV,
    PredefinedSplit,
    RandomizedSearchCV,
    StratifiedKFold,
    TunedThresholdClassifierCV,
)
from sklearn.multiclass import OneVsOneClassifier, OutputCodeClassifier
from sklearn.multioutput import ClassifierChain
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    OneHotEncoder,
    SplineTransformer,
    StandardScaler,
    normalize,
)
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.svm import SVC

from textvec import (
    CountVectorizer,
    DocumentDistance,
    EmbeddingVectorizer,
    HashingVectorizer,
    RNNClassifier,
    SequenceVectorizer,
    TfidfVectorizer,
    load,
    save,
)

from .models import DOCUMENTS, LABELS, PLAIN_VECTORS, RECURRENT, TARGET

# Models of a few texts: their fits are short on purpose.
pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:.*tokens have no vector"),
    pytest.mark.filterwarnings("ignore:The optimal value found"),
]
ROOT = Path(__file__).parents[2]
TEXTS = DOCUMENTS * 3
Y = np.tile(LABELS, 3)
NUMBERS = np.tile(TARGET + 2, 3)
TWO = np.column_stack([NUMBERS > 1, NUMBERS > 3]).astype(int)
BAG = make_pipeline(TfidfVectorizer(), LogisticRegression())
RNN = make_pipeline(SequenceVectorizer(), RNNClassifier(**RECURRENT))
C = {"logisticregression__C": [1, 2, 3]}
VECTORS = EmbeddingVectorizer(PLAIN_VECTORS, pooling="mean")


def on_counts(*steps):
    return make_pipeline(CountVectorizer(), *steps)


def of_columns(**options):
    columns = [("a", CountVectorizer(), "text"), ("d", "drop", ["m"])]
    return make_pipeline(ColumnTransformer(columns, **options), LogisticRegression())


SELECTED = ColumnTransformer(
    [
        ("a", CountVectorizer(), "text"),
        ("n", MinMaxScaler(), make_column_selector(dtype_include=np.number)),
        ("c", OneHotEncoder(), make_column_selector(pattern="^c")),
        ("s", "passthrough", slice("n", "m")),
    ]
)
SEARCHES = {
    "grid of estimators": GridSearchCV(
        BAG, [{"tfidfvectorizer": [TfidfVectorizer(), CountVectorizer()]}, C], cv=2
    ),
    "grid of metrics": GridSearchCV(
        BAG,
        C,
        cv=StratifiedKFold(2, shuffle=True, random_state=np.random.RandomState(0)),
        scoring={"a": "accuracy", "f": make_scorer(f1_score, pos_label="yes")},
        refit="f",
    ),
    "grid of splits": GridSearchCV(
        BAG, C, cv=[(np.arange(9), np.arange(9, 18)), (np.arange(9, 18), np.arange(9))]
    ),
    "grid of a predefined split": GridSearchCV(BAG, C, cv=PredefinedSplit(np.arange(18) % 2)),
    "halving": HalvingGridSearchCV(BAG, C, cv=2, random_state=0, min_resources=8),
    "distributions": RandomizedSearchCV(
        RNN,
        {
            "rnnclassifier__learning_rate_init": loguniform(1e-3, 1e-1),
            "rnnclassifier__dropout": uniform(0, 0.5),
        },
        n_iter=2,
        cv=2,
        random_state=0,
    ),
    "threshold": TunedThresholdClassifierCV(BAG, cv=2, store_cv_results=True),
}
ON_TEXTS = {
    **SEARCHES,
    "cached": Pipeline([("a", TfidfVectorizer()), ("n", None), ("b", LogisticRegression())]),
    "nested union": make_pipeline(
        FeatureUnion(
            [
                ("x", FeatureUnion([("h", HashingVectorizer(n_features=32)), ("d", "drop")])),
                ("t", TfidfVectorizer(analyzer="char")),
            ],
            transformer_weights={"x": 2.0},
        ),
        LogisticRegression(),
    ),
    "voting": VotingClassifier([("a", BAG), ("b", "drop"), ("r", RNN)], voting="soft"),
    "stacking": StackingClassifier([("a", BAG), ("r", RNN)], SVC(), cv=2),
    "isotonic": CalibratedClassifierCV(BAG, method="isotonic", cv=2),
    "temperature": CalibratedClassifierCV(RNN, method="temperature", cv=2),
    "fixed threshold": FixedThresholdClassifier(BAG, threshold=0.3, pos_label="yes"),
    "one vs one": on_counts(OneVsOneClassifier(SGDClassifier(random_state=0))),
    "codes": on_counts(OutputCodeClassifier(LogisticRegression(), random_state=0)),
    "bagging": on_counts(BaggingClassifier(LogisticRegression(), 3, random_state=0)),
    "boosting": on_counts(AdaBoostClassifier(LogisticRegression(), n_estimators=3)),
    "elimination": on_counts(RFECV(LogisticRegression(), cv=2, step=3)),
    "best": on_counts(SelectKBest(k=3), LogisticRegression()),
    "mutual": on_counts(SelectPercentile(mutual_info_classif), LogisticRegression()),
    "functions": on_counts(
        FunctionTransformer(np.log1p, inverse_func=np.expm1),
        FunctionTransformer(normalize, kw_args={"norm": "l1"}),
        SVC(kernel=linear_kernel),
    ),
    "network": on_counts(MLPClassifier((3,), max_iter=2, random_state=np.random.RandomState(0))),
    "process": make_pipeline(VECTORS, GaussianProcessClassifier(ConstantKernel() * RBF())),
    "distances": make_pipeline(
        DocumentDistance(PLAIN_VECTORS), KNeighborsClassifier(2, metric="precomputed")
    ),
}
OTHERS = {
    "self-training": (
        on_counts(SelfTrainingClassifier(LogisticRegression())),
        np.array([0, 1, -1] * 6),
    ),
    "chain": (on_counts(ClassifierChain(LogisticRegression(), order=[1, 0])), TWO),
    "logarithm": (
        TransformedTargetRegressor(
            on_counts(Ridge()), func=np.log, inverse_func=np.exp, check_inverse=False
        ),
        NUMBERS,
    ),
}
ALL = {**{name: (estimator, Y) for name, estimator in ON_TEXTS.items()}, **OTHERS}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Save all, and what they predict; return the folder."""
    folder = tmp_path_factory.mktemp("compositions")
    expected = {}
    for name, (estimator, y) in ALL.items():
        model = clone(estimator)
        if name == "cached":
            model.set_params(memory=Memory(folder / "cache", verbose=0))
        model.fit(TEXTS, y)
        save(model, folder / name)
        expected[name] = model.predict(TEXTS)
    (folder / "expected.pickle").write_bytes(pickle.dumps((TEXTS, expected)))
    return folder


@pytest.mark.parametrize("name", ALL)
def test_equal_predictions(name, saved):
    _, expected = pickle.loads((saved / "expected.pickle").read_bytes())
    loaded = load(saved / name)
    assert type(loaded) is type(ALL[name][0])
    np.testing.assert_array_equal(loaded.predict(TEXTS), expected[name])


def test_equal_predictions_in_another_process(saved):
    code = (
        "import pickle, sys; from pathlib import Path; import numpy as np; import textvec\n"
        "folder = Path(sys.argv[1])\n"
        "texts, expected = pickle.loads((folder / 'expected.pickle').read_bytes())\n"
        "for name, predicted in expected.items():\n"
        "    found = textvec.load(folder / name).predict(texts)\n"
        "    np.testing.assert_array_equal(found, predicted, err_msg=name)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-W", "ignore", "-c", code, str(saved)]
    run = subprocess.run(command, capture_output=True, env=environment, text=True, check=False)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("name", ["grid of metrics", "distributions", "halving"])
def test_results_of_searches_are_the_same(name, saved):
    model = clone(ALL[name][0]).fit(TEXTS, Y).cv_results_
    loaded = load(saved / name).cv_results_
    assert loaded.keys() == model.keys()
    for key, values in model.items():
        assert type(loaded[key]) is type(values)
        if isinstance(values, np.ma.MaskedArray):
            assert (loaded[key].dtype, str(loaded[key].fill_value)) == (
                values.dtype,
                str(values.fill_value),
            )


@pytest.mark.parametrize(
    "model",
    [
        of_columns(remainder=StandardScaler(), sparse_threshold=0),
        of_columns(remainder="passthrough", verbose_feature_names_out=False),
        make_pipeline(SELECTED, LogisticRegression()),
    ],
)
def test_columns(model, tmp_path):
    pandas = pytest.importorskip("pandas")
    if model[0] is SELECTED:
        frame = pandas.DataFrame({"text": TEXTS, "n": NUMBERS, "m": NUMBERS[::-1], "c": Y})
    else:
        frame = pandas.DataFrame({"text": TEXTS, "n": NUMBERS, "m": NUMBERS[::-1]})
    model = clone(model).fit(frame, Y)
    save(model, tmp_path / "model")
    loaded = load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict_proba(frame), model.predict_proba(frame))
    assert loaded[0].get_feature_names_out().tolist() == model[0].get_feature_names_out().tolist()


def test_requests_of_metadata(tmp_path):
    with sklearn.config_context(enable_metadata_routing=True):
        step = LogisticRegression().set_fit_request(sample_weight=True)
        scorer = make_scorer(accuracy_score).set_score_request(sample_weight=True)
        search = GridSearchCV(
            make_pipeline(TfidfVectorizer(), step), C, cv=2, scoring=scorer, refit=False
        ).fit(TEXTS, Y, sample_weight=np.arange(18.0))
        save(search, tmp_path / "model")
        loaded = load(tmp_path / "model")
        again = clone(loaded).fit(TEXTS, Y, sample_weight=np.arange(18.0))
    np.testing.assert_array_equal(
        again.cv_results_["mean_test_score"], search.cv_results_["mean_test_score"]
    )


TREE = ["sklearn.tree._tree:Tree"]


@pytest.mark.parametrize(
    ("step", "named"),
    [
        (RandomForestClassifier(3, random_state=0), "Tree"),
        (HistGradientBoostingClassifier(max_iter=2), "TreePredictor"),
        (KNeighborsClassifier(2, algorithm="kd_tree"), "KDTree"),
        (make_pipeline(SplineTransformer(), LogisticRegression()), "BSpline"),
    ],
)
def test_what_needs_trust_is_read_with_what_the_message_says(step, named, tmp_path):
    model = make_pipeline(VECTORS, step)
    model.fit(TEXTS, Y)
    with pytest.raises(TypeError, match=rf"{named}.*pass trusted=\[") as caught:
        save(model, tmp_path / "model")
    trusted = str(caught.value).partition("pass trusted=[")[2].partition("]")[0]
    names = [name.strip("' ") for name in trusted.split(",")]
    save(model, tmp_path / "model", trusted=names)
    loaded = load(tmp_path / "model", trusted=names)
    np.testing.assert_array_equal(loaded.predict(TEXTS), model.predict(TEXTS))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (GridSearchCV(BAG, C, scoring=lambda model, X, y: 1.0), r"scoring is .*'my name'"),
        (GridSearchCV(BAG, C, cv=iter([([0], [1])])), "cv is a list_iterator.* pass a list"),
        (GridSearchCV(BAG, C, cv=(pair for pair in [([0], [1])])), "cv is a generator"),
        (FunctionTransformer(np.save), "func is numpy:save"),
        (FunctionTransformer(np.fromfile), "func is .*fromfile"),
        (FunctionTransformer(os.system), "func is .*system"),
        (KNeighborsClassifier(weights=lambda d: d), "weights is"),
        (FrozenEstimator(subprocess.Popen), "estimator is subprocess:Popen"),
    ],
)
def test_what_is_refused_is_named(model, message, tmp_path):
    with pytest.raises(TypeError, match=f"the parameter .*{message}"):
        save(model, tmp_path / "model")

"""The score of classifiers, on labels of the forms that fit takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.metrics import accuracy_score

from textvec import Ragged, RNNClassifier, SequenceCNNClassifier, SequenceMLPClassifier

RNG = np.random.default_rng(0)
X = Ragged.from_rows([RNG.integers(2, 9, size=RNG.integers(1, 6)) for _ in range(20)])
LABELS = np.where([5 in row for row in X], "yes", "no")
SMALL = {"embedding_dim": 4, "max_iter": 2, "random_state": 0}
CLASSIFIERS = [
    RNNClassifier(hidden_size=4, **SMALL),
    SequenceCNNClassifier(n_filters=4, **SMALL),
    SequenceMLPClassifier(hidden_layer_sizes=(4,), **SMALL),
]
FORMS = {
    "StringDType": LABELS.astype(np.dtypes.StringDType()),
    "objects": LABELS.astype(object),
    "list": LABELS.tolist(),
    "Series": pd.Series(LABELS, index=np.arange(20)[::-1]),
    "arrow": pd.Series(LABELS, dtype="string[pyarrow]"),
    "categories": pd.Series(LABELS, dtype="category"),
    "column": LABELS[:, None],
}


@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=lambda c: type(c).__name__)
@pytest.mark.parametrize("form", FORMS)
def test_labels_of_any_form_are_fitted_and_scored(classifier, form):
    model = clone(classifier).fit(X, LABELS)
    expected = accuracy_score(LABELS, model.predict(X))
    assert model.score(X, FORMS[form]) == expected
    weights = np.arange(20.0)
    weighted = accuracy_score(LABELS, model.predict(X), sample_weight=weights)
    assert model.score(X, FORMS[form], sample_weight=weights) == weighted
    if form != "column":  # which fit takes with scikit-learn's warning
        again = clone(classifier).fit(X, FORMS[form])
        assert again.score(X, LABELS) == expected


def test_several_labels_a_row():
    y = np.column_stack([LABELS == "yes", X.lengths > 2]).astype(int)
    model = clone(CLASSIFIERS[0]).fit(X, y)
    expected = (model.predict(X) == y).all(axis=1).mean()
    assert model.score(X, y) == model.score(X, csr_array(y)) == pytest.approx(expected)

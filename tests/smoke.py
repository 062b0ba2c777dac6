"""Try an installed textvec without extras: ``python smoke.py``, outside of the checkout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import sklearn.feature_extraction.text as reference
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import textvec
from textvec.datasets import load_reviews

assert not Path(textvec.__file__).parent.with_name("setup.py").exists(), "this is the checkout"

X, y = load_reviews(return_X_y=True)
for name in ("CountVectorizer", "TfidfVectorizer", "HashingVectorizer"):
    counted = getattr(textvec, name)().fit_transform(X)
    assert (counted != getattr(reference, name)().fit_transform(X)).nnz == 0, name
ids = textvec.SequencePadder(length=20).fit_transform(textvec.SequenceVectorizer().fit_transform(X))
assert ids.shape == (len(X), 20)
model = make_pipeline(textvec.TfidfVectorizer(n_jobs=2), LogisticRegression())
accuracy = np.mean(model.fit(X[::2], y[::2]).predict(X[1::2]) == y[1::2])
assert accuracy > 0.6, accuracy
print(f"textvec {textvec.__version__} works: accuracy {accuracy:.2f}")

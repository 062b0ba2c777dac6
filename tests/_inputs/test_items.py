"""Containers of any library, opened without changing a value."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch

from textvec import NaiveForecaster, RNNClassifier, RNNLanguageModel, SequenceVectorizer
from textvec._inputs._items import items_of

WITH_GAPS = {
    "pandas": pd.DataFrame({"a": [2, None, 3]}, dtype="Int64"),
    "arrow": pd.DataFrame({"a": [2, None, 3], "b": [1, 2, 3]}, dtype="int64[pyarrow]"),
    "polars": pl.DataFrame({"a": [2, None, 3], "b": [1, 2, 3]}),
}


@pytest.mark.parametrize("name", WITH_GAPS)
def test_a_missing_integer_is_not_made_one(name):
    # A cast of NaN to an integer gives some number.
    first = items_of(WITH_GAPS[name], "X")[:, 0].tolist()
    assert [v for v in first if not pd.isna(v)] == [2, 3]
    assert pd.isna(first[1])
    with pytest.raises(ValueError, match="X contains NaN at step 1"):
        NaiveForecaster().fit(WITH_GAPS[name], [1.0, 2.0, 3.0])
    with pytest.raises((TypeError, ValueError), match=r"NaN|missing|NA"):
        RNNClassifier(max_iter=1).fit(WITH_GAPS[name], [0, 1, 0])


def test_integers_of_several_types_stay_integers():
    frame = pd.DataFrame({"a": np.array([2, 3], np.uint64), "b": np.array([1, -1])})
    assert items_of(frame, "X").dtype == np.int64


@pytest.mark.parametrize("value", [torch.tensor(3), np.array(3)], ids=["torch", "numpy"])
def test_one_value_is_no_container(value):
    with pytest.raises(TypeError, match="must come as a list or an array, got one value: 3"):
        items_of(value, "vocabulary")
    with pytest.raises(TypeError, match="vocabulary must|vocabulary' parameter|one value"):
        SequenceVectorizer(vocabulary=value).fit(["a b"])


@pytest.mark.parametrize(
    "tensor", [torch.eye(2).to_sparse(), torch.eye(2, device="meta")], ids=["sparse", "meta"]
)
def test_a_tensor_that_is_no_array_is_named(tensor):
    with pytest.raises(TypeError, match="X is a tensor that holds no plain numbers: "):
        items_of(tensor, "X")


@pytest.mark.parametrize("estimator", [SequenceVectorizer(), RNNLanguageModel()], ids=repr)
def test_a_text_in_an_array_without_dimensions_is_no_row_of_tokens(estimator):
    with pytest.raises(TypeError, match="row 0 is ndarray .*, expected str: other values go throu"):
        estimator.fit([np.array("the frog"), np.array("the toad")])

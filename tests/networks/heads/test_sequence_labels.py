"""Rows of labels, and which of them belong to padding."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch

from textvec import Ragged
from textvec.networks.heads._sequence_labels import align_labels, label_rows, read_labels
from textvec.networks.inputs._sequences import read_sequences

PADDED = np.array([[0, 0, 5, 6], [7, 0, 8, 0], [0, 0, 0, 0]])  # of ids: 0 at an end is padding


@pytest.mark.parametrize(
    "y",
    [[["a", "b"], [], ["c"]], [np.array(["a", "b"]), (), ["c"]]],
    ids=["lists", "mixed"],
)
def test_rows_of_labels(y):
    rows = label_rows(y, "Model")
    assert rows.to_list() == [["a", "b"], [], ["c"]]
    assert label_rows(rows, "Model") is rows


TAGS = [["a", "b", "b"], ["a", "a", "b"]]


@pytest.mark.parametrize(
    "y",
    [
        pl.DataFrame(TAGS, orient="row"),
        pd.DataFrame(TAGS),
        pd.DataFrame(TAGS).astype("category"),
        pa.array(TAGS),
        pa.table({"tags": TAGS}),
        pl.Series(TAGS),
        pl.DataFrame({"tags": TAGS}),
        pd.Series(TAGS),
        np.array(TAGS, dtype=object),
        (row for row in TAGS),
    ],
    ids=lambda y: f"{type(y).__module__.partition('.')[0]} {type(y).__name__}",
)
def test_every_container_has_rows_of_labels(y):
    assert label_rows(y, "Model").to_list() == TAGS


@pytest.mark.parametrize(
    "y", [torch.tensor([[1, 2], [2, 1]]), pd.DataFrame([[1, 2], [2, 1]]).astype("Int64")]
)
def test_labels_that_are_numbers_stay_integers(y):
    rows = label_rows(y, "Model")
    assert (rows.to_list(), rows.dtype.kind) == ([[1, 2], [2, 1]], "i")


def test_an_array_has_a_label_for_each_step():
    assert label_rows(PADDED, "Model").to_list() == PADDED.tolist()


def test_labels_that_differ_in_a_trailing_nul_are_two():
    # An array of str, which NumPy makes of them, drops NULs at the end.
    rows = label_rows([["a", "a\0"], ["a"]], "Model")
    assert rows.to_list() == [["a", "a\0"], ["a"]]
    assert np.unique(rows.values).tolist() == ["a", "a\0"]


def test_labels_of_padding_are_dropped():
    sequences = read_sequences(PADDED)
    with pytest.warns(UserWarning, match="padded on the same side"):
        aligned = align_labels(label_rows(np.arange(12).reshape(3, 4), "Model"), sequences)
    assert aligned.to_list() == [[2, 3], [4, 5, 6], []]
    mixed = Ragged.from_rows([[2, 3], [4, 5, 6, 7], []])
    assert align_labels(mixed, sequences).to_list() == [[2, 3], [4, 5, 6], []]
    exact = Ragged.from_rows([[2, 3], [4, 5, 6], []])
    assert align_labels(exact, sequences) is exact


def test_another_number_of_labels_is_named():
    wrong = Ragged.from_rows([[1, 2], [1], []])
    with pytest.raises(ValueError, match="row 1 has 3 steps, but 1 labels: y must have a label"):
        align_labels(wrong, read_sequences(PADDED))
    vectors = read_sequences(Ragged.from_rows([[0.5, 0.5], [1.5]]))
    with pytest.raises(ValueError, match="row 0 has 2 steps, but 3 labels"):
        align_labels(Ragged.from_rows([[1, 2, 3], [1]]), vectors)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "Model requires y to be passed"),
        (["ab", "c"], "takes a row of labels for each row of X, got 'ab' as row 0"),
        ([[1], 2], "got 2 as row 1"),
        (Ragged(np.zeros((2, 2)), [0, 1, 2]), r"one label a step, got items of shape \(2, 2\)"),
        ([[1.0, np.inf]], "y contains infinity"),
        ([["a", None], ["b"]], "the label in row 0 of y at step 1 is missing .None"),
        ([["a", "b"], [np.nan]], "the label in row 1 of y at step 0 is missing .nan"),
        ([["a", "b"], [0]], "must be all str or all numbers, got 0 in row 1 of y at step 0"),
    ],
)
def test_what_is_no_row_of_labels_is_refused(y, message):
    with pytest.raises(ValueError, match=message):
        label_rows(y, "Model")


def test_classes_are_no_measurements():
    assert read_labels([[1, 2], [2]], "Model").to_list() == [[1, 2], [2]]
    assert len(read_labels([[], []], "Model").values) == 0
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        read_labels([[0.5, 1.25]], "Model")

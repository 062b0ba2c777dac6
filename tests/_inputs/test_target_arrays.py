"""Targets of any type: labels, numbers, and what is neither."""

from __future__ import annotations

import datetime
from decimal import Decimal
from enum import Enum

import numpy as np
import pandas as pd
import pytest

from textvec import Ragged
from textvec._inputs._target_arrays import check_numbers, read_targets

Color = Enum("Color", "red blue")


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        (datetime.date(2020, 1, 1), "date"),
        (Decimal(1), "Decimal"),
        (Color.red, "Color"),
        (object(), "object"),
    ],
)
def test_labels_of_other_types_are_named(label, kind):
    for y in ([label, label], np.array([label, label], dtype=object)):
        with pytest.raises(
            ValueError, match=rf"labels must be str or numbers, got {kind}: .*str\("
        ):
            read_targets(y)


@pytest.mark.parametrize("labels", [["a", "b"], ("a", "b"), {"a", "b"}])
def test_several_labels_a_row_name_the_way_out(labels):
    for y in (pd.Series([labels, type(labels)(["a"])]), [labels, type(labels)(["a"])]):
        with pytest.raises(ValueError, match="MultiLabelBinarizer"):
            read_targets(y)


@pytest.mark.parametrize(
    ("y", "dtype"),
    [
        (np.array([1.0, 2.0], object), float),
        (np.array([1, 2], object), int),
        (np.array([True, False], object), bool),
        (np.array(["a", "b"], object), object),
        (pd.Series([1, 2], dtype="Int64"), int),
    ],
    ids=str,
)
def test_labels_in_objects_have_the_dtype_of_their_values(y, dtype):
    assert read_targets(y).dtype == dtype


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([b"a", b"b"], "y must be numbers, got bytes_ at position 0: b'a'"),
        (["1", "x"], "got str_ at position 1: x"),
        (pd.DataFrame({"y": [0.5, "x"]}), r"got str at position \(1, 0\): x"),
        (np.array([1j, 0]), "got complex128 at position 0"),
        (pd.Series([1, None], dtype="Int64"), "the number of row 1 is missing"),
    ],
    ids=["bytes", "str", "frame", "complex", "missing"],
)
def test_targets_that_are_no_numbers_are_named(y, message):
    with pytest.raises(ValueError, match=message):
        check_numbers(y)


@pytest.mark.parametrize("kind", ["M8[s]", "m8[s]"])
def test_a_missing_date_is_a_missing_label(kind):
    with pytest.raises(ValueError, match="the label of row 1 is missing"):
        read_targets(np.array([1, "NaT", 1], kind))
    assert read_targets(np.array([1, 2, 1], kind)).dtype == kind


def test_rows_of_several_labels_are_no_label_a_row():
    for y in ([["a"], ["a", "b"]], Ragged.from_rows([["a"], ["a", "b"]])):
        with pytest.raises(ValueError, match="y has rows of unequal length: .*MultiLabelBinarizer"):
            read_targets(y)

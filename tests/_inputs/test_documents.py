"""Documents in every form a user may hold them, and in the forms that are mistakes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from textvec import CountVectorizer, SequenceVectorizer, Tokens, WordTokenizer
from textvec._inputs._documents import as_documents

DOCUMENTS = ["a frog", "", "zwölf Kröten", "🐸"]


@pytest.mark.parametrize(
    "X",
    [
        DOCUMENTS,
        tuple(DOCUMENTS),
        iter(DOCUMENTS),
        np.array(DOCUMENTS),
        np.array(DOCUMENTS, dtype=object),
        np.array(DOCUMENTS, dtype=np.dtypes.StringDType()),
        np.array(DOCUMENTS).reshape(-1, 1),
        pd.Series(DOCUMENTS),
        pd.Series(DOCUMENTS, dtype=object),
        pd.Series(DOCUMENTS, dtype="string"),
        pd.DataFrame({"text": DOCUMENTS}, index=[4, 3, 2, 1]),
        pl.Series(DOCUMENTS),
        pl.DataFrame({"text": DOCUMENTS}),
        pa.array(DOCUMENTS),
        pa.chunked_array([DOCUMENTS[:2], DOCUMENTS[2:]]),
        pa.table({"text": DOCUMENTS}),
        [np.str_(d) for d in DOCUMENTS],
    ],
    ids=lambda X: f"{type(X).__module__}.{type(X).__name__}",
)
def test_every_form_gives_the_same_list(X):
    documents = as_documents(X)
    assert documents == DOCUMENTS
    assert {type(d) for d in documents} == {str}


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ("one text", ValueError, "string object expected|put a single document into a list"),
        (["a", None], TypeError, 'row 1 is missing \\(None\\).*missing="empty"'),
        (["a", float("nan")], TypeError, "row 1 is missing \\(nan\\)"),
        (["a", pd.NA], TypeError, "row 1 is missing"),
        (pd.Series(["a", None], dtype="string"), TypeError, "row 1 is missing"),
        (pa.array(["a", None]), TypeError, "row 1 is missing"),
        (["a", b"b"], TypeError, "row 1 is bytes: decode it"),
        (["a", bytearray(b"b")], TypeError, "row 1 is bytes: decode it"),
        (["a", "b", 3], TypeError, "row 2 is int \\(3\\), expected str"),
        ([["a", "b"]], TypeError, "row 0 is list"),
        (np.eye(2), ValueError, "one column of str, got an object of shape \\(2, 2\\)"),
        (pd.DataFrame({"a": ["x"], "b": ["y"]}), ValueError, "shape \\(1, 2\\)"),
        (pl.DataFrame({"a": ["x"], "b": ["y"]}), ValueError, "shape \\(1, 2\\)"),
        ({"a": "x"}, TypeError, "documents is a dict, not items in order"),
        (3, TypeError, "got int"),
    ],
)
def test_mistakes_are_named(X, error, message):
    with pytest.raises(error, match=message):
        as_documents(X)


def test_missing_documents_may_be_taken_for_empty_ones():
    X = ["a", None, float("nan"), pd.NA, "b"]
    assert as_documents(X, missing="empty") == ["a", "", "", "", "b"]
    with pytest.raises(TypeError, match="row 0 is bytes"):
        as_documents([b"a", None], missing="empty")


@pytest.mark.parametrize("make", [pd.Series, pl.Series, pa.array, lambda x: pd.DataFrame({"t": x})])
@pytest.mark.parametrize("step", [CountVectorizer(), WordTokenizer()])
def test_columns_in_a_list_are_no_texts(make, step):
    parts = [make(["a frog", "the toad"]), make(["a newt"])]
    with pytest.raises(TypeError, match=r"row 0 is a \w+.*iter\(X\).*Tokens\.from_lists\(X\)"):
        step.fit_transform(parts)
    assert step.fit_transform(iter(parts)).shape[0] == 3


def test_columns_of_tokens_go_into_tokens():
    rows = [["a", "frog"], ["the"]]
    for make in (pd.Series, pl.Series, pa.array):
        assert Tokens.from_lists([make(row) for row in rows]).to_list() == rows
    assert len(SequenceVectorizer().fit([np.array(row) for row in rows]).vocabulary_) == 3


@pytest.mark.parametrize("estimator", [WordTokenizer(), SequenceVectorizer()], ids=repr)
def test_names_of_files_in_place_of_documents(estimator, tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("a frog")
    monkeypatch.chdir(tmp_path)
    with pytest.warns(UserWarning, match=r"row 0 is 'a.txt', which is a file.*read_text\(names"):
        estimator.fit_transform(["a.txt", "b.txt"])
    estimator.fit_transform(["b.txt", "a.txt is a file", "x" * 10_000 + ".txt", "\0.txt"])
    assert WordTokenizer(input="filename").transform(["a.txt"]).to_list() == [["a", "frog"]]

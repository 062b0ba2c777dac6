"""Values that parameters of users hold: dates, enumerations, methods, arrays of rare dtypes."""

from __future__ import annotations

import datetime
import enum
import functools
import re
from collections import Counter, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.sparse import coo_array
from sklearn.base import clone
from sklearn.preprocessing import FunctionTransformer

from textvec import FunctionTokenizer, RNNClassifier, load, save
from textvec.saving import DamagedModelError

from .forging import forge, object_of
from .models import IDS, LABELS, RECURRENT

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime.datetime(2024, 5, 6, 12, 30, 1, 7)


class Color(enum.Enum):
    RED = 1


class Side(enum.StrEnum):
    PRE = "pre"


class Loud(str, enum.Enum):  # noqa: UP042 - shown otherwise than it is
    PRE = "pre"

    def __str__(self):
        return "PRE!"


class Count(enum.IntEnum):
    TWO = 2


class Splitter:
    """A tokenizer with a setting."""

    def __init__(self, separator):
        self.separator = separator

    def words(self, text):
        return text.split(self.separator)

    @classmethod
    def of_blanks(cls, text):
        return text.split()


class Slotted:
    __slots__ = ("a",)


def again(value, tmp_path, trusted=()):
    model = FunctionTransformer(kw_args={"x": value})
    save(model, tmp_path / "model", trusted=trusted)
    return load(tmp_path / "model", trusted=trusted).kw_args["x"]


@pytest.mark.parametrize(
    "value",
    [
        *(1 + 2j, range(3, 9, 2), bytearray(b"\x00a"), deque([1, "a"], maxlen=3)),
        *(Counter("abba"), defaultdict(list, a=[1]), defaultdict(None, b=2)),
        *(Decimal("1.50"), Fraction(10**30, 7), re.compile("a+", re.IGNORECASE), re.compile(b"a")),
        *(NOON, NOON.replace(tzinfo=BERLIN, fold=1), NOON.replace(tzinfo=datetime.UTC)),
        *(NOON.date(), NOON.time(), datetime.timedelta(days=-1, microseconds=3), BERLIN),
        *(datetime.timezone(datetime.timedelta(hours=2), "here"), datetime.time(1, tzinfo=BERLIN)),
        *(pd.Timestamp("2024-05-06 01:02:03.000000009"), pd.Timestamp("2024-05-06", tz=BERLIN)),
        *(
            pd.Timestamp(NOON).as_unit("s"),
            pd.Timedelta("3h"),
            {(NOON, 1): {2: {NOON.date(): "x"}}},
        ),
    ],
    ids=repr,
)
def test_values_of_libraries(value, tmp_path):
    found = again(value, tmp_path)
    assert (type(found), found) == (type(value), value)
    assert repr(found) == repr(value)


def test_missing_values_of_pandas(tmp_path):
    assert again(pd.NaT, tmp_path) is pd.NaT
    assert again(pd.NA, tmp_path) is pd.NA


@pytest.mark.parametrize("member", [Side.PRE, Loud.PRE, Count.TWO])
def test_members_of_enumerations_are_their_values(member, tmp_path):
    found = again(member, tmp_path)
    assert type(found) in (str, int)
    assert found == member.value


@pytest.mark.parametrize("member", [Color.RED, Side.PRE, Loud.PRE, Count.TWO])
def test_members_of_trusted_enumerations(member, tmp_path):
    assert again(member, tmp_path, trusted=[type(member)]) is member
    assert again({member: 1}, tmp_path, trusted=[type(member)]) == {member: 1}


def test_other_enumerations_are_code(tmp_path):
    with pytest.raises(TypeError, match="an object of .*Color, which is code of your own"):
        again(Color.RED, tmp_path)


def test_what_is_no_enumeration_has_no_members(tmp_path):
    model = FunctionTransformer(kw_args={"x": Count.TWO})
    save(model, tmp_path / "model", trusted={"e": Count, "f": Splitter})

    def change(manifest, arrays):
        holder = object_of(manifest, "sklearn.preprocessing.FunctionTransformer")["state"]
        holder["kw_args"]["dict"]["x"]["of"]["trusted"] = "f"

    forge(tmp_path / "model", change)
    with pytest.raises(DamagedModelError, match="no enumeration"):
        load(tmp_path / "model", trusted={"e": Count, "f": Splitter})


# --- methods -----------------------------------------------------------------------------------


def test_methods_of_regular_expressions_are_data(tmp_path):
    model = FunctionTokenizer(re.compile("[a-z]+").findall)
    save(model, tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert loaded.transform(["ab1c"]).to_list() == [["ab", "c"]]


def test_methods_of_objects_of_trusted_classes(tmp_path):
    """The object is saved with what it holds, and goes on by itself once it is cloned."""
    model = clone(FunctionTokenizer(Splitter("o").words))
    with pytest.raises(TypeError, match=r"func is a method of an object of .*trusted=\[Splitter\]"):
        save(model, tmp_path / "model")
    save(model, tmp_path / "model", trusted=[Splitter])
    loaded = load(tmp_path / "model", trusted=[Splitter])
    assert loaded.transform(["aobob"]).to_list() == [["a", "b", "b"]]
    with pytest.raises(TypeError, match="needs code"):
        load(tmp_path / "model")


def test_methods_that_are_trusted_themselves(tmp_path):
    splitter = Splitter("o")
    model = FunctionTokenizer(splitter.words)
    save(model, tmp_path / "model", trusted={"my words": splitter.words})
    loaded = load(tmp_path / "model", trusted={"my words": Splitter("b").words})
    assert loaded.transform(["aobob"]).to_list() == [["ao", "o", ""]]
    model = FunctionTokenizer(Splitter.of_blanks)
    save(model, tmp_path / "model", trusted=[Splitter.of_blanks])
    assert load(tmp_path / "model", trusted=[Splitter.of_blanks]).func("a b") == ["a", "b"]


def test_methods_of_what_is_not_trusted(tmp_path):
    save(FunctionTokenizer(re.compile("a").findall), tmp_path / "model")

    def change(manifest, arrays):
        func = object_of(manifest, "textvec.FunctionTokenizer")["state"]["func"]
        func.update({"method": "unlink", "of": {"path": str(tmp_path / "model")}})

    forge(tmp_path / "model", change)
    with pytest.raises(DamagedModelError, match="a method of what is not trusted"):
        load(tmp_path / "model")


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            pd.Series([1]),
            r"an object of pandas[\w.]*:Series, which .* can't hold: .* an array of NumPy",
        ),
        (np.random.PCG64(0), "PCG64, which a saved model can't hold"),
        (np.random.SeedSequence(0), "SeedSequence, which a saved model can't hold"),
        (len, r"is builtins:len, .*pass trusted=\['builtins:len'\]"),
        (np.mean, r"is numpy:mean, .*pass trusted=\['numpy:mean'\]"),
        ("a".join, "is the method str.join of an object, .*: call it in a function"),
        (coo_array(np.ones((2, 2, 2))), "a sparse array of 3 axes"),
        (np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")]), "of the dtype .*'a'"),
        (np.dtype([("a", "i4")]), "of the dtype .*'a'"),
        (np.dtypes.StringDType(), "of the dtype StringDType"),
        (np.longdouble(1), "of the dtype float128|of the dtype longdouble"),
        (np.matrix([[1]]), "a matrix, which can't be saved: pass np.asarray"),
        (torch.eye(2).to_sparse(), "a tensor of torch.float32, torch.sparse_coo"),
        (torch.ones(2).to(torch.float8_e5m2), "a tensor of torch.float8_e5m2"),
    ],
)
@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_what_is_refused(value, message, tmp_path):
    with pytest.raises(TypeError, match=message):
        again(value, tmp_path)
    assert not list(tmp_path.iterdir())


def test_objects_without_attributes(tmp_path):
    with pytest.raises(TypeError, match="Slotted has no state that is a dict"):
        again(Slotted(), tmp_path, trusted=[Slotted])


def test_what_the_message_says_is_taken(tmp_path):
    for value in (len, np.mean):
        assert again(value, tmp_path, trusted=[f"{value.__module__}:{value.__name__}"]) is value


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        *[("bytearray", [10**12]), ("Fraction", ["1e1000000000", 1]), ("ZoneInfo", ["../../x"])],
        *[("Decimal", ["x"]), ("deque", [3]), ("os.system", ["true"]), ("pandas.eval", ["1"])],
        *[("datetime", [1]), ("Pattern", ["("]), ("pandas.Timestamp", ["x", None])],
    ],
)
def test_made_up_values(name, parts, tmp_path):
    save(FunctionTransformer(kw_args={"x": 1j}), tmp_path / "model")

    def change(manifest, arrays):
        holder = object_of(manifest, "sklearn.preprocessing.FunctionTransformer")["state"]
        holder["kw_args"]["dict"]["x"] = {"value": name, "parts": parts}

    forge(tmp_path / "model", change)
    with pytest.raises(DamagedModelError, match="damaged"):
        load(tmp_path / "model")


# --- arrays and tensors ------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_missing_texts(missing, tmp_path):
    array = np.array(["a", missing], np.dtypes.StringDType(na_object=missing))
    found = again(array, tmp_path)
    assert found.dtype == array.dtype
    assert repr(found) == repr(array)


@pytest.mark.filterwarnings("ignore:RNN module weights")  # torch, of bfloat16 on a GPU
@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_networks_of_other_dtypes(dtype, tmp_path):
    model = RNNClassifier(cell="rnn", **RECURRENT).fit(IDS, LABELS)
    model.net_.module_.to(dtype)
    save(model, tmp_path / "model")
    loaded = load(tmp_path / "model")
    weights, found = (m.net_.module_.state_dict() for m in (model, loaded))
    assert weights.keys() == found.keys()
    for name, weight in weights.items():
        assert found[name].dtype == dtype
        assert torch.equal(found[name], weight)
    assert loaded.predict(IDS).tolist() == model.predict(IDS).tolist()


def test_partials_of_methods(tmp_path):
    found = again(functools.partial(str.split, sep=","), tmp_path)
    assert found("a,b") == ["a", "b"]

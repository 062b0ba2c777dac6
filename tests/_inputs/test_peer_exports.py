"""Names of other libraries: the error says what does it here."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest

import textvec
from textvec import datasets
from textvec._inputs._peer_exports import _HERE, _OF_SKLEARN

NAMES = {
    "pad_sequences": "here it is SequencePadder(length=...).transform(rows).",
    "SimpleRNN": 'here it is RNNClassifier(cell="rnn").',
    "Tokenizer": 'here it is SequenceVectorizer(tokenizer=WordTokenizer("keras")).',
    "KeyedVectors": "here it is WordVectors.load(path).",
    "get_tokenizer": "here it is WordTokenizer().transform(texts).",
    "load_imdb": "here it is textvec.datasets.fetch_imdb(), ",
    "read_text": "here it is textvec.datasets.read_text(path).",
    "lstm": 'here it is RNNClassifier(cell="lstm").',
    "PadSequences": "here it is SequencePadder(length=...).transform(rows).",
    "saliency": "here it is token_saliency(model, texts).",
    "train_test_split": "take that of sklearn.model_selection",
    "RnnClassifier": "did you mean RNNClassifier?",
    "CountVectoriser": "did you mean CountVectorizer?",
    "KmerTokeniser": "did you mean KmerTokenizer?",
}


@pytest.mark.parametrize("name", NAMES)
def test_the_error_says_what_it_is_here(name):
    with pytest.raises(AttributeError, match=re.escape(NAMES[name])) as raised:
        getattr(textvec, name)
    assert raised.value.name == name
    with pytest.raises(ImportError, match=f"cannot import name {name!r} from 'textvec': ") as error:
        exec(f"from textvec import {name}")
    assert NAMES[name] in str(error.value)
    assert not hasattr(textvec, name)


def test_names_of_data_sets():
    for name in ("load_imdb", "imdb"):
        with pytest.raises(ImportError, match=r"from 'textvec.datasets': .*fetch_imdb\(\)"):
            exec(f"from textvec.datasets import {name}")
    with pytest.raises(AttributeError, match="did you mean load_reviews"):
        datasets.load_review  # noqa: B018


@pytest.mark.parametrize("name", ["xyzzy", "_private", "__wrapped__"])
def test_what_nobody_has_is_missing_without_advice(name):
    with pytest.raises(AttributeError, match=f"has no attribute {name!r}$"):
        getattr(textvec, name)
    with pytest.raises(ImportError, match=f"cannot import name {name!r}"):
        exec(f"from textvec import {name}")


@pytest.mark.parametrize("here", sorted(set(_HERE.values())))
def test_what_the_advice_names_is_there(here):
    if here.startswith("fit(X, y)"):
        return
    found = re.match(r"((?:textvec\.)?(?:\w+\.)*)(\w+)\(([^()]*)", here)
    assert found, here
    owner = textvec
    for part in found[1].removeprefix("textvec.").split(".")[:-1]:
        owner = getattr(owner, part)
    parameters = inspect.signature(getattr(owner, found[2])).parameters
    for name in re.findall(r"(\w+)=", found[3]):
        assert name in parameters, name


def test_no_name_is_both_here_and_elsewhere():
    assert not set(_HERE) & set(textvec.__all__)
    assert not set(_HERE) & set(_OF_SKLEARN)
    for name, module in _OF_SKLEARN.items():
        assert hasattr(importlib.import_module(module), name)


PARTS = ["datasets", "embeddings", "networks", "saving", "tokenizers", "vectorizers", "vectors"]


@pytest.mark.parametrize("part", PARTS)
def test_names_of_another_part(part):
    name = "RNNClassifier" if part != "networks" else "CountVectorizer"
    for wrong in (name, f"{name}s"):
        with pytest.raises(ImportError, match=rf"from 'textvec.{part}': .* textvec\.{name}[.?]$"):
            exec(f"from textvec.{part} import {wrong}")
    with pytest.raises(ImportError, match="cannot import name 'xyzzy'"):
        exec(f"from textvec.{part} import xyzzy")


def test_modules_of_a_part_are_imported():
    exec("from textvec.networks import custom, heads")
    exec("from textvec.vectors import formats, queries")


@pytest.mark.parametrize("name", ["preprocessing", "utils", "models"])
def test_modules_of_other_libraries(name):
    with pytest.raises(ImportError, match="all is in textvec itself"):
        exec(f"from textvec import {name}")

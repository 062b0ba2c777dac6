"""What a saved model holds, without loading it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from textvec import (
    CountVectorizer,
    FunctionTokenizer,
    RNNClassifier,
    SequenceVectorizer,
    WordTokenizer,
    load,
    save,
)
from textvec.saving import DamagedModelError, info

from .forging import forge
from .models import DOCUMENTS, LABELS, RECURRENT


def words(text):
    return text.split()


def test_parameters_arrays_and_versions(tmp_path):
    model = make_pipeline(
        SequenceVectorizer(tokenizer=FunctionTokenizer(words), max_tokens=9),
        RNNClassifier(**RECURRENT),
    ).fit(DOCUMENTS, LABELS)
    save(model, tmp_path / "model", trusted=[words])
    found = info(tmp_path / "model")
    assert found.n_bytes == (tmp_path / "model").stat().st_size
    assert found.trusted == [f"{__name__}:words"]
    assert found.versions["numpy"] == np.__version__
    assert "torch" in found.versions
    (_, ids), (_, network) = found.model["parameters"]["steps"]
    assert ids["type"] == "textvec.SequenceVectorizer"
    assert ids["parameters"]["max_tokens"] == 9
    assert ids["parameters"]["tokenizer"]["parameters"]["func"] == f"trusted {__name__}:words"
    assert network["parameters"]["hidden_size"] == 3
    assert "net_" in network["attributes"]
    weights = {a.name: a for a in found.arrays}
    embedding = next(a for name, a in weights.items() if "embedding" in name)
    assert (embedding.dtype, embedding.shape, embedding.n_bytes) == ("F32", (9, 3), 108)
    assert len(embedding.checksum) == 32
    text = str(found)
    assert repr(found) == text
    for part in ("max_tokens = 9", "RNNClassifier", "9 x 3", "needs trusted=", "hidden_size = 3"):
        assert part in text


def test_an_object_is_shown_once(tmp_path):
    """Or a small file could fill the memory: each object may be in two others, these in two..."""
    save(SequenceVectorizer(tokenizer=WordTokenizer()), tmp_path / "model")

    def change(manifest, arrays):
        first = manifest["objects"][0]
        manifest["objects"] = [first]
        for at in range(60):
            both = {"dict": {"a": {"object": at}, "b": {"object": at}}}
            state = {"x": {"object": at}, "y": {"object": at}, "z": both}
            manifest["objects"].append({**first, "parameters": ["x", "y", "z"], "state": state})
        manifest["root"] = {"object": 60}

    forge(tmp_path / "model", change)
    text = str(info(tmp_path / "model"))
    assert text.count("as above") == 60
    assert len(text) < 50_000


@pytest.mark.parametrize(("kind", "depth"), [("list", 900), ("tuple", 300)])
def test_deep_values(kind, depth, tmp_path):
    save(FunctionTransformer(kw_args={"x": 1}), tmp_path / "model")
    value = []
    for _ in range(depth):
        value = {kind: value} if kind == "tuple" else [value]
    forge(tmp_path / "model", lambda manifest, arrays: manifest.update(root=value))
    try:
        assert len(str(info(tmp_path / "model"))) < 10_000
    except DamagedModelError as error:
        assert "recursion" in str(error)  # noqa: PT017 - how deep that is depends on Python


def test_what_is_no_value(tmp_path):
    save(FunctionTransformer(kw_args={"x": 1}), tmp_path / "model")
    forge(tmp_path / "model", lambda manifest, arrays: manifest.update(root={}))
    for read in (info, load):
        with pytest.raises(DamagedModelError, match="what is no value"):
            read(tmp_path / "model")


def test_nothing_is_loaded(tmp_path):
    save(make_pipeline(SequenceVectorizer(), RNNClassifier(**RECURRENT)), tmp_path / "model")
    save(CountVectorizer().fit(DOCUMENTS), tmp_path / "counts")
    code = (
        "import sys; from textvec.saving import info; "
        f"info({str(tmp_path / 'model')!r}); info({str(tmp_path / 'counts')!r}); "
        "assert not {'torch', 'skops', 'gensim'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

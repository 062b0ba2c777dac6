"""What a saved model holds, without loading it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
from sklearn.pipeline import make_pipeline

from textvec import CountVectorizer, FunctionTokenizer, RNNClassifier, SequenceVectorizer, save
from textvec.saving import info

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
    for part in ("max_tokens = 9", "RNNClassifier", "9 x 3", "needs trusted=", "hidden_size = 3"):
        assert part in text


def test_nothing_is_loaded(tmp_path):
    save(make_pipeline(SequenceVectorizer(), RNNClassifier(**RECURRENT)), tmp_path / "model")
    save(CountVectorizer().fit(DOCUMENTS), tmp_path / "counts")
    code = (
        "import sys; from textvec.saving import info; "
        f"info({str(tmp_path / 'model')!r}); info({str(tmp_path / 'counts')!r}); "
        "assert not {'torch', 'skops', 'gensim'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

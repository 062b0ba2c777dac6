"""Networks on rows in a mapped file: the same weights and predictions, and little memory."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from sklearn.preprocessing import FunctionTransformer

from textvec import (
    EmbeddedSequences,
    Ragged,
    RNNClassifier,
    RNNRegressor,
    RNNTagger,
    SequenceCNNClassifier,
    SequenceVectorizer,
    transform_blocks,
)
from textvec._storage._array_files import map_of
from textvec.datasets import load_reviews
from textvec.networks.inputs import _sequences
from textvec.networks.inputs._sequences import read_sequences

TEXTS = load_reviews().data[:60]
Y = np.arange(60) % 2
SMALL = {"embedding_dim": 3, "max_iter": 2, "random_state": 0, "batch_size": 7}


@pytest.fixture
def ids(tmp_path):
    vectorizer = SequenceVectorizer(max_tokens=99).fit(TEXTS)
    return transform_blocks(vectorizer, TEXTS, out=tmp_path / "ids", block_size=9)


@pytest.fixture
def padded(tmp_path, ids):
    np.save(tmp_path / "padded.npy", ids.to_padded(12, padding="pre"))
    return np.load(tmp_path / "padded.npy", mmap_mode="r")


def in_memory(ids: Ragged) -> Ragged:
    return Ragged(ids.values.copy(), ids.offsets.copy(), n_ids=ids.n_ids)


@pytest.mark.parametrize(
    "network",
    [
        RNNClassifier(hidden_size=3, early_stopping=True, validation_fraction=0.3, **SMALL),
        RNNRegressor(hidden_size=3, **SMALL),
        SequenceCNNClassifier(**SMALL),
    ],
    ids=lambda network: type(network).__name__,
)
@pytest.mark.parametrize("is_padded", [False, True])
def test_weights_and_predictions_are_those_of_rows_in_memory(network, ids, padded, is_padded):
    mapped, held = (padded, np.array(padded)) if is_padded else (ids, in_memory(ids))
    here = network.fit(mapped, Y).predict(mapped)
    curve = network.loss_curve_
    np.testing.assert_array_equal(here, network.predict(held))
    np.testing.assert_array_equal(here, network.fit(held, Y).predict(held))
    assert curve == network.loss_curve_


def test_tags_of_mapped_rows(ids):
    tags = [row % 3 for row in ids]
    tagger = RNNTagger(hidden_size=3, **SMALL).fit(ids, tags)
    curve = tagger.loss_curve_
    assert curve == tagger.fit(in_memory(ids), tags).loss_curve_


def test_vectors_of_mapped_ids(ids):
    table = np.random.default_rng(0).normal(size=(99, 3)).astype(np.float32)
    table[0] = 0
    network = RNNClassifier(hidden_size=3, **SMALL)
    curves = [
        network.fit(EmbeddedSequences(rows, table), Y).loss_curve_ for rows in (ids, in_memory(ids))
    ]
    assert curves[0] == curves[1]


def test_rows_stay_in_the_file(ids, padded):
    for X in (ids, ids[5:50], padded):
        assert map_of(read_sequences(X).values) is not None
    wide = Ragged(ids.values.astype(np.int64), ids.offsets)
    assert read_sequences(wide).values.dtype == np.int32


@pytest.mark.parametrize("stretch", [1, 5, 40])
def test_ids_are_checked_in_stretches(tmp_path, monkeypatch, stretch):
    rows = Ragged.from_rows([[0, 5, 0, 2, 0], [], [0, 0], [7], [0, 0, 3], []])
    expected = read_sequences(rows)
    monkeypatch.setattr(_sequences, "_STRETCH", stretch)
    step = FunctionTransformer(lambda X: rows)
    found = read_sequences(transform_blocks(step, ["x"], out=tmp_path / "ids"))
    np.testing.assert_array_equal(found.starts, expected.starts)
    np.testing.assert_array_equal(found.lengths, expected.lengths)
    assert found.largest == expected.largest == 7
    wrong = FunctionTransformer(lambda X: Ragged.from_rows([[1, 2], [3, -4]]))
    with pytest.raises(ValueError, match="must not be negative, got -4"):
        read_sequences(transform_blocks(wrong, ["x"], out=tmp_path / "ids"))


SCRIPT = """
import sys
from pathlib import Path
import torch
import textvec
from textvec.networks.inputs._sequences import read_sequences
from textvec.nn import SequenceData

def memory(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) // 1024

def pass_over(X):
    data = SequenceData.on(torch.device("cpu"), read_sequences(X))
    return sum(len(batch) for batch, _ in data.training_batches(100, torch.Generator()))

X = textvec.load(sys.argv[1])
pass_over(X[:500])
before = memory("VmRSS")
assert pass_over(X) == len(X)
print(memory("VmHWM") - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_pass_over_a_file_takes_little_memory(tmp_path):
    block = Ragged(np.arange(10**6, dtype=np.int32) % 50, np.arange(1001) * 1000, n_ids=50)
    step = FunctionTransformer(lambda X: block)
    whole = transform_blocks(step, ["x"] * 30, out=tmp_path / "ids", block_size=1)
    assert whole.values.nbytes == 120_000_000
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "ids")]
    run = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    assert int(run.stdout) < 60

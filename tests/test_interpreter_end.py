"""Functions of atexit, in which Python starts no thread any more."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import atexit

import torch
from sklearn.pipeline import make_pipeline

from textvec import RNNClassifier, SequenceVectorizer, TfidfVectorizer, load, save

torch.set_num_threads(2)
texts = ["a good film", "a bad film"] * 10_000
network = RNNClassifier(hidden_size=2, embedding_dim=2, max_iter=1, random_state=0)
model = make_pipeline(SequenceVectorizer(), network).fit(texts[:64], [1, 0] * 32)
counts = TfidfVectorizer(n_jobs=2).fit(texts)
expected = model.predict_proba(texts)

@atexit.register
def at_exit():
    save(model, "model.textvec")
    assert (load("model.textvec").predict_proba(texts) == expected).all()
    assert counts.transform(texts).shape == (20_000, 3)
    model.fit(texts[:64], [1, 0] * 32)
    print("whole")
"""


def test_models_are_saved_loaded_and_used_where_the_interpreter_ends(tmp_path):
    command = [sys.executable, "-c", SCRIPT]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert run.stdout == "whole\n", run.stderr

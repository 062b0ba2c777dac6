"""Networks that were on a device which this machine does not have."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from textvec import RNNClassifier, load, save

from .forging import forge, object_of
from .models import IDS, LABELS, RECURRENT


@pytest.fixture
def without_accelerators(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


def elsewhere(path, device):
    """Change a file to that of a machine which trained on a device."""

    def change(manifest, arrays):
        object_of(manifest, "textvec.nn.SequenceNet")["state"]["device"] = device
        state = object_of(manifest, "textvec.RNNClassifier")["state"]
        state["device"] = state["_made_with"]["dict"]["device"] = device
        states = object_of(manifest, "textvec.nn.Randomness")["state"]["states"]["dict"]
        states[device] = copy.deepcopy(states["cpu"])

    forge(path, change)


@pytest.mark.parametrize("training_state", [False, True])
@pytest.mark.parametrize("device", ["cuda", "cuda:3", "mps"])
def test_it_predicts_and_goes_on_here(device, training_state, without_accelerators, tmp_path):
    model = RNNClassifier(device="cpu", **RECURRENT).fit(IDS, LABELS)
    save(model, tmp_path / "model", training_state=training_state)
    elsewhere(tmp_path / "model", device)
    loaded = load(tmp_path / "model")
    assert (loaded.device, loaded.net_.device) == (device, "cpu")
    expected = model.predict_proba(IDS)
    np.testing.assert_array_equal(loaded.predict_proba(IDS), expected)
    with pytest.raises(ValueError, match=f"device='{device}', but torch finds no .*'auto'"):
        loaded.fit(IDS, LABELS)
    np.testing.assert_array_equal(loaded.predict_proba(IDS), expected)
    for here in ("cpu", "auto"):
        loaded.set_params(device=here).partial_fit(IDS, LABELS)
    assert loaded.n_iter_ == model.n_iter_ + 2


def test_another_cuda_device_than_those_here(monkeypatch, tmp_path):
    model = RNNClassifier(device="cpu", **RECURRENT).fit(IDS, LABELS)
    save(model, tmp_path / "model")
    elsewhere(tmp_path / "model", "cuda:3")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert load(tmp_path / "model").net_.device == "cpu"

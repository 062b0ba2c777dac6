"""The folder of a training: what it holds, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from textvec.checkpoint import CheckpointFolder

pytest.importorskip("safetensors")

FINGERPRINT = {"estimator": "Net", "parameters": {"a": 1}, "data": {"X": "1"}, "first weights": "2"}


def make_folder(path, random_state=0, seed=0):
    return CheckpointFolder(path, random_state, np.random.RandomState(seed))


def state(n_epochs):
    return {"history": [{"epoch": i + 1} for i in range(n_epochs)]}


def test_the_newest_state_of_two_is_read(tmp_path):
    folder = make_folder(tmp_path / "new" / "run")
    assert folder.newest() is None
    folder.claim(FINGERPRINT)
    for n in 1, 2, 3:
        folder.keep(state(n))
    names = sorted(path.name for path in folder.path.iterdir())
    assert names == ["epoch-00002.safetensors", "epoch-00003.safetensors", "run.json"]
    again = make_folder(folder.path)
    again.claim(FINGERPRINT)
    assert again.newest() == state(3)


def test_a_damaged_epoch_is_passed_over_with_a_warning(tmp_path):
    folder = make_folder(tmp_path)
    folder.claim(FINGERPRINT)
    for n in 1, 2:
        folder.keep(state(n))
    (tmp_path / "epoch-00002.safetensors").write_bytes(b"")
    with pytest.warns(UserWarning, match="damaged: .* Training goes on from epoch 1"):
        assert folder.newest() == state(1)
    (tmp_path / "epoch-00001.safetensors").write_bytes(b"")
    with pytest.raises(ValueError, match="no epoch of the training .* can be read"):
        folder.newest()


def test_another_training_is_refused(tmp_path):
    make_folder(tmp_path).claim(FINGERPRINT)
    with pytest.raises(ValueError, match=r"another training. What differs: a \(there 1, here 2\)"):
        make_folder(tmp_path).claim(FINGERPRINT | {"parameters": {"a": 2}})


def test_without_random_state_a_training_draws_on_as_it_began(tmp_path):
    folder = make_folder(tmp_path, None, seed=1)
    folder.claim(FINGERPRINT)
    first = folder.draws.normal()
    again = make_folder(tmp_path, None, seed=2)
    assert again.draws.normal() == first
    assert make_folder(tmp_path, 2, seed=2).draws.normal() != first


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 1}', b'{"version": 99}'])
def test_damaged_and_later_formats(tmp_path, content):
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(ValueError, match="is damaged|is of version 99"):
        make_folder(tmp_path)


def test_folders_of_something_else_and_files(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match="not empty"):
        make_folder(tmp_path)
    with pytest.raises(ValueError, match="is a file: name a folder"):
        make_folder(tmp_path / "notes.txt")
    with pytest.raises(ValueError, match="checkpoint='' names no file and no folder"):
        make_folder("")


def test_unfinished_files_are_removed(tmp_path):
    for name in "run.json.1.tmp", "epoch-00001.safetensors.1.tmp":
        (tmp_path / name).write_text("half")
    make_folder(tmp_path)
    assert list(tmp_path.iterdir()) == []

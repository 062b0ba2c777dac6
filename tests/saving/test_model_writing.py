"""The file of a model: its header has room for whatever the arrays become."""

from __future__ import annotations

import json

import numpy as np
import pytest

from textvec.saving._model_file import opened, read_arrays, read_header
from textvec.saving._model_writing import write_model_file

MANIFEST = {"trusted": [], "objects": [], "versions": {}, "root": None}


def read(path):
    with opened(path) as file:
        header = read_header(path, file)
        return header, read_arrays(path, file, header)


def some_arrays(rng):
    """Some that shrink, others that do not, of many dtypes and shapes."""
    for at in range(rng.integers(1, 9)):
        shape = rng.integers(1, 30, rng.integers(0, 4))
        dtype = rng.choice(["u1", "<u2", "<i4", ">i8", "<f4", "<f8", "?"])
        array = rng.integers(0, rng.choice([2, 2**31]), shape).astype(dtype)
        yield f"{at} " + rng.choice(["a", '"é\\', "\U0001f438", "x" * 60]), array


@pytest.mark.parametrize("seed", range(40))
def test_arrays_come_back(seed, tmp_path):
    arrays = dict(some_arrays(np.random.default_rng(seed)))
    write_model_file(tmp_path / "model", MANIFEST, arrays)
    header, found = read(tmp_path / "model")
    assert header.data_start % 64 == 0
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert (found[name].dtype, found[name].shape) == (
            array.dtype.newbyteorder("="),
            array.shape,
        )
        np.testing.assert_array_equal(found[name], array)
        floats = header.arrays[name].dtype.startswith("F")
        assert not floats or header.arrays[name].start % array.itemsize == 0


def test_large_arrays_are_on_the_disk_before_the_end(monkeypatch, tmp_path):
    """And a disk that is full is an error then, too: the file that is there stays."""
    import os

    (tmp_path / "model").write_text("old")
    arrays = {"a": np.ones(1 << 20), "counts": np.arange(5000)}
    synced = []

    def full(descriptor):
        synced.append(os.fstat(descriptor).st_size)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_model_file(tmp_path / "model", MANIFEST, arrays)
    assert len(synced) == 1
    assert synced[0] >= 8 << 20
    assert [p.name for p in tmp_path.iterdir()] == ["model"]
    assert (tmp_path / "model").read_text() == "old"


def test_floats_out_of_place_are_read_and_not_mapped(tmp_path):
    """Compiled code may load aligned numbers only."""
    path = tmp_path / "model"
    arrays = {"table": np.arange(1 << 15, dtype=np.float64), "z": np.zeros(64, np.uint8)}
    write_model_file(path, MANIFEST, arrays)
    header, found = read(path)
    assert header.is_mapped("table")
    length = 8 + int.from_bytes(path.read_bytes()[:8], "little")
    whole = path.read_bytes()
    moved = whole[8:length].rstrip() + b" "
    while (8 + len(moved)) % 8 == 0:
        moved += b" "
    path.write_bytes(len(moved).to_bytes(8, "little") + moved + whole[length:])
    json.loads(moved)
    header, found = read(path)
    assert not header.is_mapped("table")
    assert found["table"].flags.aligned
    np.testing.assert_array_equal(found["table"], arrays["table"])

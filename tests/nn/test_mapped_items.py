"""Rows in a mapped file against the same rows in memory."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from textvec._storage._array_files import map_of
from textvec.nn import DeviceRows, _mapped_items
from textvec.nn._mapped_items import MappedItems

CPU = torch.device("cpu")
LENGTHS = np.array([3, 0, 2, 5])
STARTS = np.cumsum(LENGTHS) - LENGTHS


@pytest.fixture(params=[(), (2,)], ids=["ids", "vectors"])
def pair(request, tmp_path, monkeypatch):
    monkeypatch.setattr(_mapped_items, "_COMPARED", 8)
    values = np.arange(1, 1 + 10 * int(np.prod(request.param)), dtype=np.float32)
    values = values.reshape(10, *request.param)
    np.save(tmp_path / "values.npy", values)
    mapped = np.load(tmp_path / "values.npy", mmap_mode="r")
    assert map_of(mapped) is not None
    rows = DeviceRows.on(CPU, mapped, STARTS, LENGTHS, fill=-1)
    assert isinstance(rows.items, MappedItems)
    return rows, DeviceRows.on(CPU, values, STARTS, LENGTHS, fill=-1)


def test_batches(pair):
    mapped, held = pair
    for chosen in ([0], [3, 1], [2, 2, 0, 1, 3]):
        index = torch.tensor(chosen)
        for n_steps in (5, 7):
            ours, lengths = mapped.gather(index, n_steps)
            theirs, expected = held.gather(index, n_steps)
            torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
            assert torch.equal(lengths, expected)
        assert torch.equal(mapped.padded(index), held.padded(index))
        assert torch.equal(mapped.joined(np.array(chosen)), held.joined(np.array(chosen)))
    one = [rows.take(np.array([2])).gather(torch.tensor([0]), 2)[0] for rows in pair]
    assert torch.equal(*one)


def test_items(pair):
    mapped, held = (rows.items for rows in pair)
    assert len(mapped) == len(held) == 11
    assert torch.equal(mapped.tensor, held.tensor)
    assert len(held) == 11
    for key in (slice(2, 5), torch.tensor([[9, 0], [4, 4]])):
        assert torch.equal(mapped.part(key), held.part(key))
    fill = torch.tensor([[10], [3]])
    assert torch.equal(mapped.at(fill), held.at(fill))


def test_no_items(tmp_path):
    np.save(tmp_path / "values.npy", np.zeros(1, dtype=np.int32))
    nothing = np.load(tmp_path / "values.npy", mmap_mode="r")[:0]
    rows = DeviceRows.on(CPU, nothing, np.zeros(2, np.int64), np.zeros(2, np.int64))
    assert rows.padded(torch.tensor([1, 0])).tolist() == [[0, 0]]


def test_a_part_of_a_file(tmp_path):
    np.save(tmp_path / "values.npy", np.arange(60, dtype=np.int32).reshape(6, 10))
    part = np.load(tmp_path / "values.npy", mmap_mode="r")[2:5].reshape(-1)
    items = MappedItems.of(part, 0, CPU)
    assert items.at(torch.tensor([[0, 29], [1, 30]])).tolist() == [[20, 49], [21, 0]]


def test_another_file_at_the_path_is_not_read(tmp_path):
    path = tmp_path / "values.npy"
    np.save(path, np.arange(9, dtype=np.int32))
    mapped = np.load(path, mmap_mode="r")
    path.rename(tmp_path / "old.npy")
    assert MappedItems.of(mapped, 0, CPU) is None
    np.save(path, np.arange(1, 10, dtype=np.int32))
    assert MappedItems.of(mapped, 0, CPU) is None
    rows = DeviceRows.on(CPU, mapped, np.array([1]), np.array([3]))
    assert rows.padded(torch.tensor([0])).flatten().tolist() == [1, 2, 3]


def test_a_file_that_is_cut_short_is_named(tmp_path):
    path = tmp_path / "values.npy"
    np.save(path, np.arange(5000, dtype=np.int32))
    items = MappedItems.of(np.load(path, mmap_mode="r"), 0, CPU)
    with open(path, "r+b") as file:
        file.truncate(1000)
    with pytest.raises(OSError, match=r"values\.npy was cut short"):
        items.at(torch.tensor([4000, 4001]))

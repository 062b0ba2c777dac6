"""Files of states: what is written is read, or an error says that it is damaged."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from textvec.checkpoint._state_file import DamagedFileError, digest, read_state, write_state

pytest.importorskip("safetensors")

STATE = {
    "weights": {"a.b": torch.arange(6.0).view(2, 3), "t": torch.ones(2, dtype=torch.bfloat16)},
    "transposed": torch.arange(6).view(2, 3).T,
    "array": np.arange(3, dtype=np.uint8),
    "empty": torch.empty(0, 4),
    "scalar": torch.tensor(2.5),
    "nested": [1, (2.5, {"x", "y"}), {"none": None, 3: True}, []],
    "text": "naïve \N{SNOWMAN}",
}


def assert_equal(mine, theirs):
    assert type(mine) is type(theirs)
    if isinstance(mine, torch.Tensor):
        assert mine.dtype == theirs.dtype
        assert torch.equal(mine, theirs)
    elif isinstance(mine, np.ndarray):
        assert mine.dtype == theirs.dtype
        assert np.array_equal(mine, theirs)
    elif isinstance(mine, dict):
        assert list(mine) == list(theirs)
        for key in mine:
            assert_equal(mine[key], theirs[key])
    elif isinstance(mine, (list, tuple)):
        for a, b in zip(mine, theirs, strict=True):
            assert_equal(a, b)
    else:
        assert mine == theirs


def test_a_state_is_read_as_it_was_written(tmp_path):
    write_state(tmp_path / "state", STATE)
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    assert_equal(read_state(tmp_path / "state"), STATE)


@pytest.mark.parametrize("where", [0, 10, 200, -1])
def test_a_changed_byte_is_found(tmp_path, where):
    file = tmp_path / "state"
    write_state(file, STATE)
    data = bytearray(file.read_bytes())
    data[where] ^= 1
    file.write_bytes(data)
    with pytest.raises(DamagedFileError, match="is damaged"):
        read_state(file)


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_a_file_cut_short_is_found(tmp_path, part):
    file = tmp_path / "state"
    write_state(file, STATE)
    data = file.read_bytes()
    file.write_bytes(data[: int(part * len(data))])
    with pytest.raises(DamagedFileError, match="is damaged"):
        read_state(file)


def test_digests_tell_values_types_shapes_and_names_apart():
    array = np.arange(6, dtype=np.int32)
    values = [array, array.astype(np.int64), array.reshape(2, 3), array[::-1], {"a": array}]
    values += [{"b": array}, "array", None, 1, 1.0]
    assert len({digest(value) for value in values}) == len(values)
    assert digest(array.reshape(2, 3)) == digest(np.asfortranarray(array.reshape(2, 3)))
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest(torch.tensor([1.0, 2.0])) == digest(torch.tensor([[1.0, 0.0], [2.0, 0.0]])[:, 0])

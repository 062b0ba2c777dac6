"""Rows on a device against slices of the flat array."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from textvec.nn import DeviceRows

CPU = torch.device("cpu")
LENGTHS = st.lists(st.integers(0, 5), min_size=1, max_size=8)


def make(lengths, *, width=None, fill=0):
    lengths = np.array(lengths)
    n_items = int(lengths.sum())
    values = np.arange(1, n_items + 1)
    if width is not None:
        values = np.repeat(values[:, None], width, axis=1).astype(np.float32)
    starts = np.cumsum(lengths) - lengths
    rows = [values[s : s + n] for s, n in zip(starts, lengths, strict=True)]
    return DeviceRows.on(CPU, values, starts, lengths, fill=fill), rows


@given(LENGTHS, st.sampled_from([None, 2]), st.sampled_from([0, -100]), st.data())
def test_padded_is_each_row_and_the_fill(lengths, width, fill, data):
    rows, expected = make(lengths, width=width, fill=fill)
    chosen = data.draw(st.lists(st.integers(0, len(lengths) - 1), min_size=1, max_size=5))
    n_steps = max(1, max(lengths[i] for i in chosen)) + data.draw(st.integers(0, 2))
    values, true_lengths = rows.gather(torch.tensor(chosen), n_steps)
    assert values.shape[:2] == (n_steps, len(chosen))
    for b, i in enumerate(chosen):
        assert values[: lengths[i], b].tolist() == expected[i].tolist()
        assert (values[lengths[i] :, b] == fill).all()
    if true_lengths is None:
        assert {lengths[i] for i in chosen} == {n_steps}
    else:
        assert true_lengths.tolist() == [lengths[i] for i in chosen]
    longest = rows.padded(torch.tensor(chosen))
    assert torch.equal(longest, values[: len(longest)])


@given(LENGTHS, st.data())
def test_taken_and_joined_rows(lengths, data):
    rows, expected = make(lengths)
    chosen = np.array(data.draw(st.lists(st.integers(0, len(lengths) - 1), max_size=5)), dtype=int)
    taken = rows.take(chosen)
    assert taken.values is rows.values
    assert taken.lengths_cpu.tolist() == taken.lengths.tolist() == [lengths[i] for i in chosen]
    joined = [item for i in chosen for item in [*expected[i].tolist(), 0]]
    assert rows.joined(chosen).tolist() == joined


def test_a_common_length():
    assert make([3, 3])[0].common_length == 3
    assert make([3, 2])[0].common_length is None
    assert make([0, 0])[0].common_length is None
    assert make([])[0].common_length is None


def test_other_rows_of_the_same_items():
    rows, _ = make([3, 2])
    other = rows.sharing(np.array([1, 0, 4]), np.array([3, 0, 1]))
    assert other.values is rows.values
    assert other.padded(torch.arange(3)).T.tolist() == [[2, 3, 4], [0, 0, 0], [5, 0, 0]]
    assert len(other) == 3
    assert other.device == CPU


def test_read_only_arrays_are_taken():
    arrays = [np.arange(4), np.array([0, 2]), np.array([2, 2])]
    for array in arrays:
        array.setflags(write=False)
    rows = DeviceRows.on(CPU, *arrays)
    assert rows.take(arrays[1][:1]).padded(torch.tensor([0])).flatten().tolist() == [0, 1]
    with pytest.raises(AttributeError):
        rows.values = torch.zeros(3)

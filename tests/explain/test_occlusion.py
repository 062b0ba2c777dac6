"""Rows without one of their steps."""

from __future__ import annotations

import numpy as np
import torch

from textvec import EmbeddedSequences, Ragged
from textvec.explain._occlusion import without_steps
from textvec.networks.inputs._sequences import read_sequences
from textvec.nn import SequenceData


def rows_of(data):
    """Return the rows of SequenceData as a batch has them."""
    batch, _ = data.gather(torch.arange(len(data)), int(data.lengths_cpu.max()))
    return batch.values.transpose(0, 1).numpy()


def test_each_copy_of_a_row_lacks_its_step():
    X = np.array([[0, 5, 6, 7], [8, 9, 0, 0]])  # padding on either side
    data = SequenceData.on(torch.device("cpu"), read_sequences(X))
    less = without_steps(data, np.array([0, 0, 0, 1, 1]), np.array([0, 1, 2, 0, 1]))
    assert less.lengths_cpu.tolist() == [2, 2, 2, 1, 1]
    assert rows_of(less).tolist() == [[6, 7], [5, 7], [5, 6], [9, 0], [8, 0]]
    assert less.weights is None


def test_a_row_of_one_step_is_left_empty():
    data = SequenceData.on(torch.device("cpu"), read_sequences(Ragged.from_rows([[4], [2, 3]])))
    less = without_steps(data, np.array([0, 1]), np.array([0, 1]))
    assert less.lengths_cpu.tolist() == [0, 1]
    assert rows_of(less).tolist() == [[0], [2]]


def test_vectors_are_looked_up_in_the_same_table():
    embedded = EmbeddedSequences(Ragged.from_rows([[1, 2]]), np.array([[0.0], [10], [20]]))
    data = SequenceData.on(torch.device("cpu"), read_sequences(embedded))
    less = without_steps(data, np.array([0, 0]), np.array([0, 1]))
    assert less.table is data.table
    assert rows_of(less).tolist() == [[[20]], [[10]]]

"""Sentences with their neighbours, which share one tensor of ids."""

from __future__ import annotations

import numpy as np
import torch

from textvec import Ragged
from textvec.nn import IGNORE_INDEX, neighbor_data

IDS = Ragged.from_rows([[2, 3, 4], [5], [6, 7]])


def make(longest=9):
    lengths = np.minimum(IDS.lengths, longest)
    before, after = np.array([-1, 0, 1]), np.array([1, 2, -1])
    return neighbor_data(torch.device("cpu"), IDS, lengths, np.arange(3), before, after)


def test_neighbours_are_padded_with_the_ignored_index():
    data, x = make(), IGNORE_INDEX
    batch, y = data.gather(torch.tensor([0, 1, 2]), 3)
    assert batch.values.T.tolist() == [[2, 3, 4], [5, 0, 0], [6, 7, 0]]
    assert y.before.T.tolist() == [[x, x, x], [2, 3, 4], [5, x, x]]
    assert y.after.T.tolist() == [[5, x], [6, 7], [x, x]]
    assert data.targets.before.values is data.targets.after.values is data.rows.values


def test_selected_and_shortened_sentences():
    data = make(longest=2).take(np.array([1]))
    batch, y = data.gather(torch.tensor([0]), 1)
    assert batch.values.T.tolist() == [[5]]
    assert y.before.T.tolist() == [[2, 3]]
    assert y.after.T.tolist() == [[6, 7]]
    _, y = make().gather(torch.tensor([0]), 3)
    assert y.before.T.tolist() == [[IGNORE_INDEX]]

"""Targets on a device: one a row, one a step, and where the ends of sequences stand."""

from __future__ import annotations

import numpy as np
import torch

from textvec import Ragged
from textvec.nn import EOS, IGNORE_INDEX, target_positions, targets_on
from textvec.nn._targets import batch_targets, take_targets, with_ends

CPU = torch.device("cpu")


def test_one_target_a_row():
    targets = targets_on(CPU, np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    taken = take_targets(targets, np.array([2, 0]))
    assert batch_targets(taken, torch.tensor([1]), 7).tolist() == [[1.0, 2.0]]


def test_one_target_a_step():
    rows = Ragged.from_rows([[1, 2, 3], [4], []])
    taken = take_targets(targets_on(CPU, rows), np.array([1, 0, 2]))
    x = IGNORE_INDEX
    batch = batch_targets(taken, torch.tensor([1, 2]), None)
    assert batch.T.tolist() == [[1, 2, 3], [x, x, x]]
    assert batch_targets(taken, torch.tensor([0, 2]), 2).T.tolist() == [[4, x], [x, x]]
    numbers = targets_on(CPU, Ragged.from_rows([[0.5], [1.5, 2.5]]))
    assert batch_targets(numbers, torch.tensor([0]), 2).T.isnan().tolist() == [[False, True]]


def test_the_end_of_each_sequence():
    y = torch.tensor([[5, 6], [7, IGNORE_INDEX]])
    x = IGNORE_INDEX
    assert with_ends(y).T.tolist() == [[5, 7, EOS], [6, EOS, x]]
    assert target_positions(y).tolist() == [0, 1, 2, 3, 4]
    assert with_ends(torch.full((1, 1), x)).T.tolist() == [[EOS, x]]

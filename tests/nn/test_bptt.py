"""Documents as a stream for truncated BPTT: every token is a target once a pass."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from textvec import Ragged
from textvec.networks.inputs._sequences import read_sequences
from textvec.nn import IGNORE_INDEX, BPTTBatches, DocumentData, EvaluationBatches

CPU = torch.device("cpu")
LENGTHS = [3, 0, 7, 1, 5, 2, 11]


def make(lengths=LENGTHS, n_steps=4, **options):
    """Make documents whose ids count up from ten times their number."""
    rows = [np.arange(n) + 10 * (i + 1) for i, n in enumerate(lengths)]
    data = DocumentData.on(CPU, read_sequences(Ragged.from_rows(rows, dtype=int)))
    return data.with_bptt(n_steps, **{"stateful": True, **options})


def passes(data, batch_size, n=1, seed=0):
    made = BPTTBatches(data, batch_size, torch.Generator().manual_seed(seed))
    return [list(made) for _ in range(n)]


def rows_of(batches):
    """Join the pieces of a pass: of each row, the inputs and the targets."""
    rows: list[list[list[int]]] = []
    for batch, y in batches:
        if not batch.carries_state:
            first = len(rows)
            rows += [[[], []] for _ in range(len(batch))]
        for b in range(len(batch)):
            real = y[:, b] != IGNORE_INDEX
            rows[first + b][0] += batch.values[real, b].tolist()
            rows[first + b][1] += y[real, b].tolist()
    return rows


@pytest.mark.parametrize(
    ("batch_size", "n_steps"), [(1, 4), (2, 4), (3, 5), (64, 100), (4, 2), (2, 2**62)]
)
def test_a_pass_is_the_documents_with_boundaries(batch_size, n_steps):
    (batches,) = passes(make(n_steps=n_steps), batch_size)
    assert all(len(batch.values) <= n_steps and len(batch) <= batch_size for batch, _ in batches)
    found = []
    for x, y in rows_of(batches):
        assert x == [0, *y[:-1]]  # a row begins where a document does
        assert y[-1] == 0
        text = np.array(y)
        found += np.split(text, (text == 0).nonzero()[0] + 1)[:-1]
    wanted = [[*range(10 * (i + 1), 10 * (i + 1) + n), 0] for i, n in enumerate(LENGTHS)]
    assert sorted(document.tolist() for document in found) == sorted(wanted)


def test_short_documents_share_a_row_and_long_ones_are_cut():
    (batches,) = passes(make([1] * 30, n_steps=10), 64)
    assert [len(y) for _, y in rows_of(batches)] == [10] * 6
    (batches,) = passes(make([999], n_steps=4), 8)
    assert [len(y) for _, y in rows_of(batches)] == [125] * 8
    assert all(len(batch) == 8 for batch, _ in batches)
    (batches,) = passes(make([99], n_steps=20), 8)
    assert len(rows_of(batches)) == 1


def test_rows_that_have_ended_are_left_out():
    (batches,) = passes(make([9, 3, 20], n_steps=4), 8)
    widths = [len(batch) for batch, _ in batches]
    assert widths == sorted(widths, reverse=True) == [3, 3, 2, 1, 1, 1]
    empty = sum(int((y == IGNORE_INDEX).sum()) for _, y in batches)
    assert empty <= 4


def test_pieces_follow_each_other_and_passes_differ():
    data = make(n_steps=3)
    first, second = passes(data, 8, n=2)
    assert [batch.carries_state for batch, _ in first] == [False] + [True] * (len(first) - 1)
    assert not any(batch.carries_state for batch, _ in passes(make(stateful=False), 8)[0])
    assert rows_of(first) != rows_of(second)
    assert rows_of(first) == rows_of(passes(data, 8)[0])


def test_selected_documents_are_a_stream_of_their_own():
    data = make().take(np.array([2, 4]))
    (batches,) = passes(data, 8)
    ids = [i for _, y in rows_of(batches) for i in y]
    assert sorted(ids) == [0, 0, *range(30, 37), *range(50, 55)]
    assert data.n_steps == 4


def test_evaluation_has_the_boundary_before_and_after_each_row():
    ((batch, y),) = EvaluationBatches(make())
    for b, n in enumerate(LENGTHS):
        ids = [*(np.arange(n) + 10 * (b + 1)).tolist()]
        assert batch.values[: n + 1, b].tolist() == [0, *ids]
        assert y[: n + 1, b].tolist() == [*ids, 0]
        assert (y[n + 1 :, b] == IGNORE_INDEX).all()
        assert batch.lengths[b] == n + 1
    ((batch, y),) = EvaluationBatches(make([2, 2]))
    assert batch.lengths is None
    assert y.T.tolist() == [[10, 11, 0], [20, 21, 0]]

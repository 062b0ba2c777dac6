"""Documents as a stream: every token foretold once a pass, pieces that follow each other."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from textvec import Ragged
from textvec.nn import IGNORED, DocumentData, EvaluationBatches, StreamBatches, read_sequences

CPU = torch.device("cpu")
LENGTHS = [3, 0, 7, 1, 5, 2, 11]


def make(lengths=LENGTHS, n_steps=4, **options):
    """Make documents whose ids count up from ten times their number."""
    rows = [np.arange(n) + 10 * (i + 1) for i, n in enumerate(lengths)]
    data = DocumentData.on(CPU, read_sequences(Ragged.from_rows(rows, dtype=int)))
    return data.in_pieces(n_steps, **{"stateful": True, **options})


def passes(data, batch_size, n=1, seed=0):
    made = StreamBatches(data, batch_size, torch.Generator().manual_seed(seed))
    return [list(made) for _ in range(n)]


@pytest.mark.parametrize(("batch_size", "n_steps"), [(1, 4), (2, 4), (3, 5), (64, 100), (4, 1)])
def test_a_pass_is_the_documents_with_boundaries(batch_size, n_steps):
    data = make(n_steps=n_steps)
    (batches,) = passes(data, batch_size)
    assert all(len(batch.values) <= n_steps and len(batch) <= batch_size for batch, _ in batches)
    x = torch.cat([batch.values for batch, _ in batches]).T  # (B, T), the streams
    y = torch.cat([y for _, y in batches]).T
    stream, targets = x.flatten(), y.flatten()
    targets = targets[targets != IGNORED]
    assert len(targets) == sum(LENGTHS) + len(LENGTHS)
    assert stream[0] == 0
    assert torch.equal(stream[1 : len(targets)], targets[:-1].int())
    assert targets[-1] == 0
    documents = np.split(targets.numpy(), (targets == 0).nonzero()[:, 0] + 1)[:-1]
    wanted = [[*range(10 * (i + 1), 10 * (i + 1) + n), 0] for i, n in enumerate(LENGTHS)]
    assert sorted(d.tolist() for d in documents) == sorted(wanted)


def test_pieces_follow_each_other_and_passes_differ():
    data = make(n_steps=3)
    first, second = passes(data, 2, n=2)
    assert [batch.continues for batch, _ in first] == [False] + [True] * (len(first) - 1)
    assert not any(batch.continues for batch, _ in passes(make(stateful=False), 2)[0])
    assert not all(torch.equal(a, b) for (_, a), (_, b) in zip(first, second, strict=True))
    again = passes(data, 2)[0]
    assert all(torch.equal(a, b) for (_, a), (_, b) in zip(first, again, strict=True))


def test_selected_documents_are_a_stream_of_their_own():
    data = make().take(np.array([2, 4]))
    (batches,) = passes(data, 1)
    ids = torch.cat([y for _, y in batches]).flatten()
    assert sorted(ids.tolist()) == [0, 0, *range(30, 37), *range(50, 55)]
    assert data.n_steps == 4


def test_evaluation_has_the_boundary_before_and_after_each_row():
    ((batch, y),) = EvaluationBatches(make())
    for b, n in enumerate(LENGTHS):
        ids = [*(np.arange(n) + 10 * (b + 1)).tolist()]
        assert batch.values[: n + 1, b].tolist() == [0, *ids]
        assert y[: n + 1, b].tolist() == [*ids, 0]
        assert (y[n + 1 :, b] == IGNORED).all()
        assert batch.lengths[b] == n + 1
    ((batch, y),) = EvaluationBatches(make([2, 2]))
    assert batch.lengths is None
    assert y.T.tolist() == [[10, 11, 0], [20, 21, 0]]

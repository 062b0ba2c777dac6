"""Batches hold every row once, padded at the end, rows of like length together."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from textvec import EmbeddedSequences, Ragged
from textvec.networks.inputs._sequences import read_sequences
from textvec.nn import EvaluationBatches, SequenceData, TrainingBatches

CPU = torch.device("cpu")


def make_data(lengths, weights=None):
    """Make rows whose every item is the row's number plus two."""
    rows = [np.full(n, i + 2) for i, n in enumerate(lengths)]
    ragged = Ragged.from_rows(rows, dtype=int)
    y = np.arange(len(lengths), dtype=np.float32)
    return SequenceData.on(CPU, read_sequences(ragged), y, weights)


@pytest.mark.parametrize("batches", ["train", "evaluate"])
def test_every_row_comes_once_and_whole(batches):
    rng = np.random.default_rng(0)
    lengths = rng.integers(0, 40, size=157)
    data = make_data(lengths, weights=np.arange(157.0))
    generator = torch.Generator().manual_seed(0)
    made = TrainingBatches(data, 8, generator) if batches == "train" else EvaluationBatches(data)
    seen = []
    for batch, y in made:
        assert batch.values.shape[1] == len(batch) == len(y) == len(batch.lengths)
        assert len(batch.values) == max(1, batch.lengths.max())
        torch.testing.assert_close(batch.weights, y)
        for b, row in enumerate(y.int().tolist()):
            expected = torch.zeros(len(batch.values), dtype=torch.int32)
            expected[: lengths[row]] = row + 2
            assert torch.equal(batch.values[:, b], expected)
        seen += y.int().tolist()
    assert sorted(seen) == list(range(157))
    if batches == "evaluate":
        assert seen == sorted(seen)


def test_training_batches_waste_little_and_change_from_pass_to_pass():
    lengths = np.random.default_rng(0).integers(10, 400, size=3000)
    made = TrainingBatches(make_data(lengths), 32, torch.Generator().manual_seed(0))
    passes = [[(b.values.numel(), tuple(y.tolist())) for b, y in made] for _ in range(2)]
    assert sum(n for n, _ in passes[0]) < 1.05 * lengths.sum()
    assert passes[0] != passes[1]
    assert {y for _, y in passes[0]} != {y for _, y in passes[1]}  # not the order of batches only
    assert len(made) == len(passes[0]) == 94


def test_rows_of_one_length_carry_no_lengths_and_come_shuffled():
    made = TrainingBatches(make_data([5] * 20), 6, torch.Generator().manual_seed(0))
    batches = list(made)
    assert all(b.lengths is None and b.values.shape[0] == 5 for b, _ in batches)
    order = torch.cat([y for _, y in batches]).tolist()
    assert order != sorted(order)
    assert sorted(order) == list(range(20))


def test_the_same_seed_gives_the_same_batches():
    data = make_data(np.random.default_rng(0).integers(0, 9, size=50))
    runs = []
    for _ in range(2):
        made = TrainingBatches(data, 4, torch.Generator().manual_seed(5))
        runs.append([y.tolist() for _, y in made])
    assert runs[0] == runs[1]


def test_evaluation_batches_are_bounded():
    long_rows = make_data([70_000, 10, 10])
    ordered, rows = long_rows.by_length()
    sizes = [b.values.shape for b, _ in EvaluationBatches(ordered)]
    assert sizes == [(70_000, 1), (10, 2)]
    assert rows.tolist() == [0, 1, 2]
    assert len(EvaluationBatches(make_data([1] * 3000))) == 3


def test_long_rows_share_evaluation_batches():
    def sizes(lengths):
        return [b.values.shape for b, _ in EvaluationBatches(make_data(lengths))]

    assert sizes([5_000] * 70) == [(5_000, 32), (5_000, 32), (5_000, 6)]
    assert sizes([100_000] * 3) == [(100_000, 2), (100_000, 1)]
    assert sizes([40_000, 20_000, 19_999]) == [(40_000, 2), (19_999, 1)]
    assert sizes([600] * 200) == [(600, 109), (600, 91)]


def test_vectors_are_looked_up_a_batch_at_a_time():
    table = np.array([[0, 0], [9, 9], [1, 2]], dtype=np.float32)
    embedded = EmbeddedSequences(Ragged.from_rows([[2, 1], [2], []]), table)
    data = SequenceData.on(CPU, read_sequences(embedded))
    assert data.rows.values.ndim == 1
    ((batch, _),) = EvaluationBatches(data)
    np.testing.assert_array_equal(batch.values.numpy(), np.asarray(embedded).transpose(1, 0, 2))


def test_a_data_set_gives_single_rows():
    batch, y = make_data([3, 0])[1]
    assert (batch.values.tolist(), batch.lengths.tolist(), y.tolist()) == ([[0]], [0], [1.0])

"""The linear path against sums of weights, n-gram by n-gram."""

from __future__ import annotations

import pytest
import torch

from textvec.nn import Batch, WideLinear

ROWS = [[2, 3, 4, 2], [5], [], [3, 3, 1]]


def make(max_ngram, n_outputs=3):
    wide = WideLinear(6, n_outputs, max_ngram)
    torch.nn.init.normal_(wide.weight, generator=torch.Generator().manual_seed(0))
    return wide


def batch_of(rows):
    longest = max(1, *map(len, rows))
    padded = [[*row, *[0] * (longest - len(row))] for row in rows]
    return Batch(torch.tensor(padded).T, torch.tensor([len(row) for row in rows]))


def grams_of(row, max_ngram):
    return [row[i : i + n] for n in range(1, max_ngram + 1) for i in range(len(row) - n + 1)]


def place_of(gram, wide):
    hashed = 0
    for i in gram:
        hashed = (hashed * wide.factor + i) % wide.prime
    return gram[0] if len(gram) == 1 else wide.n_tokens + hashed % wide.n_buckets


@pytest.mark.parametrize("max_ngram", [1, 2, 3])
def test_a_row_is_the_scaled_sum_of_its_ngrams(max_ngram):
    wide = make(max_ngram)
    outputs = wide(batch_of(ROWS))
    for row, output in zip(ROWS, outputs, strict=True):
        grams = grams_of(row, max_ngram)
        expected = torch.zeros(3)
        for gram in grams:
            expected += wide.gain * wide.weight[place_of(gram, wide)] / len(grams) ** 0.5
        torch.testing.assert_close(output, expected)
        alone = wide(Batch(torch.tensor(row or [0])[:, None]))
        torch.testing.assert_close(alone[0], expected)


def test_padding_and_ids_of_any_width_change_nothing():
    wide, batch = make(3), batch_of(ROWS)
    more = torch.cat([batch.values, torch.zeros(2, 4, dtype=torch.int64)]).int()
    torch.testing.assert_close(wide(batch._replace(values=more)), wide(batch))


def test_steps_sum_to_the_outputs():
    wide, batch = make(3), batch_of(ROWS)
    directions = torch.eye(3)[[0, 1, 2, 1]]
    steps = wide.of_steps(batch, directions)
    torch.testing.assert_close(steps.sum(dim=0), (wide(batch) * directions).sum(dim=1))
    assert not steps[1:, 1].any()


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_gradients_are_those_of_the_scaled_sum(n_outputs):
    wide, directions = make(2, n_outputs), torch.arange(4.0 * n_outputs).view(4, n_outputs)
    (wide(batch_of(ROWS)) * directions).sum().backward()
    expected = torch.zeros_like(wide.weight)
    for row, direction in zip(ROWS, directions, strict=True):
        grams = grams_of(row, 2)
        for gram in grams:
            expected[place_of(gram, wide)] += wide.gain * direction / len(grams) ** 0.5
    torch.testing.assert_close(wide.weight.grad, expected)


def test_it_begins_at_zero_and_learns():
    wide = WideLinear(6, 1, 2)
    assert not wide(batch_of(ROWS)).any()
    wide(batch_of(ROWS)).sum().backward()
    assert wide.weight.grad.any()
    assert wide.layer_rows()[0].n_parameters == wide.weight.numel()

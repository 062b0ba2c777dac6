"""The linear path against sums of weights, n-gram by n-gram."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
import torch

from textvec.nn import Batch, WideLinear

ROWS = [[2, 3, 4, 2], [5], [], [3, 3, 1]]


def make(max_ngram, n_outputs=3):
    wide = WideLinear(6, n_outputs, max_ngram)
    generator = torch.Generator().manual_seed(0)
    torch.nn.init.normal_(wide.weight, generator=generator)
    torch.nn.init.uniform_(wide.idf, 1, 5, generator=generator)
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


def tfidf_of(row, wide):
    """Return the tf-idf of a row by the place of its n-grams, normalized and times the gain."""
    grams = [gram for gram in grams_of(row, wide.max_ngram) if 1 not in gram]
    counts = Counter(place_of(gram, wide) for gram in grams)
    values = {p: (1 + math.log(n)) * float(wide.idf[p]) for p, n in counts.items()}
    norm = sum(value**2 for value in values.values()) ** 0.5
    return {place: wide.gain * value / norm for place, value in values.items()}


@pytest.mark.parametrize("max_ngram", [1, 2, 3])
def test_a_row_is_the_sum_of_the_weights_of_its_ngrams_times_tfidf(max_ngram):
    wide = make(max_ngram)
    outputs = wide(batch_of(ROWS))
    for row, output in zip(ROWS, outputs, strict=True):
        expected = wide.weight[0].clone()
        for place, value in tfidf_of(row, wide).items():
            expected += wide.weight[place] * value
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
    without_intercept = wide(batch) - wide.weight[0]
    torch.testing.assert_close(steps.sum(dim=0), (without_intercept * directions).sum(dim=1))
    assert not steps[1:, 1].any()


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_gradients_are_the_tfidf_of_the_ngrams(n_outputs):
    wide, directions = make(2, n_outputs), torch.arange(4.0 * n_outputs).view(4, n_outputs)
    (wide(batch_of(ROWS)) * directions).sum().backward()
    expected = torch.zeros_like(wide.weight)
    for row, direction in zip(ROWS, directions, strict=True):
        expected[0] += direction
        for place, value in tfidf_of(row, wide).items():
            expected[place] += value * direction
    torch.testing.assert_close(wide.weight.grad, expected)


def test_it_begins_at_zero_and_learns():
    wide = WideLinear(6, 1, 2)
    assert not wide(batch_of(ROWS)).any()
    wide(batch_of(ROWS)).sum().backward()
    assert wide.weight.grad.any()
    assert wide.layer_rows()[0].n_parameters == wide.weight.numel()


def test_of_models_that_were_saved_without_idf_every_ngram_counts_alike():
    wide = make(2)
    del wide.idf
    with torch.no_grad():
        wide.weight[0] = 0  # that of padding was not trained
    for row, output in zip(ROWS, wide(batch_of(ROWS)), strict=True):
        grams = grams_of(row, 2)
        expected = torch.zeros(3)
        for gram in grams:
            expected += wide.gain * wide.weight[place_of(gram, wide)] / len(grams) ** 0.5
        torch.testing.assert_close(output, expected)


@pytest.mark.parametrize("n_outputs", [1, 3])
@pytest.mark.parametrize("max_ngram", [1, 2, 3])
def test_one_row_has_the_bits_of_a_batch(n_outputs, max_ngram):
    rng, wide = np.random.default_rng(0), WideLinear(30, n_outputs, max_ngram)
    with torch.no_grad():
        wide.weight.normal_(generator=torch.Generator().manual_seed(0))
        wide.idf.uniform_(0, 5, generator=torch.Generator().manual_seed(1))
    for n_steps in (1, 2, 3, 40, 300):
        row = Batch(torch.from_numpy(rng.integers(0, 30, (n_steps, 1))).int())
        with torch.inference_mode():
            found = wide(row)
        assert torch.equal(found, wide(row))

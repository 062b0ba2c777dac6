"""Chunks of labels, against seqeval."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest
from seqeval.metrics import f1_score
from seqeval.metrics.sequence_labeling import get_entities

from textvec.nn import ChunkLabels, chunk_counts, f1_of_counts

LABELS = sorted(["O", *(tag + kind for tag in "BIES" for kind in ("", "-X", "-Y", "-_", "-a-b"))])
TABLE = ChunkLabels.of(np.array(LABELS))


def draw_rows(draws, n_rows):
    """Return true rows of labels, all transitions alike, and predictions that are mostly right."""
    true = [draws.choices(LABELS, k=draws.randrange(6)) for _ in range(n_rows)]
    predicted = [
        [label if draws.random() < 0.7 else draws.choice(LABELS) for label in row] for row in true
    ]
    return true, predicted


def counts_of(true, predicted, weights=None):
    numbers = [
        np.array([LABELS.index(label) for row in rows for label in row], dtype=np.int64)
        for rows in (true, predicted)
    ]
    return chunk_counts(TABLE, *numbers, np.array([len(row) for row in true]), weights)


def test_f1_is_that_of_seqeval():
    draws = random.Random(0)
    for _ in range(300):
        true, predicted = draw_rows(draws, 4)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of rows without chunks
            expected = f1_score(true, predicted)
        counts = counts_of(true, predicted)
        assert f1_of_counts(*counts) == pytest.approx(expected, abs=1e-12)
        assert counts[1] == len(get_entities(true))
        assert counts[2] == len(get_entities(predicted))


def test_weights_are_those_of_rows():
    true, predicted = draw_rows(random.Random(1), 9)
    weights = np.arange(9) % 3
    repeated = [
        [row for row, n in zip(rows, weights, strict=True) for _ in range(n)]
        for rows in (true, predicted)
    ]
    np.testing.assert_array_equal(counts_of(true, predicted, weights), counts_of(*repeated))


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("L-X", "got 'L-X'. Write 'E-X' for it"),
        ("U", "got 'U'. Write 'S' for it"),
        ("NOUN", "got 'NOUN'"),
        ("Bx", "got 'Bx'"),
        ("O-X", "got 'O-X'"),
        ("", "got ''"),
    ],
)
def test_other_labels_are_named(label, message):
    with pytest.raises(ValueError, match=message):
        ChunkLabels.of(np.array(["B-X", label]))


def test_numbers_are_no_labels_of_chunks():
    with pytest.raises(ValueError, match="got 3"):
        ChunkLabels.of(np.array([3]))

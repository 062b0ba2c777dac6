"""Metrics of texts: by hand where they can be, and their ends."""

from __future__ import annotations

import math

import pytest

from textvec.networks.heads._text_scores import METRICS, bleu, chrf, exact

TRUE = ["the cat sat on the mat", "a dog"]


def test_equal_texts_score_highest_and_others_lowest():
    for name, highest in (("bleu", 100), ("chrf", 100), ("exact", 1)):
        assert METRICS[name](TRUE, TRUE) == pytest.approx(highest)
        assert METRICS[name](["b"], ["c"]) == pytest.approx(0)


def test_exact_is_a_fraction():
    assert exact(TRUE, ["the cat sat on the mat", "a  dog"]) == 0.5


def test_bleu_is_the_geometric_mean_of_the_precisions_times_the_brevity_penalty():
    true, predicted = "a b c d e f", "a b c d g"
    precisions = [4 / 5, 3 / 4, 2 / 3, 1 / 2]
    expected = 100 * math.exp(1 - 6 / 5) * math.prod(precisions) ** (1 / 4)
    assert bleu([true], [predicted]) == pytest.approx(expected)
    assert bleu([predicted], [true]) != pytest.approx(expected)  # not symmetric


def test_chrf_is_an_f_score_of_characters():
    # Of each order of n-grams, of 1 and 2 characters: 2 of 3 and 1 of 2 are right.
    true, predicted = "abc", "abd"
    means = sum([2 / 3, 1 / 2, 0]) / 3  # trigrams are there, none right; longer ones are not
    assert chrf([true], [predicted]) == pytest.approx(100 * means)

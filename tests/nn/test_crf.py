"""The linear chain against the list of all label sequences."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
import torch

from textvec.nn import (
    IGNORE_INDEX,
    ChainCriterion,
    ChainHead,
    ChainScores,
    StepCrossEntropy,
    Transitions,
)

LENGTHS = [4, 1, 0, 3]
N_CLASSES = 3


def make_scores():
    g = torch.Generator().manual_seed(0)
    draw = [torch.randn(*s, generator=g) for s in ((4, 4, 3), (3,), (3,), (3, 3))]
    return ChainScores(*draw, torch.tensor(LENGTHS))


def path_score(scores, b, labels):
    total = scores.start[labels[0]] + scores.end[labels[-1]]
    for t, label in enumerate(labels):
        total = total + scores.emissions[t, b, label]
        if t:
            total = total + scores.pairs[labels[t - 1], label]
    return total


def all_paths(length):
    return list(product(range(N_CLASSES), repeat=length))


@pytest.mark.parametrize("b", [b for b, n in enumerate(LENGTHS) if n])
def test_sums_and_the_best_path_equal_enumeration(b):
    scores, criterion, length = make_scores(), ChainCriterion(N_CLASSES), LENGTHS[b]
    paths = all_paths(length)
    totals = torch.stack([path_score(scores, b, path) for path in paths])
    y = torch.full((4, 4), IGNORE_INDEX)
    for i in (0, len(paths) // 2, len(paths) - 1):
        y[:length, b] = torch.tensor(paths[i])
        loss = criterion(scores, y)[b]
        torch.testing.assert_close(loss, totals.logsumexp(0) - totals[i])
    decided = criterion.decide(scores)[:length, b]
    assert tuple(decided.tolist()) == paths[int(totals.argmax())]
    probabilities = totals.softmax(0)
    expected = torch.zeros(length, N_CLASSES)
    for path, probability in zip(paths, probabilities, strict=True):
        for t, label in enumerate(path):
            expected[t, label] += probability
    torch.testing.assert_close(criterion.proba(scores)[:length, b], expected)


def test_padding_and_rows_without_steps_count_nothing():
    scores, criterion = make_scores(), ChainCriterion(N_CLASSES)
    y = torch.full((4, 4), IGNORE_INDEX)
    for b, length in enumerate(LENGTHS):
        y[:length, b] = 1
    losses = criterion(scores, y)
    assert losses[2] == 0
    assert criterion.n_terms(y).tolist() == LENGTHS
    other = scores.emissions.clone()
    other[torch.arange(4)[:, None] >= scores.lengths] = 99.0
    torch.testing.assert_close(criterion(scores._replace(emissions=other), y), losses)
    short = scores._replace(emissions=scores.emissions[:3, 3:], lengths=scores.lengths[3:])
    torch.testing.assert_close(criterion(short, y[:3, 3:])[0], losses[3])


def test_gradients_are_finite_and_right():
    scores = make_scores()
    leaves = [part.double().requires_grad_() for part in scores[:4]]
    y = torch.full((4, 4), IGNORE_INDEX)
    for b, length in enumerate(LENGTHS):
        y[:length, b] = torch.arange(length) % 3

    def loss(*parts):
        return ChainCriterion(N_CLASSES)(ChainScores(*parts, scores.lengths), y).sum()

    assert torch.autograd.gradcheck(loss, leaves)


def test_without_pairs_the_chain_is_a_choice_at_each_step():
    head = ChainHead(5, N_CLASSES, torch.Generator().manual_seed(0))
    scores = head(torch.randn(4, 2, 5, generator=torch.Generator().manual_seed(1)), None)
    y = torch.randint(3, (4, 2), generator=torch.Generator().manual_seed(2))
    chain, steps = ChainCriterion(N_CLASSES), StepCrossEntropy(N_CLASSES)
    torch.testing.assert_close(chain(scores, y), steps(scores.emissions, y))
    assert torch.equal(chain.decide(scores), steps.decide(scores.emissions))
    torch.testing.assert_close(chain.proba(scores), steps.proba(scores.emissions))


def test_the_tally_counts_steps():
    y = torch.tensor([[1, 2], [0, IGNORE_INDEX]])
    outputs = torch.nn.functional.one_hot(torch.tensor([[1, 0], [0, 0]]), 3).float()
    criterion = StepCrossEntropy(3)
    assert criterion.metric_sums(outputs, y, torch.tensor([1.0, 3.0])).tolist() == [2, 5]
    assert criterion.score(torch.tensor([2.0, 5.0])) == pytest.approx(0.4)


def test_the_likelihood_of_some_labels_sums_over_the_others():
    generator = torch.Generator().manual_seed(0)
    emissions = torch.randn(3, 2, 2, generator=generator)
    start, end, *pairs = torch.randn(4, 2, generator=generator)
    scores = ChainScores(emissions, start, end, torch.stack(pairs), torch.tensor([3, 2]))
    criterion, none = ChainCriterion(2), IGNORE_INDEX
    found = -criterion(scores, torch.tensor([[0, none], [none, 1], [1, none]]))
    whole = [torch.tensor([[0, a], [b, 1], [1, none]]) for a, b in product((0, 1), (0, 1))]
    each = torch.stack([-criterion(scores, labels) for labels in whole])  # (4, B)
    # Each row's own free label is in two of the four, whatever the other's is.
    torch.testing.assert_close(found, each.logsumexp(dim=0) - torch.tensor(2.0).log())


def test_what_is_not_allowed_has_probability_zero():
    scores, rng = make_scores(), np.random.default_rng(0)
    allowed = Transitions(*(rng.random(s) < 0.7 for s in ((3,), (3,), (3, 3))))
    criterion = ChainCriterion(N_CLASSES, transitions=allowed)
    for b, length in enumerate(LENGTHS):
        if not length:
            continue
        paths = [
            path
            for path in all_paths(length)
            if allowed.start[path[0]]
            and allowed.end[path[-1]]
            and all(allowed.pairs[i, j] for i, j in pairwise(path))
        ]
        assert 0 < len(paths) < N_CLASSES**length
        totals = torch.stack([path_score(scores, b, path) for path in paths])
        assert tuple(criterion.decide(scores)[:length, b].tolist()) == paths[int(totals.argmax())]
        y = torch.full((4, 4), IGNORE_INDEX)
        y[:length, b] = torch.tensor(paths[0])
        torch.testing.assert_close(criterion(scores, y)[b], totals.logsumexp(0) - totals[0])
        expected = torch.zeros(length, N_CLASSES)
        for path, probability in zip(paths, totals.softmax(0), strict=True):
            expected[torch.arange(length), torch.tensor(path)] += probability
        torch.testing.assert_close(criterion.proba(scores)[:length, b], expected)


def test_a_row_of_which_nothing_is_allowed_has_the_fewest_violations():
    scores = make_scores()
    allowed = Transitions(np.ones(3, bool), np.ones(3, bool), np.zeros((3, 3), bool))
    allowed.pairs[0, 1] = allowed.pairs[1, 0] = True
    allowed.end[:2] = False
    criterion = ChainCriterion(N_CLASSES, transitions=allowed)
    path = criterion.decide(scores)[:4, 0].tolist()
    assert sum(not allowed.pairs[i, j] for i, j in pairwise(path)) + (path[-1] != 2) == 1
    assert criterion.proba(scores)[:4, 0].isfinite().all()

"""Searches over a tiny vocabulary against the list of all sequences."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from textvec.nn import beam_search, greedy_search

N_IDS, MAX_LENGTH = 4, 3


class History(NamedTuple):
    """What was read so far, as one number a row, and which rows these are."""

    code: Tensor
    rows: Tensor

    def take(self, rows):
        return History(self.code[rows], self.rows[rows])


class Tree:
    """Random logits after every beginning of every row."""

    def __init__(self, n_rows, seed=0, n_ids=N_IDS):
        n_codes = sum(n_ids**t for t in range(MAX_LENGTH + 1)) * n_ids + n_ids
        g = torch.Generator().manual_seed(seed)
        self.logits = 2 * torch.randn(n_rows, n_codes, n_ids, generator=g)
        self.n_ids = n_ids
        self.first = torch.zeros(n_rows, dtype=torch.int64)
        self.n_read = 0

    def start(self):
        return History(torch.zeros_like(self.first), torch.arange(len(self.first)))

    def step(self, ids, state):
        self.n_read += len(ids)
        code = self.after(state.code, ids)
        return self.logits[state.rows, code], History(code, state.rows)

    def after(self, code, token):
        return code * self.n_ids + token

    def log_proba(self, row, ids):
        """Return the log probability of a sequence and its end, unknown ids left out."""
        code, total = 0, 0.0
        for before, token in zip([0, *ids], [*ids, 0], strict=True):
            code = self.after(code, before)
            logits = self.logits[row, code].clone()
            logits[1] = -torch.inf
            total += float(logits.log_softmax(0)[token])
        return total


def all_sequences(n_ids=N_IDS):
    known = [i for i in range(n_ids) if i > 1]
    return [s for n in range(MAX_LENGTH + 1) for s in product(known, repeat=n)]


def rows_of(ids):
    return [tuple(token for token in row.tolist() if token) for row in ids]


@pytest.mark.parametrize("length_penalty", [0.0, 0.7, 2.0])
def test_a_beam_as_wide_as_all_sequences_finds_the_best(length_penalty):
    tree = Tree(40)
    found = beam_search(
        tree.step,
        tree.start(),
        tree.first,
        width=20,
        max_length=MAX_LENGTH,
        length_penalty=length_penalty,
    )
    for row in range(40):
        scores = {
            s: tree.log_proba(row, s) / ((6 + len(s)) / 6) ** length_penalty
            for s in all_sequences()
        }
        best = max(scores, key=scores.get)
        assert rows_of(found.ids[:, 0])[row] == best
        assert float(found.scores[row, 0]) == pytest.approx(scores[best], rel=1e-5)


@pytest.mark.parametrize("width", [2, 3, 4])
def test_a_narrow_beam_is_a_search_with_lists(width):
    tree = Tree(40, n_ids=6)
    found = beam_search(tree.step, tree.start(), tree.first, width=width, max_length=MAX_LENGTH)
    for row in range(40):
        live, ended = [((), 0.0)], {}
        for t in range(MAX_LENGTH + 1):
            candidates = []
            for ids, score in live:
                code = 0
                for token in [0, *ids]:
                    code = tree.after(code, token)
                logits = tree.logits[row, code].clone()
                logits[1] = -torch.inf
                logs = logits.log_softmax(0).tolist()
                tokens = [0] if t == MAX_LENGTH else [0, 2, 3, 4, 5]
                candidates += [((*ids, token), score + logs[token]) for token in tokens]
            candidates.sort(key=lambda c: -c[1])
            room = width - len(ended)
            ended |= {ids[:-1]: s for ids, s in candidates[:room] if ids[-1] == 0}
            live = [(ids, s) for ids, s in candidates if ids[-1] != 0][: width - len(ended)]
        assert rows_of(found.ids[:, 0])[row] == max(ended, key=ended.get)


def test_what_ends_early_and_unlikely_does_not_end_the_search():
    tree = Tree(20)
    tree.logits[:, :, 2] += 30.0  # all but certain at every step, as is the end at the last
    code = 0
    for token in [0, 2, 2, 2]:
        code = tree.after(code, token)
    tree.logits[:, code, 0] += 60.0
    found = beam_search(tree.step, tree.start(), tree.first, width=3, max_length=MAX_LENGTH)
    assert rows_of(found.ids[:, 0]) == [(2, 2, 2)] * 20


def test_a_beam_of_one_is_greedy():
    tree = Tree(60)
    greedy = greedy_search(tree.step, tree.start(), tree.first, max_length=MAX_LENGTH)
    found = beam_search(tree.step, tree.start(), tree.first, width=1, max_length=MAX_LENGTH)
    assert torch.equal(found.ids[:, 0], greedy)
    lengths = {len(row) for row in rows_of(greedy)}
    assert lengths == {0, 1, 2, 3}
    assert not (greedy == 1).any()


@pytest.mark.parametrize("width", [1, 3])
def test_rows_together_are_rows_alone(width):
    tree = Tree(30)
    found = beam_search(tree.step, tree.start(), tree.first, width=width, max_length=MAX_LENGTH)
    for row in range(30):
        alone = torch.tensor([row])
        one = beam_search(
            tree.step,
            tree.start().take(alone),
            tree.first[alone],
            width=width,
            max_length=MAX_LENGTH,
        )
        assert torch.equal(one.ids[0], found.ids[row])


def test_rows_that_have_ended_cost_nothing():
    tree = Tree(100)
    tree.logits[:99, 0, 0] = 50.0  # these end at once
    tree.logits[99, :, 0] = -50.0
    greedy_search(tree.step, tree.start(), tree.first, max_length=MAX_LENGTH)
    assert tree.n_read == 100 + MAX_LENGTH - 1
    tree.n_read = 0
    beam_search(tree.step, tree.start(), tree.first, width=2, max_length=MAX_LENGTH)
    assert tree.n_read == 2 * (100 + MAX_LENGTH)


@pytest.mark.parametrize("n_rows", [0, 3])
def test_no_rows_and_no_length(n_rows):
    tree = Tree(n_rows)
    for max_length in (0, 2):
        greedy = greedy_search(tree.step, tree.start(), tree.first, max_length=max_length)
        found = beam_search(tree.step, tree.start(), tree.first, width=2, max_length=max_length)
        assert greedy.shape == found.ids[:, 0].shape == (n_rows, max_length)


@pytest.mark.parametrize("length_penalty", [0.0, 2.0])
@pytest.mark.parametrize("n_best", [2, 6, 20])
def test_the_n_best_are_those_of_all_sequences(length_penalty, n_best):
    tree = Tree(30)
    options = {"max_length": MAX_LENGTH, "length_penalty": length_penalty, "width": 20}
    found = beam_search(tree.step, tree.start(), tree.first, **options, n_best=n_best)
    for row in range(30):
        scores = {
            s: tree.log_proba(row, s) / ((6 + len(s)) / 6) ** length_penalty
            for s in all_sequences()
        }
        expected = sorted(scores, key=scores.get, reverse=True)[:n_best]
        n_found = int(found.scores[row].isfinite().sum())
        assert n_found == len(expected)  # there are 15 in all
        assert rows_of(found.ids[row, :n_found]) == expected
        values = [scores[s] for s in expected]
        assert found.scores[row, :n_found].tolist() == pytest.approx(values, rel=1e-5)

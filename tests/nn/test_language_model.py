"""The language model against an LSTM and a softmax run row by row."""

from __future__ import annotations

import pickle

import pytest
import torch

from textvec.nn import (
    IGNORE_INDEX,
    AdaptiveSoftmax,
    Batch,
    LanguageCriterion,
    LanguageModel,
    Randomness,
    RecurrentStack,
    SequenceEncoder,
    learned_embedding,
)

BATCH = Batch(torch.tensor([[0, 0], [2, 3], [4, 0]], dtype=torch.int32), torch.tensor([3, 2]))
TARGETS = torch.tensor([[2, 3], [4, 0], [0, IGNORE_INDEX]])


def make():
    draws = Randomness(0)
    generator = draws.generator("cpu")
    embedding = learned_embedding(9, 4, generator, bound=1.0)
    encoder = SequenceEncoder(embedding, RecurrentStack("lstm", 4, 4, randomness=draws))
    output = AdaptiveSoftmax(embedding.weight, (), generator)
    return LanguageModel(encoder, torch.nn.Identity(), output, randomness=draws)


def test_log_probabilities_of_the_targets():
    model = make().eval()
    outputs = model(BATCH, TARGETS)
    states, _ = model.body.forward_layers[0](model.embedding(BATCH.values))
    for b, n in enumerate(BATCH.lengths.tolist()):
        of_all = model.log_proba(states[:n, b])
        expected = of_all[torch.arange(n), TARGETS[:n, b]]
        torch.testing.assert_close(outputs[:n, b], expected)
        assert not outputs[n:, b].any()
        torch.testing.assert_close(model.next_log_proba(BATCH)[b], of_all[-1])
    torch.testing.assert_close(model.log_likelihood(BATCH).float(), outputs.sum(dim=0))
    assert model.hidden_state is None


def test_a_batch_goes_on_with_the_hidden_state_of_rows_that_are_left():
    model = make().train()
    first = Batch(BATCH.values[:2])
    model(first, TARGETS[:2])
    state = model.hidden_state
    assert not any(part.requires_grad for part in state)
    last = Batch(BATCH.values[2:, :1], carries_state=True)
    outputs = model(last, TARGETS[2:, :1])
    expected, _ = model.read(last.values, tuple(part[:, :1] for part in state))
    torch.testing.assert_close(outputs[0, 0], model.log_proba(expected[0])[0, 0])
    assert pickle.loads(pickle.dumps(model)).hidden_state is None


def test_the_loss_and_the_score():
    criterion = LanguageCriterion(9)
    outputs = torch.tensor([[-1.0, -2.0], [-3.0, -4.0], [-5.0, 0.0]])
    assert criterion(outputs, TARGETS).tolist() == [9, 6]
    assert criterion.n_terms(TARGETS).tolist() == [3, 2]
    sums = criterion.metric_sums(outputs, TARGETS, torch.tensor([1.0, 2.0]))
    assert criterion.score(sums) == pytest.approx(-(9 + 2 * 6) / (3 + 2 * 2))

"""The skip-thought network against its two decoders run on each sentence alone."""

from __future__ import annotations

import torch

from textvec.nn import (
    EOS,
    IGNORE_INDEX,
    AdaptiveSoftmax,
    Batch,
    EncoderOutput,
    NeighborCriterion,
    NeighborIds,
    Randomness,
    RecurrentStack,
    SequenceEncoder,
    SkipThoughtModel,
    learned_embedding,
)

X = IGNORE_INDEX
BATCH = Batch(torch.tensor([[2, 5], [3, 0]], dtype=torch.int32), torch.tensor([2, 1]))
Y = NeighborIds(torch.tensor([[X, 4], [X, 6]]), torch.tensor([[7, X], [8, X], [2, X]]))


def make():
    draws = Randomness(0)
    generator = draws.generator("cpu")
    stack = RecurrentStack("gru", 3, 4, randomness=draws)
    encoder = SequenceEncoder(learned_embedding(9, 3, generator, bound=1.0), stack)
    weight = learned_embedding(9, 4, generator, bound=1.0).weight
    return SkipThoughtModel(encoder, AdaptiveSoftmax(weight, (), generator), randomness=draws)


def by_hand(model, side, b):
    """Return the log probability of one neighbour, word by word."""
    ids = [i for i in Y[side][:, b].tolist() if i != X]
    if not ids:
        return torch.tensor(0.0)
    n = int(BATCH.lengths[b])
    vectors = model.embedding(BATCH.values[:n, b : b + 1])
    state = model.decoders[side].start(EncoderOutput(model.body(vectors)[-1]))
    total, last = torch.tensor(0.0), 0
    for word in [*ids, EOS]:
        states, state = model.decoders[side].step(torch.tensor([last]), state)
        total = total + model.output.log_proba(states)[0, word]
        last = word
    return total


def test_each_neighbour_is_predicted_from_the_sentence():
    model = make().eval()
    outputs = model(BATCH, Y)
    assert outputs.shape == (2, 2)
    for side in range(2):
        for b in range(2):
            torch.testing.assert_close(outputs[side, b], by_hand(model, side, b))


def test_terms_are_words_and_ends():
    criterion, model = NeighborCriterion(9), make()
    assert criterion.n_terms(Y).tolist() == [4, 3]
    outputs = model(BATCH, Y)
    torch.testing.assert_close(criterion(outputs, Y), -outputs.sum(dim=0))
    outputs.sum().backward()
    assert all(p.grad is not None for p in model.parameters())

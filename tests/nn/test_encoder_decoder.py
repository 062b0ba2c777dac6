"""Encoder and decoder together: what is generated, with attention and without."""

from __future__ import annotations

import pytest
import torch

import textvec.nn._encoder_decoder as module
from textvec.nn import (
    POOLINGS,
    Batch,
    EncoderDecoder,
    Randomness,
    RecurrentDecoder,
    RecurrentStack,
    SequenceEncoder,
    beam_search,
    learned_embedding,
)

BATCH = Batch(torch.tensor([[2, 5, 3], [3, 0, 4]], dtype=torch.int32), torch.tensor([2, 1, 2]))


def make(*, attention):
    draws = Randomness(1)
    generator = draws.generator("cpu")
    stack = RecurrentStack("gru", 3, 4, randomness=draws)
    encoder = SequenceEncoder(learned_embedding(9, 3, generator, bound=1.0), stack)
    decoder = RecurrentDecoder(
        learned_embedding(7, 3, generator, bound=2.0),
        "gru",
        4,
        context_size=4,
        attended_size=4 if attention else None,
        randomness=draws,
    )
    pooling = POOLINGS["last"](stack, generator)
    return EncoderDecoder(encoder, pooling, decoder, randomness=draws).eval()


@pytest.mark.parametrize("attention", [False, True])
@pytest.mark.parametrize("width", [1, 3])
def test_rows_in_groups_generate_the_same(attention, width, monkeypatch):
    model = make(attention=attention)
    options = {"width": width, "max_length": 5, "length_penalty": 0.5}
    whole = model.generate(BATCH, **options)
    monkeypatch.setattr(module, "_SEARCH_LOGITS", 1)  # row by row
    assert torch.equal(model.generate(BATCH, **options), whole)
    assert whole.shape == (3, 5)
    if width > 1:
        state = model.decoder.start(model.encode(BATCH))
        found = beam_search(model.decoder.step, state, torch.zeros(3, dtype=torch.int64), **options)
        assert torch.equal(found.ids[:, 0], whole)


def test_what_the_decoder_reads():
    model = make(attention=True)
    encoded = model.encode(BATCH)
    assert torch.equal(encoded.steps, model.steps(BATCH))
    assert torch.equal(encoded.context, model.pool(BATCH))
    taken = encoded.take(torch.tensor([2, 0, 0]))
    assert torch.equal(taken.steps, encoded.steps[:, [2, 0, 0]])
    assert taken.lengths.tolist() == [2, 2, 2]
    y = torch.tensor([[2, 3, 4]])
    weights = model.attention_weights(BATCH, y)
    assert weights.shape == (3, 2, 2)
    torch.testing.assert_close(weights.sum(dim=2), torch.ones(3, 2))
    assert not weights[1, :, 1].any()  # padding
    assert make(attention=False).encode(BATCH).steps is None

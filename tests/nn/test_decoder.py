"""The decoder against a loop written by hand, its loss against torch's."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from textvec.nn import (
    IGNORE_INDEX,
    EncoderOutput,
    Randomness,
    RecurrentDecoder,
    TokenCrossEntropy,
    learned_embedding,
    target_positions,
)

N_IDS, D, H, K, A = 7, 3, 4, 5, 6
ROWS = [[2, 5, 3], [], [6], [4, 4]]
SOURCE_LENGTHS = torch.tensor([3, 5, 0, 1])


def make_decoder(cell="gru", **options):
    draws = Randomness(0)
    embedding = learned_embedding(N_IDS, D, draws.generator("cpu"))
    given = {"context_size": K, "randomness": draws, **options}
    decoder = RecurrentDecoder(embedding, cell, H, **given).eval()
    for parameter in decoder.parameters():  # zero biases would hide mistakes
        parameter.data += 0.1 * torch.randn(parameter.shape, generator=draws.generator("cpu"))
    embedding.weight.data[0] = 0.0
    return decoder


def make_source(*, attended: bool = True, n_rows: int = len(ROWS)):
    g = torch.Generator().manual_seed(1)
    context = torch.randn(n_rows, K, generator=g)
    steps = torch.randn(5, n_rows, A, generator=g)
    return EncoderOutput(context, steps, SOURCE_LENGTHS) if attended else EncoderOutput(context)


def padded(rows):
    y = torch.full((max(1, *map(len, rows)), len(rows)), IGNORE_INDEX)
    for b, row in enumerate(rows):
        y[: len(row), b] = torch.tensor(row, dtype=torch.int64)
    return y


def by_hand(decoder, row, source, b):
    """Return the logits before each id of a row and before its end, (n + 1, V), of a GRU."""
    context = source.context[b]
    layer = decoder.layers.forward_layers[0]
    w_in, w_state, b_in, b_state = layer.parameters()
    h = torch.tanh(decoder.initial.weight @ context + decoder.initial.bias)
    logits = []
    for token in [0, *row]:
        x = decoder.embedding.weight[token]
        if decoder.join_context:
            x = torch.cat([x, context])
        r_in, z_in, n_in = (w_in @ x + b_in).chunk(3)
        r_state, z_state, n_state = (w_state @ h + b_state).chunk(3)
        r, z = torch.sigmoid(r_in + r_state), torch.sigmoid(z_in + z_state)
        h = (1 - z) * torch.tanh(n_in + r * n_state) + z * h
        out = h
        if decoder.attention is not None:
            query = decoder.attention.query(h)
            real = source.steps[: source.lengths[b], b]
            weights = torch.softmax(real @ query / A**0.5, 0)
            out = torch.tanh(decoder.attention.join(torch.cat([weights @ real, h])))
        logits.append(decoder.head.weight @ out + decoder.head.bias)
    return torch.stack(logits)


@pytest.mark.parametrize("attended", [False, True])
@pytest.mark.parametrize("join_context", [False, True])
def test_logits_are_those_of_a_loop_by_hand(attended, join_context):
    size = A if attended else None
    decoder = make_decoder(join_context=join_context, attended_size=size)
    source, y = make_source(attended=attended), padded(ROWS)
    logits, places = decoder(y, source), target_positions(y)
    for b, row in enumerate(ROWS):
        of_row = logits[places % len(ROWS) == b]
        torch.testing.assert_close(of_row, by_hand(decoder, row, source, b))


@pytest.mark.parametrize("attended", [False, True])
@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_step_by_step_is_all_steps_at_once(cell, num_layers, attended):
    decoder = make_decoder(cell, num_layers=num_layers, attended_size=A if attended else None)
    rows = [[2, 5, 3], [6, 1, 2], [4, 4, 4], [3, 3, 5]]
    source, y = make_source(attended=attended), padded(rows)
    state = decoder.start(source)
    steps = []
    for ids in [torch.zeros(4, dtype=torch.int64), *y]:
        logits, state = decoder.step(ids, state)
        steps.append(logits)
    torch.testing.assert_close(torch.cat(steps), decoder(y, source))


def test_selected_rows_go_on_as_they_would_have():
    decoder = make_decoder("lstm", attended_size=A)
    source = make_source()
    ids = torch.tensor([2, 3, 4, 5])
    _, state = decoder.step(ids, decoder.start(source))
    rows = torch.tensor([3, 3, 0])
    expected, _ = decoder.step(ids, state)
    logits, _ = decoder.step(ids[rows], state.take(rows))
    torch.testing.assert_close(logits, expected[rows])


def test_weights_sum_to_one_over_real_steps_and_padding_changes_nothing():
    decoder = make_decoder(attended_size=A)
    source, y = make_source(), padded(ROWS)
    weights = decoder.attention_weights(y, source)
    assert weights.shape == (4, 4, 5)
    for b, length in enumerate(SOURCE_LENGTHS.tolist()):
        assert (weights[b, :, length:] == 0).all()
        total = torch.full((4,), float(length > 0))  # a row without steps looks at nothing
        torch.testing.assert_close(weights[b].sum(1), total)
    noisy = source.steps.clone()
    for b, length in enumerate(SOURCE_LENGTHS.tolist()):
        noisy[length:, b] = 99.0
    assert torch.equal(decoder(y, source._replace(steps=noisy)), decoder(y, source))


def test_without_attention_there_are_no_weights():
    with pytest.raises(ValueError, match="no attention"):
        make_decoder().attention_weights(padded(ROWS), make_source(attended=False))


def test_decoders_share_what_they_are_given():
    first = make_decoder()
    second = RecurrentDecoder(
        first.embedding, "gru", H, context_size=K, head=first.head, randomness=Randomness(1)
    )
    assert second.embedding is first.embedding
    assert second.head is first.head


def test_the_loss_is_torchs_over_ids_and_ends():
    decoder, criterion = make_decoder(), TokenCrossEntropy(N_IDS)
    source, y = make_source(attended=False), padded(ROWS)
    outputs = decoder(y, source)
    losses = criterion(outputs, y)
    right = 0
    for b, row in enumerate(ROWS):
        logits, targets = by_hand(decoder, row, source, b), torch.tensor([*row, 0])
        torch.testing.assert_close(losses[b], F.cross_entropy(logits, targets, reduction="sum"))
        right += int((logits.argmax(1) == targets).sum())
    assert criterion.n_terms(y).tolist() == [4, 1, 2, 3]
    assert criterion.n_outputs == N_IDS
    assert criterion.score(criterion.metric_sums(outputs, y, torch.ones(4))) == right / 10


def test_rows_of_no_weight_count_nothing_in_the_score():
    criterion, y = TokenCrossEntropy(N_IDS), padded(ROWS)
    outputs = make_decoder()(y, make_source(attended=False))
    alone = outputs[target_positions(y) % 4 == 3]
    expected = criterion.score(criterion.metric_sums(alone, padded([ROWS[3]]), torch.ones(1)))
    weights = torch.tensor([0.0, 0.0, 0.0, 2.0])
    assert criterion.score(criterion.metric_sums(outputs, y, weights)) == expected


def test_the_layers_listed_hold_all_parameters():
    decoder = make_decoder("lstm", num_layers=2, attended_size=A)
    listed = sum(row.n_parameters for row in decoder.layer_rows())
    assert listed == sum(p.numel() for p in decoder.parameters())

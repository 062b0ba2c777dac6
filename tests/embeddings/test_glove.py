"""GloVe against a plain NumPy reference, and what it promises about seeds and threads."""

from __future__ import annotations

import numpy as np
import pytest

from textvec import GloVe, RNNClassifier, WordTokenizer
from textvec._counting._token_counts import TokenCounts
from textvec.embeddings._cooccurrence_counts import (
    Cooccurrences,
    frequent_tokens,
    window_sums,
)
from textvec.embeddings._glove_model import GloVeModel

from .corpus import REVIEWS, TOKENS, Watch

SMALL = {"embedding_dim": 8, "max_iter": 3, "random_state": 0}


def model(**options):
    vocabulary = frequent_tokens(TokenCounts.of(TOKENS), min_count=2)
    sums = window_sums(TOKENS, vocabulary, window=10)
    counts = Cooccurrences.of_sums(vocabulary, sums, "harmonic")
    options = {
        "embedding_dim": 8,
        "x_max": 100.0,
        "alpha": 0.75,
        "learning_rate": 0.05,
        "seed": 0,
    } | options
    return GloVeModel(counts, **options)


def test_blocks_and_threads_leave_the_result_alone(monkeypatch):
    monkeypatch.setattr("textvec.embeddings._glove_model._ROWS_PER_BLOCK", 50)
    monkeypatch.setattr("textvec.embeddings._glove_model._ENTRIES_PER_BLOCK", 50)
    one, four = model(), model(n_threads=4)
    assert one.n_blocks > 4
    assert [one.run_epoch() for _ in range(3)] == [four.run_epoch() for _ in range(3)]
    assert np.array_equal(one.words, four.words)
    assert np.array_equal(one.contexts, four.contexts)


def test_blocks_learn_as_well_as_none(monkeypatch):
    whole = model()
    assert whole.n_blocks == 1
    monkeypatch.setattr("textvec.embeddings._glove_model._ROWS_PER_BLOCK", 50)
    monkeypatch.setattr("textvec.embeddings._glove_model._ENTRIES_PER_BLOCK", 50)
    cut = model()
    losses = np.array([[m.run_epoch() for _ in range(10)] for m in (whole, cut)])
    np.testing.assert_allclose(losses[0], losses[1], rtol=0.02)


def test_products_come_near_the_logarithms_of_frequent_pairs():
    trained = model(embedding_dim=30, x_max=5.0, learning_rate=0.2)
    for _ in range(60):
        trained.run_epoch()
    entries = trained._entries[trained._entries["weight"] == 1]
    words, contexts = trained.words[:, :32], trained.contexts[:, :32]  # biases among them
    products = np.einsum("ij,ij->i", words[entries["word"]], contexts[entries["context"]])
    assert np.abs(products - entries["log_count"]).mean() < 0.1


# --- the estimator ----------------------------------------------------------------------------


def test_order_of_documents_and_threads_change_nothing():
    one = GloVe(**SMALL).fit(REVIEWS)
    other = GloVe(n_jobs=2, **SMALL).fit(TOKENS[np.arange(len(TOKENS))[::-1]])
    assert one.vectors_ == other.vectors_
    assert one.loss_curve_ == other.loss_curve_
    assert one.vectors_ != GloVe(**SMALL | {"random_state": 1}).fit(TOKENS).vectors_


def test_loss_falls_and_is_reported(capsys):
    glove = GloVe(verbose=1, **SMALL).fit(TOKENS)
    assert glove.loss_curve_ == sorted(glove.loss_curve_, reverse=True)
    assert glove.n_iter_ == 3
    assert capsys.readouterr().out.count("[GloVe] epoch") == 3


def test_a_seeded_generator_draws_on():
    generator = np.random.RandomState(0)
    fits = [GloVe(**SMALL | {"random_state": generator}).fit(TOKENS).vectors_ for _ in range(2)]
    assert fits[0] != fits[1]


def test_context_may_be_left_out():
    both = GloVe(**SMALL).fit(TOKENS).vectors_
    words = GloVe(add_context=False, **SMALL).fit(TOKENS).vectors_
    assert both.vocabulary == words.vocabulary
    assert not np.allclose(both.matrix, words.matrix)


def test_a_callback_stops_and_sees_the_vectors_so_far():
    watch = Watch(stop_after=2)
    glove = GloVe(**SMALL).set_callbacks(watch).fit(TOKENS)
    assert glove.n_iter_ == 2
    assert len(glove.loss_curve_) == 2
    assert watch.fitted[-1].vectors_ == glove.vectors_


def test_an_interrupted_fit_leaves_the_estimator_as_it_was():
    glove = GloVe(**SMALL).fit(TOKENS)
    before = vars(glove).copy()
    glove.set_callbacks(Watch(error=KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        glove.fit(TOKENS[:50])
    assert glove.vectors_ is before["vectors_"]
    assert glove.loss_curve_ == before["loss_curve_"]


def test_nothing_to_learn_from_is_said():
    with pytest.raises(ValueError, match="no token occurs min_count=5 times"):
        GloVe().fit(["a b c"])
    with pytest.raises(ValueError, match="no two of the 1 tokens kept occur in one document"):
        GloVe().fit(["a"] * 9)
    with pytest.raises(ValueError, match="learning_rate_init=1e\\+30 is too high"):
        GloVe(learning_rate_init=1e30).fit(["a b"] * 9)


def test_a_width_may_be_any_integer():
    vectors = [
        GloVe(embedding_dim=d, min_count=1, max_iter=1, random_state=0).fit(REVIEWS[:9]).vectors_
        for d in (1, np.int64(1), np.int8(1))
    ]
    assert vectors[0] == vectors[1] == vectors[2]


def test_sequences_go_into_a_recurrent_network():
    sequences = GloVe(pooling=None, **SMALL).fit_transform(REVIEWS)
    labels = np.arange(len(REVIEWS)) % 2
    network = RNNClassifier(hidden_size=4, max_iter=1, random_state=0)
    assert network.fit(sequences, labels).predict(sequences[:3]).shape == (3,)


def test_words_that_stand_for_each_other_come_near():
    swaps = ["the {} sat on the log", "a green {} sings at night", "we saw a {} in the pond"]
    others = ["the bank paid the bill", "a bank lends money", "we saw money in the bank"]
    documents = [s.format(w) for s in swaps for w in ("frog", "toad")] * 20 + others * 20
    tokens = WordTokenizer().transform(documents)
    vectors = GloVe(embedding_dim=10, max_iter=60, random_state=0).fit(tokens).vectors_

    def cosine(a, b):
        a, b = vectors[a], vectors[b]
        return a @ b / np.linalg.norm(a) / np.linalg.norm(b)

    assert cosine("frog", "toad") > max(cosine("frog", w) for w in ("bank", "money", "bill"))

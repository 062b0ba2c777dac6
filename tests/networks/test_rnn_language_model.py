"""RNNLanguageModel: probabilities by hand, state, texts and ids, sampling, mistakes."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV

from textvec import (
    CharTokenizer,
    Ragged,
    RNNLanguageModel,
    SubwordTokenizer,
    WordTokenizer,
    WordVectors,
)
from textvec.nn import BPTTBatches

RHYME = [
    "row row row your boat",
    "gently down the stream",
    "",
    "merrily merrily merrily merrily",
    "life is but a dream",
]
SMALL = {"hidden_size": 12, "embedding_dim": 8, "max_iter": 2, "n_steps": 5, "random_state": 0}


def small(**options):
    return RNNLanguageModel(**{**SMALL, **options})


# --- against plain torch ----------------------------------------------------------------------


def test_no_documents_have_no_perplexity():
    model = small(max_iter=1).fit(RHYME)
    assert model.score_samples([]).shape == (0,)
    for measure in (model.score, model.perplexity):
        with pytest.raises(ValueError, match="there are no documents to score"):
            measure([])


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("softmax", ["full", "adaptive"])
@pytest.mark.parametrize("tied", [True, False])
def test_perplexity_by_hand(cell, softmax, tied):
    model = small(cell=cell, softmax=softmax, tied=tied, num_layers=2).fit(RHYME)
    module = copy.deepcopy(model.net_.module_).cpu()
    layers = module.body.forward_layers
    plain = type(layers[0]).__base__ if cell == "rnn" else type(layers[0])
    rows = []
    for text in RHYME:
        ids = [model.vectorizer_.vocabulary_[w] for w in text.split()]
        x = module.embedding.weight[torch.tensor([0, *ids])][:, None]  # (T, 1, D)
        for layer in layers:
            x, _ = plain.forward(layer, x)
        x = x[:, 0] if not tied else module.projection(x[:, 0])
        log_proba = module.output.log_proba(x)  # (T, V)
        rows.append(sum(log_proba[t, i].item() for t, i in enumerate([*ids, 0])))
    np.testing.assert_allclose(model.score_samples(RHYME), rows, rtol=1e-5)
    mean = sum(rows) / sum(len(text.split()) + 1 for text in RHYME)
    assert model.score(RHYME) == pytest.approx(mean, rel=1e-5)
    assert model.perplexity(RHYME) == pytest.approx(np.exp(-mean), rel=1e-5)


def test_state_carried_over_pieces_is_one_long_pass():
    model = small(cell="lstm", num_layers=2).fit(RHYME)
    module = model.net_.module_
    found = {}
    for n_steps, stateful in [(3, True), (100, True), (3, False)]:
        data = model._rows_to_predict(RHYME[:1] + RHYME[4:]).with_bptt(n_steps, stateful=stateful)
        module.train()  # no dropout is set: only the state is carried on
        batches = BPTTBatches(data, 1, torch.Generator().manual_seed(0))
        found[n_steps, stateful] = sum(module(batch, y).sum().item() for batch, y in batches)
    # One row of a batch, so that the long pieces hold both documents, the second read on.
    whole = model.score_samples(RHYME[:1] + RHYME[4:]).sum()
    assert found[3, True] == pytest.approx(whole, rel=1e-6)
    assert found[100, True] != pytest.approx(whole, rel=1e-6)
    assert found[3, False] != pytest.approx(whole, rel=1e-6)


def test_what_comes_next():
    model = small(softmax="adaptive").fit(RHYME)
    proba = model.next_proba(["", "row", "row row"])
    assert proba.shape == (3, model.vectorizer_.n_tokens_)
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-5)
    ids = [model.vectorizer_.vocabulary_["row"]] * 2
    by_chain = np.log([proba[0, ids[0]], proba[1, ids[1]], proba[2, 0]]).sum()
    assert model.score_samples(["row row"])[0] == pytest.approx(by_chain, rel=1e-5)
    assert model.next_proba([]).shape == (0, model.vectorizer_.n_tokens_)


def test_row_zero_of_the_table_stays_zero_and_tied_weights_stay_tied():
    model = small(learning_rate_init=0.1).fit(RHYME)
    module = model.net_.module_
    assert not module.embedding.weight[0].any()
    for same in (model, pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert same.net_.module_.output.weight is same.net_.module_.embedding.weight
    assert small(tied=False).fit(RHYME).net_.module_.output.weight.shape == (15, 12)


# --- learning ---------------------------------------------------------------------------------


@pytest.mark.parametrize("softmax", ["full", "adaptive"])
@pytest.mark.parametrize("stateful", [True, False])
def test_learns_a_rhyme_by_heart(softmax, stateful):
    texts = [text for text in RHYME if text]
    model = small(
        hidden_size=32,
        softmax=softmax,
        stateful=stateful,
        n_steps=3 if stateful else 8,  # without a state, documents must fit into a piece
        learning_rate_init=0.03,
        max_iter=80,
        n_iter_no_change=80,
    ).fit(texts)
    assert model.perplexity(texts) < 1.5  # 1.3 would be to know all but which of the four it is
    assert model.loss_curve_[-1] < 0.5
    for text in texts[1:]:
        assert model.sample(prefix=text.split()[0], temperature=0) == [text]
    drawn = model.sample(60, temperature=0.5, random_state=0)
    assert np.mean([text in texts for text in drawn]) > 0.6


def test_tokenizers():
    texts = [text for text in RHYME if text]
    chars = small(tokenizer=CharTokenizer(), learning_rate_init=0.03, max_iter=40).fit(texts)
    assert chars.sample(prefix="merri", temperature=0, max_length=12)[0].startswith("merri")
    subwords = small(tokenizer=SubwordTokenizer(vocab_size=60)).fit(texts)
    assert subwords.sample(2, prefix="row", random_state=0)[0].startswith("row")
    assert hasattr(subwords.vectorizer_.tokenizer, "tokenizer_") or subwords.vectorizer_.tokenizer
    tokens = WordTokenizer().transform(texts)
    expected = small().fit(texts)
    found = small().fit(tokens)
    assert found.loss_curve_ == expected.loss_curve_
    assert found.score(texts) == expected.score(tokens)


def test_ids_in_ids_out():
    X = Ragged.from_rows([[2, 3, 4], [5, 2], [], [4, 4]], dtype=int)
    model = small().fit(X)
    assert model.vectorizer_ is None
    drawn = model.sample(3, prefix=[2, 3], max_length=4, random_state=0)
    assert isinstance(drawn, Ragged)
    assert all(row[:2].tolist() == [2, 3] and len(row) <= 6 for row in drawn)
    assert model.score(X) == model.score(X.to_padded(5)) == model.score(X.to_padded(4))
    with pytest.raises(ValueError, match="was fitted on ids, got texts"):
        model.score(RHYME)
    with pytest.raises(ValueError, match="was fitted on texts, got ids"):
        small().fit(RHYME).score(X)
    with pytest.raises(AttributeError, match="fitted on ids"):
        model.vectors_  # noqa: B018


def test_early_stopping_gives_back_the_best_weights():
    texts = [f"{a} {b} {a}" for a in "pqrs" for b in "uvwxyz"]
    tokenizer = WordTokenizer(pattern=r"\w")
    model = small(
        tokenizer=tokenizer, early_stopping=True, learning_rate_init=0.05, max_iter=30
    ).fit(texts)
    assert model.best_validation_score_ == max(model.validation_scores_)
    assert model.validation_scores_[-1] < 0
    losses = [row["valid_loss"] for row in model.net_.history]
    np.testing.assert_allclose(model.validation_scores_, [-loss for loss in losses], rtol=1e-5)


def test_the_seed_decides_and_refits_are_fresh():
    first = small(dropout=0.3).fit(RHYME)
    again = clone(first).fit(RHYME[:2]).fit(RHYME)
    other = small(dropout=0.3, random_state=1).fit(RHYME)
    assert first.loss_curve_ == again.loss_curve_ != other.loss_curve_
    assert pickle.loads(pickle.dumps(first)).score(RHYME) == first.score(RHYME)


def test_going_on():
    whole = small(warm_start=True, max_iter=1).fit(RHYME).fit(RHYME)
    assert whole.n_iter_ == 2
    parts = small().partial_fit(RHYME)
    vocabulary = parts.vectorizer_.vocabulary_
    parts.partial_fit(["row unheard words"])
    assert parts.n_iter_ == 2
    assert parts.vectorizer_.vocabulary_ == vocabulary
    with pytest.raises(ValueError, match="early_stopping"):
        small(early_stopping=True).partial_fit(RHYME)


def test_limits_of_the_vocabulary():
    model = small(max_tokens=4, min_count=2).fit(RHYME)
    assert sorted(model.vectorizer_.vocabulary_) == ["merrily", "row"]
    assert "[UNK]" not in " ".join(model.sample(50, random_state=0))
    assert isinstance(model.vectors_, WordVectors)
    np.testing.assert_array_equal(
        model.vectors_["row"], model.net_.module_.embedding.weight[3].detach().cpu().numpy()
    )


def test_bfloat16_stays_near():
    model = small(precision="bfloat16").fit(RHYME)
    assert model.score(RHYME) == pytest.approx(small().fit(RHYME).score(RHYME), abs=0.05)


def test_grid_search():
    search = GridSearchCV(small(), {"embedding_dim": [4, 8]}, cv=2, error_score="raise").fit(RHYME)
    assert search.best_score_ < 0


# --- sampling ---------------------------------------------------------------------------------


def test_samples():
    model = small().fit(RHYME)
    draws = [model.sample(5, random_state=s) for s in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]
    greedy = model.sample(2, temperature=0, max_length=7)
    assert greedy == [greedy[0]] * 2
    assert model.sample(1, top_k=1, max_length=7) == model.sample(1, top_p=1e-9, max_length=7)
    assert model.sample(1, top_k=1, max_length=7) == greedy[:1]
    assert model.sample(2, prefix="row row", max_length=0) == ["row row"] * 2
    assert all(len(text.split()) <= 3 for text in model.sample(20, max_length=3, random_state=0))
    many = model.sample(20, prefix="life", random_state=0, top_p=0.9)
    assert all(text.startswith("life") for text in many)


# --- mistakes ---------------------------------------------------------------------------------


def test_mistakes_are_named():
    model = small()
    for call in (model.perplexity, model.score_samples, model.next_proba):
        with pytest.raises(NotFittedError):
            call(RHYME)
    with pytest.raises(NotFittedError):
        model.sample()
    with pytest.raises(ValueError, match="no documents"):
        model.fit([])
    with pytest.raises(ValueError, match="put a single document into a list"):
        model.fit("row row")
    with pytest.raises(TypeError, match="row 1 is missing"):
        model.fit(["row", None])
    model.fit(RHYME)
    before = model.score(RHYME)
    with pytest.raises(TypeError, match="row 1 is missing"):
        model.fit(["row", None])
    assert model.score(RHYME) == before
    for wrong in ({"temperature": -1}, {"top_p": 0}, {"top_k": 0}, {"n_samples": 0}):
        with pytest.raises(ValueError, match=f"The '{next(iter(wrong))}' parameter"):
            model.sample(**wrong)
    with pytest.raises(TypeError, match="prefix must be a str"):
        model.sample(prefix=["row"])
    with pytest.raises(ValueError, match="got other numbers"):
        model.fit(Ragged.from_rows([[0.5, 1.5]]))


def test_summary(capsys):
    small().fit(RHYME).summary()
    assert "Tied softmax" in capsys.readouterr().out

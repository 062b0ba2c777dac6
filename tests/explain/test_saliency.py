"""Scores of tokens, against gradients and loops by hand."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
import torch
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from textvec import (
    EmbeddedSequences,
    FunctionTokenizer,
    Ragged,
    RNNClassifier,
    RNNRegressor,
    RNNTagger,
    SequenceCNNClassifier,
    SequenceMLPClassifier,
    SequenceVectorizer,
    token_saliency,
)

RNG = np.random.default_rng(0)
ROWS = [[], [3], *[RNG.integers(2, 12, size=RNG.integers(1, 9)).tolist() for _ in range(60)]]
X = Ragged.from_rows(ROWS, dtype=int)
Y2 = np.array([7 in row for row in ROWS])
Y3 = np.array(["none", "few", "many"])[[min(2, row.count(7) + row.count(5)) for row in ROWS]]
TABLE = np.vstack([np.zeros(4), RNG.normal(size=(11, 4))]).astype(np.float32)
SMALL = {"embedding_dim": 6, "random_state": 0, "max_iter": 2, "learning_rate_init": 0.02}
RNN = {**SMALL, "hidden_size": 5}
NETWORKS = [
    (RNNClassifier(cell="lstm", pooling="last", **RNN), Y2),
    (RNNClassifier(cell="rnn", pooling="attention", dropout=0.3, **RNN), Y3),
    (RNNClassifier(cell="gru", bidirectional=True, num_layers=2, pooling="max", **RNN), Y3),
    (RNNClassifier(pooling="mean", **RNN), np.column_stack([Y2, Y2]).astype(int)),
    (RNNRegressor(cell="gru", **RNN), np.array([100.0 * len(row) for row in ROWS])),
    (SequenceMLPClassifier(hidden_layer_sizes=(7,), **SMALL), Y3),
    (SequenceMLPClassifier(pooling="flatten", **SMALL), Y2),
    (SequenceCNNClassifier(kernel_sizes=(1, 3), n_filters=4, **SMALL), Y3),
]
each = pytest.mark.parametrize(
    ("model", "y"),
    NETWORKS,
    ids=[f"{type(m).__name__}{getattr(m, 'pooling', '')}" for m, _ in NETWORKS],
)


def value(model, rows, target):
    """Return what a row's target is worth, by the public methods alone."""
    if isinstance(model, RNNRegressor):
        return model.predict(rows)
    columns = np.searchsorted(model.classes_, target)
    return model.predict_proba(rows)[np.arange(len(rows)), columns]


@each
def test_occlusion_is_what_a_loop_over_the_tokens_gives(model, y):
    model.fit(X, y)
    found = token_saliency(model, X, method="occlusion")
    np.testing.assert_array_equal(found.predictions, model.predict(X))
    np.testing.assert_allclose(found.values, value(model, X, found.targets), rtol=1e-5)
    for i, row in enumerate(ROWS[:12]):
        for step in range(len(row)):
            less = Ragged.from_rows([row[:step] + row[step + 1 :]], dtype=int)
            whole = value(model, X[[i]], found.targets[[i]])
            expected = whole - value(model, less, found.targets[[i]])
            np.testing.assert_allclose(
                found.scores[i][step], expected[0], atol=1e-5 * max(1, abs(whole[0]))
            )


@each
def test_gradient_times_input_is_what_autograd_gives_by_hand(model, y):
    model.fit(X, y)
    found = token_saliency(model, X)
    module, criterion = deepcopy(model.net_.module_).cpu().eval(), model.net_.criterion_
    for i, row in enumerate(ROWS[:12]):
        if not row:
            assert len(found.scores[i]) == 0
            continue
        vectors = module.embedding.weight.detach()[row].requires_grad_()  # (T, D)
        outputs = module.head(module.pooling(module.body(vectors[:, None]), None))[0]
        if isinstance(model, RNNRegressor):
            outputs[0].backward()
            scale = criterion.scale
        else:
            number = int(np.searchsorted(model.classes_, found.targets[i]))
            outputs[0 if len(outputs) == 1 else number].backward()
            scale = -1 if len(outputs) == 1 and number == 0 else 1
        expected = scale * (vectors.grad * vectors.detach()).sum(dim=1).numpy()
        tolerance = 1e-4 * np.abs(expected).max() + 1e-6
        np.testing.assert_allclose(found.scores[i], expected, atol=tolerance)


def test_scores_of_a_linear_network_add_up_to_the_logit_less_the_bias():
    for y in (Y2, Y3):
        model = SequenceMLPClassifier(hidden_layer_sizes=(), pooling="mean", **SMALL).fit(X, y)
        found = token_saliency(model, X, target=model.classes_[1])
        logits = model.net_.outputs(model._rows_to_predict(X)).numpy()
        bias = model.net_.module_.head[0].bias.detach().cpu().numpy()
        column = 0 if y is Y2 else 1
        sums = [row.sum() for row in found.scores]
        np.testing.assert_allclose(sums, logits[:, column] - bias[column], atol=1e-6)
        assert set(found.targets) == {model.classes_[1]}


def test_nothing_of_the_network_changes():
    model = RNNClassifier(**RNN).fit(X, Y2)
    before = {name: weight.clone() for name, weight in model.net_.module_.state_dict().items()}
    gradients = [
        None if p.grad is None else p.grad.clone() for p in model.net_.module_.parameters()
    ]
    proba = model.predict_proba(X)
    for method in ("gradient_input", "occlusion"):
        token_saliency(model, X, method=method)
    for name, weight in model.net_.module_.state_dict().items():
        assert torch.equal(weight, before[name])
    for p, gradient in zip(model.net_.module_.parameters(), gradients):
        assert gradient is None or torch.equal(p.grad, gradient)
    np.testing.assert_array_equal(model.predict_proba(X), proba)


def test_a_target_for_each_row_and_of_several_columns():
    model = RNNClassifier(**RNN).fit(X, Y3)
    wanted = RNG.choice(model.classes_, size=len(X))
    found = token_saliency(model, X, target=wanted, method="occlusion")
    np.testing.assert_array_equal(found.targets, wanted)
    np.testing.assert_allclose(found.values, value(model, X, wanted), rtol=1e-5)
    numbers = np.column_stack([[len(row) for row in ROWS], [sum(row) for row in ROWS]])
    model = RNNRegressor(**RNN).fit(X, numbers)
    with pytest.raises(ValueError, match="predicts 2 columns: say which to explain, such as targ"):
        token_saliency(model, X)
    found = token_saliency(model, X, target=1)
    np.testing.assert_allclose(found.values, model.predict(X)[:, 1])
    assert str(found).startswith("column 1: ")


def test_vectors_and_series_have_steps_for_tokens():
    embedded = EmbeddedSequences(X, TABLE)
    model = RNNClassifier(**RNN).fit(embedded, Y2)
    for method in ("gradient_input", "occlusion"):
        found = token_saliency(model, embedded, method=method)
        assert found.tokens[2] == [str(number) for number in ROWS[2]]
        steps = token_saliency(model, embedded.to_ragged(), method=method)
        assert steps.tokens[2] == [str(step) for step in range(len(ROWS[2]))]
        np.testing.assert_allclose(steps.scores.values, found.scores.values, atol=1e-6)
    series = RNG.normal(size=(30, 5))
    model = RNNRegressor(**RNN).fit(series, series.sum(axis=1))
    found = token_saliency(model, series, method="occlusion")
    less = Ragged.from_rows([np.delete(series[4], 2)])
    expected = model.predict(series)[4] - model.predict(less)[0]
    assert found.scores[4][2] == pytest.approx(expected, abs=1e-5)


def test_long_rows_are_taken_in_parts(monkeypatch):
    model = RNNClassifier(**RNN).fit(X, Y2)
    at_once = token_saliency(model, X, method="occlusion").scores
    monkeypatch.setattr("textvec.explain._occlusion._MAX_STEPS", 20)
    in_parts = token_saliency(model, X, method="occlusion").scores
    np.testing.assert_allclose(in_parts.values, at_once.values, atol=1e-6)
    assert len(token_saliency(model, X[:0], method="occlusion")) == 0
    assert len(token_saliency(model, X[:0])) == 0


# --- estimators -------------------------------------------------------------------------------

DOCUMENTS = ["a good film", "a good plot", "a bad film", "bad, bad plot!"]
ANSWERS = ["yes", "yes", "no", "no"]


def test_the_best_of_a_search_is_explained():
    search = GridSearchCV(
        make_pipeline(SequenceVectorizer(), SequenceMLPClassifier(**SMALL)),
        {"sequencemlpclassifier__max_iter": [1]},
        cv=2,
    ).fit(DOCUMENTS, ANSWERS)
    best = token_saliency(search.best_estimator_, DOCUMENTS)
    assert token_saliency(search, DOCUMENTS).scores == best.scores


def test_mistakes_are_named():
    model = RNNClassifier(**RNN).fit(X, Y2)
    with pytest.raises(ValueError, match="method must be 'gradient_input' or 'occlusion', got 'sh"):
        token_saliency(model, X, method="shap")
    with pytest.raises(ValueError, match=r"target must be of \[False, True\], got 7"):
        token_saliency(model, X, target=7)
    with pytest.raises(ValueError, match="or one for each of the 62, got shape"):
        token_saliency(model, X, target=[True, False])
    with pytest.raises(NotFittedError):
        token_saliency(RNNClassifier(), X)
    with pytest.raises(TypeError, match="one prediction for each row.*got Logis"):
        token_saliency(LogisticRegression(), X)
    linear = LogisticRegression().fit(TABLE[[2, 3]], [0, 1])
    with pytest.raises(TypeError, match="got LogisticRegression: its coef_ are the weights"):
        token_saliency(linear, X)
    vote = VotingClassifier([("linear", linear)]).fit(TABLE[[2, 3]], [0, 1])
    with pytest.raises(TypeError, match="got VotingClassifier: pass the network in it"):
        token_saliency(vote, X)
    tagger = RNNTagger(**RNN).fit(X[2:], ROWS[2:])
    with pytest.raises(TypeError, match="got RNNTagger"):
        token_saliency(tagger, X)


def test_frozen_models_and_searches_of_pipelines():
    texts, y = ["good film", "a good plot", "bad film", "a bad, bad plot"] * 2, [1, 1, 0, 0] * 2
    model = make_pipeline(SequenceVectorizer(), SequenceMLPClassifier(random_state=0))
    model = model.fit(texts, y)
    expected = token_saliency(model, texts)
    search = GridSearchCV(model, {"sequencemlpclassifier__max_iter": [10]}, cv=2).fit(texts, y)
    for other in (FrozenEstimator(model), search, FrozenEstimator(search)):
        found = token_saliency(other, texts)
        assert found.tokens == expected.tokens
        assert found.scores == expected.scores


def test_texts_are_tokenized_once():
    read = []

    def split(text):
        read.append(text)
        return text.split()

    texts = ["good film", "bad film"]
    vectorizer = SequenceVectorizer(tokenizer=FunctionTokenizer(split))
    model = make_pipeline(vectorizer, SequenceMLPClassifier(max_iter=1)).fit(texts, [1, 0])
    read.clear()
    token_saliency(model, texts)
    assert read == texts

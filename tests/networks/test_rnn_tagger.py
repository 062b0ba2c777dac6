"""RNNTagger: labels of steps in every form, masks, chains, mistakes."""

from __future__ import annotations

import copy
import pickle
from itertools import pairwise

import numpy as np
import pytest
from seqeval.metrics import f1_score
from sklearn.base import clone
from sklearn.model_selection import (
    KFold,
    cross_val_predict,
    cross_val_score,
    train_test_split,
)

from textvec import EmbeddedSequences, Ragged, RNNTagger, Tokens, WordTokenizer

RNG = np.random.default_rng(0)
ROWS = [RNG.integers(2, 9, size=RNG.integers(0, 9)) for _ in range(150)]
X = Ragged.from_rows(ROWS, dtype=int)
# Whether the number so far largest: depends on what came before.
LABELS = [["new" if i == 0 or v > max(r[:i]) else "old" for i, v in enumerate(r)] for r in ROWS]
Y = Ragged.from_rows(LABELS, dtype="<U3")
SMALL = {"cell": "gru", "hidden_size": 12, "embedding_dim": 6, "random_state": 0}


def small(**options):
    return RNNTagger(**{**SMALL, **options})


@pytest.mark.parametrize("crf", [False, True])
def test_learns_labels_of_steps(crf):
    model = small(crf=crf, learning_rate_init=0.02).fit(X[:110], Y[:110])
    assert model.score(X[110:], Y[110:]) > 0.95
    assert model.classes_.tolist() == ["new", "old"]
    predicted = model.predict(X)
    assert isinstance(predicted, Ragged)
    np.testing.assert_array_equal(predicted.offsets, X.offsets)
    proba = model.predict_proba(X)
    assert proba.values.shape == (len(X.values), 2)
    np.testing.assert_allclose(proba.values.sum(axis=1), 1, rtol=1e-5)
    if not crf:
        np.testing.assert_array_equal(predicted.values, model.classes_[proba.values.argmax(axis=1)])
    assert model.predict(X[:0]).to_list() == []
    assert model.predict(Ragged.from_rows([[], []], dtype=int)).to_list() == [[], []]


def test_a_chain_learns_which_label_follows():
    # Steps say nothing; labels alternate.
    rows = Ragged.from_rows([[2] * n for n in RNG.integers(1, 8, size=80)])
    y = [[("a", "b")[(i + k) % 2] for i in range(len(r))] for k, r in enumerate(rows)]
    model = small(crf=True, bidirectional=False, learning_rate_init=0.05).fit(rows, y)
    for row in model.predict(rows).to_list():
        assert all(a != b for a, b in pairwise(row))


@pytest.mark.parametrize("crf", [False, True])
def test_padding_and_company_change_nothing(crf):
    model = small(crf=crf, max_iter=2, num_layers=2).fit(X, Y)
    expected = model.predict_proba(X)
    for form in (X.to_padded(12), X.to_padded(12, padding="pre")):
        np.testing.assert_allclose(model.predict_proba(form).values, expected.values, atol=1e-5)
        assert model.predict(form) == model.predict(X)
    alone = [model.predict_proba(X[i : i + 1]).values for i in range(len(X))]
    np.testing.assert_allclose(np.concatenate(alone), expected.values, atol=1e-5)


def test_labels_in_every_form_give_the_same_fit():
    expected = small(max_iter=2).fit(X, Y).predict_proba(X).values
    padded = np.array([row + ["-"] * (8 - len(row)) for row in LABELS])
    before = np.array([["-"] * (8 - len(row)) + row for row in LABELS])
    for rows, y in [
        (X, LABELS),
        (X, [np.array(row, dtype=object) for row in LABELS]),
        (X, Tokens.from_lists(LABELS)),  # whose ids are of this call alone
        (X.to_padded(8), LABELS),
        (X.to_padded(8), padded),
        (X.to_padded(8, padding="pre"), before),
    ]:
        model = small(max_iter=2).fit(rows, y)
        np.testing.assert_allclose(model.predict_proba(rows).values, expected, atol=1e-5)
        assert model.score(rows, y) == pytest.approx(model.score(X, Y))


def test_other_inputs():
    table = np.vstack([np.zeros(7), np.eye(8, 7)]).astype(np.float32)
    embedded = EmbeddedSequences(X, table)
    model = small(max_iter=2).fit(embedded, Y)
    assert model.predict(embedded) == model.predict(embedded.to_ragged())
    series = Ragged.from_rows([np.sin(np.arange(n)) for n in (3, 5, 2)])
    states = Ragged(series.values > 0, series.offsets)
    fitted = small(max_iter=1).fit(series, states)
    assert fitted.predict(series).dtype == bool
    tokens = WordTokenizer().transform(["a frog", "the frog sat"])
    ids = Ragged(tokens.values + 2, tokens.offsets)
    assert small(max_iter=1).fit(ids, [[1, 2], [3, 2, 4]]).predict(ids).dtype == np.int64


def test_weights_count_rows_not_steps():
    model = small(max_iter=2).fit(X, Y, sample_weight=np.ones(len(X)))
    np.testing.assert_allclose(
        model.predict_proba(X).values,
        small(max_iter=2).fit(X, Y).predict_proba(X).values,
        atol=1e-5,
    )
    first = np.arange(len(X)) < 40
    assert model.score(X, Y, sample_weight=first) == pytest.approx(model.score(X[:40], Y[:40]))
    right = model.predict(X).values == Y.values
    assert model.score(X, Y) == pytest.approx(right.mean())


def test_the_loss_is_the_mean_over_steps():
    model = small(learning_rate_init=1e-12, max_iter=1, batch_size=200).fit(X, Y)
    proba = model.predict_proba(X).values
    chosen = proba[np.arange(len(proba)), np.searchsorted(model.classes_, Y.values)]
    assert model.loss_curve_[0] == pytest.approx(-np.log(chosen).mean(), rel=1e-4)


@pytest.mark.parametrize("crf", [False, True])
def test_early_stopping_scores_steps(crf):
    model = small(early_stopping=True, max_iter=5, validation_fraction=0.2, crf=crf).fit(X, Y)
    draws = np.random.RandomState(0)
    draws.randint(2**31 - 1)
    _, valid = train_test_split(np.arange(len(X)), test_size=0.2, random_state=draws)
    assert model.score(X[valid], Y[valid]) == pytest.approx(model.best_validation_score_)


@pytest.mark.parametrize("crf", [False, True])
def test_copies_and_parts(crf):
    model = small(crf=crf, max_iter=2, dropout=0.2).fit(X, Y)
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model), clone(model).fit(X, Y)):
        assert other.predict_proba(X) == model.predict_proba(X)
    parts = small(crf=crf, dropout=0.2)
    for _ in range(2):
        parts.partial_fit(X, Y, classes=["old", "new"])
    assert parts.predict_proba(X) == model.predict_proba(X)
    low = small(crf=crf, max_iter=1, precision="bfloat16").fit(X, Y)
    assert low.predict_proba(X).dtype == np.float32


def test_cross_validation_and_summary(capsys):
    assert len(cross_val_score(small(max_iter=1), X, Y, cv=2)) == 2
    model = small(max_iter=1, crf=True).fit(X, Y)
    model.summary()
    total = sum(p.numel() for p in model.net_.module_.parameters())
    text = capsys.readouterr().out
    assert f"Total params: {total:,}" in text
    assert "chain (CRF)" in text


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([*LABELS[:-1], LABELS[-1] + ["new"]], "row 149 has .* steps, but .* labels"),
        (LABELS[:-1], "inconsistent numbers of samples"),
        (["new"] * 150, "takes a row of labels for each row of X, got 'new' as row 0"),
        (np.zeros(150), "takes a row of labels for each row"),
        (None, "the target y is None"),
        ([["new"] * len(r) for r in ROWS], "needs at least 2 classes, got one class: 'new'"),
    ],
)
def test_mistaken_labels_are_named(y, message):
    with pytest.raises(ValueError, match=message):
        small().fit(X, y)


def test_mistaken_labels_at_scoring_are_named():
    model = small(max_iter=1).fit(X, Y)
    with pytest.raises(ValueError, match="row 3 has"):
        model.score(X, [*LABELS[:3], LABELS[3] + ["old"], *LABELS[4:]])


@pytest.mark.parametrize("crf", [False, True])
def test_steps_without_a_label_are_not_learned_from(crf):
    rng = np.random.default_rng(0)
    rows = [rng.integers(2, 9, size=rng.integers(1, 9)) for _ in range(40)]
    X, y = Ragged.from_rows(rows), [["high" if i > 4 else "low" for i in row] for row in rows]
    partial = [[None if i % 3 == 1 else label for i, label in enumerate(row)] for row in y]
    options = {"hidden_size": 8, "embedding_dim": 8, "learning_rate_init": 0.05, "crf": crf}
    model = RNNTagger(**options, max_iter=15, early_stopping=True, random_state=0).fit(X, partial)
    assert model.classes_.tolist() == ["high", "low"]
    assert model.score(X, y) == 1.0
    wrong = [[label and ("low" if i == 0 else label) for i, label in enumerate(r)] for r in partial]
    labelled = sum(label is not None for row in partial for label in row)
    errors = sum(row[0] == "high" for row in y)
    assert model.score(X, wrong) == pytest.approx(1 - errors / labelled)
    again = RNNTagger(**options, max_iter=15, early_stopping=True, random_state=0)
    nans = [[np.nan if label is None else label for label in row] for row in partial]
    assert again.fit(X, nans).loss_curve_ == model.loss_curve_


def test_the_ignore_index_of_torch_among_labels_warns():
    labels = [[-100, 1], [2, 1]]
    with pytest.warns(UserWarning, match="label -100, .* is a class as any other here: .* None"):
        model = small(max_iter=1).fit([[2, 3], [4, 5]], labels)
    assert model.classes_.tolist() == [-100, 1, 2]


def test_labels_there_must_be():
    with pytest.raises(ValueError, match="no step of y has one"):
        RNNTagger().fit([[2, 3], [4]], [[None, None], [None]])


def chunks_of(row):
    """Label runs of large numbers as chunks of two types."""
    labels = []
    for i, v in enumerate(row):
        kind = "X" if v > 6 else "Y"
        goes_on = i and labels[-1][1:] == f"-{kind}" and v % 2
        labels.append("O" if v < 5 else f"{'I' if goes_on else 'B'}-{kind}")
    return labels


CHUNKS = [chunks_of(row) for row in ROWS]
FEW_EPOCHS = {"max_iter": 3, "learning_rate_init": 0.01, "average": False}


@pytest.mark.parametrize("crf", [False, True])
def test_f1_is_that_of_seqeval(crf):
    model = small(**FEW_EPOCHS, crf=crf, metric="f1").fit(X, CHUNKS)
    expected = f1_score(CHUNKS, model.predict(X).to_list())
    assert 0 < expected < 1
    assert model.score(X, CHUNKS) == pytest.approx(expected)
    by_function = model.set_params(metric=f1_score)
    assert by_function.score(X, CHUNKS) == expected
    with pytest.raises(ValueError, match="a callable metric takes no sample_weight"):
        by_function.score(X, CHUNKS, sample_weight=np.ones(len(X)))


def test_f1_leaves_out_steps_without_a_label():
    partial = [[None if i % 3 == 2 else x for i, x in enumerate(row)] for row in CHUNKS]
    model = small(**FEW_EPOCHS, metric="f1").fit(X, partial)
    kept = [[x for x in row if x is not None] for row in partial]
    predicted = [
        [p for p, x in zip(row, labels, strict=True) if x is not None]
        for row, labels in zip(model.predict(X).to_list(), partial, strict=True)
    ]
    assert model.score(X, partial) == pytest.approx(f1_score(kept, predicted))


@pytest.mark.parametrize("crf", [False, True])
def test_early_stopping_watches_the_f1(crf):
    options = {"early_stopping": True, "max_iter": 4, "validation_fraction": 0.2}
    model = small(**options, crf=crf, metric="f1", learning_rate_init=0.01).fit(X, CHUNKS)
    draws = np.random.RandomState(0)
    draws.randint(2**31 - 1)
    _, valid = train_test_split(np.arange(len(X)), test_size=0.2, random_state=draws)
    held_out = [CHUNKS[i] for i in valid]
    assert model.best_validation_score_ == pytest.approx(model.score(X[valid], held_out))
    weights = RNG.integers(0, 3, size=len(X))
    weighted = small(**options, crf=crf, metric="f1").fit(X, CHUNKS, sample_weight=weights)
    score = weighted.score(X[valid], held_out, sample_weight=weights[valid])
    assert weighted.best_validation_score_ == pytest.approx(score)


def test_f1_needs_labels_of_chunks():
    with pytest.raises(ValueError, match="got 'new'"):
        small(max_iter=1, metric="f1").fit(X, Y)


@pytest.mark.parametrize("y", [CHUNKS, Ragged.from_rows(CHUNKS, dtype="<U3")])
def test_cross_val_predict_returns_the_predictions_of_all_rows(y):
    model = small(max_iter=1)
    predicted = cross_val_predict(model, X, y, cv=3)
    for train, test in KFold(3).split(X):
        rows = [y[i] for i in train]
        assert predicted[test] == clone(model).fit(X[train], rows).predict(X[test])


def test_constraints_hold_in_training_and_prediction():
    options = {"max_iter": 1, "crf": True, "learning_rate_init": 1e-12}  # nothing is learned
    model = small(**options, constraints="BIO").fit(X, CHUNKS)
    free = small(**options).fit(X, CHUNKS)

    def violations(rows):
        return sum(
            after[0] == "I" and before[1:] != after[1:]
            for row in rows.to_list()
            for before, after in pairwise(["O", *row])
        )

    assert violations(free.predict(X)) > 0
    assert violations(model.predict(X)) == 0
    column = model.classes_.tolist().index("I-X")
    begins = model.predict_proba(X).values[X.offsets[:-1][X.lengths > 0], column]
    assert (begins == 0).all()
    assert model.loss_curve_[0] < free.loss_curve_[0]  # less is possible


def test_labels_that_constraints_do_not_allow_are_named():
    y = [*CHUNKS[:-1], ["O", "I-X", "O", "O", "O", "O", "O", "O", "O"][: len(ROWS[-1])]]
    with pytest.raises(ValueError, match="row 149 of y has I-X after O at step 1"):
        small(crf=True, constraints="BIO").fit(X, y)
    with pytest.raises(ValueError, match="set crf=True"):
        small(constraints="BIO").fit(X, CHUNKS)
    with pytest.raises(ValueError, match="constraints='BIO' is for labels .* got 'new'"):
        small(crf=True, constraints="BIO").fit(X, Y)
    rows = Ragged.from_rows([[2, 3], [4]])
    with pytest.raises(ValueError, match="row 1 of y ends with B-X"):
        small(crf=True, constraints="BIOES").fit(rows, [["B-X", "E-X"], ["B-X"]])
    with pytest.raises(ValueError, match="row 0 of y begins with E-X"):
        small(crf=True, constraints="BIOES").fit(rows, [["E-X", "O"], ["O"]])


def test_labels_and_weights_there_must_be_in_every_part():
    one = next(i for i, row in enumerate(LABELS) if len(set(row)) == 2)
    only_one = [row if i == one else [None] * len(row) for i, row in enumerate(LABELS)]
    with pytest.raises(ValueError, match="rows to (train|validate) on, all of weight 0 or without"):
        small(early_stopping=True).fit(X, only_one)
    with pytest.raises(ValueError, match="no row with a label a weight above 0"):
        small().fit(X, only_one, sample_weight=np.arange(len(X)) != one)
    assert small(max_iter=1).fit(X, only_one).n_iter_ == 1


def test_validation_rows_of_labels():
    rng = np.random.default_rng(0)
    rows = Ragged.from_rows([rng.integers(2, 9, size=n % 4 + 1) for n in range(40)])
    labels = [["even" if i % 2 == 0 else "odd" for i in row] for row in rows]
    model = RNNTagger(hidden_size=4, embedding_dim=4, max_iter=3, random_state=0)
    model.fit(rows[:30], labels[:30], X_val=rows[30:], y_val=labels[30:])
    assert model.validation_scores_[-1] == pytest.approx(model.score(rows[30:], labels[30:]))
    with pytest.raises(ValueError, match="the validation rows"):
        model.fit(rows[:30], labels[:30], X_val=rows[:1], y_val=[["new"]])


# --- weights of labels, and smoothing ------------------------------------------------------------

WEIGHTS = {"new": 3.0, "old": 0.5}


def flat_log_proba(model, rows):
    return np.log(model.predict_proba(X[rows]).values)


def test_class_weights_are_those_of_steps():
    rows, held_out = slice(0, 110), slice(110, None)
    model = small(class_weight=WEIGHTS, max_iter=2)
    model.fit(X[rows], Y[rows], X_val=X[held_out], y_val=Y[held_out])
    labels = Y[held_out].values
    weights = np.where(labels == "new", 3.0, 0.5)
    losses = -flat_log_proba(model, held_out)[np.arange(len(labels)), (labels == "old").astype(int)]
    expected = np.average(losses, weights=weights)
    assert model.validation_losses_[-1] == pytest.approx(expected, rel=1e-5)
    right = model.predict(X[held_out]).values == labels
    assert model.validation_scores_[-1] == pytest.approx(np.average(right, weights=weights))


def test_balanced_weights_are_inverse_to_the_frequency_of_labels():
    balanced = small(class_weight="balanced", max_iter=2).fit(X, Y)
    n_new = (Y.values == "new").mean()
    by_hand = {"new": 1 / n_new, "old": 1 / (1 - n_new)}
    same = small(class_weight=by_hand, max_iter=2).fit(X, Y)
    assert balanced.loss_curve_ == pytest.approx(same.loss_curve_, rel=1e-6)
    plain = small(max_iter=2).fit(X, Y)
    ones = small(class_weight={"new": 1, "old": 1}, max_iter=2).fit(X, Y)
    assert ones.loss_curve_ == pytest.approx(plain.loss_curve_, rel=1e-6)
    assert balanced.loss_curve_[0] != pytest.approx(plain.loss_curve_[0], rel=1e-3)


def test_label_smoothing_is_of_training_only():
    rate = {"learning_rate_init": 1e-30, "optimizer": "sgd", "max_iter": 1, "average": False}
    model = small(label_smoothing=0.2, batch_size=150, **rate).fit(X, Y, X_val=X, y_val=Y)
    log_proba = flat_log_proba(model, slice(None))
    true = log_proba[np.arange(len(log_proba)), (Y.values == "old").astype(int)]
    expected = 0.8 * true.mean() + 0.2 * log_proba.mean()
    assert model.loss_curve_[0] == pytest.approx(-expected, rel=1e-5)
    assert model.validation_losses_[0] == pytest.approx(-true.mean(), rel=1e-5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"crf": True, "class_weight": "balanced"}, "weighs single steps.*sample_weight"),
        ({"crf": True, "label_smoothing": 0.1}, "label_smoothing=0.1 is of a softmax"),
        ({"class_weight": {"new": -1}}, "class_weight of 'new' must be a finite number"),
        ({"class_weight": {"new": 0, "old": 0}}, "leaves no label a weight above 0"),
        ({"class_weight": {"other": 1}}, "are not in class_weight"),
    ],
)
def test_weights_and_smoothing_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        small(**options).fit(X, Y)


def test_steps_of_weight_zero_are_no_steps_to_score():
    y = [["b"] * len(row) for row in ROWS]
    y[3] = ["a"] * len(ROWS[3])
    model = small(class_weight={"b": 0, "a": 1}, early_stopping=True)
    with pytest.raises(ValueError, match="rows to (train|validate) on, all of weight 0"):
        model.fit(X, y)

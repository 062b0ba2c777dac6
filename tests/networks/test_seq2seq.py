"""Sequences from sequences: copying, turning round, translating; attention; scores."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
import sacrebleu
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import KFold, cross_val_predict

from textvec import (
    CharTokenizer,
    EmbeddedSequences,
    Ragged,
    RNNEncoder,
    Seq2Seq,
    SequenceVectorizer,
    SubwordTokenizer,
    WordTokenizer,
)
from textvec.nn import EvaluationBatches, device_of, targets_on

RNG = np.random.default_rng(0)
LETTERS = np.array(list("abcdef"))
WORDS = ["".join(RNG.choice(LETTERS, size=RNG.integers(1, 6))) for _ in range(440)]
BACKWARDS = [word[::-1] for word in WORDS]

PAIRS = {"der": "the", "frosch": "frog", "sitzt": "sits", "kröte": "toad", "schläft": "sleeps"}
SOURCE = ["der frosch sitzt", "der frosch schläft", "kröte sitzt", "der schläft", "", "kröte"]
TARGET = [" ".join(PAIRS[word] for word in text.split()) for text in SOURCE]


def small(**options):
    given = {"cell": "gru", "hidden_size": 24, "embedding_dim": 16, "random_state": 0}
    return Seq2Seq(**{**given, "learning_rate_init": 0.02, "metric": "exact", **options})


@pytest.fixture(scope="module")
def reverser():
    model = small(
        tokenizer=CharTokenizer(),
        target_tokenizer=CharTokenizer(),
        learning_rate_init=0.01,
        batch_size=16,
        max_iter=12,
        early_stopping=True,
        n_iter_no_change=12,
    )
    return model.fit(WORDS[:400], BACKWARDS[:400])


def test_learns_to_turn_words_round(reverser):
    assert reverser.score(WORDS[400:], BACKWARDS[400:]) > 0.8
    predicted = reverser.predict(WORDS)
    assert predicted.dtype == object
    assert all(type(text) is str for text in predicted)
    beams = copy.deepcopy(reverser).set_params(beam_width=4, length_penalty=0.0)
    assert beams.score(WORDS[400:], BACKWARDS[400:]) > 0.8


@pytest.mark.parametrize("beam_width", [1, 3])
def test_rows_together_are_rows_alone(reverser, beam_width):
    reverser.set_params(beam_width=beam_width)
    together = reverser.predict([*WORDS[:12], ""])
    assert [reverser.predict([word])[0] for word in [*WORDS[:12], ""]] == list(together)
    reverser.set_params(beam_width=1)


def test_attention_looks_from_the_end(reverser):
    maps = reverser.attention_maps(WORDS[:30], BACKWARDS[:30])
    places = []
    for word, map_ in zip(WORDS[:30], maps, strict=True):
        assert map_.source == list(word)
        assert map_.target == [*word[::-1], "[END]"]
        assert map_.weights.shape == (len(word) + 1, len(word))
        np.testing.assert_allclose(map_.weights.sum(axis=1), 1, rtol=1e-5)
        places += [w.argmax() == len(word) - 1 - t for t, w in enumerate(map_.weights[:-1])]
    assert np.mean(places) > 0.7
    (alone,) = reverser.attention_maps([WORDS[3]], [BACKWARDS[3]])
    np.testing.assert_allclose(alone.weights, maps[3].weights, atol=1e-5)
    (written,) = reverser.attention_maps([WORDS[3]])
    assert written.target[:-1] == list(reverser.predict([WORDS[3]])[0])
    (nothing,) = reverser.attention_maps([""], [""])
    assert nothing.weights.shape == (1, 0)
    assert reverser.attention_maps([]) == []


@pytest.mark.parametrize("attention", [False, True])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_translates_a_few_words_by_any_cell(cell, attention):
    model = small(cell=cell, attention=attention, num_layers=2, max_iter=60).fit(SOURCE, TARGET)
    assert model.predict(SOURCE).tolist() == TARGET
    assert model.score(SOURCE, TARGET) == 1.0


def test_scores_are_sacrebleus(reverser):
    model = small(max_iter=12).fit(SOURCE, TARGET)
    source = [*SOURCE, "kröte schläft der frosch"]
    target = [*TARGET, "The toad, sleeps"]
    written = list(model.predict(source))
    bleu = sacrebleu.corpus_bleu(written, [target]).score
    assert model.set_params(metric="bleu").score(source, target) == bleu
    chrf = sacrebleu.corpus_chrf(written, [target]).score
    assert model.set_params(metric="chrf").score(source, target) == chrf > 0
    model.set_params(metric=lambda y_true, y_pred: float(y_true == target) + len(y_pred))
    assert model.score(source, target) == 1 + len(target)
    with pytest.raises(ValueError, match="no rows to score"):
        model.score([], [])


def test_unknown_tokens_are_read_and_never_written():
    model = small(min_count=2, max_iter=30).fit([*SOURCE, "molch"], [*TARGET, "newt"])
    assert "newt" not in model.targets_.vectorizer.vocabulary_
    for width in (1, 3):
        written = model.set_params(beam_width=width).predict(["molch", "der molch sitzt"])
        assert not any("UNK" in text for text in written)


def test_ids_tokens_and_vectors_are_read_and_written():
    tokens, target_tokens = WordTokenizer().transform(SOURCE), WordTokenizer().transform(TARGET)
    by_text = small(max_iter=60).fit(SOURCE, TARGET)
    by_tokens = small(max_iter=60).fit(tokens, target_tokens)
    assert by_tokens.predict(tokens).to_list() == [text.split() for text in TARGET]
    assert by_tokens.score(tokens, target_tokens) == 1.0
    assert by_text.predict(tokens).tolist() == TARGET

    vectorizer = SequenceVectorizer().fit(SOURCE)
    ids, rows = vectorizer.transform(SOURCE), [text.split() for text in TARGET]
    assert by_text.predict(ids).tolist() == TARGET
    model = small(max_iter=60).fit(ids, rows)
    assert model.predict(ids).to_list() == rows
    assert model.predict(ids.to_padded()).to_list() == rows
    assert model.attention_maps(ids[:1], rows[:1])[0].source == [str(i) for i in ids[0]]

    numbers = Ragged.from_rows([[len(word) for word in row] for row in rows])
    table = RNG.normal(size=(vectorizer.n_tokens_, 8)).astype(np.float32)
    table[0] = 0.0
    vectors = EmbeddedSequences(ids, table)
    model = small(max_iter=60).fit(vectors, numbers)
    assert model.predict(vectors).to_list() == numbers.to_list()
    assert model.targets_.labels.tolist() == [3, 4, 6]
    assert model.attention_maps(vectors[:1])[0].source == ["0", "1", "2"]


def test_columns_of_frames_are_read():
    frame = pd.DataFrame({"german": SOURCE, "english": TARGET})
    model = small(max_iter=60).fit(frame[["german"]], frame["english"])
    assert model.score(frame["german"], frame[["english"]]) == 1.0
    assert model.predict(np.array(SOURCE)).tolist() == TARGET


def test_subwords_join_to_words():
    tokenizer = SubwordTokenizer(vocab_size=40)
    model = small(tokenizer=tokenizer, target_tokenizer=tokenizer, max_iter=60).fit(SOURCE, TARGET)
    assert model.predict(SOURCE).tolist() == TARGET
    assert not hasattr(tokenizer, "tokenizer_")


def test_early_stopping_scores_tokens(reverser):
    assert len(reverser.validation_scores_) == reverser.n_iter_ == 12
    assert 0.8 < reverser.best_validation_score_ == max(reverser.validation_scores_) <= 1


def test_same_seed_same_bits_pickle_and_refit():
    model = small(dropout=0.2, max_iter=3).fit(SOURCE, TARGET)
    again = clone(model).fit(["frosch"], ["frog"]).fit(SOURCE, TARGET)
    assert again.loss_curve_ == model.loss_curve_
    copied = pickle.loads(pickle.dumps(model))
    assert copied.predict(SOURCE).tolist() == model.predict(SOURCE).tolist()


@pytest.mark.parametrize("attention", [False, True])
def test_bfloat16_is_near_float32(attention):
    given = {"attention": attention, "max_iter": 8, "num_layers": 2}
    models = [small(precision=p, **given).fit(SOURCE, TARGET) for p in ("float32", "bfloat16")]
    np.testing.assert_allclose(*(model.loss_curve_ for model in models), rtol=0.1)


def test_training_goes_on():
    whole = small(max_iter=4).fit(SOURCE, TARGET)
    warm = small(max_iter=2, warm_start=True).fit(SOURCE, TARGET).fit(SOURCE, TARGET)
    assert warm.loss_curve_ == whole.loss_curve_
    parts = small()
    for _ in range(4):
        parts.partial_fit(SOURCE, TARGET)
    assert parts.loss_curve_ == whole.loss_curve_
    longer = parts.partial_fit(SOURCE, ["frog " * 9] * len(SOURCE))
    assert longer.longest_target_ == 9


def test_weights_of_rows():
    X, y = [*SOURCE, "kröte sitzt"], [*TARGET, "frog frog frog"]
    weights = [1.0] * len(SOURCE) + [0.0]
    model = small(max_iter=40).fit(X, y, sample_weight=weights)
    assert model.predict(SOURCE).tolist() == TARGET


def test_length_is_limited_and_penalised():
    model = small(max_iter=60).fit(SOURCE, TARGET)
    assert model.longest_target_ == 3
    for width in (1, 2):
        model.set_params(max_length=2, beam_width=width)
        assert all(len(text.split()) <= 2 for text in model.predict(SOURCE))
    model = small(max_iter=2, beam_width=4, length_penalty=0.0).fit(SOURCE, TARGET)
    short = sum(map(len, model.predict(SOURCE)))
    assert sum(map(len, model.set_params(length_penalty=5.0).predict(SOURCE))) > short


def test_its_states_are_features():
    model = small(max_iter=2).fit(SOURCE, TARGET)
    states = RNNEncoder(FrozenEstimator(model)).transform(SOURCE)
    assert states.shape == (len(SOURCE), 48)
    steps = RNNEncoder(FrozenEstimator(model), return_sequences=True).transform(SOURCE)
    assert steps.lengths.tolist() == [len(text.split()) for text in SOURCE]


def test_no_rows_to_predict_and_summary(capsys):
    model = small(max_iter=1).fit(SOURCE, TARGET)
    assert model.predict([]).shape == (0,)
    model.summary()
    printed = capsys.readouterr().out
    assert "attention (Attention)" in printed
    assert "decoder_gru (GRU)" in printed


def test_mistakes_are_named():
    model = small(max_iter=1)
    with pytest.raises(NotFittedError):
        model.predict(SOURCE)
    with pytest.raises(NotFittedError):
        model.attention_maps(SOURCE)
    with pytest.raises(ValueError, match="requires y"):
        model.fit(SOURCE, None)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(SOURCE, TARGET[1:])
    with pytest.raises(TypeError, match="row 1 is missing"):
        model.fit(["a", None], ["a", "b"])
    with pytest.raises(TypeError, match="row 1 is missing"):
        model.fit(["a", "b"], ["a", None])
    with pytest.raises(ValueError, match="no documents"):
        model.fit([], [])
    with pytest.raises(ValueError, match="put a single document into a list"):
        model.fit("ab", "cd")
    with pytest.raises(ValueError, match="a row of labels for each row"):
        model.fit(SOURCE, [1, 2, 3, 4, 5, 6])
    model.fit(SOURCE, TARGET)
    before = model.loss_curve_
    with pytest.raises(TypeError, match="row 0 is missing"):
        model.fit([None], ["a"])
    assert model.loss_curve_ is before
    with pytest.raises(ValueError, match="vectors of width"):
        model.predict(Ragged.from_rows([[[0.5, 1.0]]]))
    ids = SequenceVectorizer().fit_transform(SOURCE)
    on_ids = small(max_iter=1, attention=False).fit(ids, TARGET)
    with pytest.raises(ValueError, match="X holds texts, but Seq2Seq was fitted on ids"):
        on_ids.predict(SOURCE)
    with pytest.raises(ValueError, match="no attention"):
        on_ids.attention_maps(ids)


def test_cross_val_predict_joins_rows_of_labels_and_texts():
    rows = Ragged.from_rows([[2, 3], [4], [2, 4], [3], [2], [3, 3]])
    for y in ([["x", "y"], ["x"], ["y"], ["x", "x"], ["y"], ["x"]], TARGET):
        predicted = cross_val_predict(small(max_iter=1), rows, y, cv=2)
        for train, test in KFold(2).split(rows):
            model = small(max_iter=1).fit(rows[train], [y[i] for i in train])
            np.testing.assert_equal(list(predicted[test]), list(model.predict(rows[test])))


@pytest.mark.parametrize("length_penalty", [0.0, 1.0])
def test_n_best_lists_are_those_of_all_sequences(length_penalty):
    labels, max_length = ["x", "y", "z"], 2
    rows = Ragged.from_rows([[2, 3], [4], [2, 4], [], [2], [3, 3]], dtype=int)
    y = [["x", "y"], ["z"], ["y"], ["x", "x"], [], ["x"]]
    model = small(max_iter=4, length_penalty=length_penalty, max_length=max_length).fit(rows, y)
    every = [list(s) for n in range(max_length + 1) for s in product(labels, repeat=n)]
    found = model.predict_n_best(rows, n_best=len(every) + 3)
    for i, hypotheses in enumerate(found):
        penalties = [((6 + len(s)) / 6) ** length_penalty for s in every]
        scores = np.array([log_proba_of(model, rows[i : i + 1], s) for s in every]) / penalties
        order = np.argsort(scores)[::-1]
        assert [h.sequence for h in hypotheses] == [every[k] for k in order]
        np.testing.assert_allclose([h.score for h in hypotheses], np.sort(scores)[::-1], rtol=1e-4)
    best = model.set_params(beam_width=len(every)).predict(rows).to_list()
    assert best == [hypotheses[0].sequence for hypotheses in found]
    assert model.predict_n_best(rows, n_best=2) == [hypotheses[:2] for hypotheses in found]


@pytest.mark.parametrize("n_best", [0, 2.0, None, 10**9])
def test_a_wrong_n_best_is_named(n_best):
    with pytest.raises(ValueError, match=r"'n_best' parameter of Seq2Seq.predict_n_best .*100000"):
        small().predict_n_best(SOURCE, n_best=n_best)


@pytest.mark.parametrize("name", ["beam_width", "max_length"])
def test_a_search_has_bounds(name):
    with pytest.raises(ValueError, match=rf"'{name}' parameter of Seq2Seq .*\[1, 10+\]"):
        small(**{name: 10**9}).fit(SOURCE, SOURCE)


def log_proba_of(model, row, labels):
    """Return the log probability of labels and EOS by teacher forcing, unknown left out."""
    ids = model.targets_.encode([labels])
    data = replace(
        model._rows_to_predict(row), targets=targets_on(device_of(model.net_.module_), ids)
    )
    [(batch, targets)] = EvaluationBatches(data)
    with torch.no_grad():
        logits = model.net_.module_.eval()(batch, targets).cpu()  # (n + 1, V)
    logits[:, 1] = -torch.inf
    steps = torch.tensor([*ids[0], 0])
    return float(logits.log_softmax(1)[torch.arange(len(steps)), steps].sum())


def test_n_best_of_texts_and_tokens(reverser):
    lists = reverser.predict_n_best(WORDS[:5], n_best=3)
    assert [len(hypotheses) for hypotheses in lists] == [3] * 5
    for hypotheses in lists:
        scores = [h.score for h in hypotheses]
        assert scores == sorted(scores, reverse=True)
        assert all(type(h.sequence) is str for h in hypotheses)
    assert reverser.predict_n_best([]) == []
    greedy = [[h.sequence for h in row] for row in reverser.predict_n_best(WORDS[:5], n_best=1)]
    assert greedy == [[text] for text in reverser.predict(WORDS[:5])]
    with pytest.raises(ValueError, match="n_best"):
        reverser.predict_n_best(WORDS[:2], n_best=0)
    tokens = WordTokenizer().transform(TARGET)
    model = small(max_iter=1).fit(SOURCE, tokens)
    [[first, *_]] = model.predict_n_best(SOURCE[:1], n_best=2)
    assert isinstance(first.sequence, list)

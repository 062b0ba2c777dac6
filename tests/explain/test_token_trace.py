"""The tokens that networks at the end of pipelines read."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from textvec import (
    CharTokenizer,
    EmbeddedSequences,
    EmbeddingVectorizer,
    HashingSequenceVectorizer,
    OneHotVectorizer,
    Ragged,
    SequenceMLPClassifier,
    SequencePadder,
    SequenceTruncator,
    SequenceVectorizer,
    WordTokenizer,
    WordVectors,
    token_saliency,
)
from textvec.explain._token_trace import row_tokens, trace_tokens
from textvec.networks.inputs._sequences import read_sequences
from textvec.nn import SequenceData, SequenceNet

DOCUMENTS = ["a good film", "a good plot", "a bad film", "bad, bad plot!"]
ANSWERS = ["yes", "yes", "no", "no"]
MLP = SequenceMLPClassifier(hidden_layer_sizes=(4,), embedding_dim=6, max_iter=2, random_state=0)
WORDS = WordVectors(["good", "bad", "film", "plot", "a"], np.eye(5, 3) + 1)
UNSEEN = ["A dreadful film: such a bad, bad plot", "good"]


def first_two(rows):
    return rows.truncated(2)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([SequenceVectorizer()], "a dreadful film such a bad bad plot"),
        ([SequenceVectorizer(oov="drop")], "a film a bad bad plot"),
        (
            [WordTokenizer(lowercase=False), SequenceVectorizer()],
            "A dreadful film such a bad bad plot",
        ),
        ([SequenceVectorizer(), SequencePadder(3)], "bad bad plot"),
        ([SequenceVectorizer(), SequencePadder(2, truncating="post")], "a dreadful"),
        (
            [SequenceVectorizer(), SequencePadder(20), "passthrough"],
            "a dreadful film such a bad bad plot",
        ),
        ([SequenceVectorizer(), FunctionTransformer(first_two)], "a [UNK]"),
        ([make_pipeline(SequenceVectorizer(), SequencePadder(3, padding="post"))], "bad bad plot"),
        ([EmbeddingVectorizer(WORDS), SequencePadder(3)], "bad bad plot"),
        ([OneHotVectorizer(output="sequence")], "a dreadful film such a bad bad plot"),
    ],
    ids=lambda value: "" if isinstance(value, str) else "+".join(type(s).__name__ for s in value),
)
def test_pipelines_give_the_tokens_that_were_read(steps, expected):
    model = make_pipeline(*steps, MLP).fit(DOCUMENTS, ANSWERS)
    for method in ("gradient_input", "occlusion"):
        found = token_saliency(model, UNSEEN, method=method)
        assert found.tokens == [expected.split(), ["good"]]
        assert found.scores.lengths.tolist() == [len(row) for row in found.tokens]
        np.testing.assert_array_equal(found.predictions, model.predict(UNSEEN))


def test_characters_are_joined_without_spaces():
    model = make_pipeline(CharTokenizer(), SequenceVectorizer(), MLP).fit(DOCUMENTS, ANSWERS)
    found = token_saliency(model, ["bad!"])
    assert found.separator == ""
    assert re.sub(r"\[(.) [^]]*\]", r"\1", found.terminal(color=False)).endswith(": bad!")


# --- the parts --------------------------------------------------------------------------------


def test_a_model_alone_gets_its_rows_as_they_are():
    rows = Ragged.from_rows([[2, 3]])
    assert trace_tokens(MLP, rows) == (MLP, rows, None)


def test_the_trace_of_a_padded_document():
    padder = SequencePadder(2)
    model = make_pipeline(SequenceVectorizer(), padder, MLP).fit(DOCUMENTS, ANSWERS)
    estimator, X, trace = trace_tokens(model, ["a dreadful good film", "plot"])
    assert estimator is model[-1]
    np.testing.assert_array_equal(X, model[:-1].transform(["a dreadful good film", "plot"]))
    assert trace.tokens == [["a", "dreadful", "good", "film"], ["plot"]]
    assert trace.positions.to_list() == [[2, 3], [0]]
    assert trace.names.tolist() == ["[UNK]", "[UNK]", *model[0].vocabulary_.tokens]
    assert trace.separator == " "


def test_positions_are_not_known_behind_another_step():
    cut = FunctionTransformer(first_two)
    framed = SequenceVectorizer(oov="drop", bos_token="[BOS]")  # as many ids as tokens, by chance
    for steps in ([SequenceVectorizer(oov="drop")], [framed], [SequenceVectorizer(), cut]):
        model = make_pipeline(*steps, MLP).fit(DOCUMENTS, ANSWERS)
        assert trace_tokens(model, UNSEEN).trace.positions is None


def on_cpu(X):
    return SequenceData.on(torch.device("cpu"), read_sequences(X))


def test_rows_without_a_trace_have_ids_or_positions_for_tokens():
    ids = np.array([[0, 5, 6], [7, 0, 0]])  # padding is no token
    assert row_tokens(on_cpu(ids), None) == [["5", "6"], ["7"]]
    embedded = EmbeddedSequences(Ragged.from_rows([[1, 2], []]), np.array([[0.0], [1], [2]]))
    assert row_tokens(on_cpu(embedded), None) == [["1", "2"], []]
    assert row_tokens(on_cpu(np.array([[0.5, 0.25]])), None) == [["0", "1"]]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (
            [SequenceVectorizer(bos_token="<s>", eos_token="</s>")],
            ["<s>", "A", "sad", "film", "</s>"],
        ),
        (
            [SequenceVectorizer(ngram_range=(1, 2))],
            ["A", "sad", "film", "A sad", "sad film"],
        ),
        (
            [SequenceVectorizer(ngram_range=(2, 2), eos_token="</s>"), SequencePadder(2)],
            ["sad film", "</s>"],
        ),
        ([HashingSequenceVectorizer(max_tokens=50)], ["A", "sad", "film"]),
        (
            [HashingSequenceVectorizer(max_tokens=50, ngram_range=(1, 2)), SequenceTruncator(2)],
            ["A sad", "sad film"],
        ),
    ],
    ids=["bos-eos", "n-grams", "n-grams padded", "hashed", "hashed n-grams"],
)
def test_what_vectorizers_make_of_tokens_is_named_as_it_was_read(steps, expected):
    model = make_pipeline(WordTokenizer(lowercase=False), *steps, MLP).fit(DOCUMENTS, ANSWERS)
    found = token_saliency(model, ["A sad film"])  # of which one token is known
    assert found.tokens == [expected]


def test_hashed_ids_whose_tokens_are_not_known_are_shown():
    cut = FunctionTransformer(first_two)
    model = make_pipeline(HashingSequenceVectorizer(max_tokens=50), cut, MLP)
    model.fit(DOCUMENTS, ANSWERS)
    ids = model[:-1].transform(UNSEEN)
    assert token_saliency(model, UNSEEN).tokens == [[str(i) for i in row] for row in ids]


@pytest.mark.parametrize("method", ["gradient_input", "occlusion"])
def test_predictions_take_no_run_of_their_own(method, monkeypatch):
    model = make_pipeline(SequenceVectorizer(), MLP).fit(DOCUMENTS, ANSWERS)
    rows, outputs = [], SequenceNet.outputs
    monkeypatch.setattr(
        SequenceNet, "outputs", lambda net, data: rows.append(len(data)) or outputs(net, data)
    )
    found = token_saliency(model, DOCUMENTS, method=method)
    # Occlusion runs each row again without each of its steps.
    assert rows == ([4] if method == "gradient_input" else [4, 12])
    np.testing.assert_array_equal(found.predictions, model.predict(DOCUMENTS))

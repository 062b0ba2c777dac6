"""Names of features through the steps that make sequences."""

from __future__ import annotations

import pandas as pd
import pytest
from sklearn import config_context
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from textvec import (
    CharTokenizer,
    HashingSequenceVectorizer,
    RNNClassifier,
    RNNEncoder,
    SequencePadder,
    SequenceTruncator,
    SequenceVectorizer,
    WordTokenizer,
)

FRAME = pd.DataFrame({"text": ["a b c", "b c", "c", "a a"] * 3, "price": range(12)})
Y = [1, 0, 0, 1] * 3
ENCODER = RNNEncoder(RNNClassifier(hidden_size=3, bidirectional=False, max_iter=1, random_state=0))
STEPS = [
    [SequenceVectorizer()],
    [WordTokenizer(), SequenceVectorizer(), SequenceTruncator(2)],
    [CharTokenizer(), SequenceVectorizer(), SequencePadder(4)],
    [HashingSequenceVectorizer(max_tokens=50)],
]


@pytest.mark.parametrize("steps", STEPS, ids=lambda steps: type(steps[-1]).__name__)
def test_names_of_a_column_transformer(steps):
    text = make_pipeline(*steps, ENCODER)
    columns = make_column_transformer((text, "text"), (StandardScaler(), ["price"]))
    values = columns.fit_transform(FRAME, Y)
    names = columns.get_feature_names_out()
    assert names.tolist() == [
        *(f"pipeline__rnnencoder{i}" for i in range(3)), "standardscaler__price",
    ]  # fmt: skip
    assert values.shape == (12, 4)
    with config_context(transform_output="pandas"):
        framed = columns.fit_transform(FRAME, Y)
    assert framed.columns.tolist() == names.tolist()


def test_padded_ids_have_a_name_for_each_step():
    text = make_pipeline(SequenceVectorizer(), SequencePadder(3))
    columns = make_column_transformer((text, "text"), (StandardScaler(), ["price"]))
    assert columns.fit_transform(FRAME).shape == (12, 4)
    assert columns.get_feature_names_out().tolist()[2:] == [
        "pipeline__sequencepadder2", "standardscaler__price",
    ]  # fmt: skip


def test_a_column_of_sequences_keeps_its_name():
    assert WordTokenizer().get_feature_names_out().tolist() == ["wordtokenizer"]
    assert SequenceVectorizer().get_feature_names_out(["review"]).tolist() == ["review"]

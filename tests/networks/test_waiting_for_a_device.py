"""How often the host waits for the device that trains: ``tools/pretend_device`` runs this."""

import sys

import numpy as np
import pytest

from textvec import (
    Ragged,
    RNNClassifier,
    RNNLanguageModel,
    RNNRegressor,
    RNNTagger,
    Seq2Seq,
    SequenceCNNClassifier,
    SequenceMLPClassifier,
)

pytestmark = pytest.mark.skipif(
    "_pretend_device" not in sys.modules, reason="the device is that of tools/pretend_device"
)
RNG = np.random.default_rng(0)
X = Ragged.from_rows([RNG.integers(2, 60, size=1 + i % 9) for i in range(64)])
CLASSES = RNG.choice(["no", "yes"], size=len(X))
NUMBERS = RNG.normal(size=len(X))
TAGS = [["odd" if i % 2 else "even" for i in row] for row in X]
SMALL = {"max_iter": 1, "random_state": 0}


def waits_of(model, y, batch_size):
    waits = sys.modules["_pretend_device"].waits
    waits()
    model.set_params(batch_size=batch_size).fit(X, y)
    return sum(waits().values())


@pytest.mark.parametrize(
    ("model", "y", "of_a_batch"),
    [
        (RNNClassifier(**SMALL), CLASSES, 0),
        (RNNClassifier(cell="gru", pooling="attention", wide=0, **SMALL), CLASSES, 0),
        (RNNClassifier(class_weight="balanced", **SMALL), CLASSES, 0),
        (SequenceCNNClassifier(**SMALL), CLASSES, 0),
        (SequenceMLPClassifier(**SMALL), CLASSES, 0),
        (RNNRegressor(**SMALL), NUMBERS, 0),
        (RNNTagger(**SMALL), TAGS, 0),
        (RNNTagger(crf=True, **SMALL), TAGS, 1),  # are there steps without a label?
        (Seq2Seq(**SMALL), TAGS, 2),  # where are the targets? of the network, and of the loss
    ],
    ids=repr,
)
def test_a_batch_is_not_waited_for(model, y, of_a_batch):
    few, many = (waits_of(model, y, batch_size) for batch_size in (32, 4))
    assert many - few == of_a_batch * (16 - 2)


@pytest.mark.parametrize(("softmax", "of_a_batch"), [("full", 1), ("adaptive", 2)])
def test_the_positions_and_groups_of_a_language_model_are_waited_for(softmax, of_a_batch):
    options = {"n_steps": 3, "max_tokens": 60, "softmax": softmax, "random_state": 0}

    def waits(max_iter):
        return waits_of(RNNLanguageModel(max_iter=max_iter, **options), None, 4)

    model = RNNLanguageModel(max_iter=1, **options).set_params(batch_size=4).fit(X)
    n_batches = model.net_.history[0, "train_batch_count"]
    assert waits(1) <= of_a_batch * n_batches + 8  # once an epoch: losses, weights, the stream

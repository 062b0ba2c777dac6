"""Every row of the tables "From Keras": both sides are run, and what they return is compared."""

from __future__ import annotations

import ast
import json
import re
import string
from collections import Counter
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

import textvec
from tests.coming_from.tables import each_row, equal, run, same_words
from textvec import (
    OneHotVectorizer,
    SequenceVectorizer,
    Vocabulary,
    WordTokenizer,
    WordVectors,
)
from textvec.datasets import fetch_imdb

# What Keras itself does not do yet as NumPy 2 wants it.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

X = [
    "The cat sat on the mat; the dog sat, too!",
    "A dog's day: the cat, the cat and the DOG.",
    "",
    "the\tmat_was on\nthe dog, the cat sat",
]
N = 3  # words: counts at this place have no ties, which are broken in another way
WORDS = ["", "[UNK]", "the", "cat"]
VECTORS = WordVectors(["the", "cat"], np.eye(2, 3, dtype=np.float32))


def numbers() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {
        "X": X,
        "n": N,
        "text": X[0],
        "words": WORDS,
        "rows": rng.integers(2, 50, (12, 6)),
        "y": np.array([0, 1] * 6),
        "data": rng.normal(size=(20, 2)),
        "targets": rng.normal(size=20),
        "matrix": np.vstack([np.zeros((2, 3)), VECTORS.matrix]),
    }


@pytest.fixture
def theirs(keras, keras_text, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential([layers.Embedding(50, 2), layers.SimpleRNN(2), layers.Dense(1)])
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True))
    loss = "binary_crossentropy"
    compile_model, fit = model.compile, model.fit
    model.compile = lambda **options: compile_model(loss=loss, metrics=["acc"], **options)
    model.fit = lambda *data, **options: fit(*data, verbose=0, **options)
    sequence = import_module("keras.src.legacy.preprocessing.sequence")
    tokenizer = keras_text.Tokenizer()
    tokenizer.fit_on_texts(X)
    model.compile(optimizer="sgd")
    model.build((None, 6))
    model.save("model.keras")
    names = vars(layers) | vars(keras.optimizers) | vars(keras.callbacks) | vars(keras_text)
    return (
        dict(names)
        | numbers()
        | {
            "Sequential": keras.Sequential,
            "pad_sequences": keras.utils.pad_sequences,
            "load_model": keras.models.load_model,
            "TimeseriesGenerator": sequence.TimeseriesGenerator,
            "tokenizer": tokenizer,
            "stacked": lambda layer, n: [layer(32, return_sequences=i < n - 1) for i in range(n)],
            "model": model,
        }
    )


@pytest.fixture
def ours(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    vectorizer = SequenceVectorizer(tokenizer=WordTokenizer("keras")).fit(X)
    small = {"n_tokens": 50, "max_iter": 2, "random_state": 0}
    model = textvec.RNNClassifier(embedding_dim=2, hidden_size=2, **small)
    model.fit(numbers()["rows"], numbers()["y"])
    textvec.save(model, "model.textvec")
    names = {name: getattr(textvec, name) for name in textvec.__all__}
    return (
        names
        | numbers()
        | {
            "textvec": textvec,
            "make_pipeline": make_pipeline,
            "fetch_imdb": fetch_imdb,
            "vectorizer": vectorizer,
            "vectors": VECTORS,
            "model": model,
        }
    )


# Of the checks below, the first argument is the value of the left cell, or None where it is not
# run, and the second that of the right cell.


def same_ids(shift: int):
    def check(tokenizer, vectorizer):
        tokenizer.fit_on_texts(X)
        ids = vectorizer.fit(X).transform([*X, "a cat flew"]).to_list()
        expected = tokenizer.texts_to_sequences([*X, "a cat flew"])
        assert [[i - shift for i in row] for row in ids] == expected

    return check


def same_numbers_of_ids(theirs, ours):
    """Ids of equal counts differ, but not how often there is one of a count."""
    assert [len(row) for row in theirs] == ours.lengths.tolist()
    counts = [Counter(values) for values in (np.concatenate(theirs), ours.values)]
    assert sorted(counts[0].values()) == sorted(counts[1].values())


def same_matrix(theirs, ours):
    assert not theirs[:, 0].any()
    columns, expected = (sorted(matrix.T.tolist()) for matrix in (ours.toarray(), theirs[:, 1:]))
    assert columns == expected


def same_texts(theirs, ours):
    assert [" ".join(tokens) for tokens in ours] == theirs


def same_file(theirs, ours):
    word_index = json.loads(json.loads(theirs)["config"]["word_index"])
    assert set(Vocabulary.from_json("vocabulary.json")) == set(word_index)


def hashed(theirs, ours):
    assert len(theirs) == ours.lengths[0]
    assert all(1 <= i < N for i in theirs)  # n - 1 ids
    assert all(2 <= i < N + 1 for i in ours[0])  # as many


def numbered_as_text_vectorization(_, ours):
    counts = Counter(w for row in WordTokenizer("keras_v3").transform(X).to_list() for w in row)
    most_common = [w for w, _ in counts.most_common(N - 2)]
    assert list(ours.fit(X).vocabulary_) == most_common


def numbered_as_given(_, ours):
    assert ours.transform(["the cat flew"]).to_list() == [[2, 3, 1]]


def pairs_after_words(_, ours):
    row = WordTokenizer("keras_v3").transform(X[:1]).to_list()[0]
    expected = [*row, *(" ".join(pair) for pair in pairwise(row))]
    assert ours.inverse_transform(ours.fit(X).transform(X[:1])) == [expected]


def one_column_for_each_word(_, ours):
    assert isinstance(ours, OneHotVectorizer)
    words = [set(row) for row in WordTokenizer("keras_v3").transform(X).to_list()]
    assert np.asarray(ours.fit_transform(X).sum(axis=1)).ravel().tolist() == [*map(len, words)]


def weighted(_, ours):
    row = ours.fit_transform(X).toarray()[0]
    column = ours[1].vocabulary_["the"]
    assert row[column] == pytest.approx(3 * ours[1].idf_[column])


def padded_behind(_, ours):
    padded = ours.fit_transform(X)
    assert padded.shape == (4, 100)
    assert (padded[:, 0] != 0).tolist() == [True, True, False, True]


def a_box_for_each_layer(_, ours):
    assert [layer.name for layer in ours.layers[:2]] == ["embedding", "lstm"]
    assert len(ours.boxes_) == len(ours.layers)


def same_windows(theirs, ours):
    (windows, after), (rows, targets) = theirs[0], ours
    np.testing.assert_array_equal(rows.to_padded(), windows)
    np.testing.assert_array_equal(targets, after)


def arrays_of(module):
    """Return the weights of a network of ours in the layout of Keras, layer by layer."""
    weights = {name: p.detach().numpy() for name, p in module.named_parameters()}
    arrays = []
    for name, weight in weights.items():
        if name.endswith("weight_ih_l0"):
            stem = name.removesuffix("weight_ih_l0")
            kinds = ("weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
            arrays += recurrent(weight, *(weights[stem + kind] for kind in kinds))
        elif not name.endswith("_l0"):  # an embedding, a convolution (F, D, k), a dense layer
            arrays.append(weight if "embedding" in name else weight.T)
    return arrays


def recurrent(kernel, hidden, bias, hidden_bias):
    """Keras orders the gates of a GRU as z, r, h, and adds up the two biases of other cells."""
    size = hidden.shape[1]
    if len(kernel) != 3 * size:
        return [kernel.T, hidden.T, bias + hidden_bias]
    order = np.r_[size : 2 * size, :size, 2 * size : 3 * size]
    return [kernel[order].T, hidden[order].T, np.stack([bias[order], hidden_bias[order]])]


def same_probabilities(network, estimator):
    rows, y = numbers()["rows"], numbers()["y"]
    estimator.set_params(n_tokens=50, max_iter=2, random_state=0).fit(rows, y)
    network.build(rows.shape)
    network.set_weights(arrays_of(estimator.net_.module_))
    expected = network.predict(rows, verbose=0)[:, 0]
    np.testing.assert_allclose(estimator.predict_proba(rows)[:, 1], expected, atol=1e-5)


def same_states(layer, encoder):
    rows, y = numbers()["rows"], numbers()["y"]
    states = encoder.fit(rows, y).transform(rows)
    module = encoder.estimator_.net_.module_
    table, *weights, _, _ = arrays_of(module)
    layer.build((None, None, table.shape[1]))
    layer.set_weights(weights)
    expected = layer(table[rows]).detach().numpy()
    np.testing.assert_allclose(states.to_padded(), expected, atol=1e-5)


def outputs(n: int, y, shape):
    def check(layer, estimator):
        rows = numbers()["rows"]
        model = estimator.set_params(embedding_dim=2, hidden_size=2, max_iter=1).fit(rows, y)
        found = (getattr(model, "predict_proba", None) or model.predict)(rows)
        assert np.shape(found.values if hasattr(found, "values") else found) == shape
        assert layer.units == n

    return check


def same_table(trainable: bool):
    def check(layer, pipeline):
        pipeline[1].set_params(hidden_size=2, max_iter=2, random_state=0)
        pipeline.fit(["the cat", "the", "cat", "cat the"], [0, 1, 0, 1])
        layer.build((None, None))
        assert [tuple(w.shape) for w in layer.trainable_weights] == [(4, 3)] * trainable
        ours = [tuple(p.shape) for p in pipeline[1].net_.module_.parameters() if p.requires_grad]
        assert ((4, 3) in ours) == trainable

    return check


def padding_changes_nothing(layer, model):
    rows, y = numbers()["rows"], numbers()["y"]
    padded = np.pad(rows, ((0, 0), (3, 0)))
    assert layer.compute_mask(padded).detach().numpy().tolist() == (padded > 0).tolist()
    model.set_params(hidden_size=2, max_iter=1, random_state=0).fit(rows, y)
    np.testing.assert_allclose(model.predict_proba(padded), model.predict_proba(rows), atol=1e-6)


def decoded(layer, model):
    model.set_params(embedding_dim=4, hidden_size=4, max_iter=1).fit(["a b", "b"], ["x y", "z"])
    assert layer.n == 5
    assert len(model.predict(["a"])) == 1


def of_training(**expected):
    def check(_, model):
        assert expected.items() <= model.get_params().items()

    return check


def epochs(n: int):
    def check(history, model):
        assert len(history.history["loss"]) == len(model.loss_curve_) == n

    return check


def validated(history, model):
    assert model.n_iter_ == len(model.validation_scores_) == len(model.validation_losses_)
    assert len(history.history["val_loss"]) == len(history.history["val_acc"])


def of_stopping(callback, model):
    assert (callback.patience, callback.restore_best_weights) == (2, True)
    assert (model.n_iter_no_change, model.early_stopping) == (2, True)


def losses(theirs, ours):
    assert len(theirs) == 1
    assert len(ours) == 2
    assert np.isfinite([*theirs, *ours]).all()


def one_for_each_row(theirs, ours):
    assert theirs[:, 0].shape == ours.shape == (12,)


def accuracies(theirs, ours):
    assert 12 * theirs[1] == pytest.approx(round(12 * theirs[1]))
    assert 12 * ours == pytest.approx(round(12 * ours))


def files(*names: str):
    def check(theirs, ours):
        assert all(Path(name).exists() for name in names)

    return check


def answers(theirs, ours):
    rows = numbers()["rows"]
    assert theirs.predict(rows, verbose=0).shape == (12, 1)
    assert ours.predict(rows).shape == (12,)


def same_data_set(theirs, ours):
    """25,000 reviews for training, and a function that returns texts."""
    assert ours is fetch_imdb


def characters(tokenizer, vectorizer):
    tokenizer.fit_on_texts(X)
    vectorizer.fit(X)
    assert set(tokenizer.word_index) == set(vectorizer.vocabulary_)
    for theirs, ours in zip(tokenizer.texts_to_sequences(X), vectorizer.transform(X), strict=True):
        expected = [tokenizer.index_word[i] for i in theirs]
        assert [vectorizer.vocabulary_.id_to_token(i) for i in ours] == expected


def layer_at_each_step(layer, tagger):
    rows = numbers()["rows"]
    tagger.set_params(embedding_dim=2, hidden_size=2, max_iter=1, random_state=0)
    tagger.fit(rows, rows % 3)
    assert layer.compute_output_shape((12, 6, 4)) == (12, 6, 3)
    assert tagger.predict_proba(rows).values.shape == (72, 3)


CHECKS = {
    "Tokenizer(num_words=n)": same_ids(1),
    'Tokenizer(num_words=n, oov_token="[UNK]")': same_ids(0),
    "Tokenizer(char_level=True)": characters,
    "tokenizer.fit_on_texts(X)": lambda theirs, ours: ours.transform(X),
    "tokenizer.texts_to_sequences(X)": same_numbers_of_ids,
    "tokenizer.sequences_to_texts(tokenizer.texts_to_sequences(X))": same_texts,
    "tokenizer.word_index": same_words,
    'tokenizer.texts_to_matrix(X, mode="binary")': same_matrix,
    'tokenizer.texts_to_matrix(X, mode="count")': same_matrix,
    "tokenizer.to_json()": same_file,
    "hashing_trick(text, n)": hashed,
    "TimeseriesGenerator(data, targets, length=5)": same_windows,
    'Dense(3, "softmax")': outputs(3, [0, 1, 2] * 4, (12, 3)),
    "Dense(1)": outputs(1, np.arange(12.0), (12,)),
    "LSTM(16, return_sequences=True)": same_states,
    'TimeDistributed(Dense(3, "softmax"))': layer_at_each_step,
    "RepeatVector(5)": decoded,
    "Embedding(len(matrix), 3, weights=[matrix], trainable=False)": same_table(False),
    "Embedding(len(matrix), 3, weights=[matrix], trainable=True)": same_table(True),
    "Embedding(n, 8, mask_zero=True)": padding_changes_nothing,
    'model.compile(optimizer="rmsprop")': of_training(optimizer="rmsprop"),
    "model.compile(optimizer=Adam(learning_rate=0.01))": of_training(learning_rate_init=0.01),
    "model.compile(optimizer=Adam(clipnorm=1.0))": of_training(clip_norm=1.0),
    "model.fit(rows, y, epochs=3, batch_size=4)": epochs(3),
    "model.fit(rows, y, validation_split=0.2)": validated,
    "model.fit(rows, y, validation_data=(rows, y))": validated,
    "EarlyStopping(patience=2, restore_best_weights=True)": of_stopping,
    "model.fit(rows, y, class_weight={0: 1, 1: 5})": of_training(class_weight={0: 1, 1: 5}),
    'model.fit(rows, y).history["loss"]': losses,
    "model.predict(rows)": one_for_each_row,
    "model.evaluate(rows, y)": accuracies,
    'model.save("model.keras")': files("model.keras", "model.textvec"),
    'load_model("model.keras")': answers,
    'ModelCheckpoint("weights.keras")': of_training(checkpoint="checkpoint"),
}
# TextVectorization needs TensorFlow, the data set a connection, the plot Graphviz.
NOT_RUN = {
    "TextVectorization(max_tokens=n)": numbered_as_text_vectorization,
    "TextVectorization(ngrams=2)": pairs_after_words,
    "TextVectorization(vocabulary=words)": numbered_as_given,
    'TextVectorization(output_mode="multi_hot")': one_column_for_each_word,
    'TextVectorization(output_mode="tf_idf")': weighted,
    "TextVectorization(output_sequence_length=100)": padded_behind,
    "imdb.load_data": same_data_set,
    "plot_model(model)": a_box_for_each_layer,
}


@each_row("keras.md", CHECKS | NOT_RUN)
def test_row(row, theirs, ours):
    if "Embedding(n" in row.theirs:
        theirs["n"] = 50  # rows of a table
    if row.theirs in NOT_RUN:
        return NOT_RUN[row.theirs](None, run(row.ours, ours))
    is_network = row.theirs.startswith("Sequential")
    check = same_probabilities if is_network else CHECKS.get(row.theirs, equal)
    check(run(row.theirs, theirs), run(row.ours, ours))


def test_summaries(theirs, ours, capsys):
    run("model.summary()", theirs)
    assert "Total params" in capsys.readouterr().out
    run("model.summary()", ours)
    assert "Total params" in capsys.readouterr().out


def test_text_vectorization_cleans_alike(keras):
    """The expression of what Keras' layer deletes stands in its source."""
    source = Path(keras.__file__).parent / "src/layers/preprocessing/text_vectorization.py"
    calls = [n for n in ast.walk(ast.parse(source.read_text("utf-8"))) if isinstance(n, ast.Call)]
    replaces = [c for c in calls if getattr(c.func, "attr", "") == "regex_replace"]
    pattern = ast.literal_eval(replaces[0].args[1])
    for text in [*X, "It's a 5-star café, isn't it?  #No_1 don’t", string.printable, "ÄÖ\u2003x"]:
        # TensorFlow's lower and split know ASCII alone.
        lower = re.sub("[A-Z]", lambda capital: capital[0].lower(), text)
        expected = [w for w in re.split(r"[ \t\n\v\f\r]+", re.sub(pattern, "", lower)) if w]
        assert WordTokenizer("keras_v3").transform([text]).to_list() == [expected]


@pytest.mark.parametrize("text", [*X, "It's a 5-star café, isn't it?  #No_1 don’t"])
def test_words_of_the_legacy_tokenizer(keras_text, text):
    assert WordTokenizer("keras").transform([text]).to_list() == [
        keras_text.text_to_word_sequence(text)
    ]

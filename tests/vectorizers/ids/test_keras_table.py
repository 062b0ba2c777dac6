"""Every line of the README's table "From Keras", against Keras where it runs without TensorFlow."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import textvec
from textvec import (
    EmbeddingVectorizer,
    HashingSequenceVectorizer,
    OneHotVectorizer,
    RNNClassifier,
    SequencePadder,
    SequenceVectorizer,
    WindowTransformer,
    WordTokenizer,
    WordVectors,
)

README = Path(__file__).parents[3] / "README.md"
X = [
    "The cat sat on the mat; the dog sat, too!",
    "A dog's day: the cat, the cat and the DOG.",
    "",
    "the\tmat_was on\nthe dog, the cat sat",
]
# Counts without ties at the limits tried here, as these are broken in another way.
N_WORDS = [2, 3]


def keras_vectorizer(**options):
    return SequenceVectorizer(tokenizer=WordTokenizer("keras"), **options)


def keras_tokenizer(keras_text, **options):
    tokenizer = keras_text.Tokenizer(**options)
    tokenizer.fit_on_texts(X)
    return tokenizer


def test_counts_of_the_example_have_no_ties_at_the_limits():
    words = Counter(w for row in WordTokenizer("keras").transform(X).to_list() for w in row)
    counts = [n for _, n in words.most_common()]
    assert all(counts[n - 2] > counts[n - 1] for n in N_WORDS)


@pytest.mark.parametrize("n", N_WORDS)
def test_tokenizer(keras_text, n):
    theirs = keras_tokenizer(keras_text, num_words=n)
    ours = keras_vectorizer(max_tokens=n + 1, oov="drop").fit(X)
    ids = ours.transform([*X, "a cat flew"]).to_list()
    assert [[i - 1 for i in row] for row in ids] == theirs.texts_to_sequences([*X, "a cat flew"])


@pytest.mark.parametrize("n", [n + 1 for n in N_WORDS])
def test_tokenizer_with_oov_token(keras_text, n):
    theirs = keras_tokenizer(keras_text, num_words=n, oov_token="[UNK]")
    ours = keras_vectorizer(max_tokens=n).fit(X)
    ids = ours.transform([*X, "a cat flew"])
    assert ids.to_list() == theirs.texts_to_sequences([*X, "a cat flew"])
    texts = [" ".join(tokens) for tokens in ours.inverse_transform(ids)]
    assert texts == theirs.sequences_to_texts(ids.to_list())


def test_attributes_of_the_tokenizer(keras_text):
    theirs = keras_tokenizer(keras_text)
    ours = keras_vectorizer().fit(X)
    assert set(ours.vocabulary_) == set(theirs.word_index)
    by_id = sorted(theirs.word_index, key=theirs.word_index.get)
    assert [theirs.word_counts[w] for w in by_id] == [
        theirs.word_counts[w] for w in ours.vocabulary_
    ]
    assert dict(zip(ours.vocabulary_, ours.token_counts_, strict=True)) == theirs.word_counts
    assert dict(zip(ours.vocabulary_, ours.document_counts_, strict=True)) == theirs.word_docs
    assert ours.n_documents_ == theirs.document_count


def test_texts_to_matrix(keras_text):
    theirs = keras_tokenizer(keras_text)
    expected = theirs.texts_to_matrix(X, mode="binary")
    ours = OneHotVectorizer(tokenizer=WordTokenizer("keras"), oov="drop")
    matrix = ours.fit_transform(X).toarray()
    columns = [theirs.word_index[w] for w in ours.get_feature_names_out()]
    np.testing.assert_array_equal(matrix, expected[:, columns])
    assert expected.shape[1] == matrix.shape[1] + 1
    assert not expected[:, 0].any()


def test_text_to_word_sequence(keras_text):
    for text in [*X, "It's a 5-star café, isn't it?  #No_1 don’t"]:
        ours = WordTokenizer("keras").transform([text]).to_list()[0]
        assert ours == keras_text.text_to_word_sequence(text)


def test_hashing_trick(keras_text):
    n = 5
    vectorizer = HashingSequenceVectorizer(tokenizer=WordTokenizer("keras"), max_tokens=n + 1)
    for text in X:
        theirs = keras_text.hashing_trick(text, n, hash_function="md5")
        ours = vectorizer.transform([text]).to_list()[0]
        assert len(ours) == len(theirs)
        assert all(1 <= i < n for i in theirs)  # n - 1 ids
        assert all(2 <= i < n + 1 for i in ours)  # as many


def test_text_vectorization_cleans_alike():
    """Keras' layer needs TensorFlow; the expression of what it deletes stands in its source."""
    pytest.importorskip("keras")
    source = Path(import_module("keras").__file__).parent
    source = (source / "src/layers/preprocessing/text_vectorization.py").read_text("utf-8")
    calls = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)]
    replaces = [c for c in calls if getattr(c.func, "attr", "") == "regex_replace"]
    pattern = ast.literal_eval(replaces[0].args[1])
    for text in [*X, "It's a 5-star café, isn't it?  #No_1 don’t", string.printable, "ÄÖ\u2003x"]:
        # TensorFlow's lower and split know ASCII alone.
        lower = re.sub("[A-Z]", lambda capital: capital[0].lower(), text)
        expected = [w for w in re.split(r"[ \t\n\v\f\r]+", re.sub(pattern, "", lower)) if w]
        assert WordTokenizer("keras_v3").transform([text]).to_list() == [expected]


def test_text_vectorization_numbers_alike():
    ours = SequenceVectorizer(tokenizer=WordTokenizer("keras_v3"), max_tokens=4).fit(X)
    counts = Counter(w for row in WordTokenizer("keras_v3").transform(X).to_list() for w in row)
    expected = ["", "[UNK]", *(w for w, _ in counts.most_common(2))]
    assert ["", "[UNK]", *ours.vocabulary_] == expected
    given = SequenceVectorizer(tokenizer=WordTokenizer("keras_v3"), vocabulary=expected)
    assert given.transform(X) == ours.transform(X)
    pairs = SequenceVectorizer(tokenizer=WordTokenizer("keras_v3"), ngram_range=(1, 2)).fit(X)
    row = WordTokenizer("keras_v3").transform(X[:1]).to_list()[0]
    expected = [*row, *(" ".join(pair) for pair in pairwise(row))]
    assert pairs.inverse_transform(pairs.transform(X[:1])) == [expected]


def test_pad_sequences(keras):
    rows = [list(range(1, n)) for n in (3, 150, 1)]
    expected = keras.utils.pad_sequences(rows, maxlen=100)
    np.testing.assert_array_equal(SequencePadder(length=100).fit_transform(rows), expected)


def test_timeseries_generator(keras):
    sequence = import_module("keras.src.legacy.preprocessing.sequence")
    rng = np.random.default_rng(0)
    data, targets, n = rng.normal(size=(20, 2)), rng.normal(size=20), 5
    windows, after = sequence.TimeseriesGenerator(data, targets, length=n, batch_size=99)[0]
    ours = WindowTransformer(length=n).transform(data)[n - 1 : -1]
    np.testing.assert_array_equal(ours.to_padded(), windows)
    np.testing.assert_array_equal(targets[n:], after)


def fitted(**options):
    rows = np.random.default_rng(0).integers(1, 50, (20, 6))
    settings = {"random_state": 0, "n_tokens": 50, "max_iter": 2} | options
    return RNNClassifier(**settings).fit(rows, [0, 1] * 10)


def sizes(model):
    return sorted(tuple(p.shape) for p in model.net_.module_.parameters() if p.ndim == 2)


def test_layers_have_the_weights_of_keras(keras):
    layers = keras.layers
    network = keras.Sequential(
        [layers.Embedding(50, 32), layers.SimpleRNN(32), layers.Dense(1, "sigmoid")]
    )
    network.build((None, 6))
    theirs = sorted(w.shape for w in network.weights if len(w.shape) == 2)
    ours = sizes(fitted(cell="rnn", embedding_dim=32, hidden_size=32))
    assert sorted(map(sorted, ours)) == sorted(map(sorted, theirs))
    four = [layers.SimpleRNN(32, return_sequences=True) for _ in range(3)]
    network = keras.Sequential(
        [layers.Embedding(50, 32), *four, layers.SimpleRNN(32), layers.Dense(1, "sigmoid")]
    )
    network.build((None, 6))
    stacked = fitted(cell="rnn", embedding_dim=32, hidden_size=32, num_layers=4)
    assert len(sizes(stacked)) == len([w for w in network.weights if len(w.shape) == 2])


def test_bidirectional_lstm_and_maximum(keras):
    layers = keras.layers
    network = keras.Sequential(
        [
            layers.Embedding(50, 32),
            layers.Bidirectional(layers.LSTM(64, return_sequences=True)),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1, "sigmoid"),
        ]
    )
    network.build((None, 6))
    model = fitted(embedding_dim=32, cell="lstm", hidden_size=64, bidirectional=True, pooling="max")
    theirs = sorted(sorted(w.shape) for w in network.weights if len(w.shape) == 2)
    assert sorted(sorted(shape) for shape in sizes(model)) == theirs


def test_training_options(capsys):
    model = fitted(
        embedding_dim=2,
        hidden_size=2,
        optimizer="rmsprop",
        max_iter=10,
        batch_size=128,
        early_stopping=True,
        validation_fraction=0.2,
    )
    assert len(model.loss_curve_) == len(model.validation_scores_) == model.n_iter_ <= 10
    own = RNNClassifier(hidden_size=4, max_iter=3, random_state=0)
    ids, labels = np.array([[2, 3], [3, 2]] * 4), [0, 1] * 4
    own.fit(ids[:4], labels[:4], X_val=ids[4:], y_val=labels[4:])
    assert len(own.loss_curve_) == len(own.validation_losses_) == len(own.validation_scores_) == 3
    model.summary()
    assert "Total params" in capsys.readouterr().out


def test_pretrained_embeddings():
    vectors = WordVectors(["the", "cat"], np.ones((2, 3), np.float32))
    rows = EmbeddingVectorizer(vectors).fit_transform(["the cat", "the", "cat", "cat the"])
    settings = {"hidden_size": 2, "max_iter": 2, "random_state": 0, "batch_size": 4}
    frozen = RNNClassifier(**settings).fit(rows, [0, 1, 0, 1])
    tuned = RNNClassifier(fine_tune=True, **settings).fit(rows, [0, 1, 0, 1])
    table = rows.table.shape
    assert table in [tuple(p.shape) for p in tuned.net_.module_.parameters() if p.requires_grad]
    assert table not in [
        tuple(p.shape) for p in frozen.net_.module_.parameters() if p.requires_grad
    ]


# Which test holds each line of the table, by what the line says of Keras.
TESTS = {
    "`Tokenizer(num_words=n).fit_on_texts(X)`": test_tokenizer,
    '`Tokenizer(num_words=n, oov_token="[UNK]").fit_on_texts(X)`': test_tokenizer_with_oov_token,
    "`tokenizer.texts_to_sequences(X)`": test_tokenizer,
    "`tokenizer.sequences_to_texts(ids)`": test_tokenizer_with_oov_token,
    "`tokenizer.word_index`": test_attributes_of_the_tokenizer,
    "`tokenizer.word_counts`, `word_docs`, `document_count`": test_attributes_of_the_tokenizer,
    '`tokenizer.texts_to_matrix(X, mode="binary")`': test_texts_to_matrix,
    "`text_to_word_sequence(text)`": test_text_to_word_sequence,
    "`hashing_trick(text, n)`": test_hashing_trick,
    "`TextVectorization(max_tokens=n)`": test_text_vectorization_numbers_alike,
    "`TextVectorization(ngrams=2)`": test_text_vectorization_numbers_alike,
    "`TextVectorization(vocabulary=layer.get_vocabulary())`": test_text_vectorization_numbers_alike,
    "`pad_sequences(X, maxlen=100)`": test_pad_sequences,
    "`TimeseriesGenerator(data, targets, length=n)`": test_timeseries_generator,
    '`Embedding(n, 32), SimpleRNN(32), Dense(1, "sigmoid")`': test_layers_have_the_weights_of_keras,
    "`Bidirectional(LSTM(64, return_sequences=True)), GlobalMaxPooling1D()`": (
        test_bidirectional_lstm_and_maximum
    ),
    "four stacked `SimpleRNN` layers": test_layers_have_the_weights_of_keras,
    "`Embedding(..., weights=[matrix], trainable=False)`": test_pretrained_embeddings,
    "... `trainable=True`": test_pretrained_embeddings,
    '`compile(optimizer="rmsprop")`': test_training_options,
    "`fit(X, y, epochs=10, batch_size=128)`": test_training_options,
    "`validation_split=0.2`, `EarlyStopping(restore_best_weights=True)`": test_training_options,
    "`validation_data=(X_val, y_val)`": test_training_options,
    '`history.history["loss"]`, `["val_loss"]`, `["val_accuracy"]`': test_training_options,
    "`model.summary()`": test_training_options,
}
# Data sets and another package, which say where to look.
POINTERS = {"`imdb.load_data()`, which returns ids", "KerasTuner"}


def table_lines():
    text = README.read_text("utf-8").partition("## From Keras")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    return [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines]


def test_every_line_has_its_test():
    assert {theirs for theirs, _ in table_lines()} == {*TESTS, *POINTERS}


@pytest.mark.parametrize("line", table_lines(), ids=lambda line: line[0])
def test_names_and_parameters_of_ours_exist(line):
    """Every call in the right column names a class of textvec and parameters that it has."""
    for code in re.findall(r"`([^`]+)`", line[1]):
        try:
            tree = ast.parse(code)
        except SyntaxError:  # parameters alone, of RNNClassifier
            tree = ast.parse(f"RNNClassifier({code})")
        for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
            if isinstance(call.func, ast.Name) and hasattr(textvec, call.func.id):
                parameters = getattr(textvec, call.func.id)._parameter_constraints
                assert {k.arg for k in call.keywords} <= set(parameters), code

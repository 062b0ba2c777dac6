"""Classifiers of other libraries in scikit-learn's interface, for comparisons."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.preprocessing import LabelEncoder

from textvec import Ragged, Tokens


class FastTextClassifier(ClassifierMixin, BaseEstimator):
    """FastText's classifier of words and pairs, with the options of its tutorial.

    Reads Tokens, so that it has the words of all others. Needs ``fasttext-wheel`` or ``fasttext``.
    """

    def fit(self, X: Tokens, y: NDArray[Any]) -> Self:
        """Write the documents to a file, and train on it."""
        import fasttext

        self.labels_ = LabelEncoder().fit(y)
        self.classes_ = self.labels_.classes_
        lines = zip(self.labels_.transform(y), _lines(X), strict=True)
        with TemporaryDirectory() as folder:
            path = Path(folder, "train.txt")
            path.write_text("".join(f"__label__{label} {text}\n" for label, text in lines))
            self.model_ = fasttext.train_supervised(
                str(path),
                lr=0.5,
                epoch=25,
                wordNgrams=2,
                bucket=200_000,
                dim=50,
                thread=1,
                verbose=0,
            )
        return self

    def predict(self, X: Tokens) -> NDArray[Any]:
        """Return the label of each document."""
        names, _ = self.model_.predict(_lines(X))
        # A document without a known word has no label: the first stands in.
        codes = [int(name[0].removeprefix("__label__")) if name else 0 for name in names]
        return self.labels_.inverse_transform(codes)


def _lines(X: Tokens) -> list[str]:
    return [" ".join(document) for document in X.to_list()]


class KerasClassifier(ClassifierMixin, BaseEstimator):
    """A Keras network with RNNClassifier's sizes: both directions of an LSTM, the last states.

    Reads rows of ids, and pads them to the longest of `fit`. Needs ``keras`` and a backend; of
    those, JAX is used where ``KERAS_BACKEND`` names no other.
    """

    def __init__(self, random_state: int = 0):
        self.random_state = random_state

    def fit(self, X: Ragged, y: NDArray[Any]) -> Self:
        """Build the network, and train it for as many epochs as RNNClassifier."""
        keras = import_keras()
        keras.utils.set_random_seed(self.random_state)
        self.labels_ = LabelEncoder().fit(y)
        self.classes_ = self.labels_.classes_
        self.length_ = int(X.lengths.max())
        layers = [
            keras.layers.Embedding(X.n_ids, 64, mask_zero=True),
            keras.layers.Bidirectional(keras.layers.LSTM(32)),
            keras.layers.Dense(len(self.classes_), activation="softmax"),
        ]
        self.model_ = keras.Sequential(layers)
        self.model_.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
        codes = self.labels_.transform(y)
        self.model_.fit(X.to_padded(self.length_), codes, batch_size=32, epochs=10, verbose=0)
        return self

    def predict(self, X: Ragged) -> NDArray[Any]:
        """Return the label of each row."""
        padded = X.to_padded(self.length_)
        probabilities = self.model_.predict(padded, batch_size=256, verbose=0)
        return self.labels_.inverse_transform(probabilities.argmax(axis=1))


def import_keras() -> Any:
    """Import Keras, on JAX unless the environment names another backend."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras

    return keras

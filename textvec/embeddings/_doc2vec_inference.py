"""Inference of vectors of new documents by a trained Doc2Vec of gensim."""

from __future__ import annotations

import copy
import hashlib
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from .._compat import import_optional
from ._gensim import TokenLists


class Inference:
    """Infer vectors of documents, each from its tokens alone.

    gensim's own `infer_vector` starts from numbers drawn by Python's hash of the document, which
    differs from process to process, and draws on from the current state of the model's generator.
    Here both are seeded by a checksum of the document.

    Parameters
    ----------
    model : gensim.models.Doc2Vec
        Trained; it is not changed.
    n_epochs : int
        Number of passes over each document.
    """

    def __init__(self, model: Any, n_epochs: int):
        doc2vec = import_optional("gensim.models.doc2vec", needed_for="Doc2Vec")
        self._train = doc2vec.train_document_dbow if model.sg else doc2vec.train_document_dm
        self._model = model
        self._n_buffers = 1 if model.sg else 2
        self._rates = np.linspace(model.alpha, model.min_alpha, n_epochs).tolist()

    def rows(self, corpus: TokenLists, start: int, stop: int) -> NDArray[np.float32]:
        """Infer the vectors of the documents in rows `start` to `stop`, exclusive.

        Returns
        -------
        ndarray of shape (n_rows, embedding_dim), float32
            Zeros for a document without a known token.
        """
        # Threads share all of the model but the generator.
        model = copy.copy(self._model)
        model.random = RandomState(0)
        vectors = np.zeros((stop - start, model.vector_size), dtype=np.float32)
        for row, parts in groupby(corpus.with_rows(start, stop), key=itemgetter(0)):
            document = [part for _, part in parts]
            if any(token in model.wv.key_to_index for part in document for token in part):
                vectors[row - start] = self._vector(model, document)
        return vectors

    def _vector(self, model: Any, document: list[list[str]]) -> NDArray[np.float32]:
        seed = checksum(document, model.seed)
        model.random.seed(seed)
        generator = np.random.Generator(np.random.SFC64(seed))
        size = model.vector_size
        vector = (generator.random(size).astype(np.float32) - 0.5) / size  # as gensim draws it
        vectors = vector.reshape(1, size)
        lock = np.ones(1, np.float32)
        # Working memory. Without it gensim writes to an array that it has already freed.
        memory = np.zeros((self._n_buffers, model.layer1_size), np.float32)
        for rate in self._rates:
            for part in document:
                self._train(
                    model,
                    part,
                    [0],
                    rate,
                    *memory,
                    learn_words=False,
                    learn_hidden=False,
                    doctag_vectors=vectors,
                    doctags_lockf=lock,
                )
        row: NDArray[np.float32] = vectors[0]
        return row


def checksum(document: list[list[str]], seed: int) -> int:
    """Return a number from 0 to 2**32 - 1 that depends on a document's tokens and a seed."""
    text = "\0".join("\0".join(part) for part in document)
    digest = hashlib.blake2b(
        text.encode("utf-8", "surrogatepass"), digest_size=4, salt=seed.to_bytes(16, "little")
    )
    return int.from_bytes(digest.digest(), "little")

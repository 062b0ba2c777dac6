"""A trained Doc2Vec of gensim as numbers and arrays, and back, without pickle."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._containers._vocabulary import Vocabulary
from ._gensim import import_models

# Of the constructor, where "sg" is the opposite of "dm".
_INTEGERS = ("vector_size", "window", "negative", "hs", "dbow_words", "epochs", "seed")
_NUMBERS = ("sample", "alpha", "min_alpha")
_MOST = 2**31 - 1  # what an int of C holds


def model_state(model: Any) -> dict[str, Any]:
    """Return all of a model that its inference, and more training, depend on."""
    arrays = {n: getattr(model, n) for n in ("syn1", "syn1neg") if hasattr(model, n)}
    return {
        "numbers": {n: getattr(model, n) for n in (*_INTEGERS, *_NUMBERS)} | {"dm": 1 - model.sg},
        "words": Vocabulary(model.wv.index_to_key),
        "word_counts": np.array(model.wv.expandos["count"], np.int64),
        "sample_ints": np.array(model.wv.expandos["sample_int"], np.uint32),
        "word_vectors": model.wv.vectors,
        "document_vectors": model.dv.vectors,
        **arrays,
    }


def model_of(state: dict[str, Any]) -> Any:
    """Return the model of a state; gensim's code reads its arrays unchecked, so they are checked.

    Raises
    ------
    ValueError
        If an array is not of the sizes that the others say.
    """
    numbers, words = state["numbers"], state["words"]
    for name in (*_INTEGERS, "dm"):
        if type(numbers[name]) is not int or not 0 <= numbers[name] <= _MOST:
            raise ValueError(f"{name} must be an integer of at least 0, got {numbers[name]!r:.20}.")
    size = (len(words), numbers["vector_size"])
    vectors = _checked("word_vectors", state["word_vectors"], size)
    documents = state["document_vectors"]
    rows = _checked("document_vectors", documents, (len(documents), size[1]))
    model = import_models("Doc2Vec").Doc2Vec(**numbers)
    _add(model.wv, words.tokens, vectors)
    _add(model.dv, list(range(len(rows))), rows)
    model.wv.key_to_index = {word: i for i, word in enumerate(model.wv.index_to_key)}
    model.wv.expandos["count"] = _checked("word_counts", state["word_counts"], size[:1], np.int64)
    ints = _checked("sample_ints", state["sample_ints"], size[:1], np.uint32)
    model.wv.expandos["sample_int"] = ints
    model.layer1_size, model.corpus_count = size[1], len(rows)
    if numbers["hs"]:
        model.create_binary_tree()
        model.syn1 = _checked("syn1", state["syn1"], size)
    if numbers["negative"]:
        model.make_cum_table()
        model.syn1neg = _checked("syn1neg", state["syn1neg"], size)
    return model


def _add(keyed_vectors: Any, keys: list[Any], vectors: NDArray[np.float32]) -> None:
    keyed_vectors.index_to_key, keyed_vectors.vectors = keys, vectors
    keyed_vectors.vectors_lockf = np.ones(1, np.float32)


def _checked(
    name: str, array: Any, shape: tuple[int, ...], dtype: Any = np.float32
) -> NDArray[Any]:
    if not isinstance(array, np.ndarray) or array.shape != shape or array.dtype != dtype:
        raise ValueError(
            f"{name} must be of shape {shape} and {np.dtype(dtype)}, got {np.shape(array)}."
        )
    return np.ascontiguousarray(array)

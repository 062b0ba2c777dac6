"""Targets of a decoder, texts or rows of labels, as rows of ids and back."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..._containers._ragged import Ragged
from ..._containers._tokens import Tokens
from ..._containers._vocabulary import FIRST, UNKNOWN, UNKNOWN_NAME
from ..._inputs._target_arrays import check_has_targets
from ..._reporting._named_errors import errors_of
from ...vectorizers import SequenceVectorizer
from ..inputs._text_input import fit_vectorizer, holds_texts, join_texts
from ._sequence_labels import label_rows


class TargetCodec(Protocol):
    """Encodes targets as rows of ids, and decodes ids to what `predict` returns."""

    @property
    def n_ids(self) -> int:
        """Number of ids: of EOS (0), unknown (1) and the targets' tokens or labels."""
        ...

    def encode(self, y: Any) -> Ragged:
        """Return the ids of targets, a row for each."""
        ...

    def decode(self, ids: Ragged) -> NDArray[np.object_] | Ragged:
        """Return the targets that rows of known ids stand for."""
        ...

    def names(self, ids: NDArray[np.integer[Any]]) -> list[str]:
        """Return the names of the tokens or labels of one row of ids."""
        ...


class TextCodec:
    """Encodes texts, or documents split into tokens, and decodes the same.

    Parameters
    ----------
    vectorizer : SequenceVectorizer
        Fitted on the texts.
    as_tokens : bool
        Whether `decode` returns rows of tokens, not texts.
    """

    def __init__(self, vectorizer: SequenceVectorizer, *, as_tokens: bool):
        self.vectorizer = vectorizer
        self.as_tokens = as_tokens

    @property
    def n_ids(self) -> int:
        return self.vectorizer.n_tokens_

    def encode(self, y: Any) -> Ragged:
        return self.vectorizer.transform(y)

    def decode(self, ids: Ragged) -> NDArray[np.object_] | Ragged:
        if self.as_tokens:
            tokens = np.array(self.vectorizer.vocabulary_.tokens, dtype=object)
            return Ragged(tokens[ids.values - FIRST], ids.offsets)
        texts = np.empty(len(ids), dtype=object)
        texts[:] = join_texts(self.vectorizer, ids)
        return texts

    def names(self, ids: NDArray[np.integer[Any]]) -> list[str]:
        return self.vectorizer.inverse_transform(Ragged.from_rows([ids]))[0]


class LabelCodec:
    """Encodes rows of labels, and decodes the same.

    Parameters
    ----------
    labels : ndarray of shape (n_labels,)
        The known labels, sorted.
    name : str
        Name of the estimator, for error messages.
    """

    def __init__(self, labels: NDArray[Any], name: str):
        self.labels = labels
        self.name = name

    @property
    def n_ids(self) -> int:
        return FIRST + len(self.labels)

    def encode(self, y: Any) -> Ragged:
        rows = label_rows(y, self.name)
        positions = np.searchsorted(self.labels, rows.values)
        known = np.isin(rows.values, self.labels)
        return Ragged(np.where(known, FIRST + positions, UNKNOWN), rows.offsets)

    def decode(self, ids: Ragged) -> Ragged:
        return Ragged(self.labels[ids.values - FIRST], ids.offsets)

    def names(self, ids: NDArray[np.integer[Any]]) -> list[str]:
        known = {FIRST + i: str(label) for i, label in enumerate(self.labels.tolist())}
        return [known.get(i, UNKNOWN_NAME) for i in ids.tolist()]


def is_table(y: Any) -> bool:
    """Return whether targets are an array or a frame of several columns: rows of labels."""
    shape: tuple[int, ...] = getattr(y, "shape", ())
    return len(shape) == 2 and shape[1] != 1


def fit_target_codec(
    y: Any, name: str, tokenizer: Any, *, max_tokens: int | None, min_count: int
) -> tuple[TargetCodec, Ragged]:
    """Fit a codec to targets, and return their ids with it: texts are tokenized once.

    Parameters
    ----------
    y : documents, Tokens, Ragged or list of lists
        Texts, or rows of labels of any type that can be sorted.
    name : str
        Name of the estimator, for error messages.
    tokenizer, max_tokens, min_count
        For texts, as in :func:`fit_vectorizer`.

    Returns
    -------
    codec : TextCodec or LabelCodec
    ids : Ragged
        A row of ids for each target.

    Raises
    ------
    ValueError
        If there are no targets.
    """
    check_has_targets(y, name)
    if not is_table(y) and holds_texts(y):
        with errors_of(f"{name} cannot learn the texts of y"):
            vectorizer, tokens = fit_vectorizer(
                y, tokenizer, max_tokens=max_tokens, min_count=min_count
            )
        text_codec = TextCodec(vectorizer, as_tokens=isinstance(y, Tokens))
        return text_codec, text_codec.encode(tokens)
    rows = label_rows(y, name)
    label_codec = LabelCodec(np.unique(rows.values), name)
    return label_codec, label_codec.encode(rows)

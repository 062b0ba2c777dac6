"""What a network is to write, texts or rows of labels, as rows of ids and back."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..._ragged import Ragged
from ..._tokens import Tokens
from ..._vocabulary import FIRST, UNKNOWN, UNKNOWN_NAME
from ...vectorizers import SequenceVectorizer
from ..inputs._text_input import fit_vectorizer, holds_texts, texts_of
from ._sequence_labels import label_rows


class WrittenRows(Protocol):
    """How targets become ids, and ids become what `predict` gives."""

    @property
    def n_ids(self) -> int:
        """Number of ids, the end (0) and unknown (1) included."""
        ...

    def read(self, y: Any) -> Ragged:
        """Give the ids of targets."""
        ...

    def write(self, ids: Ragged) -> Any:
        """Give rows of known ids as `predict` gives them."""
        ...

    def names(self, ids: NDArray[np.integer[Any]]) -> list[str]:
        """Give the tokens of one row of ids."""
        ...


class WrittenTexts:
    """Targets that are texts, or documents cut into tokens already.

    Parameters
    ----------
    vectorizer : SequenceVectorizer
        Fitted on the texts.
    as_tokens : bool
        Whether rows of tokens are written; else these are joined to texts.
    """

    def __init__(self, vectorizer: SequenceVectorizer, *, as_tokens: bool):
        self.vectorizer = vectorizer
        self.as_tokens = as_tokens

    @property
    def n_ids(self) -> int:
        return self.vectorizer.n_tokens_

    def read(self, y: Any) -> Ragged:
        return self.vectorizer.transform(y)

    def write(self, ids: Ragged) -> NDArray[np.object_] | Ragged:
        if self.as_tokens:
            tokens = np.array(self.vectorizer.vocabulary_.tokens, dtype=object)
            return Ragged(tokens[ids.values - FIRST], ids.offsets)
        texts = np.empty(len(ids), dtype=object)
        texts[:] = texts_of(self.vectorizer, ids)
        return texts

    def names(self, ids: NDArray[np.integer[Any]]) -> list[str]:
        return self.vectorizer.inverse_transform(Ragged.from_rows([ids]))[0]


class WrittenLabels:
    """Targets that are rows of labels.

    Parameters
    ----------
    labels : ndarray of shape (n_labels,)
        All there are, sorted.
    name : str
        Of the estimator, for messages.
    """

    def __init__(self, labels: NDArray[Any], name: str):
        self.labels = labels
        self.name = name

    @property
    def n_ids(self) -> int:
        return FIRST + len(self.labels)

    def read(self, y: Any) -> Ragged:
        rows = label_rows(y, self.name)
        places = np.searchsorted(self.labels, rows.values)
        known = np.isin(rows.values, self.labels)
        return Ragged(np.where(known, FIRST + places, UNKNOWN), rows.offsets)

    def write(self, ids: Ragged) -> Ragged:
        return Ragged(self.labels[ids.values - FIRST], ids.offsets)

    def names(self, ids: NDArray[np.integer[Any]]) -> list[str]:
        known = {FIRST + i: str(label) for i, label in enumerate(self.labels.tolist())}
        return [known.get(i, UNKNOWN_NAME) for i in ids.tolist()]


def written_rows(
    y: Any, name: str, tokenizer: Any, *, max_tokens: int | None, min_count: int
) -> WrittenRows:
    """Say how targets become ids, from those to learn.

    Parameters
    ----------
    y : documents, Tokens, Ragged or list of lists
        Texts, or rows of labels of any type that can be sorted.
    name : str
        Of the estimator, for messages.
    tokenizer, max_tokens, min_count
        Of texts, as for :func:`fit_vectorizer`.

    Raises
    ------
    ValueError
        If there are no targets.
    """
    if y is None:
        raise ValueError(f"{name} requires y to be passed, but the target y is None.")
    if holds_texts(y):
        vectorizer = fit_vectorizer(y, tokenizer, max_tokens=max_tokens, min_count=min_count)
        return WrittenTexts(vectorizer, as_tokens=isinstance(y, Tokens))
    return WrittenLabels(np.unique(label_rows(y, name).values), name)

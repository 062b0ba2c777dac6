"""What a network was built to read, and whether rows conform to it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from torch import nn

from ..._containers._vocabulary import UNKNOWN
from ..._reporting._caller_warnings import warn_caller
from ...nn import LayerTable
from ._sequences import MAX_TABLE_BYTES, Sequences

# Rows of a table that its fingerprint reads.
_FINGERPRINT_ROWS = 512
# Larger ids than in `fit` that say nothing: a request may hold a few rare ones, and no others.
_FEW = 20


@dataclass(frozen=True)
class InputSpec:
    """What a network was built to read.

    Attributes
    ----------
    kind : {"ids", "vectors"}
        Ids for the network's own embedding, or vectors.
    size : int
        Rows of the embedding, or width of the vectors.
    bounded : bool
        Whether `size` was passed, so that a larger id is an error. Else it was read off the
        ids of `fit`, and a larger id is out of vocabulary: unknown.
    n_columns : int or None
        Steps that a two-dimensional array of floats must have.
    fingerprint : int or None
        Of the table that the embedding was initialized from.
    longest : int
        Steps of the longest row of `fit`.
    n_ids : int or None
        Number of ids of the vectorizer of `fit`, if its rows said so and `n_tokens` was not passed.
    n_vectors : int or None
        Number of rows of the table of vectors, which are not trained.
    """

    kind: Literal["ids", "vectors"]
    size: int
    bounded: bool = True
    n_columns: int | None = None
    fingerprint: int | None = None
    longest: int = 0
    n_ids: int | None = None
    n_vectors: int | None = None

    @classmethod
    def of(
        cls, sequences: Sequences, *, n_tokens: int | None, embedding_dim: int, fine_tune: bool
    ) -> InputSpec:
        """Return what a network is to read that is built for these rows.

        Raises
        ------
        ValueError
            If an id is not below `n_tokens`, or its table would take more than 4 GiB.
        """
        longest = int(sequences.lengths.max(initial=0))
        if sequences.has_ids and sequences.table is None:
            bound = sequences.n_ids if n_tokens is None else n_tokens
            largest = max(UNKNOWN, sequences.largest)
            size = largest + 1 if bound is None else bound
            n_ids = sequences.n_ids if n_tokens is None else None
            spec = cls("ids", size, bounded=bound is not None, longest=longest, n_ids=n_ids)
            _check_table_size(size, largest, embedding_dim, was_passed=n_tokens is not None)
            spec.conform(sequences, "the estimator")
            return spec
        width = sequences.width
        assert width is not None
        table = sequences.table
        if table is not None and fine_tune:
            return cls("ids", len(table), fingerprint=_fingerprint(table), longest=longest)
        n_vectors = None if table is None else len(table)
        n_columns = sequences.n_columns
        return cls("vectors", width, n_columns=n_columns, longest=longest, n_vectors=n_vectors)

    def layer_table(self, model: nn.Module) -> LayerTable:
        """Return the layers of a network that reads this, vectors that are not trained included."""
        table = LayerTable.of(model)
        return table if self.n_vectors is None else table.on_vectors(self.n_vectors, self.size)

    def conform(self, sequences: Sequences, reader: str) -> Sequences:
        """Return rows that the network can read, out-of-vocabulary ids as unknown.

        Raises
        ------
        ValueError
            If they are of another kind or width; the message names the estimator, `reader`.
        """
        if self.kind == "vectors":
            if not len(sequences.values):
                nothing = np.empty((0, self.size), dtype=np.float32)
                sequences = replace(sequences, values=nothing, table=None)
            self._check_vectors(sequences, reader)
            return sequences
        self._check_table(sequences, reader)
        if None not in (self.n_ids, sequences.n_ids) and self.n_ids != sequences.n_ids:
            warn_caller(
                f"X holds ids below {sequences.n_ids}, but {reader} was fitted on ids below "
                f"{self.n_ids}: do they come from the same vectorizer?",
            )
        largest = sequences.largest
        if largest < self.size:
            return sequences if sequences.table is None else replace(sequences, table=None)
        if self.bounded and sequences.table is None:
            raise ValueError(
                f"the largest id is {largest}, but the embedding has {self.size} rows: ids must "
                "come from the vectorizer of the training rows, and n_tokens must be its number "
                "of ids."
            )
        is_known = sequences.values < self.size
        if not self.bounded:
            self._warn_of_larger(sequences, int(np.count_nonzero(~is_known)), reader)
        values = np.where(is_known, sequences.values, np.int32(UNKNOWN))
        return replace(sequences, values=values, table=None)

    def _warn_of_larger(self, sequences: Sequences, n_larger: int, reader: str) -> None:
        """Warn if most ids are larger than all of `fit`: some are, in another part of the data."""
        n_ids = int(np.count_nonzero(sequences.values))  # without padding
        if n_larger > _FEW and 2 * n_larger > n_ids:
            warn_caller(
                f"{n_larger} of {n_ids} ids in X are larger than those of fit, which are below "
                f"{self.size}, and {reader} reads them as unknown: do they come from the same "
                "vectorizer? (n_tokens, its number of ids, refuses larger ones.)"
            )

    def _check_vectors(self, sequences: Sequences, reader: str) -> None:
        if sequences.width is None:
            raise ValueError(
                f"X holds ids, but {reader} was fitted on vectors: pass vectors of width "
                f"{self.size}."
            )
        if sequences.width != self.size:
            raise ValueError(
                f"X has {sequences.width} features a step, but {reader} is expecting "
                f"{self.size} features as input."
            )
        if None not in (self.n_columns, sequences.n_columns) and (
            self.n_columns != sequences.n_columns
        ):
            raise ValueError(
                f"X has {sequences.n_columns} features, but {reader} is expecting "
                f"{self.n_columns} features as input. (Series of any length come as Ragged.)"
            )

    def _check_table(self, sequences: Sequences, reader: str) -> None:
        if not sequences.has_ids:
            way_out = ": pass ids as integers, not as floats" if sequences.width == 1 else ""
            raise ValueError(
                f"X holds vectors of width {sequences.width}, but {reader} was fitted on "
                f"ids{way_out}."
            )
        if sequences.table is None:
            return
        # Rows beyond its end are words of later documents, not in the fine-tuned table.
        if self.fingerprint != _fingerprint(sequences.table[: self.size]):
            raise ValueError(
                f"the table of X is not the one {reader} was fitted on and has fine-tuned: "
                "ids must point into the same table."
            )


def _check_table_size(size: int, largest: int, embedding_dim: int, *, was_passed: bool) -> None:
    n_bytes = 4 * size * embedding_dim
    if n_bytes > MAX_TABLE_BYTES and not was_passed:
        raise ValueError(
            f"the largest id is {largest}, embedding_dim is {embedding_dim}: an embedding of "
            f"{size} rows would take {n_bytes / 2**30:.0f} GiB. If that is intended, pass "
            f"n_tokens={size}."
        )


def _fingerprint(table: NDArray[np.float32]) -> int:
    """Return a checksum of some rows of a table, spread over all of it."""
    step = max(1, len(table) // _FINGERPRINT_ROWS)
    return zlib.crc32(table[::step].tobytes(), zlib.crc32(repr(table.shape).encode()))

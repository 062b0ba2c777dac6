"""Recurrent estimators of one output a row: how steps become one vector, and the linear path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from .._compat import StrOptions
from .._estimators._constraints import NGRAM
from ..nn import POOLINGS, SequenceNet
from ._parts import OutputBuilder, Parts
from ._recurrent_estimator import RecurrentEstimator
from .heads._head import Head
from .heads._outputs import pooled_output, row_pooling


class PooledEstimator(RecurrentEstimator):
    """Base of recurrent estimators that predict one output for each row.

    Parameters
    ----------
    pooling : {"last", "mean", "max", "attention", "concat"} or a tuple of them, default="max"
        How the hidden states of a row become one vector: the last one (of each direction its own),
        their mean or maximum, a mean weighted by a learned query, or the first three concatenated.
        A tuple, such as ``("mean", "max")``: all its kinds concatenated. Begin with ``"max"``, or
        with ``"last"`` where the end of a short row, or the order of its steps, decides.
    hidden_size : int, default=32
        Number of units of a recurrent layer, in each direction, at least 1: the width of its hidden
        state. Begin with 32 to 64; more with more rows.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "pooling": [StrOptions({*POOLINGS, "concat"}), "array-like"],
        "wide": [NGRAM, StrOptions({"auto"})],
    }
    _of_network: ClassVar[tuple[str, ...]] = ("pooling", "wide")

    pooling: str | Sequence[str] = "max"
    wide: int | str = "auto"
    hidden_size: int = 32

    def _head(self) -> Head:
        raise NotImplementedError

    def _parts(self) -> Parts:
        parts = self._recurrent_parts(self._output(self.wide), self._head())
        return replace(parts, before_training=SequenceNet.fit_wide)

    def _output(self, wide: int | str) -> OutputBuilder:
        pooling = row_pooling(self.pooling)
        return partial(pooled_output, pooling=pooling, dropout=self.dropout, wide=wide)

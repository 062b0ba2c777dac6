"""Constraints that the parameters of many estimators share."""

from __future__ import annotations

from numbers import Integral, Real

from ._compat import HasMethods, Interval, StrOptions
from ._vocabulary import FIRST

POSITIVE_INT = Interval(Integral, 1, None, closed="left")
NOT_NEGATIVE_INT = Interval(Integral, 0, None, closed="left")
POSITIVE = Interval(Real, 0, None, closed="neither")
NOT_NEGATIVE = Interval(Real, 0, None, closed="left")
FRACTION = Interval(Real, 0, 1, closed="left")  # 0 may be, 1 would leave nothing
PROPORTION = Interval(Real, 0, 1, closed="both")
# Rows of an embedding: padding, the unknown token and at least one token.
N_IDS = Interval(Integral, FIRST + 1, None, closed="left")
# A tokenizer, a function that returns the tokens of one document, or the default one.
TOKENIZER = [HasMethods("transform"), callable, None]
# What documents come as.
INPUT = [StrOptions({"content", "filename", "file"})]

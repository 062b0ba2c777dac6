"""Runs of k characters as tokens."""

from __future__ import annotations

import sys
from numbers import Integral
from typing import Any, ClassVar

from .._compat import StrOptions
from .._constraints import POSITIVE_INT
from .._inputs._documents import Missing
from .._kernels._tokenize import Scanner
from ._base_tokenizer import BaseTokenizer, Plan


class KmerTokenizer(BaseTokenizer):
    """Tokenize documents into k-mers: every run of `k` characters.

    For strings without spaces, such as DNA and proteins, and for languages written so.
    A document of n characters has ``(n - k) // stride + 1`` tokens, and none if it is
    shorter than `k`.

    Parameters
    ----------
    k : int, default=3
        Characters of a token, 1 or more. For DNA begin with 3 to 6.
    stride : int, default=1
        Characters from the start of a token to that of the next, 1 or more; `k` for tokens
        that do not overlap, as the codons of one reading frame. What is left at the end of a
        document and is shorter than `k` is dropped.
    lowercase : bool, default=False
        Whether to read ``document.lower()``. In DNA, lower case often marks repeats.
    missing : {"error", "empty"}, default="error"
        How to treat None and NaN: a TypeError, or a document of no tokens.
    n_jobs : int or None, default=None
        Number of threads, by joblib's convention: None is one, -1 one a core. The result does
        not depend on it.

    See Also
    --------
    CharTokenizer : One character a token.

    Notes
    -----
    Over four letters there are ``4**k`` k-mers; a table of vectors for all of them is large
    from `k` = 10 on. A k-mer and its reverse complement are two tokens.

    Examples
    --------
    >>> from textvec import KmerTokenizer
    >>> KmerTokenizer(k=3).transform(["GATTACA", "GA"]).to_list()
    [['GAT', 'ATT', 'TTA', 'TAC', 'ACA'], []]
    >>> KmerTokenizer(k=3, stride=3).transform(["GATTACA"]).to_list()
    [['GAT', 'TAC']]
    >>> KmerTokenizer(k=3).inverse_transform([["GAT", "ATT", "TTA"]])
    ['GATTA']
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "k": [POSITIVE_INT],
        "stride": [POSITIVE_INT],
        "lowercase": ["boolean"],
        "missing": [StrOptions({"error", "empty"})],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        k: int = 3,
        stride: int = 1,
        *,
        lowercase: bool = False,
        missing: Missing = "error",
        n_jobs: int | None = None,
    ):
        self.k = k
        self.stride = stride
        self.lowercase = lowercase
        self.missing = missing
        self.n_jobs = n_jobs

    def _join(self, tokens: list[str]) -> str:
        # What a token shares with the one before it is not written again.
        shared = max(0, self.k - self.stride)
        return "".join([*tokens[:1], *(token[shared:] for token in tokens[1:])])

    def _make_plan(self) -> Plan:
        # No document is longer than sys.maxsize, so that a larger k or stride changes nothing.
        width, stride = min(self.k, sys.maxsize), min(self.stride, sys.maxsize)
        return Plan(Scanner(None, lowercase=self.lowercase, width=width, stride=stride))

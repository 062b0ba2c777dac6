"""Runs of k characters as tokens."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any, ClassVar, cast

from .._containers._tokens import Tokens
from .._estimators._constraints import INPUT, MISSING, N_JOBS, POSITIVE_INT
from .._inputs._contents import InputKind
from .._inputs._documents import Missing
from .._kernels._tokenize import Scanner
from ._base_tokenizer import BaseTokenizer, Plan
from ._kmer_scanner import KmerScanner


class KmerTokenizer(BaseTokenizer):
    """Tokenize documents into k-mers: every run of `k` characters.

    For strings without spaces, such as DNA and proteins, and for languages written so.
    A document of n characters has ``(n - k) // stride + 1`` tokens, and none if it is
    shorter than `k`.

    Of a Dask collection of documents, `transform` returns a bag of `Tokens`, one a partition.

    Parameters
    ----------
    k : int or sequence of int, default=3
        Characters of a token, 1 or more. For DNA begin with 3 to 6. Of several lengths, a document
        has all tokens of the smallest, then those of the next.
    stride : int, default=1
        Characters from the start of a token to that of the next, 1 or more; `k` for tokens
        that do not overlap, as the codons of one reading frame. What is left at the end of a
        document and is shorter than `k` is dropped.
    lowercase : bool, default=False
        Whether to read ``document.lower()``. In DNA, lower case often marks repeats.
    alphabet : str, default=None
        Characters that a token may hold, such as ``"ACGT"``; tokens with others, such as those
        over N, are left out. A warning names a sequence of which nothing is left, such as one in
        lower case. None: any.
    canonical : bool, default=False
        Whether a token and its reverse complement are one, named by the first of the two in
        alphabetical order: which strand of DNA was read then does not matter. Letters are those
        of IUPAC; of U the complement is A.
    missing : {"error", "empty"}, default="error"
        How to treat None and NaN: a TypeError, or a document of no tokens.
    input : {"content", "filename", "file"}, default="content"
        What the documents come as: text, names of files that hold one each in UTF-8, or open files.
        `read_text` reads files of other kinds, of many documents or another encoding.
    n_jobs : int or None, default=None
        Number of threads, by joblib's convention: None is one, -1 one a core. The result does
        not depend on it.

    See Also
    --------
    CharTokenizer : One character a token.

    Notes
    -----
    Over four letters there are ``4**k`` k-mers; a table of vectors for all of them is large
    from `k` = 10 on. A k-mer and its reverse complement are two tokens, but with `canonical`.

    Examples
    --------
    >>> from textvec import KmerTokenizer
    >>> KmerTokenizer(k=3).transform(["GATTACA", "GA"]).to_list()
    [['GAT', 'ATT', 'TTA', 'TAC', 'ACA'], []]
    >>> KmerTokenizer(k=3, stride=3).transform(["GATTACA"]).to_list()
    [['GAT', 'TAC']]
    >>> KmerTokenizer(k=3, alphabet="ACGT", canonical=True).transform(["GATTANTC"]).to_list()
    [['ATC', 'AAT', 'TAA']]
    >>> KmerTokenizer(k=3).inverse_transform([["GAT", "ATT", "TTA"]])
    ['GATTA']
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "k": [POSITIVE_INT, "array-like"],
        "stride": [POSITIVE_INT],
        "lowercase": ["boolean"],
        "alphabet": [str, None],
        "canonical": ["boolean"],
        "missing": MISSING,
        "input": INPUT,
        "n_jobs": N_JOBS,
    }

    def __init__(
        self,
        k: int | Sequence[int] = 3,
        stride: int = 1,
        *,
        lowercase: bool = False,
        alphabet: str | None = None,
        canonical: bool = False,
        missing: Missing = "error",
        input: InputKind = "content",
        n_jobs: int | None = None,
    ):
        self.k = k
        self.stride = stride
        self.lowercase = lowercase
        self.alphabet = alphabet
        self.canonical = canonical
        self.missing = missing
        self.input = input
        self.n_jobs = n_jobs

    def inverse_transform(self, X: Tokens | Iterable[Sequence[str]]) -> list[str]:
        """Join tokens of one length into documents.

        Parameters
        ----------
        X : Tokens or iterable of lists of str
            The tokens of each document.

        Returns
        -------
        list of str
            A string for each row.

        Raises
        ------
        ValueError
            If tokens of several lengths, canonical ones or those left out by `alphabet` do not say
            what the documents were.
        """
        if not isinstance(self.k, Integral) or self.canonical or self.alphabet is not None:
            raise ValueError(
                "k-mers can be joined where k is one length, canonical=False and alphabet=None: "
                "else they do not say what the documents were."
            )
        return super().inverse_transform(X)

    def _join(self, tokens: list[str]) -> str:
        # What a token shares with the one before it is not written again.
        shared = max(0, cast("int", self.k) - self.stride)
        return "".join([*tokens[:1], *(token[shared:] for token in tokens[1:])])

    def _make_plan(self) -> Plan:
        scanners = [self._scanner(k) for k in _lengths(self.k)]
        if len(scanners) == 1 and self.alphabet is None and not self.canonical:
            return Plan(scanners[0])
        alphabet = self.alphabet
        if alphabet is not None and self.lowercase:
            alphabet = alphabet.lower()
        return Plan(KmerScanner(scanners, alphabet, canonical=self.canonical))

    def _scanner(self, k: int) -> Scanner:
        # No document is longer than sys.maxsize, so that a larger k or stride changes nothing.
        width, stride = min(k, sys.maxsize), min(self.stride, sys.maxsize)
        return Scanner(None, lowercase=self.lowercase, width=width, stride=stride)


def _lengths(k: Any) -> list[int]:
    """Return the lengths of tokens, each once, from the smallest."""
    if isinstance(k, Integral):
        return [int(k)]
    lengths = list(k) if isinstance(k, Iterable) and getattr(k, "ndim", None) != 0 else [k]
    for length in lengths:
        if type(length) is bool or not isinstance(length, Integral) or length < 1:
            raise ValueError(f"k must be integers of at least 1, got {length!r} in {k!r}.")
    if not lengths:
        raise ValueError("k must be an integer or some of them, got none.")
    return sorted({int(length) for length in lengths})

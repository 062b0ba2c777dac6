"""Characters as tokens."""

from __future__ import annotations

from typing import Any, ClassVar

from .._estimators._constraints import INPUT, MISSING, N_JOBS, one_of
from .._inputs._contents import InputKind
from .._inputs._documents import Missing
from .._kernels._tokenize import Scanner
from ._base_tokenizer import BaseTokenizer, Normalization, Plan, normalizer


class CharTokenizer(BaseTokenizer):
    """Tokenize documents into characters.

    Every Unicode code point is a token: spaces and line breaks too, and each part of a
    composed emoji.

    Of a Dask collection of documents, `transform` returns a bag of `Tokens`, one a partition.

    Parameters
    ----------
    lowercase : bool, default=False
        Whether to take the characters of ``document.lower()``.
    normalize : {"NFC", "NFKC", "NFD", "NFKD"} or None, default=None
        Unicode normal form to put the documents into first.
    spans : bool, default=False
        Whether the Tokens have spans. They count characters of the normalised document.
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
    KmerTokenizer : Several characters a token.
    WordTokenizer : Words as tokens.

    Notes
    -----
    Where letters are written as a base and marks (Devanagari, Thai, accents after NFD), what
    a reader calls one character is several tokens.

    Examples
    --------
    >>> from textvec import CharTokenizer
    >>> CharTokenizer().transform(["to be", "né"]).to_list()
    [['t', 'o', ' ', 'b', 'e'], ['n', 'é']]
    >>> CharTokenizer().inverse_transform([["t", "o", " ", "b", "e"]])
    ['to be']
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "lowercase": ["boolean"],
        "normalize": [one_of(Normalization), None],
        "spans": ["boolean"],
        "missing": MISSING,
        "input": INPUT,
        "n_jobs": N_JOBS,
    }

    def __init__(
        self,
        *,
        lowercase: bool = False,
        normalize: Normalization | None = None,
        spans: bool = False,
        missing: Missing = "error",
        input: InputKind = "content",
        n_jobs: int | None = None,
    ):
        self.lowercase = lowercase
        self.normalize = normalize
        self.spans = spans
        self.missing = missing
        self.input = input
        self.n_jobs = n_jobs

    def _join(self, tokens: list[str]) -> str:
        return "".join(tokens)

    def _make_plan(self) -> Plan:
        return Plan(
            scanner=Scanner(None, lowercase=self.lowercase, width=1),
            prepare=None if self.normalize is None else normalizer(self.normalize),
            lowercase=self.lowercase,
        )

"""Tokens by any function."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from .._containers._tokens import ScanResult, checked_tokens
from .._estimators._constraints import INPUT, MISSING
from .._inputs._contents import InputKind
from .._inputs._documents import Missing
from .._kernels._tokenize import TokenBuilder
from .._reporting._progress_bars import tracked
from ._base_tokenizer import BaseTokenizer, Plan


class FunctionTokenizer(BaseTokenizer):
    r"""Tokenize documents by a function of yours: of spaCy, NLTK or your own.

    Of a Dask collection of documents, `transform` returns a bag of `Tokens`, one a partition.

    Parameters
    ----------
    func : callable of str to iterable of str
        Returns the tokens of one document: a list, or any other iterable of str.
    missing : {"error", "empty"}, default="error"
        How to treat None and NaN: a TypeError, or an empty document handed to `func`.
    input : {"content", "filename", "file"}, default="content"
        What the documents come as: text, names of files that hold one each in UTF-8, or open files.
        `read_text` reads files of other kinds, of many documents or another encoding.

    See Also
    --------
    WordTokenizer : Words by a rule or a regular expression, many times faster.

    Notes
    -----
    The function runs in this process, one document after the other. One that works on many
    documents at once (``nlp.pipe`` of spaCy) is better called before, and its tokens passed as
    lists to :meth:`Tokens.from_lists`. A lambda can't be pickled, nor then the tokenizer.

    Examples
    --------
    >>> from textvec import FunctionTokenizer
    >>> FunctionTokenizer(str.splitlines).transform(["a line\nand another"]).to_list()
    [['a line', 'and another']]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "func": [callable],
        "missing": MISSING,
        "input": INPUT,
    }

    def __init__(
        self,
        func: Callable[[str], Iterable[str]],
        *,
        missing: Missing = "error",
        input: InputKind = "content",
    ):
        self.func = func
        self.missing = missing
        self.input = input

    def _plan(self) -> Plan:
        # Not cached: a function may hold a model that should go when the tokenizer goes.
        self._validate_params()
        return self._make_plan()

    def _make_plan(self) -> Plan:
        return Plan(_FunctionScanner(self.func))


class _FunctionScanner:
    """Scanner that calls a function on every document and interns the tokens it returns."""

    def __init__(self, func: Callable[[str], Iterable[str]]):
        self.func = func

    def scan(self, documents: Iterable[str], *, spans: bool, n_threads: int) -> ScanResult:
        builder = TokenBuilder()
        shown = tracked(documents, "tokenizing", "documents")  # blocks of them may take minutes
        for row, document in enumerate(shown):
            builder.add(checked_tokens(self.func(document), row))
        return builder.finish()

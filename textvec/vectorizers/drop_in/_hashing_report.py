"""How many terms fall into one column when terms are hashed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._compat import import_optional
from ..._containers._vocabulary import Vocabulary
from ..._inputs._int32_limits import INT32_MAX
from ..._inputs._named_arguments import naming_arguments
from ..._inputs._ngram_ranges import checked_range
from ..._kernels._hashed_ngrams import hash_tokens
from ..._reporting._html_tables import html_table
from ...tokenizers import as_tokens
from ._hashing_vectorizer import HashingVectorizer
from ._ngram_analyzer import analyze, documents_of, terms_of

_WIDTHS = 2 ** np.arange(8, 21, 2)


@dataclass(frozen=True, eq=False)
class HashingReport:
    """Collisions of hashed terms by the number of columns; the result of `hashing_report`.

    Attributes
    ----------
    n_terms : int
        Distinct terms.
    n_features : ndarray of shape (n_widths,), int64
        Numbers of columns.
    n_used : ndarray of shape (n_widths,), int64
        Columns that at least one term fell into.
    n_collisions : ndarray of shape (n_widths,), int64
        Terms that found their column taken: ``n_terms - n_used``.
    expected_collisions : ndarray of shape (n_widths,), float64
        How many would, on average, if each term drew its column at random.

    See Also
    --------
    hashing_report : Makes it.
    HashingCollisionDisplay : Plots it.

    Examples
    --------
    >>> from textvec import hashing_report
    >>> report = hashing_report(["Data science rocks my socks off!"], n_features=[4, 16])
    >>> report.n_terms, report.n_collisions.tolist()
    (6, [3, 1])
    """

    n_terms: int
    n_features: NDArray[np.int64]
    n_used: NDArray[np.int64]
    n_collisions: NDArray[np.int64]
    expected_collisions: NDArray[np.float64]

    def to_frame(self) -> Any:
        """Return a pandas DataFrame with a row for each number of columns.

        Returns
        -------
        DataFrame
            The columns are the attributes.

        Raises
        ------
        ImportError
            If pandas is missing.
        """
        pandas = import_optional("pandas", needed_for="HashingReport.to_frame")
        names = ("n_features", "n_used", "n_collisions", "expected_collisions")
        return pandas.DataFrame({name: getattr(self, name) for name in names})

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        header = ["n_features", "used", "collisions", "expected"]
        columns = (self.n_features, self.n_used, self.n_collisions, self.expected_collisions)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return html_table(f"HashingReport: {self.n_terms:,} distinct terms", header, rows)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.n_terms:,} distinct terms"
        yield f"{'n_features':>12}{'used':>12}{'collisions':>12}{'expected':>12}{'of terms':>10}"
        rows = zip(self.n_features, self.n_used, self.n_collisions, self.expected_collisions)
        for width, used, found, expected in rows:
            share = found / max(1, self.n_terms)
            yield f"{width:12,}{used:12,}{found:12,}{expected:12,.0f}{share:10.1%}"


@naming_arguments()
def hashing_report(
    X: Any,
    *,
    n_features: ArrayLike = _WIDTHS,
    tokenizer: Any = None,
    ngram_range: tuple[int, int] = (1, 1),
) -> HashingReport:
    r"""Count how many terms would share a column, for several numbers of columns.

    Where two terms share a column of a :class:`HashingVectorizer`, no model can tell them
    apart. More columns make that rarer and cost memory in each model that has a weight for
    every column.

    Parameters
    ----------
    X : documents or Tokens
        Raw documents (list, array, Series or one-column frame of str) or Tokens.
    n_features : int or array-like of int, default=2**8, 2**10, ... 2**20
        Numbers of columns to try.
    tokenizer : tokenizer or None, default=None
        Makes Tokens of raw documents; None reads them as ``HashingVectorizer()`` does. Not used
        for Tokens.
    ngram_range : tuple of two int, default=(1, 1)
        Least and greatest number of tokens in a term.

    Returns
    -------
    HashingReport
        Printed, a table. `HashingCollisionDisplay` plots it.

    Raises
    ------
    TypeError
        If a document is not a str; the message names its row.
    ValueError
        If a number of columns is not from 1 to 2**31 - 1, or `ngram_range` is not a range.

    See Also
    --------
    HashingVectorizer : Counts of hashed terms; with `keep_terms` it says which share a column.
    HashingCollisionDisplay : Collisions against the number of columns.

    Notes
    -----
    To choose `n_features`: take the least number whose share of collisions is a few per cent,
    and look whether half of it costs accuracy. Among :math:`n` terms drawn at random into
    :math:`m` columns, :math:`n - m (1 - (1 - 1/m)^n)` find theirs taken: about a half of the
    share :math:`n / m` if that is small. So a twentieth of the terms collide where there are
    ten times as many columns as terms. New documents bring new terms: report on as many as
    there will be.

    The count takes all terms alike. Most of them are rare, and a collision of two rare terms
    does little harm: accuracy falls later than the share of collisions rises.

    The hash is the signed 32-bit MurmurHash3 of a term's UTF-8, as in scikit-learn.

    References
    ----------
    K. Weinberger, A. Dasgupta, J. Langford, A. Smola and J. Attenberg, "Feature Hashing for
    Large Scale Multitask Learning", ICML 2009.

    Examples
    --------
    >>> from textvec import hashing_report
    >>> documents = ["Data science rocks my socks off!", "The frog sat on the log."]
    >>> print(hashing_report(documents, n_features=[4, 16, 64], ngram_range=(1, 3)))
    29 distinct terms
      n_features        used  collisions    expected  of terms
               4           4          25          25     86.2%
              16          12          17          15     58.6%
              64          22           7           6     24.1%
    """
    widths = _checked_widths(n_features)
    terms = _distinct_terms(X, tokenizer, ngram_range)
    used = np.array(
        [len(np.unique(hash_tokens(terms.buffer, terms.offsets, int(m)))) for m in widths],
        dtype=np.int64,
    )
    n_terms = len(terms)
    return HashingReport(n_terms, widths, used, n_terms - used, _expected(n_terms, widths))


def _checked_widths(n_features: ArrayLike) -> NDArray[np.int64]:
    widths = np.atleast_1d(np.asarray(n_features))
    if (
        widths.ndim != 1
        or widths.dtype.kind not in "iu"
        or (widths.size and (widths.min() < 1 or widths.max() > INT32_MAX))
    ):
        raise ValueError(
            f"n_features must be integers from 1 to {INT32_MAX}, got {n_features!r:.80}."
        )
    return widths.astype(np.int64)


def _distinct_terms(X: Any, tokenizer: Any, ngram_range: tuple[int, int]) -> Vocabulary:
    ngram_range = checked_range(ngram_range)
    documents = documents_of(X) if tokenizer is None else as_tokens(X, tokenizer)
    counts = analyze(HashingVectorizer(ngram_range=ngram_range), documents).counted()
    return terms_of(counts)[1]


def _expected(n_terms: int, widths: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return n - m (1 - (1 - 1/m)^n), without the digits that 1 - 1/m loses for large m."""
    if not n_terms:
        return np.zeros(len(widths))
    with np.errstate(divide="ignore"):  # of one column: log(0)
        used = -widths * np.expm1(n_terms * np.log1p(-1 / widths))
    return n_terms - used  # type: ignore[no-any-return]

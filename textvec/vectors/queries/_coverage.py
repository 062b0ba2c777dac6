"""Which tokens of a corpus have a vector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._compat import import_optional
from ..._containers._vocabulary import Vocabulary
from ..._reporting._html_tables import ITEMS, html_table, shortened
from ...tokenizers import as_tokens
from .._composed_words import compose_missing
from .._word_table import WordTable


@dataclass(frozen=True, eq=False)
class CoverageReport:
    """Report how many tokens of a corpus have a vector: the result of `WordVectors.coverage`.

    Printed, a table.

    Attributes
    ----------
    n_tokens, n_known : int
        Occurrences of tokens, and of those with a vector.
    n_distinct, n_distinct_known : int
        Distinct tokens, and those with a vector.
    missing : tuple of str
        The most frequent tokens without a vector; ties in code-point order.
    missing_counts : ndarray of shape (n_missing,), int64
        How often each of them occurs.

    See Also
    --------
    WordVectors.coverage : Makes it.

    Examples
    --------
    >>> from collections import Counter
    >>> from textvec import WordVectors
    >>> vectors = WordVectors(["the", "frog"], [[1, 1], [2, 3]])
    >>> report = vectors.coverage(Counter("the frog on the log".split()))
    >>> report.share, report.distinct_share
    (0.6, 0.5)
    >>> report.missing
    ('log', 'on')
    """

    n_tokens: int
    n_known: int
    n_distinct: int
    n_distinct_known: int
    missing: tuple[str, ...]
    missing_counts: NDArray[np.int64]

    @property
    def share(self) -> float:
        """Share of the occurrences that have a vector, 0 if there are none."""
        return self.n_known / max(1, self.n_tokens)

    @property
    def distinct_share(self) -> float:
        """Share of the distinct tokens that have a vector, 0 if there are none."""
        return self.n_distinct_known / max(1, self.n_distinct)

    def to_frame(self) -> Any:
        """Return a pandas DataFrame of the words without a vector: ``word`` and ``count``.

        Returns
        -------
        DataFrame
            The most frequent first.

        Raises
        ------
        ImportError
            If pandas is missing.
        """
        pandas = import_optional("pandas", needed_for="CoverageReport.to_frame")
        return pandas.DataFrame({"word": list(self.missing), "count": self.missing_counts})

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        rows = [
            ("tokens", self.n_tokens, f"{self.share:.1%}"),
            ("distinct", self.n_distinct, f"{self.distinct_share:.1%}"),
        ]
        found = html_table("CoverageReport", ["", "number", "with a vector"], rows)
        missing = zip(map(shortened, self.missing), self.missing_counts.tolist())
        return found + html_table("Without a vector", ["word", "count"], list(missing)[:ITEMS])

    def __str__(self) -> str:
        lines = [
            f"tokens    {self.n_tokens:>12,}  {self.share:.1%} with a vector",
            f"distinct  {self.n_distinct:>12,}  {self.distinct_share:.1%} with a vector",
        ]
        if self.missing:
            counts = zip(self.missing, self.missing_counts.tolist())
            lines.append("missing   " + ", ".join(f"{word} ({n:,})" for word, n in counts))
        return "\n".join(lines)


def count_words(X: Any, tokenizer: Any) -> tuple[Vocabulary, NDArray[np.int64]]:
    """Return the words of documents, Tokens, a Vocabulary or a mapping, and their counts."""
    if isinstance(X, Vocabulary):
        return X, np.ones(len(X), np.int64)
    if isinstance(X, Mapping):
        return Vocabulary(list(X)), np.fromiter(X.values(), np.int64, len(X))
    tokens = as_tokens(X, tokenizer)
    return tokens.vocabulary, np.bincount(tokens.values, minlength=len(tokens.vocabulary))


def measure_coverage(
    vectors: WordTable, words: Vocabulary, counts: NDArray[np.int64], n_missing: int
) -> CoverageReport:
    """Count which words have vectors, weighted by their counts; words of count 0 are ignored."""
    occurs = counts > 0
    is_known = (vectors.vocabulary.lookup(words) >= 0) & occurs
    is_known[compose_missing(vectors, words, occurs & ~is_known).positions] = True
    missing = np.flatnonzero(occurs & ~is_known)
    # Ties in code-point order, so that the report doesn't depend on that of documents.
    missing = missing[words.take(missing).argsort()]
    missing = missing[np.argsort(-counts[missing], kind="stable")][: max(0, n_missing)]
    return CoverageReport(
        n_tokens=int(counts[occurs].sum()),
        n_known=int(counts[is_known].sum()),
        n_distinct=int(occurs.sum()),
        n_distinct_known=int(is_known.sum()),
        missing=tuple(words.take(missing).tokens),
        missing_counts=counts[missing],
    )

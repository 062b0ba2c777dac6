"""Evaluation by similarity: how cosines correlate with human judgements."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._compat import import_optional
from ..._reporting._html_tables import html_table
from ._benchmark_files import KnownWords, bad_line, read_lines
from ._unit_vectors import NormedTable, cosines


@dataclass(frozen=True, eq=False)
class SimilarityReport:
    r"""Report how cosines correlate with human judgements of similarity.

    The result of `WordVectors.evaluate_similarity`. Printed, a table.

    Attributes
    ----------
    pearson, spearman : float
        Correlations of the judgements with the cosines.
    pearson_pvalue, spearman_pvalue : float
        Two-sided p-values: the probability of a correlation at least as large without any.
    n_pairs, n_unknown : int
        Number of pairs in the file, and of those with a word that has no vector.
    pairs : tuple of tuple of two str
        The pairs that count.
    judged, predicted : ndarray of shape (n_counted,), float64
        The human judgement of each, and its cosine.

    See Also
    --------
    WordVectors.evaluate_similarity : Makes it.

    Examples
    --------
    >>> from textvec import WordVectors
    >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
    >>> path = getfixture("tmp_path") / "pairs.tsv"
    >>> lines = ["frog\ttoad\t9.5", "frog\tking\t1.5", "toad\tking\t1.0", "frog\tnewt\t8"]
    >>> _ = path.write_text("\n".join(lines))
    >>> report = vectors.evaluate_similarity(path)
    >>> print(report)
    Pearson   0.995 (p = 0.07)
    Spearman  1.000 (p = 0)
    pairs         4 (25.0% with a word unknown)
    >>> report.pairs[0], report.predicted.round(2)
    (('frog', 'toad'), array([0.99, 0.4 , 0.28]))
    """

    pearson: float
    pearson_pvalue: float
    spearman: float
    spearman_pvalue: float
    n_pairs: int
    n_unknown: int
    pairs: tuple[tuple[str, str], ...]
    judged: NDArray[np.float64]
    predicted: NDArray[np.float64]

    @property
    def oov_rate(self) -> float:
        """Share of the pairs with a word that has no vector."""
        return self.n_unknown / max(1, self.n_pairs)

    def to_frame(self) -> Any:
        """Return a pandas DataFrame with a row for each pair that counts.

        Returns
        -------
        DataFrame
            The words, the judged and the predicted similarity.

        Raises
        ------
        ImportError
            If pandas is missing.
        """
        pandas = import_optional("pandas", needed_for="SimilarityReport.to_frame")
        frame = pandas.DataFrame(list(self.pairs), columns=["a", "b"])
        return frame.assign(judged=self.judged, predicted=self.predicted)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        rows = [
            ("Pearson", self.pearson, self.pearson_pvalue),
            ("Spearman", self.spearman, self.spearman_pvalue),
        ]
        caption = (
            f"SimilarityReport: {self.n_pairs:,} pairs, {self.oov_rate:.1%} with a word unknown"
        )
        return html_table(caption, ["correlation", "value", "p"], rows)

    def __str__(self) -> str:
        return (
            f"Pearson {self.pearson:7.3f} (p = {self.pearson_pvalue:.1g})\n"
            f"Spearman{self.spearman:7.3f} (p = {self.spearman_pvalue:.1g})\n"
            f"pairs   {self.n_pairs:7,} ({self.oov_rate:.1%} with a word unknown)"
        )


class JudgedPair(NamedTuple):
    """Two words, and how similar people judge them."""

    a: str
    b: str
    judged: float


def read_pairs(file: str | os.PathLike[str], delimiter: str) -> list[JudgedPair]:
    """Read two words and a number from each line."""
    pairs = []
    for number, line in read_lines(file):
        if line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split(delimiter)]
        try:
            a, b, judged = fields[0], fields[1], float(fields[2])
        except (IndexError, ValueError):
            judged = np.nan
        if len(fields) != 3 or not np.isfinite(judged):
            expected = f"two words and a number, with {delimiter!r} between"
            raise bad_line(file, number, expected, line)
        pairs.append(JudgedPair(a, b, judged))
    return pairs


def evaluate_similarity(
    table: NormedTable, words: KnownWords, pairs: list[JudgedPair], *, keep_unknown: bool
) -> SimilarityReport:
    """Correlate cosines with judgements.

    Parameters
    ----------
    table : NormedTable
        The vectors.
    words : KnownWords
        The words of its rows.
    pairs : list of JudgedPair
    keep_unknown : bool
        Whether a pair with an unknown word counts, with a cosine of 0.
    """
    from scipy import stats

    rows = np.stack([words.lookup([pair.a for pair in pairs]), words.lookup([p.b for p in pairs])])
    is_known = (rows >= 0).all(axis=0)
    predicted = np.zeros(len(pairs))
    a, b = rows[:, is_known]
    predicted[is_known] = cosines(table.matrix[a], table.matrix[b])
    counts = is_known | keep_unknown
    if counts.sum() < 2:
        raise ValueError(
            f"{counts.sum()} of the {len(pairs)} pairs of words have vectors, a correlation needs "
            "two: do the file and the vectors agree on language?"
        )
    judged, predicted = np.array([pair.judged for pair in pairs])[counts], predicted[counts]
    pearson, spearman = stats.pearsonr(judged, predicted), stats.spearmanr(judged, predicted)
    return SimilarityReport(
        pearson=float(pearson.statistic),
        pearson_pvalue=float(pearson.pvalue),
        spearman=float(spearman.statistic),
        spearman_pvalue=float(spearman.pvalue),
        n_pairs=len(pairs),
        n_unknown=int((~is_known).sum()),
        pairs=tuple((pairs[i].a, pairs[i].b) for i in np.flatnonzero(counts).tolist()),
        judged=judged,
        predicted=predicted,
    )

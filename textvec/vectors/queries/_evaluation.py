"""Vectors put to the test: analogies to complete, and judgements of similarity to follow."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._compat import import_optional
from ..._vocabulary import Vocabulary
from ._nearest import (
    CosineScorer,
    Excluded,
    ProductScorer,
    Scorer,
    Table,
    best_rows,
    cosines,
    offsets,
)

# Answers looked at until one is no word of the question in another case; gensim's number.
_N_ANSWERS = 5


class Words:
    """Rows of words, those that differ in case alone taken for one if asked.

    Parameters
    ----------
    vocabulary : Vocabulary
        Of ids from 0.
    limit : int or None
        Words from the top to know.
    ignore_case : bool
    """

    def __init__(self, vocabulary: Vocabulary, limit: int | None, ignore_case: bool):
        self.ignore_case = ignore_case
        self.tokens = vocabulary.tokens[:limit]
        folded = self.fold(self.tokens)
        self._row_of = dict(zip(reversed(folded), range(len(folded) - 1, -1, -1)))

    def fold(self, words: Sequence[str]) -> list[str]:
        # Upper case, as gensim: "ß" and "ss" fall together then.
        return [word.upper() for word in words] if self.ignore_case else list(words)

    def lookup(self, words: Sequence[str]) -> NDArray[np.int64]:
        """Give the row of the first word that is the same, -1 if there is none."""
        found = (self._row_of.get(word, -1) for word in self.fold(words))
        return np.fromiter(found, np.int64, len(words))

    def first_rows(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give for each row that of the first word that is the same."""
        distinct, at = np.unique(rows, return_inverse=True)
        return self.lookup([self.tokens[row] for row in distinct])[at].reshape(rows.shape)


class AnalogyQuestion(NamedTuple):
    """Four words, the last the answer, and the section they stand in."""

    section: str
    words: tuple[str, str, str, str]


@dataclass(frozen=True, eq=False)
class AnalogySection:
    """The questions of a section that were asked, and how they were answered.

    Attributes
    ----------
    name : str
    n_questions : int
        In the file.
    n_unknown : int
        Of these, the ones with a word that has no vector.
    questions : tuple of tuple of four str
        Those that count.
    answers : tuple of str or None
        What was answered to each; None if a word has no vector.
    is_correct : ndarray of shape (n_asked,), bool
    """

    name: str
    n_questions: int
    n_unknown: int
    questions: tuple[tuple[str, str, str, str], ...]
    answers: tuple[str | None, ...]
    is_correct: NDArray[np.bool_]

    @property
    def n_asked(self) -> int:
        return len(self.questions)

    @property
    def n_correct(self) -> int:
        return int(self.is_correct.sum())

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0 if nothing was asked."""
        return self.n_correct / max(1, self.n_asked)


@dataclass(frozen=True, eq=False)
class AnalogyReport:
    r"""How many analogies were completed; what `WordVectors.evaluate_analogies` gives.

    Printed, a table.

    Attributes
    ----------
    sections : tuple of AnalogySection
        In the order of the file; see their ``name``, ``n_asked``, ``n_correct``, ``accuracy``,
        ``questions`` and ``answers``.

    Examples
    --------
    >>> from pathlib import Path
    >>> from textvec import WordVectors
    >>> words = ["man", "woman", "king", "queen", "frog"]
    >>> vectors = WordVectors(words, [[1, 0, 0], [1, 1, 0], [1, 0, 2], [1, 1, 2], [3, 0, 1]])
    >>> path = getfixture("tmp_path") / "questions.txt"
    >>> lines = [": family", "Man King Woman Queen", "man king boy prince"]
    >>> _ = path.write_text("\n".join(lines))
    >>> report = vectors.evaluate_analogies(path)
    >>> report.accuracy
    1.0
    >>> print(report)
    section       correct     asked   unknown  accuracy
    family              1         1         1    100.0%
    total               1         1         1    100.0%
    """

    sections: tuple[AnalogySection, ...]

    @property
    def n_asked(self) -> int:
        return sum(section.n_asked for section in self.sections)

    @property
    def n_correct(self) -> int:
        return sum(section.n_correct for section in self.sections)

    @property
    def n_unknown(self) -> int:
        return sum(section.n_unknown for section in self.sections)

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0 if nothing was asked."""
        return self.n_correct / max(1, self.n_asked)

    def to_frame(self) -> Any:
        """Give a pandas DataFrame with a row for each section.

        Raises
        ------
        ImportError
            If pandas is missing.
        """
        pandas = import_optional("pandas", needed_for="AnalogyReport.to_frame")
        columns = ["section", "correct", "asked", "unknown", "accuracy"]
        return pandas.DataFrame(list(map(_row, self.sections)), columns=columns)

    def __str__(self) -> str:
        total = ("total", self.n_correct, self.n_asked, self.n_unknown, self.accuracy)
        rows = [*map(_row, self.sections), total]
        width = max(12, *(len(row[0]) for row in rows))
        lines = [f"{'section':{width}}{'correct':>9}{'asked':>10}{'unknown':>10}{'accuracy':>10}"]
        lines += [
            f"{row[0]:{width}}{row[1]:9,}{row[2]:10,}{row[3]:10,}{row[4]:10.1%}" for row in rows
        ]
        return "\n".join(lines)


def _row(part: AnalogySection) -> tuple[str, int, int, int, float]:
    return part.name or "(no name)", part.n_correct, part.n_asked, part.n_unknown, part.accuracy


def read_analogies(file: str | os.PathLike[str]) -> list[AnalogyQuestion]:
    """Read questions of four words a line, in sections that lines with a colon begin."""
    questions, section = [], ""
    for number, line in _lines(file):
        if line.startswith(":"):
            section = line[1:].strip()
            continue
        words = line.split()
        if len(words) != 4:
            raise _bad_line(file, number, "four words, or a colon and the name of a section", line)
        questions.append(AnalogyQuestion(section, (words[0], words[1], words[2], words[3])))
    return questions


def evaluate_analogies(
    table: Table,
    words: Words,
    questions: list[AnalogyQuestion],
    *,
    method: str,
    keep_unknown: bool,
) -> AnalogyReport:
    """Answer all questions at once, and count by section."""
    rows = words.lookup([word for question in questions for word in question.words])
    rows = rows.reshape(-1, 4)  # (q, 4)
    is_known = rows.min(axis=1, initial=0) >= 0  # (q,)
    answers = np.full(len(rows), -1)
    answers[is_known] = _answers(table, words, rows[is_known, :3], method)
    is_correct = is_known.copy()
    is_correct[is_known] = words.first_rows(answers[is_known]) == rows[is_known, 3]
    of_section: dict[str, list[int]] = {}
    for i, question in enumerate(questions):
        of_section.setdefault(question.section, []).append(i)
    return AnalogyReport(
        tuple(
            _section(name, [questions[i] for i in at], at, words, answers, is_correct, keep_unknown)
            for name, at in of_section.items()
        )
    )


def _section(
    name: str,
    questions: list[AnalogyQuestion],
    at: list[int],
    words: Words,
    answers: NDArray[np.int64],
    is_correct: NDArray[np.bool_],
    keep_unknown: bool,
) -> AnalogySection:
    counts = keep_unknown | (answers[at] >= 0)
    kept = np.flatnonzero(counts).tolist()
    given = answers[at][counts].tolist()
    return AnalogySection(
        name=name,
        n_questions=len(at),
        n_unknown=int((answers[at] < 0).sum()),
        questions=tuple(questions[i].words for i in kept),
        answers=tuple(words.tokens[row] if row >= 0 else None for row in given),
        is_correct=is_correct[at][counts],
    )


def _answers(
    table: Table, words: Words, asked: NDArray[np.int64], method: str
) -> NDArray[np.int64]:
    """Give the row of the answer to each question `a : b = c : ?` (q, 3)."""
    best = best_rows(_scorer(table, asked, method), _N_ANSWERS, Excluded.of(asked))
    # The best that is no word of the question in another case, or else the last looked at.
    firsts = words.first_rows(best.rows)
    is_free = (firsts[:, None] != asked[best.queries]).all(axis=1)
    ends = np.searchsorted(best.queries, np.arange(len(asked)), side="right") - 1
    answers = best.rows[ends]
    queries, first_free = np.unique(best.queries[is_free], return_index=True)
    answers[queries] = best.rows[is_free][first_free]
    return answers


def _scorer(table: Table, asked: NDArray[np.int64], method: str) -> Scorer:
    if method == "add":
        return CosineScorer(table, offsets(table.matrix[asked], (-1, 1, 1)))
    distinct, place = np.unique(asked, return_inverse=True)
    parts = place.reshape(asked.shape)[:, [1, 2, 0]]  # like b and c, unlike a
    return ProductScorer(table, table.matrix[distinct], parts, 2)


@dataclass(frozen=True, eq=False)
class SimilarityReport:
    r"""How cosines follow people's judgement; what `WordVectors.evaluate_similarity` gives.

    Printed, a table.

    Attributes
    ----------
    pearson, spearman : float
        Correlations.
    pearson_pvalue, spearman_pvalue : float
        Chance of a correlation as large or larger, either way, if there were none.
    n_pairs, n_unknown : int
        Pairs in the file, and those of them with a word that has no vector.
    pairs : tuple of tuple of two str
        Those that count.
    judged, predicted : ndarray of shape (n_counted,), float64
        People's judgement of each, and its cosine.

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
        """Give a pandas DataFrame with a row for each pair that counts.

        Raises
        ------
        ImportError
            If pandas is missing.
        """
        pandas = import_optional("pandas", needed_for="SimilarityReport.to_frame")
        frame = pandas.DataFrame(list(self.pairs), columns=["a", "b"])
        return frame.assign(judged=self.judged, predicted=self.predicted)

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
    """Read two words and a number a line."""
    pairs = []
    for number, line in _lines(file):
        if line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split(delimiter)]
        try:
            a, b, judged = fields[0], fields[1], float(fields[2])
        except (IndexError, ValueError):
            judged = np.nan
        if len(fields) != 3 or not np.isfinite(judged):
            expected = f"two words and a number, with {delimiter!r} between"
            raise _bad_line(file, number, expected, line)
        pairs.append(JudgedPair(a, b, judged))
    return pairs


def evaluate_similarity(
    table: Table, words: Words, pairs: list[JudgedPair], *, keep_unknown: bool
) -> SimilarityReport:
    """Correlate cosines with judgements."""
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


def _lines(file: str | os.PathLike[str]) -> Iterator[tuple[int, str]]:
    """Give the lines of a text that are not empty, with their numbers from 1."""
    for number, raw in enumerate(Path(file).read_bytes().splitlines(), start=1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip("\r\n")
        except UnicodeDecodeError as error:
            raise ValueError(f"{os.fspath(file)}, line {number}: not UTF-8: {error}.") from error
        if line.strip():
            yield number, line


def _bad_line(file: str | os.PathLike[str], number: int, expected: str, line: str) -> ValueError:
    return ValueError(
        f"{os.fspath(file)}, line {number}: expected {expected}, found {line[:60]!r}."
    )

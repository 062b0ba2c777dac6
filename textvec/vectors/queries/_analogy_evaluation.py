"""Evaluation by analogies: which of a file's questions the vectors answer."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._compat import import_optional
from ..._reporting._html_tables import ITEMS, html_table, shortened
from ._benchmark_files import KnownWords, bad_line, read_lines
from ._nearest import Excluded, best_rows
from ._scorers import CosineScorer, CosMulScorer, Scorer
from ._unit_vectors import NormedTable, signed_sums

# Answers searched until one is no word of the question in another case; gensim's number.
_N_ANSWERS = 5
_QUESTION = ("a", "b", "c", "expected")  # a is to b as c is to expected


class AnalogyQuestion(NamedTuple):
    """Four words, the last the answer, and the section they are in."""

    section: str
    words: tuple[str, str, str, str]


class SectionScore(NamedTuple):
    """A row of the table that a report prints."""

    section: str
    correct: int
    scored: int
    unknown: int
    accuracy: float

    def __str__(self) -> str:
        return f"{self.correct:9,}{self.scored:10,}{self.unknown:10,}{self.accuracy:10.1%}"


@dataclass(frozen=True, eq=False)
class AnalogySection:
    r"""Hold the questions of one section of an analogy file, and the answers to them.

    Printed, its score, and in notebooks a table of the questions that were answered wrong.

    Attributes
    ----------
    name : str
        Name of the section, as in the file.
    n_questions : int
        Number of questions in the file.
    n_unknown : int
        Number of those with a word that has no vector.
    questions : tuple of tuple of four str
        The questions that count towards the accuracy.
    answers : tuple of str or None
        The answer to each; None if a word of the question has no vector.
    is_correct : ndarray of shape (n_scored,), bool
        Whether it is the one in the file.

    See Also
    --------
    AnalogyReport : Holds all sections of a file.

    Examples
    --------
    >>> from textvec import WordVectors
    >>> words = ["man", "woman", "king", "queen"]
    >>> vectors = WordVectors(words, [[1, 0, 0], [1, 1, 0], [1, 0, 2], [1, 1, 2]])
    >>> path = getfixture("tmp_path") / "questions.txt"
    >>> _ = path.write_text(": family\nman king woman queen")
    >>> section = vectors.evaluate_analogies(path).sections[0]
    >>> section.name, section.answers, section.is_correct.tolist()
    ('family', ('queen',), [True])
    >>> section
    AnalogySection(family: 1 of 1 correct, 0 unknown)
    """

    name: str
    n_questions: int
    n_unknown: int
    questions: tuple[tuple[str, str, str, str], ...]
    answers: tuple[str | None, ...]
    is_correct: NDArray[np.bool_]

    @property
    def n_scored(self) -> int:
        """Number of questions that count towards the accuracy."""
        return len(self.questions)

    @property
    def n_correct(self) -> int:
        """Number of correct answers."""
        return int(self.is_correct.sum())

    @property
    def accuracy(self) -> float:
        """Share of correct answers, 0 if no question counts."""
        return self.n_correct / max(1, self.n_scored)

    def to_frame(self) -> Any:
        """Return a pandas DataFrame with a row for each question that counts.

        Returns
        -------
        DataFrame
            The words of the question, "a is to b as c is to expected", the ``answer``, None if a
            word has no vector, and ``is_correct``.

        Raises
        ------
        ImportError
            If pandas is missing.
        """
        pandas = import_optional("pandas", needed_for="AnalogySection.to_frame")
        frame = pandas.DataFrame(list(self.questions), columns=list(_QUESTION))
        return frame.assign(answer=list(self.answers), is_correct=self.is_correct)

    def __repr__(self) -> str:
        name, correct, scored, unknown, _ = self._score
        score = f"{correct:,} of {scored:,} correct, {unknown:,} unknown"
        return f"AnalogySection({shortened(name)}: {score})"

    def _repr_html_(self) -> str:
        scored = zip(self.questions, self.answers, strict=True)
        wrong = [(*q, a or "") for (q, a), right in zip(scored, self.is_correct) if not right]
        caption = f"{self!r}, the wrong ones"
        return html_table(
            caption, (*_QUESTION, "answer"), wrong[:ITEMS], n_rows=len(wrong), what="questions"
        )

    @property
    def _score(self) -> SectionScore:
        name = self.name or "(no name)"
        return SectionScore(name, self.n_correct, self.n_scored, self.n_unknown, self.accuracy)


@dataclass(frozen=True, eq=False)
class AnalogyReport:
    r"""Report how many analogies were completed: the result of `WordVectors.evaluate_analogies`.

    Printed, a table.

    Attributes
    ----------
    sections : tuple of AnalogySection
        In the order of the file; see their ``name``, ``n_scored``, ``n_correct``, ``accuracy``,
        ``questions`` and ``answers``.

    See Also
    --------
    WordVectors.evaluate_analogies : Makes it.

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
    section       correct    scored   unknown  accuracy
    family              1         1         1    100.0%
    total               1         1         1    100.0%
    """

    sections: tuple[AnalogySection, ...]

    @property
    def n_scored(self) -> int:
        """Number of questions that count towards the accuracy."""
        return sum(section.n_scored for section in self.sections)

    @property
    def n_correct(self) -> int:
        """Number of correct answers."""
        return sum(section.n_correct for section in self.sections)

    @property
    def n_unknown(self) -> int:
        """Number of questions with a word that has no vector."""
        return sum(section.n_unknown for section in self.sections)

    @property
    def accuracy(self) -> float:
        """Share of correct answers, 0 if no question counts."""
        return self.n_correct / max(1, self.n_scored)

    def to_frame(self) -> Any:
        """Return a pandas DataFrame with a row for each section.

        Returns
        -------
        DataFrame
            Names, numbers of questions and accuracy.

        Raises
        ------
        ImportError
            If pandas is missing.
        """
        pandas = import_optional("pandas", needed_for="AnalogyReport.to_frame")
        scores = [section._score for section in self.sections]
        return pandas.DataFrame(scores, columns=list(SectionScore._fields))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        rows = [tuple(section._score) for section in self.sections]
        caption = f"AnalogyReport: {self.accuracy:.1%} of {self.n_scored:,} questions"
        return html_table(caption, list(SectionScore._fields), rows)

    def __str__(self) -> str:
        total = SectionScore("total", self.n_correct, self.n_scored, self.n_unknown, self.accuracy)
        scores = [*(section._score for section in self.sections), total]
        width = max(12, *(len(score.section) for score in scores))
        header = f"{'section':{width}}{'correct':>9}{'scored':>10}{'unknown':>10}{'accuracy':>10}"
        return "\n".join([header, *(f"{score.section:{width}}{score}" for score in scores)])


def read_analogies(file: str | os.PathLike[str]) -> list[AnalogyQuestion]:
    """Read questions of four words a line; a line with a colon begins a section."""
    questions, section = [], ""
    for number, line in read_lines(file):
        if line.startswith(":"):
            section = line[1:].strip()
            continue
        words = line.split()
        if len(words) != 4:
            raise bad_line(file, number, "four words, or a colon and the name of a section", line)
        questions.append(AnalogyQuestion(section, (words[0], words[1], words[2], words[3])))
    return questions


def evaluate_analogies(
    table: NormedTable,
    words: KnownWords,
    questions: list[AnalogyQuestion],
    *,
    method: str,
    keep_unknown: bool,
) -> AnalogyReport:
    """Answer all questions at once, and score them by section.

    Parameters
    ----------
    table : NormedTable
        The vectors to search.
    words : KnownWords
        The words of its rows.
    questions : list of AnalogyQuestion
    method : {"add", "mul"}
        3CosAdd or 3CosMul.
    keep_unknown : bool
        Whether a question with an unknown word counts, as a wrong answer.
    """
    answered = _answered(table, words, questions, method)
    rows_of: dict[str, list[int]] = {}
    for i, question in enumerate(questions):
        rows_of.setdefault(question.section, []).append(i)
    return AnalogyReport(
        tuple(_section(name, answered.of(rows), keep_unknown) for name, rows in rows_of.items())
    )


class _Answered(NamedTuple):
    """Questions and the answers to them; an answer of None is to a question not understood."""

    questions: list[AnalogyQuestion]
    answers: list[str | None]
    is_correct: NDArray[np.bool_]

    def of(self, rows: list[int]) -> _Answered:
        answers = [self.answers[i] for i in rows]
        return _Answered([self.questions[i] for i in rows], answers, self.is_correct[rows])


def _section(name: str, answered: _Answered, keep_unknown: bool) -> AnalogySection:
    is_known = np.array([answer is not None for answer in answered.answers])
    counted = answered.of(np.flatnonzero(is_known | keep_unknown).tolist())
    return AnalogySection(
        name=name,
        n_questions=len(is_known),
        n_unknown=int((~is_known).sum()),
        questions=tuple(question.words for question in counted.questions),
        answers=tuple(counted.answers),
        is_correct=counted.is_correct,
    )


def _answered(
    table: NormedTable, words: KnownWords, questions: list[AnalogyQuestion], method: str
) -> _Answered:
    rows = words.lookup([word for question in questions for word in question.words])
    rows = rows.reshape(-1, 4)  # (q, 4)
    is_known = rows.min(axis=1, initial=0) >= 0  # (q,)
    found = np.full(len(rows), -1)
    found[is_known] = _answers(table, words, rows[is_known, :3], method)
    is_correct = is_known.copy()
    is_correct[is_known] = words.first_rows(found[is_known]) == rows[is_known, 3]
    answers = [words.tokens[row] if row >= 0 else None for row in found.tolist()]
    return _Answered(questions, answers, is_correct)


def _answers(
    table: NormedTable, words: KnownWords, given: NDArray[np.int64], method: str
) -> NDArray[np.int64]:
    """Return the row of the answer to each question `a : b = c : ?` (q, 3)."""
    best = best_rows(_scorer(table, given, method), _N_ANSWERS, Excluded.of(given))
    # The best that is no word of the question in another case, or else the last one found.
    firsts = words.first_rows(best.rows)
    is_free = (firsts[:, None] != given[best.queries]).all(axis=1)
    ends = np.searchsorted(best.queries, np.arange(len(given)), side="right") - 1
    answers = best.rows[ends]
    queries, first_free = np.unique(best.queries[is_free], return_index=True)
    answers[queries] = best.rows[is_free][first_free]
    return answers


def _scorer(table: NormedTable, given: NDArray[np.int64], method: str) -> Scorer:
    if method == "add":
        return CosineScorer(table, signed_sums(table.matrix[given], (-1, 1, 1)))
    distinct, position = np.unique(given, return_inverse=True)
    parts = position.reshape(given.shape)[:, [1, 2, 0]]  # like b and c, unlike a
    return CosMulScorer(table, table.matrix[distinct], parts, 2)

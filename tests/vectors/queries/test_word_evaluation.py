"""Analogies and judged pairs: gensim's figures, and files that are not what they should be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from textvec import WordVectors

WORDS = ["man", "woman", "king", "queen", "frog", "King"]
MATRIX = [[1, 0, 0], [1, 1, 0], [1, 0, 2], [1, 1, 2], [3, 0, 1], [1, 0, 2.1]]
FAMILY = """: family
man king woman queen
Man King Woman Queen

king man queen frog
: none
man king boy prince
"""


@pytest.fixture
def vectors():
    return WordVectors(WORDS, MATRIX)


@pytest.fixture
def write(tmp_path):
    def write(text, name="file.txt"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_sections_answers_and_totals(vectors, write):
    report = vectors.evaluate_analogies(write(FAMILY))
    family, none = report.sections
    assert (family.name, family.n_questions, family.n_scored, family.n_unknown) == (
        "family",
        3,
        3,
        0,
    )
    assert family.answers == ("queen", "queen", "woman")
    assert family.is_correct.tolist() == [True, True, False]
    assert family.questions[1] == ("Man", "King", "Woman", "Queen")
    assert (none.n_scored, none.n_unknown, none.accuracy) == (0, 1, 0)
    assert (report.n_correct, report.n_scored, report.n_unknown) == (2, 3, 1)
    assert report.accuracy == pytest.approx(2 / 3)
    assert str(report).splitlines()[-1].split() == ["total", "2", "3", "1", "66.7%"]
    wrong = vectors.evaluate_analogies(write(FAMILY), oov="wrong")
    assert (wrong.n_correct, wrong.n_scored, wrong.n_unknown) == (2, 4, 1)
    assert wrong.sections[1].answers == (None,)


def test_a_section_shows_its_score_and_the_wrong_answers(vectors, write):
    section = vectors.evaluate_analogies(write(FAMILY)).sections[0]
    assert repr(section) == str(section) == "AnalogySection(family: 2 of 3 correct, 0 unknown)"
    page = section._repr_html_()
    assert "family: 2 of 3 correct" in page
    assert page.count("<tr>") == 2  # the header, and the wrong one
    hostile = vectors.evaluate_analogies(write(FAMILY.replace("family", "<b>\x1b")), oov="wrong")
    assert repr(hostile.sections[0]).startswith("AnalogySection(<b>\\x1b: ")
    assert "<b>\x1b" not in hostile.sections[0]._repr_html_()
    assert hostile.sections[1]._repr_html_().endswith('left"></td></tr></tbody></table></div>')


def test_frames_of_sections(vectors, write):
    pytest.importorskip("pandas")
    report = vectors.evaluate_analogies(write(FAMILY), oov="wrong")
    frame = report.sections[0].to_frame()
    assert frame.columns.tolist() == ["a", "b", "c", "expected", "answer", "is_correct"]
    assert frame.loc[~frame.is_correct, "answer"].tolist() == ["woman"]
    assert report.sections[1].to_frame()["answer"].tolist() == [None]
    known = vectors.evaluate_analogies(write(FAMILY))
    assert known.sections[1].to_frame().shape == (0, 6)


def test_case_and_limit(vectors, write):
    path = write(FAMILY)
    assert vectors.evaluate_analogies(path, ignore_case=False).n_scored == 2
    # Without the fourth word nothing can be asked.
    assert vectors.evaluate_analogies(path, limit=3).n_scored == 0
    assert vectors.evaluate_analogies(path, limit=None, method="mul").n_correct == 2


def test_frames(vectors, write):
    pytest.importorskip("pandas")
    frame = vectors.evaluate_analogies(write(FAMILY)).to_frame()
    assert frame["correct"].tolist() == [2, 0]
    pairs = vectors.evaluate_similarity(write("king\tqueen\t9\nking\tfrog\t1\nking\tx\t0"))
    assert pairs.to_frame().columns.tolist() == ["a", "b", "judged", "predicted"]


def test_a_file_without_sections_or_questions(vectors, write):
    report = vectors.evaluate_analogies(write("man king woman queen"))
    assert report.accuracy == 1
    assert "(no name)" in str(report)
    assert vectors.evaluate_analogies(write("")).accuracy == 0
    assert str(vectors.evaluate_analogies(write(""))).startswith("section")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "man king woman queen\n\nman king woman",
            r"line 3: expected four words.*'man king woman'",
        ),
        (b"man king woman queen\n\xff\xfe a b c", "line 2: not UTF-8"),
    ],
)
def test_bad_lines_of_analogies(vectors, write, text, message):
    with pytest.raises(ValueError, match=message):
        vectors.evaluate_analogies(write(text))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# x\nking\tqueen\t9\nking\tfrog", 3),
        ("king\tqueen\tnine", 1),
        ("king\tqueen\tnan", 1),
        ("king\tqueen\t9\t8", 1),
        ("\n\nking queen 9", 3),
    ],
)
def test_bad_lines_of_pairs(vectors, write, text, line):
    with pytest.raises(ValueError, match=f"line {line}: expected two words and a number"):
        vectors.evaluate_similarity(write(text))


def test_bom_line_ends_and_delimiter(vectors, write):
    text = b"\xef\xbb\xbfking,queen,9\r\nking,frog,2\r\nman,frog,1"
    report = vectors.evaluate_similarity(write(text), delimiter=",")
    assert report.pairs == (("king", "queen"), ("king", "frog"), ("man", "frog"))
    assert report.judged.tolist() == [9, 2, 1]


def test_pairs_with_unknown_words(vectors, write):
    path = write("king\tqueen\t9\nking\tfrog\t2\nman\tnewt\t1\nman\tfrog\t3")
    skipped = vectors.evaluate_similarity(path)
    assert (skipped.n_pairs, skipped.n_unknown, skipped.oov_rate) == (4, 1, 0.25)
    assert len(skipped.predicted) == 3
    zero = vectors.evaluate_similarity(path, oov="zero")
    assert zero.predicted[2] == 0
    assert zero.pairs[2] == ("man", "newt")
    with pytest.raises(ValueError, match="0 of the 1 pairs"):
        vectors.evaluate_similarity(write("a\tb\t1"))


def test_choices_are_checked(vectors, write):
    with pytest.raises(ValueError, match="oov must be one of 'skip', 'wrong', got 'zero'"):
        vectors.evaluate_analogies(write(FAMILY), oov="zero")
    with pytest.raises(ValueError, match="oov must be one of 'skip', 'zero', got 'wrong'"):
        vectors.evaluate_similarity(write(FAMILY), oov="wrong")
    with pytest.raises(FileNotFoundError):
        vectors.evaluate_similarity("nowhere.tsv")


@pytest.fixture(scope="module")
def gensim_file():
    gensim = pytest.importorskip("gensim")
    return lambda name: Path(gensim.__file__).parent / "test" / "test_data" / name


def keyed_vectors(vectors):
    models = pytest.importorskip("gensim.models")
    keyed = models.KeyedVectors(vectors.embedding_dim)
    keyed.add_vectors(list(vectors), vectors.matrix)
    return keyed


@pytest.mark.parametrize("name", ["wordsim353.tsv", "simlex999.txt"])
@pytest.mark.parametrize("oov", ["skip", "zero"])
def test_similarity_as_gensim(glove, gensim_file, name, oov):
    options = {"restrict_vocab": 20_000, "dummy4unknown": oov == "zero"}
    path = gensim_file(name)
    pearson, spearman, rate = keyed_vectors(glove).evaluate_word_pairs(path, **options)
    report = glove.evaluate_similarity(path, limit=20_000, oov=oov)
    assert report.pearson == pytest.approx(pearson.statistic, abs=1e-6)
    assert report.spearman == pytest.approx(spearman.statistic, abs=1e-6)
    assert report.spearman_pvalue == pytest.approx(spearman.pvalue, rel=1e-3)
    assert 100 * report.oov_rate == pytest.approx(rate)


@pytest.mark.parametrize("options", [{}, {"ignore_case": False}, {"oov": "wrong"}])
def test_analogies_as_gensim(glove, gensim_file, tmp_path, options):
    # Every 40th question: gensim answers some hundred a second.
    lines = gensim_file("questions-words.txt").read_text().splitlines()
    chosen = [line for i, line in enumerate(lines) if line.startswith(":") or i % 40 == 0]
    path = tmp_path / "questions.txt"
    path.write_text("\n".join(chosen))
    # Some words of questions in another case are words of their own, and must be no answer.
    known = list(glove)
    chosen = [row for row, word in enumerate(known) if word.title() != word][:6000]
    words = [known[row] for row in chosen]
    noise = 0.1 * np.random.default_rng(0).standard_normal((1000, 50), dtype=np.float32)
    matrix = np.concatenate([glove.matrix[chosen], glove.matrix[chosen[:1000]] + noise])
    vectors = WordVectors(words + [word.title() for word in words[:1000]], matrix)
    _, sections = keyed_vectors(vectors).evaluate_word_analogies(
        str(path),
        restrict_vocab=6500,
        case_insensitive=options.get("ignore_case", True),
        dummy4unknown=options.get("oov") == "wrong",
    )
    report = vectors.evaluate_analogies(path, limit=6500, **options)
    assert report.n_scored > 50
    for ours, theirs in zip(report.sections, sections, strict=False):
        assert ours.name == theirs["section"]
        assert ours.n_correct == len(theirs["correct"])
        assert ours.n_scored == len(theirs["correct"]) + len(theirs["incorrect"])

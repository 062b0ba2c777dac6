"""Progress of long calls that are no fits: where it is shown, and what it counts."""

from __future__ import annotations

import re

import numpy as np
import pytest
from sklearn.callback import ProgressBar

from textvec import (
    CountVectorizer,
    DocumentDistance,
    FunctionTokenizer,
    NaiveForecaster,
    Ragged,
    RNNClassifier,
    RNNTagger,
    SequenceVectorizer,
    WordTokenizer,
    WordVectors,
    backtest,
    show_progress,
    token_saliency,
    transform_blocks,
)
from textvec._inputs import _blocks
from textvec._reporting._progress_bars import progress_bar, tracked
from textvec.datasets import read_text

ROWS = Ragged.from_rows([[2, 3, 4], [5], [4, 2]])
SMALL = {"hidden_size": 2, "embedding_dim": 2, "max_iter": 1, "random_state": 0}
VECTORS = WordVectors(["frog", "toad", "log", "fog"], np.eye(4))
DOCUMENTS = ["frog toad", "log", "fog log"]


def classifier():
    return RNNClassifier(**SMALL).fit(ROWS, ["a", "b", "a"])


def lines_of(terminal):
    """Return the lines on a terminal as they stand in the end."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue())
    return [line.split("\r")[-1].strip() for line in text.splitlines()]


def load_text(folder):
    VECTORS.save(folder / "v.txt", format="glove")
    WordVectors.load(folder / "v.txt")


def load_compressed(folder):
    VECTORS.save(folder / "v.txt.gz", format="glove")
    WordVectors.load(folder / "v.txt.gz")


def read_folder(folder):
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text("frog toad\nlog\n", encoding="utf-8")
    WordTokenizer().transform(read_text(folder))


def evaluate(folder):
    (folder / "questions.txt").write_text(": one\nfrog toad log fog\n", encoding="utf-8")
    VECTORS.evaluate_analogies(folder / "questions.txt")


def transform(folder):
    vectorizer = SequenceVectorizer().fit(DOCUMENTS)
    list(transform_blocks(vectorizer, DOCUMENTS, block_size=2))


def transform_rows(folder):
    list(transform_blocks(classifier(), ROWS, block_size=2, method="predict"))


CALLS = {
    "vectors as text": (load_text, r"reading v\.txt .*100% 0\.0 MB"),
    "compressed": (load_compressed, r"reading v\.txt\.gz .*100%"),
    "a folder": (read_folder, "reading files .*100% 2 files"),
    "a stream": (lambda _: WordTokenizer().transform(iter(DOCUMENTS)), "100% 3 documents"),
    "a function": (
        lambda _: FunctionTokenizer(str.split).transform(DOCUMENTS),
        "tokenizing .*100% 3 documents",
    ),
    "a fit on a stream": (lambda _: CountVectorizer().fit(iter(DOCUMENTS)), "100% 3 documents"),
    "analogies": (evaluate, "searching .*100% 1 blocks"),
    "blocks": (transform, "reading documents .*100% 3 documents"),
    "blocks of rows": (transform_rows, "transforming .*100% 3 rows"),
    "a network": (lambda _: classifier().predict(ROWS), "predicting .*100% 3 rows"),
    "a tagger": (
        lambda _: RNNTagger(**SMALL).fit(ROWS, [["a", "b", "a"], ["b"], ["a", "b"]]).predict(ROWS),
        "predicting .*100% 3 rows",
    ),
    "saliency": (
        lambda _: token_saliency(classifier(), ROWS, method="occlusion"),
        "occlusion .*100%",
    ),
    "a backtest": (
        lambda _: backtest(NaiveForecaster(), np.arange(9.0), cv=3),
        "backtest .*100% 3 splits",
    ),
    "distances": (
        lambda _: DocumentDistance(VECTORS, metric="wmd").fit(DOCUMENTS).transform(DOCUMENTS),
        "distances .*100% 3 documents",
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_long_calls_are_shown(name, tmp_path, terminal):
    call, line = CALLS[name]
    call(tmp_path)
    assert not terminal.getvalue()  # nobody wanted it
    with show_progress():
        call(tmp_path)
    assert any(re.search(line, shown) for shown in lines_of(terminal)), lines_of(terminal)
    before = terminal.getvalue()
    call(tmp_path)
    assert terminal.getvalue() == before


def test_a_long_list_is_read_in_blocks(terminal, monkeypatch):
    monkeypatch.setattr(_blocks, "CHARACTERS", 200)
    documents = DOCUMENTS * 100
    with show_progress():
        tokens = WordTokenizer(n_jobs=2, spans=True).transform(documents)
    assert any(re.search("reading documents .*100% 300 documents", x) for x in lines_of(terminal))
    assert tokens == WordTokenizer(spans=True).transform(documents)


def test_a_pipe_gets_nothing(tmp_path, capfd):
    with show_progress():
        load_text(tmp_path)
    assert capfd.readouterr() == ("", "")


def test_calls_inside_of_calls_are_drawn_together(terminal):
    with show_progress(), progress_bar("outer", 2, "parts") as advance:
        for _ in range(2):
            assert list(tracked("abc", "inner", "letters")) == list("abc")
            advance(1)
    lines = lines_of(terminal)[-3:]
    assert [line.split()[0] for line in lines if line] == ["outer", "inner", "inner"]
    assert all("100%" in line for line in lines if line)


def test_a_fit_with_its_own_bar_inside(terminal):
    with show_progress():
        model = classifier().set_callbacks(ProgressBar()).fit(ROWS, ["a", "b", "a"])
        model.predict(ROWS)
    text = "\n".join(lines_of(terminal))
    assert "RNNClassifier - fit" in text
    assert "predicting" in text


def test_what_fails_stops_at_once(terminal):
    with pytest.raises(ZeroDivisionError), show_progress(), progress_bar("failing", 9, "steps"):
        raise ZeroDivisionError
    assert "0%" in lines_of(terminal)[-1] or "0%" in lines_of(terminal)[-2]
    assert "100%" not in terminal.getvalue()


def test_items_are_left_alone_where_nothing_is_shown():
    items = [1, 2]
    assert tracked(items, "nothing", "items") is items


def test_names_are_no_markup(terminal):
    with show_progress(), progress_bar("reading [red]v[/red].txt", 1, "bytes") as advance:
        advance(1)
    assert "[red]v[/red].txt" in terminal.getvalue()

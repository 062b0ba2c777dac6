"""The rule that cuts documents into sentences, told by examples."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textvec import split_sentences


@pytest.mark.parametrize(
    ("document", "sentences"),
    [
        ("", []),
        (" \n\t ", []),
        ("one", ["one"]),
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("  One.\tTwo.  ", ["One.", "Two."]),
        ("Why?! Because... It is.", ["Why?!", "Because...", "It is."]),
        ("Because... it is. Yes…", ["Because... it is.", "Yes…"]),  # goes on in lower case
        ("It cost $3.50 at www.shop.com. Cheap.", ["It cost $3.50 at www.shop.com.", "Cheap."]),
        ('"Never!" She left.', ['"Never!"', "She left."]),
        ('"Never!" she said. “Go.” He (too.) Left.', None),
        ("See 1. 2 follows.", ["See 1.", "2 follows."]),
        ("One\n\nTwo\n \t\nThree\nstill three", ["One", "Two", "Three\nstill three"]),
        ("One.\n\n\n\n\nTwo.", ["One.", "Two."]),
        ("はい。いいえ！「なぜ？」次。", ["はい。", "いいえ！", "「なぜ？」", "次。"]),
        ("¿Dónde? Élan. Ça", ["¿Dónde?", "Élan.", "Ça"]),
        ("...", ["..."]),
        ("! ? .", ["!", "?", "."]),
        ("Dr. Who", ["Dr.", "Who"]),  # no abbreviations are known
        ("all lower. case here.", ["all lower. case here."]),
    ],
)
def test_documents_are_cut_by_the_rule(document, sentences):
    if sentences is None:
        sentences = ['"Never!" she said.', "“Go.”", "He (too.)", "Left."]
    assert split_sentences(document) == sentences


@given(st.text(alphabet="aB.!? \n\"'。…)", max_size=60))
def test_nothing_is_lost_and_no_sentence_is_empty(document):
    sentences = split_sentences(document)
    assert all(s and s == s.strip() for s in sentences)
    assert "".join("".join(sentences).split()) == "".join(document.split())


@pytest.mark.parametrize("long", ["." * 10**6, "?! " * 3 * 10**5, ' \n"' * 3 * 10**5, "。" * 10**6])
def test_time_grows_with_length_alone(long):
    start = process_time()
    split_sentences(long)
    assert process_time() - start < 20

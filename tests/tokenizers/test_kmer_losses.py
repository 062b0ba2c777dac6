"""Sequences in other letters than those of the alphabet: a warning, once, with the way out."""

from __future__ import annotations

import pytest

from textvec import KmerTokenizer, SequenceVectorizer, TfidfVectorizer

DNA = "ACGTTGCAAC"
CASES = {
    "lower case": ([DNA, DNA.lower()], r"row 1 has no k-mers: 'acgt' not in .*lowercase=True"),
    "the next block": ([DNA] * 3000 + [DNA.lower()], "row 3000 has no k-mers: 'acgt'"),
    "RNA": (
        ["ACGUUACGACG"],
        r"row 0 loses all k-mers over 'U'.*alphabet='ACGU'.*replace\('U', 'T'",
    ),
    "RNA alone": (["UUUUU"], "row 0 has no k-mers: 'U' not in .*alphabet='ACGU'"),
    "a protein": (["MKVLIPFE"], "row 0 has no k-mers: .*or None for any"),
    "proteins": (["MKVLIPFEWKLIAAGIVEEDLQKLRHIVVKLEE"] * 9, "only 9 of 279 k-mers of rows from 0"),
    "digits": (["01230123"], "row 0 has no k-mers: '0123' not in"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_warning_names_the_row_and_the_way_out(name):
    documents, message = CASES[name]
    tokenizer = KmerTokenizer(3, alphabet="ACGT")
    for X in (documents, iter(documents)):
        with pytest.warns(UserWarning, match=message) as warned:
            tokenizer.transform(X)
        assert len(warned) == 1


@pytest.mark.parametrize(
    ("documents", "params"),
    [
        ([DNA, "NNNNNN", "ACNRYGT", "AC-GT-AC", "", "AC"], {"alphabet": "ACGT"}),
        ([DNA + DNA.lower()], {"alphabet": "ACGT"}),  # soft-masked
        ([DNA, DNA.lower()], {"alphabet": "ACGT", "lowercase": True}),
        ([DNA, DNA.lower(), "MKVLIP"], {}),
        (["ACGUUACG"], {"alphabet": "ACGU"}),
        (["ACGUUACG", DNA], {"alphabet": "ACGTU"}),
        ([DNA, "AAACCC"], {"alphabet": "ACGT", "k": (2, 4), "canonical": True}),
    ],
)
def test_what_is_left_out_on_purpose_is_not_warned_of(documents, params):
    KmerTokenizer(**({"k": 3} | params)).transform(documents)


def test_small_letters_in_the_alphabet_read_capitals_of_rna():
    with pytest.warns(UserWarning, match="row 0 loses all k-mers over 'u'.*alphabet='acgu'"):
        KmerTokenizer(3, alphabet="ACGT", lowercase=True).transform(["ACGUUACGACG"])


@pytest.mark.parametrize("vectorizer", [SequenceVectorizer(), TfidfVectorizer(lowercase=False)])
def test_inside_a_vectorizer(vectorizer):
    vectorizer.set_params(tokenizer=KmerTokenizer(3, alphabet="ACGT"))
    with pytest.warns(UserWarning, match="row 1 has no k-mers"):
        vectorizer.fit([DNA, DNA.lower()])

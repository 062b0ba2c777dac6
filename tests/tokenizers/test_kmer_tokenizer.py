"""KmerTokenizer, held against slices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textvec import KmerTokenizer

from .strategies import documents


@given(documents, st.integers(1, 12), st.integers(1, 5), st.booleans())
def test_kmers_are_slices(X, k, stride, lowercase):
    texts = [x.lower() if lowercase else x for x in X]
    expected = [[x[i : i + k] for i in range(0, len(x) - k + 1, stride)] for x in texts]
    tokenizer = KmerTokenizer(k, stride, lowercase=lowercase)
    assert tokenizer.transform(X).to_list() == expected


@pytest.mark.parametrize("k", [1, 2, 6, 7, 8, 9, 16, 17])
def test_dna(k):
    rng = np.random.default_rng(0)
    X = ["".join(rng.choice(list("ACGT"), size)) for size in (0, k - 1, k, k + 1, 5_000)]
    tokens = KmerTokenizer(k=k).transform(X)
    assert tokens.lengths.tolist() == [0, 0, 1, 2, 5_000 - k + 1]
    assert tokens.to_list()[-1] == [X[-1][i : i + k] for i in range(5_000 - k + 1)]


def test_threads_give_the_same():
    X = ["ACGTTGCA" * 20_000, "AC", "N" * 100_000, "ACGTNé語" * 10_000]
    assert KmerTokenizer(5, n_jobs=2).transform(X) == KmerTokenizer(5).transform(X)


def test_wider_than_any_document():
    for huge in (5, 2**40, 2**63 - 1):
        assert KmerTokenizer(huge).transform(["ACGT", ""]).to_list() == [[], []]
        assert KmerTokenizer(2, stride=huge).transform(["ACGT"]).to_list() == [["AC"]]


@pytest.mark.parametrize(
    ("params", "message"),
    [({"k": 0}, "'k' parameter"), ({"k": 2.0}, "'k'"), ({"stride": 0}, "'stride'")],
)
def test_parameters_are_checked(params, message):
    with pytest.raises(ValueError, match=message):
        KmerTokenizer(**params).transform(["a"])


COMPLEMENT = dict(zip("ACGTN", "TGCAN", strict=True))
dna = st.lists(st.text("ACGTN", max_size=30), max_size=5)


@given(dna, st.lists(st.integers(1, 6), min_size=1, max_size=3), st.booleans(), st.booleans())
def test_several_lengths_an_alphabet_and_both_strands(X, lengths, canonical, only_letters):
    alphabet = "ACGT" if only_letters else None
    tokenizer = KmerTokenizer(lengths, alphabet=alphabet, canonical=canonical)
    expected = []
    for document in X:
        kmers = [
            document[i : i + k] for k in sorted(set(lengths)) for i in range(len(document) - k + 1)
        ]
        if only_letters:
            kmers = [kmer for kmer in kmers if "N" not in kmer]
        if canonical:
            kmers = [min(m, "".join(COMPLEMENT[c] for c in reversed(m))) for m in kmers]
        expected.append(kmers)
    tokens = tokenizer.transform(X)
    assert tokens.to_list() == expected
    in_order = dict.fromkeys(kmer for kmers in expected for kmer in kmers)
    assert list(tokens.vocabulary) == list(in_order)
    if X:
        assert tokenizer.transform(iter(X)) == tokens


def test_both_strands_have_the_same_bag():
    strand = "GATTACAGGC"
    other = "".join(COMPLEMENT[c] for c in reversed(strand))
    tokenizer = KmerTokenizer((2, 4), canonical=True)
    bags = [sorted(row) for row in tokenizer.transform([strand, other]).to_list()]
    assert bags[0] == bags[1]


def test_more_documents_than_a_block():
    X = ["ACGT", "GGN"] * 1500
    tokenizer = KmerTokenizer(2, alphabet="ACGT", n_jobs=2)
    assert tokenizer.transform(X).to_list() == [["AC", "CG", "GT"], ["GG"]] * 1500


def test_lower_case_and_letters_of_iupac():
    assert KmerTokenizer(2, lowercase=True, alphabet="ACGT").transform(["ACNa"]).to_list() == [
        ["ac"]
    ]
    assert KmerTokenizer(3, canonical=True).transform(["YRA", "uug"]).to_list() == [
        ["TYR"],
        ["caa"],
    ]


@pytest.mark.parametrize("params", [{"k": (2, 3)}, {"canonical": True}, {"alphabet": "AC"}])
def test_what_can_not_be_joined_says_why(params):
    with pytest.raises(ValueError, match="k-mers can be joined where k is one length"):
        KmerTokenizer(**params).inverse_transform([["AC"]])


@pytest.mark.parametrize("k", [(), (2, 0), (2, 2.5), ("a",), (True, 2), np.array(2)])
def test_lengths_are_checked(k):
    with pytest.raises(ValueError, match="k must be"):
        KmerTokenizer(k).transform(["ACGT"])

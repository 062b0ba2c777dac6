"""Dna2Vec: its cuts by hand, and what it learns from them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textvec import Dna2Vec, EmbeddingVectorizer, KmerTokenizer
from textvec.embeddings._kmer_fragments import Fragments, KmerNames, disjoint, encode, sliding

from .corpus import Watch

SMALL = {"k_min": 2, "k_max": 4, "embedding_dim": 8, "max_iter": 2, "random_state": 0}
GENOME = "".join(np.random.default_rng(0).choice(list("ACGT"), size=6_000))
OPPOSITE = str.maketrans("ACGT", "TGCA")


def small(**options):
    pytest.importorskip("gensim.models", reason="gensim is not installed")
    return Dna2Vec(**SMALL | options)


def cut(sequence, *, number=0, **options):
    options = {"k_min": 2, "k_max": 4, "seed": 1} | options
    k_min, k_max = options.pop("k_min"), options.pop("k_max")
    fragments = Fragments([encode(sequence)], k_min, k_max, **options)
    return [fragments.names.names(ids) for ids in fragments.of_epoch(number)]


# --- cuts -------------------------------------------------------------------------------------


def test_ids_number_all_kmers():
    names = KmerNames(2, 4)
    expected = ["".join(letters) for k in (2, 3, 4) for letters in product("ACGT", repeat=k)]
    assert names.n_ids == len(expected)
    assert names.names(np.arange(names.n_ids)) == expected


@given(st.text("ACGT", min_size=1, max_size=60), st.integers(0, 9))
def test_cuts_are_slices(sequence, seed):
    names = KmerNames(2, 4)
    for how in (sliding, disjoint):
        starts, widths = how(len(sequence), 2, 4, np.random.default_rng(seed))
        found = names.names(names.ids(encode(sequence), starts, widths))
        assert found == [sequence[a : a + k] for a, k in zip(starts, widths)]


@given(st.integers(0, 60), st.integers(0, 9))
def test_sliding_cuts_begin_at_every_letter(length, seed):
    starts, widths = sliding(length, 2, 4, np.random.default_rng(seed))
    assert starts.tolist() == list(range(max(0, length - 3)))
    assert set(widths.tolist()) <= {2, 3, 4}


@given(st.integers(0, 60), st.integers(0, 9))
def test_disjoint_cuts_follow_each_other(length, seed):
    starts, widths = disjoint(length, 2, 4, np.random.default_rng(seed))
    assert (starts[1:] == starts[:-1] + widths[:-1]).all()
    assert set(widths.tolist()) <= {2, 3, 4}
    if len(starts):
        assert starts[0] in (0, 1)
        assert length - (starts[-1] + widths[-1]) < 2  # what is left is too short for a k-mer


def test_lengths_are_drawn_with_the_same_chance():
    widths = [len(kmer) for fragment in cut(GENOME * 10) for kmer in fragment]
    counts = np.bincount(widths)[2:]
    np.testing.assert_allclose(counts / counts.sum(), 1 / 3, atol=0.02)


@given(st.text("ACGTacgtNnRé-", max_size=80))
@settings(max_examples=50)
def test_other_letters_end_a_sequence(sequence):
    runs = "".join(c if c in "ACGTacgt" else " " for c in sequence).upper().split()
    kmers = [k for fragment in cut(sequence, reverse_complement=False) for k in fragment]
    assert len(kmers) == sum(max(0, len(run) - 3) for run in runs)
    assert all(any(kmer in run for run in runs) for kmer in kmers)


def test_fragments_lie_on_either_strand():
    fragments = cut(GENOME * 10, k_min=8, k_max=8)
    forward = set(KmerTokenizer(8).transform([GENOME * 2]).vocabulary)
    strands = [fragment[0] in forward for fragment in fragments]
    assert 0 < sum(strands) < len(strands)
    for fragment, is_forward in zip(fragments, strands):
        kmers = fragment if is_forward else [k.translate(OPPOSITE)[::-1] for k in fragment]
        assert set(kmers) <= forward
    assert all(
        f[0] in forward for f in cut(GENOME * 10, k_min=8, k_max=8, reverse_complement=False)
    )


def test_each_pass_cuts_anew_and_the_same_again():
    assert cut(GENOME, number=0) != cut(GENOME, number=1)
    assert cut(GENOME, number=1) == cut(GENOME, number=1)
    assert cut(GENOME, seed=2) != cut(GENOME)


def test_fragments_are_short():
    lengths = [len(fragment) for fragment in cut(GENOME * 10)]
    assert max(lengths) < 5_000
    assert min(lengths[:-1]) > 2_490


def test_counts_are_of_all_epochs():
    fragments = Fragments([encode(GENOME)], 2, 4, seed=1)
    expected = np.zeros(fragments.names.n_ids, dtype=int)
    for number in range(3):
        for ids in fragments.of_epoch(number):
            np.add.at(expected, ids, 1)
    assert np.array_equal(fragments.counts(3), expected)


# --- learning ---------------------------------------------------------------------------------


def test_the_vectors_are_word2vecs_of_the_same_cuts():
    learner = small(min_count=1, max_iter=1).fit([GENOME])
    word2vec = pytest.importorskip("gensim.models").Word2Vec
    sentences = cut(GENOME, seed=0)
    model = word2vec(vector_size=8, window=10, min_count=1, sg=1, workers=1, epochs=1, seed=0)
    counts = Fragments([encode(GENOME)], 2, 4, seed=0).counts(1)
    names = KmerNames(2, 4).names(np.flatnonzero(counts))
    model.build_vocab_from_freq(dict(zip(names, counts[counts > 0].tolist())))
    model.train(sentences, total_words=int(counts.sum()), epochs=1)
    assert list(learner.vectors_) == model.wv.index_to_key
    assert np.array_equal(learner.vectors_.matrix, model.wv.vectors)


def test_kmers_of_all_lengths_have_vectors():
    learner = small().fit([GENOME])
    words = list(learner.vectors_)
    assert {len(word) for word in words} == {2, 3, 4}
    assert {w for w in words if len(w) == 2} == {"".join(p) for p in product("ACGT", repeat=2)}
    assert len(learner.loss_curve_) == learner.n_iter_ == 2


def test_kmers_of_a_length_without_vectors_are_warned_of():
    learner = small().fit([GENOME]).set_params(k_max=6)
    with pytest.warns(UserWarning, match="no k-mer of 6 letters has a vector, only those of 2 to"):
        assert not learner.transform([GENOME[:20]]).any()
    assert learner.set_params(pooling_k=3).transform([GENOME[:20]]).any()


@pytest.mark.parametrize("pooling_k", [None, 3])
def test_transform_pools_kmers_of_one_length(pooling_k):
    learner = small(pooling_k=pooling_k).fit([GENOME])
    tokenizer = KmerTokenizer(pooling_k or 4)
    vectorizer = EmbeddingVectorizer(learner.vectors_, tokenizer=tokenizer, pooling="mean")
    expected = vectorizer.fit([GENOME]).transform(["GATTACA", "CATCATCAT"])
    assert np.array_equal(learner.transform(["GATTACA", "catCATcat"]), expected)
    assert np.array_equal(learner.transform(tokenizer.transform(["GATTACA"])), expected[:1])
    assert not learner.transform(["", "GA", "NNNNNNN"]).any()


def test_case_does_not_matter():
    assert small().fit([GENOME]).vectors_ == small().fit([GENOME.lower()]).vectors_


def test_both_strands_are_learned():
    one_sided = ["AAAC" * 500] * 4
    words = set(small().fit(one_sided).vectors_)
    assert {"AAC", "GTT"} <= words
    assert "GTT" not in set(small(reverse_complement=False).fit(one_sided).vectors_)


@pytest.mark.parametrize("fragmentation", ["sliding", "disjoint"])
def test_seeds_and_refits(fragmentation):
    first = small(fragmentation=fragmentation).fit([GENOME]).vectors_
    assert small(fragmentation=fragmentation).fit([GENOME]).fit([GENOME]).vectors_ == first
    assert small(fragmentation=fragmentation, random_state=1).fit([GENOME]).vectors_ != first


def test_small_integers_of_numpy_are_numbers():
    small_ints = {name: np.int8(SMALL[name]) for name in ("k_min", "k_max", "max_iter")}
    expected = small().fit([GENOME]).vectors_.matrix
    np.testing.assert_array_equal(small(**small_ints).fit([GENOME]).vectors_.matrix, expected)


def test_a_callback_stops_learning():
    learner = small(max_iter=5).set_callbacks(Watch(stop_after=1)).fit([GENOME])
    assert learner.n_iter_ == 1


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="expected k_min <= pooling_k <= k_max, got k_min=5"):
        small(k_min=5).fit([GENOME])
    with pytest.raises(ValueError, match="pooling_k=7"):
        small(pooling_k=7).fit([GENOME])
    with pytest.raises(ValueError, match="no k-mer occurs min_count=99 times in 2 epochs"):
        small(min_count=99).fit([GENOME[:20]])
    with pytest.raises(ValueError, match="X is empty"):
        small().fit([])
    for nothing in ("", "NNNNNNNN", "A"):
        with pytest.raises(ValueError, match="2 epochs cut no k-mer .*too short, or of other lett"):
            small().fit([nothing, nothing])
    with pytest.raises(TypeError, match="row 0 is"):
        small().fit(KmerTokenizer(3).transform([GENOME]))


def test_rna_and_lines_of_a_sequence_are_read_as_dna():
    rna = GENOME.replace("T", "U").lower()
    lines = "\n".join(GENOME[i : i + 60] for i in range(0, len(GENOME), 60)) + "\r\n"
    options = {"embedding_dim": 4, "max_iter": 1, "random_state": 0, "min_count": 1}
    model = Dna2Vec(2, 3, **options).fit([GENOME])
    for sequence in (rna, lines):
        assert Dna2Vec(2, 3, **options).fit([sequence]).vectors_ == model.vectors_
        np.testing.assert_array_equal(model.transform([sequence]), model.transform([GENOME]))
    np.testing.assert_array_equal(model.transform(["GAT\nTAC"]), model.transform(["GAUUAC"]))

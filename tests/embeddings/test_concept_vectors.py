"""ConceptVectors against the authors' program, by hand, and on tables of all kinds."""

from __future__ import annotations

import csv
import gzip

import numpy as np
import pytest
from scipy.sparse import coo_array, csr_array

from textvec import ConceptVectors, GloVe, Tokens, Vocabulary, Word2Vec
from textvec.embeddings._pmi import PairCounts, factor, row_sums, shifted_positive_pmi

PATIENTS = [
    ["I10", "E11.9", "N18.3"],
    ["E11.9", "I10", "I10"],
    [],
    ["J45", "J30"],
    ["J30", "J45", "L20"],
    ["L20", "J30", "I10"],
]
SMALL = {"embedding_dim": 2, "min_count": 1, "random_state": 0}
PAIRS = [("a", "b", 8.0), ("c", "b", 2.0), ("d", "c", 9.0), ("a", "d", 1.0), ("a", "a", 3.0)]
COUNTS = {"a": 20, "b": 15, "c": 12, "d": 30}
N_NOTES = 261_397  # the authors' denominator


def frame(rows, names):
    return pytest.importorskip("pandas").DataFrame(rows, columns=names)


def pairs_matrix():
    matrix = np.zeros((4, 4))
    for first, second, count in PAIRS:
        i, j = "abcd".index(first), "abcd".index(second)
        matrix[i, j] = matrix[j, i] = count
    return matrix


# --- the authors' sample ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def notes(data_file):
    def rows(name):
        with gzip.open(data_file(name), "rt", encoding="utf-8") as file:
            return list(csv.reader(file))[1:]

    table = [(a, b, float(n)) for a, b, n in rows("cui_cooccurrence_100.csv.gz")]
    counts = {concept: float(n) for concept, n in rows("cui_counts_100.csv.gz")}
    table = frame(table, ["cui1", "cui2", "count"])
    learner = ConceptVectors(embedding_dim=20, n_total=N_NOTES)
    with pytest.warns(UserWarning, match="61 of 100 concepts have vectors of zeros"):
        return learner.fit_cooccurrence(table, counts)


# Printed in the program's vignette, vignettes/rendered/2019_07_31/cui2vecWorkflow.html.
@pytest.mark.parametrize(
    ("first", "second", "pmi"),
    [
        ("C0016875", "C0016875", 4.26610690),
        ("C0162770", "C0162770", 2.90357846),
        ("C0024730", "C0024730", 2.76581945),
        ("C0016875", "C0038689", 0.02268291),
        ("C0162770", "C0038689", 0.0),  # -2.09 before what is negative becomes 0
    ],
)
def test_the_matrix_is_the_authors(notes, first, second, pmi):
    row, column = notes.vectors_.vocabulary.lookup([first, second])
    assert notes.sppmi_[row, column] == pytest.approx(pmi, abs=5e-9)


def test_the_factors_are_the_authors(notes):
    """Their matrix has its diagonal doubled; a column stands in its place, sign and all."""
    matrix = notes.sppmi_.copy()
    matrix.setdiag(2 * matrix.diagonal())
    factors = factor(matrix, 20, add_context=True, generator=np.random.RandomState(0))
    names = notes.vectors_.vocabulary
    assert factors[names["C0016875"], 2] == pytest.approx(5.841938, abs=5e-7)
    assert factors[names["C0038689"], 2] == pytest.approx(0.03351675, abs=5e-9)
    assert abs(factors[names["C0162770"], 2]) < 1e-12


# --- by hand ----------------------------------------------------------------------------------


def test_rows_that_hold_both_are_counted():
    names = Vocabulary(["I10", "E11.9", "J30", "J45", "N18.3"])
    sums = row_sums(Tokens.from_lists(PATIENTS), names)
    _, pairs, counts, n_total = PairCounts.of_rows(names, sums, len(PATIENTS))
    assert n_total == len(PATIENTS)
    assert counts.tolist() == [3, 2, 3, 2, 1]
    assert pairs.toarray().tolist() == [
        [0, 2, 1, 0, 1],
        [2, 0, 0, 0, 1],
        [1, 0, 0, 2, 0],
        [0, 0, 2, 0, 0],
        [1, 1, 0, 0, 0],
    ]


def test_the_recipe_by_hand():
    concepts = ConceptVectors(smoothing=0.9, shift=1.05, **SMALL).fit(PATIENTS)
    names = concepts.vectors_.vocabulary
    assert names.tokens[:2] == ["I10", "J30"]
    held = np.array([[name in row for name in names.tokens] for row in PATIENTS], dtype=float)
    p, p_both = held.mean(axis=0), held.T @ held / len(PATIENTS)
    np.fill_diagonal(p_both, 0)
    with np.errstate(divide="ignore"):
        expected = np.maximum(0, np.log(p_both / np.outer(p, p) ** 0.9) - np.log(1.05))
    np.testing.assert_allclose(concepts.sppmi_.toarray(), expected)
    values, vectors = np.linalg.eigh(expected)
    best = np.argsort(-values)[:2]
    similarities = 4 * (vectors[:, best] * values[best]) @ vectors[:, best].T
    matrix = concepts.vectors_.matrix
    np.testing.assert_allclose(matrix @ matrix.T, similarities, atol=1e-5)


def test_windows_count_pairs():
    concepts = ConceptVectors(window=1, smoothing=1.0, **SMALL).fit(PATIENTS)
    names = concepts.vectors_.vocabulary
    # Sums of the rows of pairs: I10 has 4 (two of them with itself), E11.9 has 3, of 18.
    expected = np.log(2 / 18 / (5 / 18 * 3 / 18))
    found = concepts.sppmi_[names["I10"], names["E11.9"]]
    assert found == pytest.approx(expected)


def test_smoothing_and_shift():
    pairs = csr_array(np.array([[0, 4.0], [4.0, 0]]))
    counts = PairCounts(Vocabulary(["a", "b"]), pairs, np.array([5.0, 8.0]), 20)
    plain = shifted_positive_pmi(counts, smoothing=1.0)
    assert plain[0, 1] == pytest.approx(np.log(4 / 20 / (5 / 20 * 8 / 20)))
    shifted = shifted_positive_pmi(counts, smoothing=1.0, shift=1.5)
    assert shifted[0, 1] == pytest.approx(plain[0, 1] - np.log(1.5))
    assert shifted_positive_pmi(counts, shift=99).nnz == 0


@pytest.mark.parametrize("add_context", [True, False])
def test_large_matrices_are_factored_as_small_ones(monkeypatch, add_context):
    rng = np.random.default_rng(0)
    matrix = coo_array((rng.uniform(size=400), rng.integers(0, 90, size=(2, 400))), shape=(90, 90))
    matrix = csr_array(matrix + matrix.T)
    whole = factor(matrix, 5, add_context=add_context, generator=np.random.RandomState(0))
    monkeypatch.setattr("textvec.embeddings._pmi._MAX_DENSE", 10)
    searched = factor(matrix, 5, add_context=add_context, generator=np.random.RandomState(0))
    np.testing.assert_allclose(searched, whole, atol=1e-6)
    again = factor(matrix, 5, add_context=add_context, generator=np.random.RandomState(0))
    assert np.array_equal(again, searched)


# --- input ------------------------------------------------------------------------------------


def test_sequences_of_all_kinds_are_the_same():
    expected = ConceptVectors(**SMALL).fit(PATIENTS)
    as_text = [" ".join(codes) for codes in PATIENTS]
    column = np.empty(len(PATIENTS), dtype=object)
    column[:] = PATIENTS
    for X in (Tokens.from_lists(PATIENTS), as_text, tuple(PATIENTS), column):
        found = ConceptVectors(**SMALL).fit(X)
        assert found.vectors_ == expected.vectors_
        assert np.array_equal(found.transform(X), expected.transform(PATIENTS))


def tables():
    upper = [(*sorted(pair), count) for *pair, count in PAIRS]
    both_ways = PAIRS + [(b, a, count) for a, b, count in PAIRS if a != b]
    names = ["x", "y", "n"]
    yield frame(PAIRS, names), None
    yield frame(upper, names), None
    yield frame(both_ways, names), None
    yield pairs_matrix(), ["a", "b", "c", "d"]
    yield coo_array(np.triu(pairs_matrix())), Vocabulary(["a", "b", "c", "d"])
    polars = pytest.importorskip("polars")
    yield polars.DataFrame(PAIRS, schema=names, orient="row"), None


def test_tables_of_all_kinds_are_the_same():
    counts = [COUNTS, frame(COUNTS.items(), ["concept", "n"]), list(COUNTS.values())]
    learner = ConceptVectors(embedding_dim=2, n_total=500)
    expected = learner.fit_cooccurrence(pairs_matrix(), COUNTS, vocabulary=list("abcd")).vectors_
    for table, vocabulary in tables():
        for given in counts:
            learner.fit_cooccurrence(table, given, vocabulary=vocabulary)
            assert learner.vectors_ == expected
            assert learner.transform([["a", "b"]]).shape == (1, 2)


def test_without_counts_rows_are_summed():
    matrix = pairs_matrix()
    concepts = ConceptVectors(embedding_dim=2, smoothing=1.0)
    concepts.fit_cooccurrence(matrix, vocabulary=list("abcd"))
    sums = matrix.sum(axis=0)
    assert concepts.sppmi_[0, 1] == pytest.approx(np.log(8 * sums.sum() / sums[0] / sums[1]))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("a", "b", 1), ("a", "b", 1)], "'a', 'b' is in the table twice"),
        ([("a", "b", 1), ("b", "a", 2)], "'a', 'b' has two counts, 1 and 2"),
        ([("a", "b", -1)], "finite and not negative"),
        ([("a", "b", np.nan)], "finite and not negative"),
        ([("a", "b", 0)], "no counts above 0"),
    ],
)
def test_odd_tables_are_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        ConceptVectors(embedding_dim=1).fit_cooccurrence(frame(rows, ["x", "y", "n"]))


def test_other_mistakes_are_named():
    table = frame(PAIRS, ["x", "y", "n"])
    learner = ConceptVectors(embedding_dim=2)
    with pytest.raises(ValueError, match="must have 3 columns, got 2"):
        learner.fit_cooccurrence(table[["x", "n"]])
    with pytest.raises(TypeError, match="concepts must be str, got int: 1"):
        learner.fit_cooccurrence(frame([(1, 2, 3.0)], ["x", "y", "n"]))
    with pytest.raises(ValueError, match="a frame names its concepts"):
        learner.fit_cooccurrence(table, vocabulary=["a"])
    with pytest.raises(ValueError, match="a matrix needs vocabulary="):
        learner.fit_cooccurrence(pairs_matrix())
    with pytest.raises(ValueError, match=r"of shape \(2, 2\)"):
        learner.fit_cooccurrence(pairs_matrix(), vocabulary=["a", "b"])
    with pytest.raises(ValueError, match="counts need n_total"):
        learner.fit_cooccurrence(table, COUNTS)
    learner = ConceptVectors(embedding_dim=2, n_total=500)
    with pytest.raises(ValueError, match="'d' has 0"):
        learner.fit_cooccurrence(table, {"a": 1, "b": 1, "c": 1})
    with pytest.raises(ValueError, match="learns from sequences"):
        ConceptVectors("word2vec").fit_cooccurrence(table)
    with pytest.raises(ValueError, match='pooling="sif" weights tokens by the rows'):
        ConceptVectors(pooling="sif").fit_cooccurrence(table)
    with pytest.raises(ValueError, match="embedding_dim=100 must be below .* 4 of 4"):
        ConceptVectors(n_total=500).fit_cooccurrence(table, COUNTS)
    with pytest.raises(ValueError, match="no two of the 2 concepts kept occur together"):
        ConceptVectors(**SMALL).fit([["a"], ["b"]])


# --- other methods ----------------------------------------------------------------------------


def test_glove_learns_from_the_same_counts():
    patients = PATIENTS * 5
    options = {"max_iter": 4, "random_state": 0, "embedding_dim": 3, "min_count": 1}
    concepts = ConceptVectors("glove", window=2, method_params={"x_max": 10.0}, **options)
    glove = GloVe(window=2, weighting="flat", x_max=10.0, **options)
    expected = glove.fit(Tokens.from_lists(patients))
    assert concepts.fit(patients).vectors_ == expected.vectors_
    assert concepts.loss_curve_ == expected.loss_curve_
    assert not hasattr(concepts, "sppmi_")
    by_rows = concepts.set_params(window=None).fit(patients)
    assert by_rows.n_iter_ == 4
    assert len(by_rows.vectors_) == 6
    of_table = concepts.fit_cooccurrence(pairs_matrix(), vocabulary=list("abcd"))
    assert of_table.vectors_.vocabulary.tokens == list("abcd")


def test_word2vec_learns_from_the_sequences():
    pytest.importorskip("gensim.models", reason="gensim is not installed")
    patients = PATIENTS * 5
    options = {"max_iter": 2, "random_state": 0, "embedding_dim": 3, "min_count": 1}
    concepts = ConceptVectors("word2vec", method_params={"method": "skipgram"}, **options)
    expected = Word2Vec("skipgram", window=2, **options).fit(Tokens.from_lists(patients))
    assert concepts.fit(patients).vectors_ == expected.vectors_
    assert concepts.n_iter_ == 2


def test_parameters_of_the_other_learner_are_checked():
    with pytest.raises(ValueError, match="The 'x_max' parameter of GloVe"):
        ConceptVectors("glove", method_params={"x_max": -1}, **SMALL).fit(PATIENTS)
    with pytest.raises(TypeError, match="multiple values for keyword argument 'weighting'"):
        ConceptVectors("glove", method_params={"weighting": "flat"}, **SMALL).fit(PATIENTS)


def test_patients_of_like_codes_come_near():
    rng = np.random.default_rng(0)
    groups = [["I10", "E11.9", "N18.3", "E78.5"], ["J45", "J30", "L20", "H10"]]
    patients = [list(rng.choice(groups[i % 2], size=3, replace=False)) for i in range(200)]
    patients = [[*row, str(rng.choice(groups[1 - i % 2]))] for i, row in enumerate(patients)]
    rows = ConceptVectors(embedding_dim=4, smoothing=1.0, random_state=0).fit_transform(patients)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    alike = rows @ rows.T
    assert alike[::2, ::2].mean() > alike[::2, 1::2].mean() + 0.1


def test_concepts_of_no_component_are_warned_of():
    """Thirty pairs that meet nobody else: five components hold five of the pairs."""
    rows = [[f"a{i}", f"b{i}"] for i in range(30) for _ in range(5 + i)]
    learner = ConceptVectors(embedding_dim=5, min_count=1, random_state=0)
    with pytest.warns(UserWarning, match="50 of 60 concepts have vectors of zeros up to rounding"):
        vectors = learner.fit(rows).vectors_
    norms = np.linalg.norm(vectors.matrix, axis=1)
    assert (norms > 1e-3).sum() == 10


@pytest.mark.parametrize("holder", ["polars", "pandas", "pyarrow", "generator"])
def test_rows_of_concepts_in_any_container(holder):
    rows = [["I10", "E11"], ["I10", "E11", "N18"], ["J45", "J30"], ["J30", "J45"]] * 3
    held = {
        "polars": lambda: pytest.importorskip("polars").Series(rows),
        "pandas": lambda: pytest.importorskip("pandas").Series(rows),
        "pyarrow": lambda: pytest.importorskip("pyarrow").array(rows),
        "generator": lambda: iter(rows),
    }[holder]
    learner = ConceptVectors(embedding_dim=2, min_count=1, random_state=0)
    expected = learner.fit_transform(rows)
    np.testing.assert_array_equal(learner.fit_transform(held()), expected)
    np.testing.assert_array_equal(learner.transform(held()), expected)
    with pytest.raises(TypeError, match="tokens have an order, got a set for row 0"):
        learner.fit([set(row) for row in rows])


def test_tables_of_counts_in_other_containers():
    torch = pytest.importorskip("torch")
    counts, names = np.array([[4.0, 2, 1], [2, 5, 1], [1, 1, 6]]), ["a", "b", "c"]
    learner = ConceptVectors("glove", embedding_dim=2, max_iter=1, random_state=0)
    expected = learner.fit_cooccurrence(counts, vocabulary=names).vectors_
    tensor = torch.tensor(counts, requires_grad=True)
    assert learner.fit_cooccurrence(tensor, vocabulary=names).vectors_ == expected
    with pytest.raises(ValueError, match="table has masked values in row 1"):
        learner.fit_cooccurrence(np.ma.array(counts, mask=counts == 5), vocabulary=names)

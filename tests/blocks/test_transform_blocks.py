"""Results made block by block: in parts, and on disk the same as at once."""

from __future__ import annotations

import json
import os
import pickle
import tempfile
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from joblib import Parallel, delayed
from scipy.sparse import csr_array, csr_matrix, issparse, vstack
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import textvec
from textvec import (
    CharTokenizer,
    CountVectorizer,
    EmbeddingVectorizer,
    FunctionTokenizer,
    HashingSequenceVectorizer,
    HashingVectorizer,
    OneHotVectorizer,
    Ragged,
    SequencePadder,
    SequenceVectorizer,
    SubwordTokenizer,
    TfidfVectorizer,
    WordTokenizer,
    WordVectors,
    transform_blocks,
)
from textvec._storage._array_files import map_of
from textvec.blocks import _block_folder, _cutting
from textvec.datasets import load_reviews

TEXTS = [*load_reviews().data[:60], "", "naïve 🐸 the"]
Y = np.arange(len(TEXTS)) % 2
VECTORS = WordVectors(["the", "not", "good"], np.eye(3, dtype=np.float32) + 1)
STEPS = {
    "words": WordTokenizer(),
    "spans and stop words": WordTokenizer(spans=True, stop_words=["the", "a"]),
    "characters": CharTokenizer(),
    "a function": FunctionTokenizer(str.split),
    "subwords": SubwordTokenizer(vocab_size=90).fit(TEXTS),
    "ids": SequenceVectorizer(max_tokens=50, bos_token="<s>").fit(TEXTS),
    "a pipeline": make_pipeline(WordTokenizer(), SequenceVectorizer(oov="drop")).fit(TEXTS[:5]),
    "hashed ids": HashingSequenceVectorizer(ngram_range=(1, 2)),
    "hashed counts": HashingVectorizer(n_features=2**8),
    "tf-idf": TfidfVectorizer(ngram_range=(1, 2), dtype=np.float32).fit(TEXTS),
    "one-hot": OneHotVectorizer(max_tokens=9).fit(TEXTS),
    "one-hot steps": OneHotVectorizer(output="sequence", max_tokens=9).fit(TEXTS),
    "vectors": EmbeddingVectorizer(VECTORS, oov="zero"),
    "pooled": EmbeddingVectorizer(VECTORS, pooling="mean"),
    "padded": make_pipeline(SequenceVectorizer(), SequencePadder(7)).fit(TEXTS),
    "dense": make_pipeline(TfidfVectorizer(), TruncatedSVD(2, random_state=0)).fit(TEXTS),
}
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # most words have no vector
    for _name in ("vectors", "pooled"):
        STEPS[_name].fit(TEXTS)


def are_equal(a, b) -> bool:
    assert type(a) is type(b)
    if issparse(a):
        return a.shape == b.shape and a.dtype == b.dtype and (a != b).nnz == 0
    if isinstance(a, np.ndarray):  # sums in BLAS may differ by the number of rows
        return a.dtype == b.dtype and np.allclose(a, b, rtol=1e-6, atol=1e-7)
    return a == b and getattr(a, "n_ids", None) == getattr(b, "n_ids", None)


@pytest.mark.parametrize("name", STEPS)
def test_on_disk_is_as_at_once(tmp_path, name):
    step = STEPS[name]
    expected = step.transform(TEXTS)
    whole = transform_blocks(step, TEXTS, out=tmp_path / "a", block_size=7)
    assert are_equal(whole, expected)
    assert are_equal(textvec.load(tmp_path / "a"), expected)
    assert are_equal(transform_blocks(step, iter(TEXTS), out=str(tmp_path / "a")), expected)
    assert are_equal(pickle.loads(pickle.dumps(whole)), expected)
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("name", sorted(STEPS.keys() - {"dense"}))  # scikit-learn's refuses no rows
def test_nothing_is_a_result_of_no_rows(tmp_path, name):
    whole = transform_blocks(STEPS[name], [], out=tmp_path / "a")
    assert whole.shape[0] == 0
    assert textvec.load(tmp_path / "a").shape == whole.shape
    assert list(transform_blocks(STEPS[name], [])) == []


def test_parts(tmp_path):
    step = STEPS["tf-idf"]
    parts = list(transform_blocks(step, TEXTS, block_size=20))
    assert [part.shape[0] for part in parts] == [20, 20, 20, 2]
    assert are_equal(csr_matrix(vstack(parts)), csr_matrix(step.transform(TEXTS)))
    parts = list(transform_blocks(WordTokenizer(), (text for text in TEXTS), block_size=50))
    assert parts[1] == WordTokenizer().transform(TEXTS[50:])
    model = make_pipeline(HashingVectorizer(), SGDClassifier(random_state=0)).fit(TEXTS, Y)
    parts = list(transform_blocks(model, TEXTS, block_size=50, method="predict"))
    np.testing.assert_array_equal(np.concatenate(parts), model.predict(TEXTS))


@pytest.mark.parametrize(
    "make",
    [
        lambda ids: ids,
        lambda ids: ids[3:],
        lambda ids: ids.to_padded(9),
        lambda ids: csr_array(ids.to_padded(9)),
        lambda ids: pd.DataFrame(ids.to_padded(9)),
        lambda ids: pl.DataFrame(ids.to_padded(9)),
        lambda ids: pl.DataFrame(ids.to_padded(9)).to_arrow(),
    ],
    ids=["Ragged", "a slice", "array", "sparse", "pandas", "polars", "arrow"],
)
def test_rows_of_any_container(tmp_path, monkeypatch, make):
    X = make(STEPS["ids"].transform(TEXTS))
    seen = []

    def keep(rows):
        seen.append(rows.shape[0])
        return rows if hasattr(rows, "toarray") or isinstance(rows, Ragged) else np.asarray(rows)

    whole = transform_blocks(FunctionTransformer(keep), X, out=tmp_path / "a", block_size=25)
    n_rows = X.shape[0]
    assert seen == [25, 25, n_rows - 50]
    assert are_equal(whole, keep(X))
    monkeypatch.setattr(_cutting, "_ITEMS", 100)
    seen.clear()
    list(transform_blocks(FunctionTransformer(keep), X))
    assert len(seen) > 2
    assert sum(seen) == n_rows


def test_texts_in_any_container():
    for X in (np.array(TEXTS), pd.Series(TEXTS), pl.Series(TEXTS), pd.DataFrame({"text": TEXTS})):
        parts = list(transform_blocks(WordTokenizer(), X, block_size=40))
        assert parts == [WordTokenizer().transform(TEXTS[a:b]) for a, b in ((0, 40), (40, 62))]


def test_what_is_mapped_stays_mapped(tmp_path):
    tokens = transform_blocks(WordTokenizer(), TEXTS, out=tmp_path / "tokens")
    assert map_of(tokens.values) is not None
    assert map_of(tokens[5:20].values) is not None
    vectorizer = SequenceVectorizer().fit(tokens)
    expected = vectorizer.transform(TEXTS)
    assert vectorizer.transform(tokens) == expected
    ids = transform_blocks(vectorizer, tokens, out=tmp_path / "ids", block_size=10)
    assert ids == expected
    assert map_of(ids[3:8].values) is not None
    assert map_of(ids[[3, 8]].values) is None

    def filename_of(rows):  # nested, so that it travels by value: processes cannot import tests
        return str(map_of(rows.values).filename)

    filenames = Parallel(n_jobs=2)(delayed(filename_of)(rows) for rows in (ids, ids[10:]))
    assert filenames == [str(tmp_path / "ids" / "values.npy")] * 2


def test_learning_from_slices_of_mapped_counts(tmp_path):
    vectorizer = HashingVectorizer(n_features=2**8)
    X = transform_blocks(vectorizer, TEXTS, out=tmp_path / "counts")
    assert map_of(X.data) is not None
    models = [SGDClassifier(random_state=0) for _ in range(2)]
    for counts, model in zip((X, vectorizer.transform(TEXTS)), models, strict=True):
        for first in range(0, len(TEXTS), 20):
            rows = slice(first, first + 20)
            model.partial_fit(counts[rows], Y[rows], classes=[0, 1])
    np.testing.assert_array_equal(models[0].coef_, models[1].coef_)


def test_an_error_leaves_what_was_there(tmp_path):
    folder = tmp_path / "ids"
    step = STEPS["ids"]
    transform_blocks(step, TEXTS[:5], out=folder)

    def broken():
        yield from TEXTS
        raise OSError("the disk is gone")

    for documents, error in ((broken(), OSError), ([*TEXTS, None], TypeError)):
        with pytest.raises(error):
            transform_blocks(step, documents, out=folder, block_size=10)
        assert os.listdir(tmp_path) == ["ids"]
        assert textvec.load(folder) == step.transform(TEXTS[:5])


@pytest.mark.parametrize("name", ["ids", "words", "hashed counts"])
def test_a_full_disk_is_named_and_leaves_what_was_there(tmp_path, full_disk, name):
    folder, step = tmp_path / name, STEPS[name]
    before = transform_blocks(step, TEXTS[:3], out=folder)
    with pytest.raises(OSError, match=f"'{folder}'$"):
        transform_blocks(step, 300 * TEXTS, out=folder, block_size=10)
    assert os.listdir(tmp_path) == [name]
    assert are_equal(textvec.load(folder), before)


def test_errors_say_from_where_rows_are_counted():
    step = SequenceVectorizer(oov="error").fit(["the frog"])
    with pytest.raises(ValueError, match="row 1 holds the token 'toad'") as caught:
        list(transform_blocks(step, ["the", "frog", "the", "toad"], block_size=2))
    assert caught.value.__notes__ == ["Rows are counted from row 2 of X, the first of its block."]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda f: transform_blocks(WordTokenizer(), TEXTS, block_size=0), ValueError, "block_si"),
        (lambda f: transform_blocks(WordTokenizer(), TEXTS, block_size=2.5), TypeError, "block_s"),
        (lambda f: transform_blocks(SGDClassifier(), TEXTS), AttributeError, "transform"),
        (lambda f: list(transform_blocks(WordTokenizer(), "text")), ValueError, "into a list"),
        (lambda f: list(transform_blocks(WordTokenizer(), iter([]))), ValueError, "none left"),
        (lambda f: list(transform_blocks(WordTokenizer(), pl.LazyFrame())), TypeError, "lazy"),
        (lambda f: join_to(f, lambda X: pd.DataFrame({"a": X})), TypeError, "set_output"),
        (lambda f: join_to(f, list), TypeError, "got list"),
        (lambda f: join_to(f / "b", np.array), FileNotFoundError, "no folder '.*a' to write to"),
        (lambda f: join_to(f, lambda X: np.array(X, object)), TypeError, "got ndarray"),
        (lambda f: join_to(f, lambda X: np.zeros((2, len(X[0])))), TypeError, "the parts differ"),
        (lambda f: join_to(f, lambda X: csr_array((2, len(X[0])))), TypeError, "columns"),
        (
            lambda f: join_to(f, lambda X: csr_array((2, 2)) if X[0] else np.eye(2)),
            TypeError,
            "first part was a csr_array",
        ),
    ],
)
def test_mistakes(tmp_path, call, error, message):
    with pytest.raises(error, match=message):
        call(tmp_path / "a")
    assert os.listdir(tmp_path) == []


def join_to(folder, function):
    step = FunctionTransformer(function)
    return transform_blocks(step, ["ab", "c", "", "d"], out=folder, block_size=2)


def test_other_folders_and_files_are_not_replaced(tmp_path):
    VECTORS.save(tmp_path / "vectors")
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    for name in ("vectors", "file", "folder"):
        with pytest.raises(FileExistsError, match="is not replaced"):
            transform_blocks(WordTokenizer(), TEXTS, out=tmp_path / name)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder", "vectors"]


def change(folder, **changed) -> None:
    path = folder / "blocks.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))


def overwrite(path, place: int, value: int) -> None:
    array = np.load(path, mmap_mode="r+")
    array[place] = value
    array.flush()


DAMAGES = {
    "no JSON": (lambda f: (f / "blocks.json").write_text("{"), "is not JSON"),
    "another format": (lambda f: change(f, format="x"), 'expected "format"'),
    "a later version": (lambda f: change(f, format_version=2), "a newer textvec"),
    "an unknown kind": (lambda f: change(f, kind="x"), "damaged"),
    "no options": (lambda f: change(f, options={}), "damaged"),
    "options of another type": (lambda f: change(f, options={"has_spans": True}), "spans"),
    "no arrays": (lambda f: change(f, arrays={}), "damaged"),
    "a name that leads elsewhere": (lambda f: change(f, arrays={"../x": {}}), "damaged|no name"),
    "a file missing": (lambda f: (f / "values.npy").unlink(), "values.npy is missing"),
    "a file cut short": (lambda f: os.truncate(f / "values.npy", 200), "cut short"),
    "an id too large": (lambda f: overwrite(f / "values.npy", 5, 10**6), "ids run from"),
    "an id below zero": (lambda f: overwrite(f / "values.npy", -1, -1), "ids run from -1"),
    "offsets that fall": (lambda f: overwrite(f / "offsets.npy", 3, 0), "offsets fall"),
    "offsets too large": (lambda f: overwrite(f / "offsets.npy", -1, 10**9), "offsets run from"),
    "words that are no UTF-8": (lambda f: overwrite(f / "words.npy", 3, 255), "UTF-8"),
    "words cut elsewhere": (lambda f: overwrite(f / "word_offsets.npy", -1, 1), "offsets"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_folders(tmp_path, monkeypatch, name):
    monkeypatch.setattr(_block_folder, "_CHUNK", 4)
    damage, message = DAMAGES[name]
    transform_blocks(WordTokenizer(), TEXTS, out=tmp_path / "a")
    damage(tmp_path / "a")
    with pytest.raises(ValueError, match=message) as caught:
        textvec.load(tmp_path / "a")
    assert str(tmp_path / "a") in str(caught.value)


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [("tf-idf", "indices", "ids run"), ("ids", "values", "ids run"), ("tf-idf", "indptr", "offs")],
)
def test_damaged_matrices_and_rows(tmp_path, name, array, message):
    transform_blocks(STEPS[name], TEXTS, out=tmp_path / "a")
    overwrite(tmp_path / "a" / f"{array}.npy", 4, 10**7)
    with pytest.raises(ValueError, match=message):
        textvec.load(tmp_path / "a")


def test_wide_matrices_have_wide_indices(tmp_path, monkeypatch):
    from textvec.blocks import _array_stores, _joining

    monkeypatch.setattr(_joining, "INT32_MAX", 100)
    monkeypatch.setattr(_array_stores, "_CHUNK", 30)
    step = STEPS["hashed counts"]
    expected = step.transform(TEXTS)
    for documents in (TEXTS, iter(TEXTS)):
        whole = transform_blocks(step, documents, out=tmp_path / "a", block_size=20)
        for name in ("indices", "indptr"):
            assert np.load(tmp_path / "a" / f"{name}.npy").dtype == np.int64
            assert map_of(getattr(whole, name)) is not None  # not read, nor made narrow
        assert are_equal(whole, expected)
        assert are_equal(whole[3:9], expected[3:9])
        assert are_equal(textvec.load(tmp_path / "a"), expected)
    assert sorted(os.listdir(tmp_path / "a")) == [
        "blocks.json", "data.npy", "indices.npy", "indptr.npy"
    ]  # fmt: skip


def test_no_file_is_left_in_the_temporary_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # other processes write to that of all
    list(transform_blocks(CountVectorizer().fit(TEXTS), TEXTS, block_size=10))
    assert os.listdir(tmp_path) == []


def test_frames_of_a_stream_are_blocks(tmp_path):
    texts = ["the frog", "a toad", "the toad", "", "a newt"]
    frame = pd.DataFrame({"text": texts, "n": np.arange(5.0)})
    steps = [("text", TfidfVectorizer(), "text"), ("n", "passthrough", ["n"])]
    columns = ColumnTransformer(steps, sparse_threshold=1.0)
    columns.fit(frame)
    expected = columns.transform(frame)

    def frames(table=frame):
        return (table[i : i + 2] for i in range(0, 5, 2))

    parts = list(transform_blocks(columns, frames()))
    assert [part.shape[0] for part in parts] == [2, 2, 1]
    for found in (transform_blocks(columns, frames(), out=tmp_path / "rows"), vstack(parts)):
        np.testing.assert_array_equal(found.toarray(), expected.toarray())
    ids = SequenceVectorizer().fit(texts)
    for table in (frame[["text"]], pl.DataFrame({"text": texts})):
        assert ids.transform(frames(table)) == ids.transform(texts)
    with pytest.raises(ValueError, match="documents must be one column"):
        ids.transform(frames())

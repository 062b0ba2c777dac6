"""Paths that users pass to save, load and info, and files that change meanwhile."""

from __future__ import annotations

import os
import pathlib
import pickle
from functools import partial

import numpy as np
import pytest

from textvec import (
    CountVectorizer,
    RNNClassifier,
    SubwordTokenizer,
    Vocabulary,
    WordTokenizer,
    WordVectors,
    load,
    save,
    to_onnx,
    transform_blocks,
)
from textvec.datasets import fetch_glove, fetch_imdb, read_text
from textvec.saving import DamagedModelError, _save_load, info

MODEL = CountVectorizer().fit(["a frog"])


@pytest.mark.parametrize("path", [None, 3, MODEL, {"a": 1}])
def test_what_is_no_path(path):
    for call in (lambda: save(MODEL, path), lambda: load(path), lambda: info(path)):
        with pytest.raises(TypeError, match=f"path must be a str or a path.*{type(path).__name__}"):
            call()


@pytest.mark.parametrize("path", ["model", pathlib.Path("model")])
def test_the_estimator_comes_first(path):
    with pytest.raises(TypeError, match=r"the estimator comes first.*save\(estimator, .*model"):
        save(path, MODEL)


@pytest.mark.parametrize("kind", [str, os.fsencode, os.fspath])
def test_paths_of_every_kind(kind, tmp_path):
    path = kind(tmp_path / "model")
    save(MODEL, path)
    assert load(path).get_feature_names_out().tolist() == ["frog"]
    assert info(path).model["type"] == "textvec.CountVectorizer"


@pytest.mark.parametrize("name", ["x" * 240, "กบ" * 40, ".textvec", " ", "a\nb"])
def test_names_of_every_kind(name, tmp_path):
    save(MODEL, tmp_path / name)
    assert load(tmp_path / name).get_feature_names_out().tolist() == ["frog"]
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_mapped_model_is_saved_over_its_own_file(tmp_path):
    vectors = WordVectors(
        [f"w{i}" for i in range(9000)], np.random.default_rng(0).random((9000, 3))
    )
    save(vectors, tmp_path / "model")
    loaded = load(tmp_path / "model")
    save(loaded, tmp_path / "model")
    assert loaded == vectors
    assert load(tmp_path / "model") == vectors


def test_folders(tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder: name a file in it.*model.textvec"):
        save(MODEL, tmp_path)
    for read in (load, info):
        with pytest.raises(DamagedModelError, match="is a folder"):
            read(tmp_path)
    with pytest.raises(FileNotFoundError, match="no folder '.*nowhere' to write it in: '.*model'"):
        save(MODEL, tmp_path / "nowhere" / "model")


@pytest.mark.parametrize(
    ("data", "hint"),
    [(pickle.dumps(MODEL), "a pickle"), (b"PK\3\4" + b"zip" * 30, "skops")],
    ids=["pickle", "skops"],
)
def test_other_files_of_models(data, hint, tmp_path):
    (tmp_path / "model").write_bytes(data)
    with pytest.raises(DamagedModelError, match=f"no saved model.*{hint}"):
        load(tmp_path / "model")


def test_a_file_that_is_replaced_while_it_is_loaded(monkeypatch, tmp_path):
    """What is loaded is one of the two, whole: a service may be given a new model at any time."""
    path = tmp_path / "model"
    old, new = (WordVectors([f"w{i}" for i in range(9000)], np.full((9000, 2), x)) for x in (1, 2))
    save(old, path)
    read_arrays = _save_load.read_arrays

    def after_a_replacement(*args):
        save(new, path)
        return read_arrays(*args)

    monkeypatch.setattr(_save_load, "read_arrays", after_a_replacement)
    assert load(path) == old
    monkeypatch.undo()
    assert load(path) == new


def test_a_full_disk_leaves_the_old_file(monkeypatch, tmp_path):
    path = tmp_path / "model"
    save(MODEL, path)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save(CountVectorizer().fit(["a toad"]), path)
    monkeypatch.undo()
    assert [p.name for p in tmp_path.iterdir()] == ["model"]
    assert load(path).get_feature_names_out().tolist() == ["frog"]


VECTORS = WordVectors(["a"], np.eye(1))
WORDS = Vocabulary(["a"])
# What writes a file, by a name of such a file, as the error of a folder has it.
WRITERS = {
    "model.textvec": lambda path: save(MODEL, path),
    "vectors.txt": lambda path: VECTORS.save(path, format="word2vec"),
    "vectors.bin": lambda path: VECTORS.save(path, format="word2vec-binary"),
    "model.onnx": lambda path: to_onnx(MODEL, path),
    "vocabulary.json": WORDS.to_json,
    "vocabulary.txt": WORDS.to_text,
}
OF_PATHS = {
    "path": [
        *WRITERS.values(),
        load,
        info,
        WordVectors.load,
        VECTORS.save,
        Vocabulary.from_json,
        Vocabulary.from_text,
        lambda path: SubwordTokenizer(path=path).fit(["a"]),
    ],
    "paths": [read_text],
    "out": [lambda path: transform_blocks(MODEL, ["a frog"], out=path)],
    "checkpoint": [lambda path: RNNClassifier(checkpoint=path).fit([[1], [2]], ["a", "b"])],
    "file": [VECTORS.evaluate_similarity, VECTORS.evaluate_analogies],
    "cache": [lambda path: WordVectors.load(__file__, cache=path)],
    "data_home": [
        lambda path: fetch_glove(data_home=path, download_if_missing=False),
        lambda path: fetch_imdb(data_home=path, download_if_missing=False),
    ],
    "row 0": [
        WordTokenizer(input="filename").transform,
        CountVectorizer(input="filename").fit,
    ],
}


def of_paths(path):
    """Yield the functions that take a path, and the name it has there."""
    for name, calls in OF_PATHS.items():
        for call in calls:
            yield name, partial(call, [path] if name == "row 0" else path)


@pytest.mark.parametrize(("path", "what"), [("a\0b", "a NUL character"), ("\ud800", "a lone surr")])
def test_no_path_of_any_file_system(path, what):
    for name, call in of_paths(path):
        with pytest.raises(ValueError, match=rf"^{name}='.*' holds {what}"):
            call()


@pytest.mark.parametrize("path", [3, 2.5, np.array(3), pathlib.Path])
def test_the_parameter_that_is_no_path_is_named(path):
    for name, call in of_paths(path):
        with pytest.raises((TypeError, ValueError), match=rf"\b{name}\b"):
            call()


def test_an_empty_path_is_no_folder_of_the_process():
    for name, call in of_paths(""):
        if name != "row 0":
            with pytest.raises(ValueError, match=f"{name}='' names no file and no folder"):
                call()


@pytest.mark.skipif(os.name != "posix", reason="pipes have names on POSIX only")
@pytest.mark.parametrize(("example", "write"), WRITERS.items())
def test_what_is_no_file_is_never_replaced(example, write, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="is no file but a device or a pipe"):
        write(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="symbolic link"):
        write(tmp_path / "link")
    with pytest.raises(IsADirectoryError, match=f"is a folder: name a file in it.*{example}"):
        write(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link", "pipe"]


@pytest.mark.parametrize("analyzer", ["word", str.split])
def test_descriptors_are_no_names_of_files(analyzer, tmp_path):
    """`open` takes an integer for a descriptor, and closes it: 1 would be the standard output."""
    with open(tmp_path / "mine", "w+") as mine:
        with pytest.raises(TypeError, match='row 0 is int.*input="filename"'):
            CountVectorizer(input="filename", analyzer=analyzer).fit([mine.fileno()])
        mine.write("open")

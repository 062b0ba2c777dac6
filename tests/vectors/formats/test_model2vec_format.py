"""Folders of model2vec: as the library writes them, and as they are broken."""

from __future__ import annotations

import json

import numpy as np
import pytest

from textvec import EmbeddingVectorizer, SubwordTokenizer, WordVectors

from ..files import MATRIX, VECTORS, WORDS, model2vec_folder

safetensors = pytest.importorskip("safetensors.numpy", reason="safetensors is not installed")


@pytest.mark.parametrize("kind", ["WordPiece", "BPE", "WordLevel", "Unigram"])
def test_tokens_and_vectors(tmp_path, kind):
    folder = model2vec_folder(tmp_path / "m", kind=kind)
    assert WordVectors.load(folder) == WordVectors.load(folder, format="model2vec") == VECTORS
    assert list(WordVectors.load(folder, limit=2)) == WORDS[:2]
    chosen = WordVectors.load(folder, words=["x", "frog"], dtype="float16")
    assert list(chosen) == ["frog", "x"]
    assert chosen.matrix.dtype == np.float16


def test_weights_and_shared_rows(tmp_path):
    weights = np.linspace(0.5, 2, 5, dtype=np.float32)
    mapping = np.array([1, 0, 1, 0, 1])
    folder = model2vec_folder(tmp_path / "m", matrix=MATRIX[:2], weights=weights, mapping=mapping)
    np.testing.assert_array_equal(
        WordVectors.load(folder).matrix, MATRIX[mapping] * weights[:, None]
    )
    folder = model2vec_folder(tmp_path / "m", matrix=np.arange(10, dtype=np.int8).reshape(5, 2))
    assert WordVectors.load(folder).matrix.tolist() == [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]


def test_a_static_sentence_transformer(tmp_path):
    inner = tmp_path / "model" / "0_StaticEmbedding"
    inner.parent.mkdir()
    model2vec_folder(inner)
    safetensors.save_file({"embedding.weight": MATRIX}, inner / "model.safetensors")
    assert WordVectors.load(tmp_path / "model") == VECTORS


@pytest.mark.parametrize("weighted", [False, True])
def test_means_are_those_of_model2vec(tmp_path, weighted):
    """The pages of the folder in a pipeline: model2vec's own encoding, unless it normalizes."""
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    model2vec = pytest.importorskip("model2vec", reason="model2vec is not installed")
    words = ["[PAD]", "[UNK]", "the", "frog", "##s", "toad"]
    ids = {word: row for row, word in enumerate(words)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordPiece(ids, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    rng = np.random.default_rng(0)
    weights = rng.uniform(size=6).astype(np.float32) if weighted else None
    model = model2vec.StaticModel(
        rng.normal(size=(6, 4)).astype(np.float32),
        tokenizer,
        config={},
        normalize=False,
        weights=weights,
    )
    model.save_pretrained(str(tmp_path / "m"))
    documents = ["the frogs the toad", "toads"]
    vectorizer = EmbeddingVectorizer(
        str(tmp_path / "m"),
        tokenizer=SubwordTokenizer(path=tmp_path / "m" / "tokenizer.json"),
        pooling="mean",
    )
    np.testing.assert_allclose(
        vectorizer.fit_transform(documents), model.encode(documents), rtol=1e-5
    )


def rewrite(folder, **changed):
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))


def vocabulary(**changed):
    words = {word: row for row, word in enumerate(WORDS)} | changed
    return {"added_tokens": [], "model": {"vocab": words}}


@pytest.mark.parametrize(
    ("tokenizer", "message"),
    [
        (vocabulary(x=9), "expected tokens of ids 0, 1, 2 and so on, found gaps"),
        (vocabulary(x=-1), "found gaps"),
        (vocabulary(x=0), "holds vectors of 5 tokens, tokenizer.json has 4"),
        (vocabulary(x=True), "expected tokens with ids, found 'x': True"),
        (vocabulary(x=4.0), "expected tokens with ids, found 'x': 4.0"),
        (vocabulary(x="4"), "expected tokens with ids, found 'x': '4'"),
        (vocabulary(newt=5), "holds vectors of 5 tokens, tokenizer.json has 6"),
        ({"added_tokens": [{"id": 5, "content": "x"}]}, "tokens must be distinct|twice"),
        ({"added_tokens": [{"id": 5}]}, "expected a tokenizer of Hugging Face"),
        ({"added_tokens": 3}, "expected a tokenizer of Hugging Face"),
        ({"model": None}, "expected a tokenizer of Hugging Face"),
        ({"model": {"vocab": [["a"]]}}, "expected a tokenizer of Hugging Face"),
        ({"model": {"vocab": "abc"}}, "expected a tokenizer of Hugging Face"),
    ],
)
def test_tokenizers_that_do_not_fit(tmp_path, tokenizer, message):
    folder = model2vec_folder(tmp_path / "m")
    rewrite(folder, **tokenizer)
    with pytest.raises(ValueError, match=message) as caught:
        WordVectors.load(folder)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({"embeddings": MATRIX[:4]}, "holds vectors of 4 tokens, tokenizer.json has 5"),
        ({"embeddings": MATRIX[0]}, "expected the tensor 'embeddings'"),
        ({"embeddings": np.zeros((5, 0), np.float32)}, "expected the tensor 'embeddings'"),
        ({"bert.weight": MATRIX}, r"expected the tensor 'embeddings'.*found bert.weight \(5, 2\)"),
        ({"embeddings": MATRIX * np.float32(np.nan)}, "not finite"),
        ({"embeddings": MATRIX, "weights": np.ones(4, np.float32)}, "expected a weight for each"),
        ({"embeddings": MATRIX, "weights": np.ones(5, np.int64)}, "expected a weight for each"),
        ({"embeddings": MATRIX, "weights": np.full(5, np.inf, np.float32)}, "not finite"),
        ({"embeddings": MATRIX, "mapping": np.arange(5) + 1}, "expected a mapping of tokens to 5"),
        ({"embeddings": MATRIX, "mapping": np.arange(5) - 1}, "expected a mapping of tokens to 5"),
        ({"embeddings": MATRIX, "mapping": np.ones(5)}, "expected a mapping of tokens to 5 rows"),
        ({"embeddings": MATRIX, "mapping": np.ones((5, 1), int)}, "expected a mapping of tokens"),
        ({"embeddings": MATRIX, "mapping": np.array(3)}, "holds vectors of 1 tokens"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value encountered in multiply")
def test_tensors_that_do_not_fit(tmp_path, tensors, message):
    folder = model2vec_folder(tmp_path / "m")
    safetensors.save_file(tensors, folder / "model.safetensors")
    with pytest.raises(ValueError, match=message) as caught:
        WordVectors.load(folder)
    assert str(folder) in str(caught.value)


def test_a_bomb_of_shared_rows(tmp_path):
    words = [f"w{i}" for i in range(1000)]
    folder = model2vec_folder(
        tmp_path / "m",
        words,
        np.ones((1, 20_000), np.float32),
        mapping=np.zeros(1000, np.int64),
    )
    with pytest.raises(ValueError, match="grows to more than 100 times its size"):
        WordVectors.load(folder)


def test_broken_files(tmp_path):
    folder = model2vec_folder(tmp_path / "m")
    with pytest.raises(ValueError, match="are in tokenizer.json: load the folder"):
        WordVectors.load(folder / "model.safetensors")
    with pytest.raises(ValueError, match="but embedding_dim=3"):
        WordVectors.load(folder, embedding_dim=3)
    (folder / "tokenizer.json").write_text("[" * 100_000)
    with pytest.raises(ValueError, match="tokenizer.json is damaged: it is not JSON"):
        WordVectors.load(folder)
    (folder / "model.safetensors").write_bytes(b"\0" * 99)
    with pytest.raises(ValueError, match="model.safetensors: the file is damaged or cut short"):
        WordVectors.load(folder)
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer.json").symlink_to(tmp_path / "none")
    with pytest.raises(ValueError, match="is no folder of vectors"):
        WordVectors.load(folder)

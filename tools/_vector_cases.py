"""Cases of word vectors: lookup, pooling, queries, distances, files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from _inputs import DOCUMENTS, REVIEWS, STORIES, VECTORS, WORDS
from sklearn.base import clone

from textvec import DocumentDistance, EmbeddingVectorizer, WordVectors
from textvec.vectors import SubwordVectors

Case = tuple[str, Callable[[], Any]]

TEXTS = [*STORIES, *REVIEWS[:20], "", "nothing known", "w1 w2 w3 the frog", "w1 w1 the w59"]
PAIRS = "w1\tw2\t3.5\nw3\tw4\t1.0\nthe\tfrog\t9\nlog\ttoad\t2.5\nw7\tunknown\t5\n"
ANALOGIES = ": first\nw1 w2 w3 w4\nthe frog log toad\n: second\nw5 w6 w7 unknown\nW8 w9 w10 w11\n"


def cases() -> Iterator[Case]:
    for oov in ("zero", "mean", "random"):
        for pooling in (None, "mean", "max", "idf", "sif"):
            model = EmbeddingVectorizer(VECTORS, oov=oov, pooling=pooling, random_state=0)
            yield f"lookup/{oov} {pooling}", lambda m=model: _embedded(m)
    table = np.random.default_rng(5).normal(size=(50, 8)).astype(np.float32)
    subwords = WordVectors(
        VECTORS.vocabulary, VECTORS.matrix, subwords=SubwordVectors(table, min_n=2, max_n=4)
    )
    yield "lookup/subwords", lambda: _embedded(EmbeddingVectorizer(subwords, pooling="mean"))
    yield "lookup/subword sequences", lambda: _embedded(EmbeddingVectorizer(subwords))
    yield "lookup/table", VECTORS.lookup_table
    yield "queries/similar", _similar
    yield "queries/analogies", _analogies
    yield "queries/evaluation", _evaluated
    yield "queries/coverage", lambda: VECTORS.coverage(TEXTS)
    yield "queries/reduce", lambda: [VECTORS.reduce(4), subwords.reduce(3, remove=1)["unseen"]]
    for metric in ("cosine", "rwmd", "wmd"):
        yield f"distance/{metric}", lambda m=metric: _distances(m)
    for form in ("native", "word2vec", "word2vec-binary"):
        yield f"files/{form}", lambda f=form: _written(f)
    yield "files/texts", _read_texts
    yield from _errors()


def _embedded(model: EmbeddingVectorizer) -> dict[str, Any]:
    X = model.fit_transform(TEXTS)
    found = {"X": X, "others": model.transform(DOCUMENTS), "oov_rate": model.oov_rate_}
    found["table"] = model.table_
    if model.pooling:
        found["weights"] = model.token_weights_
    else:
        found["array"] = np.asarray(X)
    return found


def _similar() -> dict[str, Any]:
    return {
        "word": VECTORS.nearest("frog", k=7),
        "words": VECTORS.nearest(["frog", "w3", "the"], k=3, limit=50),
        "vectors": VECTORS.nearest(VECTORS.matrix[:5] + 1, k=4),
        "distant": VECTORS.most_distant("log", k=5),
        "similarity": VECTORS.similarity("frog", ["toad", "log", "w1"]),
        "odd": VECTORS.odd_one_out(["frog", "toad", "w1", "log"]),
        "all": VECTORS.nearest(WORDS, k=68),
    }


def _analogies() -> dict[str, Any]:
    asked = (["frog", "w1"], ["log"])
    return {
        method: VECTORS.analogy(*asked, k=9, method=method, limit=66) for method in ("add", "mul")
    }


def _evaluated() -> dict[str, Any]:
    found = {}
    with TemporaryDirectory() as folder:
        pairs, analogies = Path(folder, "pairs.tsv"), Path(folder, "analogies.txt")
        pairs.write_text(PAIRS)
        analogies.write_text(ANALOGIES)
        for oov in ("skip", "zero"):
            report = VECTORS.evaluate_similarity(pairs, oov=oov)
            found[f"pairs {oov}"] = [report.pearson, report.spearman, report.predicted]
        for method, oov in (("add", "skip"), ("mul", "wrong")):
            found[method] = VECTORS.evaluate_analogies(analogies, method=method, oov=oov).accuracy
    return found


def _distances(metric: str) -> dict[str, Any]:
    model = DocumentDistance(VECTORS, metric=metric).fit(TEXTS[:30])
    raw = DocumentDistance(VECTORS, metric=metric, normalize=False)
    return {
        "to fitted": model.transform(TEXTS[25:]),
        "pairwise": model.pairwise(TEXTS[:8], TEXTS[4:12]),
        "raw": clone(raw).fit(TEXTS[-12:]).transform(TEXTS[-6:]),
        "nearest": list(model.nearest(TEXTS[-4:], 3)),
    }


def _written(form: str) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "vectors")
        VECTORS.save(path, format=form)
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        found = {"bytes": [(file.name, file.read_bytes()) for file in files]}
        found["read"] = WordVectors.load(path)
        found["some"] = WordVectors.load(path, limit=20, words=["w3", "w1", "w50"], dtype="float16")
        return found


def _read_texts() -> dict[str, Any]:
    rows = ["frog 1 2.5 -3e-2", "the 0.1 .5 7", "new york 1 1 1", "กบ 0 0 1", "frog 9 9 9"]
    with TemporaryDirectory() as folder:
        glove, vec = Path(folder, "a.txt"), Path(folder, "a.vec")
        glove.write_text("\n".join(rows) + "\n", encoding="utf-8")
        vec.write_text("2 3\nfrog 1 2 3\nlog 4 5 6.25\n", encoding="utf-8")
        return {
            "glove": WordVectors.load(glove, embedding_dim=3),
            "vec": WordVectors.load(vec),
            "limit": WordVectors.load(glove, embedding_dim=3, limit=2),
        }


def _errors() -> Iterator[Case]:
    yield "errors/missing word", lambda: VECTORS.nearest("unknown")
    yield "errors/missing words", lambda: VECTORS.vectors(["the", "unknown", "other"])
    yield "errors/k", lambda: VECTORS.nearest("the", k=0)
    yield "errors/oov", lambda: EmbeddingVectorizer(VECTORS, oov="error").fit_transform(TEXTS)
    yield "errors/shape", lambda: WordVectors(["a"], [[1, 2], [3, 4]])
    for name, text in {"cut": "2 3\na 1 2 3\n", "mixed": "a 1 2\nb 1\n", "nan": "a 1 x\n"}.items():
        yield f"errors/file {name}", lambda t=text: _load(t)


def _load(text: str) -> WordVectors:
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.txt")
        path.write_text(text)
        return WordVectors.load(path)

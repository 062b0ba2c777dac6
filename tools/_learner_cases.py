"""Cases of learners of vectors: gensim's, GloVe, concepts, k-mers."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from _inputs import CONCEPTS, GENOME, REVIEWS
from scipy import sparse
from sklearn.base import clone

from textvec import ConceptVectors, Dna2Vec, Doc2Vec, FastText, GloVe, NgramDoc2Vec, Word2Vec

Case = tuple[str, Callable[[], Any]]

SMALL = {"embedding_dim": 6, "min_count": 2, "max_iter": 2, "random_state": 0}
LEARNERS = {
    "word2vec cbow": Word2Vec(n_jobs=1, **SMALL),
    "word2vec skipgram": Word2Vec("skipgram", n_jobs=1, pooling=None, **SMALL),
    "word2vec tree": Word2Vec(hierarchical_softmax=True, negative=0, pooling="idf", **SMALL),
    "fasttext cbow": FastText(n_buckets=200, **SMALL),
    "fasttext skipgram": FastText("skipgram", n_buckets=200, min_n=2, pooling="sif", **SMALL),
    "doc2vec dm": Doc2Vec(**SMALL),
    "doc2vec dbow": Doc2Vec("dbow", **SMALL),
    "doc2vec tokens": Doc2Vec("dbow", learn_tokens=True, infer_iter=4, sample=0, **SMALL),
    "ngram doc2vec": NgramDoc2Vec(**SMALL),
    "glove": GloVe(n_jobs=1, **SMALL),
    "glove flat": GloVe(weighting="flat", window=3, add_context=False, max_tokens=80, **SMALL),
}
CONCEPT_LEARNERS = {
    "svd": ConceptVectors(embedding_dim=4, min_count=2, random_state=0),
    "svd window": ConceptVectors(
        embedding_dim=4, min_count=2, window=2, shift=1.2, smoothing=1.0, random_state=0
    ),
    "svd one side": ConceptVectors(
        embedding_dim=3, min_count=2, add_context=False, n_total=500.0, random_state=0
    ),
    "glove": ConceptVectors(
        "glove", embedding_dim=4, max_iter=3, method_params={"x_max": 10}, random_state=0
    ),
    "word2vec": ConceptVectors("word2vec", embedding_dim=4, max_iter=2, random_state=0),
}
DNA = {"embedding_dim": 5, "min_count": 2, "max_iter": 2, "random_state": 0}


def cases() -> Iterator[Case]:
    for name, model in LEARNERS.items():
        yield f"learners/{name}", lambda m=model: _learned(m, REVIEWS)
    for name, model in CONCEPT_LEARNERS.items():
        yield f"learners/concepts {name}", lambda m=model: _learned(m, CONCEPTS)
    yield "learners/concepts table", _from_table
    yield "learners/dna sliding", lambda: _learned(Dna2Vec(2, 4, **DNA), GENOME)
    yield (
        "learners/dna disjoint",
        lambda: _learned(
            Dna2Vec(3, 5, fragmentation="disjoint", reverse_complement=False, pooling_k=3, **DNA),
            GENOME,
        ),
    )
    yield "errors/rare tokens", lambda: Word2Vec(min_count=999).fit(REVIEWS)
    yield "errors/wide concepts", lambda: ConceptVectors(embedding_dim=500).fit(CONCEPTS)


def _learned(model: Any, X: Any) -> dict[str, Any]:
    fitted = clone(model).fit(X)
    refitted = clone(model).fit(X[: len(X) // 2]).fit(X)
    found = {
        "transform": fitted.transform(X[:20]),
        "refit": refitted.transform(X[:20]),
        "pickle": pickle.loads(pickle.dumps(fitted)).transform(X[:5]),
        "curve": getattr(fitted, "loss_curve_", None),
        "n_iter": getattr(fitted, "n_iter_", None),
        "matrix": getattr(fitted, "sppmi_", None),
    }
    if hasattr(fitted, "vectors_"):
        found["vectors"] = fitted.vectors_
    return found


def _from_table() -> dict[str, Any]:
    rng = np.random.default_rng(6)
    table = sparse.coo_array(
        np.triu(rng.poisson(0.2, size=(30, 30)) * rng.integers(1, 60, size=(30, 30)))
    )
    names = [f"c{i}" for i in range(30)]
    found = {}
    for method in ("svd", "glove"):
        model = ConceptVectors(method, embedding_dim=4, max_iter=2, random_state=0)
        found[method] = model.fit_cooccurrence(table, vocabulary=names).vectors_
    return found

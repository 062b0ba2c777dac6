"""Do vectors of k-mers know how DNA is put together?
==================================================

dna2vec learns vectors of k-mers of several lengths. Two claims of the paper are tested: that the
sum of two vectors is close to the vector of the concatenated k-mers, and that the cosine of two
8-mers correlates with their alignment score (Spearman 0.83 in the paper, on human DNA). It trains
on the genome of E. coli if TEXTVEC_DATA names a folder that contains it, else on random DNA, which
has no structure. Then promoters and splice junctions are classified, in cross-validation against
counts of k-mers.
"""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from _data import show
from scipy.stats import spearmanr
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from textvec import CountVectorizer, Dna2Vec, EmbeddingVectorizer, KmerTokenizer, WordVectors

EPOCHS = int(os.environ.get("DNA2VEC_EPOCHS", "10"))
rng = np.random.default_rng(0)


def genome() -> str:
    path = Path(os.environ.get("TEXTVEC_DATA", "."), "ecoli_k12_mg1655.fa.gz")
    if not path.exists():
        print("no genome of E. coli: using random DNA")
        return "".join(rng.choice(list("ACGT"), size=60_000))
    with gzip.open(path, "rt") as file:
        return "".join(line.strip() for line in file if not line.startswith(">"))


def alignment_scores(first: list[str], second: list[str]) -> np.ndarray:
    """Needleman-Wunsch: the most letters that two k-mers share in an alignment, gaps for free."""
    a, b = (np.array([list(kmer) for kmer in kmers]) for kmers in (first, second))  # (n, k)
    score = np.zeros((len(a), b.shape[1] + 1), dtype=int)  # of all prefixes of b with one of a
    for i in range(a.shape[1]):
        above, score = score, np.zeros_like(score)
        for j in range(b.shape[1]):
            joined = above[:, j] + (a[:, i] == b[:, j])
            score[:, j + 1] = np.maximum(joined, np.maximum(above[:, j + 1], score[:, j]))
    return score[:, -1]


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


# %%
# Vectors of k-mers
# -----------------
dna2vec = Dna2Vec(max_iter=EPOCHS, random_state=0, verbose=1).fit([genome()])
vectors = dna2vec.vectors_
by_length = {k: [w for w in vectors if len(w) == k] for k in range(3, 9)}
print(vectors, {k: len(words) for k, words in by_length.items()})

# %%
# Claim 1: sums of vectors
# ------------------------
# v(GAT) + v(TACA) is close to v(GATTACA), or to v(TACAGAT), because a sum has no order. Candidates
# are all k-mers of the total length.
print("\nsums of vectors: proportion with the concatenated k-mer first, and among ten")
for left, right in ((3, 3), (3, 4), (4, 4), (3, 5)):
    pairs = [
        (a, b)
        for a, b in zip(
            rng.choice(by_length[left], 4_000), rng.choice(by_length[right], 4_000), strict=True
        )
        if a + b in vectors
    ][:1_000]
    sums = unit(vectors.vectors([a for a, _ in pairs]) + vectors.vectors([b for _, b in pairs]))
    words = np.array(by_length[left + right])
    cosines = sums @ unit(vectors.vectors(list(words))).T
    top = words[np.argsort(-cosines, axis=1)[:, :10]]
    joined = np.array([a + b for a, b in pairs])
    swapped = np.array([b + a for a, b in pairs])
    first = np.mean((top[:, 0] == joined) | (top[:, 0] == swapped))
    in_ten = np.mean(((top == joined[:, None]) | (top == swapped[:, None])).any(axis=1))
    print(f"  {left} + {right}: {first:.3f} first, {in_ten:.3f} among ten, of {len(words):,}")

# %%
# Claim 2: cosine and alignment score
# -----------------------------------
# As many pairs of each score as in the paper. With a small genome, all vectors share a large
# component, which does not depend on the letters: the cosine is therefore computed once more after
# centring.
kmers = by_length[8]
first, second = (list(rng.choice(kmers, 400_000)) for _ in range(2))
scores = alignment_scores(first, second)
chosen = np.concatenate(
    [np.flatnonzero(scores == s)[:1_000] for s in range(9) if (scores == s).sum() >= 100]
)
a, b = ([kmers_[i] for i in chosen] for kmers_ in (first, second))
cosines = np.einsum("nd,nd->n", unit(vectors.vectors(a)), unit(vectors.vectors(b)))
rank = spearmanr(scores[chosen], cosines)[0]
print(f"\ncosine and alignment score of 8-mers: Spearman {rank:.2f}")
mean = vectors.matrix.mean(axis=0)
centred = [unit(vectors.vectors(kmers_) - mean) for kmers_ in (a, b)]
rank = spearmanr(scores[chosen], np.einsum("nd,nd->n", *centred))[0]
print(f"the same, after centring: {rank:.2f}")
for s in np.unique(scores[chosen]):
    print(f"  score {s}: mean cosine {cosines[scores[chosen] == s].mean():.3f}")

# %%
# A box for each alignment score: were the claim true, they would rise from left to right.
figure, axis = plt.subplots(figsize=(5, 3.2))
groups = [cosines[scores[chosen] == s] for s in np.unique(scores[chosen])]
axis.boxplot(groups, tick_labels=np.unique(scores[chosen]), showfliers=False)
axis.set(xlabel="alignment score of two 8-mers", ylabel="cosine of their vectors")
show(figure, "dna2vec")


# %%
# Promoters and splice junctions
# ------------------------------
# 53 promoters of E. coli and 53 other pieces of its DNA; splice junctions of primates in the
# middle of 60 letters: donors, acceptors and neither. Pooling and counting ignore the positions of
# k-mers, which matter for junctions; one-hot letters keep them. Without TEXTVEC_DATA there is
# nothing to classify.
def labelled(name: str) -> tuple[list[str], np.ndarray]:
    """Read distinct sequences and their labels; return none if there is no such file."""
    path = Path(os.environ.get("TEXTVEC_DATA", "."), name)
    if not path.exists():
        return [], np.array([])
    with gzip.open(path, "rt") as file:
        found = {row["sequence"].upper(): row["label"] for row in csv.DictReader(file)}
    return list(found), np.array(list(found.values()))


def in_order(vectors: WordVectors, k: int) -> Pipeline:
    """Concatenate the vectors of a sequence's k-mers."""
    flat = FunctionTransformer(lambda rows: np.asarray(rows).reshape(len(rows), -1))
    return make_pipeline(EmbeddingVectorizer(vectors, tokenizer=KmerTokenizer(k)), flat)


def one_hot(X: list[str]) -> np.ndarray:
    letters = np.array([list(sequence) for sequence in X])
    return (letters[:, :, None] == list("ACGT")).reshape(len(X), -1).astype(float)


for name, file, n_folds in (
    ("promoters", "dna_promoters.csv.gz", 10),
    ("splice junctions", "dna_splice_junctions.csv.gz", 3),
):
    X, y = labelled(file)
    if not X:
        continue
    folds = StratifiedKFold(n_folds, shuffle=True, random_state=0)
    print(f"\n{len(X):,} {name}, accuracy of {n_folds}-fold cross-validation")
    steps = {}
    for k in (3, 4, 5):
        tokenizer = KmerTokenizer(k)
        pooled = EmbeddingVectorizer(vectors, tokenizer=tokenizer, pooling="mean")
        steps[f"{k}-mers, pooled vectors"] = make_pipeline(pooled, StandardScaler())
        steps[f"{k}-mers, counts"] = make_pipeline(
            CountVectorizer(analyzer="char", ngram_range=(k, k), lowercase=False),
            StandardScaler(with_mean=False),
        )
    steps["3-mers, concatenated vectors"] = make_pipeline(in_order(vectors, 3), StandardScaler())
    steps["one-hot letters"] = FunctionTransformer(one_hot)
    for way, step in steps.items():
        model = make_pipeline(step, LogisticRegression(C=0.1, max_iter=1_000))
        print(f"  {way:<32} {cross_val_score(model, X, y, cv=folds).mean():.3f}")

# %%
# What to try next
# ----------------
# - ``DNA2VEC_EPOCHS=50``: more epochs.
# - ``Dna2Vec(3, 5)``: fewer lengths, and faster.
# - Your own sequences, read by Biopython: a list of str is all that ``fit`` takes.

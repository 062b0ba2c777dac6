"""GloVe and gensim's word2vec learned on IMDb, and what both vectors know after it.

    TEXTVEC_DATA=folder python benchmarks/learners.py [--dim 50] [--x-max 100]
        [--glove-passes 25] [--word2vec-passes 5] [--method cbow] [--unsup] [--n-jobs 1]

Both learn from the same tokens, words that occur five times, in this process and one after the
other. A pass of word2vec is over the tokens, one of GloVe over the counts of pairs; the tokens a
second of a learner are those of the corpus times its passes, counting included. ``--unsup`` adds
the 50,000 unlabelled reviews. Analogies and word pairs are those that gensim ships.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from time import perf_counter, process_time

import gensim
import numpy as np

from textvec import GloVe, Tokens, Word2Vec, WordTokenizer, WordVectors
from textvec._counting._token_counts import TokenCounts
from textvec.datasets import fetch_imdb
from textvec.embeddings._cooccurrence_counts import frequent_tokens, window_sums

TEST_DATA = Path(gensim.__file__).parent / "test" / "test_data"
WINDOW, MIN_COUNT = 15, 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dim", type=int, default=50)
    parser.add_argument("--x-max", type=float, default=100.0, help="of GloVe")
    parser.add_argument("--glove-passes", type=int, default=25)
    parser.add_argument("--word2vec-passes", type=int, default=5)
    parser.add_argument("--method", choices=["cbow", "skipgram"], default="cbow")
    parser.add_argument("--unsup", action="store_true", help="learn from the unlabelled, too")
    parser.add_argument("--n-jobs", type=int, default=1)
    options = parser.parse_args()
    tokens = imdb_tokens(unsup=options.unsup)
    print(f"{len(tokens):,} reviews, {len(tokens.values):,} tokens")
    time_counting(tokens, options.n_jobs)
    shared = {
        "embedding_dim": options.dim,
        "min_count": MIN_COUNT,
        "random_state": 0,
        "n_jobs": options.n_jobs,
    }
    glove = GloVe(window=WINDOW, x_max=options.x_max, max_iter=options.glove_passes, **shared)
    word2vec = Word2Vec(options.method, window=5, max_iter=options.word2vec_passes, **shared)
    for learner in (glove, word2vec):
        report(learner, tokens)


def imdb_tokens(*, unsup: bool) -> Tokens:
    """Return IMDb's reviews in a random order: the files are sorted by label."""
    documents = list(fetch_imdb(subset="train", return_X_y=True)[0])
    if unsup:
        documents += list(fetch_imdb(subset="unsup", return_X_y=True)[0])
    tokens = WordTokenizer().transform(documents)
    return tokens[np.random.default_rng(0).permutation(len(tokens))]


def time_counting(tokens: Tokens, n_threads: int) -> None:
    start, cpu_start = perf_counter(), process_time()
    vocabulary = frequent_tokens(TokenCounts.of(tokens), min_count=MIN_COUNT)
    sums = window_sums(tokens, vocabulary, window=WINDOW, n_threads=n_threads)
    seconds, cpu_seconds = perf_counter() - start, process_time() - cpu_start
    print(
        f"counting windows of {WINDOW}: elapsed {seconds:.1f} s, CPU {cpu_seconds:.1f} s, "
        f"{len(vocabulary):,} words, {sums.nnz:,} pairs"
    )


def report(learner: GloVe | Word2Vec, tokens: Tokens) -> None:
    start, cpu_start = perf_counter(), process_time()
    learner.fit(tokens)
    seconds, cpu_seconds = perf_counter() - start, process_time() - cpu_start
    millions = len(tokens.values) * learner.max_iter / 1e6
    print(f"\n{learner}, window {learner.window}: {learner.max_iter} passes")
    print(f"elapsed {seconds:7.1f} s  {millions / seconds:6.2f} M tokens/s")
    print(f"CPU     {cpu_seconds:7.1f} s  {millions / cpu_seconds:6.2f} M tokens/s")
    evaluate(learner.vectors_)


def evaluate(vectors: WordVectors) -> None:
    analogies = vectors.evaluate_analogies(TEST_DATA / "questions-words.txt")
    print(f"analogies: {analogies.accuracy:.1%} of {analogies.n_scored:,} with known words")
    for name in ("wordsim353.tsv", "simlex999.txt"):
        found = vectors.evaluate_similarity(TEST_DATA / name)
        print(f"{name}: Spearman {found.spearman:.3f}, Pearson {found.pearson:.3f}")


if __name__ == "__main__":
    main()

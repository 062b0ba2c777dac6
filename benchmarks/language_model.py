"""A language model of the IMDb reviews, and a classifier that starts from it.

TEXTVEC_DATA=folder python benchmarks/language_model.py [--rows N] [--passes N] [--save lm.pkl]

The model learns from the 75,000 training and unlabelled reviews; the classifier is scored on the
25,000 test reviews, beside the same one from scratch. With --validate it is scored on 2,500 of the
training reviews instead, and doesn't learn from them: so its settings were chosen.
"""

from __future__ import annotations

import argparse
import pickle
from math import ceil
from pathlib import Path
from time import perf_counter

import numpy as np
from skorch.callbacks import Callback, LRScheduler
from torch.optim.lr_scheduler import OneCycleLR

from textvec import RNNLanguageModel, WordTokenizer
from textvec.datasets import fetch_imdb

BATCH_SIZE, N_STEPS = 64, 70


class Progress(Callback):
    """Print the mean loss of every hundredth part of the training."""

    def __init__(self, every):
        self.every = every

    def on_train_begin(self, net, **kwargs):
        """Begin."""
        self.losses_, self.start_ = [], perf_counter()

    def on_batch_end(self, net, training=False, loss=None, **kwargs):
        """Count a batch."""
        if not training:
            return
        self.losses_.append(float(loss))
        if len(self.losses_) % self.every == 0:
            perplexity = np.exp(np.mean(self.losses_[-self.every :]))
            seconds = perf_counter() - self.start_
            print(
                f"{len(self.losses_)} batches, perplexity {perplexity:.1f}, {seconds:.0f} s",
                flush=True,
            )


def language_model(texts, held_out, *, hidden_size, embedding_dim, max_tokens, passes, seed):
    tokens = WordTokenizer().transform(texts)
    n_targets = len(tokens.values) + len(tokens)
    n_batches = ceil(ceil(n_targets / BATCH_SIZE) / N_STEPS)
    schedule = LRScheduler(
        OneCycleLR,
        max_lr=4e-3,
        total_steps=passes * n_batches + 1,
        pct_start=0.1,
        cycle_momentum=False,
        step_every="batch",
    )
    model = RNNLanguageModel(
        max_tokens=max_tokens,
        hidden_size=hidden_size,
        embedding_dim=embedding_dim,
        n_steps=N_STEPS,
        batch_size=BATCH_SIZE,
        max_iter=passes,
        callbacks=[schedule, Progress(100)],
        random_state=seed,
    )
    start = perf_counter()
    model.fit(tokens)
    seconds = perf_counter() - start
    print(
        f"language model: perplexity {model.perplexity(held_out):.1f}, {seconds:.0f} s", flush=True
    )
    return model


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int)
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--hidden-size", type=int, default=256)
    parser.add_argument("--embedding-dim", type=int, default=128)
    parser.add_argument("--max-tokens", type=int, default=20_000)
    parser.add_argument("--save", type=Path)
    args = parser.parse_args()
    texts = [*fetch_imdb(subset="unsup").data, *fetch_imdb(subset="train").data]
    held_out, texts = texts[:1000], texts[1000:]
    if args.rows:
        texts = texts[: args.rows]
    lm = language_model(
        texts,
        held_out,
        hidden_size=args.hidden_size,
        embedding_dim=args.embedding_dim,
        max_tokens=args.max_tokens,
        passes=args.passes,
        seed=0,
    )
    if args.save:
        args.save.write_bytes(pickle.dumps(lm))


if __name__ == "__main__":
    main()

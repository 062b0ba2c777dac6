"""RNNClassifier compared with a bare torch loop of the same network, on IMDb.

``fixed``: the lecture's network (10,000 words, 100 a review, embedding 32, 32 units, RMSprop,
batches of 128): whole fits of one epoch, in turns with the loop's, and the ratio. ``ragged``:
reviews up to 400 words, a bidirectional LSTM, the loop on padded batches; passes in turns, and
the accuracy of both after them.
``start``: the lecture's network with its embedding drawn as Keras and as torch do.
``threads``: epochs and predictions of bidirectional networks with one and with two of torch's
threads, in turns: seconds, and seconds of the CPU in brackets.
``tuned``: fits of one epoch that fine-tune pretrained vectors of 400,000 words, of which the first
1,000 reviews have some thousands: those rows alone, and, where a callback may look at the weights,
all. In turns, seconds of the CPU, and the ratio.
``bfloat16``: fits of one epoch of LSTMs in float32 and in bfloat16, in turns, on 1,000 reviews of
200 words: seconds of the CPU, and the ratio, for layers of three sizes.

    TEXTVEC_DATA=folder python benchmarks/training.py [fixed] [ragged] [start] [threads] [tuned]
        [bfloat16] [--device cuda] [--rows N]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter, process_time

import numpy as np
import torch
from measuring import medians
from sklearn.base import clone
from skorch.callbacks import Callback
from torch import nn

from textvec import (
    EmbeddedSequences,
    Ragged,
    RNNClassifier,
    SequencePadder,
    SequenceVectorizer,
    WordTokenizer,
)
from textvec.datasets import fetch_imdb

LECTURE = {
    "hidden_size": 32,
    "embedding_dim": 32,
    "bidirectional": False,
    "pooling": "last",
    "dropout": 0.0,
    "token_dropout": 0.0,
    "wide": 0,
    "learning_rate_init": 1e-3,
    "average": False,
    "optimizer": "rmsprop",
    "batch_size": 128,
    "random_state": 0,
}
BIDIRECTIONAL = {
    "cell": "lstm",
    "hidden_size": 64,
    "embedding_dim": 64,
    "bidirectional": True,
    "pooling": "max",
    "dropout": 0.0,
    "token_dropout": 0.0,
    "wide": 0,
    "learning_rate_init": 1e-3,
    "average": False,
    "batch_size": 64,
    "random_state": 0,
}


class Plain(nn.Module):
    """The network as one writes it in torch: rows first, padded, one call of the layer."""

    def __init__(
        self, cell: str, width: int, *, bidirectional: bool = False, n_tokens: int = 10_000
    ):
        super().__init__()
        layer = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[cell]
        self.embedding = nn.Embedding(n_tokens, width, padding_idx=0)
        self.layer = layer(width, width, batch_first=True, bidirectional=bidirectional)
        self.head = nn.Linear(width * (1 + bidirectional), 1)
        with torch.no_grad():  # as ours start; torch's N(0, 1) would cost the loop accuracy
            self.embedding.weight.uniform_(-0.05, 0.05)
            self.embedding.weight[0] = 0

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return one logit a row, (B, 1), of ids (B, T)."""
        outputs, _ = self.layer(self.embedding(ids))  # (B, T, H)
        if not self.layer.bidirectional:
            return self.head(outputs[:, -1])
        padding = (ids == 0)[:, :, None]
        return self.head(outputs.masked_fill(padding, -2.0).amax(dim=1))


def one_pass(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    ids: torch.Tensor,
    y: torch.Tensor,
    *,
    batch_size: int,
    clip_norm: float | None,
) -> None:
    """Train as a tutorial does, but with all data on the device and nothing read off it."""
    loss_function = nn.BCEWithLogitsLoss()
    model.train()
    order = torch.randperm(len(ids), device=ids.device)
    total = torch.zeros((), device=ids.device)
    for rows in order.split(batch_size):
        optimizer.zero_grad()
        loss = loss_function(model(ids[rows])[:, 0], y[rows])
        loss.backward()
        if clip_norm is not None:
            nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
        optimizer.step()
        total += loss.detach()
    total.item()


def seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def documents(subset: str, rows: int) -> tuple[Ragged, np.ndarray]:
    """Return reviews as ids of the 10,000 commonest words of all training reviews."""
    texts, y = fetch_imdb(subset=subset, return_X_y=True)
    if not hasattr(documents, "vectorizer"):
        train = texts if subset == "train" else fetch_imdb(subset="train", return_X_y=True)[0]
        tokens = WordTokenizer().fit_transform(train)
        documents.vectorizer = SequenceVectorizer(max_tokens=10_000).fit(tokens)
    chosen = np.random.default_rng(0).permutation(len(y))[:rows]
    ids = documents.vectorizer.transform(WordTokenizer().transform([texts[i] for i in chosen]))
    return ids, np.asarray(y)[chosen]


def fixed(args: argparse.Namespace) -> None:
    X, y = documents("train", args.rows)
    padded = SequencePadder(length=100).fit_transform(X)
    padded[padded == 0] = 1  # every row has 100 steps, for both
    for cell in ("rnn", "gru", "lstm"):
        ours = RNNClassifier(
            cell=cell, n_tokens=10_000, max_iter=1, clip_norm=None, device=args.device, **LECTURE
        )

        def bare(cell: str = cell) -> None:
            ids = torch.tensor(padded, dtype=torch.int32, device=args.device)
            targets = torch.tensor(y, dtype=torch.float32, device=args.device)
            model = Plain(cell, 32).to(args.device)
            optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
            one_pass(model, optimizer, ids, targets, batch_size=128, clip_norm=None)

        ours.fit(padded, y)
        bare()
        pairs = [
            (seconds(lambda o=ours: o.fit(padded, y)), seconds(bare)) for _ in range(args.repeats)
        ]
        a, b = (median(side) for side in zip(*pairs, strict=True))
        ratio = median(x / z for x, z in pairs)
        print(
            f"fixed   {cell:4}  ours {a:6.2f} s  loop {b:6.2f} s  median ratio {ratio:.3f}",
            flush=True,
        )


def ragged(args: argparse.Namespace) -> None:
    X, y = documents("train", args.rows)
    T, y_test = documents("test", args.rows)
    X, T = X.truncated(400), T.truncated(400)
    ours = RNNClassifier(device=args.device, **BIDIRECTIONAL)
    ids = torch.tensor(X.to_padded(400), device=args.device)
    targets = torch.tensor(y, dtype=torch.float32, device=args.device)
    model = Plain("lstm", 64, bidirectional=True).to(args.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def bare() -> None:
        one_pass(model, optimizer, ids, targets, batch_size=64, clip_norm=1.0)

    pairs = [
        (seconds(lambda: ours.partial_fit(X, y, classes=[0, 1])), seconds(bare))
        for _ in range(args.epochs)
    ]
    a, b = (median(side) for side in zip(*pairs, strict=True))
    ratio = median(z / x for x, z in pairs)
    model.eval()
    with torch.no_grad():
        parts = torch.tensor(T.to_padded(400), device=args.device).split(256)
        positive = torch.cat([model(part)[:, 0] > 0 for part in parts]).cpu().numpy()
    print(
        f"ragged  {args.epochs} epochs: ours {a:.1f} s each, accuracy {ours.score(T, y_test):.4f}  "
        f"loop {b:.1f} s, accuracy {(positive == y_test).mean():.4f}  "
        f"{ratio:.2f} times as fast (median of {', '.join(f'{z / x:.2f}' for x, z in pairs)})"
    )


class TorchEmbedding(Callback):
    """Draw the embedding anew, from N(0, 1)."""

    def on_train_begin(self, net: object, **kwargs: object) -> None:
        """Overwrite what the estimator drew."""
        embedding = net.module_.embedding
        with torch.no_grad():
            embedding.weight.normal_(generator=torch.Generator().manual_seed(0))
            embedding.weight[0] = 0


def start(args: argparse.Namespace) -> None:
    padder = SequencePadder(length=100)
    X, y = documents("train", args.rows)
    T, y_test = documents("test", args.rows)
    X, T = padder.fit_transform(X), padder.transform(T)
    for name, callbacks in (("Keras'", None), ("torch's", [TorchEmbedding()])):
        model = RNNClassifier(cell="rnn", n_tokens=10_000, max_iter=args.epochs, **LECTURE)
        model.set_params(callbacks=callbacks).fit(X, y)
        print(f"start   {name:8} embedding: accuracy {model.score(T, y_test):.4f}")


def threads(args: argparse.Namespace) -> None:
    X, y = documents("train", args.rows)
    X = X.truncated(400)
    for cell in ("rnn", "gru", "lstm"):
        model = RNNClassifier(n_tokens=10_000, max_iter=1, **(BIDIRECTIONAL | {"cell": cell}))
        found: dict[tuple[str, int], list[tuple[float, float]]] = {}
        for _ in range(args.repeats):
            for n in (1, 2):
                torch.set_num_threads(n)
                for name, work in (
                    ("epoch", lambda m=model: m.fit(X, y)),
                    ("predict", lambda m=model: m.predict(X)),
                ):
                    before = process_time()
                    wall = seconds(work)
                    found.setdefault((name, n), []).append((wall, process_time() - before))
        columns = []
        for (name, n), pairs in found.items():
            wall, cpu = (median(side) for side in zip(*pairs, strict=True))
            columns.append(f"{name} with {n}: {wall:5.2f} s ({cpu:5.2f})")
        print(f"threads {cell:4}  " + "  ".join(columns), flush=True)


def tuned(args: argparse.Namespace) -> None:
    n_vectors, width = 400_000, 100
    X, y = documents("train", min(args.rows, 1000))
    table = np.random.default_rng(0).normal(scale=0.4, size=(n_vectors, width))
    table[0] = 0
    X = EmbeddedSequences(X.truncated(100), table.astype(np.float32))
    models = {
        name: RNNClassifier(fine_tune=True, wide=0, max_iter=1, random_state=0, callbacks=callbacks)
        for name, callbacks in (("in use", None), ("all", [Callback()]))
    }
    fits = {name: partial(model.fit, X, y) for name, model in models.items()}
    used, whole = medians(fits, args.repeats, clock=process_time).values()
    print(
        f"tuned {n_vectors:,} vectors of {width}: rows in use {used:.2f} CPU s, "
        f"all {whole:.2f}, ratio {whole / used:.1f}",
        flush=True,
    )


def bfloat16(args: argparse.Namespace) -> None:
    X, y = documents("train", min(args.rows, 1000))
    X = X.truncated(200)
    for size in (64, 256, 512):
        shape = {"n_tokens": 10_000, "embedding_dim": 128, "hidden_size": size, "wide": 0}
        model = RNNClassifier(cell="lstm", **shape, max_iter=1, random_state=0)
        fits = {
            precision: partial(clone(model).set_params(precision=precision).fit, X, y)
            for precision in ("float32", "bfloat16")
        }
        plain, rounded = medians(fits, args.repeats, clock=process_time).values()
        print(
            f"bfloat16 {size:3} units: {rounded:5.2f} CPU s, float32 {plain:5.2f}, "
            f"ratio {plain / rounded:.2f}",
            flush=True,
        )


PARTS = {
    "fixed": fixed,
    "ragged": ragged,
    "start": start,
    "threads": threads,
    "tuned": tuned,
    "bfloat16": bfloat16,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all if none is named")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rows", type=int, default=25_000)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=7)
    args = parser.parse_args()
    torch.manual_seed(0)  # the loop draws from the global generator
    for part in args.parts or PARTS:
        PARTS[part](args)


if __name__ == "__main__":
    main()

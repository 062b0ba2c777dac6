"""Every estimator compared with a bare torch loop over the same network and the same batches.

``loop``: one pass of the estimator's training over the loop's. ``fit``: a whole fit of some passes,
the reading of its input and the making of the network included, over the loop's passes. The loop is
given its batches ready-made; the estimator cuts them anew in every pass. Both train in turns, and
ratios are medians. The rows are made up: lengths and frequencies are those of short reviews.

    python benchmarks/overhead.py [NAME ...] [--rows 2000] [--passes 3] [--device cuda]

``--cpu-time`` counts CPU seconds in place of the wall's, for a machine that others use too.
"""

from __future__ import annotations

import argparse
import copy
from collections.abc import Callable
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple

import numpy as np
import torch
from skorch.callbacks import Callback
from torch import nn

from textvec import (
    Ragged,
    RNNClassifier,
    RNNForecaster,
    RNNLanguageModel,
    RNNRegressor,
    RNNTagger,
    Seq2Seq,
    SequenceCNNClassifier,
    SequenceGenerator,
    SequenceMLPClassifier,
    SkipThought,
)

N_IDS, LONGEST, SENTENCE = 10_000, 200, 20


class Rows(NamedTuple):
    """Rows of ids, and what can be learned from them."""

    ids: Ragged
    classes: np.ndarray
    numbers: np.ndarray
    labels: Ragged


def made_up(n_rows: int) -> Rows:
    rng = np.random.default_rng(0)
    lengths = np.clip(rng.lognormal(4.5, 0.6, n_rows).astype(int), 5, LONGEST)
    ids = Ragged.from_rows([2 + rng.zipf(1.3, n) % (N_IDS - 2) for n in lengths])
    return Rows(
        ids,
        rng.integers(0, 2, n_rows),
        rng.normal(size=n_rows),
        Ragged(ids.values % 10, ids.offsets),
    )


class Case(NamedTuple):
    """An estimator, and what it is fitted to."""

    estimator: Any
    data: Callable[[Rows], tuple[Any, ...]]


def to_classes(rows: Rows) -> tuple[Any, ...]:
    return rows.ids, rows.classes


def to_labels(rows: Rows) -> tuple[Any, ...]:
    return rows.ids, rows.labels


def to_sentences(rows: Rows) -> tuple[Any, ...]:
    return rows.ids.truncated(SENTENCE), rows.ids.truncated(SENTENCE, truncating="pre")


def from_vectors(rows: Rows) -> tuple[Any, ...]:
    vectors = np.random.default_rng(0).normal(size=(len(rows.numbers), 64))
    return vectors, rows.ids.truncated(SENTENCE)


def documents(rows: Rows) -> tuple[Any, ...]:
    """Return an eighth of the rows as documents, each a list of sentences."""
    return (
        [
            [" ".join(map(str, row[i : i + SENTENCE])) for i in range(0, len(row), SENTENCE)]
            for row in rows.ids[::8]
        ],
    )


CASES = {
    "RNNClassifier rnn": Case(RNNClassifier(cell="rnn"), to_classes),
    "RNNClassifier gru": Case(RNNClassifier(cell="gru"), to_classes),
    "RNNClassifier lstm": Case(RNNClassifier(), to_classes),
    "RNNClassifier lstm, bidirectional, max": Case(
        RNNClassifier(bidirectional=True, pooling="max", dropout=0.5), to_classes
    ),
    "RNNRegressor": Case(RNNRegressor(), lambda rows: (rows.ids, rows.numbers)),
    "RNNForecaster": Case(RNNForecaster(n_lags=24), lambda rows: (None, rows.numbers)),
    "RNNTagger": Case(RNNTagger(), to_labels),
    "RNNTagger crf": Case(RNNTagger(crf=True), to_labels),
    "SequenceMLPClassifier": Case(SequenceMLPClassifier(), to_classes),
    "SequenceMLPClassifier flatten": Case(SequenceMLPClassifier(pooling="flatten"), to_classes),
    "SequenceCNNClassifier": Case(SequenceCNNClassifier(), to_classes),
    "RNNLanguageModel": Case(RNNLanguageModel(), lambda rows: (rows.ids,)),
    "Seq2Seq": Case(Seq2Seq(), to_sentences),
    "SequenceGenerator": Case(SequenceGenerator(), from_vectors),
    "SkipThought": Case(SkipThought(), documents),
}


class Given(Callback):
    """Keep what the net is trained on."""

    def on_train_begin(self, net: Any, X: Any = None, **kwargs: Any) -> None:
        """Keep the rows, and the weights before the first step."""
        self.rows_ = X
        self.module_ = copy.deepcopy(net.module_)


class Bare:
    """What one writes by hand around a module, a loss and a list of batches."""

    def __init__(self, estimator: Any):
        net = estimator.net_
        given = next(c for _, c in net.callbacks_ if isinstance(c, Given))
        self.estimator = estimator
        self.start = given.module_
        self.rows = given.rows_
        self.criterion = net.criterion_
        self.batches = list(net.get_iterator(self.rows, training=True))

    def fresh(self) -> tuple[nn.Module, torch.optim.Optimizer]:
        """Return a copy of the module as it was before training, and an optimizer."""
        module = copy.deepcopy(self.start).train()
        optimizer = type(self.estimator.net_.optimizer_)
        rate = self.estimator.learning_rate_init
        return module, optimizer(module.parameters(), lr=rate, fused=True)

    def fit(self, passes: int) -> None:
        """Train a fresh copy."""
        module, optimizer = self.fresh()
        for _ in range(passes):
            self.one_pass(module, optimizer)

    def one_pass(self, module: nn.Module, optimizer: torch.optim.Optimizer) -> float:
        """Train for a pass over the batches; read the mean loss once at its end."""
        targets_too = getattr(module, "reads_targets", False)
        clip_norm = self.estimator.clip_norm
        total = torch.zeros((), device=next(module.parameters()).device)
        for x, y in self.batches:
            optimizer.zero_grad()
            outputs = module(x, y) if targets_too else module(x)
            losses, terms = self.criterion(outputs, y), self.criterion.n_terms(y)
            loss = losses.mean() if terms is None else losses.sum() / terms.sum()
            loss.backward()
            nn.utils.clip_grad_norm_(module.parameters(), clip_norm)
            optimizer.step()
            total += loss.detach()
        return total.item() / len(self.batches)


def compare(name: str, case: Case, args: argparse.Namespace, rows: Rows) -> None:
    clock = process_time if args.cpu_time else perf_counter

    def seconds(work: Callable[[], object]) -> float:
        start = clock()
        work()
        return clock() - start

    given = case.data(rows)
    estimator = case.estimator.set_params(
        max_iter=args.passes, callbacks=[Given()], random_state=0, device=args.device, tol=0.0
    )
    estimator.fit(*given)
    bare = Bare(estimator)
    net, trained = estimator.net_, bare.fresh()
    net.callbacks_ = [(n, c) for n, c in net.callbacks_ if not isinstance(c, Given)]
    loops, fits = [], []
    for _ in range(args.repeats):
        ours = seconds(lambda: net.run(bare.rows, epochs=1))
        loops.append((ours, seconds(lambda: bare.one_pass(*trained))))
        ours = seconds(lambda: estimator.fit(*given))
        fits.append((ours, seconds(lambda: bare.fit(args.passes))))
    loop, fit = (median(a / b for a, b in pairs) for pairs in (loops, fits))
    print(
        f"{name:40} loop {loop:.3f}   fit {fit:.3f}   "
        f"({median(b for _, b in loops):.2f} s a pass of the bare loop)",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="beginnings; default: all")
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--cpu-time", action="store_true")
    args = parser.parse_args()
    rows = made_up(args.rows)
    for name, case in CASES.items():
        if not args.names or name.startswith(tuple(args.names)):
            compare(name, case, args, rows)


if __name__ == "__main__":
    main()

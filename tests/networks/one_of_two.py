"""A process of a group of two, which fits some networks: ``one_of_two.py RANK FOLDER``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import torch
from sklearn.callback import ProgressBar
from skorch.callbacks import LRScheduler
from torch import distributed

from textvec import RNNClassifier, RNNLanguageModel, RNNTagger

TEXTS = [f"the frog sat on log {'very ' * (i % 7)}{i % 3}" for i in range(33)]
ROWS = [[1 + (i * j) % 9 for j in range(1 + i % 6)] for i in range(33)]
LABELS = [i % 2 for i in range(33)]
SMALL = {"hidden_size": 5, "embedding_dim": 4, "random_state": 0}
# Masks are drawn in each process.
EQUAL = {**SMALL, "dropout": 0, "token_dropout": 0}


def results(folder: Path) -> dict[str, list[float]]:
    """Fit networks, and return their losses and predictions."""
    weights = np.linspace(0, 2, 33)
    # 33 rows: the last batch has one, so that one process has none of its own.
    schedule = LRScheduler("StepLR", step_size=1, gamma=0.5)
    plain = RNNClassifier(batch_size=8, max_iter=3, verbose=1, callbacks=[schedule], **EQUAL)
    plain.set_callbacks(ProgressBar()).fit(ROWS, LABELS, sample_weight=weights)
    stopped = RNNClassifier(
        batch_size=8, max_iter=8, early_stopping=True, checkpoint=folder / "checkpoint",
        learning_rate_init=0.1, n_iter_no_change=1, **EQUAL,
    ).fit(ROWS, LABELS)  # fmt: skip
    # A course of the rate goes by the share of each batch, of whose rows a process has a part.
    tagger = RNNTagger(crf=True, batch_size=8, max_iter=2, learning_rate="linear", **SMALL).fit(
        ROWS, ROWS
    )
    language = RNNLanguageModel(
        batch_size=5, n_steps=8, max_iter=2, learning_rate="cosine", **SMALL
    ).fit(TEXTS)
    drawn = RNNClassifier(batch_size=8, max_iter=2, dropout=0.5).fit(ROWS, LABELS)
    warm = plain.set_params(warm_start=True, max_iter=1).fit(ROWS, LABELS)
    return {
        "plain": [*warm.loss_curve_, *plain.predict_proba(ROWS)[:, 1].tolist()],
        "stopped": [*stopped.loss_curve_, *stopped.validation_scores_],
        "tagger": tagger.loss_curve_,
        "language": [*language.loss_curve_, language.perplexity(TEXTS)],
        "drawn": [*drawn.loss_curve_, *drawn.predict_proba(ROWS)[:, 1].tolist()],
    }


def other_rows(rank: int) -> dict[str, str]:
    """Return the error of a fit of different rows in each process."""
    try:
        RNNClassifier(max_iter=1).fit(ROWS[rank:], LABELS[rank:])
    except ValueError as error:
        return {"error": str(error)}
    return {}


def main() -> None:
    rank, folder = int(sys.argv[1]), Path(sys.argv[2])
    torch.set_num_threads(1)
    store = f"file://{folder / 'store'}"
    distributed.init_process_group("gloo", init_method=store, rank=rank, world_size=2)
    found = {**other_rows(rank), **results(folder)}
    (folder / f"results{rank}.json").write_text(json.dumps(found))
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()

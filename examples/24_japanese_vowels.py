"""Who is speaking, in series of different lengths?
================================================

Nine speakers utter two vowels, 270 times for training and 370 times for testing: series of 12
features, 7 to 29 steps long (Kudo, Toyama and Shimbo, 1999). They are read from the folder that
TEXTVEC_DATA names, else nine kinds of sine waves are generated. Settings were chosen by
cross-validation on the training series, which the script repeats first.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from time import perf_counter

import numpy as np
from _data import show_bars
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from textvec import Ragged, RNNClassifier, StepwiseTransformer


def read_ts(path: Path) -> tuple[Ragged, np.ndarray]:
    """Read series and their classes from a .ts file.

    After a line ``@data`` it has one series a line: channels separated by ``:``, their values by
    ``,``, and the class.
    """
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip().lower() == "@data":
                break
        rows = [line.strip().split(":") for line in lines if line.strip()]
    series = [np.array([c.split(",") for c in row[:-1]], dtype=float).T for row in rows]
    return Ragged.from_rows(series), np.array([row[-1] for row in rows])


def waves(n: int, seed: int) -> tuple[Ragged, np.ndarray]:
    """Generate three-channel sine waves, nine classes of frequency and phase."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 9
    rows = []
    for kind in y:
        steps = np.arange(rng.integers(7, 30))[:, None]
        wave = np.sin(steps * (0.4 + 0.3 * (kind % 3)) + np.arange(3) * (kind // 3))
        rows.append(wave + rng.normal(scale=0.8, size=(len(steps), 3)))
    return Ragged.from_rows(rows), y


if os.environ.get("TEXTVEC_DATA"):
    folder = Path(os.environ["TEXTVEC_DATA"])
    X_train, y_train = read_ts(folder / "japanese_vowels_train.ts.gz")
    X_test, y_test = read_ts(folder / "japanese_vowels_test.ts.gz")
else:
    X_train, y_train = waves(270, seed=0)
    X_test, y_test = waves(370, seed=1)

# %%
# Series of different lengths
# ---------------------------
# A ``Ragged`` holds them in one array, (steps, channels), without padding.
lengths = X_train.lengths
print(f"{X_train}, {lengths.min()} to {lengths.max()} steps per row; {len(X_test)} for testing")

# %%
# The network
# -----------
# The later channels have a small variance, but are as informative: ``StepwiseTransformer`` scales
# each by the mean and deviation of all steps of the training series.
network = RNNClassifier(
    cell="gru",
    hidden_size=100,
    bidirectional=True,
    pooling="max",
    dropout=0.0,
    token_dropout=0.0,
    average=False,
    learning_rate_init=5e-3,
    batch_size=16,
    max_iter=25,
    n_iter_no_change=25,
    random_state=0,
)
model = make_pipeline(StepwiseTransformer(StandardScaler()), network)

# %%
# The answer
# ----------
folds = StratifiedKFold(5, shuffle=True, random_state=0)
scores = cross_val_score(model, X_train, y_train, cv=folds)
print(f"5-fold cross-validation on the training series: accuracy {scores.mean():.4f}")
accuracies = []
for seed in range(3):
    start = perf_counter()
    model.set_params(rnnclassifier__random_state=seed).fit(X_train, y_train)
    seconds = perf_counter() - start
    accuracies.append(model.score(X_test, y_test))
    print(f"seed {seed}: test accuracy {accuracies[-1]:.4f}, {seconds:.1f} s to fit")
by_seed = {f"seed {seed}": accuracy for seed, accuracy in enumerate(accuracies)}
show_bars({"cross-validation": scores.mean(), **by_seed}, "accuracy", "japanese_vowels")
print(f"mean {np.mean(accuracies):.4f}, {min(accuracies):.4f} to {max(accuracies):.4f}")

# %%
# What to try next
# ----------------
# - ``pooling="last"``: the last state must then hold the whole series.
# - Leave out the ``StepwiseTransformer``: what are the later channels worth then?
# - ``SequenceCNNClassifier``: a convolution over the steps instead of a state.

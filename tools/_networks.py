"""Small networks of every kind, what they are fitted on, and all results of a fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from _inputs import (
    BINARY,
    CLASSES,
    IDS,
    NUMBERS,
    REVERSED,
    ROWS,
    SENTENCES,
    SERIES,
    STORIES,
    TABLE,
    TARGET,
    WAVES,
)
from sklearn.base import clone

from textvec import (
    EmbeddingVectorizer,
    NaiveForecaster,
    OneHotVectorizer,
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

torch.set_num_threads(1)

FIT = {"max_iter": 2, "batch_size": 8, "learning_rate_init": 0.02, "random_state": 0}
ON_IDS = {**FIT, "embedding_dim": 5}
RNN = {**ON_IDS, "hidden_size": 4}
TAGS = [["odd" if i % 2 else "even" for i in row] for row in ROWS]
NEXT = [[*row[1:], 2] if row else [] for row in ROWS]
FILLED = Ragged.from_rows(SERIES)
EMBEDDED = EmbeddingVectorizer(TABLE).fit_transform(SENTENCES)
FORMS = {
    "ragged": IDS,
    "padded": IDS.to_padded(9),
    "padded before": IDS.to_padded(12, padding="pre").astype(np.int64),
    "embedded": EMBEDDED,
    "one hot": OneHotVectorizer(output="sequence").fit_transform(SENTENCES),
    "vectors": FILLED,
    "array": FILLED.to_padded(8, padding="post"),
    "numbers": Ragged(FILLED.values[:, 0], FILLED.offsets),
    "table": NUMBERS,
}
CLASSIFIERS = {
    "RNNClassifier": RNNClassifier(**RNN),
    "CNN": SequenceCNNClassifier(n_filters=4, kernel_sizes=(2, 3), **ON_IDS),
    "MLP": SequenceMLPClassifier(hidden_layer_sizes=(4,), **ON_IDS),
}
LM = RNNLanguageModel(n_steps=6, **RNN)
SKIP = SkipThought(hidden_size=4, embedding_dim=5, **FIT)
FORECAST = RNNForecaster(hidden_size=4, n_lags=6, **FIT)
SEQ2SEQ = Seq2Seq(**RNN)
GENERATOR = SequenceGenerator(**RNN)

# One of each estimator, with what it is fitted on: what may happen to a fit happens to all.
ALL: dict[str, tuple[Any, Any, Any]] = {
    **{name: (model, IDS, BINARY) for name, model in CLASSIFIERS.items()},
    "RNNClassifier dropout": (
        clone(CLASSIFIERS["RNNClassifier"]).set_params(dropout=0.3),
        IDS,
        CLASSES,
    ),
    "RNNRegressor": (RNNRegressor(**RNN), IDS, TARGET),
    "RNNTagger": (RNNTagger(**RNN), IDS, TAGS),
    "RNNTagger crf": (RNNTagger(crf=True, dropout=0.2, **RNN), IDS, TAGS),
    "RNNLanguageModel": (LM, SENTENCES, None),
    "SkipThought": (SKIP, STORIES, None),
    "RNNForecaster": (FORECAST, None, WAVES),
    "Seq2Seq": (SEQ2SEQ, SENTENCES, REVERSED),
    "SequenceGenerator": (GENERATOR, NUMBERS, SENTENCES),
}


def fitted(model: Any, X: Any, y: Any = None, **options: Any) -> dict[str, Any]:
    return report(clone(model).fit(X, y, **options), X, y)


def report(model: Any, X: Any, y: Any = None) -> dict[str, Any]:
    """Return all results of a fitted estimator."""
    found: dict[str, Any] = {}
    if hasattr(model, "net_"):
        state = model.net_.module_.state_dict()
        found["weights"] = list(state.values())
        found["weight names"] = list(state)
    for name in ("loss_curve_", "validation_scores_", "best_validation_score_", "n_iter_"):
        found[name] = getattr(model, name, None)
    for name in ("classes_", "n_features_in_", "n_sentences_", "expansion_", "longest_target_"):
        if hasattr(model, name):
            found[name] = getattr(model, name)
    if isinstance(model, (RNNForecaster, NaiveForecaster)):
        return found | {"predict": model.predict(), "further": model.predict(horizon=9)}
    for name in ("predict", "predict_proba", "transform", "score_samples", "next_proba"):
        if hasattr(model, name):
            found[name] = getattr(model, name)(X)
    if hasattr(model, "score") and not isinstance(model, (Seq2Seq, SequenceGenerator)):
        found["score"] = model.score(X, y)
    return found

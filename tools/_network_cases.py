"""Cases of the networks: inputs, options, and what may happen to a fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import torch
from _inputs import (
    BINARY,
    CLASSES,
    DOCUMENTS,
    IDS,
    LABELS,
    REVERSED,
    ROWS,
    SENTENCES,
    STORIES,
    TARGET,
    TARGETS,
    WAVE,
    WEIGHTS,
)
from _networks import (
    ALL,
    CLASSIFIERS,
    EMBEDDED,
    FORECAST,
    FORMS,
    LM,
    NEXT,
    ON_IDS,
    RNN,
    SEQ2SEQ,
    SKIP,
    TAGS,
    fitted,
)
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from skorch.callbacks import LRScheduler

from textvec import (
    Ragged,
    RNNClassifier,
    RNNRegressor,
    RNNTagger,
    Seq2Seq,
    SequenceCNNClassifier,
    SequenceMLPClassifier,
    SequencePadder,
    SequenceVectorizer,
    WordTokenizer,
)

Case = tuple[str, Callable[[], Any]]


def cases() -> Iterator[Case]:
    yield from _forms()
    yield from _shapes()
    yield from _options()
    yield from _targets()


def _forms() -> Iterator[Case]:
    regressor, tagger = RNNRegressor(**RNN), RNNTagger(**RNN)
    models = {
        **{name: (model, BINARY) for name, model in CLASSIFIERS.items()},
        "MLP flat": (clone(CLASSIFIERS["MLP"]).set_params(pooling="flatten"), BINARY),
        "RNNRegressor": (regressor, TARGET),
        "Seq2Seq": (SEQ2SEQ, REVERSED),
        "Seq2Seq blind": (clone(SEQ2SEQ).set_params(attention=False), NEXT),
    }
    for (name, (model, y)), (form, X) in product(models.items(), FORMS.items()):
        yield f"forms/{name}/{form}", lambda m=model, X=X, y=y: fitted(m, X, y)
    for name, (model, y) in models.items():
        tuned = clone(model).set_params(fine_tune=True)
        yield f"forms/{name}/tuned", lambda m=tuned, y=y: fitted(m, EMBEDDED, y)
    for form, X in FORMS.items():
        lengths = [6] * 40 if form == "table" else [max(1, len(row)) for row in ROWS]
        if form in ("ragged", "padded", "padded before", "embedded", "one hot"):
            lengths = [len(row) for row in ROWS]
        y = [[(i + n) % 3 for i in range(n)] for n in lengths]
        for crf in (False, True):
            model = clone(tagger).set_params(crf=crf)
            yield f"forms/RNNTagger {crf}/{form}", lambda m=model, X=X, y=y: fitted(m, X, y)
    whole = RNNClassifier(mask_value=None, **RNN)
    yield "forms/RNNClassifier/no mask", lambda: fitted(whole, FORMS["array"], BINARY)
    many = RNNClassifier(n_tokens=20, **RNN)
    yield "forms/RNNClassifier/n_tokens", lambda: fitted(many, FORMS["padded"], BINARY)
    yield "forms/RNNClassifier/pipeline", _pipeline


def _pipeline() -> dict[str, Any]:
    model = make_pipeline(
        WordTokenizer(), SequenceVectorizer(max_tokens=30), SequencePadder(6), RNNClassifier(**RNN)
    )
    model.fit(SENTENCES, BINARY)
    return {"proba": model.predict_proba(DOCUMENTS), "score": model.score(SENTENCES, BINARY)}


def _shapes() -> Iterator[Case]:
    poolings = ("last", "mean", "max", "attention", "concat")
    for cell, both, layers in product(("rnn", "gru", "lstm"), (False, True), (1, 2)):
        options = {"cell": cell, "bidirectional": both, "num_layers": layers, "max_iter": 1}
        for pooling in poolings:
            model = RNNClassifier(**{**RNN, **options, "pooling": pooling})
            yield (
                f"shapes/RNNClassifier/{cell} {both} {layers} {pooling}",
                lambda m=model: fitted(m, IDS, CLASSES),
            )
        for dropout in (0.0, 0.4):
            model = RNNTagger(**{**RNN, **options, "dropout": dropout})
            yield (
                f"shapes/RNNTagger/{cell} {both} {layers} {dropout}",
                lambda m=model: fitted(m, IDS, TAGS),
            )
        model = Seq2Seq(**{**RNN, **options, "dropout": 0.1})
        yield (
            f"shapes/Seq2Seq/{cell} {both} {layers}",
            lambda m=model: fitted(m, SENTENCES, REVERSED),
        )
    for pooling, sizes in product(("mean", "max", "flatten"), ((), (3,), (4, 3))):
        model = SequenceMLPClassifier(hidden_layer_sizes=sizes, pooling=pooling, length=5, **ON_IDS)
        yield f"shapes/MLP/{pooling} {sizes}", lambda m=model: fitted(m, IDS, BINARY)
    for sizes in ((1,), (2, 5), (12,)):
        model = SequenceCNNClassifier(kernel_sizes=sizes, n_filters=3, dropout=0.2, **ON_IDS)
        yield f"shapes/CNN/{sizes}", lambda m=model: fitted(m, IDS, CLASSES)


def _options() -> Iterator[Case]:
    options: dict[str, dict[str, Any]] = {
        **{f"optimizer {name}": {"optimizer": name} for name in ("adamw", "rmsprop", "sgd")},
        "optimizer class": {"optimizer": torch.optim.NAdam},
        "weight_decay": {"weight_decay": 0.1},
        "no clipping": {"clip_norm": None, "learning_rate_init": 0.2},
        "clipping": {"clip_norm": 0.01},
        "batch of one": {"batch_size": 1},
        "one batch": {"batch_size": 100},
        "bfloat16": {"precision": "bfloat16"},
        "schedule": {"callbacks": [LRScheduler("StepLR", step_size=1, gamma=0.5)]},
        "plateau": {"max_iter": 8, "tol": 0.5, "n_iter_no_change": 1},
        "random state": {"random_state": np.random.RandomState(5)},
        "best epoch": {"early_stopping": True, "max_iter": 6, "validation_fraction": 0.25},
        "stops early": {"early_stopping": True, "max_iter": 9, "n_iter_no_change": 1, "tol": 0.9},
    }
    models: dict[str, tuple[Any, Any, Any]] = {
        "RNNClassifier": (RNNClassifier(dropout=0.2, **RNN), IDS, CLASSES),
        "RNNRegressor": (RNNRegressor(cell="gru", **RNN), IDS, TARGETS),
        "RNNTagger": (RNNTagger(cell="rnn", crf=True, **RNN), IDS, TAGS),
        "RNNLanguageModel": (LM, SENTENCES, None),
        "Seq2Seq": (SEQ2SEQ, SENTENCES, REVERSED),
        "SkipThought": (SKIP, STORIES, None),
        "RNNForecaster": (FORECAST, None, WAVE),
    }
    for (name, (model, X, y)), (option, values) in product(models.items(), options.items()):
        changed = clone(model).set_params(**values)
        yield f"options/{name}/{option}", lambda m=changed, X=X, y=y: fitted(m, X, y)


def _targets() -> Iterator[Case]:
    for name, model in CLASSIFIERS.items():
        for kind, y in {"binary": BINARY, "three": CLASSES, "labels": LABELS}.items():
            yield f"targets/{name}/{kind}", lambda m=model, y=y: fitted(m, IDS, y)
            yield (
                f"targets/{name}/{kind} weighted",
                lambda m=model, y=y: fitted(m, IDS, y, sample_weight=WEIGHTS),
            )
        yield (
            f"targets/{name}/balanced",
            lambda m=model: fitted(clone(m).set_params(class_weight="balanced"), IDS, CLASSES),
        )
        weights = {"yes": 3.0, "no": 0.5}
        yield (
            f"targets/{name}/class weights",
            lambda m=model, w=weights: fitted(
                clone(m).set_params(class_weight=w, early_stopping=True),
                IDS,
                BINARY,
                sample_weight=WEIGHTS,
            ),
        )
    for loss, (kind, y) in product(
        ("squared_error", "absolute_error"), {"one": TARGET, "two": TARGETS}.items()
    ):
        model = RNNRegressor(loss=loss, pooling="mean", **RNN)
        yield f"targets/RNNRegressor/{loss} {kind}", lambda m=model, y=y: fitted(m, IDS, y)
        yield (
            f"targets/RNNRegressor/{loss} {kind} weighted",
            lambda m=model, y=y: fitted(m, IDS, y, sample_weight=WEIGHTS),
        )
    for crf in (False, True):
        model = RNNTagger(crf=crf, **RNN)
        yield (
            f"targets/RNNTagger/weighted {crf}",
            lambda m=model: fitted(m, IDS, Ragged.from_rows(NEXT), sample_weight=WEIGHTS),
        )
    for name in ("Seq2Seq", "SequenceGenerator"):
        model, X, y = ALL[name]
        yield (
            f"targets/{name}/weighted",
            lambda m=model, X=X, y=y: fitted(m, X, y, sample_weight=WEIGHTS),
        )

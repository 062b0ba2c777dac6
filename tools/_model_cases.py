"""Cases of single estimators: starts, encoders, language models, decoders, forecasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
from _fit_cases import in_parts, killed
from _inputs import (
    BINARY,
    CLASSES,
    COLUMNS,
    DOCUMENTS,
    IDS,
    LABELS,
    NUMBERS,
    REVERSED,
    SENTENCES,
    STORIES,
    TARGET,
    TARGETS,
    VECTORS,
    WAVE,
    WAVES,
)
from _networks import ALL, CLASSIFIERS, FORECAST, FORMS, LM, NEXT, RNN, SEQ2SEQ, SKIP, TAGS, fitted
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline

from textvec import (
    CharTokenizer,
    NaiveForecaster,
    Ragged,
    RNNClassifier,
    RNNEncoder,
    RNNForecaster,
    RNNRegressor,
    RNNTagger,
    SequencePadder,
    SequenceVectorizer,
    SubwordTokenizer,
    WordTokenizer,
    token_saliency,
)

Case = tuple[str, Callable[[], Any]]


def cases() -> Iterator[Case]:
    yield from _pretrained()
    yield from _encoders()
    yield from _language_models()
    yield from _writers()
    yield from _sentence_models()
    yield from _forecasters()
    yield from _explanations()
    yield from _errors()


def _pretrained() -> Iterator[Case]:
    source = clone(LM).set_params(num_layers=2).fit(SENTENCES)
    ids, init = source.vectorizer_.transform(SENTENCES), FrozenEstimator(source)
    models = {
        "RNNClassifier": (RNNClassifier(**RNN), BINARY),
        "RNNRegressor": (RNNRegressor(pooling="concat", dropout=0.2, **RNN), TARGET),
        "RNNTagger": (RNNTagger(bidirectional=False, **RNN), TAGS),
    }
    options: dict[str, dict[str, Any]] = {
        "init": {},
        "unfreeze": {"unfreeze": True, "max_iter": 4},
        "rate_decay": {"rate_decay": 2.6, "warm_start": True},
        "both": {"unfreeze": True, "rate_decay": 1.5, "max_iter": 3, "early_stopping": True},
    }
    for (name, (model, y)), (option, values) in product(models.items(), options.items()):
        started = clone(model).set_params(init=init, **values)
        yield f"pretrained/{name}/{option}", lambda m=started, y=y: fitted(m, ids, y)
    started = clone(models["RNNClassifier"][0]).set_params(init=init, unfreeze=True)
    yield "pretrained/killed", lambda: killed(clone(started), ids, BINARY)
    yield "pretrained/parts", lambda: in_parts(clone(started), ids, BINARY)


def _encoders() -> Iterator[Case]:
    for name, model, y in (
        ("RNNClassifier", RNNClassifier(pooling="concat", **RNN), BINARY),
        ("RNNTagger", RNNTagger(num_layers=2, **RNN), TAGS),
        ("RNNRegressor", RNNRegressor(cell="gru", num_layers=2, **RNN), TARGET),
    ):
        for steps in (False, True):
            encoder = RNNEncoder(model, return_sequences=steps)
            yield f"encoders/{name} {steps}", lambda e=encoder, y=y: _encoded(e, y)


def _encoded(encoder: RNNEncoder, y: Any) -> dict[str, Any]:
    encoder = clone(encoder).fit(IDS, y)
    frozen = RNNEncoder(FrozenEstimator(encoder.estimator_))
    found = {
        "X": encoder.transform(IDS),
        "frozen": frozen.transform(IDS[::-1]),
    }
    if hasattr(encoder, "get_feature_names_out"):
        found["features"] = encoder.get_feature_names_out()
    if not encoder.estimator.bidirectional:
        first, state = encoder.partial_transform(IDS)
        second, after = encoder.partial_transform(IDS, state)
        found["parts"] = [first, second, *state, *after]
    return found


def _language_models() -> Iterator[Case]:
    options: dict[str, dict[str, Any]] = {
        "stateless": {"stateful": False},
        "untied": {"tied": False, "dropout": 0.2},
        "adaptive": {"softmax": "adaptive"},
        "like widths": {"hidden_size": 5, "cell": "gru"},
        "layers": {"num_layers": 2, "cell": "rnn"},
        "limits": {"max_tokens": 9, "min_count": 4},
        "chars": {"tokenizer": CharTokenizer()},
        "long steps": {"n_steps": 50, "early_stopping": True},
    }
    for name, values in options.items():
        model = clone(LM).set_params(**values)
        yield f"language/{name}", lambda m=model: fitted(m, SENTENCES)
    yield "language/ids", lambda: fitted(LM, IDS[IDS.lengths > 0])
    yield "language/tokens", lambda: fitted(LM, WordTokenizer().transform(SENTENCES))
    yield "language/documents", lambda: fitted(LM, DOCUMENTS)
    many = clone(LM).set_params(softmax="adaptive", max_tokens=None)
    yield "language/documents adaptive", lambda: fitted(many, DOCUMENTS)
    yield "language/sample", _sampled


def _sampled() -> dict[str, Any]:
    model = clone(LM).fit(SENTENCES)
    of_ids = clone(LM).fit(IDS[IDS.lengths > 0])
    return {
        "drawn": model.sample(4, max_length=9, random_state=1),
        "likeliest": model.sample(prefix="a b", temperature=0, max_length=9),
        "top_k": model.sample(3, top_k=3, temperature=1.5, max_length=9, random_state=2),
        "top_p": model.sample(3, top_p=0.6, prefix="c", max_length=9, random_state=3),
        "ids": of_ids.sample(2, prefix=[3, 4], max_length=5, random_state=4),
        "perplexity": model.perplexity(SENTENCES),
        "vectors": model.vectors_,
    }


def _writers() -> Iterator[Case]:
    options: dict[str, dict[str, Any]] = {
        "beam": {"beam_width": 3, "max_iter": 4},
        "penalty": {"beam_width": 4, "length_penalty": 0.0, "max_length": 5},
        "limits": {"max_tokens": 8, "min_count": 2},
        "chars": {"target_tokenizer": CharTokenizer(), "max_length": 9},
        "subwords": {"target_tokenizer": SubwordTokenizer(vocab_size=40), "max_length": 9},
    }
    for name in ("Seq2Seq", "SequenceGenerator"):
        model, X, y = ALL[name]
        for option, values in options.items():
            changed = clone(model).set_params(**values)
            yield f"writers/{name}/{option}", lambda m=changed, X=X, y=y: fitted(m, X, y)
        yield f"writers/{name}/labels", lambda m=model, X=X: fitted(m, X, NEXT)
        yield f"writers/{name}/strings", lambda m=model, X=X: fitted(m, X, TAGS)
        tokens = WordTokenizer().transform(REVERSED)
        yield f"writers/{name}/tokens", lambda m=model, X=X, y=tokens: fitted(m, X, y)
        for metric in ("bleu", "chrf", "exact"):
            yield (
                f"writers/{name}/{metric}",
                lambda m=model, X=X, y=y, metric=metric: (
                    clone(m).set_params(metric=metric, max_iter=6).fit(X, y).score(X, y)
                ),
            )
    yield "writers/Seq2Seq/attention", _attention
    words = clone(SEQ2SEQ).set_params(tokenizer=CharTokenizer())
    yield "writers/Seq2Seq/characters read", lambda: fitted(words, SENTENCES, REVERSED)
    blind = clone(SEQ2SEQ).set_params(attention=False, beam_width=2, num_layers=2)
    yield "writers/Seq2Seq/blind", lambda: fitted(blind, SENTENCES, REVERSED)


def _attention() -> list[Any]:
    model = clone(SEQ2SEQ).fit(SENTENCES, REVERSED)
    maps = [
        *model.attention_maps(SENTENCES[:5]),
        *model.attention_maps(SENTENCES[:5], REVERSED[:5]),
    ]
    return [[list(m.source), list(m.target), m.weights] for m in maps]


def _sentence_models() -> Iterator[Case]:
    options: dict[str, dict[str, Any]] = {
        **{cell: {"cell": cell, "num_layers": 2} for cell in ("rnn", "gru", "lstm")},
        "both ways": {"bidirectional": True, "dropout": 0.1},
        "adaptive": {"softmax": "adaptive"},
        "words": {"sentence_splitter": str.split},
        "short": {"max_length": 2, "max_tokens": 12},
        "chars": {"tokenizer": CharTokenizer()},
        "expanded": {"expand_from": VECTORS},
    }
    for name, values in options.items():
        model = clone(SKIP).set_params(**values)
        yield f"skip-thought/{name}", lambda m=model: fitted(m, STORIES)
    known = clone(SKIP).set_params(expand_from=VECTORS)
    yield "skip-thought/new words", lambda: known.fit(STORIES).transform(["a film w1", "w3", ""])


def _forecasters() -> Iterator[Case]:
    options: dict[str, dict[str, Any]] = {
        "horizon": {"horizon": 4},
        "differences": {"differences": (1, 7)},
        "values": {"differences": ()},
        "absolute": {"loss": "absolute_error", "cell": "rnn"},
        "layers": {"num_layers": 2, "cell": "gru", "dropout": 0.2},
        "best epoch": {"early_stopping": True, "max_iter": 5, "horizon": 2},
    }
    for name, values in options.items():
        model = clone(FORECAST).set_params(**values)
        for kind, y in {"one": WAVE, "several": WAVES}.items():
            yield f"forecasts/{name} {kind}", lambda m=model, y=y: fitted(m, None, y)
    for horizon in (1, 3):
        model = clone(FORECAST).set_params(horizon=horizon)
        yield f"forecasts/columns {horizon}", lambda m=model: _with_columns(m)
        yield f"forecasts/columns of several {horizon}", lambda m=model: _with_columns_each(m)
    for season in (1, 7):
        naive = NaiveForecaster(season_length=season)
        for kind, y in {"one": WAVE, "several": Ragged.from_rows(WAVES)}.items():
            yield f"forecasts/naive {season} {kind}", lambda m=naive, y=y: fitted(m, None, y)


def _with_columns(model: RNNForecaster) -> dict[str, Any]:
    fitted_model = clone(model).fit(COLUMNS[:70], WAVE[:70])
    return {
        "predict": fitted_model.predict(COLUMNS[70:]),
        "score": fitted_model.score(COLUMNS[70:], WAVE[70:]),
        "weights": list(fitted_model.net_.module_.state_dict().values()),
    }


def _with_columns_each(model: RNNForecaster) -> Any:
    columns = [COLUMNS[: len(wave)] for wave in WAVES]
    return clone(model).fit(columns, WAVES).predict(np.stack([COLUMNS[:6]] * 3))


def _explanations() -> Iterator[Case]:
    models: dict[str, tuple[Any, Any, Any]] = {
        "RNNClassifier": (RNNClassifier(**RNN), CLASSES, None),
        "labels": (RNNClassifier(pooling="attention", **RNN), LABELS, 1),
        "MLP": (CLASSIFIERS["MLP"], BINARY, "yes"),
        "CNN": (CLASSIFIERS["CNN"], BINARY, None),
        "RNNRegressor": (RNNRegressor(**RNN), TARGETS, 0),
    }
    for (name, (model, y, target)), method in product(
        models.items(), ("gradient_input", "occlusion")
    ):
        for form in ("ragged", "embedded", "array"):
            yield (
                f"saliency/{name}/{method} {form}",
                lambda m=model, y=y, t=target, k=method, f=form: _explained(m, y, t, k, f),
            )
    yield "saliency/pipeline", _explained_texts


def _explained(model: Any, y: Any, target: Any, method: str, form: str) -> dict[str, Any]:
    X = FORMS[form]
    saliency = token_saliency(clone(model).fit(X, y), X[:12], method=method, target=target)
    return {
        "scores": saliency.scores,
        "values": saliency.values,
        "predictions": saliency.predictions,
        "tokens": saliency.tokens,
    }


def _explained_texts() -> list[Any]:
    model = make_pipeline(
        WordTokenizer(), SequenceVectorizer(), SequencePadder(6), RNNClassifier(**RNN)
    )
    saliency = token_saliency(model.fit(SENTENCES, BINARY), SENTENCES[:6])
    return [saliency.tokens, saliency.scores, saliency.html(), saliency.strongest(2)]


def _errors() -> Iterator[Case]:
    model = RNNClassifier(**RNN)
    yield "errors/networks lengths", lambda: clone(model).fit(IDS, BINARY[:5])
    yield "errors/networks one class", lambda: clone(model).fit(IDS, ["a"] * 40)
    yield "errors/networks nan", lambda: clone(model).fit(NUMBERS * np.nan, BINARY)
    yield "errors/networks negative ids", lambda: clone(model).fit(FORMS["padded"] - 5, BINARY)
    yield "errors/networks parameter", lambda: clone(model).set_params(cell="lsdm").fit(IDS, BINARY)
    yield "errors/networks unfitted", lambda: RNNClassifier().predict(IDS)
    yield (
        "errors/networks other form",
        lambda: clone(model).fit(IDS, BINARY).predict(FORMS["array"]),
    )
    large = Ragged(IDS.values + 50, IDS.offsets)
    yield (
        "errors/networks ids out of the table",
        lambda: clone(model).fit(IDS, BINARY).predict(large),
    )
    yield "errors/networks tags", lambda: RNNTagger(**RNN).fit(IDS, TAGS[::-1])
    yield (
        "errors/networks early parts",
        lambda: in_parts(clone(model).set_params(early_stopping=True), IDS, BINARY),
    )
    yield "errors/networks texts", lambda: clone(model).fit(SENTENCES, BINARY)
    yield "errors/networks short series", lambda: clone(FORECAST).fit(None, WAVE[:5])
    yield "errors/networks init", lambda: RNNClassifier(init=LM).fit(IDS, BINARY)
    yield "errors/networks no texts", lambda: clone(LM).fit([])
    yield "errors/networks diverges", lambda: _diverged()


def _diverged() -> Any:
    model = RNNRegressor(optimizer="sgd", clip_norm=None, **{**RNN, "learning_rate_init": 1e30})
    return fitted(model, IDS, TARGET * 1e20)

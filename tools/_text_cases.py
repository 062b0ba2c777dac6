"""Cases of tokens, counts, ids, one-hot and padding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
from _inputs import BINARY, DOCUMENTS, GENOME, IDS, NUMBERS, REVIEWS, ROWS
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from textvec import (
    BM25Transformer,
    CharTokenizer,
    CountVectorizer,
    FunctionTokenizer,
    HashingVectorizer,
    KmerTokenizer,
    NBLogCountRatio,
    OneHotVectorizer,
    Ragged,
    SequencePadder,
    SequenceVectorizer,
    SubwordTokenizer,
    TfidfVectorizer,
    Tokens,
    Vocabulary,
    WordTokenizer,
    hashing_report,
    split_sentences,
)

Case = tuple[str, Callable[[], Any]]

TOKENIZERS = {
    **{
        f"words {rule}": WordTokenizer(rule) for rule in ("words", "sklearn", "keras", "whitespace")
    },
    "words spans": WordTokenizer(spans=True),
    "words case kept": WordTokenizer(lowercase=False),
    "words ascii": WordTokenizer(strip_accents="ascii"),
    "words unicode": WordTokenizer(strip_accents="unicode", spans=True),
    "words pattern": WordTokenizer(pattern=r"\w+|[^\w\s]", spans=True),
    "words stop": WordTokenizer(stop_words="english"),
    "words stop list": WordTokenizer(stop_words=["the", "ist"], n_jobs=2),
    **{f"words {form}": WordTokenizer(normalize=form) for form in ("NFC", "NFKC")},
    "chars": CharTokenizer(),
    "chars spans": CharTokenizer(lowercase=True, normalize="NFC", spans=True),
    "kmers": KmerTokenizer(3),
    "kmers stride": KmerTokenizer(4, 2, lowercase=True),
    "function": FunctionTokenizer(str.split),
    **{m: SubwordTokenizer(m, vocab_size=300) for m in ("bpe", "wordpiece", "unigram")},
    "bpe spans": SubwordTokenizer(vocab_size=350, spans=True, lowercase=False),
}
LIMITS = {
    "plain": {},
    "max_tokens": {"max_tokens": 40},
    "min_count": {"min_count": 3},
    "df": {"min_df": 2, "max_df": 0.5},
    "drop": {"max_tokens": 40, "oov": "drop"},
    "vocabulary": {"vocabulary": ["the", "ist", "rana", "x"]},
    "chars": {"tokenizer": CharTokenizer()},
}
COUNTING = {
    "plain": {},
    "bigrams": {"ngram_range": (1, 2)},
    "trigrams": {"ngram_range": (2, 3), "min_df": 2},
    "char": {"analyzer": "char", "ngram_range": (1, 3)},
    "char_wb": {"analyzer": "char_wb", "ngram_range": (2, 4)},
    "binary": {"binary": True, "stop_words": "english"},
    "case": {"lowercase": False, "strip_accents": "unicode"},
    "pattern": {"token_pattern": r"(?u)\b\w+\b", "ngram_range": (1, 2), "n_jobs": 2},
    "callable": {"analyzer": str.split},
}


def cases() -> Iterator[Case]:
    for name, tokenizer in TOKENIZERS.items():
        yield f"tokens/{name}", lambda t=tokenizer: _tokens(t)
    for name, options in LIMITS.items():
        yield f"ids/{name}", lambda o=options: _ids(SequenceVectorizer(**o))
        for output in ("multi_hot", "sequence"):
            model = OneHotVectorizer(output=output, **options)
            yield f"one hot/{output}/{name}", lambda m=model: _vectorized(m)
    for name, options in COUNTING.items():
        yield f"count/{name}", lambda o=options: _counts(o)
        yield f"tfidf/{name}", lambda o=options: _vectorized(TfidfVectorizer(**o))
        if "min_df" not in options:
            yield f"hashing/{name}", lambda o=options: _hashed(o)
    yield from _count_options()
    yield from _padding()
    yield "containers/ragged", _ragged
    yield "containers/vocabulary", _vocabulary
    yield "containers/tokens", _token_rows
    yield "sentences", lambda: [split_sentences(text) for text in [*DOCUMENTS, *REVIEWS]]
    yield from _errors()


def _tokens(tokenizer: Any) -> dict[str, Any]:
    fitted = clone(tokenizer).fit(DOCUMENTS)
    tokens = fitted.transform(DOCUMENTS)
    return {
        "tokens": tokens,
        "some": fitted.transform([DOCUMENTS[3], "", *GENOME]),
        "lists": tokens.to_list(),
        "inverse": list(fitted.inverse_transform(tokens[:30])),
    }


def _ids(vectorizer: SequenceVectorizer) -> dict[str, Any]:
    ids = vectorizer.fit_transform(DOCUMENTS)
    found = {
        "ids": ids,
        "others": vectorizer.transform(REVIEWS),
        "vocabulary": vectorizer.vocabulary_,
        "n_tokens": vectorizer.n_tokens_,
        "inverse": list(vectorizer.inverse_transform(ids)),
    }
    if vectorizer.vocabulary is None:
        parts = clone(vectorizer).partial_fit(DOCUMENTS[:60]).partial_fit(DOCUMENTS[60:])
        found["parts"] = parts.transform(DOCUMENTS)
    return found


def _vectorized(vectorizer: Any) -> dict[str, Any]:
    found = {"X": vectorizer.fit_transform(DOCUMENTS), "others": vectorizer.transform(REVIEWS)}
    if hasattr(vectorizer, "get_feature_names_out"):
        found["features"] = vectorizer.get_feature_names_out()
    return found


def _counts(options: dict[str, Any]) -> dict[str, Any]:
    vectorizer = CountVectorizer(**options)
    found = _vectorized(vectorizer)
    found["inverse"] = [row.tolist() for row in vectorizer.inverse_transform(found["X"][:20])]
    found["vocabulary"] = sorted((k, int(v)) for k, v in vectorizer.vocabulary_.items())
    return found


def _hashed(options: dict[str, Any]) -> dict[str, Any]:
    signed = HashingVectorizer(n_features=512, **options)
    plain = HashingVectorizer(n_features=300, alternate_sign=False, norm=None, **options)
    return {"signed": signed.transform(DOCUMENTS), "plain": plain.fit_transform(DOCUMENTS)}


def _count_options() -> Iterator[Case]:
    tokens = WordTokenizer("sklearn").transform(DOCUMENTS)
    yield "count/of tokens", lambda: _vectorized(CountVectorizer(ngram_range=(1, 2)).fit(tokens))
    yield "count/max_features", lambda: _vectorized(CountVectorizer(max_features=50, max_df=0.6))
    yield "count/dtype", lambda: _vectorized(CountVectorizer(dtype=np.float32))
    yield (
        "tfidf/options",
        lambda: _vectorized(TfidfVectorizer(norm="l1", sublinear_tf=True, smooth_idf=False)),
    )
    kept = HashingVectorizer(n_features=64, keep_terms=2, ngram_range=(1, 2))
    yield (
        "hashing/kept terms",
        lambda: [kept.partial_fit(DOCUMENTS).transform(DOCUMENTS), kept.decode(range(64))],
    )
    yield (
        "hashing/report",
        lambda: hashing_report(DOCUMENTS, n_features=[16, 256, 4096], ngram_range=(1, 2)),
    )
    counts = CountVectorizer().fit_transform(REVIEWS)
    y = np.resize(BINARY, len(REVIEWS))
    for k1, b in ((1.5, 0.75), (0.0, 1.0)):
        yield f"weights/bm25 {k1}", lambda k1=k1, b=b: BM25Transformer(k1, b).fit_transform(counts)
    for binarize in (True, False):
        yield (
            f"weights/nb {binarize}",
            lambda f=binarize: NBLogCountRatio(binarize=f).fit(counts, y).transform(counts),
        )


def _padding() -> Iterator[Case]:
    floats = Ragged(np.arange(2 * len(IDS.values), dtype=float).reshape(-1, 2), IDS.offsets)
    for padding, truncating, length in product(("pre", "post"), ("pre", "post"), (None, 4)):
        padder = SequencePadder(length, padding=padding, truncating=truncating, value=0)
        for kind, X in (("ids", IDS), ("floats", floats), ("lists", ROWS)):
            yield (
                f"padding/{padding} {truncating} {length} {kind}",
                lambda p=padder, X=X: clone(p).fit_transform(X),
            )
    pipeline = make_pipeline(WordTokenizer(), SequenceVectorizer(max_tokens=50), SequencePadder(7))
    yield "padding/pipeline", lambda: pipeline.fit_transform(DOCUMENTS)


def _ragged() -> dict[str, Any]:
    order = np.random.default_rng(0).permutation(len(IDS))
    return {
        "rows": [IDS[3], IDS[-1], IDS[::-2], IDS[order], IDS[IDS.lengths > 3]],
        "lengths": IDS.lengths,
        "concat": IDS[:5].concat(IDS[20:], IDS[3:4]),
        "padded": IDS.to_padded(6, padding="pre", truncating="post", value=1),
        "truncated": IDS.truncated(3, truncating="pre"),
        "numbers": Ragged.from_rows(list(NUMBERS)),
        "repr": repr(IDS),
    }


def _vocabulary() -> dict[str, Any]:
    one, two = Vocabulary(["b", "a", "กบ", ""]), Vocabulary(["a", "é", "z"])
    return {
        "lookup": one.lookup(["a", "x", "กบ"]),
        "merge": one.merge(two),
        "argsort": two.argsort(),
        "take": one.take(np.array([2, 0])),
        "buffers": [np.asarray(one.buffer), np.asarray(one.offsets)],
        "items": list(Vocabulary(["p", "q"], first_id=2).items()),
    }


def _token_rows() -> dict[str, Any]:
    tokens = Tokens.from_lists([["a", "b"], [], ["b", "c", "a"]])
    more = Tokens.from_lists([["z", "a"]])
    return {"tokens": tokens, "selected": tokens[[2, 0]], "concat": tokens.concat(more)}


def _errors() -> Iterator[Case]:
    mistakes: dict[str, Any] = {
        "none": ["a", None],
        "bytes": [b"a"],
        "number": ["a", 3],
        "string": "a",
        "empty": [],
    }
    for name, documents in mistakes.items():
        for model in (WordTokenizer(), SequenceVectorizer(), CountVectorizer(), TfidfVectorizer()):
            yield (
                f"errors/{type(model).__name__} {name}",
                lambda m=model, d=documents: clone(m).fit_transform(d),
            )
    yield "errors/ragged offsets", lambda: Ragged([1, 2], [0, 5])
    yield "errors/ragged falling", lambda: Ragged([1, 2], [0, 2, 1])
    yield "errors/unfitted", lambda: SequenceVectorizer().transform(["a"])
    yield "errors/padder length", lambda: SequencePadder(0).fit_transform(IDS)
    yield "errors/missing", lambda: WordTokenizer(missing="empty").transform(["a", None]).to_list()
    yield "errors/large ids", lambda: IDS.to_padded(-1)

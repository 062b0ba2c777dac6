"""The public callables that are fuzzed, each as a function of one argument."""

from __future__ import annotations

import numpy as np

from textvec import (
    BM25Transformer,
    CharTokenizer,
    CountVectorizer,
    EmbeddedSequences,
    FunctionTokenizer,
    HashingVectorizer,
    NBLogCountRatio,
    OneHotVectorizer,
    Ragged,
    RNNClassifier,
    RNNForecaster,
    RNNLanguageModel,
    RNNRegressor,
    RNNTagger,
    Seq2Seq,
    SequencePadder,
    SequenceVectorizer,
    SkipThought,
    TfidfVectorizer,
    Tokens,
    Vocabulary,
    WordTokenizer,
    WordVectors,
    split_sentences,
)

from ..test_inputs import (
    IDS,
    LABELS,
    LEARNER,
    OF_DOCUMENTS,
    OF_IDS,
    OF_LABELS,
    OF_SERIES,
    OF_STEP_LABELS,
    OF_TOKEN_ROWS,
    OF_VOCABULARIES,
    OF_WORDS,
    SMALL,
    VECTORS,
    WORDS,
)

__all__ = ["CALLABLES"]

ROWS = Ragged.from_rows([[1, 2], [], [3]])
TOKENS = Tokens.from_lists([["a", "frog"], [], ["b"]])
DOCUMENTS = ["The frog sat on the log.", "Not good the frog", "x y the toad the"]

CONTAINERS = {
    "Ragged(values)": lambda x: Ragged(x, [0, 1, 3]),
    "Ragged(offsets)": lambda x: Ragged([1, 2, 3], x),
    "Ragged(n_ids)": lambda x: Ragged([1, 2, 3], [0, 3], n_ids=x),
    "Ragged[...]": lambda x: ROWS[x],
    "Ragged.truncated": ROWS.truncated,
    "Ragged.to_padded(length)": lambda x: ROWS.to_padded(_modest(x)),
    "Ragged.to_padded(value)": lambda x: ROWS.to_padded(4, value=x),
    "Ragged.to_padded(padding)": lambda x: ROWS.to_padded(4, padding=x),
    "Ragged.concat": ROWS.concat,
    "Tokens(values)": lambda x: Tokens(x, [0, 1, 3], TOKENS.vocabulary),
    "Tokens(offsets)": lambda x: Tokens([0, 1, 2], x, TOKENS.vocabulary),
    "Tokens(vocabulary)": lambda x: Tokens([0, 1, 2], [0, 3], x),
    "Tokens(spans)": lambda x: Tokens([0, 1], [0, 2], TOKENS.vocabulary, x),
    "Tokens[...]": lambda x: TOKENS[x],
    "Tokens.concat": TOKENS.concat,
    "Vocabulary.from_buffer(buffer)": lambda x: Vocabulary.from_buffer(x, [0, 1]),
    "Vocabulary.from_buffer(offsets)": lambda x: Vocabulary.from_buffer(
        np.array([97, 98], np.uint8), x
    ),
    "Vocabulary(first_id)": lambda x: Vocabulary(WORDS, first_id=x),
    "Vocabulary.take": Vocabulary(WORDS).take,
    "Vocabulary.merge": Vocabulary(WORDS).merge,
    "Vocabulary[...]": lambda x: Vocabulary(WORDS)[x],
    "Vocabulary.id_to_token": Vocabulary(WORDS).id_to_token,
    "in Vocabulary": lambda x: x in Vocabulary(WORDS),
    "EmbeddedSequences(ids)": lambda x: EmbeddedSequences(x, np.zeros((5, 2))),
    "EmbeddedSequences(table)": lambda x: EmbeddedSequences(ROWS, x),
    "WordVectors(matrix)": lambda x: WordVectors(["a", "b", "c"], x),
    "WordVectors.nearest(k)": lambda x: VECTORS.nearest("frog", k=x),
    "WordVectors.nearest(limit)": lambda x: VECTORS.nearest("frog", limit=x),
    "WordVectors.analogy(negative)": lambda x: VECTORS.analogy(["frog"], x),
    "WordVectors.most_distant": VECTORS.most_distant,
    "WordVectors.odd_one_out": VECTORS.odd_one_out,
    "in WordVectors": lambda x: x in VECTORS,
    "split_sentences": split_sentences,
}
TARGETS = {
    "RNNRegressor.fit(y)": lambda y: RNNRegressor(**SMALL).fit(IDS, y),
    "fit(sample_weight)": lambda w: RNNClassifier(**SMALL).fit(IDS, LABELS, sample_weight=w),
    "partial_fit(classes)": lambda c: RNNClassifier(**SMALL).partial_fit(IDS, LABELS, classes=c),
    "class_weight": lambda w: RNNClassifier(class_weight=w, **SMALL).fit(IDS, LABELS),
    "RNNForecaster(X)": lambda X: RNNForecaster(n_lags=2, hidden_size=3, max_iter=1).fit(
        X, np.arange(9.0)
    ),
    "RNNForecaster.predict": lambda X: (
        RNNForecaster(n_lags=2, hidden_size=3, max_iter=1).fit(y=np.arange(9.0)).predict(X)
    ),
    "RNNTagger.fit(X)": lambda X: RNNTagger(**SMALL).fit(X, [["a", "b"], ["b"], ["a"]]),
    "RNNTagger.score": lambda y: RNNTagger(**SMALL).fit(IDS, IDS).score(IDS, y),
    "Seq2Seq.score": lambda y: Seq2Seq(**SMALL).fit(IDS, IDS).score(IDS, y),
    "sample(prefix)": lambda x: RNNLanguageModel(**SMALL).fit(DOCUMENTS).sample(prefix=x),
    "SkipThought.transform": lambda X: (
        SkipThought(hidden_size=3, sentence_splitter=str.split, **LEARNER).fit(DOCUMENTS)
    ).transform(X),
    "BM25Transformer": lambda X: BM25Transformer().fit_transform(X),
    "NBLogCountRatio(X)": lambda X: NBLogCountRatio().fit_transform(X, [0, 1, 0]),
}


def _parameters():
    """Return every parameter of some estimators as a function of one argument."""
    makers = [
        WordTokenizer,
        CharTokenizer,
        SequenceVectorizer,
        OneHotVectorizer,
        CountVectorizer,
        TfidfVectorizer,
        HashingVectorizer,
    ]
    callables = {}
    for make in makers:
        for name in make().get_params():
            callables[f"{make.__name__}({name}=)"] = lambda x, m=make, n=name: (
                m(**{n: _modest(x)}).fit(DOCUMENTS).transform(DOCUMENTS)
            )
    for name in SequencePadder().get_params():
        callables[f"SequencePadder({name}=)"] = lambda x, n=name: SequencePadder(
            **{n: _modest(x)}
        ).fit_transform(ROWS)
    for name in RNNClassifier().get_params():
        if name not in ("checkpoint", "verbose", "callbacks"):
            callables[f"RNNClassifier({name}=)"] = lambda x, n=name: RNNClassifier(
                **{**SMALL, n: _modest(x)}
            ).fit(IDS, LABELS)
    callables["FunctionTokenizer(...)"] = lambda x: FunctionTokenizer(lambda _: x).transform(["a"])
    callables["CountVectorizer(analyzer=...)"] = lambda x: CountVectorizer(
        analyzer=lambda _: x
    ).fit_transform(["a"])
    return callables


def _modest(x):
    """Replace sizes that take gigabytes of memory, as anybody may ask for."""
    return 7 if isinstance(x, (int, np.integer)) and x > 1000 else x


def _fitted(callables, prefix):
    return {f"{prefix}{name}": function for name, function in callables.items()}


CALLABLES = {
    **_fitted(OF_DOCUMENTS, "documents: "),
    **_fitted(OF_TOKEN_ROWS, "rows of tokens: "),
    **_fitted(OF_IDS, "rows: "),
    **_fitted(OF_LABELS, "labels: "),
    **_fitted(OF_STEP_LABELS, "labels of steps: "),
    **_fitted(OF_SERIES, "series: "),
    **_fitted(OF_WORDS, "words: "),
    **_fitted(OF_VOCABULARIES, "words: "),
    **CONTAINERS,
    **TARGETS,
    **_parameters(),
}

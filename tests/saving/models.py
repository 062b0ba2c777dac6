"""A small fitted model of every public estimator, and its predictions: what is saved in tests.

``tools/make_golden.py`` saves them for later versions to read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import LRScheduler

from textvec import (
    BM25Transformer,
    CharTokenizer,
    ConceptVectors,
    ConformalForecaster,
    CountVectorizer,
    Dna2Vec,
    Doc2Vec,
    DocumentDistance,
    EmbeddedSequences,
    EmbeddingVectorizer,
    FastText,
    FunctionTokenizer,
    GloVe,
    HashingSequenceVectorizer,
    HashingVectorizer,
    KmerTokenizer,
    NaiveForecaster,
    NBLogCountRatio,
    NgramDoc2Vec,
    OneHotVectorizer,
    Ragged,
    RNNClassifier,
    RNNEncoder,
    RNNForecaster,
    RNNLanguageModel,
    RNNRegressor,
    RNNTagger,
    Seq2Seq,
    SequenceCNNClassifier,
    SequenceGenerator,
    SequenceMLPClassifier,
    SequencePadder,
    SequenceTruncator,
    SequenceVectorizer,
    SkipThought,
    StepwiseTransformer,
    SubwordTokenizer,
    SubwordVectors,
    TfidfVectorizer,
    Tokens,
    Vocabulary,
    WindowTransformer,
    Word2Vec,
    WordTokenizer,
    WordVectors,
)

DOCUMENTS = [
    "The frog sat on the log.",
    "",
    "Not good, just expensive: the frog's log!",
    "¿Dónde está la rana? Тут! 🐸 กบ",
    "the the the toad",
    "A toad. It sat there! The frog did not.",
]
LABELS = np.array(["no", "no", "yes", "no", "yes", "yes"])
TAGS = [["even", "odd", "even"], ["odd"], ["even", "even"], ["odd", "odd"], ["even"], ["odd"]]
IDS = Ragged.from_rows([[2, 3, 4], [3], [4, 2], [5, 3], [2], [1]], n_ids=6)
NUMBERS = np.random.default_rng(0).normal(size=(6, 4)).round(3)
SERIES = Ragged.from_rows([NUMBERS[:2], NUMBERS[2:3], NUMBERS[3:]])
TARGET = np.array([0.5, -1.0, 2.0, 0.0, 1.0, 3.5])
WAVE = np.sin(np.arange(24) / 3).round(3) + np.arange(24) / 8
HOLIDAYS = pd.offsets.CustomBusinessDay(holidays=["2024-01-29"])
DATED = pd.DataFrame(
    {"up": WAVE, "down": -WAVE}, pd.date_range("2024-01-01", periods=24, freq=HOLIDAYS, tz="CET")
)
WORDS = ["the", "frog", "log", "toad", "sat", "on", "not", "good", "just", "x"]
VECTORS = WordVectors(
    WORDS,
    np.eye(len(WORDS), 3, dtype=np.float32) + 1,
    subwords=SubwordVectors(np.eye(5, 3), min_n=3, max_n=3),
)
PLAIN_VECTORS = WordVectors(WORDS, VECTORS.matrix)
COUNTS = CountVectorizer().fit_transform(DOCUMENTS)
LEARNED = {"embedding_dim": 3, "min_count": 1, "max_iter": 1, "random_state": 0}
NETWORK = {"max_iter": 2, "batch_size": 2, "learning_rate_init": 0.05, "random_state": 0}
ON_IDS = {"embedding_dim": 3, **NETWORK}
RECURRENT = {"hidden_size": 3, **ON_IDS}
# Callbacks of textvec's users are part of what continues.
SCHEDULED = {**RECURRENT, "callbacks": [LRScheduler("ExponentialLR", gamma=0.5)]}


@dataclass(frozen=True)
class Case:
    """An estimator, what it is fitted on, and what is compared.

    Parameters
    ----------
    estimator : estimator
    X, y : object
    methods : tuple of str
        Called with X; a forecaster's without.
    by_parts : bool
        Whether it learns by `partial_fit`, and keeps all counts.
    """

    estimator: Any
    X: Any
    y: Any = None
    methods: tuple[str, ...] = ("transform",)
    by_parts: bool = False

    def fitted(self) -> Any:
        model = clone(self.estimator)
        if not self.by_parts:
            return model.fit(self.X, self.y)
        for part in (self.X[:3], self.X[3:]):
            model.partial_fit(part)
        return model

    def results(self, model: Any) -> dict[str, Any]:
        """Return what a fitted model makes of the input, as arrays and plain values."""
        arguments = () if self.X is None else (self.X,)
        return {name: plain(getattr(model, name)(*arguments)) for name in self.methods}


def plain(value: Any) -> Any:
    """Return results as lists, numbers and texts."""
    if isinstance(value, Tokens):
        return [value.to_list(), None if value.spans is None else value.spans.tolist()]
    if isinstance(value, EmbeddedSequences):
        value = value.to_ragged()
    if isinstance(value, Ragged):
        return value.to_list()
    if isinstance(value, pd.DataFrame):
        return {"index": value.index.astype(str).tolist(), **value.to_dict("list")}
    return value.toarray().tolist() if issparse(value) else np.asarray(value).tolist()


PREDICT = ("predict",)
PROBA = ("predict", "predict_proba")
MODELS: dict[str, Case] = {
    "word_tokenizer": Case(
        WordTokenizer(stop_words=["the"], strip_accents="unicode", spans=True), DOCUMENTS
    ),
    "char_tokenizer": Case(CharTokenizer(), DOCUMENTS),
    "kmer_tokenizer": Case(KmerTokenizer(3, 2), DOCUMENTS),
    "function_tokenizer": Case(FunctionTokenizer(str.split), DOCUMENTS),
    "subword_tokenizer": Case(SubwordTokenizer(vocab_size=60), DOCUMENTS),
    "subword_tokenizer_unigram": Case(SubwordTokenizer("unigram", vocab_size=60), DOCUMENTS),
    "sequence_vectorizer": Case(SequenceVectorizer(max_tokens=9), DOCUMENTS),
    "hashing_sequence_vectorizer": Case(HashingSequenceVectorizer(max_tokens=9), DOCUMENTS),
    "sequence_truncator": Case(SequenceTruncator(2), IDS),
    "stepwise_transformer": Case(StepwiseTransformer(StandardScaler()), SERIES),
    "window_transformer": Case(WindowTransformer(3), WAVE[:, None]),
    "sequence_padder": Case(SequencePadder(2), IDS),
    "one_hot_vectorizer": Case(OneHotVectorizer(output="sequence", max_tokens=5), DOCUMENTS),
    "count_vectorizer": Case(CountVectorizer(ngram_range=(1, 2)), DOCUMENTS),
    "tfidf_vectorizer": Case(TfidfVectorizer(sublinear_tf=True), DOCUMENTS),
    "sequence_vectorizer_by_parts": Case(SequenceVectorizer(min_count=2), DOCUMENTS, by_parts=True),
    "count_vectorizer_by_parts": Case(CountVectorizer(min_df=2), DOCUMENTS, by_parts=True),
    "tfidf_vectorizer_by_parts": Case(TfidfVectorizer(), DOCUMENTS, by_parts=True),
    "hashing_vectorizer": Case(HashingVectorizer(n_features=32, keep_terms=2), DOCUMENTS),
    "bm25_transformer": Case(BM25Transformer(), COUNTS),
    "nb_log_count_ratio": Case(NBLogCountRatio(), COUNTS, LABELS),
    "embedding_vectorizer": Case(
        EmbeddingVectorizer(PLAIN_VECTORS, oov="random", random_state=0), DOCUMENTS
    ),
    "embedding_vectorizer_sif": Case(EmbeddingVectorizer(VECTORS, pooling="sif"), DOCUMENTS),
    "document_distance": Case(DocumentDistance(VECTORS, metric="rwmd"), DOCUMENTS),
    "word2vec": Case(Word2Vec(**LEARNED), DOCUMENTS),
    "fast_text": Case(FastText(n_buckets=20, **LEARNED), DOCUMENTS),
    "doc2vec": Case(Doc2Vec(hierarchical_softmax=True, **LEARNED), DOCUMENTS),
    "ngram_doc2vec": Case(NgramDoc2Vec(**LEARNED), DOCUMENTS),
    "dna2vec": Case(Dna2Vec(1, 1, **LEARNED), ["ACGT", "", "GATTACA", "AC"]),
    "glove": Case(GloVe(**LEARNED), DOCUMENTS),
    "concept_vectors": Case(
        ConceptVectors(embedding_dim=2, min_count=1, random_state=0, tokenizer=WordTokenizer()),
        DOCUMENTS,
    ),
    "rnn_classifier": Case(
        RNNClassifier(cell="lstm", bidirectional=True, pooling="max", **SCHEDULED),
        IDS,
        LABELS,
        PROBA,
    ),
    "rnn_classifier_of_vectors": Case(
        RNNClassifier(cell="gru", pooling="attention", num_layers=2, dropout=0.2, **RECURRENT),
        NUMBERS,
        [0, 1, 2, 0, 1, 2],
        PROBA,
    ),
    "rnn_regressor": Case(RNNRegressor(cell="rnn", **RECURRENT), IDS, TARGET, PREDICT),
    "rnn_tagger": Case(RNNTagger(crf=True, **RECURRENT), IDS, TAGS, PREDICT),
    "rnn_encoder": Case(RNNEncoder(RNNClassifier(**RECURRENT)), IDS, LABELS),
    "rnn_language_model": Case(
        RNNLanguageModel(n_steps=4, hidden_size=3, **ON_IDS), DOCUMENTS, None, ("next_proba",)
    ),
    "rnn_forecaster": Case(RNNForecaster(n_lags=4, hidden_size=3, **NETWORK), None, WAVE, PREDICT),
    "rnn_forecaster_of_frame": Case(
        RNNForecaster(n_lags=4, hidden_size=3, **NETWORK), None, DATED, PREDICT
    ),
    "naive_forecaster": Case(NaiveForecaster(), None, WAVE, PREDICT),
    "naive_forecaster_of_list": Case(NaiveForecaster(), None, [DATED, DATED[:9]], PREDICT),
    "conformal_forecaster": Case(
        ConformalForecaster(NaiveForecaster(), horizon=2, n_windows=9),
        None,
        DATED,
        ("predict", "predict_interval"),
    ),
    "seq2seq": Case(Seq2Seq(**RECURRENT), DOCUMENTS, DOCUMENTS[::-1], PREDICT),
    "seq2seq_labels": Case(Seq2Seq(attention=False, **RECURRENT), IDS, IDS, PREDICT),
    "sequence_generator": Case(SequenceGenerator(**RECURRENT), NUMBERS, DOCUMENTS, PREDICT),
    "sequence_cnn_classifier": Case(
        SequenceCNNClassifier(n_filters=3, kernel_sizes=(1, 2), **ON_IDS), IDS, LABELS, PROBA
    ),
    "sequence_mlp_classifier": Case(
        SequenceMLPClassifier(hidden_layer_sizes=(4,), **ON_IDS), IDS, LABELS, PROBA
    ),
    "skip_thought": Case(
        SkipThought(hidden_size=3, min_count=1, **ON_IDS), [*DOCUMENTS, "One. Two one! Two."]
    ),
    "pipeline": Case(
        make_pipeline(
            WordTokenizer(), SequenceVectorizer(), SequencePadder(4), RNNClassifier(**RECURRENT)
        ),
        DOCUMENTS,
        LABELS,
        PROBA,
    ),
}
CONTAINERS: dict[str, Callable[[], Any]] = {
    "ragged": lambda: IDS,
    "tokens": lambda: WordTokenizer(spans=True).transform(DOCUMENTS),
    "vocabulary": lambda: Vocabulary(["to", "be", "กบ", "", "\ud800"], first_id=2),
    "embedded_sequences": lambda: EmbeddingVectorizer(VECTORS).fit_transform(DOCUMENTS),
    "one_hot_sequences": lambda: OneHotVectorizer(output="sequence").fit_transform(DOCUMENTS),
    "word_vectors": lambda: VECTORS,
}
